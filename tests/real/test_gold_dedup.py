"""Labelled sets of ../shared/gold/dedup: the figures reached must not fall. One configuration for all."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.evaluate import dedup

FLOORS = {  # set -> least precision, least F1, most undecided pairs per 1,000 records
    "asysd_diabetes": (0.998, 0.996, 20),
    "bibdedupe_cytology_screening": (0.998, 0.996, 10),
    "bibdedupe_stroke": (0.998, 0.995, 10),
    "dblp_acm": (0.965, 0.965, 20),
    "cora": (0.85, 0.83, 500),
}


@pytest.mark.parametrize("name", FLOORS)
def test_figures_do_not_fall(shared: Path, name: str) -> None:
    precision, f1, undecided = FLOORS[name]
    figures = dedup.evaluate(shared / "gold" / "dedup" / name, "linghai")
    assert figures["precision"] >= precision
    assert figures["f1"] >= f1
    assert figures["undecided_per_1000"] <= undecided
