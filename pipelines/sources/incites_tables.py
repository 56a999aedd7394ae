"""InCites rows to indicators in long form, and to what each export was made of."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from pipelines.core import identifiers, schema, text
from pipelines.sources import _values, incites_values
from pipelines.sources.incites_evidence import LOWER, PERCENTILES

SOURCE = "incites"
CONTEXT = ("dataset", "subject_schema", "category", "time_period", "document_types", "filters", "exported", "dataset_updated", "data_through",
           "percentile_direction", "percentile_evidence", "labels")  # fmt: skip
NAMES = ("name", "journal_name", "organization_name", "person_name", "location_name", "area_name")
TOP = "_top"  # percentile turned so that 0 is best
# indicators of a document that are values about a record: names of metrics
DOCUMENT = {
    "times_cited": "citations_incites", "cnci": "incites_cnci", "jnci": "incites_jnci", "percentile_top": "incites_percentile_top",
    "category_expected_citations": "incites_category_expected", "journal_expected_citations": "incites_journal_expected",
    "is_top_1_percent": "incites_is_top_1_percent", "is_top_10_percent": "incites_is_top_10_percent",
}  # fmt: skip
_UT = r"(?i)^(?:WOS:|ISI:|UT )?\s*(\w{15})$"


def metrics(raw: _values.Table) -> pl.DataFrame:
    """source_incites_metrics: every indicator of documents, organisations, areas, sources and locations.

    Grain: one row per delivered row and indicator with a value; n/a is no row, 0 is zero.
    """
    return _values.conform(_long(raw).filter(pl.col("entity_kind") != "researcher"), "source_incites_metrics")


def people(raw: _values.Table) -> pl.DataFrame:
    """source_incites_people: every indicator of persons, with the ids and affiliations the export gives.

    Grain: one row per delivered person and indicator with a value.
    """
    return _values.conform(_long(raw).filter(entity_kind="researcher"), "source_incites_people")


def document_metrics(raw: _values.Table) -> pl.DataFrame:
    """source_metrics of InCites: values about the record of Web of Science that a row of a document list names.

    Grain: one row per document and indicator.
    """
    frame = _long(raw).filter((pl.col("entity_kind") == "document") & pl.col("metric").is_in(list(DOCUMENT)))
    frame = frame.with_columns(
        record_id=pl.lit("wos:") + pl.col("entity_id"),
        metric=pl.col("metric").replace(DOCUMENT),
        as_of=pl.coalesce("data_through", "exported_at", pl.col("delivered_at").str.slice(0, 10)),
    )
    return _values.conform(frame.drop_nulls(["record_id", "value"]), "source_metrics")


def exports(raw: _values.Table) -> pl.DataFrame:
    """source_incites_exports: filters, dates and the direction of percentiles with its evidence.

    Grain: one row per landing file.
    """
    frame = _context(_values.take(raw, "entity_kind", *CONTEXT, *_values.DELIVERY))
    first = frame.group_by("batch_id", "source_file", maintain_order=True).agg(
        pl.all().exclude("batch_id", "source_file", "delivered_at").first(),
        pl.col("delivered_at").max(),
        rows_count=pl.len(),
    )
    return _values.conform(first, "source_incites_exports")


def _long(raw: _values.Table) -> pl.DataFrame:
    """Indicators in long form with the context of their export."""
    declared: dict[str, dict[str, Any]] = schema.source(SOURCE).spec["columns"]
    codes = [name for name, spec in declared.items() if spec.get("metric")]
    attributes = (
        "accession_number",
        "publication_year",
        "country",
        "organization_type",
        "affiliation",
        "researcher_id",
        "orcid",
    )
    frame = _values.take(raw, "entity_kind", *NAMES, "article_title", *attributes, *codes, *CONTEXT, *_values.DELIVERY)
    have = [c for c in codes if frame[c].null_count() < frame.height]
    frame = _context(frame.drop([c for c in codes if c not in have]))
    frame = frame.with_columns(_entity()).drop(*NAMES, "article_title", "accession_number")
    labels = json.loads(frame["labels"][0]) if frame.height and frame["labels"][0] else {}
    index = [c for c in frame.columns if c not in have]
    long = frame.unpivot(have, index=index, variable_name="metric", value_name="printed")
    long = long.with_columns(printed=incites_values.filled(pl.col("printed"))).drop_nulls("printed")
    value = incites_values.number(pl.col("printed"))
    plain = pl.col("printed").str.contains(r"^[-+0-9.,eE%\s]+$")
    long = long.with_columns(value=value, value_text=pl.when(~plain).then("printed"))
    long = pl.concat([long, _turned(long)])
    code = pl.col("metric").str.strip_suffix(TOP)
    return long.with_columns(metric_label=code.replace_strict(labels, default=None, return_dtype=pl.String)).sort(
        "source_row", "metric"
    )


def _turned(long: pl.DataFrame) -> pl.DataFrame:
    """Percentiles turned so that 0 is best, under `percentile_top` and `average_percentile_top`."""
    known = long.filter(pl.col("metric").is_in(PERCENTILES) & pl.col("percentile_direction").is_not_null()).drop_nulls(
        "value"
    )
    best = pl.when(pl.col("percentile_direction") == LOWER).then("value").otherwise((100 - pl.col("value")).round(6))
    return known.with_columns(value=best, metric=pl.col("metric") + TOP, value_text=pl.lit(None, pl.String))


def _entity() -> list[pl.Expr]:
    """Id and name of what a row is about; the accession number in the form of Web of Science."""
    baselines = str(schema.source(SOURCE).spec["baselines"])
    number = pl.col("accession_number").str.strip_chars()
    ut = pl.lit("WOS:") + number.str.extract(_UT, 1).str.to_uppercase()
    name = pl.coalesce(*(_values.unwrap(pl.col(c)) for c in NAMES), _values.unwrap(pl.col("article_title")))
    return [
        pl.when(pl.col("entity_kind") == "document").then(pl.coalesce(ut, number)).alias("entity_id"),
        name.alias("entity_name"),
        name.str.contains(baselines).alias("is_baseline"),
        pl.col("publication_year").str.extract(r"^\s*(\d{4})", 1).cast(pl.Int64),
        identifiers.orcid(incites_values.filled(pl.col("orcid"))),
        incites_values.filled(pl.col("country")).alias("entity_country"),
        *(incites_values.filled(pl.col(c)) for c in ("organization_type", "affiliation", "researcher_id")),
    ]


def _context(frame: pl.DataFrame) -> pl.DataFrame:
    """Window, schema code and dates; context_id is the same for exports with the same filters and data."""
    names: dict[str, str] = schema.source(SOURCE).spec["schemas"]
    years = pl.col("time_period").str.extract_all(r"(?:19|20)\d{2}")
    same = ("entity_kind", "dataset", "subject_schema", "category", "time_period", "document_types", "data_through")
    filters = pl.col("filters").str.replace_all(r"(?m)^(?i:export|incites dataset updated|导出).*$", "")
    return frame.with_columns(
        context_id=text.short_hash(
            pl.concat_str(*(pl.col(c).fill_null("") for c in same), filters.fill_null(""), separator="|"), 12
        ),
        subject_schema=pl.col("subject_schema").replace(names),
        year_from=years.list.first().cast(pl.Int64),
        year_to=years.list.last().cast(pl.Int64),
        exported_at=pl.col("exported"),
    )
