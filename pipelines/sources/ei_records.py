"""EI rows to records and metrics."""

from __future__ import annotations

import polars as pl

from pipelines.core import identifiers, repair
from pipelines.sources import _values
from pipelines.sources._values import unwrap

_COLUMNS = (
    "title", "accession_number", "translated_title", "authors", "source_title", "source_abbreviation", "publisher", "volume", "issue",
    "pages", "issue_date", "publication_date", "publication_year", "language", "issn", "eissn", "isbn", "isbn13", "doi",
    "article_number", "conference", "document_type", "abstract", "uncontrolled_terms", "classification", "funding_details",
    "database", "page_start", "page_end", "entry_type", "file_format",
)  # fmt: skip
DATABASES = "(?:Compendex|Inspec|GEOBASE|GeoRef|NTIS|EnCompass ?(?:LIT|PAT)|Chimica|CBNB|PaperChem|Ei Patents|Knovel)"
_ISBN = r"\b97[89](?:-?\d){10}\b|\b\d{9}[\dXx]\b"
_MARKUP = r"(?is)</?div[^>]*>|<br\s*/?>"
_YEAR = r"((?:18|19|20)\d{2})"


def records(raw: _values.Table, document_types: pl.DataFrame) -> pl.DataFrame:
    """source_records of EI.

    Grain: one row per raw_id. Only rows of the database Compendex count as indexed by EI: index_editions names the database.
    """
    frame = _values.take(raw, *_COLUMNS, *_values.DELIVERY)
    frame = frame.with_columns(
        unescape(unwrap(pl.col(n))).alias(n) for n in _COLUMNS if n not in ("authors", "funding_details", "abstract")
    )
    frame = frame.with_columns(_numbers(), abstract=unwrap(unescape(pl.col("abstract")).str.replace_all(_MARKUP, " ")))
    # CONF is a conference paper; JOUR may be an article or a review, so it is no document type
    frame = frame.with_columns(document_type=pl.coalesce("document_type", "entry_type"))
    frame = frame.with_columns(_values.document_type(frame["document_type"], "ei", document_types).alias("code"))
    stated = pl.col("publication_year").str.extract(_YEAR, 1).cast(pl.Int64)
    dated = pl.coalesce("issue_date", "publication_date").str.extract(_YEAR, 1).cast(pl.Int64)
    kind = pl.concat_str("document_type", "database", separator=" ", ignore_nulls=True).str.to_lowercase()
    frame = frame.with_columns(
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
        issue=pl.col("issue").str.replace(r"^0+([0-9])", "$1"),
        first_page=identifiers.first_page(pl.col("pages")),
        last_page=identifiers.last_page(pl.col("pages")),
        author_count=names(pl.col("authors")).list.len().fill_null(0),
        keywords=_terms("uncontrolled_terms"),
        categories=_terms("classification"),
        index_editions=_database(),
        funding=repair.repaired(unwrap(pl.col("funding_details")).str.strip_chars_end(" ,;")),
    )
    return _values.conform(frame, "source_records")


def _numbers() -> list[pl.Expr]:
    """issn, eissn, isbn, pages. RIS has one field for ISSN and ISBN, and two for the pages; `IEEE - ` and `Art no. 5` are none."""
    serial, ends = pl.col("issn"), pl.concat_str("page_start", "page_end", separator="-", ignore_nulls=True)
    pages = pl.coalesce("pages", pl.when(ends != "").then(ends))
    books = serial.str.extract_all(_ISBN).list.join("; ")
    return [
        identifiers.issn(serial.str.replace_all(_ISBN, "")).alias("issn"),
        identifiers.issn(pl.col("eissn")).alias("eissn"),
        identifiers.isbn(pl.coalesce("isbn13", "isbn", books)).alias("isbn"),
        pl.when(pages.str.contains(r"\d") & ~pages.str.contains(r"(?i)^\s*art"))
        .then(pages.str.replace(r"\s*-\s*$", ""))
        .alias("pages"),
    ]


def _database() -> pl.Expr:
    """Name of the database; where it stands in a copyright line (RIS, BibTeX) only a name we know."""
    known = pl.col("database").str.extract(rf"(?i)\b({DATABASES})\b", 1)
    own_cell = ~pl.col("file_format").fill_null("").is_in(["ris", "bibtex"])
    return pl.coalesce(known, pl.when(own_cell).then("database"))


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


def names(authors: pl.Expr) -> pl.Expr:
    """Entries of the author field; 'Anon' is nobody. A line that ends with a mark in brackets ends an entry too."""
    listed = _values.items(unescape(unwrap(authors.str.replace_all(r"\)[ \t]*\n", ");"))), ";")
    named = listed.list.eval(pl.element().filter(~pl.element().str.contains(r"(?i)^anon(?:ymous)?\.?$")))
    return pl.when(named.list.len() > 0).then(named)


def exported() -> pl.Expr:
    """Date in the name Engineering Village gives a file: Engineering_Village_detailed_8-19-2020_152257496.xlsx."""
    parts = [pl.col("source_file").str.extract(r"_(\d{1,2})-(\d{1,2})-(\d{4})_\d+", n) for n in (3, 1, 2)]
    return pl.concat_str([parts[0], parts[1].str.zfill(2), parts[2].str.zfill(2)], separator="-")


def unescape(text: pl.Expr) -> pl.Expr:
    """HTML entities resolved (also numeric ones, which hold a semicolon)."""
    return text.map_batches(_values.unescaped, return_dtype=pl.String)


def _terms(column: str) -> pl.Expr:
    """Terms joined by '; ', also where they stand between ' - ' (Excel) or end with ';' (BibTeX)."""
    return _values.items(pl.col(column).str.replace_all(" - ", ";", literal=True), ";").list.join("; ")
