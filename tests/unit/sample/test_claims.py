"""Claims of the performance system that the sample writes: every row has its truth, and the truth says what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import fastexcel
import polars as pl
import pytest

from pipelines.sample import claims, people, works
from pipelines.sample.model import World
from pipelines.sample.truth import Truth

WORKS, SEED = 400, 5


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The sheet and its truth, from works alone."""
    folder: Path = tmp_path_factory.mktemp("claims")
    world, truth = World(SEED, WORKS, people.roster(SEED, WORKS)), Truth(folder / "truth")
    made = claims.Claims(world, truth)
    for index in range(WORKS):
        made.add(works.make(world, index))
    count = made.write(folder)
    truth.close()
    sheet = fastexcel.read_excel(folder / claims.NAME).load_sheet(0, dtypes="string").to_polars()
    assert sheet.height == count
    return sheet, pl.read_parquet(folder / "truth" / "claims.parquet")


def test_every_claim_has_its_truth(written: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    sheet, truth = written
    assert tuple(sheet.columns) == claims.COLUMNS
    assert sorted(sheet["成果编号"]) == sorted(truth["claim_id"].drop_nulls())
    assert set(truth["kind"]) <= {*claims.KINDS, "not_delivered", "unclaimed"}
    assert truth.filter(pl.col("kind") == "not_delivered")["true_work"].null_count() >= 2
    assert set(sheet["发表时间"].str.slice(0, 4)) == {"2024", "2025"}


def test_what_is_wrong_shows_in_the_row(written: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    sheet, truth = written
    rows = sheet.join(truth, left_on="成果编号", right_on="claim_id")
    assert (
        rows.filter(pl.col("kind").is_in(["typo", "title_only"]))["DOI"].null_count()
        == rows.filter(pl.col("kind").is_in(["typo", "title_only"])).height
    )
    right = rows.filter(pl.col("kind") == "right")
    assert right.filter((pl.col("position") == 1) & ~pl.col("本人角色").str.contains("第一")).is_empty()
    assert right.filter((pl.col("position") > 1) & pl.col("本人角色").str.contains("第一")).is_empty()
