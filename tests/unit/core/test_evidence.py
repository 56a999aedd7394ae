"""Compared values in words."""

from __future__ import annotations

from pipelines.core.evidence import facts


def test_what_agrees_differs_and_cannot_be_compared() -> None:
    told = {"题名相似": 0.98, "作者相合": None, "年份差": 0, "DOI 相同": True, "卷相同": False, "期相同": None}
    assert facts(told) == "题名相似 98%，同年；DOI相同；卷不同；不可比：作者、期"
    assert facts({"年份差": 2, "起始页相同": True}) == "相差 2 年；起始页相同"
    assert facts({"馆员": "2026-11-20 甲 同一"}) == "馆员 2026-11-20 甲 同一"
    assert facts({}) == ""
