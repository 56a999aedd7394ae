"""Months and counts of usage reports."""

from __future__ import annotations

import re
from datetime import date, timedelta

import polars as pl

MONTH = r"\d{4}-\d{2}"  # a column of a month in raw rows
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(r"^([a-z]{3})[a-z]*[-\s_.]*(?:20)?(\d{2})$", re.I)  # Jan-2022, Jan-22
_DAY_NAMED = re.compile(r"^(\d{2})[-\s]([a-z]{3})[a-z]*$", re.I)  # 22-Jan, as Excel writes Jan-22 again
_WRITTEN = re.compile(r"^(20\d{2})[-/.年](\d{1,2})(?:月|[-/.]0?1(?:日)?(?:[ T]0?0:00(?::00(?:\.0+)?)?)?)?$")
_SERIAL = re.compile(r"^[3-5]\d{4}(?:\.0+)?$")
_EPOCH = date(1899, 12, 30)  # day 0 of Excel


def month(label: str) -> str:
    """YYYY-MM of a column's label: Jan-2022, 2022-01, 2022年1月, a date or day number of Excel; '' when it is no month."""
    text = label.strip()
    if match := _NAMED.match(text):
        return _named(match[1], match[2])
    if match := _DAY_NAMED.match(text):
        return _named(match[2], match[1])
    if match := _WRITTEN.match(text):
        return f"{match[1]}-{int(match[2]):02d}" if 1 <= int(match[2]) <= 12 else ""
    if _SERIAL.match(text):
        day = _EPOCH + timedelta(days=int(float(text)))
        return f"{day:%Y-%m}" if day.day == 1 else ""
    return ""


def number(text: pl.Expr) -> pl.Expr:
    """A count: '1,234', '12', '12.0'; anything else is null, never zero."""
    return text.str.replace_all(r"[,\s]", "").str.extract(r"^(\d{1,15})(?:\.0+)?$", 1).cast(pl.Int64, strict=False)


def _named(name: str, year: str) -> str:
    return f"20{year}-{_NAMES.index(name.lower()) + 1:02d}" if name.lower() in _NAMES else ""
