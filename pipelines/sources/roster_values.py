"""Roster cells to codes and dates, by the words of schemas/sources/roster.yml."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from functools import cache

import polars as pl

from pipelines.core import schema

_WRITTEN = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})?\s*日?)?(?:[ T]\d.*)?$")
_COMPACT = re.compile(r"^((?:19|20)\d{2})(0[1-9]|1[0-2])([0-3]\d)?$")
_YEAR = re.compile(r"^((?:19|20)\d{2})年?$")
_SERIAL = re.compile(r"^[2-5]\d{4}(?:\.0+)?$")
_EPOCH = date(1899, 12, 30)  # day 0 of Excel


@cache
def code_of(column: str, text: str | None) -> str | None:
    """Code of a cell: the longest known word found in it; None when there is none."""
    if not text:
        return None
    plain = text.strip().casefold()
    known: dict[str, str] = schema.source("roster").spec["values"][column]
    words = [word for word in known if (word == plain if word.isascii() else word in plain)]
    return known[max(words, key=len)] if words else None


@cache
def iso_date(text: str | None, edge: str) -> str | None:
    """ISO date of a cell; a month or year alone is its first day for valid_from, its last for valid_to. None when not a date."""
    if not text:
        return None
    plain = text.strip()
    if match := _WRITTEN.match(plain) or _COMPACT.match(plain):
        year, month, day = int(match[1]), int(match[2]), match[3]
        if not 1 <= month <= 12:
            return None
        last = calendar.monthrange(year, month)[1]
        number = int(day) if day else (1 if edge == "valid_from" else last)
        return date(year, month, number).isoformat() if 1 <= number <= last else None
    if match := _YEAR.match(plain):
        return f"{match[1]}-01-01" if edge == "valid_from" else f"{match[1]}-12-31"
    if _SERIAL.match(plain):
        return (_EPOCH + timedelta(days=int(float(plain)))).isoformat()
    return None


def coded(column: str) -> pl.Expr:
    """A column of words as codes; only distinct words are looked at."""
    return pl.col(column).map_batches(lambda s: _mapped(s, column), return_dtype=pl.String)


def dated(column: str) -> pl.Expr:
    """A column of dates as ISO text."""
    return pl.col(column).map_batches(
        lambda s: s.replace_strict(
            {v: iso_date(v, column) for v in s.drop_nulls().unique()}, default=None, return_dtype=pl.String
        ),
        return_dtype=pl.String,
    )


def _mapped(values: pl.Series, column: str) -> pl.Series:
    found = {v: code_of(column, v) for v in values.drop_nulls().unique()}
    return values.replace_strict(found, default=None, return_dtype=pl.String)
