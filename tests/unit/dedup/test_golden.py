"""Golden records: the precedence names the record each field comes from."""

from __future__ import annotations

import random
from typing import Any

import polars as pl

from pipelines import dedup
from pipelines.core import schema

PRECEDENCE = pl.DataFrame(
    {
        "field": ["*", "*", "title_zh", "title_zh", "byline", "byline"],
        "source": ["wos", "cnki", "cnki", "wos", "wos", "cnki"],
        "rank": ["1", "2", "1", "2", "1", "2"],
    }
)
ROWS: list[dict[str, Any]] = [
    {
        "record_id": "wos:1", "source": "wos", "accession_number": "WOS:1", "title": "Mud in water", "doi": "10.1/x",
        "publication_year": 2019, "publication_year_basis": "early_access", "is_early_access": True,
        "index_editions": "SCI-EXPANDED; SSCI", "title_other": "浑水中的泥",
    },
    {
        "record_id": "cnki:1", "source": "cnki", "title": "水中的泥", "volume": "3", "is_early_access": False,
        "publication_year": 2020, "publication_year_basis": "stated", "index_editions": "CSCD",
    },
    {"record_id": "wos:2", "source": "wos", "accession_number": "WOS:2", "title": "Alone", "is_retracted": True},
]  # fmt: skip
HOMES = [("wos:1", "w_1"), ("cnki:1", "w_1"), ("wos:2", "w_2")]


def table(name: str, rows: list[dict[str, Any]]) -> pl.LazyFrame:
    known = schema.table(name)
    return known.conform(pl.DataFrame(rows, infer_schema_length=None)).lazy() if rows else known.empty().lazy()


def homes(pairs: list[tuple[str, str]]) -> pl.LazyFrame:
    return table("clusters", [{"record_id": r, "work_id": w, "anchor_record_id": r} for r, w in pairs])


def test_fields_come_from_the_record_the_precedence_names() -> None:
    work = dedup.works(table("records", ROWS), homes(HOMES), source_precedence=PRECEDENCE).collect().row(0, named=True)
    assert (work["sources"], work["records_count"]) == ("cnki+wos", 2)
    assert (work["title"], work["title_en"], work["title_zh"]) == ("Mud in water", "Mud in water", "水中的泥")
    assert (work["doi"], work["volume"]) == ("10.1/x", "3")
    assert (work["accession_wos"], work["accession_ei"]) == ("WOS:1", None)
    assert (work["publication_year"], work["publication_year_basis"]) == (2020, "stated")
    assert work["is_early_access"] is False
    assert work["index_editions"] == "CSCD; SCI-EXPANDED; SSCI"


def test_every_value_names_its_record() -> None:
    given = dedup.work_field_sources(table("records", ROWS), homes(HOMES), source_precedence=PRECEDENCE).collect()
    said = {(w, f): r for w, f, r in given.select("work_id", "field_name", "record_id").rows()}
    assert said["w_1", "title"] == "wos:1"
    assert said["w_1", "title_zh"] == "cnki:1"
    assert said["w_1", "volume"] == "cnki:1"
    assert said["w_1", "publication_year"] == said["w_1", "publication_year_basis"] == "cnki:1"
    assert ("w_2", "volume") not in said
    assert given.select("work_id", "field_name").is_duplicated().sum() == 0


def test_order_of_rows_does_not_count() -> None:
    expected = dedup.works(table("records", ROWS), homes(HOMES), source_precedence=PRECEDENCE).collect()
    assert expected["work_id"].to_list() == ["w_1", "w_2"]
    for seed in range(5):
        rng = random.Random(seed)
        rows, places = rng.sample(ROWS, 3), rng.sample(HOMES, 3)
        found = dedup.works(table("records", rows), homes(places), source_precedence=PRECEDENCE).collect()
        assert found.equals(expected)


def test_an_unlisted_source_comes_last_but_counts() -> None:
    rows = [{"record_id": "new:1", "source": "new", "title": "New", "volume": "9", "issue": "4"}, *ROWS]
    found = dedup.works(table("records", rows), homes([*HOMES, ("new:1", "w_1")]), source_precedence=PRECEDENCE)
    work = found.collect().row(0, named=True)
    assert (work["title"], work["volume"], work["issue"]) == ("Mud in water", "3", "4")


def test_an_edition_may_come_later_or_never_give_a_field() -> None:
    lines = [("*", "ei", "1"), ("*", "ei/Inspec", "2"), ("accession_ei", "ei/Inspec", None)]
    precedence = pl.DataFrame(lines, schema=["field", "source", "rank"], orient="row")
    rows = [
        {
            "record_id": "ei:1",
            "source": "ei",
            "accession_number": "1",
            "index_editions": "Inspec",
            "title": "B",
            "issue": "2",
        },
        {"record_id": "ei:2", "source": "ei", "accession_number": "20", "index_editions": "Compendex", "title": "A"},
        {"record_id": "ei:3", "source": "ei", "accession_number": "3", "index_editions": "Inspec", "title": "Alone"},
    ]
    places = homes([("ei:1", "w_1"), ("ei:2", "w_1"), ("ei:3", "w_2")])
    found = dedup.works(table("records", rows), places, source_precedence=precedence).collect()
    assert found.select("title", "issue", "accession_ei").rows() == [("A", "2", "20"), ("Alone", None, None)]


def test_empty_tables_keep_their_columns() -> None:
    empty, none = table("records", []), homes([])
    made = dedup.works(empty, none, source_precedence=PRECEDENCE).collect()
    assert made.schema == schema.table("works").polars
    given = dedup.work_field_sources(empty, none, source_precedence=PRECEDENCE).collect()
    assert given.schema == schema.table("work_field_sources").polars


def test_related_links_works_once() -> None:
    rows = [
        {"left_id": "cnki:1", "right_id": "wos:2", "decision": "related", "veto": "different_part", "evidence": "{}"},
        {"left_id": "wos:1", "right_id": "wos:2", "decision": "related", "veto": "different_part", "evidence": "{}"},
        {"left_id": "cnki:1", "right_id": "wos:1", "decision": "related", "veto": "different_part", "evidence": "{}"},
    ]
    found = dedup.related(table("pairs", rows), homes(HOMES)).collect()
    assert found.select("left_id", "right_id", "relation").rows() == [("w_1", "w_2", "part_part")]
