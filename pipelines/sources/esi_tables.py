"""ESI rows to documents, thresholds and institutions, with our field codes."""

from __future__ import annotations

import re

import polars as pl

from pipelines.core import identifiers, schema
from pipelines.sources import _values

CELLS = {
    "author": "threshold_author",
    "institution": "threshold_institution",
    "journal": "threshold_journal",
    "country": "threshold_country",
}
ALL_YEARS = "ALL YEARS"


def documents(raw: _values.Table, esi_fields: pl.DataFrame) -> pl.DataFrame:
    """source_esi_documents.

    Grain: one row per row of a list of papers. A DOI of 0 is a missing one.
    """
    frame = _kind(
        raw, "documents", "list_kind", "accession_number", "doi", "article", "source_text", "research_field", "times_cited",
        "publication_date", "institutions",
    )  # fmt: skip
    frame = frame.with_columns(
        accession_number=pl.col("accession_number").str.strip_chars(),
        doi=identifiers.doi(pl.col("doi")),
        title=_values.unwrap(pl.col("article")),
        esi_field=_field(pl.col("research_field"), esi_fields),
        citations_esi_count=_values.number(pl.col("times_cited")),
        publication_year=pl.col("publication_date").str.extract(r"(\d{4})", 1),
        institutions_text=pl.col("institutions"),
    )
    return _values.conform(frame, "source_esi_documents")


def institutions(raw: _values.Table, esi_fields: pl.DataFrame) -> pl.DataFrame:
    """source_esi_institutions.

    Grain: one row per row of an institution ranking; the field is the one the export was filtered by.
    """
    frame = _kind(
        raw,
        "institutions",
        "filter_field",
        "institution",
        "country",
        "rank",
        "documents",
        "cites",
        "cites_per_paper",
        "top_papers",
    )
    country = pl.col("country").str.strip_chars()
    frame = frame.with_columns(
        esi_field=_field(pl.col("filter_field"), esi_fields),
        institution=_values.unwrap(pl.col("institution")),
        country=pl.when(~country.is_in(["N/A", "NA", "n/a"])).then(country),
        rank=_values.number(pl.col("rank")),
        documents_count=_values.number(pl.col("documents")),
        citations_count=_values.number(pl.col("cites")),
        citations_per_paper=_values.number(pl.col("cites_per_paper")),
        top_papers_count=_values.number(pl.col("top_papers")),
    )
    return _values.conform(frame, "source_esi_institutions")


def thresholds(raw: _values.Table, esi_fields: pl.DataFrame) -> pl.DataFrame:
    """source_esi_thresholds: entity thresholds by field, percentile baselines by field and year (1 % = highly cited).

    Grain: one row per threshold cell.
    """
    years = [c for c in raw.lazy().collect_schema().names() if re.fullmatch(r"\d{4}", c) or c.upper() == ALL_YEARS]
    entity = _kind(raw, "thresholds", "research_field", *CELLS.values())
    by_entity = _long(entity, list(CELLS.values())).with_columns(
        threshold_kind=pl.col("cell").replace({column: kind for kind, column in CELLS.items()}),
        threshold_year=pl.lit(None, pl.Int64),
    )
    names: dict[str, str] = schema.source("esi").spec["percentiles"]
    baseline = _kind(raw, "percentiles", "research_field", "percentile", *years)
    by_year = _long(baseline, years).with_columns(
        threshold_kind=pl.col("percentile")
        .str.replace_all(r"\s", "")
        .replace_strict(names, default=None, return_dtype=pl.String),
        threshold_year=pl.col("cell").cast(pl.Int64, strict=False),
    )
    both = pl.concat([by_entity, by_year], how="diagonal_relaxed").drop_nulls(["threshold_value", "threshold_kind"])
    both = both.with_columns(esi_field=_field(pl.col("research_field"), esi_fields))
    return _values.conform(both, "source_esi_thresholds").sort("source_row", "threshold_kind", "threshold_year")


def codes(esi_fields: pl.DataFrame) -> dict[str, str]:
    """Compared field name to code, from the official name, the Chinese name and the aliases of the dictionary."""
    out: dict[str, str] = {}
    for row in esi_fields.iter_rows(named=True):
        names = [row["name_en"], row["name_zh"], row["esi_field"], *(row["aliases"] or "").split(";")]
        out |= {key: row["esi_field"] for name in names if (key := _plain(name))}
    return out


def field_key(name: pl.Expr) -> pl.Expr:
    """Field names are the same when their letters are: case, blanks, commas, '&' and 'and' do not count."""
    return name.str.to_uppercase().str.replace_all(r"\bAND\b", "").str.replace_all(r"[^\p{L}]", "")


def _plain(name: str) -> str:
    return re.sub(r"[^\w]|[\d_]", "", re.sub(r"\bAND\b", "", name.upper()))


def _field(name: pl.Expr, esi_fields: pl.DataFrame) -> pl.Expr:
    return field_key(name).replace_strict(codes(esi_fields), default=None, return_dtype=pl.String)


def _kind(raw: _values.Table, kind: str, *columns: str) -> pl.DataFrame:
    """Rows of one kind of table with period and delivery columns."""
    frame = _values.take(raw, "esi_kind", "esi_period", *columns, *_values.DELIVERY)
    return frame.filter(pl.col("esi_kind") == kind).with_columns(period=pl.col("esi_period"))


def _long(frame: pl.DataFrame, cells: list[str]) -> pl.DataFrame:
    index = [c for c in frame.columns if c not in cells]
    long = frame.unpivot(cells, index=index, variable_name="cell", value_name="threshold_value")
    return long.with_columns(_values.number(pl.col("threshold_value").cast(pl.String)))
