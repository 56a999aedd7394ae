"""ESI rows to institutions, fields of one institution, journals; and one row per delivered table, empty ones too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from pipelines.core import identifiers
from pipelines.sources import _values, esi_tables

_COUNTS = {
    "documents_count": "documents",
    "citations_count": "cites",
    "citations_per_paper": "cites_per_paper",
    "top_papers_count": "top_papers",
    "highly_cited_papers_count": "highly_cited_papers",
    "hot_papers_count": "hot_papers",
}
_NO_ISSN = r"^[*\s-]*$"


def institutions(raw: _values.Table, esi_fields: pl.DataFrame) -> pl.DataFrame:
    """source_esi_institutions.

    Grain: one row per row of an institution ranking; the field is the one the export was filtered by.
    """
    frame = esi_tables.of_kind(raw, "institutions", "filter_field", "institution", "country", "rank", *_COUNTS.values())
    country = pl.col("country").str.strip_chars()
    frame = frame.with_columns(
        esi_field=esi_tables.field(pl.col("filter_field"), esi_fields),
        institution=_values.unwrap(pl.col("institution")),
        country=pl.when(~country.is_in(["N/A", "NA", "n/a"])).then(country),
        rank=_values.number(pl.col("rank")),
        **{name: _values.number(pl.col(column)) for name, column in _COUNTS.items()},
    )
    return _values.conform(frame, "source_esi_institutions")


def institution_fields(raw: _values.Table, esi_fields: pl.DataFrame) -> pl.DataFrame:
    """source_esi_institution_fields: the first column is an order in this list, no rank in the world, and is not kept.

    Grain: one row per field of one institution, ALL FIELDS among them.
    """
    frame = esi_tables.of_kind(raw, "institution_fields", "filter_institution", "research_field", *_COUNTS.values())
    frame = frame.with_columns(
        institution=_values.unwrap(pl.col("filter_institution")),
        esi_field=esi_tables.field(pl.col("research_field"), esi_fields),
        **{name: _values.number(pl.col(column)) for name, column in _COUNTS.items()},
    )
    return _values.conform(frame, "source_esi_institution_fields")


def journals(raw: _values.Table, esi_fields: pl.DataFrame) -> pl.DataFrame:
    """source_esi_journals; `****-****` is no ISSN.

    Grain: one row per row of the journal list.
    """
    frame = esi_tables.of_kind(raw, "journals", "full_title", "title29", "title20", "issn", "eissn", "research_field")
    frame = frame.with_columns(
        title=_values.unwrap(pl.col("full_title")),
        title_29=_values.unwrap(pl.col("title29")),
        title_20=_values.unwrap(pl.col("title20")),
        esi_field=esi_tables.field(pl.col("research_field"), esi_fields),
        **{n: identifiers.issn(pl.when(~pl.col(n).str.contains(_NO_ISSN)).then(n)) for n in ("issn", "eissn")},
    )
    return _values.conform(frame, "source_esi_journals")


def deliveries(raw: _values.Table, delivery: Mapping[str, Any], esi_fields: pl.DataFrame) -> pl.DataFrame:
    """source_esi_deliveries: what was delivered, from the manifest; rows and footer from the rows where there are any.

    Grain: one row per landing file.
    """
    details = delivery["details"]
    rows = _values.take(raw, "footer", "delivered_at")
    footer = rows["footer"].drop_nulls().first() if rows.height else details.get("footer")
    columns = {
        "batch_id": delivery["batch_id"],
        "source_file": delivery["file"],
        "delivered_at": rows["delivered_at"].max() if rows.height else delivery["delivered_at"],
        "period": delivery["period"],
        "esi_kind": delivery["kind"],
        "list_kind": details.get("list_kind"),
        "filter_field": details.get("filter_field"),
        "institution": details.get("filter_institution"),
        "esi_title": details.get("title"),
        "footer": footer,
        "rows_count": rows.height,
    }
    frame = pl.DataFrame([columns], schema_overrides={n: pl.String for n in columns if n != "rows_count"})
    frame = frame.with_columns(pl.col(pl.String).replace("", None)).with_columns(
        esi_field=esi_tables.field(pl.col("filter_field"), esi_fields),
        exported_at=pl.col("footer")
        .str.extract(r"(?i)Export Date\D*(\d{4}[-/.]\d{2}[-/.]\d{2})", 1)
        .str.replace_all(r"[/.]", "-"),
    )
    return _values.conform(frame, "source_esi_deliveries")
