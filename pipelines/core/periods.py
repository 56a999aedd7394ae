"""Months as people write them in folder and file names, and the ESI release that a date belongs to."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

RELEASES_FROM = 2001  # ESI began in 2001
EARLIEST_DAY = 8  # releases come about the second Thursday of an odd month, never before the 8th
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_YEAR = r"(?<!\d)(20\d{2})"
_FORMS = (
    # 20200514, 2020-05-14, 2020年5月14日, 2020.5.14
    re.compile(rf"{_YEAR}(?:(\d{{2}})(\d{{2}})|\s*[-_./年]\s*(\d{{1,2}})\s*[-_./月]\s*(\d{{1,2}})日?)(?!\d)"),
    # 202005, 2020-05, 2020年5月, 2020.5, 2020 5, ESI2020-5月; 2020年/5月 over two folders
    re.compile(rf"{_YEAR}(?:(0[1-9]|1[0-2])|\s*[-_.年 ]\s*/?\s*(\d{{1,2}}))(?!\d)"),
    re.compile(rf"{_YEAR}\s*年?/(0?[1-9]|1[0-2])\s*(?:月|期|(?=/|$))"),
    re.compile(rf"(?<![a-z]){_NAME}[\s\-_.,]*(20\d{{2}})(?!\d)", re.I),
    re.compile(rf"{_YEAR}[\s\-_.,]*{_NAME}(?![a-z])", re.I),
)
# 2005: the year 2005, or May 2020 written short; 2005-5月 may be either, 2005-7月 only the former
_SHORT = re.compile(r"(?<!\d)(\d{2})(0[1-9]|1[0-2])(?!\d|\s*年)(?:\s*[-_.]?\s*(\d{1,2})\s*月)?")


@dataclass(frozen=True)
class Written:
    """A month found in a text, with the day if one stands there, and whether it is one of several readings."""

    year: int
    month: int
    day: int
    text: str
    at: int
    short: bool = False

    @property
    def period(self) -> str:
        """YYYY-MM."""
        return f"{self.year}-{self.month:02d}"


def written(text: str) -> list[Written]:
    """Every month in a text in the order of their places; short forms (2005 for May 2020) come last and are marked."""
    text = unicodedata.normalize("NFKC", text)
    found: list[Written] = []
    taken: list[tuple[int, int]] = []
    for number, form in enumerate(_FORMS):
        for match in form.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            if reading := _read(match, number):
                found.append(reading)
                taken.append(match.span())
    found.sort(key=lambda reading: reading.at)
    return found + [s for m in _SHORT.finditer(text) if (s := _short(m))]


def release_before(day: date) -> tuple[str, bool]:
    """The ESI release that was on show on a day, and whether that is certain: in an odd month the new one may not be out yet."""
    certain = day.month % 2 == 0 or day.day < EARLIEST_DAY
    month = day.month - 1 if day.month % 2 == 0 else day.month - 2 if day.day < EARLIEST_DAY else day.month
    year, month = (day.year, month) if month > 0 else (day.year - 1, month + 12)
    return f"{year}-{month:02d}", certain


def is_release(period: str) -> bool:
    """Whether a YYYY-MM can be an ESI release: odd months only."""
    year, month = (int(part) for part in period.split("-"))
    return month % 2 == 1 and year >= RELEASES_FROM


def window(period: str) -> tuple[int, int]:
    """First and last year of papers in a release: ten years and the running one from May to November, eleven in January and March."""
    year, month = (int(part) for part in period.split("-"))
    return (year - 10, year) if month >= 5 else (year - 11, year - 1)


def _read(match: re.Match[str], form: int) -> Written | None:
    parts = [part for part in match.groups() if part]
    day = 0
    if form == 3:
        month, year = _MONTHS.index(parts[0][:3].lower()) + 1, int(parts[1])
    elif form == 4:
        year, month = int(parts[0]), _MONTHS.index(parts[1][:3].lower()) + 1
    else:
        year, month = int(parts[0]), int(parts[1])
        day = int(parts[2]) if form == 0 else 0
    try:
        date(year, month, day or 1)
    except ValueError:
        return None
    return Written(year, month, day, match.group(0).strip(), match.start())


def _short(match: re.Match[str]) -> Written | None:
    year, month = 2000 + int(match.group(1)), int(match.group(2))
    same = match.group(3) is None or int(match.group(3)) == month
    return Written(year, month, 0, match.group(0).strip(), match.start(), short=True) if same else None
