"""Usage: the newest report says how often each item was used in each month."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema


def usage(source_usage: pl.LazyFrame) -> pl.LazyFrame:
    """Counts of use by month.

    Grain: one row per report, customer, platform, item, attributes, metric and month, of the newest report that has it: platforms
    correct their figures. Totals of a report are marked and never to be added to its items.
    """
    wanted = schema.table("usage")
    order = [pl.col("exported_at").fill_null(""), pl.col("delivered_at"), pl.col("raw_id")]
    ordered = source_usage.sort(
        *wanted.key, *order, descending=[False] * len(wanted.key) + [True, True, False], nulls_last=True
    )
    return ordered.unique(wanted.key, keep="first", maintain_order=True).select(list(wanted.polars))
