"""In which country an address is: what it states, else what its script says."""

from __future__ import annotations

import polars as pl

from pipelines.affiliations.places import Places, places_from, stated_in
from pipelines.core import schema
from pipelines.core.text import has_han


def address_countries(addresses: pl.LazyFrame, *, countries: pl.DataFrame) -> pl.DataFrame:
    """Country of each distinct address.

    An address printed in Chinese names its country only when it is a foreign one. Two possible countries (Georgia) are none.
    Grain: one row per distinct address whose country is known.
    """
    places = places_from(countries)
    distinct = addresses.select("address_id", "address").drop_nulls().group_by("address_id").agg(pl.min("address"))
    printed = distinct.sort("address_id").collect()
    codes = [_stated(address, places) for address in printed.get_column("address")]
    told = printed.with_columns(stated=pl.Series(codes, dtype=pl.String))
    known = told.with_columns(
        country_code=pl.coalesce("stated", pl.when(has_han(pl.col("address"))).then(pl.lit("CN"))),
        country_basis=pl.when(pl.col("stated").is_not_null()).then(pl.lit("stated")).otherwise(pl.lit("script")),
    )
    return schema.table("address_countries").conform(known.drop_nulls("country_code"))


def _stated(address: str, places: Places) -> str | None:
    found = stated_in(address, places)
    return min(found) if len(found) == 1 else None
