"""One work, one row: pairs worth comparing, rules that decide, clusters without contradiction, golden records."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.dedup import blocking, cluster, deciding, prepare, similarity
from pipelines.dedup.byline import work_addresses, work_authorships
from pipelines.dedup.conflicts import work_conflicts
from pipelines.dedup.cut_blocks import cut_blocks
from pipelines.dedup.golden import order_of, ranked, related, work_field_sources, works

__all__ = [
    "clusters",
    "cut_blocks",
    "pairs",
    "related",
    "work_addresses",
    "work_authorships",
    "work_conflicts",
    "work_field_sources",
    "works",
]

CHUNK = 250_000  # pairs compared at a time: memory stays flat however many there are


def pairs(
    records: pl.LazyFrame,
    authorships: pl.LazyFrame,
    decisions_dedup: pl.LazyFrame,
    *,
    doi_twins: pl.DataFrame,
    generic_titles: pl.DataFrame,
    surnames: pl.DataFrame,
    before: pl.DataFrame | None = None,
    part: tuple[int, int] = (0, 1),
) -> pl.DataFrame:
    """Candidate pairs with the rule that decided each, and the compared values.

    Grain: one row per unordered pair, left < right. `before` holds pairs decided under the same rules, dictionaries and
    librarians' answers; a pair whose records say what they said then is not compared again. The result is the same. `part` keeps
    one of several shares of the pairs; the shares together are the whole.
    """
    frame = prepare.prepared(records, authorships, generic_titles, surnames)
    said = deciding.librarian_decisions(decisions_dedup.collect())
    asked = _rows(said, frame)
    candidates = _with_content(blocking.candidates(frame, asked, part), frame)
    known = _known(candidates.join(asked, on=["left", "right"], how="anti"), before)
    parts = [schema.table("pairs").empty(), known]
    for chunk in candidates.join(known, on="content_key", how="anti").iter_slices(CHUNK):
        compared = similarity.compared(frame, chunk, doi_twins)
        parts.append(deciding.decided(compared).with_columns(chunk["content_key"]))
    return deciding.with_librarians(pl.concat(parts), said).sort("left_id", "right_id")


def _with_content(candidates: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """Pairs with one number for what both records say."""
    sides = [frame["content"].gather(candidates[side]).alias(side) for side in ("left", "right")]
    return candidates.with_columns(content_key=pl.DataFrame(sides).to_struct().hash().reinterpret(signed=True))


def _known(candidates: pl.DataFrame, before: pl.DataFrame | None) -> pl.DataFrame:
    """Rows of `before` that still hold; the blocks are today's, since a new record may have changed them."""
    if before is None:
        return schema.table("pairs").empty()
    today = candidates.select("content_key", blocks_today="blocks")
    return before.join(today, on="content_key").with_columns(blocks="blocks_today").drop("blocks_today")


def clusters(
    records: pl.LazyFrame,
    pairs: pl.LazyFrame,
    ledger_work_ids: pl.LazyFrame,
    *,
    source_precedence: pl.DataFrame,
) -> pl.DataFrame:
    """Which work each record belongs to.

    Grain: one row per record. A work keeps its id while it holds the record that gave it; from an empty ledger ids
    depend on the set of records alone.
    """
    frame = (
        records.select("record_id", "source", "accession_number", "index_editions", "doi")
        .sort("record_id")
        .with_row_index("row")
        .collect()
    )
    groups = cluster.grouped(frame, pairs.select("left_id", "right_id", "decision", "score", "rule", "veto").collect())
    placed = ranked(frame.join(groups, on="row").lazy(), order_of(source_precedence, "work_id")).collect()
    return cluster.identified(placed, ledger_work_ids.collect())


def _rows(said: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """Row numbers of the pairs that librarians decided, where both records are here."""
    rows = frame.select("record_id", "row")
    return (
        said.join(rows, left_on="left_id", right_on="record_id")
        .join(rows.rename({"row": "right"}), left_on="right_id", right_on="record_id")
        .select(left="row", right="right")
    )
