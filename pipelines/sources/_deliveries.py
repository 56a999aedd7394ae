"""One row per landing file, the same for every source: how many rows it gave, and what the librarian noted about the search."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

NOTES = {
    "database": "hint_database",
    "search": "hint_search",
    "search_date": "hint_search_date",
}


def of(source: str) -> Callable[[pl.LazyFrame], pl.LazyFrame]:
    """The function `source_deliveries` of a source."""

    def source_deliveries(raw: pl.LazyFrame) -> pl.LazyFrame:
        """Grain: one row per landing file."""
        return raw.select(
            pl.lit(source).alias("source"),
            pl.col("batch_id").first(),
            pl.col("source_file").first(),
            pl.len().cast(pl.Int64).alias("rows_count"),
            pl.col("delivered_at").max(),
            *(pl.col(hint).first().alias(name) for name, hint in NOTES.items()),
            pl.col("hint_hits").first().cast(pl.Int64, strict=False).alias("hits_count"),
        ).filter(pl.col("rows_count") > 0)

    return source_deliveries
