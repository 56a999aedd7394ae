"""The xlsx twin: a sheet per list, typed cells, text always as text (a title that starts with '=' stays a title)."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from pipelines.reporting.data import Rows

WIDE = {"title": 60, "venue": 28, "own_authors": 32, "drop_reason_zh": 30, "files": 60}
DATE = "yyyy-mm-dd"
LONGEST = 32_000  # characters; Excel holds 32,767 in a cell, and a longer one would be left out without a word


def workbook(datasets: dict[str, Rows], about: list[tuple[str, str]], made_at: datetime) -> bytes:
    """Workbook with 概要 (one-row datasets), a sheet per list that names one, and 说明 (where it all comes from)."""
    memory = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(memory, options) as book:
        book.set_properties({"created": made_at.replace(tzinfo=None), "author": "", "comments": dict(about)["构建号"]})
        formats = {
            "head": book.add_format(
                {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#EAF0F6"}
            ),
            "text": book.add_format({"valign": "top", "text_wrap": True}),
            "date": book.add_format({"valign": "top", "num_format": DATE, "align": "left"}),
            "number": book.add_format({"valign": "top"}),
        }
        for found in datasets.values():
            if found.dataset.one_row:
                _summary(book.add_worksheet(found.dataset.zh), found, formats)
        for found in datasets.values():
            if found.dataset.sheet:
                _list(book.add_worksheet(found.dataset.sheet), found, formats)
        _about(book.add_worksheet("说明"), about, formats)
    return memory.getvalue()


def _summary(sheet: Any, found: Rows, formats: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 40)
    for line, column in enumerate(found.columns):
        sheet.write_string(line, 0, found.dataset.label(column), formats["head"])
        _write(sheet, line, 1, found.rows[0][column], formats)


def _list(sheet: Any, found: Rows, formats: dict[str, Any]) -> None:
    for place, column in enumerate(found.columns):
        sheet.set_column(place, place, WIDE.get(column, 13))
        sheet.write_string(0, place, found.dataset.label(column), formats["head"])
    for line, row in enumerate(found.rows, start=1):
        for place, column in enumerate(found.columns):
            _write(sheet, line, place, row[column], formats)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    if found.rows:
        sheet.autofilter(0, 0, len(found.rows), len(found.columns) - 1)
    else:
        sheet.write_string(1, 0, "没有记录", formats["text"])


def _about(sheet: Any, about: list[tuple[str, str]], formats: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 110)
    for line, (label, text) in enumerate(about):
        sheet.write_string(line, 0, label, formats["head"])
        sheet.write_string(line, 1, text, formats["text"])


def _write(sheet: Any, line: int, place: int, value: Any, formats: dict[str, Any]) -> None:
    """One cell by the type of its value; None stays an empty cell, which is not 0."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_string(line, place, "是" if value else "否", formats["text"])
    elif isinstance(value, int | float):
        sheet.write_number(line, place, value, formats["number"])
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, formats["date"])
    else:
        text = str(value)
        sheet.write_string(line, place, text if len(text) <= LONGEST else f"{text[:LONGEST]}…（余略）", formats["text"])
