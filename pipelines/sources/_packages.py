"""Whether a workbook is safe to open: the parser of workbooks ends the process, or takes all memory, on some damaged files."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import olefile

UNPACKED = 1 << 30  # bytes; an export is never this large, a zip bomb is
CELLS = (
    100_000_000  # cells of the rectangle around all values; a stray value in the last cell makes it 17 thousand million
)
PIECE = 4 << 20
_FAR_COLUMN = re.compile(rb'<c r="[A-Z]{3}\d')
_FAR_ROW = re.compile(rb'<(?:row|c) r="[A-Z]{0,3}\d{6,}')
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')
_OLE_SHEETS = ("Workbook", "Book")
OLE_COLUMNS = 256
_RECORD = struct.Struct("<HHHH")  # type, length, and of a cell its row and column
# formula, blanks, numbers, labels, truth values of BIFF8
_CELL_RECORDS = frozenset({0x06, 0xBD, 0xBE, 0xD6, 0xFD, 0x201, 0x203, 0x204, 0x205, 0x27E})
NO_BOOK = "文件中没有工作簿"


def fault(path: Path) -> str:
    """Why a workbook cannot be opened, in words; empty when it can."""
    state = path.stat()
    return _fault(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=64)
def _fault(path: Path, size: int, _changed: int) -> str:
    return _ole_fault(path, size) if olefile.isOleFile(path) else _zip_fault(path)


def _ole_fault(path: Path, size: int) -> str:
    """Chains of sectors that run in circles or out of the file; no sheet inside."""
    try:
        with olefile.OleFileIO(path) as book:
            name = next((n for n in _OLE_SHEETS if book.exists(n)), "")
            if not name:
                return NO_BOOK
            if book.parsing_issues or book.get_size(name) > size:
                return "文件的目录已损坏"
            stream = book.openstream(name)
            if _circles(book):
                return "文件的目录已损坏"
            if _beyond(stream.read()):
                return "单元格的位置超出工作表（文件已损坏）"
    except (olefile.olefile.OleFileError, OSError, ValueError, IndexError, OverflowError, MemoryError):
        return "文件的目录已损坏"
    return ""


def _beyond(stream: bytes) -> bool:
    """Whether a cell stands right of column 256, the last one of this format: the parser would lay out all cells up to there."""
    at, end = 0, len(stream) - 8
    while at <= end:
        kind, length, _, column = _RECORD.unpack_from(stream, at)
        if kind in _CELL_RECORDS and length >= 4 and column >= OLE_COLUMNS:
            return True
        at += 4 + length
    return False


def _circles(book: olefile.OleFileIO) -> bool:
    """Whether a chain of sectors does not end: one longer than the table of sectors runs in a circle."""
    book.loadminifat()
    entries = [e for e in book.direntries if e is not None]
    large = [e.isectStart for e in entries if e.size >= book.minisectorcutoff or e.entry_type == olefile.STGTY_ROOT]
    small = [
        e.isectStart for e in entries if 0 < e.size < book.minisectorcutoff and e.entry_type == olefile.STGTY_STREAM
    ]
    chains = [(s, book.fat) for s in (book.first_dir_sector, book.first_mini_fat_sector, *large)]
    return any(_endless(start, table) for start, table in [*chains, *((s, book.minifat) for s in small)])


def _endless(sector: int, table: Sequence[int]) -> bool:
    steps = 0
    while 0 <= sector < len(table):  # what lies outside is the mark of an end
        sector, steps = table[sector], steps + 1
        if steps > len(table):
            return True
    return False


def _zip_fault(path: Path) -> str:
    """A part that is cut, damaged, or unpacks to more than it says; values strewn over a whole sheet."""
    try:
        with zipfile.ZipFile(path) as package:
            if sum(member.file_size for member in package.infolist()) > UNPACKED:
                return f"解压后超过 {UNPACKED >> 30} GB"
            for member in package.infolist():
                if member.filename.lower().endswith((".xml", ".rels")) and (found := _part_fault(package, member)):
                    return found
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError, OSError):
        return "文件不完整或已损坏"
    return ""


def _part_fault(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    """Read a part to its end, which checks its length and checksum."""
    is_sheet = "/worksheets/" in member.filename
    suspicious, before = False, b""
    with package.open(member) as part:
        while piece := part.read(PIECE):
            text = before + piece
            suspicious = suspicious or (is_sheet and bool(_FAR_COLUMN.search(text) or _FAR_ROW.search(text)))
            before = piece[-32:]
    if suspicious and (cells := _rectangle(package, member)) > CELLS:
        return f"数据散布在 {cells:,} 个单元格的范围内"
    return ""


def _rectangle(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """Cells of the smallest rectangle that holds all values."""
    rows: list[int] = []
    columns: list[int] = []
    before = b""
    with package.open(member) as part:
        while piece := part.read(PIECE):
            found = [(number(c), int(r)) for c, r in _CELL.findall(before + piece)]
            if found:
                columns += [min(c for c, _ in found), max(c for c, _ in found)]
                rows += [min(r for _, r in found), max(r for _, r in found)]
            before = piece[-32:]
    return (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) if rows else 0


def number(column: bytes) -> int:
    """A is 1, AA is 27."""
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number
