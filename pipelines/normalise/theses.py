"""Theses: degree, university, advisors and other contributors of each record; a short export takes nothing away."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.normalise.deliveries import of_newest

ROLES = ("advisor", "committee", "editor")


def theses(source_theses: pl.LazyFrame, record_deliveries: pl.LazyFrame) -> pl.LazyFrame:
    """Degree and university of each thesis, field by field of the newest delivery that gives it.

    Grain: one row per record that is a thesis.
    """
    columns = list(schema.table("theses").polars)
    ordered = source_theses.join(record_deliveries.select("raw_id", "delivery_order"), on="raw_id", how="inner").sort(
        "record_id", "delivery_order"
    )
    one_thing = pl.struct("degree", "degree_level").filter(pl.col("degree").is_not_null()).first().alias("_degree")
    alone = [pl.col(c).drop_nulls().first() for c in columns if c not in ("record_id", "degree", "degree_level")]
    merged = ordered.group_by("record_id", maintain_order=True).agg(one_thing, *alone)
    return merged.unnest("_degree").select(columns)


def contributors(source_contributors: pl.LazyFrame, record_deliveries: pl.LazyFrame) -> pl.LazyFrame:
    """Advisors, committee members and editors, of the newest delivery that names any in this role; they are no authors.

    Grain: one row per record, role and position.
    """
    wanted = schema.table("contributors")
    of_role = [of_newest(source_contributors.filter(contributor_role=role), record_deliveries) for role in ROLES]
    return pl.concat(of_role).select(list(wanted.polars)).sort(wanted.key)
