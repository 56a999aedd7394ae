"""A block over its limit is told: what its records share, how many pairs it could hold, how many were compared."""

from __future__ import annotations

from itertools import combinations

import polars as pl

from pipelines import dedup
from pipelines.core import dictionaries, schema
from pipelines.dedup.blocking import MAX_BLOCK, WINDOW

GENERIC = pl.DataFrame(schema={"title_key": pl.String, "reason": pl.String})
SURNAMES = dictionaries.load("surnames", "linghai")
TWINS = pl.DataFrame(schema={"pattern_left": pl.String, "pattern_right": pl.String, "reason": pl.String})


def made(size: int) -> tuple[pl.LazyFrame, pl.DataFrame, pl.DataFrame]:
    """Abstracts of one supplement under one DOI: records, pairs, cut blocks."""
    rows = [
        {
            "record_id": f"a:{i:03d}", "source": "a", "title": f"Abstract {i} about quay {i % 7}", "doi": "10.1/supplement",
            "title_key": f"abstract {i} about quay {i % 7}", "publication_year": 2000 + i % 9, "authors_key": f"author{i}",
            "first_author_key": f"author{i}",
        }
        for i in range(size)
    ]  # fmt: skip
    records = schema.table("records").conform(pl.DataFrame(rows)).lazy()
    authors = schema.table("authorships").empty().lazy()
    asked = pl.LazyFrame(
        schema=dict.fromkeys(("left_id", "right_id", "decision", "reviewer", "date", "reason"), pl.String)
    )
    pairs = dedup.pairs(records, authors, asked, doi_twins=TWINS, generic_titles=GENERIC, surnames=SURNAMES)
    return records, pairs, dedup.cut_blocks(records, authors, pairs.lazy(), generic_titles=GENERIC, surnames=SURNAMES)


def test_a_block_within_its_limit_is_not_told() -> None:
    _, pairs, cut = made(MAX_BLOCK)
    assert "doi" not in set(cut["block_name"])
    assert pairs.filter(pl.col("blocks").str.contains("doi")).height == MAX_BLOCK * (MAX_BLOCK - 1) // 2


def test_a_block_over_its_limit_is_told_with_what_was_compared() -> None:
    size = MAX_BLOCK + 30
    records, pairs, cut = made(size)
    told = cut.filter(pl.col("block_name") == "doi").to_dicts()
    assert len(told) == 1 and told[0]["block_key"] == "10.1/supplement" and told[0]["records_count"] == size
    assert told[0]["pairs_possible"] == size * (size - 1) // 2
    assert told[0]["pairs_neighbours"] == sum(size - step for step in range(1, WINDOW + 1))
    years = dict(records.select("record_id", "publication_year").collect().iter_rows())
    assert told[0]["parted_by"] == "publication_year"
    assert told[0]["pairs_parts"] == sum(years[a] == years[b] for a, b in combinations(years, 2))
    assert told[0]["pairs_compared"] == pairs.height >= told[0]["pairs_parts"]
    assert told[0]["pairs_given_up"] == told[0]["pairs_possible"] - pairs.height > 0
    proposed = pairs.filter(pl.col("blocks").str.contains("doi")).height
    assert proposed <= told[0]["pairs_neighbours"] + told[0]["pairs_parts"]
