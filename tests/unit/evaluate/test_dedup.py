"""Metrics of deduplication, and the reader of labelled sets."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest

from pipelines.core.errors import SourceError
from pipelines.evaluate import dedup, labelled


def clustering(**clusters: str) -> pl.DataFrame:
    rows = [(record, name) for name, records in clusters.items() for record in records]
    return pl.DataFrame(rows, schema=["record_id", "cluster"], orient="row")


def test_pair_scores_by_hand() -> None:
    gold = clustering(x="abc", y="de")  # 3 + 1 pairs
    found = clustering(p="ab", q="cde")  # 1 + 3 pairs; ab and de are right
    scores = dedup.pair_scores(found, gold)
    assert (scores["hits"], scores["found_pairs"], scores["true_pairs"]) == (2, 4, 4)
    assert (scores["precision"], scores["recall"], scores["f1"]) == (0.5, 0.5, 0.5)


def test_a_share_without_denominator_is_missing_not_zero() -> None:
    scores = dedup.pair_scores(clustering(p="a", q="b"), clustering(x="a", y="b"))
    assert scores["precision"] is None and scores["recall"] is None and scores["f1"] is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Abel, Tom and Kerr, A. B.", ["Abel, Tom", "Kerr, A. B."]),
        ("Tom Abel and Ann Kerr and Min Zhou", ["Tom Abel", "Ann Kerr", "Min Zhou"]),
        ("Abel T. U.Kerr A. B.Zhou M.", ["Abel T. U.", "Kerr A. B.", "Zhou M."]),
        ("t. abel, a. kerr, and m. zhou.", ["t. abel", "a. kerr", "m. zhou."]),
        ("abel, t., kerr, a. b., & zhou, m.", ["abel, t.", "kerr, a. b.", "zhou, m."]),
        ("", []),
    ],
)
def test_author_names(text: str, names: list[str]) -> None:
    assert labelled.author_names(text) == names


def write(folder: Path, rows: list[str], clusters: list[str]) -> Path:
    header = "rid,entrytype,title,author,year,journal,booktitle,volume,number,pages,doi,abstract"
    with gzip.open(folder / "records.csv.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join([header, *rows]) + "\n")
    (folder / "clusters.csv").write_text("\n".join(["cluster,rid", *clusters]) + "\n", encoding="utf-8")
    return folder


def test_a_labelled_set_runs_through_the_stages(tmp_path: Path) -> None:
    rows = [
        "r1,article,Settling of cohesive mud,Tom Abel and Ann Kerr,2020,Mud Letters,,3,,7-19,10.1000/x,",
        'r2,article,Settling of cohesive mud,"Abel, T. and Kerr, A.",2020,Mud Lett.,,3,,7-19,https://doi.org/10.1000/X,',
        "r3,article,Consolidation of sand beds,Ann Kerr,2020,Mud Letters,,3,,20-29,,",
    ]
    figures = dedup.evaluate(dedup.measure(write(tmp_path, rows, ["c1,r1", "c1,r2"]), "linghai"))
    assert (figures["precision"], figures["recall"], figures["block_recall"]) == (1.0, 1.0, 1.0)
    assert figures["undecided_per_1000"] == 0


def test_a_set_with_a_missing_column_is_refused(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "records.csv.gz", "wt", encoding="utf-8") as file:
        file.write("rid,title\nr1,T\n")
    (tmp_path / "clusters.csv").write_text("cluster,rid\n", encoding="utf-8")
    with pytest.raises(SourceError, match="缺少列"):
        labelled.read(tmp_path)
