"""ESI rows to lists of papers, thresholds and citation rates, with our field codes."""

from __future__ import annotations

import re

import polars as pl

from pipelines.core import dictionaries, identifiers, schema
from pipelines.sources import _values

CELLS = {
    "author": "threshold_author",
    "institution": "threshold_institution",
    "journal": "threshold_journal",
    "country": "threshold_country",
}


def documents(raw: _values.Table, esi_fields: pl.DataFrame) -> pl.DataFrame:
    """source_esi_documents.

    Grain: one row per row of a list of papers. A DOI of 0 is a missing one.
    """
    frame = of_kind(
        raw, "documents", "list_kind", "accession_number", "doi", "pmid", "article", "authors", "source_text", "research_field",
        "times_cited", "countries", "addresses", "publication_date", "institutions",
    )  # fmt: skip
    frame = frame.with_columns(
        accession_number=pl.col("accession_number").str.strip_chars(),
        doi=identifiers.doi(pl.col("doi")),
        title=_values.unwrap(pl.col("article")),
        esi_field=field(pl.col("research_field"), esi_fields),
        citations_esi_count=_values.number(pl.col("times_cited")),
        publication_year=pl.col("publication_date").str.extract(r"(\d{4})", 1),
        pmid=pl.col("pmid").str.extract(r"(\d{5,9})", 1),
        authors_text=pl.col("authors"),
        addresses_text=pl.col("addresses"),
        countries_text=pl.col("countries"),
        institutions_text=pl.col("institutions"),
    )
    return _values.conform(frame, "source_esi_documents")


def thresholds(raw: _values.Table, esi_fields: pl.DataFrame) -> pl.DataFrame:
    """source_esi_thresholds: entity thresholds by field; percentile baselines by field and year (1 % = highly cited), the
    thresholds of highly cited papers by field and year, of hot papers by field and two months.

    Grain: one row per threshold cell. Where an export has the thresholds of highly cited papers themselves, they say the same
    as the 1 % of the baselines.
    """
    years = _open_columns(raw)
    entity = of_kind(raw, "thresholds", "research_field", *CELLS.values())
    by_entity = _long(entity, list(CELLS.values())).with_columns(
        threshold_kind=pl.col("cell").replace({column: kind for kind, column in CELLS.items()}),
        threshold_year=pl.lit(None, pl.Int64),
    )
    names: dict[float, str] = {float(share): kind for share, kind in schema.source("esi").spec["percentiles"].items()}
    share = pl.col("percentile").str.extract(r"([\d.]+)", 1).cast(pl.Float64, strict=False)
    percent = pl.when(pl.col("percentile").str.contains("%", literal=True)).then(share).otherwise(share * 100).round(4)
    baseline = _long(of_kind(raw, "percentiles", "research_field", "percentile", *years), years).with_columns(
        threshold_kind=percent.replace_strict(names, default=None, return_dtype=pl.String), threshold_year=_year()
    )
    stated = _long(of_kind(raw, "year_thresholds", "research_field", *years), years).with_columns(
        threshold_kind=pl.lit("highly_cited"), threshold_year=_year()
    )
    months = _open_columns(raw, r".+")
    hot = _long(of_kind(raw, "hot_thresholds", "research_field", *months), months).with_columns(
        threshold_kind=pl.lit("hot"), threshold_months=pl.col("cell")
    )
    every = pl.concat([by_entity, baseline, stated, hot], how="diagonal_relaxed")
    every = every.drop_nulls(["value", "threshold_kind"]).rename({"value": "threshold_value"})
    every = every.with_columns(esi_field=field(pl.col("research_field"), esi_fields))
    conformed = _values.conform(every, "source_esi_thresholds")
    return conformed.sort("source_row", "threshold_kind", "threshold_year", "threshold_months")


def citation_rates(raw: _values.Table, esi_fields: pl.DataFrame) -> pl.DataFrame:
    """source_esi_citation_rates: mean citations per paper; a null baseline_year is all years together.

    Grain: one row per field and year.
    """
    years = _open_columns(raw)
    rates = _long(of_kind(raw, "citation_rates", "research_field", *years), years).with_columns(
        baseline_year=_year(), citation_rate=pl.col("value"), esi_field=field(pl.col("research_field"), esi_fields)
    )
    conformed = _values.conform(rates.drop_nulls("citation_rate"), "source_esi_citation_rates")
    return conformed.sort("source_row", "baseline_year")


def codes(esi_fields: pl.DataFrame) -> dict[str, str]:
    """Compared field name to code, from the official name, the Chinese name and the aliases of the dictionary."""
    out: dict[str, str] = {}
    for row in esi_fields.iter_rows(named=True):
        names = [row["name_en"], row["name_zh"], row["esi_field"], *(row["aliases"] or "").split(";")]
        out |= {key: row["esi_field"] for name in names if (key := _plain(name))}
    return out


def is_field(name: str) -> bool:
    """Whether a name is one of the vendor's fields."""
    return bool(name) and _plain(name) in codes(dictionaries.load("esi_fields", "common"))


def field_key(name: pl.Expr) -> pl.Expr:
    """Field names are the same when their letters are: case, blanks, commas, '&' and 'and' do not count."""
    return name.str.to_uppercase().str.replace_all(r"\bAND\b", "").str.replace_all(r"[^\p{L}]", "")


def _plain(name: str) -> str:
    return re.sub(r"[^\w]|[\d_]", "", re.sub(r"\bAND\b", "", name.upper()))


def field(name: pl.Expr, esi_fields: pl.DataFrame) -> pl.Expr:
    """Code of a field as printed."""
    return field_key(name).replace_strict(codes(esi_fields), default=None, return_dtype=pl.String)


def of_kind(raw: _values.Table, kind: str, *columns: str) -> pl.DataFrame:
    """Rows of one kind of table with period and delivery columns."""
    frame = _values.take(raw, "esi_kind", "esi_period", *columns, *_values.DELIVERY)
    return frame.filter(pl.col("esi_kind") == kind).with_columns(period=pl.col("esi_period"))


def _long(frame: pl.DataFrame, cells: list[str]) -> pl.DataFrame:
    index = [c for c in frame.columns if c not in cells]
    long = frame.unpivot(cells, index=index, variable_name="cell", value_name="value")
    return long.with_columns(_values.number(pl.col("value").cast(pl.String)))


def _open_columns(raw: _values.Table, pattern: str = r"(?i)\d{4}(\.0)?|all years") -> list[str]:
    """The vendor's own columns: of a year, of all years, or of two months."""
    known = {*schema.source("esi").spec["columns"], *_values.PROVENANCE, *_values.DELIVERY}
    every = [
        c for c in raw.lazy().collect_schema().names() if c not in known and not c.startswith(("hint_", "column_"))
    ]
    return [c for c in every if re.fullmatch(pattern, c)]


def _year() -> pl.Expr:
    """Year of an open column; null for all years."""
    return pl.col("cell").str.extract(r"^(\d{4})(?:\.0)?$", 1).cast(pl.Int64)
