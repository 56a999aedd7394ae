"""Rosters are snapshots: the newest delivery of each kind stands, older ones only explain older builds."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.core.objections import without

STUDENT_TYPES = ("phd", "master", "undergraduate")


def units(source_units: pl.LazyFrame, *, units_dictionary: pl.DataFrame) -> pl.LazyFrame:
    """Units of the university.

    Grain: one row per unit_id. A roster row stands over the dictionary row, which fills the cells the roster leaves empty.
    """
    wanted = schema.table("units")
    columns = [c for c in wanted.polars if c != "unit_id"]
    known = wanted.conform(units_dictionary).lazy().unique("unit_id", keep="first", maintain_order=True)
    rostered = _once(_newest(source_units, None), ("unit_id",)).select(list(wanted.polars))
    both = rostered.join(known, on="unit_id", how="full", coalesce=True, suffix="_known")
    merged = both.select("unit_id", *(pl.coalesce(c, f"{c}_known").alias(c) for c in columns))
    return merged.select(list(wanted.polars)).sort("unit_id")


def people(source_people: pl.LazyFrame) -> pl.LazyFrame:
    """Staff and students with the units they belonged to and when.

    Grain: one row per person, unit and start date, of the newest delivery of staff and of students.
    """
    kind = pl.col("person_type").is_in(STUDENT_TYPES).fill_null(False)
    return _snapshot(source_people, "people", kind)


def supervisions(source_supervisions: pl.LazyFrame, objectors: pl.LazyFrame | None = None) -> pl.LazyFrame:
    """Who supervises whom; without those who objected.

    Grain: one row per student and supervisor.
    """
    return without(_snapshot(source_supervisions, "supervisions", None), objectors, "student_id", "supervisor_id")


def recipients(source_recipients: pl.LazyFrame) -> pl.LazyFrame:
    """Who gets which report.

    Grain: one row per unit, report, edition, e-mail and start date.
    """
    return _snapshot(source_recipients, "recipients", None)


def _snapshot(rows: pl.LazyFrame, table: str, kind: pl.Expr | None) -> pl.LazyFrame:
    wanted = schema.table(table)
    return _once(_newest(rows, kind), wanted.key).select(list(wanted.polars)).sort(wanted.key, nulls_last=True)


def _newest(rows: pl.LazyFrame, kind: pl.Expr | None) -> pl.LazyFrame:
    """Rows of the newest delivery of each kind."""
    moment = pl.struct(pl.col("delivered_at").fill_null(""), pl.col("batch_id"))
    place = moment.rank("dense", descending=True)
    return rows.filter((place if kind is None else place.over(kind)) == 1)


def _once(rows: pl.LazyFrame, key: tuple[str, ...]) -> pl.LazyFrame:
    """One row per key: the fullest, then the first in its file."""
    tie = [
        c
        for c in ("source_file", "source_row", "valid_from", "valid_to")
        if c in rows.collect_schema() and c not in key
    ]
    fullness = pl.sum_horizontal(pl.all().is_not_null())
    ordered = rows.with_columns(_fullness=fullness).sort(
        *key, "_fullness", *tie, descending=[False] * len(key) + [True] + [False] * len(tie), nulls_last=True
    )
    return ordered.unique(key, keep="first", maintain_order=True).drop("_fullness")
