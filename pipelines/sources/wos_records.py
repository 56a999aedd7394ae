"""Web of Science rows to records and metrics."""

from __future__ import annotations

from functools import cache

import polars as pl

from pipelines.core import identifiers, schema
from pipelines.sources import _values, wos_form
from pipelines.sources._values import unwrap

METRICS = {
    "TC": "citations_wos_core",
    "Z9": "citations_wos_all",
    "Z8": "citations_cscd",
    "ZR": "citations_rsci",
    "ZA": "citations_arci",
    "ZB": "citations_bci",
    "ZS": "citations_scielo",
    "NR": "references_count",
    "U1": "usage_180_days",
    "U2": "usage_since_2013",
}
FLAGS = {"HC": "is_highly_cited", "HP": "is_hot"}
TITLES = ("TI", "Z1", "FT", "X1", "Y1")  # SciELO may give a title in another language only
_TEXT = {
    "venue": "SO",
    "conference": "CT",
    "publisher": "PU",
    "abstract": "AB",
    "keywords": "DE",
    "categories": "WC",
    "funding": "FU",
    "organisations": "C3",
    "document_type_raw": "DT",
    "volume": "VL",
    **{f"title_{tag}": tag for tag in TITLES},
}
_USED = (
    *_TEXT.values(),
    *_values.DELIVERY,
    "UT",
    "PT",
    "DI",
    "D2",
    "LA",
    "PY",
    "PD",
    "EA",
    "JI",
    "J9",
    "SN",
    "EI",
    "BN",
)
_MORE = ("IS", "BP", "EP", "AR", "WE", "DA", "cut_cells", *wos_form.BYLINE)
_SICI = r"^\d{4}-\d{3}[\dXx]\("  # stands in AR of CSCD rows
RETRACTED = r"(?i)retracted publication|withdrawn publication"
RETRACTED_TITLE = r"(?i)^\s*(retracted(?:\s+article)?\s*[:：.]|\[?已撤稿)"


def records(raw: _values.Table, document_types: pl.DataFrame) -> pl.DataFrame:
    """source_records of Web of Science.

    Grain: one row per raw_id.
    """
    frame = wos_form.take(raw, *_USED, *_MORE).with_columns(
        identifiers.unescape(unwrap(pl.col(tag))).alias(name) for name, tag in _TEXT.items()
    )
    titles = [pl.col(f"title_{tag}") for tag in TITLES]
    frame = frame.with_columns(title=pl.coalesce(titles))
    frame = frame.with_columns(title_other=pl.coalesce(pl.when(t != pl.col("title")).then(t) for t in titles))
    issn, eissn = identifiers.issn(pl.col("SN")), identifiers.issn(pl.col("EI"))
    frame = frame.with_columns(
        _values.document_type(frame["document_type_raw"], "wos", document_types).alias("document_type")
    )
    frame = frame.with_columns(
        issn=issn,
        eissn=eissn,
        stated_year=pl.col("PY").str.extract(r"(\d{4})", 1).cast(pl.Int64),
        early_year=pl.col("EA").str.extract(r"(\d{4})", 1).cast(pl.Int64),
        doi_raw=pl.coalesce(pl.col("DI"), pl.when(_whole_book()).then(pl.col("D2"))),
    )
    kind = pl.col("document_type_raw").fill_null("")
    frame = frame.with_columns(
        doi=identifiers.doi(pl.col("doi_raw"), pl.col("issn"), pl.col("eissn")),
        isbn=identifiers.isbn(pl.col("BN")),
        language=_values.language(pl.col("LA"), pl.col("title")),
        publication_year=pl.coalesce("stated_year", "early_year"),
        publication_year_basis=pl.when(pl.col("stated_year").is_not_null())
        .then(pl.lit("stated"))
        .when(pl.col("early_year").is_not_null())
        .then(pl.lit("early_access")),
        publication_date=pl.coalesce(unwrap(pl.col("PD")), unwrap(pl.col("EA"))),
        is_early_access=kind.str.contains("(?i)early access")
        | pl.col("stated_year").is_null() & pl.col("early_year").is_not_null(),
        is_retracted=kind.str.contains(RETRACTED) | pl.col("title").fill_null("").str.contains(RETRACTED_TITLE),
        venue_abbreviation=pl.coalesce(unwrap(pl.col("JI")), unwrap(pl.col("J9"))),
        issue=unwrap(pl.col("IS")).str.replace(r"^0+([0-9])", "$1"),
        first_page=unwrap(pl.col("BP")),
        last_page=_last_page(),
        article_number=unwrap(pl.when(~pl.col("AR").str.contains(_SICI)).then("AR")),
        index_editions=_editions(),
        exported_at=_values.iso_date(pl.col("DA")),
        author_count=pl.when(~wos_form.is_cut("AU", "AF")).then(wos_form.people().list.len().fill_null(0)),
        source=pl.lit("wos"),
        accession_number=wos_form.accession(),
    )
    return _values.conform(frame, "source_records")


def metrics(raw: _values.Table) -> pl.DataFrame:
    """source_metrics of Web of Science; a metric the row does not give has no row.

    Grain: one row per raw_id and metric.
    """
    frame = wos_form.take(raw, *METRICS, *FLAGS, "DA", "delivered_at", "batch_id")
    long = frame.select(
        *_values.PROVENANCE,
        "batch_id",
        pl.coalesce(_values.iso_date(pl.col("DA")), pl.col("delivered_at").str.slice(0, 10)).alias("as_of"),
        *(_values.number(pl.col(tag)).alias(name) for tag, name in METRICS.items()),
        *(_flag(tag).alias(name) for tag, name in FLAGS.items()),
    ).unpivot(index=["record_id", "raw_id", "batch_id", "as_of"], variable_name="metric", value_name="value")
    return _values.conform(long.drop_nulls("value"), "source_metrics").sort("raw_id", "metric")


def _flag(tag: str) -> pl.Expr:
    """Y is 1, N is 0; most formats print the flag only where it is true."""
    return pl.col(tag).str.strip_chars().replace_strict({"Y": 1.0, "N": 0.0}, default=None, return_dtype=pl.Float64)


def _whole_book() -> pl.Expr:
    """A book, not a chapter: all chapters share the book's DOI."""
    return pl.col("document_type").eq("book").fill_null(False)


def _last_page() -> pl.Expr:
    """EP, written in full; Inspec prints `41103-41103-3` after `41103-1`, others a bare `+`."""
    end = unwrap(pl.col("EP")).str.strip_chars("+")
    inspec = pl.when(wos_form.is_inspec()).then(end.str.extract(r"^[^-]+-([^-]+-.+)$", 1))
    return identifiers.expand(unwrap(pl.col("BP")), pl.coalesce(inspec, pl.when(end != "").then(end)))


def _editions() -> pl.Expr:
    """Codes in brackets of WE, or the text itself where there are none; of other databases than the Core Collection, its name."""
    text = identifiers.unescape(unwrap(pl.col("WE")))
    codes = text.str.extract_all(r"\(([A-Z][A-Z-]+)\)").list.eval(pl.element().str.strip_chars("()"))
    stated = pl.when(codes.list.len() > 0).then(codes.list.join("; ")).otherwise(text)
    database = wos_form.accession().str.extract(r"^([A-Z]+):", 1)
    return pl.coalesce(stated, database.replace_strict(_databases(), default=None, return_dtype=pl.String))


@cache
def _databases() -> dict[str, str]:
    return dict(schema.source("wos").spec["databases"])
