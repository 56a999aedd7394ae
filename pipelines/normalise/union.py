"""All sources under one schema: one row per record, keys beside the printed values; what belongs to it follows its deliveries."""

from __future__ import annotations

from functools import partial

import polars as pl

from pipelines.core import names, schema
from pipelines.normalise.deliveries import newest_by_field, of_byline
from pipelines.normalise.repairs import TEXTS, mended
from pipelines.normalise.titles import title_key
from pipelines.normalise.venues import venue_key, with_journal_id


def records(
    source_records: pl.LazyFrame,
    record_deliveries: pl.LazyFrame,
    source_authorships: pl.LazyFrame,
    *,
    journals: pl.DataFrame,
    journal_aliases: pl.DataFrame,
    surnames: pl.DataFrame,
) -> pl.LazyFrame:
    """Every bibliographic record once, with match keys.

    Grain: one row per record_id. Of several deliveries the newest wins field by field: what it leaves empty (a short export
    lacks abstract and addresses) stays as the delivery before gave it. The order of files and rows does not count.
    """
    keyed = mended(newest_by_field(source_records, record_deliveries), *TEXTS).with_columns(
        title_key=title_key(pl.col("title")),
        title_other_key=title_key(pl.col("title_other")),
        venue_key=venue_key(pl.col("venue")),
    )
    authors = _author_keys(mended(of_byline(source_authorships, record_deliveries), "name"), surnames)
    joined = with_journal_id(keyed, journals, journal_aliases).join(authors, on="record_id", how="left")
    return joined.select(list(schema.table("records").polars)).sort("record_id")


def authorships(
    source_authorships: pl.LazyFrame, record_deliveries: pl.LazyFrame, *, surnames: pl.DataFrame
) -> pl.LazyFrame:
    """Authors of each record, of the delivery that gives its byline, with name keys.

    Grain: one row per record and author position.
    """
    kept = mended(of_byline(source_authorships, record_deliveries), "name", "name_native")
    keyed = kept.with_columns(name_key=_name_key(pl.col("name"), surnames))
    return keyed.select(list(schema.table("authorships").polars)).sort("record_id", "author_position")


def author_identifiers(source_author_identifiers: pl.LazyFrame, record_deliveries: pl.LazyFrame) -> pl.LazyFrame:
    """Author identifiers of the delivery that gives the byline.

    Grain: one row per record, identifier type and value.
    """
    return _byline(source_author_identifiers, record_deliveries, "author_identifiers")


def addresses(source_addresses: pl.LazyFrame, record_deliveries: pl.LazyFrame) -> pl.LazyFrame:
    """Addresses of the delivery that gives the byline.

    Grain: one row per record, role and address position.
    """
    return _byline(source_addresses, record_deliveries, "addresses")


def authorship_addresses(source_authorship_addresses: pl.LazyFrame, record_deliveries: pl.LazyFrame) -> pl.LazyFrame:
    """Stated links between authors and addresses of the delivery that gives the byline.

    Grain: one row per record, author, role and address position.
    """
    return _byline(source_authorship_addresses, record_deliveries, "authorship_addresses")


def metrics(source_metrics: pl.LazyFrame, source_records: pl.LazyFrame) -> pl.LazyFrame:
    """Values of databases about records; history is kept.

    Grain: one row per record, metric and date of data; of several deliveries of one date the newest wins.
    """
    delivered = source_records.select("raw_id", "delivered_at")
    dated = source_metrics.join(delivered, on="raw_id", how="left").sort(
        "record_id", "metric", "as_of", "delivered_at", "batch_id", "value", "raw_id",
        descending=[False, False, False, True, True, True, False],
        nulls_last=True,
    )  # fmt: skip
    kept = dated.unique(["record_id", "metric", "as_of"], keep="first", maintain_order=True)
    return kept.select(list(schema.table("metrics").polars))


def _byline(rows: pl.LazyFrame, record_deliveries: pl.LazyFrame, table: str) -> pl.LazyFrame:
    wanted = schema.table(table)
    kept = of_byline(rows, record_deliveries).select(list(wanted.polars))
    return kept.unique(wanted.key, keep="first", maintain_order=True).sort(wanted.key)


def _author_keys(authors: pl.LazyFrame, surnames: pl.DataFrame) -> pl.LazyFrame:
    """authors_key and first_author_key of each record; groups are no persons."""
    persons = authors.filter(~pl.col("is_group_author").fill_null(False)).select(
        "record_id", "author_position", surname=_name_key(pl.col("name"), surnames).str.split(" ").list.first()
    )
    return (
        persons.drop_nulls("surname")
        .filter(pl.col("surname") != "")
        .group_by("record_id")
        .agg(
            authors_key=pl.col("surname").sort().str.join(" "),
            first_author_key=pl.col("surname").sort_by("author_position").first(),
        )
    )


def _name_key(name: pl.Expr, surnames: pl.DataFrame) -> pl.Expr:
    return name.map_batches(partial(_name_keys, known=names.surnames_from(surnames)), return_dtype=pl.String)


def _name_keys(written: pl.Series, known: names.Surnames) -> pl.Series:
    values = written.drop_nulls().unique()
    keys = pl.Series(names.name_keys(values.to_list(), known), dtype=pl.String)
    return written.replace(values, keys)
