"""Who objected to the processing of his personal data."""

from __future__ import annotations

import polars as pl

from pipelines.core.objections import standing


def objectors(ledger_objections: pl.LazyFrame) -> pl.DataFrame:
    """Objections that stand.

    Grain: one row per person.
    """
    stand = standing(ledger_objections.collect()).drop_nulls("person_id")
    told = stand.select("person_id", objected_at=pl.col("date"), objection_reason=pl.col("reason"))
    return told.unique("person_id", keep="last").sort("person_id")
