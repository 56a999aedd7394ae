"""ESI lists, thresholds and rankings: an archive of periods; a corrected re-download is a further revision."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema


def esi_documents(source_esi_documents: pl.LazyFrame) -> pl.LazyFrame:
    """Papers on ESI lists.

    Grain: one row per period, list and accession number, of the newest revision that has it.
    """
    return _newest(source_esi_documents, "esi_documents", ["period", "list_kind"], ["citations_esi_count"])


def esi_thresholds(source_esi_thresholds: pl.LazyFrame) -> pl.LazyFrame:
    """Thresholds of ESI.

    Grain: one row per period, field, kind and year, of the newest revision that has it.
    """
    return _newest(source_esi_thresholds, "esi_thresholds", ["period", "threshold_kind"], ["threshold_value"])


def esi_institutions(source_esi_institutions: pl.LazyFrame) -> pl.LazyFrame:
    """Rankings of institutions by field.

    Grain: one row per period, field and institution, of the newest revision that has it.
    """
    return _newest(source_esi_institutions, "esi_institutions", ["period", "esi_field"], ["citations_count"])


def esi_institution_fields(source_esi_institution_fields: pl.LazyFrame) -> pl.LazyFrame:
    """Fields in which an institution is listed.

    Grain: one row per period, institution and field, of the newest revision that has it.
    """
    delivery = ["period", "institution"]
    return _newest(source_esi_institution_fields, "esi_institution_fields", delivery, ["citations_count"])


def esi_citation_rates(source_esi_citation_rates: pl.LazyFrame) -> pl.LazyFrame:
    """Mean citations per paper.

    Grain: one row per period, field and year, of the newest revision that has it.
    """
    return _newest(source_esi_citation_rates, "esi_citation_rates", ["period"], ["citation_rate"])


def esi_journals(source_esi_journals: pl.LazyFrame) -> pl.LazyFrame:
    """Journals and their fields.

    Grain: one row per period, journal and field, of the newest revision of the list.
    """
    newest = _only_newest(source_esi_journals, ["period"])
    return _newest(newest, "esi_journals", ["period"], ["title"])


def esi_listed(esi_documents: pl.LazyFrame) -> pl.LazyFrame:
    """Which paper stood on which list: the narrow form of the archive, complete in the database.

    Grain: one row per period, list and accession number.
    """
    return esi_documents.select(list(schema.table("esi_listed").polars))


def esi_credits(
    esi_documents: pl.LazyFrame, *, institutions: pl.DataFrame, institution_aliases: pl.DataFrame
) -> pl.LazyFrame:
    """Papers that ESI itself credits to an institution of the dictionary, by the names it prints.

    Grain: one row per period, list, accession number and institution.
    """
    names = pl.concat(
        [
            institutions.select("institution_id", name="name_en"),
            institution_aliases.select("institution_id", name="alias"),
        ]
    ).drop_nulls()
    known = names.select("institution_id", _key=_name_key(pl.col("name"))).filter(pl.col("_key") != "").unique()
    # a name that two institutions share says nothing
    known = known.filter(pl.col("institution_id").n_unique().over("_key") == 1)
    printed = esi_documents.select(
        "period", "list_kind", "accession_number", _key=pl.col("institutions_text").str.split(";")
    ).explode("_key")
    return (
        printed.with_columns(_key=_name_key(pl.col("_key")))
        .join(known.lazy(), on="_key", how="inner")
        .select("period", "list_kind", "accession_number", "institution_id")
        .unique()
    )


def esi_attributions(ledger_esi_attribution: pl.LazyFrame) -> pl.LazyFrame:
    """To which units the papers of each period were attributed, as published: version 1 is what was first said.

    Grain: one row per period, list, accession number, unit and version.
    """
    order = ledger_esi_attribution.select("period", "attribution_version", "build_id").unique()
    numbered = order.group_by("period", "attribution_version").agg(pl.col("build_id").min())
    numbered = numbered.with_columns(
        attribution_number=pl.struct("build_id", "attribution_version").rank("dense").over("period").cast(pl.Int64)
    )
    rows = ledger_esi_attribution.drop("build_id").unique()
    return rows.join(numbered, on=["period", "attribution_version"], how="left").select(
        list(schema.table("esi_attributions").polars)
    )


def _name_key(name: pl.Expr) -> pl.Expr:
    """As indicators.own_name: capitals, without punctuation. Chinese names leave nothing."""
    return name.str.to_uppercase().str.replace_all(r"([^A-Z0-9]|\bAND\b)+", " ").str.strip_chars(" ")


def esi_deliveries(source_esi_deliveries: pl.LazyFrame) -> pl.LazyFrame:
    """What was delivered of each period, empty lists too.

    Grain: one row per period, kind, list, field, institution and landing file, numbered in the order of delivery.
    """
    of_one_list = ["period", "esi_kind", "list_kind", "esi_field", "institution"]
    moment = pl.struct("delivered_at", "batch_id")
    numbered = source_esi_deliveries.with_columns(revision=moment.rank("dense").over(of_one_list).cast(pl.Int64))
    columns = list(schema.table("esi_deliveries").polars)
    return numbered.select(columns).sort(*of_one_list, "revision", "source_file", nulls_last=True)


def _only_newest(rows: pl.LazyFrame, delivery: list[str]) -> pl.LazyFrame:
    """Rows of the newest delivery alone: what a whole list no longer has, it no longer has."""
    moment = pl.struct("delivered_at", "batch_id")
    return rows.filter(moment.rank("dense", descending=True).over(delivery) == 1)


def _newest(rows: pl.LazyFrame, table: str, delivery: list[str], tie: list[str]) -> pl.LazyFrame:
    """Number the deliveries of each list 1, 2, … and keep the newest row per key; a row without its key is kept."""
    wanted = schema.table(table)
    moments = rows.select(*delivery, "delivered_at", "batch_id").unique()
    numbered = moments.with_columns(
        revision=pl.struct("delivered_at", "batch_id").rank("dense").over(delivery).cast(pl.Int64)
    )
    keyless = pl.when(pl.any_horizontal(pl.col(c).is_null() for c in _stated(wanted.key))).then(pl.col("raw_id"))
    ordered = (
        rows.join(numbered, on=[*delivery, "delivered_at", "batch_id"], how="left", nulls_equal=True)
        .with_columns(_keyless=keyless)
        .sort(
            *wanted.key, "revision", *tie, "source_file", "source_row",
            descending=[False] * len(wanted.key) + [True] * (1 + len(tie)) + [False, False],
            nulls_last=True,
        )
    )  # fmt: skip
    kept = ordered.unique([*wanted.key, "_keyless"], keep="first", maintain_order=True)
    return kept.select(list(wanted.polars))


def _stated(key: tuple[str, ...]) -> list[str]:
    """Key columns that must have a value; an empty year means all years, a journal may lack an ISSN."""
    return [c for c in key if c not in ("threshold_year", "threshold_months", "baseline_year", "issn", "eissn")]
