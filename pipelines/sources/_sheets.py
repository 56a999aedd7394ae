"""Tables in Excel and CSV files as grids of text: nothing is inferred, footers and titles are kept for the source to judge."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import polars as pl

from pipelines.core.errors import SourceError
from pipelines.sources import _packages, _text

HEAD_ROWS = 15
csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name and its first rows as text."""

    name: str
    rows: list[list[str]]


def heads(path: Path) -> list[Sheet]:
    """Names and first rows of the sheets of an .xlsx or .xls file. Errors: SourceError when Excel itself could not open it."""
    book = _open(path)
    return [Sheet(name, _rows(book, name, HEAD_ROWS)) for name in book.sheet_names]


def grid(path: Path, sheet: int | str = 0) -> pl.DataFrame:
    """A whole sheet as text; columns are numbered c0, c1 …; empty cells are null."""
    book = _open(path)
    try:
        loaded = book.load_sheet(sheet, header_row=None, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise _unreadable(path, str(error)) from error
    return clean(loaded)


def typed(path: Path, sheet: int | str, skip: int) -> pl.DataFrame:
    """Rows of a sheet from a place on with the types Excel has them in; columns of one type only keep it."""
    book = _open(path)
    try:
        return book.load_sheet(sheet, header_row=None, skip_rows=skip, schema_sample_rows=None).to_polars()
    except fastexcel.FastExcelError as error:
        raise _unreadable(path, str(error)) from error


def csv_grid(path: Path, encoding: str, delimiter: str = "") -> pl.DataFrame:
    """A CSV file as such a grid; rows of unequal length are padded."""
    blocks = _text.blocks(path, encoding, _text.after_last_line)
    text = b"".join(blocks).decode("utf-8", "replace")
    lines = text.split("\n")
    rows = list(csv.reader(iter([f"{line}\n" for line in lines]), delimiter=delimiter or separator(text)))
    width = max((len(row) for row in rows), default=0)
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    return clean(pl.DataFrame(padded, schema={f"c{i}": pl.String for i in range(width)}, orient="row"))


def separator(text: str) -> str:
    """The separator of a CSV text: the one that splits its first filled lines most."""
    lines = [line for line in text.split("\n")[:20] if line.strip()]
    return max((",", "\t", ";", "，"), key=lambda mark: sum(line.count(mark) for line in lines))


def rows(table: pl.DataFrame, limit: int | None = None) -> list[list[str]]:
    """Rows of a grid as lists of text, empty cells as ''."""
    return [[cell or "" for cell in row] for row in (table if limit is None else table.head(limit)).iter_rows()]


def clean(table: pl.DataFrame) -> pl.DataFrame:
    """A grid with columns c0, c1 …, cells trimmed, empty cells null."""
    table = table.rename({name: f"c{i}" for i, name in enumerate(table.columns)})
    text = pl.all().cast(pl.String).str.replace_all("\r\n?", "\n").str.strip_chars()
    return table.with_columns(text).with_columns(pl.when(pl.all() != "").then(pl.all()))


def _rows(book: fastexcel.ExcelReader, name: str, limit: int) -> list[list[str]]:
    try:
        table = book.load_sheet(name, header_row=None, n_rows=limit, dtypes="string").to_polars()
    except fastexcel.FastExcelError:
        return []  # a chart sheet or an empty sheet has no cells
    return rows(clean(table))


def members(path: Path) -> list[zipfile.ZipInfo] | None:
    """Contents of a zip package; None when its directory cannot be read (cut or damaged)."""
    try:
        with zipfile.ZipFile(path) as package:
            return package.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        return None


def is_package(path: Path) -> bool:
    """Whether a zip is an .xlsx. Errors: SourceError for an .xlsx that was cut or damaged."""
    inside = members(path)
    if inside is None:
        with path.open("rb") as handle:
            if b"xl/" in handle.read(1 << 20):
                raise _unreadable(path, "文件不完整")
        return False
    return any(member.filename == "xl/workbook.xml" for member in inside)


def _open(path: Path) -> fastexcel.ExcelReader:
    if found := _packages.fault(path):
        raise _unreadable(path, found)
    try:
        return fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        raise _unreadable(path, str(error).splitlines()[0]) from error


def _unreadable(path: Path, found: str) -> SourceError:
    return SourceError(
        "Excel 文件打不开，可能没有下载完整",
        expected="完整的 .xlsx 文件",
        found=found,
        where=path.name,
        next_step="请重新下载；如果 Excel 能打开它，请另存为“Excel 工作簿（.xlsx）”后再放入",
    )
