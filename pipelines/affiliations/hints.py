"""What the vendor's own list of institutions says that no address says: asked, never counted."""

from __future__ import annotations

import polars as pl

from pipelines.affiliations.candidates import dictionary_from
from pipelines.core import schema

SURE = ("alias", "key")  # ways of the look-up that leave no doubt about the whole name
SHOWN = 5  # addresses told of a record


def organisation_hints(
    records: pl.LazyFrame,
    addresses: pl.LazyFrame,
    affiliation_matches: pl.LazyFrame,
    units: pl.LazyFrame,
    *,
    institutions: pl.DataFrame,
    institution_aliases: pl.DataFrame,
    unit_aliases: pl.DataFrame,
    abbreviations: pl.DataFrame,
) -> pl.DataFrame:
    """Records that the vendor lists under our name although no address of theirs was decided to be ours.

    The list names umbrellas and former names too, so it decides nothing; a person looks at the addresses.
    Grain: one row per such record.
    """
    known = dictionary_from(institutions, institution_aliases, units.collect(), unit_aliases, abbreviations)
    names = records.select("record_id", matched_text=pl.col("organisations").str.split("; "))
    listed = names.explode("matched_text", empty_as_null=True).drop_nulls().collect()
    ours = {
        name
        for name in listed["matched_text"].unique()
        for found in known.institutions.find(name, fuzzy=False)
        if found.id == known.own and found.way in SURE
    }
    named = listed.filter(pl.col("matched_text").is_in(ours)).unique("record_id", keep="first", maintain_order=True)
    placed = affiliation_matches.filter(pl.col("institution_id") == known.own).select("address_id").unique()
    with_us = addresses.join(placed, on="address_id", how="semi").select("record_id").unique().collect()
    printed = addresses.group_by("record_id").agg(地址=pl.col("address").unique().sort().head(SHOWN)).collect()
    left = named.join(with_us, on="record_id", how="anti").join(printed, on="record_id", how="left")
    return schema.table("organisation_hints").conform(
        left.with_columns(
            institution_id=pl.lit(known.own),
            decision=pl.lit("review"),
            evidence=pl.struct(机构表=pl.col("matched_text"), 地址=pl.col("地址")).struct.json_encode(),
        )
    )
