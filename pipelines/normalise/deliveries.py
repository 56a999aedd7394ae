"""A record delivered several times: which delivery stands, field by field; older values stay in the source tables."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema

# Columns that say one thing together: all of them come from one delivery.
TOGETHER = (
    ("doi", "doi_raw"),
    ("title", "language"),
    ("publication_year", "publication_year_basis", "publication_date", "is_early_access"),
    ("document_type", "document_type_raw"),
    ("volume", "issue", "first_page", "last_page", "article_number"),
)
# Columns that tell of the delivered row itself.
OF_THE_ROW = (
    "record_id", "raw_id", "source", "accession_number", "batch_id", "source_file", "source_row", "record_hash",
    "delivered_at", "exported_at", "data_through",
)  # fmt: skip


def record_deliveries(
    source_records: pl.LazyFrame,
    source_authorships: pl.LazyFrame,
    source_addresses: pl.LazyFrame,
    source_authorship_addresses: pl.LazyFrame,
) -> pl.LazyFrame:
    """Every delivery of every record in order, the newest first, then the fuller, then by content.

    A paper that has its issue is newer than its early access, and of deliveries that all state their export date the later date is
    newer, in whatever order the files came; else arrival tells.
    Grain: one row per record and delivered row.
    """
    content = [c for c in schema.table("source_records").polars if c not in OF_THE_ROW]
    rows = source_records.select(
        "record_id", "raw_id", "delivered_at", "record_hash", early=pl.col("is_early_access").fill_null(False),
        stated=pl.when(pl.col("exported_at").is_not_null().all().over("record_id")).then("exported_at"),
        completeness=pl.sum_horizontal(pl.col(c).is_not_null() for c in content),
    )  # fmt: skip
    ordered = rows.sort(
        "record_id", "early", "stated", "delivered_at", "completeness", "record_hash", "raw_id",
        descending=[False, False, True, True, True, False, False],
        nulls_last=True,
    ).with_columns(delivery_order=pl.int_range(1, pl.len() + 1).over("record_id"))  # fmt: skip
    parts = {"linked": source_authorship_addresses, "located": source_addresses, "signed": source_authorships}
    return _with_byline(ordered, parts).select(list(schema.table("record_deliveries").polars))


def _with_byline(ordered: pl.LazyFrame, parts: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    """gives_byline: the newest delivery that links authors to addresses, else that has addresses, else authors, else the newest."""
    fullness = ordered.filter(pl.len().over("record_id") > 1).select("record_id", "raw_id", "delivery_order")
    for name, rows in parts.items():
        fullness = fullness.join(_raw_ids(rows, name), on="raw_id", how="left")
    chosen = fullness.sort(
        "record_id", *parts, "delivery_order", descending=[False, *(True for _ in parts), False], nulls_last=True
    ).unique("record_id", keep="first", maintain_order=True)
    marked = ordered.join(chosen.select("raw_id", chosen=pl.lit(True)), on="raw_id", how="left")
    single = pl.len().over("record_id") == 1
    return marked.with_columns(gives_byline=single | pl.col("chosen").fill_null(False))


def _raw_ids(rows: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """Delivered rows that have any of these rows, marked."""
    return rows.select("raw_id").unique().with_columns(pl.lit(True).alias(name))


def newest_by_field(source_records: pl.LazyFrame, record_deliveries: pl.LazyFrame) -> pl.LazyFrame:
    """One row per record: of each field, or group of fields that say one thing, the newest delivery's value.

    Grain: one row per record_id; the columns of the row itself are the newest delivery's.
    """
    ordered = source_records.join(record_deliveries.select("raw_id", "delivery_order"), on="raw_id", how="inner")
    twice = record_deliveries.filter(pl.col("delivery_order") > 1).select("record_id").unique()
    once = ordered.join(twice, on="record_id", how="anti").drop("delivery_order")
    several = ordered.join(twice, on="record_id", how="semi").sort("record_id", "delivery_order")
    columns = list(schema.table("source_records").polars)
    grouped = {c for group in TOGETHER for c in group}
    alone = [c for c in columns if c not in grouped and c not in OF_THE_ROW]
    merged = (
        several.group_by("record_id", maintain_order=True)
        .agg(
            *(pl.col(c).first() for c in OF_THE_ROW if c != "record_id"),
            *(pl.col(c).drop_nulls().first() for c in alone),
            *(_first_filled(group) for group in TOGETHER),
        )
        .unnest(*(group[0] + "_group" for group in TOGETHER))
    )
    return pl.concat([once.select(columns), merged.select(columns)])


def _first_filled(group: tuple[str, ...]) -> pl.Expr:
    """The first delivery that has any value of the group's first and further columns, all of them from it."""
    stated = pl.any_horizontal(pl.col(c).is_not_null() for c in group if c != "is_early_access")
    return pl.struct(group).filter(stated).first().alias(group[0] + "_group")


def of_byline(rows: pl.LazyFrame, record_deliveries: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of the deliveries that give the bylines."""
    chosen = record_deliveries.filter("gives_byline").select("raw_id")
    return rows.join(chosen, on="raw_id", how="semi")


def of_newest(rows: pl.LazyFrame, record_deliveries: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of the newest delivery of each record that has any of them."""
    held = rows.select("raw_id").unique().join(record_deliveries, on="raw_id", how="inner")
    chosen = held.sort("record_id", "delivery_order").unique("record_id", keep="first", maintain_order=True)
    return rows.join(chosen.select("raw_id"), on="raw_id", how="semi")
