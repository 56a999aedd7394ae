"""Journal lists: one row per list, edition, journal and category; lists that stand until the next end where it begins."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.core.text import folded
from pipelines.normalise.venues import venue_key, with_journal_id

# Columns that say one thing together: all of them come from one delivery.
RANK = ("rank_text", "rank_level", "rank_position", "rank_total")
FACTOR = ("impact_factor_raw", "impact_factor")
OF_THE_ROW = ("batch_id", "source_file", "source_row")


def journal_ranks(
    source_journal_ranks: pl.LazyFrame, *, journals: pl.DataFrame, journal_aliases: pl.DataFrame
) -> pl.LazyFrame:
    """Ranks of journals in every edition delivered.

    Grain: one row per list, edition, journal and category. Of several deliveries of one edition the newest wins field by field; a row
    without ISSN is that of the only journal of its name which the edition gives one.
    """
    wanted = schema.table("journal_ranks")
    named = source_journal_ranks.with_columns(
        list_category=pl.col("list_category").str.replace_all(r"\s+", " "),
        title_key=folded(pl.col("title")),  # the venue key says Frontiers in Physics and Frontiers of Physics are one
        venue_key=venue_key(pl.col("title")),
    )
    ordered = _with_numbers(named).sort("delivered_at", "raw_id", descending=[True, False], nulls_last=True)
    grouped = {*wanted.key, *RANK, *FACTOR, *OF_THE_ROW, "journal_id"}
    merged = (
        ordered.group_by(wanted.key, maintain_order=True)
        .agg(
            *(pl.col(c).first() for c in OF_THE_ROW),
            *(pl.col(c).drop_nulls().first() for c in wanted.polars if c not in grouped),
            _first_filled(RANK),
            _first_filled(FACTOR),
        )
        .unnest("rank_text_group", "impact_factor_raw_group")
    )
    found = with_journal_id(_until_next(merged), journals, journal_aliases)
    return found.select(list(wanted.polars)).sort(wanted.key, nulls_last=True)


def issn_links(source_issn_links: pl.LazyFrame) -> pl.LazyFrame:
    """Which numbers are of one serial.

    Grain: one row per ISSN, of the newest delivery that has it.
    """
    wanted = schema.table("issn_links")
    ordered = source_issn_links.sort("issn", "delivered_at", "raw_id", descending=[False, True, False], nulls_last=True)
    return ordered.unique("issn", keep="first", maintain_order=True).select(list(wanted.polars))


def _with_numbers(rows: pl.LazyFrame) -> pl.LazyFrame:
    """ISSN and eISSN of rows that lack both, from the only journal of that name in the same edition."""
    of_edition = ["rank_scheme", "list_edition", "title_key"]
    numbers = rows.filter(pl.col("issn").is_not_null() | pl.col("eissn").is_not_null())
    known = (
        numbers.group_by(of_edition)
        .agg(
            pl.struct("issn", "eissn").n_unique().alias("_several"),
            pl.col("issn").first().alias("_issn"),
            pl.col("eissn").first().alias("_eissn"),
        )
        .filter(pl.col("_several") == 1)
    )
    none = pl.col("issn").is_null() & pl.col("eissn").is_null()
    joined = rows.join(known, on=of_edition, how="left", maintain_order="left")
    filled = [pl.when(none).then(f"_{c}").otherwise(c).alias(c) for c in ("issn", "eissn")]
    return joined.with_columns(filled).drop("_several", "_issn", "_eissn")


def _first_filled(group: tuple[str, ...]) -> pl.Expr:
    stated = pl.any_horizontal(pl.col(c).is_not_null() for c in group)
    return pl.struct(group).filter(stated).first().alias(f"{group[0]}_group")


def _until_next(rows: pl.LazyFrame) -> pl.LazyFrame:
    """An edition without an end stands until the day before the next edition of its list that was delivered."""
    starts = rows.select("rank_scheme", "valid_from").unique().sort("rank_scheme", "valid_from")
    following = starts.with_columns(
        _next=pl.col("valid_from")
        .shift(-1)
        .over("rank_scheme")
        .str.to_date("%Y-%m-%d", strict=False)
        .dt.offset_by("-1d")
    )
    joined = rows.join(following, on=["rank_scheme", "valid_from"], how="left", maintain_order="left")
    return joined.with_columns(valid_to=pl.coalesce("valid_to", pl.col("_next").dt.strftime("%Y-%m-%d"))).drop("_next")
