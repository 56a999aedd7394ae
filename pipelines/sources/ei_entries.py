"""Engineering Village RIS and BibTeX: the fields of a record under our column names, values joined by '; ', affiliations one per line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polars as pl

from pipelines.sources import _bibtex, _entries, _ris, _rows

SOURCE = "ei"
_ALL = ("authors", "affiliations", "issn", "isbn", "controlled_terms", "uncontrolled_terms", "database")
_AND = re.compile(r"\s+and\s+")
_ACCESSION = re.compile(r"[A-Za-z]{0,5}\d{6,}\w*")  # a key that other software made ('wang2020') is none
Part = tuple[pl.DataFrame, list[_rows.Row]]


def ris(path: Path, encoding: str) -> Iterator[Part]:
    """Records of an RIS file."""
    return _parts(_ris.entries(path, encoding), "ris")


def bibtex(path: Path, encoding: str) -> Iterator[Part]:
    """Records of a BibTeX file; the citation key is the accession number."""
    return _parts(_bibtex.entries(path, encoding), "bibtex")


def present(text: str, form: str) -> set[str]:
    """Columns that the beginning of a file shows."""
    pattern = r"^([A-Z][A-Z0-9]) +-" if form == "ris" else r"^\s*([A-Za-z]+)\s*=\s*[{\"]"
    shown = {name.upper() if form == "ris" else name.lower() for name in re.findall(pattern, text, re.M)}
    return {column for column, names in _names(form).items() if shown.intersection(names)}


def _parts(items: Iterator[_entries.Entry | _entries.Broken], form: str) -> Iterator[Part]:
    columns = ["source_row", "entry_type", "accession_number", *(n for n in _names(form) if n != "accession_number")]
    schema = {name: pl.Int64 if name == "source_row" else pl.String for name in columns}
    for batch in _entries.batches(items):
        rows = pl.DataFrame([_cells(entry, form) for entry in batch.entries], schema=schema)
        yield rows, [(b.row, b.text, b.expected, b.found, b.next_step) for b in batch.broken]


def _cells(entry: _entries.Entry, form: str) -> dict[str, str | int | None]:
    cells: dict[str, str | int | None] = {"source_row": entry.row, "entry_type": entry.kind}
    for column, names in _names(form).items():
        value = (
            entry.joined("\n" if column == "affiliations" else "; ", *names) if column in _ALL else entry.first(*names)
        )
        if value and form == "bibtex":
            value = _AND.sub("; ", value) if column == "authors" else value
            value = _bibtex.plain(value) if "\\" in value else value
        cells[column] = value
    if form == "bibtex":
        cells["accession_number"] = entry.key.strip()
    if not _ACCESSION.fullmatch(str(cells["accession_number"] or "")):
        cells["accession_number"] = None
    return cells


@cache
def _names(form: str) -> dict[str, tuple[str, ...]]:
    """Column to field names of the format."""
    return {name: tuple(spec[form]) for name, spec in _rows.columns(SOURCE).items() if form in spec}
