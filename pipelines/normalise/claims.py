"""Claims of the performance system: each as its newest export states it."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.core.objections import without
from pipelines.normalise.titles import title_key


def claimed_works(source_claimed_works: pl.LazyFrame, objectors: pl.LazyFrame | None = None) -> pl.LazyFrame:
    """Works that persons claim.

    Grain: one row per person, claim and title, of the newest delivery that has it: exports may be of one year each, so what a newer one
    lacks is not gone.
    """
    wanted = schema.table("claimed_works")
    keyed = source_claimed_works.with_columns(title_key=title_key(pl.col("title")))
    ordered = keyed.sort(
        *wanted.key, "delivered_at", "raw_id", descending=[False] * len(wanted.key) + [True, False], nulls_last=True
    )
    once = ordered.unique(wanted.key, keep="first", maintain_order=True).select(list(wanted.polars))
    return without(once, objectors, "person_id")
