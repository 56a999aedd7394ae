"""Institutions that stand in no address list: universities of theses, applicants and owners of patents."""

from __future__ import annotations

import polars as pl

from pipelines.affiliations import decided
from pipelines.core import schema
from pipelines.core.text import address_id

ROLES = ("applicant", "assignee_current")  # inventors and agents are no institutions of the patent


def party_matches(
    theses: pl.LazyFrame,
    patent_parties: pl.LazyFrame,
    units: pl.LazyFrame,
    decisions_addresses: pl.LazyFrame,
    *,
    institutions: pl.DataFrame,
    institution_aliases: pl.DataFrame,
    unit_aliases: pl.DataFrame,
    abbreviations: pl.DataFrame,
    countries: pl.DataFrame,
) -> pl.DataFrame:
    """What each distinct text names, decided as an address is, a person's answers included.

    `address` is the text: of a thesis "university, department" (the university alone where no department is given), of a patent
    the name of the party as printed.
    Grain: one row per distinct text and match; a text without a match has one row (no_match or review).
    """
    school = pl.concat_str("university", "department", separator=", ", ignore_nulls=True)
    texts = pl.concat(
        [
            theses.filter(pl.col("university").is_not_null()).select(address=school),
            patent_parties.filter(pl.col("party_role").is_in(ROLES)).select(address="name"),
            patent_parties.filter(pl.col("party_role").is_in(ROLES)).select(address="name_native"),
        ]
    )
    named = texts.drop_nulls().with_columns(address_id=address_id(pl.col("address")))
    found = decided(
        named,
        units,
        decisions_addresses,
        institutions=institutions,
        institution_aliases=institution_aliases,
        unit_aliases=unit_aliases,
        abbreviations=abbreviations,
        countries=countries,
    )
    return schema.table("party_matches").conform(found)
