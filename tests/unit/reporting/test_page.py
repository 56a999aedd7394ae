"""Printing of values: missing, zero and rounding."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.reporting import page


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [(None, 0, "—"), (0, 0, "0"), (1234567, 0, "1,234,567"), (-1.5, 1, "−1.5"), (0.25, 1, "0.2"), (2.5, 0, "2")],
)
def test_number(value: float | None, places: int, text: str) -> None:
    assert page.number(value, places) == text


def test_dates_and_periods() -> None:
    assert page.day(date(2026, 2, 8)) == page.day("2026-02-08") == "2026年2月8日"
    assert page.day(None) == page.release(None) == "—"
    assert page.release("2026-01") == "2026年1月期"


@pytest.mark.parametrize(("value", "text"), [(None, "—"), (0, "持平"), (-44, "升 44 位"), (1200, "降 1,200 位")])
def test_rank_change(value: int | None, text: str) -> None:
    assert page.rank_change(value) == text


def test_long_identifiers_may_break_and_stay_escaped() -> None:
    assert page.soft("10.1/a_b<c>") == "10.1/<wbr>a_<wbr>b&lt;c&gt;"
