"""Librarians' answers in the pairs table: undo, disagreement, contradiction by way of others."""

from __future__ import annotations

import polars as pl

from pipelines.core.ledger import STREAMS
from pipelines.dedup import deciding


def said(*told: tuple[str, str, str, str]) -> dict[tuple[str, str], str]:
    """left, right, decision, reviewer of one day, in order of arrival -> decision in the pairs table."""
    names = ("left_id", "right_id", "decision", "reviewer")
    rows = [dict(zip(names, t, strict=True)) | {"date": "2026-11-20"} for t in told]
    lines = pl.DataFrame(rows, schema=dict.fromkeys(STREAMS["decisions_dedup"], pl.String))
    found = deciding.librarian_decisions(lines)
    return {(a, b): d for a, b, d in found.select("left_id", "right_id", "decision").rows()}


def test_undo_of_the_same_day_gives_the_pair_back_to_the_rules() -> None:
    assert said(("a", "b", "同一", "甲"), ("a", "b", "撤销", "乙")) == {}
    assert said(("a", "b", "同一", "甲"), ("b", "a", "不同", "甲")) == {("a", "b"): "apart"}


def test_contradictions_are_questions() -> None:
    assert said(("a", "b", "同一", "甲"), ("a", "b", "不同", "乙")) == {("a", "b"): "review"}
    circle = said(
        ("a", "b", "同一", "甲"), ("b", "c", "同一", "甲"), ("a", "c", "不同", "乙"), ("c", "d", "同一", "甲")
    )
    assert circle == {("a", "b"): "review", ("b", "c"): "review", ("a", "c"): "review", ("c", "d"): "join"}
