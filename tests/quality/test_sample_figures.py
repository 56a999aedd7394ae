"""Figures on the sample university that must not fall. Measured on 4,000 works (seed 1); floors leave room for a small sample."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines import runner
from tests.conftest import Line


@pytest.fixture(scope="module")
def figures(line: Line) -> dict[str, Any]:
    return runner.eval_sample(line.settings, errors=True)


def test_works(figures: dict[str, Any]) -> None:
    assert figures["works"]["precision"] >= 0.998, figures["errors"]["works"]
    assert figures["works"]["recall"] >= 0.98, figures["errors"]["works"]
    assert figures["works"]["undecided_per_1000"] <= 10


def test_units(figures: dict[str, Any]) -> None:
    assert figures["units"]["precision"] >= 0.99
    assert figures["units"]["recall"] >= 0.97
    assert figures["units"]["institution_precision"] >= 0.998


def test_people(figures: dict[str, Any]) -> None:
    assert figures["people"]["precision"] >= 0.99, figures["errors"]["people"]
    assert figures["people"]["decided_share"] >= 0.85
    assert figures["people"]["recall"] >= 0.85
