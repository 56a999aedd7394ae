"""Retractions: every notice once, several notices per paper."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema


def retractions(source_retractions: pl.LazyFrame) -> pl.LazyFrame:
    """Notices of retraction, correction, concern and reinstatement.

    Grain: one row per notice, of the newest delivery that has it. What a later delivery no longer has stays: exports may be partial.
    """
    wanted = schema.table("retractions")
    ordered = source_retractions.sort(
        "retraction_id", "delivered_at", "raw_id", descending=[False, True, False], nulls_last=True
    )
    return ordered.unique("retraction_id", keep="first", maintain_order=True).select(list(wanted.polars))
