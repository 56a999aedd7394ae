"""What was delivered, file by file and search by search; a search that lacks records marks what is built from it."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.normalise.completeness import Exported, judge

SEARCH = ("source", "database", "search", "search_date", "lone_batch_id")


def deliveries(source_deliveries: pl.LazyFrame) -> pl.LazyFrame:
    """Files whose rows are used.

    Grain: one row per batch and landing file.
    """
    return source_deliveries.select(list(schema.table("deliveries").polars))


def searches(source_deliveries: pl.LazyFrame, source_records: pl.LazyFrame) -> pl.DataFrame:
    """Searches whose hits a librarian noted: hits, rows, distinct records, what is missing, in figures and words.

    Grain: one row per source, database, search and date; a batch without the search's text is a search of its own.
    A search that was run again later (same source, database and text) is superseded.
    """
    files = source_deliveries.with_columns(
        lone_batch_id=pl.when(pl.col("search").is_null()).then(pl.col("batch_id"))
    ).collect()
    noted = files.filter(pl.col("hits_count").is_not_null()).select(SEARCH).unique()
    files = files.join(noted, on=SEARCH, how="semi", nulls_equal=True)
    found = _records(files, source_records)
    told = [
        _told(dict(zip(SEARCH, key, strict=True)), group, found)
        for key, group in files.group_by(SEARCH, maintain_order=True)
    ]
    wanted = schema.table("searches")
    rows = pl.DataFrame(told, schema=wanted.polars) if told else wanted.empty()
    return rows.with_columns(is_superseded=_superseded())


def _records(files: pl.DataFrame, source_records: pl.LazyFrame) -> dict[tuple[object, ...], int]:
    """Distinct records per search."""
    places = files.lazy().select("batch_id", "source_file", *SEARCH)
    rows = source_records.select("batch_id", "source_file", "source", "record_id").join(
        places, on=["batch_id", "source_file", "source"], how="inner", nulls_equal=True
    )
    counted = rows.group_by(SEARCH).agg(pl.col("record_id").n_unique()).collect()
    return {tuple(row[:-1]): row[-1] for row in counted.iter_rows()}


def _told(key: dict[str, object], group: pl.DataFrame, found: dict[tuple[object, ...], int]) -> dict[str, object]:
    ordered = group.sort("batch_id", "source_file")
    exported = [Exported(n, r) for n, r in ordered.select("source_file", "rows_count").iter_rows()]
    rows = sum(f.rows for f in exported)
    records = found.get(tuple(key[c] for c in SEARCH), rows)  # sources without records count rows
    hits = int(ordered["hits_count"].drop_nulls().last())  # type: ignore[arg-type]
    judged = judge(hits, exported, records)
    return {
        **{c: key[c] for c in SEARCH if c != "lone_batch_id"},
        "batch_ids": ";".join(ordered["batch_id"].unique().sort()),
        "hits_count": hits,
        "files_count": len(exported),
        "rows_count": rows,
        "records_count": records,
        "overlaps_count": judged.overlaps,
        "missing_count": judged.missing,
        "is_complete": judged.missing <= 0,
        "completeness_words": judged.words(),
        "is_superseded": False,
    }


def _superseded() -> pl.Expr:
    """Whether the same search was run again at a later date."""
    again = pl.col("search_date") < pl.col("search_date").max().over("source", "database", "search")
    return pl.col("search").is_not_null() & again.fill_null(False)
