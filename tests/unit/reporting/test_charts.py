"""Figures: a missing value is not a zero, and nothing divides by it."""

from __future__ import annotations

from pipelines.reporting import charts


def test_missing_value_is_drawn_as_missing() -> None:
    drawn = charts.bars("篇数", [("2026-01", 4), ("2026-03", None), ("2026-05", 0)])
    assert drawn.count("缺档") == 1
    assert drawn.count("stroke-dasharray") == 1
    assert ">4</text>" in drawn and ">0</text>" in drawn


def test_nothing_to_draw_and_hostile_labels() -> None:
    assert "<rect" not in charts.bars("空", [])
    assert "&lt;x&gt;" in charts.bars("空", [("<x>", 0)])
