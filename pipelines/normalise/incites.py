"""Indicators of organisations, persons, areas, sources and documents: of each set of conditions the newest delivery stands."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.normalise.retention import kept_until


def incites_exports(source_incites_exports: pl.LazyFrame) -> pl.LazyFrame:
    """What each export was made of.

    Grain: one row per landing file.
    """
    wanted = schema.table("incites_exports")
    return source_incites_exports.select(list(wanted.polars)).sort(wanted.key)


def incites_metrics(source_incites_metrics: pl.LazyFrame) -> pl.LazyFrame:
    """Indicators of everything but persons.

    Grain: one row per export condition, entity, year of a trend and indicator, of the newest delivery of these conditions.
    """
    return _newest(source_incites_metrics, "incites_metrics")


def incites_people(source_incites_people: pl.LazyFrame, *, retention: pl.DataFrame | None = None) -> pl.LazyFrame:
    """Indicators of persons; namesakes without an id stay apart as the export has them.

    Grain: one row per export condition, person and indicator, of the newest delivery of these conditions.
    """
    return _newest(kept_until(source_incites_people, "incites_people", retention), "incites_people")


def _newest(rows: pl.LazyFrame, table: str) -> pl.LazyFrame:
    """Rows of the newest delivery of each context; the same rows in two files (two formats, overlaps) count once."""
    wanted = schema.table(table)
    moment = pl.struct("delivered_at", "batch_id").rank("dense", descending=True).over("context_id")
    newest = rows.filter(moment == 1).sort("source_file", "source_row")
    same = newest.with_columns(_nth=pl.int_range(pl.len()).over("source_file", *wanted.key))
    once = same.unique([*wanted.key, "_nth"], keep="first", maintain_order=True)
    return once.select(list(wanted.polars)).sort(*wanted.key, "source_row", nulls_last=True)
