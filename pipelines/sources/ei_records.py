"""EI rows to records and metrics."""

from __future__ import annotations

import polars as pl

from pipelines.core import identifiers
from pipelines.sources import _values
from pipelines.sources._values import unwrap

_COLUMNS = (
    "title", "accession_number", "translated_title", "authors", "source_title", "source_abbreviation", "publisher", "volume", "issue",
    "pages", "issue_date", "publication_date", "publication_year", "language", "issn", "eissn", "isbn", "isbn13", "doi",
    "article_number", "conference", "document_type", "abstract", "uncontrolled_terms", "classification", "funding_details",
    "database",
)  # fmt: skip
_YEAR = r"((?:18|19|20)\d{2})"


def records(raw: _values.Table, document_types: pl.DataFrame) -> pl.DataFrame:
    """source_records of EI.

    Grain: one row per raw_id. Only rows of the database Compendex count as indexed by EI: index_editions names the database.
    """
    frame = _values.take(raw, *_COLUMNS, *_values.DELIVERY)
    frame = frame.with_columns(
        unescape(unwrap(pl.col(n))).alias(n) for n in _COLUMNS if n not in ("authors", "funding_details")
    )
    frame = frame.with_columns(_values.document_type(frame["document_type"], "ei", document_types).alias("code"))
    stated = pl.col("publication_year").str.extract(_YEAR, 1).cast(pl.Int64)
    dated = pl.coalesce("issue_date", "publication_date").str.extract(_YEAR, 1).cast(pl.Int64)
    issn, eissn = identifiers.issn(pl.col("issn")), identifiers.issn(pl.col("eissn"))
    kind = pl.col("document_type").fill_null("").str.to_lowercase()
    frame = frame.with_columns(issn=issn, eissn=eissn).with_columns(
        source=pl.lit("ei"),
        exported_at=exported(),
        doi_raw=pl.col("doi"),
        doi=identifiers.doi(pl.col("doi"), pl.col("issn"), pl.col("eissn")),
        title_other=pl.col("translated_title"),
        language=_values.language(pl.col("language"), pl.col("title")),
        publication_year=pl.coalesce(stated, dated),
        publication_year_basis=pl.when(stated.is_not_null())
        .then(pl.lit("stated"))
        .when(dated.is_not_null())
        .then(pl.lit("date")),
        publication_date=pl.coalesce("publication_date", "issue_date"),
        is_early_access=kind.str.contains("article in press", literal=True),
        document_type=pl.col("code"),
        document_type_raw=pl.col("document_type"),
        is_retracted=kind.str.contains("retracted", literal=True)
        | pl.col("title").fill_null("").str.contains(r"(?i)^\s*retracted(?:\s+article)?\s*[:：]"),
        venue=pl.col("source_title"),
        venue_abbreviation=pl.col("source_abbreviation"),
        isbn=identifiers.isbn(pl.coalesce("isbn13", "isbn")),
        issue=pl.col("issue").str.replace(r"^0+([0-9])", "$1"),
        first_page=identifiers.first_page(pl.col("pages")),
        last_page=identifiers.last_page(pl.col("pages")),
        author_count=_values.items(unescape(unwrap(pl.col("authors"))), ";").list.len().fill_null(0),
        keywords=_terms("uncontrolled_terms"),
        categories=_terms("classification"),
        index_editions=pl.col("database"),
        funding=_repaired(unwrap(pl.col("funding_details")).str.strip_chars_end(" ,;")),
    )
    return _values.conform(frame, "source_records")


def metrics(raw: _values.Table) -> pl.DataFrame:
    """source_metrics of EI: the number of references; EI gives no citation counts.

    Grain: one row per raw_id and metric.
    """
    frame = _values.take(raw, "references", "source_file", "delivered_at", "batch_id").with_columns(
        metric=pl.lit("references_count"),
        value=_values.number(pl.col("references")),
        as_of=pl.coalesce(exported(), pl.col("delivered_at").str.slice(0, 10)),
    )
    return _values.conform(frame.drop_nulls("value"), "source_metrics")


def exported() -> pl.Expr:
    """Date in the name Engineering Village gives a file: Engineering_Village_detailed_8-19-2020_152257496.xlsx."""
    parts = [pl.col("source_file").str.extract(r"_(\d{1,2})-(\d{1,2})-(\d{4})_\d+", n) for n in (3, 1, 2)]
    return pl.concat_str([parts[0], parts[1].str.zfill(2), parts[2].str.zfill(2)], separator="-")


def unescape(text: pl.Expr) -> pl.Expr:
    """HTML entities resolved (also numeric ones, which hold a semicolon)."""
    return text.map_batches(_values.unescaped, return_dtype=pl.String)


def _terms(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(" - ", "; ", literal=True)


def _repaired(text: pl.Expr) -> pl.Expr:
    """UTF-8 that was read as Western text (`CientÃ\xadfica`) repaired where it round-trips."""
    return text.map_batches(_repair, return_dtype=pl.String)


def _repair(column: pl.Series) -> pl.Series:
    suspect = column.filter(column.str.contains("[ÃÂâ][\u0080-\u00bf€-™]").fill_null(False)).unique()
    return column.replace({text: _round_trip(text) for text in suspect})


def _round_trip(text: str) -> str:
    for encoding in ("latin-1", "cp1252"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text
