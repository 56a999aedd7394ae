"""Lists of people in every edition delivered."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.normalise.retention import kept_until


def people_lists(source_people_lists: pl.LazyFrame, *, retention: pl.DataFrame | None = None) -> pl.LazyFrame:
    """Persons on lists, as printed; who of them is ours is decided elsewhere.

    Grain: one row per list, edition, name, affiliation and category, of the newest delivery that has it.
    """
    wanted = schema.table("people_lists")
    ordered = kept_until(source_people_lists, "people_lists", retention).sort(
        *wanted.key, "delivered_at", "raw_id", descending=[False] * len(wanted.key) + [True, False], nulls_last=True
    )
    return ordered.unique(wanted.key, keep="first", maintain_order=True).select(list(wanted.polars))
