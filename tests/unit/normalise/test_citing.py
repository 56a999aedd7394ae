"""Subjects of what works cite: journals by abbreviation, title and list; what is not known is counted, not dropped."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipelines.core import catalog, schema
from pipelines.normalise import citing

RECORDS = [
    {
        "record_id": "r1",
        "source": "wos",
        "venue": "JOURNAL OF A",
        "venue_abbreviation": "J. A.",
        "categories": "Optics",
    },
    {"record_id": "r2", "source": "wos", "venue": "JOURNAL OF B", "categories": "Optics; Physics, Applied"},
    {"record_id": "r3", "source": "ei", "venue": "Journal of C", "categories": "741.1 Light/Optics"},
]
CLUSTERS = [{"record_id": r, "work_id": w} for r, w in (("r1", "w1"), ("r3", "w1"), ("r2", "w2"))]


@pytest.fixture(scope="module")
def precedence() -> pl.DataFrame:
    files = catalog.dictionary_files("linghai")["source_precedence"]
    return pl.concat(pl.read_csv(f, infer_schema=False, comment_prefix="#") for f in files)


def frame(table: str, rows: list[dict[str, Any]]) -> pl.LazyFrame:
    declared = schema.table(table)
    return (declared.conform(pl.DataFrame(rows)) if rows else pl.DataFrame(schema=declared.polars)).lazy()


def cited(record: str, *venues: str | None) -> list[dict[str, Any]]:
    return [{"record_id": record, "reference_position": n, "cited_venue": v} for n, v in enumerate(venues, start=1)]


def found(references: list[dict[str, Any]], precedence: pl.DataFrame, ranks: list[dict[str, Any]]) -> dict[Any, float]:
    told = citing.reference_categories(
        frame("cited_references", references),
        frame("clusters", CLUSTERS),
        frame("records", RECORDS),
        frame("journal_ranks", ranks),
        source_precedence=precedence,
    )
    return {(work, category): weight for work, category, weight in told.iter_rows()}


def test_categories_of_the_deciding_source_only(precedence: pl.DataFrame) -> None:
    told = citing.work_categories(frame("records", RECORDS), frame("clusters", CLUSTERS), source_precedence=precedence)
    assert told.rows() == [("w1", "OPTICS"), ("w2", "OPTICS"), ("w2", "PHYSICS, APPLIED")]


def test_a_journal_of_two_categories_gives_half_to_each_and_the_unknown_is_counted(precedence: pl.DataFrame) -> None:
    rows = found(cited("r1", "J A", "Journal of B", "J UNKNOWN", None), precedence, [])
    assert rows == {("w1", "OPTICS"): 1.5, ("w1", "PHYSICS, APPLIED"): 0.5, ("w1", None): 2.0}


def test_journal_list_fills_what_records_do_not_know_and_never_overrules(precedence: pl.DataFrame) -> None:
    listed = [
        {"rank_scheme": "jcr", "list_edition": "2024", "category_kind": "category", "list_category": c, "title": t}
        for t, c in (("JOURNAL OF A", "CHEMISTRY"), ("JOURNAL OF D", "CHEMISTRY"), ("JOURNAL OF D", "OPTICS"))
    ]
    rows = found(cited("r1", "Journal of A", "Journal of D"), precedence, listed)
    assert rows == {("w1", "OPTICS"): 1.5, ("w1", "CHEMISTRY"): 0.5}


def test_of_two_records_of_a_work_the_one_with_more_references_counts(precedence: pl.DataFrame) -> None:
    rows = found(cited("r1", "J A") + cited("r3", "Journal of B", "Journal of B"), precedence, [])
    assert rows == {("w1", "OPTICS"): 1.0, ("w1", "PHYSICS, APPLIED"): 1.0}
