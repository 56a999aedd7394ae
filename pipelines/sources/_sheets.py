"""Tables in Excel and CSV files as grids of text: nothing is inferred, footers and titles are kept for the source to judge."""

from __future__ import annotations

import csv
import io
import logging
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import polars as pl

from pipelines.core.errors import SourceError
from pipelines.sources import _packages, _text, _workbook

HEAD_ROWS = 15
ROWS = 20_000  # rows of one grid of a CSV file
CELLS = 4_000_000  # cells of such a grid
TABLE_CELLS = 3  # filled cells of a row below which a sheet is a note, not a table
csv.field_size_limit(1 << 30)
Remark = tuple[str, str]  # what, next step
logging.getLogger("fastexcel").setLevel(logging.ERROR)  # it warns of every empty column


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, its first rows as text, how many rows it has, whether Excel shows it."""

    name: str
    rows: list[list[str]]
    height: int = 0
    hidden: bool = False

    @property
    def is_table(self) -> bool:
        """Whether it is more than a note: a row of names, and a row of values below."""
        return sum(sum(map(bool, row)) >= TABLE_CELLS for row in self.rows) > 1


def heads(path: Path) -> list[Sheet]:
    """The sheets that Excel shows. Errors: SourceError when Excel itself could not open the file."""
    return [sheet for sheet in every(path) if not sheet.hidden]


def every(path: Path) -> list[Sheet]:
    """All sheets of an .xlsx or .xls file, hidden ones too. Errors: SourceError when Excel itself could not open it."""
    book = _open(path)
    return [_head(book, path, name) for name in book.sheet_names]


def grid(path: Path, sheet: str = "") -> pl.DataFrame:
    """A whole sheet as text: the one named, or the first that Excel shows; a cell merged over rows stands in each of them.

    Columns are numbered c0, c1 …; empty cells are null.
    Errors: SourceError when it cannot be opened, or holds formulas that nobody calculated.
    """
    book = _open(path)
    name = sheet or next((s.name for s in heads(path)), book.sheet_names[0])
    about = _workbook.about(path).get(name, _workbook.About())
    if about.uncalculated:
        raise _uncalculated(path, name, about.uncalculated)
    try:
        loaded = book.load_sheet(name, header_row=None, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise _unreadable(path, str(error)) from error
    return _filled(clean(loaded), about.merged)


def remarks(path: Path, read: Sequence[str]) -> list[Remark]:
    """What people should know of a workbook of which the sheets `read` were read: tables left out, errors, merged cells."""
    told: list[Remark] = []
    about = _workbook.about(path)
    for sheet in every(path):
        if sheet.name in read:
            told += _read_remarks(sheet.name, about.get(sheet.name, _workbook.About()))
        elif sheet.hidden and sheet.is_table:
            step = "如果也是要用的数据，请取消隐藏，另存为单独的文件放入"
            told.append((f"隐藏的工作表“{sheet.name}”有 {sheet.height} 行，没有读取", step))
        elif sheet.is_table:
            step = "如果也是要用的数据，请另存为单独的文件放入"
            told.append((f"工作表“{sheet.name}”有 {sheet.height} 行，没有读取", step))
    return told


def _read_remarks(name: str, about: _workbook.About) -> Iterator[Remark]:
    if about.errors:
        yield (
            f"工作表“{name}”有 {about.errors} 个错误值（如 #N/A），按空白读取",
            "请在 Excel 中改正公式或数据后重新放入",
        )
    if about.merged:
        what = f"工作表“{name}”有 {len(about.merged)} 处跨行合并的单元格，其中每一行都取合并的内容"
        yield what, "请核对；最好取消合并、逐行填写后重新放入"


def typed(path: Path, sheet: str, skip: int) -> pl.DataFrame:
    """Rows of a sheet from a place on with the types Excel has them in; columns of one type only keep it."""
    book = _open(path)
    try:
        return book.load_sheet(sheet, header_row=None, skip_rows=skip, schema_sample_rows=None).to_polars()
    except fastexcel.FastExcelError as error:
        raise _unreadable(path, str(error)) from error


def csv_grid(path: Path, encoding: str) -> pl.DataFrame:
    """A CSV file as such a grid; rows of unequal length are padded. Errors: those of csv_grids."""
    return pl.concat(csv_grids(path, encoding), how="diagonal")


def csv_grids(path: Path, encoding: str, size: int = ROWS) -> Iterator[pl.DataFrame]:
    """A CSV file as such grids of bounded size; the width is that of the widest row so far.

    Errors: SourceError when a quotation mark has no partner: rows behind it would silently become one cell.
    """
    reader = csv.reader(_lines(path, encoding), delimiter=separator(_text.beginning(path, encoding)), strict=True)
    held: list[list[str]] = []
    width, begins = 0, 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise _unpaired(path, begins, reader.line_num) from error
        if row is None:
            break
        begins = reader.line_num + 1
        held.append(row)
        width = max(width, len(row))
        if len(held) >= size or width * len(held) > CELLS:
            yield _padded(held, width)
            held = []
    yield _padded(held, width)


def _lines(path: Path, encoding: str) -> Iterator[str]:
    for block in _text.blocks(path, encoding, _text.after_last_line):
        yield from io.StringIO(block.decode("utf-8", "replace"), newline="\n")


def _padded(rows: list[list[str]], width: int) -> pl.DataFrame:
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    return clean(pl.DataFrame(padded, schema={f"c{i}": pl.String for i in range(width)}, orient="row"))


def _unpaired(path: Path, begins: int, ends: int) -> SourceError:
    return SourceError(
        "CSV 中有引号没有配对，其后的行会连成一格",
        expected="以引号开头的单元格以引号结束，单元格里的引号写两遍",
        found=f"从第 {begins} 行开始的一行直到第 {ends} 行也没有正确结束",
        where=f"{path.name}，第 {begins} 行",
        next_step="请重新导出；如果文件被截断，请重新下载；手工改过的文件请在 Excel 中另存为 .xlsx",
    )


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


def _head(book: fastexcel.ExcelReader, path: Path, name: str) -> Sheet:
    try:
        loaded = book.load_sheet(name, header_row=None, n_rows=HEAD_ROWS, dtypes="string")
    except fastexcel.FastExcelError:
        return Sheet(name, [])  # a chart sheet has no cells
    merged = _workbook.about(path).get(name, _workbook.About()).merged
    first = _filled(clean(loaded.to_polars()), merged)
    return Sheet(name, rows(first), loaded.total_height, loaded.visible != "visible")


def _filled(table: pl.DataFrame, merged: Sequence[_workbook.Merged]) -> pl.DataFrame:
    """The value of a merged cell in every row that it spans; places that do not fit the grid are left as they are."""
    columns: dict[str, pl.Series] = {}
    for region in merged:
        name = f"c{region.column}"
        if name not in table.columns or region.row >= table.height:
            continue
        cells = columns.get(name, table[name])
        below = cells.slice(region.row + 1, region.last - region.row)
        value = cells[region.row]
        if value is not None and below.null_count() == len(below):
            columns[name] = cells.scatter(range(region.row + 1, region.row + 1 + len(below)), value)
    return table.with_columns(**columns)


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


def _uncalculated(path: Path, name: str, count: int) -> SourceError:
    return SourceError(
        "Excel 文件里的公式没有计算结果",
        expected="单元格里是数值或文字",
        found=f"工作表“{name}”有 {count} 个公式从未计算过（文件由程序生成，没有在 Excel 中保存过）",
        where=path.name,
        next_step="请在 Excel 中打开这个文件，保存后再放入；更稳妥的做法是把公式“粘贴为数值”",
    )


def _unreadable(path: Path, found: str) -> SourceError:
    return SourceError(
        "Excel 文件打不开，可能没有下载完整",
        expected="完整的 .xlsx 文件",
        found=found,
        where=path.name,
        next_step="请重新下载；如果 Excel 能打开它，请另存为“Excel 工作簿（.xlsx）”后再放入",
    )
