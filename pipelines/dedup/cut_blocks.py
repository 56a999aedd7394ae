"""Blocks over their limit: what was compared in them all the same, and what was not. No block is cut without a word."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.dedup import prepare
from pipelines.dedup.blocking import BLOCKS, SPLITS, Block


def cut_blocks(
    records: pl.LazyFrame,
    authorships: pl.LazyFrame,
    pairs: pl.LazyFrame,
    *,
    generic_titles: pl.DataFrame,
    surnames: pl.DataFrame,
) -> pl.DataFrame:
    """Keys that more records share than are compared all with all.

    Neighbours in title order and parts by further keys are compared instead; in blocks of titles only records with a common
    author. pairs_compared counts pairs within the block that were compared for whatever reason.
    Grain: one row per block and key over the block's limit.
    """
    frame = prepare.prepared(records, authorships, generic_titles, surnames)
    keyed = frame.join(prepare.rare_tokens(frame), on="row", how="left", maintain_order="left")
    rows = frame.lazy().select("record_id", "row")
    compared = (
        pairs.join(rows, left_on="left_id", right_on="record_id")
        .join(rows, left_on="right_id", right_on="record_id", suffix="_right")
        .select("row", "row_right")
        .collect()
    )
    wanted = schema.table("cut_blocks")
    found = [_cut(keyed, block, compared) for block in BLOCKS]
    return pl.concat([wanted.empty(), *(wanted.conform(f) for f in found)]).sort(wanted.key)


def _cut(frame: pl.DataFrame, block: Block, compared: pl.DataFrame) -> pl.DataFrame:
    """Keys of one block over its limit, with counts."""
    keys = frame.lazy().select("row", key=block.keys)
    if isinstance(keys.collect_schema()["key"], pl.List):
        keys = keys.explode("key")
    size = pl.len().over("key")
    members = keys.drop_nulls("key").unique().filter(size > block.most).collect()
    inside = (
        compared.join(members, on="row")
        .join(members.rename({"row": "row_right"}), on=["row_right", "key"])
        .group_by("key")
        .agg(pairs_compared=pl.len())
    )
    count = pl.len().cast(pl.Int64)
    sizes = members.group_by("key").agg(records_count=count, row=pl.col("row").min())
    told = sizes.join(_parted(members, frame, block), on="key", how="left").join(inside, on="key", how="left")
    n = pl.col("records_count")
    full = told.with_columns(
        block_name=pl.lit(block.name),
        block_key=pl.col("key").cast(pl.String),
        example_id=frame["record_id"].gather(told["row"]),
        pairs_possible=n * (n - 1) // 2,
        pairs_neighbours=pl.sum_horizontal(n - step for step in range(1, block.window + 1)),
    )
    return full.with_columns(
        pl.col("pairs_compared", "pairs_parts").fill_null(0),
        pairs_given_up=pl.col("pairs_possible") - pl.col("pairs_compared").fill_null(0),
    )


def _parted(members: pl.DataFrame, frame: pl.DataFrame, block: Block) -> pl.DataFrame:
    """Pairs within parts of each key that are small enough, and by which further keys it was parted.

    Grain: one row per key (columns key, pairs_parts, parted_by).
    """
    rest = members.with_columns(part=pl.col("key").hash())
    size = pl.len().over("part").cast(pl.Int64)
    levels = [pl.DataFrame(schema={"key": members.schema["key"], "pairs": pl.Float64, "split": pl.String})]
    for split in SPLITS:
        parts = rest.with_columns(split=frame[split].gather(rest["row"]))
        rest = parts.select("key", "row", part=pl.struct("part", "split").hash()).with_columns(size=size)
        fitting = rest.filter(pl.col("size") <= block.most).group_by("key").agg(pairs=(pl.col("size") - 1).sum() / 2)
        levels.append(fitting.with_columns(split=pl.lit(split)))
        rest = rest.filter(pl.col("size") > block.most).drop("size")
    return (
        pl.concat(levels, how="vertical_relaxed")
        .group_by("key", maintain_order=True)
        .agg(pairs_parts=pl.col("pairs").sum().cast(pl.Int64), parted_by=pl.col("split").str.join("+"))
    )
