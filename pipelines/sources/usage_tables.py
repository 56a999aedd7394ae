"""Usage rows to one row per month."""

from __future__ import annotations

import re

import polars as pl

from pipelines.core import identifiers, schema
from pipelines.sources import _values
from pipelines.sources._values import unwrap
from pipelines.sources.usage_values import MONTH, number

SOURCE = "usage"


def usage(raw: _values.Table) -> pl.DataFrame:
    """source_usage.

    Grain: one row per delivered row and month; a row without months (details were left out of the report) gives one with usage_month
    null. A month without a count gives none: missing is not zero.
    """
    spec = schema.source(SOURCE).spec
    months = sorted(c for c in raw.lazy().collect_schema().names() if re.fullmatch(MONTH, c))
    frame = _values.take(raw, *spec["columns"], *months, *_values.DELIVERY)
    item = pl.coalesce("title", "database", "platform")
    named = frame.with_columns(
        report_code=pl.col("report_id"),
        counter_release=pl.col("release"),
        title=unwrap(pl.coalesce("title", "database")),
        usage_platform=unwrap(pl.col("platform")),
        doi=identifiers.doi(pl.col("doi")),
        issn=identifiers.issn(pl.col("issn")),
        eissn=identifiers.issn(pl.col("eissn")),
        isbn=identifiers.isbn(pl.col("isbn")),
        exported_at=pl.col("created").str.extract(r"^(\d{4}-\d{2}-\d{2}(?:T[\d:]+Z?)?)", 1),
        is_total=item.str.contains(spec["totals"]).fill_null(False),
    )
    index = [c for c in named.columns if c not in months]
    long = named.unpivot(months, index=index, variable_name="usage_month", value_name="usage_count")
    long = long.with_columns(pl.col("usage_month", "usage_count").cast(pl.String))  # no months: no type either
    whole = named.filter(pl.all_horizontal(pl.col(c).is_null() for c in months)) if months else named
    whole = whole.with_columns(usage_month=pl.lit(None, pl.String), usage_count=pl.col("total"))
    by_month = pl.col("usage_month").is_not_null()
    every = pl.concat([long, whole.select(long.columns)]).with_columns(
        pl.when(~by_month).then("period_from").alias("period_from"),
        pl.when(~by_month).then("period_to").alias("period_to"),
        usage_count=number(pl.col("usage_count")),
    )
    return _values.conform(every.drop_nulls("usage_count"), "source_usage").sort("source_row", "usage_month")
