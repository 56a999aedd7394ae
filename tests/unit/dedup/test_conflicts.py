"""Where records of one work differ: shown with who says what, never decided away."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines import dedup
from pipelines.core import schema

NAMES = ("records", "authorships", "authorship_addresses", "clusters", "work_field_sources")


def table(name: str, rows: list[dict[str, Any]]) -> pl.LazyFrame:
    known = schema.table(name)
    return (known.conform(pl.DataFrame(rows, infer_schema_length=None)) if rows else known.empty()).lazy()


def found(**rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    frame = dedup.work_conflicts(*(table(name, rows.get(name, [])) for name in NAMES)).collect()
    return frame.select("field_name", "record_id", "field_value", "is_kept").rows()


HOMES = [{"record_id": r, "work_id": "w1"} for r in ("a:1", "b:1")]


def test_differing_years_are_listed_with_the_one_that_was_kept() -> None:
    records = [
        {"record_id": "a:1", "publication_year": 2020, "volume": "v 12", "first_page": "044"},
        {"record_id": "b:1", "publication_year": 2021, "volume": "12", "first_page": "44"},
    ]
    kept = [{"work_id": "w1", "field_name": "publication_year", "record_id": "a:1"}]
    assert found(records=records, clusters=HOMES, work_field_sources=kept) == [
        ("publication_year", "a:1", "2020", True),
        ("publication_year", "b:1", "2021", False),
    ]


def test_one_database_ties_authors_to_addresses_and_another_does_not() -> None:
    authors = [
        {"record_id": r, "author_position": i, "name": n, "name_key": k, "is_corresponding": c}
        for r, c in (("a:1", "yes"), ("b:1", "unknown"))
        for i, (n, k) in enumerate([("Abel, Tom", "abel tom"), ("Kerr, Ann", "kerr ann")], 1)
    ]
    links = [
        {"record_id": "a:1", "author_position": i, "address_role": "author", "address_position": 1, "link": "stated"}
        for i in (1, 2)
    ]
    rows = found(
        records=[{"record_id": "a:1"}, {"record_id": "b:1"}],
        authorships=authors,
        authorship_addresses=links,
        clusters=HOMES,
    )
    assert rows == [("author_address_link", "a:1", "2/2", None), ("author_address_link", "b:1", "0/2", None)]


def test_two_databases_name_different_corresponding_authors() -> None:
    authors = [
        {"record_id": "a:1", "author_position": 1, "name": "Abel, T.", "name_key": "abel t", "is_corresponding": "yes"},
        {
            "record_id": "b:1",
            "author_position": 1,
            "name": "Abel, Tom",
            "name_key": "abel tom",
            "is_corresponding": "no",
        },
        {
            "record_id": "b:1",
            "author_position": 2,
            "name": "Kerr, Ann",
            "name_key": "kerr ann",
            "is_corresponding": "yes",
        },
    ]
    rows = found(records=[{"record_id": "a:1"}, {"record_id": "b:1"}], authorships=authors, clusters=HOMES)
    assert [r[:3] for r in rows] == [
        ("corresponding_author", "a:1", "Abel, T."),
        ("corresponding_author", "b:1", "Kerr, Ann"),
    ]
    same = [authors[0], authors[2] | {"name": "Abel, Tom", "name_key": "abel tom"}]
    assert found(records=[{"record_id": "a:1"}, {"record_id": "b:1"}], authorships=same, clusters=HOMES) == []


def test_a_work_of_one_record_and_no_records_at_all_have_no_conflicts() -> None:
    assert found(records=[{"record_id": "a:1", "volume": "3"}], clusters=HOMES[:1]) == []
    assert found() == []
