"""How long values about persons outside the university may be kept, and what for."""

from __future__ import annotations

import polars as pl


def kept_until(rows: pl.LazyFrame, table: str, retention: pl.DataFrame | None) -> pl.LazyFrame:
    """Rows with `collected_at` (the day they arrived), `purpose` and `retain_until`; null where the dictionary says no term.

    Grain: as `rows`.
    """
    lines = retention.filter(pl.col("table") == table).to_dicts() if retention is not None else []
    told = lines[-1] if lines else {"purpose": None, "months": None}
    day = pl.col("delivered_at").str.slice(0, 10)
    until = day.str.to_date(strict=False).dt.offset_by(f"{int(told['months'] or 0)}mo").dt.to_string("%Y-%m-%d")
    return rows.with_columns(
        collected_at=day,
        purpose=pl.lit(told["purpose"], pl.String),
        retain_until=until if told["months"] else pl.lit(None, pl.String),
    )
