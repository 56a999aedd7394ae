"""Scopus rows to records and metrics."""

from __future__ import annotations

import polars as pl

from pipelines.core import identifiers
from pipelines.sources import _values, scopus_authors
from pipelines.sources._values import unwrap

_COLUMNS = (
    "eid", "title", "original_title", "year", "source_title", "proceedings", "volume", "issue", "article_number", "page_start",
    "page_end", "pages", "doi", "abstract", "author_keywords", "funding_details", "publisher", "conference", "issn", "isbn",
    "language", "source_abbreviation", "document_type", "stage", "export_date",
)  # fmt: skip
_BOTH_TITLES = r"^(.*\S)\s*;?\s*\[([^\[\]]*\p{Han}[^\[\]]*)\]\s*$"
_ISBN = r"\b97[89](?:-?\d){10}\b|\b\d{9}[\dXx]\b"


def records(raw: _values.Table, document_types: pl.DataFrame) -> pl.DataFrame:
    """source_records of Scopus.

    Grain: one row per raw_id.
    """
    frame = _values.take(raw, *_COLUMNS, *_values.DELIVERY)
    frame = frame.with_columns(
        unwrap(pl.col(n)).map_batches(_values.unescaped, return_dtype=pl.String) for n in _COLUMNS
    )
    frame = frame.with_columns(_numbers()).with_columns(_titles())
    kinds = pl.coalesce("document_type", pl.lit(None, dtype=pl.String))
    frame = frame.with_columns(
        _values.document_type(frame.select(kinds)["document_type"], "scopus", document_types).alias("code")
    )
    kind = pl.concat_str("document_type", "stage", separator=" ", ignore_nulls=True).str.to_lowercase()
    year = pl.col("year").str.extract(r"((?:18|19|20)\d{2})", 1).cast(pl.Int64)
    frame = frame.join(scopus_authors.counts(raw).drop("record_id"), on="raw_id", how="left").with_columns(
        source=pl.lit("scopus"),
        accession_number=pl.col("eid"),
        exported_at=exported(),
        doi_raw=pl.col("doi"),
        doi=identifiers.doi(pl.col("doi"), pl.col("issn")),
        language=_values.language(pl.col("language"), pl.col("title")),
        publication_year=year,
        publication_year_basis=pl.when(year.is_not_null()).then(pl.lit("stated")),
        is_early_access=kind.str.contains("article in press", literal=True),
        document_type=pl.col("code"),
        document_type_raw=pl.col("document_type"),
        is_retracted=kind.str.contains(r"\bretracted\b")
        | pl.col("title").fill_null("").str.contains(r"(?i)^\s*retracted(?:\s+article)?\s*[:：]"),
        # old RIS: C3 is the proceedings and T2 the conference
        venue=pl.coalesce("proceedings", "source_title"),
        conference=pl.coalesce("conference", pl.when(pl.col("proceedings").is_not_null()).then("source_title")),
        venue_abbreviation=pl.col("source_abbreviation"),
        issue=pl.col("issue").str.replace(r"^0+([0-9])", "$1"),
        keywords=_values.items(pl.col("author_keywords"), ";").list.join("; "),
        funding=pl.col("funding_details"),
    )
    return _values.conform(frame, "source_records")


def metrics(raw: _values.Table) -> pl.DataFrame:
    """source_metrics of Scopus: citations at the date of export; an empty cell is no zero.

    Grain: one row per raw_id and metric.
    """
    frame = _values.take(raw, "cited_by", "export_date", "delivered_at", "batch_id").with_columns(
        metric=pl.lit("citations_scopus"),
        value=_values.number(pl.col("cited_by")),
        as_of=pl.coalesce(exported(), pl.col("delivered_at").str.slice(0, 10)),
    )
    return _values.conform(frame.drop_nulls("value"), "source_metrics")


def exported() -> pl.Expr:
    """ISO date of '3 July 2020' or '2026年3月3日'."""
    text = pl.col("export_date").str.strip_chars()
    english = text.str.to_date("%d %B %Y", strict=False).cast(pl.String)
    parts = [text.str.extract(r"^(\d{4})\s*[年/-]\s*(\d{1,2})\s*[月/-]\s*(\d{1,2})", n).str.zfill(2) for n in (1, 2, 3)]
    return pl.coalesce(english, pl.concat_str(parts, separator="-"))


def _titles() -> list[pl.Expr]:
    """title and title_other: `English [中文]` in one cell, or ST of RIS."""
    title, original = pl.col("title"), pl.col("original_title")
    return [
        pl.coalesce(title.str.extract(_BOTH_TITLES, 1), title).alias("title"),
        pl.coalesce(title.str.extract(_BOTH_TITLES, 2), pl.when(original != title).then(original)).alias("title_other"),
    ]


def _numbers() -> list[pl.Expr]:
    """issn, isbn, pages. RIS has one field for ISSN and ISBN: `01678655 (ISSN)`; BibTeX one for both pages: `1 – 174`."""
    serial, pages = pl.col("issn"), pl.col("pages")
    books = serial.str.extract_all(_ISBN).list.join("; ")
    return [
        identifiers.issn(serial.str.replace_all(_ISBN, "")).alias("issn"),
        identifiers.isbn(pl.coalesce("isbn", books)).alias("isbn"),
        pl.coalesce("page_start", identifiers.first_page(pages)).alias("first_page"),
        pl.coalesce("page_end", "page_start", identifiers.last_page(pages)).alias("last_page"),
    ]
