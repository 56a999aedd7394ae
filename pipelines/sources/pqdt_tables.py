"""ProQuest rows to records, authors, degrees and advisors."""

from __future__ import annotations

import polars as pl

from pipelines.core import identifiers, schema
from pipelines.sources import _values
from pipelines.sources._values import unwrap

_COLUMNS = (
    "file_format", "title", "store_id", "abstract", "alternate_title", "original_title", "authors", "university", "degree_date",
    "identifiers", "document_type", "article_type", "isbn", "language", "pubdate", "year", "link", "classification",
    "subject_classifications", "subject_terms", "subjects", "keywords",
)  # fmt: skip
_YEAR = r"((?:18|19|20)\d{2})"
_HAN = r"\p{Han}"
_ORCID = r"^\d{4}-\d{4}-\d{4}-\d{3}[\dXx]$"
TABLES = ("xlsx", "xls", "csv")


def records(raw: _values.Table, document_types: pl.DataFrame) -> pl.DataFrame:
    """source_records of PQDT.

    Grain: one row per raw_id. The university is the venue; ProQuest's own names (`PQDT - Global`) are none.
    """
    frame = _values.take(raw, *_COLUMNS, *_values.DELIVERY)
    frame = frame.with_columns(
        _clean(n).alias(n) for n in _COLUMNS if n not in ("authors", "file_format", "classification", "subjects")
    )
    frame = frame.with_columns(document_type_raw=pl.coalesce("document_type", "article_type"))
    known = _values.document_type(frame["document_type_raw"], "pqdt", document_types).alias("document_type")
    frame = frame.with_columns(known.fill_null("thesis"))
    original = pl.coalesce("original_title", "alternate_title")
    stated = pl.coalesce("year", "degree_date").str.extract(_YEAR, 1).cast(pl.Int64)
    dated = pl.col("pubdate").str.extract(_YEAR, 1).cast(pl.Int64)
    basis = pl.when(stated.is_not_null()).then(pl.lit("stated")).when(dated.is_not_null()).then(pl.lit("date"))
    frame = frame.with_columns(
        source=pl.lit("pqdt"),
        accession_number=document_id(),
        title_other=pl.when(original != pl.col("title")).then(original),
        language=_values.language(pl.col("language"), pl.col("title")),
        publication_year=pl.coalesce(stated, dated),
        publication_year_basis=basis,
        publication_date=pl.col("pubdate"),
        is_early_access=pl.lit(False),
        venue=pl.col("university"),
        isbn=identifiers.isbn(pl.col("isbn").str.split(" , ").list.first()),
        author_count=_names("authors").list.len().fill_null(0),
        keywords=_keywords(),
        categories=_subject(),
    )
    return _values.conform(frame, "source_records")


def authorships(raw: _values.Table) -> pl.DataFrame:
    """source_authorships of PQDT: the author of a thesis is its corresponding author as far as anybody is.

    Grain: one row per raw_id and author_position.
    """
    frame = _values.take(raw, "authors", "file_format")
    table, lines = pl.col("file_format").is_in(TABLES), _lines()
    native = lines.list.eval(pl.element().filter(pl.element().str.contains(_HAN))).list.first()
    frame = frame.with_columns(
        name=_names("authors"), native=pl.when(table & (_names("authors").list.len() == 1)).then(native)
    )
    listed = _values.in_order(frame, "name", "author_position").with_columns(
        name_native=pl.coalesce(_native(pl.col("native")), _native(pl.col("name"))),
        is_group_author=pl.lit(False),
        is_corresponding=pl.lit("unknown"),
    )
    return _values.conform(listed, "source_authorships").sort("raw_id", "author_position")


def author_identifiers(raw: _values.Table) -> pl.DataFrame:
    """source_author_identifiers of PQDT: the ORCID that stands as a line of the Authors cell.

    Grain: one row per raw_id and ORCID; only where the record has one author.
    """
    frame = _values.take(raw, "authors", "file_format").filter(
        pl.col("file_format").is_in(TABLES) & (_names("authors").list.len() == 1)
    )
    orcid = _lines().list.eval(pl.element().filter(pl.element().str.contains(_ORCID))).list.first()
    frame = frame.with_columns(
        author_position=pl.lit(1),
        name=_names("authors").list.first(),
        identifier_type=pl.lit("orcid"),
        identifier_value=identifiers.orcid(orcid),
    )
    return _values.conform(frame.drop_nulls("identifier_value"), "source_author_identifiers")


