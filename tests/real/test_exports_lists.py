"""Real lists of journals: kind, read, set aside equal PROVENANCE.tsv; values that can be seen in the files."""

from __future__ import annotations

import csv
from functools import cache

import polars as pl
import pytest

from pipelines.core import dictionaries
from pipelines.normalise.journals import journal_ranks
from tests.conftest import SHARED
from tests.unit.sources.conftest import Delivered

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="../shared (licensed real files) is not here")
EXPORTS = SHARED / "exports"
KINDS = {"FQBJCR": "cas", "GJQKYJMD": "warning", "CCF": "ccf"}
EDITIONS = {
    "jcr/JournalHomeGrid-2018-use_tidyESI.xlsx": "2019",  # its title row says so, whatever the file is called
    "jcr/JournalHomeGrid-2017-saspubs.csv": "2017",
    "jcr/JCR_JournalResults_12_2025.csv": "2024",
    "jcr/showjcr-JCR2020.csv": "2020",
    "jcr/showjcr-JCR2025.csv": "2025",
    "cas-fenqu/FQBJCR2025.csv": "2025",
    "cas-fenqu/GJQKYJMD2024.csv": "2024",
    "cas-fenqu/GJQKYJMD2025.csv": "2025",
    "cas-fenqu/CCFT2025.csv": "2025",
}


def provenance() -> list[tuple[str, int]]:
    if not EXPORTS.exists():
        return []
    with (EXPORTS / "PROVENANCE.tsv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(r["path"], int(r["records"])) for r in rows if r["path"].split("/")[0] in ("jcr", "cas-fenqu")]


@cache
def deliver(path: str) -> Delivered:
    return Delivered(EXPORTS / path, {"path_text": "no-year"})


@cache
def ranks(path: str) -> pl.DataFrame:
    return deliver(path).table("source_journal_ranks")


@pytest.mark.parametrize(("path", "records"), provenance())
def test_records_kind_and_edition(path: str, records: int) -> None:
    got = deliver(path)
    kind = next((kind for mark, kind in KINDS.items() if mark in path), "jcr")
    assert (got.found.source, got.found.kind) == ("journals", kind)
    assert (got.raw.height, got.rejected.height) == (records, 0)
    assert ranks(path)["list_edition"].unique().to_list() == [EDITIONS[path]]
    assert ranks(path)["edition_basis"].unique().to_list() == ["内容"]
    assert ranks(path)["row"].n_unique() == records


def test_categories_of_the_new_export_are_those_it_was_filtered_by() -> None:
    path = "jcr/JCR_JournalResults_12_2025.csv"
    title = deliver(path).raw["list_title"][0]
    filtered = title.split("Selected Categories: ")[1].split(" Selected")[0].split(";")
    assert set(ranks(path)["list_category"]) == set(filtered)
    assert ranks(path)["rank_level"].is_in(["Q1", "Q2", "Q3", "Q4"]).all()
    assert ranks(path)["impact_factor"].null_count() == 0


def test_quartiles_follow_from_the_ranks() -> None:
    table = ranks("jcr/showjcr-JCR2025.csv").drop_nulls("rank_position")
    share = pl.col("rank_position") / pl.col("rank_total")
    told = table.with_columns(expected=pl.lit("Q") + (share * 4).ceil().cast(pl.Int64).cast(pl.String))
    assert (told["expected"] == told["rank_level"]).mean() > 0.99


def test_zones_of_every_journal_stand_in_order_of_their_ranks() -> None:
    table = ranks("cas-fenqu/FQBJCR2025.csv")
    assert table["rank_position"].null_count() == 0
    spans = table.group_by("category_kind", "list_category", "rank_level").agg(
        low=pl.col("rank_position").min(), high=pl.col("rank_position").max()
    )
    pairs = spans.join(spans, on=["category_kind", "list_category"], suffix="_next")
    following = pairs.filter(pl.col("rank_level").cast(pl.Int64) + 1 == pl.col("rank_level_next").cast(pl.Int64))
    assert (following["high"] < following["low_next"]).mean() > 0.9
    cells = deliver("cas-fenqu/FQBJCR2025.csv").raw
    stated = sum(cells[c].is_not_null().sum() for c in cells.columns if c.startswith(("major_zone", "minor_zone")))
    assert table.height == stated
    top = cells.filter(pl.col("is_top") == "是").height
    assert table["is_top"].sum() == top


def test_one_row_per_journal_category_and_edition_of_all_lists() -> None:
    every = pl.concat(
        ranks(path).drop("row").with_columns(raw_id=pl.lit(path) + pl.col("raw_id"), source_file=pl.lit(path))
        for path in EDITIONS
    )
    united = journal_ranks(
        every.lazy(),
        journals=dictionaries.load("journals", "linghai"),
        journal_aliases=dictionaries.load("journal_aliases", "linghai"),
    ).collect()
    jcr = united.filter(pl.col("rank_scheme") == "jcr").group_by("list_edition").len()
    assert dict(jcr.rows()) == {"2017": 11655, "2019": 12132, "2020": 12349, "2024": 621, "2025": 32215}
    warned = (
        united.filter(pl.col("rank_scheme") == "warning")
        .select("list_edition", "valid_to")
        .unique()
        .sort("list_edition")
    )
    assert warned.rows() == [("2024", "2024-12-31"), ("2025", None)]
