"""Labelled sets of ../shared/gold/dedup: the figures reached must not fall. One configuration for all."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipelines.evaluate import dedup, labelled

FLOORS = {  # set -> least precision, least F1, least block recall, most undecided pairs per 1,000 records
    "asysd_diabetes": (0.999, 0.998, 0.999, 10),
    "bibdedupe_cytology_screening": (0.999, 0.999, 0.999, 5),
    "bibdedupe_stroke": (0.999, 0.9975, 0.999, 5),
    "dblp_acm": (0.98, 0.974, 0.99, 10),
    "cora": (0.94, 0.86, 0.84, 80),
}


@pytest.mark.parametrize("name", FLOORS)
def test_figures_do_not_fall(shared: Path, name: str) -> None:
    precision, f1, block_recall, undecided = FLOORS[name]
    figures = dedup.evaluate(dedup.measure(shared / "gold" / "dedup" / name, "linghai"))
    assert figures["precision"] >= precision
    assert figures["f1"] >= f1
    assert figures["block_recall"] >= block_recall
    assert figures["undecided_per_1000"] <= undecided
    low, high = figures["intervals"]["f1"]
    assert low <= figures["f1"] <= high


@pytest.mark.parametrize("name", FLOORS)
def test_shuffles_give_one_answer(shared: Path, name: str) -> None:
    given = labelled.read(shared / "gold" / "dedup" / name)
    answers = set()
    for seed in range(3):
        order = random.Random(seed).sample(range(given.records.height), given.records.height)
        shuffled = replace(
            given,
            records=given.records[order],
            authorships=given.authorships.sample(fraction=1.0, shuffle=True, seed=seed),
        )
        pairs, clusters = dedup.run(dedup.normalised(shuffled, "linghai"), "linghai")
        decided = pairs.select("left_id", "right_id", "decision", "rule", "veto", "score", "evidence")
        answers.add((decided.hash_rows().sum(), clusters.sort("record_id").hash_rows().sum()))
        assert clusters.select(pl.col("record_id").is_unique().all()).item()
    assert len(answers) == 1
