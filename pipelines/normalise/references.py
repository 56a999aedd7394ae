"""What records cite and who paid for them: long tables that follow the newest delivery that has them."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.normalise.deliveries import of_newest


def cited_references(source_cited_references: pl.LazyFrame, record_deliveries: pl.LazyFrame) -> pl.LazyFrame:
    """References of each record, of the newest delivery that has any.

    Grain: one row per record and reference.
    """
    return _newest(source_cited_references, record_deliveries, "cited_references")


def funding(source_funding: pl.LazyFrame, record_deliveries: pl.LazyFrame) -> pl.LazyFrame:
    """Funders and grant numbers of each record, of the newest delivery that has any.

    Grain: one row per record, funder and grant number.
    """
    return _newest(source_funding, record_deliveries, "funding")


def _newest(rows: pl.LazyFrame, record_deliveries: pl.LazyFrame, table: str) -> pl.LazyFrame:
    return of_newest(rows, record_deliveries).select(list(schema.table(table).polars))
