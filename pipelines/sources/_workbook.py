"""What an .xlsx says besides its values: cells merged over several rows, formulas nobody calculated, error values."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lxml import etree

from pipelines.sources import _packages

LARGEST = 1 << 20  # bytes of the lists of sheets and parts; real ones have a few thousand
_P = rb"<(?:\w+:)?"  # some programs write <x:c> for <c>
_E = rb"</(?:\w+:)?"
_FORMULA = re.compile(
    _P + rb"c\b([^>]*)>\s*" + _P + rb"f\b(?:[^>]*/>|[^>]*>[^<]*" + _E + rb"f>)\s*"
    rb"(?:" + _P + rb"v\s*/>|" + _P + rb"v[^>]*>([^<]*)" + _E + rb"v>)?\s*" + _E + rb"c>"
)
_ERROR = re.compile(_P + rb'c\b[^>]*\bt="e"')
_MERGED = re.compile(_P + rb'mergeCell\b[^>]*\bref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"')
_VALUE = re.compile(_P + rb'c\b[^>]*\br="([A-Z]{1,3})(\d{1,7})"[^>/]*>\s*' + _P + rb"(?:f|v|is)\b")
DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError, OSError)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Merged:
    """A value that stands for several rows: places count from the first row and column that hold a value."""

    row: int
    last: int
    column: int


@dataclass(frozen=True)
class About:
    """One sheet: merged cells that span rows, formulas without a result, cells that hold an error such as #N/A."""

    merged: tuple[Merged, ...] = ()
    uncalculated: int = 0
    errors: int = 0


def about(path: Path) -> dict[str, About]:
    """Every sheet by name; empty for an .xls, and for a package whose lists cannot be understood."""
    state = path.stat()
    return _about(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=64)
def _about(path: Path, _size: int, _changed: int) -> dict[str, About]:
    if not zipfile.is_zipfile(path):
        return {}
    try:
        with zipfile.ZipFile(path) as package:
            return _sheets(package)
    except DAMAGED:  # what is wrong with it is said where the workbook is opened
        return {}


def _sheets(package: zipfile.ZipFile) -> dict[str, About]:
    book = _tree(package, "xl/workbook.xml")
    links = _tree(package, "xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        return {}
    parts = {link.get("Id"): str(link.get("Target") or "") for link in links}
    pending = any(e.get("fullCalcOnLoad") in ("1", "true") for e in book.iter("{*}calcPr"))
    named = [(str(e.get("name")), parts.get(e.get(_RELATION), "")) for e in book.iter("{*}sheet")]
    return {
        name: _look(package, member, pending)
        for name, target in named
        if (member := posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")) in package.namelist()
    }


def _tree(package: zipfile.ZipFile, name: str) -> etree._Element | None:
    """A small part as XML, without entities or network; None when it is missing or no XML."""
    try:
        with package.open(name) as part:
            text = part.read(LARGEST)
        return etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except (KeyError, etree.XMLSyntaxError):
        return None


def _look(package: zipfile.ZipFile, member: str, pending: bool) -> About:
    """`pending`: the program that wrote the workbook left its formulas to be calculated; a 0 of theirs is no result."""
    regions: list[tuple[bytes, bytes, bytes]] = []
    uncalculated = errors = 0
    for text in _pieces(package, member):
        if b"mergeCell" in text:
            regions += [m for m in _MERGED.findall(text) if m[1] != m[2]]
        if b't="e"' in text:
            errors += len(_ERROR.findall(text))
        if b"f>" in text or b"<f" in text:
            uncalculated += sum(_unknown(told, value, pending) for told, value in _FORMULA.findall(text))
    if not regions:
        return About((), uncalculated, errors)
    top, left = _corner(package, member)
    places = (Merged(int(a) - top, int(b) - top, _packages.number(c) - left) for c, a, b in regions)
    return About(tuple(m for m in places if m.row >= 0 and m.column >= 0), uncalculated, errors)


def _unknown(told: bytes, value: bytes, pending: bool) -> bool:
    """Whether a formula has no result; an empty text is one."""
    return (not value and b't="str"' not in told) or (pending and value == b"0")


def _corner(package: zipfile.ZipFile, member: str) -> tuple[int, int]:
    """First row and first column that hold a value: a grid begins there."""
    rows, columns = [], []
    for text in _pieces(package, member):
        if found := _VALUE.findall(text):
            rows.append(min(int(row) for _, row in found))
            columns.append(min(_packages.number(column) for column in {column for column, _ in found}))
    return min(rows, default=1), min(columns, default=1)


def _pieces(package: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """A sheet in pieces that end where a row ends."""
    rest = b""
    with package.open(member) as part:
        while piece := part.read(_packages.PIECE):
            text = rest + piece
            at = text.rfind(b"row>") + 4
            at = at if at > 4 else 0
            rest = text[at:]
            yield text[:at]
    yield rest
