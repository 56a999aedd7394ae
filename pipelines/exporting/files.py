"""Writes an export: xlsx with sheets, or CSV or Parquet with its companions; identifiers stay text, no cell is a formula."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from pipelines.core import store
from pipelines.core.errors import ConfigError

FORMATS = ("xlsx", "csv", "parquet")
MOST_ROWS = 1_000_000  # a sheet holds 1,048,576
LONGEST = 32_000  # characters; a cell holds 32,767
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_RISKY = r"^[=+\-@\t\r]"  # what a spreadsheet takes for a formula when it opens a CSV
_WIDE = {"题名": 60, "中文题名": 40, "署名地址": 40, "变化内容": 50, "基金": 30, "收录": 18, "说明": 100}


@dataclass(frozen=True)
class Page:
    """One sheet: its name, rows, Chinese headers by column."""

    name: str
    rows: pl.DataFrame
    headers: dict[str, str]


def write(path: Path, form: str, pages: list[Page], about: list[tuple[str, str]]) -> list[Path]:
    """Write the pages; returns the files. xlsx is one file, csv and parquet one per page. All open to the running user alone.

    Errors: ConfigError for another format, or more rows than a sheet holds.
    """
    if form not in FORMATS:
        raise ConfigError(f"没有 {form} 这种格式", expected="、".join(FORMATS))
    if form == "xlsx":
        return [_book(path, [*pages], about)]
    first, *rest = pages
    notes = Page("说明", pl.DataFrame(about, schema=["item", "text"], orient="row"), {"item": "项目", "text": "说明"})
    made = [plain(path, form, first)]
    made += [plain(path.with_name(f"{path.stem}-{p.name}{path.suffix}"), form, p) for p in (*rest, notes)]
    return made


def plain(path: Path, form: str, page: Page) -> Path:
    """One page alone as csv (with BOM, no cell a formula) or parquet."""
    renamed = page.rows.rename(page.headers)
    with store.atomic_path(path) as temporary:
        if form == "parquet":
            renamed.write_parquet(temporary)
        else:
            text = pl.col(pl.String)
            safe = renamed.with_columns(
                pl.when(text.str.contains(_RISKY)).then(pl.lit("'") + text).otherwise(text).name.keep()
            )
            safe.write_csv(temporary, include_bom=True)
        temporary.chmod(0o600)
    return path


def _book(path: Path, pages: list[Page], about: list[tuple[str, str]]) -> Path:
    most = max(p.rows.height for p in pages)
    if most > MOST_ROWS:
        raise ConfigError(
            f"共 {most} 行，一张 Excel 工作表放不下",
            next_step="请用 --format csv 或 parquet，或缩小范围分开导出",
        )
    memory = BytesIO()
    with xlsxwriter.Workbook(memory, _OPTIONS) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#EAF0F6", "bottom": 1})
        text = book.add_format({"num_format": "@", "valign": "top"})
        number = book.add_format({"num_format": "0.####", "valign": "top"})
        for page in pages:
            _sheet(book.add_worksheet(page.name), page, head, text, number)
        _about(
            book.add_worksheet("说明"),
            about,
            head,
            book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        )
    with store.atomic_path(path) as temporary:
        temporary.write_bytes(memory.getvalue())
        temporary.chmod(0o600)
    return path


def _sheet(sheet: Any, page: Page, head: Any, text: Any, number: Any) -> None:
    labels = [page.headers.get(c, c) for c in page.rows.columns]
    for place, label in enumerate(labels):
        sheet.set_column(place, place, _WIDE.get(label, max(9, min(2 * len(label) + 2, 22))))
        sheet.write_string(0, place, label, head)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(page.rows.height, 1), max(len(labels) - 1, 0))
    for line, row in enumerate(page.rows.iter_rows(), 1):
        for place, value in enumerate(row):
            _cell(sheet, line, place, value, text, number)
    if page.rows.is_empty():
        sheet.write_string(1, 0, "没有", text)


def _cell(sheet: Any, line: int, place: int, value: Any, text: Any, number: Any) -> None:
    """None is an empty cell, which is not 0."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_string(line, place, "是" if value else "否", text)
    elif isinstance(value, int | float):
        sheet.write_number(line, place, value, number)
    else:
        shown = str(value)
        sheet.write_string(line, place, shown if len(shown) <= LONGEST else shown[:LONGEST] + "…（余略）", text)


def _about(sheet: Any, about: list[tuple[str, str]], head: Any, text: Any) -> None:
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 110)
    for line, (label, words) in enumerate(about):
        sheet.write_string(line, 0, label, head)
        sheet.write_string(line, 1, words, text)
