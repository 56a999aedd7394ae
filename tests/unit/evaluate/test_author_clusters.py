"""Figures of author clusters, and the reader of labelled mentions in their three shapes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.core.errors import SourceError
from pipelines.evaluate import author_clusters, author_mentions

PUBLICATIONS = [
    {"name": "Mira Qureshanova", "person": "1", "pub": "p1", "title": "Zeolite", "year": "2001", "venue": "J", "organization": "",
     "authors": ["Oleg Petrenkovich", "Mira Qureshanova"]},
    {"name": "Mira Qureshanova", "person": "1", "pub": "p2", "title": "Zeolites", "year": "", "venue": "", "organization": "Univ X",
     "authors": ["M. Qureshanova"]},
]  # fmt: skip
SIGNATURES = [
    {"sig": "1", "person": "7", "first": "Hao", "middle": None, "last": "Wang", "affiliations": ["Univ X", "Univ Y"], "position": 3,
     "paper_id": 11},
    {"sig": "2", "person": "8", "first": "Hao", "middle": None, "last": "Wang", "affiliations": [], "position": 0, "paper_id": 12},
]  # fmt: skip
IDENTIFIED = [
    {"mention_id": "a", "doi": "10.5555/1", "raw_name": "Hao Wang", "affiliation": "Univ X", "year": 2019, "coauthors": [],
     "person": "0000", "chinese": True, "orcid": ""},
    {"mention_id": "b", "doi": "10.5555/1", "raw_name": "Bo Li", "affiliation": "", "year": None, "coauthors": [], "person": "0001",
     "chinese": True, "email": "b@x.example"},
]  # fmt: skip


def written(folder: Path, name: str, lines: list[dict[str, Any]]) -> Path:
    path = folder / f"{name}.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(json.dumps(line) for line in lines).encode()))
    return path


def told(*mentions: tuple[str, str]) -> pl.DataFrame:
    rows = [(n, person, cluster, "certain") for n, (person, cluster) in enumerate(mentions)]
    return pl.DataFrame(rows, schema=["mention", "person", "author_cluster_id", "decision"], orient="row")


def test_pairs_and_b_cubed_by_hand() -> None:
    found = author_clusters.scores(told(("x", "p"), ("x", "p"), ("x", "q"), ("y", "q")))
    assert (found["precision"], found["recall"]) == (0.5, pytest.approx(1 / 3))
    assert found["bcubed_precision"] == pytest.approx((1 + 1 + 0.5 + 0.5) / 4)
    assert found["bcubed_recall"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert (found["mentions"], found["people"], found["clusters"]) == (4, 2, 2)


def test_no_mentions_have_no_figures() -> None:
    found = author_clusters.scores(told().cast({"mention": pl.Int64}))
    assert found["precision"] is None and found["bcubed_f1"] is None


def test_a_mention_stands_at_its_place_in_the_byline_as_the_set_names_it(tmp_path: Path) -> None:
    given = author_mentions.read(written(tmp_path, "pubs", PUBLICATIONS))
    assert given.gold.select("work_id", "author_position").rows() == [("p1", 2), ("p2", 1)]
    signed = given.tables["work_authorships"].collect()
    assert signed.sort("work_id", "author_position")["name"].to_list() == [
        "Oleg Petrenkovich", "Mira Qureshanova", "Mira Qureshanova",
    ]  # fmt: skip
    works = given.tables["works"].collect().sort("work_id")
    assert works.select("publication_year", "venue").rows() == [(2001, "J"), (None, None)]


def test_affiliations_and_contacts_belong_to_the_mention(tmp_path: Path) -> None:
    given = author_mentions.read(written(tmp_path, "sigs", SIGNATURES))
    assert given.tables["work_addresses"].select("work_id", "author_position").collect().rows() == [("11", 1)] * 2
    people = author_mentions.read(written(tmp_path, "ids", IDENTIFIED))
    assert people.gold["author_position"].to_list() == [1, 2]
    contacts = people.tables["author_identifiers"].select("name", "identifier_type", "identifier_value").collect()
    assert contacts.rows() == [("Bo Li", "email", "b@x.example")]


@pytest.mark.parametrize("text", ["", "no json", '{"person": "1", "name": "A B"}'])
def test_an_unusable_set_is_refused_in_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.jsonl.gz"
    path.write_bytes(gzip.compress(text.encode()))
    with pytest.raises(SourceError, match="标注集"):
        author_mentions.read(path)


def test_the_command_prints_one_json_object_with_all_sets(tmp_path: Path) -> None:
    written(tmp_path, "pubs", PUBLICATIONS)
    written(tmp_path, "sigs", SIGNATURES)
    done = CliRunner().invoke(app, ["eval", "people", str(tmp_path), "--errors", "--json"])
    assert done.exit_code == 0, done.output
    figures = json.loads(done.output)
    assert set(figures) == {"pubs", "sigs"}
    assert {
        "precision",
        "recall",
        "f1",
        "bcubed_f1",
        "clusters",
        "unresolved_share",
        "seconds",
        "peak_mb",
        "causes",
    } <= set(figures["pubs"])
    assert set(figures["pubs"]["subsets"]) == {"chinese", "other"}
    alone = CliRunner().invoke(app, ["eval", "people", str(tmp_path), "--set", "none"])
    assert alone.exit_code != 0
