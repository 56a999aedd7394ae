"""Labelled addresses of ../shared/gold/affiliations: the figures reached must not fall. One configuration for all."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.affiliations.mentions import Finder
from pipelines.evaluate import affiliations

FLOORS = {  # set -> least precision, least F1; no threshold was fitted on s2aff_val and springer2023
    "springer2023": (0.96, 0.924),
    "s2aff_val": (0.94, 0.88),
    "s2aff_train": (0.963, 0.88),
    "rorlogs2023_train": (0.893, 0.835),
}
SILENT = 0.9  # of the strings of rorlogs2023_train without institution
PER_SECOND = 1000  # half of the bar: the machine that tests may be slower


@pytest.fixture(scope="module")
def finder(shared: Path) -> Finder:
    return Finder(affiliations.registry_of(shared / "gold" / "affiliations" / "registry"))


@pytest.mark.parametrize("name", FLOORS)
def test_figures_do_not_fall(shared: Path, finder: Finder, name: str) -> None:
    precision, f1 = FLOORS[name]
    rows = affiliations.read(shared / "gold" / "affiliations" / f"{name}.jsonl.gz")
    figures = affiliations.measure(rows, finder.find, finder.known)
    assert figures["precision"] >= precision
    assert figures["f1"] >= f1
    assert figures["strings_per_second"] >= PER_SECOND
    if name == "rorlogs2023_train":
        assert figures["specificity"] >= SILENT


def test_order_of_strings_changes_nothing(shared: Path, finder: Finder) -> None:
    rows = affiliations.read(shared / "gold" / "affiliations" / "s2aff_train.jsonl.gz")[:300]
    forth = {row.string: finder.find(row.string) for row in rows}
    assert {row.string: Finder(finder.known).find(row.string) for row in reversed(rows)} == forth