def theses(raw: _values.Table) -> pl.DataFrame:
    """source_theses of PQDT.

    Grain: one row per raw_id.
    """
    frame = _values.take(
        raw, "degree", "degree_date", "year", "pubdate", "university", "department", "classification", "subject_classifications",
        "subjects", "order_number", "identifiers", "isbn", "pages",
    )  # fmt: skip
    spec = schema.source("pqdt").spec
    year = pl.coalesce("degree_date", "year", "pubdate").str.extract(_YEAR, 1)
    bare = pl.col("degree").str.replace_all(r"[().,\s]+", " ").str.strip_chars()
    level = pl.when(bare.str.contains(spec["doctoral"])).then(pl.lit("doctoral"))
    frame = frame.with_columns(_clean(n).alias(n) for n in ("degree", "university", "department", "order_number"))
    frame = frame.with_columns(
        degree_level=level.when(bare.str.contains(spec["master"])).then(pl.lit("master")),
        degree_year=year.cast(pl.Int64),
        department=pl.col("department").str.replace(r"\s+\d{4}$", ""),
        subject=_subject(),
        order_number=order_number(),
        pages_count=pl.col("pages").str.extract(r"(?i)^\D{0,3}(\d{1,5})\s*(?:p|pp|pages?|页|leaves)?\.?$", 1),
    )
    return _values.conform(frame, "source_theses")


def contributors(raw: _values.Table) -> pl.DataFrame:
    """source_contributors of PQDT: advisors and committee members.

    Grain: one row per raw_id, role and position.
    """
    frame = _values.take(raw, "advisors", "committee")
    roles = {"advisor": "advisors", "committee": "committee"}
    parts = [
        _values.in_order(frame.with_columns(name=_people(column)), "name", "contributor_position").with_columns(
            contributor_role=pl.lit(role)
        )
        for role, column in roles.items()
    ]
    both = pl.concat(parts).with_columns(name_native=_native(pl.col("name")))
    return _values.conform(both, "source_contributors").sort("raw_id", "contributor_role", "contributor_position")


def document_id() -> pl.Expr:
    """ProQuest's number of the document, from its field or from the link."""
    return pl.coalesce(
        pl.col("store_id").str.extract(r"^\s*(\d{5,12})(?:\.0)?\s*$", 1),
        pl.col("link").str.extract(r"docview/(\d+)", 1),
    )


def order_number() -> pl.Expr:
    """Order number: its own field, else `(UMI)AAI…` among the subjects, else the number behind the internal ones and the ISBN."""
    stated = pl.col("order_number").str.strip_chars().str.replace(r"^AAI\s*", "")
    umi = pl.col("subjects").str.extract(r"\(UMI\)AAI(\S+)", 1)
    inner = _values.items(pl.col("identifiers"), " , ").list.slice(3)
    listed = inner.list.eval(pl.element().filter(pl.element().str.contains(r"^[A-Z]{0,4}\d{4,9}$"))).list.first()
    return pl.coalesce(pl.when(stated != "").then(stated), umi, listed)


def _lines() -> pl.Expr:
    """Lines of the Authors cell of a table: full name, its parts, full name, native name or ORCID."""
    return _values.items(pl.col("authors"), "\n")


def _names(column: str) -> pl.Expr:
    """Names in order. A table gives one author as several lines, of which the first is the name; several, on one line."""
    table = pl.col("file_format").is_in(TABLES)
    return pl.when(table).then(_items(_lines().list.first())).otherwise(_people(column))


def _people(column: str) -> pl.Expr:
    """`Smith, John; Doe, Jane`, also one per line; a final point that ends no initial goes."""
    return _items(pl.col(column))


def _items(names: pl.Expr) -> pl.Expr:
    flat = names.str.replace_all(r"[;；\n]+", ";")
    return _values.items(flat, ";").list.eval(pl.element().str.replace(r"(\w{2,})\.$", "$1"))


def _native(name: pl.Expr) -> pl.Expr:
    """A name in Chinese characters without the comma and blanks that the exporter puts into it; null for any other."""
    whole = name.str.replace_all(r"(\p{Han})[,，\s]+(\p{Han})", "$1$2")
    return pl.when(name.str.contains(_HAN)).then(whole)


def _subject() -> pl.Expr:
    """`0366 Geography` of classification, or the same as `0366:Geography` among the keywords of RIS and BibTeX; joined by '; '."""
    stated = pl.coalesce("classification", "subject_classifications")
    listed = _values.items(stated.str.replace_all(r" , |[;\n]", ";"), ";")
    coded = _terms("subjects").list.eval(pl.element().filter(pl.element().str.contains(r"^\d{4}:")))
    both = pl.coalesce(listed, pl.when(coded.list.len() > 0).then(coded))
    return both.list.eval(pl.element().str.replace(r"^(\d{4})\s*[:：]\s*", "$1 ")).list.join("; ")


def _keywords() -> pl.Expr:
    """Subjects and identifiers without codes, order numbers and addresses of web pages; joined by '; '."""
    terms = pl.coalesce(_terms("subjects"), _terms("keywords"), _terms("subject_terms"))
    words = terms.list.eval(
        pl.element().filter(~pl.element().str.contains(r"^(?:\(UMI\)|\d{4}[:：\s]|\d+$|https?://)"))
    )
    return pl.when(words.list.len() > 0).then(words.list.join("; "))


def _terms(column: str) -> pl.Expr:
    return _values.items(unwrap(pl.col(column).str.replace_all(r" , |[;\n]", ";")), ";")


def _clean(column: str) -> pl.Expr:
    return identifiers.unescape(unwrap(pl.col(column)))
