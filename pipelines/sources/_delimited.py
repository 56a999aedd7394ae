"""CSV records of vendors who do not escape quotation marks: a row is mended or set aside, and never swallows the rows behind it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from pipelines.sources import _rows, _sheets, _table, _text

MARKS = (",", "\t", ";", "，")
ROWS = 5000  # rows of one frame
LONGEST = 4 << 20  # characters of one row
_UNDECODED = re.compile(r"[\udc80-\udcff]")
Part = tuple[pl.DataFrame, list[_rows.Row]]


@dataclass(frozen=True)
class _Shape:
    """What every row of the file must look like."""

    mark: str
    width: int

    def whole(self, text: str) -> list[str] | None:
        """Cells of a text that is exactly one row: as CSV says, else cut at the marks between quoted cells, else None."""
        if cells := self.exact(text):
            return cells
        mended = (self._cut(cells) for cells in self._mended(text))
        return next((cells for cells in mended if cells is not None), None)

    def exact(self, text: str) -> list[str] | None:
        """Cells by the rules of CSV when there are as many as there should be; empty ones beyond that do not count."""
        return self._cut(self.strict(text) or [])

    def _cut(self, cells: list[str]) -> list[str] | None:
        return cells[: self.width] if len(cells) >= self.width and not any(cells[self.width :]) else None

    def strict(self, text: str) -> list[str] | None:
        """Cells by the rules of CSV; None when they are broken."""
        try:
            return next(csv.reader([text], delimiter=self.mark, strict=True), [])
        except csv.Error:
            return None

    def _mended(self, text: str) -> Iterator[list[str]]:
        """Cells where marks inside a cell are not escaped: `"a","b "x", y","c"`, then `"a","b "x" y",2015,c`, `"a","98"%,`."""
        text = text.strip()
        if text.count('"') < 2:
            return
        if text[0] == text[-1] == '"':
            yield [cell.replace('""', '"') for cell in text[1:-1].split(f'"{self.mark}"')]
        found = list(self._cells.finditer(text))
        if sum(len(m.group()) for m in found) == len(text):
            yield [
                (m.group(1) or "").replace('"', "") or (m.group(2) or "").replace('""', '"') or m.group(3) or ""
                for m in found
            ]

    @cached_property
    def _cells(self) -> re.Pattern[str]:
        """A number whose percent sign follows the mark (JCR), a cell that ends with one before the next separator, or a bare one."""
        mark = re.escape(self.mark)
        percent = rf'"([\d.,]*"%)(?={mark}|\Z)'
        quoted = rf'"((?:[^"]|"(?!{mark}|\Z))*)"(?={mark}|\Z)'
        return re.compile(rf"(?:^|{mark})(?:{percent}|{quoted}|((?:[^\"{mark}][^{mark}]*)?))")


@dataclass(frozen=True)
class _Record:
    """One row of the file: its text and its cells, or why it has none."""

    text: str
    cells: list[str] | None
    found: str = ""


def frames(path: Path, encoding: str, spec: _rows.Spec, next_step: str, size: int = ROWS) -> Iterator[Part]:
    """Rows below the header as frames of bounded size with declared and extra columns and source_row, and the rows set aside.

    A header that stands again in the file (joined files) is no row. Errors: SourceError when a required header is missing.
    """
    lines = _lines(path, encoding)
    first = [line for _, line in zip(range(_table.SEARCHED), lines, strict=False)]
    mark, grid = opening([_shown(text) for text, _ in first], spec)
    head = _table.header(grid, spec, path.name)
    shape = _Shape(mark, len(head.labels))
    rest = (line for part in (first[head.row + 1 :], lines) for line in part)
    good: list[tuple[int, list[str]]] = []
    bad: list[_rows.Row] = []
    row = 0
    for record in _records(rest, shape):
        if record.cells and (not any(c.strip() for c in record.cells) or _is_head(record.cells, head)):
            continue
        row += 1
        if record.cells is None or _UNDECODED.search(record.text):
            why = record.found or "含有无法解读的字节"
            bad.append((row, _shown(record.text), f"{shape.width} 列，引号成对", why, next_step))
        else:
            good.append((row, record.cells))
        if len(good) + len(bad) >= size:
            yield _frame(good, head), bad
            good, bad = [], []
    yield _frame(good, head), bad


def opening(lines: list[str], spec: _rows.Spec) -> tuple[str, list[list[str]]]:
    """The separator that shows most known headers, and the first lines cut by it; cells are full of the others."""
    grids = {mark: [next(csv.reader([line], delimiter=mark), []) for line in lines] for mark in MARKS}
    best = max(MARKS, key=lambda mark: _table.find(grids[mark], spec)[1])
    return best, grids[best]


def _records(lines: Iterator[tuple[str, bool]], shape: _Shape) -> Iterator[_Record]:
    """Lines joined to rows. A line that is a whole row by itself is one, whatever quotation mark is still open before it."""
    held: list[str] = []
    opened, size, ended = False, 0, True
    for line, complete in lines:
        ended = complete
        closes = opened and line.count('"') % 2 == 1
        joined = "\n".join((*held, line)) if closes else ""
        if closes and (cells := shape.exact(joined)):
            yield _Record(joined, cells)
            held, opened = [], False
        elif cells := shape.whole(line):
            if held:
                yield _closed("\n".join(held), shape, True)
            yield _Record(line, cells)
            held, opened = [], False
        elif opened and not closes and size < LONGEST:
            held.append(line)
            size += len(line)
        elif opened:
            text = joined or "\n".join((*held, line))
            cells = shape.whole(text)
            yield _Record(text, cells) if cells else _closed(text, shape, True)
            held, opened = [], False
        elif held and line.strip() and (cells := shape.whole(f"{held[0]} {line}")):
            yield _Record(f"{held[0]}\n{line}", cells)  # a line break that was not quoted
            held = []
        elif line.strip():
            if held:
                yield _closed(held[0], shape, True)
            held, opened, size = [line], line.count('"') % 2 == 1, len(line)
    if held:
        yield _closed("\n".join(held), shape, ended)


def _closed(text: str, shape: _Shape, ended: bool) -> _Record:
    """A row that does not have all cells: empty cells at its end may be left out, but not where the file was cut."""
    cells = shape.strict(text)
    if cells is None:
        return _Record(text, None, "引号不成对，分不出单元格")
    if len(cells) < shape.width and ended:
        return _Record(text, [*cells, *[""] * (shape.width - len(cells))])
    return _Record(text, None, f"{len(cells)} 列" + ("" if ended else "：文件在这一行中间断开"))


def _lines(path: Path, encoding: str) -> Iterator[tuple[str, bool]]:
    """Lines without their end, and whether they had one; bytes that are no text become lone surrogates."""
    for block in _text.blocks(path, encoding, _text.after_last_line):
        lines = block.decode("utf-8", "surrogateescape").split("\n")
        rest = lines.pop()
        for line in lines:
            yield line, True
        if rest:
            yield rest, False


def _shown(text: str) -> str:
    """A text with U+FFFD for bytes that are none."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _is_head(cells: list[str], head: _table.Header) -> bool:
    return tuple(cell.removeprefix("\ufeff").strip() for cell in cells) == head.labels


def _frame(rows: list[tuple[int, list[str]]], head: _table.Header) -> pl.DataFrame:
    names = list(head.columns.values())
    grid = pl.DataFrame([cells for _, cells in rows], schema=[f"c{i}" for i in range(len(names))], orient="row")
    named = _sheets.clean(grid.cast(pl.String)).rename(
        dict(zip((f"c{i}" for i in range(len(names))), names, strict=True))
    )
    empty = [n for n in names if n.startswith("column_") and named[n].null_count() == named.height]
    return named.drop(empty).with_columns(source_row=pl.Series([row for row, _ in rows], dtype=pl.Int64))
