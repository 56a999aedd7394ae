"""Months in names, and the release of ESI that a day belongs to."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.core import periods


@pytest.mark.parametrize(
    "text",
    ["2020年5月", "202005", "2020-05", "2020.5", "2020_5", "2020 5", "ESI 2020年5月高被引", "ESI202005期", "２０２０－０５", "2020年/5月/x.xlsx",
     "2020/05/x.xlsx", "May 2020", "2020 May", "ESI2020-5月", "x (2020年05月)"],
)  # fmt: skip
def test_spellings_of_a_month(text: str) -> None:
    assert [(w.period, w.day) for w in periods.written(text) if not w.short] == [("2020-05", 0)]


@pytest.mark.parametrize(
    "text", ["20200514", "2020-05-14", "2020年5月14日", "2020.5.14", "threshold-esi-20200514.xlsx"]
)
def test_spellings_of_a_day(text: str) -> None:
    assert [(w.period, w.day) for w in periods.written(text)] == [("2020-05", 14)]


@pytest.mark.parametrize(
    "text", ["2020", "list-5-2020", "2015-2025", "12020059", "20201301", "IndicatorsExport (2)", "2020/5篇论文"]
)
def test_what_is_no_month(text: str) -> None:
    assert periods.written(text) == []


def test_short_forms_are_a_second_reading() -> None:
    assert [(w.period, w.short) for w in periods.written("ESI2005-5月")] == [("2005-05", False), ("2020-05", True)]
    assert [(w.period, w.short) for w in periods.written("2005-7月")] == [("2005-07", False)]
    assert periods.written("2011年") == []


@pytest.mark.parametrize(
    ("day", "expected"),
    [((2020, 6, 13), ("2020-05", True)), ((2020, 5, 3), ("2020-03", True)), ((2020, 5, 20), ("2020-05", False)),
     ((2021, 1, 4), ("2020-11", True)),
     ((2020, 12, 31), ("2020-11", True))],
)  # fmt: skip
def test_the_release_on_show_on_a_day(day: tuple[int, int, int], expected: tuple[str, bool]) -> None:
    assert periods.release_before(date(*day)) == expected


@pytest.mark.parametrize(
    ("period", "years"),
    [("2026-11", (2016, 2026)), ("2026-05", (2016, 2026)), ("2026-03", (2015, 2025)), ("2026-01", (2015, 2025))],
)
def test_windows_of_releases(period: str, years: tuple[int, int]) -> None:
    assert periods.window(period) == years
