"""Web of Science rows to cited references and funding."""

from __future__ import annotations

import polars as pl

from pipelines.core import identifiers
from pipelines.sources import _values, wos_form
from pipelines.sources._values import Table

# Author, 2005, VENUE, V27, P222, DOI 10.…: all but one may be missing; names and venues in two scripts stand in brackets
_DATED = r"^(?:(?P<author>.*?), )?(?P<year>1[4-9]\d\d|20\d\d)(?:, (?P<rest>.*))?$"
_UNDATED = r"^(?:(?P<author>\[[^\]]*\]|[^,]+), )?(?P<rest>.*)$"
_PLACE = r"^(?P<venue>\[[^\]]*\]|[^,]*)(?P<tail>.*)$"
_VOLUME = r", V(\d[^,]*|[IVXLC]+|[A-Z]{1,3}\d[^,]*|[A-Z][a-z]+)(?:,|$)"
_PAGE = r", (?:[Pp]|ARTN |UNSP )([A-Za-z]{0,4}\d[^,]*|[ivxlc]+)(?:,|$)"
_DOIS = r"\bDOI (.*)$"
_DOI = r"10\.\d{4,9}/[^\s,]+"
_NO_VENUE = r"^(?:DOI .*|[VP]\d+)?$"
_FUNDER = r"(?:[^;\[]|\[[^\]]*\])+"


def cited_references(raw: Table) -> pl.DataFrame:
    """source_cited_references of Web of Science.

    Grain: one row per raw_id and reference, in the order of the list. A part that the text does not say is null.
    """
    listed = wos_form.take(raw, "CR").with_columns(reference_text=wos_form.lines("CR")).drop("CR")
    frame = _values.in_order(listed, "reference_text", "reference_position")
    text = pl.col("reference_text")
    frame = frame.with_columns(dated=text.str.extract_groups(_DATED)).unnest("dated")
    plain = text.str.extract_groups(_UNDATED)
    undated = pl.col("year").is_null()
    frame = frame.with_columns(
        author=pl.when(undated).then(plain.struct.field("author")).otherwise("author"),
        rest=pl.when(undated).then(plain.struct.field("rest")).otherwise("rest"),
    )
    frame = frame.with_columns(pl.col("rest").str.extract_groups(_PLACE).struct.unnest()).with_columns(
        named=~pl.col("venue").str.contains(_NO_VENUE).fill_null(True)
    )
    tail = pl.when("named").then("tail").otherwise(pl.lit(", ") + pl.col("rest"))
    found = frame.select(
        *_values.PROVENANCE,
        "reference_position",
        "reference_text",
        cited_author="author",
        cited_year=pl.col("year").cast(pl.Int64),
        cited_venue=pl.when("named").then("venue"),
        cited_volume=tail.str.extract(_VOLUME, 1),
        cited_page=tail.str.extract(_PAGE, 1),
        cited_doi=_dois(tail),
    )
    return _values.conform(found, "source_cited_references")


def funding(raw: Table) -> pl.DataFrame:
    """source_funding of Web of Science: `Funder [grant, grant]; Funder`.

    Grain: one row per raw_id, funder and grant number, in the order of the field; a funder without a number has one row.
    """
    cell = identifiers.unescape(_values.unwrap(pl.col("FU")))
    parts = wos_form.take(raw, "FU").with_columns(part=cell.str.extract_all(_FUNDER)).explode("part")
    grants = pl.col("part").str.extract(r"\[([^\]]*)\]", 1).str.split(",")
    named = parts.drop_nulls("part").with_columns(
        funder=_values.unwrap(pl.col("part").str.extract(r"^([^\[]*)", 1)),
        award_number=pl.when(grants.list.len() > 0).then(grants).otherwise([None]),
    )
    rows = named.explode("award_number").with_columns(_values.unwrap(pl.col("award_number"))).drop_nulls("funder")
    rows = rows.unique(["raw_id", "funder", "award_number"], maintain_order=True)
    return _values.conform(
        rows.with_columns(funding_position=pl.int_range(1, pl.len() + 1).over("raw_id")), "source_funding"
    )


def _dois(tail: pl.Expr) -> pl.Expr:
    """DOIs of a reference in lower case, each once; several stand in [...], often with DOI before them again."""
    cell = tail.str.extract(_DOIS, 1).str.to_lowercase().str.replace("%2f", "/", literal=True)
    many = cell.str.starts_with("[")
    listed = cell.str.strip_chars("[] ").str.extract_all(_DOI).list.unique(maintain_order=True).list.join("; ")
    one = cell.str.extract(rf"^(?:doi )?({_DOI})", 1)
    found = pl.when(many).then(listed).otherwise(one).str.strip_chars_end(".;")
    return pl.when(found != "").then(found)
