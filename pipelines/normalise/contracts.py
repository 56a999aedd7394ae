"""Contracts: every row of the newest sheet that has it."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema


def contracts(source_contracts: pl.LazyFrame) -> pl.LazyFrame:
    """Contracts of resources.

    Grain: one row per contract, resource and period, of the newest delivery that has it; rows of one delivery that say the same
    key are kept apart by their amount.
    """
    wanted = schema.table("contracts")
    ordered = source_contracts.sort(
        *wanted.key, "delivered_at", "raw_id", descending=[False] * len(wanted.key) + [True, False], nulls_last=True
    )
    return ordered.unique(wanted.key, keep="first", maintain_order=True).select(list(wanted.polars))
