"""Writes .xlsx files row by row, byte-identical for the same content: fixed dates, constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import xlsxwriter

Cell = str | int | float | None
CREATED = datetime(2026, 8, 28, tzinfo=UTC).replace(tzinfo=None)


class Sheet:
    """One workbook with one sheet, written from the top down."""

    def __init__(self, path: Path, name: str, *, creator: str = "") -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._book = xlsxwriter.Workbook(
            str(path), {"constant_memory": True, "strings_to_urls": False, "strings_to_numbers": False}
        )
        self._book.set_properties({"created": CREATED, "author": creator})
        self._sheet = self._book.add_worksheet(name)
        self.next_row = 0

    def skip(self, rows: int) -> None:
        """Leave rows empty."""
        self.next_row += rows

    def add(self, cells: Iterable[Cell]) -> None:
        """One row: text as text, numbers as numbers, None and empty text as no cell."""
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                if cell:
                    self._sheet.write_string(self.next_row, column, cell)
            elif cell is not None:
                self._sheet.write_number(self.next_row, column, cell)
        self.next_row += 1

    def merge(self, row: int, first: int, last: int, text: str) -> None:
        """Merge cells of a row that is being written."""
        self._sheet.merge_range(row, first, row, last, text)

    def close(self) -> None:
        """Write the file."""
        self._book.close()

    def __enter__(self) -> Sheet:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def table(path: Path, name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]], *, creator: str = "") -> int:
    """A plain table; returns the number of rows below the header."""
    with Sheet(path, name, creator=creator) as sheet:
        sheet.add(header)
        for row in rows:
            sheet.add(row)
        return sheet.next_row - 1
