"""Writes .xlsx files row by row, byte-identical for the same content: fixed dates, rows of large sheets wait on disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import xlsxwriter

Cell = str | int | float | None
CREATED = datetime(2026, 8, 28, tzinfo=UTC).replace(tzinfo=None)
OPTIONS = {"constant_memory": True, "strings_to_urls": False, "strings_to_numbers": False, "strings_to_formulas": False}


class Grid:
    """The rows of one sheet, written from the top down."""

    def __init__(self, book: Any, name: str) -> None:
        self.name = name
        self.next_row = 0
        self._sheet = book.add_worksheet(name)
        self._last: tuple[Cell, ...] = ()

    def skip(self, rows: int) -> None:
        """Leave rows empty."""
        self.next_row += rows

    def add(self, cells: Iterable[Cell]) -> None:
        """One row: text as text, numbers as numbers, None and empty text as no cell."""
        self._last = tuple(cells)
        for column, cell in enumerate(self._last):
            if isinstance(cell, str):
                if cell:
                    self._sheet.write_string(self.next_row, column, cell)
            elif cell is not None:
                self._sheet.write_number(self.next_row, column, cell)
        self.next_row += 1

    def merge(self, first: int, last: int) -> None:
        """Merge columns first to last (from 0) of the row written last."""
        row = self.next_row - 1
        self._sheet.merge_range(row, first, row, last, self._last[first])


class Sheet(Grid):
    """A workbook with one sheet, or more through `beside`; the file is written on closing."""

    def __init__(self, target: Path | BinaryIO, name: str, *, creator: str = "") -> None:
        if isinstance(target, Path):
            target.parent.mkdir(parents=True, exist_ok=True)
        self._book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, OPTIONS)
        self._book.set_properties({"created": CREATED, "author": creator})
        super().__init__(self._book, name)

    def beside(self, name: str) -> Grid:
        """A further sheet of the same workbook."""
        return Grid(self._book, name)

    def close(self) -> None:
        """Write the file."""
        self._book.close()

    def __enter__(self) -> Sheet:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()


def table(path: Path, name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]], *, creator: str = "") -> int:
    """A plain table; returns the number of rows below the header."""
    with Sheet(path, name, creator=creator) as sheet:
        sheet.add(header)
        for row in rows:
            sheet.add(row)
        return sheet.next_row - 1
