"""Patents among the rows of CNKI: a publication with its number, applicants and inventors; no literature."""

from __future__ import annotations

import polars as pl

from pipelines.sources import _byline, _chinese, _patents, _values
from pipelines.sources._values import unwrap

SOURCE = "cnki"
_TYPES = {"invention": "发明", "utility": "实用新型", "design": "外观"}


def is_patent() -> pl.Expr:
    """Rows whose publication number the format prints; the tables and the custom text print none, there a patent stays a record."""
    return _chinese.patent_number(SOURCE).is_not_null()


def patents(raw: pl.LazyFrame) -> pl.DataFrame:
    """source_patents of CNKI.

    Grain: one row per raw_id and publication.
    """
    frame = _keyed(raw).with_columns(
        source=pl.lit(SOURCE),
        platform=pl.lit(SOURCE),
        statement_scope=pl.lit(_patents.PUBLICATION),
        publication_number=pl.col("number"),
        published_date=_patents.iso_date(pl.col("date")),
        url=pl.col("link"),
        patent_type=pl.coalesce(
            *(pl.when(pl.col("degree").str.contains(word)).then(pl.lit(kind)) for kind, word in _TYPES.items()),
            "patent_type",
        ),
    )
    frame = frame.with_columns(
        application_id=pl.lit(None, pl.String),
        application_basis=pl.lit(None, pl.String),
        abstract=unwrap(pl.col("abstract")),
        grant_date=pl.when("is_grant").then("published_date"),
    )
    return _patents.first_of(_patents.with_application_key(frame), "source_patents")


def parties(raw: pl.LazyFrame) -> pl.DataFrame:
    """source_patent_parties of CNKI: applicants, the first with the address, and inventors.

    Grain: one row per raw_id, publication, role and position.
    """
    whole = _keyed(raw).join(_values.take(raw, "applicants").drop("record_id"), on="raw_id")
    roles = [
        whole.select("raw_id", "patent_id", party_role=pl.lit(role), name=names, address=address).explode("name")
        for role, names, address in (
            ("applicant", _byline.names("applicants"), unwrap(pl.col("affiliations"))),
            ("inventor", pl.col("name"), pl.lit(None, pl.String)),
        )
    ]
    named = pl.concat(roles).drop_nulls("name").with_columns(statement_scope=pl.lit(_patents.PUBLICATION))
    placed = _patents.numbered(named, "source_patent_parties", "party_position", "party_role")
    return placed.with_columns(
        address=pl.when(pl.col("party_position") == 1).then("address"),
        name_native=pl.when(pl.col("name").str.contains(_byline.HAN)).then("name"),
    )


def _keyed(raw: pl.LazyFrame) -> pl.DataFrame:
    frame = _chinese.settled(raw.filter(is_patent()), SOURCE)
    return _patents.with_publication(frame, "number").drop_nulls("patent_id")
