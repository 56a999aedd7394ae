"""Writes .xlsx files, byte-identical for the same content: text cells in line, fixed dates, nothing else in them.

The rows of a large sheet wait on disk until the workbook is closed, so memory does not follow the sample.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import IO, BinaryIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

Cell = str | int | float | None
HELD = 4_000_000  # bytes of a sheet that wait in memory
CREATED = "2026-08-28T00:00:00Z"
_STAMP = (2026, 8, 28, 0, 0, 0)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SPECIAL = re.compile(r"[&<>]")
_SPACED = re.compile(r"^\s|\s$|\n")


def _column(number: int) -> str:
    """0 is A, 26 is AA."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


_COLUMNS = tuple(_column(n) for n in range(256))


class Grid:
    """The rows of one sheet, written from the top down."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.next_row = 0
        self._rows = SpooledTemporaryFile(max_size=HELD)  # noqa: SIM115 - closed with the workbook
        self._merged: list[str] = []

    def skip(self, rows: int) -> None:
        """Leave rows empty."""
        self.next_row += rows

    def add(self, cells: Iterable[Cell]) -> None:
        """One row: text as text, numbers as numbers, None and empty text as no cell."""
        self.next_row += 1
        row = self.next_row
        written = []
        for column, cell in zip(_COLUMNS, cells, strict=False):
            if isinstance(cell, str):
                if cell:
                    text = escape(cell) if _SPECIAL.search(cell) else cell
                    space = ' xml:space="preserve"' if _SPACED.search(cell) else ""
                    written.append(f'<c r="{column}{row}" t="inlineStr"><is><t{space}>{text}</t></is></c>')
            elif cell is not None:
                written.append(f'<c r="{column}{row}"><v>{cell}</v></c>')
        self._rows.write(f'<row r="{row}">{"".join(written)}</row>'.encode())

    def merge(self, first: int, last: int) -> None:
        """Merge columns first to last (from 0) of the row written last."""
        self._merged.append(f'<mergeCell ref="{_COLUMNS[first]}{self.next_row}:{_COLUMNS[last]}{self.next_row}"/>')

    def write(self, part: IO[bytes]) -> None:
        """The sheet's part of the workbook."""
        merged = f'<mergeCells count="{len(self._merged)}">{"".join(self._merged)}</mergeCells>' if self._merged else ""
        part.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
        self._rows.seek(0)
        shutil.copyfileobj(self._rows, part)
        self._rows.close()
        part.write(f"</sheetData>{merged}</worksheet>".encode())


class Sheet(Grid):
    """A workbook with one sheet, or more through `beside`; the file is written on closing."""

    def __init__(self, target: Path | BinaryIO, name: str, *, creator: str = "") -> None:
        super().__init__(name)
        self._target, self._creator = target, creator
        self._grids: list[Grid] = [self]

    def beside(self, name: str) -> Grid:
        """A further sheet of the same workbook."""
        self._grids.append(Grid(name))
        return self._grids[-1]

    def close(self) -> None:
        """Write the file."""
        if isinstance(self._target, Path):
            self._target.parent.mkdir(parents=True, exist_ok=True)
        parts = _package([g.name for g in self._grids], self._creator)
        with ZipFile(self._target, "w") as archive:
            for name, content in parts.items():
                archive.writestr(_entry(name), content, compresslevel=3)
            for n, grid in enumerate(self._grids, 1):
                sheet = _entry(f"xl/worksheets/sheet{n}.xml")
                sheet._compresslevel = 3  # type: ignore[attr-defined]  # open() has no argument for it
                with archive.open(sheet, "w") as part:
                    grid.write(part)

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


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _STAMP)
    entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o600 << 16
    return entry


def _package(names: list[str], creator: str) -> dict[str, str]:
    """Every part of a workbook but the sheets themselves."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in enumerate(names, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    listed = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPES}.worksheet+xml"/>' for n in numbers
    )
    relations = f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>{listed}'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>',
        "_rels/.rels": f'{relations}<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
        'Target="docProps/core.xml"/></Relationships>',
        "docProps/core.xml": f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:creator>{escape(creator)}</dc:creator>'
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{CREATED}</dcterms:created></cp:coreProperties>',
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"{relations}{links}"
        f'<Relationship Id="rId{len(names) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>',
    }
