"""Pairing of rows and columns that only one of two exports has."""

from __future__ import annotations

import polars as pl

from pipelines.exporting import changes
from pipelines.exporting.declared import Column

TITLE, VOLUME = Column("title", "题名", "text", "m"), Column("volume", "卷", "text", "m")
SHAPE = dict.fromkeys(changes.KEY, pl.String) | {"title": pl.String, "volume": pl.String}


def rows(*lines: tuple[str | None, ...]) -> pl.DataFrame:
    return pl.DataFrame(lines, schema=SHAPE, orient="row")


def test_a_column_that_the_older_export_had_not_is_no_change() -> None:
    before = rows(("w1", "p1", "1", "U1", "1", "A", None)).with_columns(content=changes.content((TITLE,)))
    now = rows(("w1", "p1", "1", "U1", "1", "A", "3"))
    told = before.drop("title", "volume")
    pairs = changes.paired(now, told)
    marked = changes.compared(now, told, pairs, (TITLE, VOLUME), (TITLE,))
    assert marked.select("change", "change_text").rows() == [(changes.SAME, None)]


def test_rows_are_paired_by_unit_before_place_and_each_once() -> None:
    told = rows(("w1", "p1", "1", "U1", "1", "A", "1"), ("w1", "p1", "1", "U2", "2", "A", "1"))
    now = rows(("w1", "p1", "1", "U2", "1", "A", "1"), ("w1", "p1", "1", "U3", "2", "A", "1"))
    found = dict(changes.paired(now, told).select("row", "line").iter_rows())
    assert found == {0: 1, 1: 0}


def test_authors_without_person_or_place_are_paired_too() -> None:
    told = rows(("w1", None, None, "U1", "1", "A", "1"), ("w2", None, "3", "U1", "1", "A", "1"))
    now = rows(("w2", "p9", "3", "U1", "1", "A", "1"), ("w1", None, None, "U1", "1", "A", "1"))
    assert dict(changes.paired(now, told).select("row", "line").iter_rows()) == {0: 1, 1: 0}
