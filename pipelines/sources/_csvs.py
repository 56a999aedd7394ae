"""Large CSV files as grids of bounded size; what csv itself would swallow without a word is told."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.core.errors import SourceError
from pipelines.sources import _sheets, _text

ROWS = 20_000  # rows of one grid


def grids(path: Path, encoding: str, delimiter: str = "", size: int = ROWS) -> Iterator[pl.DataFrame]:
    """A CSV file as grids of text like `_sheets.grid`, one after another; the width is that of the widest row so far.

    Errors: SourceError when a quotation mark is never closed: the rows behind it would be one cell.
    """
    mark = delimiter or _sheets.separator(_text.beginning(path, encoding))
    lines = _Lines(path, encoding)
    held: list[list[str]] = []
    width, last = 0, [""]
    for row in csv.reader(lines, delimiter=mark):
        held.append(row)
        width, last = max(width, len(row)), row or last
        if len(held) >= size:
            yield _grid(held, width)
            held = []
    if lines.quotes % 2 and len(last) < width and "\n" in last[-1]:
        raise SourceError(
            "CSV 中有引号没有配对，其后的行连成了一格",
            expected="每个以引号开头的单元格以引号结束",
            found=f"最后一格含 {last[-1].count(chr(10)) + 1:,} 行文字，开头是“{last[-1][:60].strip()}”",
            where=path.name,
            next_step="请重新导出；如果文件被截断，请重新下载",
        )
    yield _grid(held, width)


class _Lines(Iterator[str]):
    """Lines of a text file with their ends, and how many quotation marks went by."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.quotes = 0
        self._lines = self._read(path, encoding)

    def __next__(self) -> str:
        return next(self._lines)

    def _read(self, path: Path, encoding: str) -> Iterator[str]:
        for block in _text.blocks(path, encoding, _text.after_last_line):
            self.quotes += block.count(b'"')
            yield from io.StringIO(block.decode("utf-8", "replace"), newline="\n")


def _grid(rows: list[list[str]], width: int) -> pl.DataFrame:
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    return _sheets.clean(pl.DataFrame(padded, schema={f"c{i}": pl.String for i in range(width)}, orient="row"))
