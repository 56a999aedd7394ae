"""Rows of a performance system to claimed works: what a person says of a work and of his or her part in it, never what is true."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl

from pipelines.core import identifiers, schema
from pipelines.sources import _values
from pipelines.sources._values import unwrap
from pipelines.sources.roster_values import dated

_CODES = ("first", "co_first", "corresponding", "co_corresponding", "participant")
_TEXTS = {
    "venue": "claim_venue",
    "authors_text": "claim_authors",
    "claimed_unit": "claim_unit",
    "claimed_affiliation": "claim_signed",
    "claimed_category": "claim_category",
    "claim_status": "claim_status",
    "claimed_role_raw": "claim_role",
}


def claimed_works(raw: _values.Table) -> pl.DataFrame:
    """source_claimed_works.

    Grain: one row per claimed work and person.
    """
    columns = [c for c in schema.source("roster").spec["columns"] if c.startswith("claim_")]
    frame = _values.take(
        raw, "roster_kind", "staff_id", "student_id", "name", "unit_id", "unit_name", *columns, *_values.DELIVERY
    )
    frame = frame.filter(pl.col("roster_kind") == "claims")
    year = pl.col("claim_year").str.extract(r"((?:19|20)\d{2})", 1)
    frame = frame.with_columns(
        person_id=pl.coalesce("staff_id", "student_id").str.strip_chars(),
        name=unwrap(pl.col("name")),
        title=unwrap(pl.col("claim_title")),
        doi=identifiers.doi(pl.col("claim_doi")),
        doi_raw=pl.col("claim_doi"),
        accession_number=unwrap(pl.col("claim_accession")),
        claimed_date=pl.col("claim_date").map_batches(_dates, return_dtype=pl.String),
        publication_year=pl.coalesce(year, pl.col("claim_date").str.extract(r"((?:19|20)\d{2})", 1)).cast(pl.Int64),
        claimed_role=_role(),
        claimed_position=pl.col("claim_position").str.extract(r"(\d{1,4})", 1).cast(pl.Int64),
        **{name: unwrap(pl.col(column)) for name, column in _TEXTS.items()},
    )
    return _values.conform(
        frame.with_columns(claimed_unit=pl.coalesce("claimed_unit", "unit_name")), "source_claimed_works"
    )


def _role() -> pl.Expr:
    """Codes of all words of a role and of the yes-or-no columns, joined by '+'; null when nothing is said."""
    spec = _spec()
    words: dict[str, str] = spec["roles"]
    said = {code: pl.col("claim_role").str.contains(words[code]).fill_null(False) for code in _CODES}
    said["first"] = (said["first"] & ~said["co_first"]) | _yes("claim_first") & ~said["co_first"]
    said["corresponding"] = (said["corresponding"] & ~said["co_corresponding"]) | (
        _yes("claim_corresponding") & ~said["co_corresponding"]
    )
    main = pl.any_horizontal(said[code] for code in _CODES if code != "participant")
    said["participant"] = said["participant"] & ~main
    joined = pl.concat_str(
        [pl.when(said[code]).then(pl.lit(code)) for code in _CODES], separator="+", ignore_nulls=True
    )
    return pl.when(joined != "").then(joined)


def _yes(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars().str.to_lowercase().is_in(_spec()["affirmed"]).fill_null(False)


def _dates(texts: pl.Series) -> pl.Series:
    """ISO dates where a day is stated or implied by the month; a year alone is no date."""
    whole = texts.to_frame("valid_from").with_columns(dated("valid_from"))["valid_from"]
    bare = texts.str.contains(r"^\s*\d{4}\s*年?\s*$").fill_null(False)
    return whole.zip_with(~bare, pl.Series([None], dtype=pl.String))


@cache
def _spec() -> dict[str, Any]:
    return schema.source("roster").spec
