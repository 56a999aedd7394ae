"""Scopus RIS and BibTeX: the fields of a record under our column names; what stands in notes is taken apart by its labels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polars as pl

from pipelines.sources import _bibtex, _entries, _ris, _rows

SOURCE = "scopus"
_LISTS = {"authors": "; ", "affiliations": "; ", "issn": "; ", "isbn": "; ", "mixed_keywords": "; ", "editors": "; "}
_AND = re.compile(r"\s+and\s+")
_EXPORTED = re.compile(r"(?:EXPORT DATE|导出日期)\s*[:：]\s*([^\n]+)", re.I)
_CITED = re.compile(r"cited by\s*:?\s*(\d[\d,]*)", re.I)
Cells = dict[str, str | int | None]
Part = tuple[pl.DataFrame, list[_rows.Row]]


def ris(path: Path, encoding: str) -> Iterator[Part]:
    """Records of an RIS file of either generation."""
    return _parts(
        (item if isinstance(item, _entries.Broken) else _of_ris(item)) for item in _ris.entries(path, encoding)
    )


def bibtex(path: Path, encoding: str) -> Iterator[Part]:
    """Records of a BibTeX file; the date above them holds until another one stands in the file."""
    return _parts(_of_bibtex(path, encoding))


def present(text: str, form: str) -> set[str]:
    """Columns that the beginning of a file shows."""
    pattern = r"^([A-Z][A-Z0-9]) +-" if form == "ris" else r"^\s*([A-Za-z_0-9]+)\s*=\s*[{\"]"
    shown = {name.upper() if form == "ris" else name.lower() for name in re.findall(pattern, text, re.M)}
    labels = (
        {found.lower() for found in _label_pattern().findall(text.replace("N1  - ", ";"))} if form == "ris" else set()
    )
    labelled = {column for label, column in _labels().items() if label in labels}
    return {column for column, names in _names(form).items() if shown.intersection(names)} | labelled


def _parts(items: Iterator[Cells | _entries.Broken], size: int = 5000) -> Iterator[Part]:
    rows: list[Cells] = []
    bad: list[_rows.Row] = []
    names = ["source_row", "entry_type", *(n for n, s in _rows.columns(SOURCE).items() if not s.get("added"))]
    schema = {name: pl.Int64 if name == "source_row" else pl.String for name in names}
    for item in items:
        if isinstance(item, _entries.Broken):
            bad.append((item.row, item.text, item.expected, item.found, item.next_step))
        else:
            rows.append(item)
        if len(rows) + len(bad) >= size:
            yield pl.DataFrame(rows, schema=schema), bad
            rows, bad = [], []
    yield pl.DataFrame(rows, schema=schema), bad


def _of_ris(entry: _entries.Entry) -> Cells:
    cells = _cells(entry, "ris")
    for note in entry.fields.get("N1", ()):
        for label, value in _labelled(note.replace("\u00a0", " ")):
            column = _labels()[label]
            cells[column] = f"{cells[column]}\n{value}" if cells.get(column) else value
    return cells


def _of_bibtex(path: Path, encoding: str) -> Iterator[Cells | _entries.Broken]:
    exported: str | None = None
    for entry in _bibtex.entries(path, encoding):
        if isinstance(entry, _entries.Broken):
            yield entry
            continue
        if found := _EXPORTED.search(entry.before):
            exported = found.group(1).strip()
        cells = {name: _unescaped(value) for name, value in _cells(entry, "bibtex").items()}
        cells["export_date"] = exported
        cited = _CITED.search(str(cells["cited_by"] or ""))
        cells["cited_by"] = cited.group(1) if cited else None
        if cells["authors"]:
            cells["authors"] = _AND.sub("; ", str(cells["authors"]))
        yield cells


def _cells(entry: _entries.Entry, form: str) -> Cells:
    cells: Cells = {"source_row": entry.row, "entry_type": entry.kind}
    for column, names in _names(form).items():
        cells[column] = entry.joined(_LISTS[column], *names) if column in _LISTS else entry.first(*names)
    return cells


def _unescaped(value: str | int | None) -> str | int | None:
    """LaTeX as text where there is any; braces alone are Scopus' own text: `{100}` is a face of a crystal."""
    return _bibtex.plain(value) if isinstance(value, str) and "\\" in value else value


def _labelled(note: str) -> Iterator[tuple[str, str]]:
    """`Export Date: …; Cited By: 4; Correspondence Address: …` as pairs; a text without a label is none."""
    marks = list(_label_pattern().finditer(note))
    ends = [*(mark.start() for mark in marks[1:]), len(note)]
    for mark, end in zip(marks, ends, strict=False):
        yield mark.group(1).lower(), note[mark.end() : end].strip(" ;\n")


@cache
def _names(form: str) -> dict[str, tuple[str, ...]]:
    """Column to field names of the format."""
    return {name: tuple(spec[form]) for name, spec in _rows.columns(SOURCE).items() if form in spec}


@cache
def _labels() -> dict[str, str]:
    """Label inside a note, in lower case, to column."""
    return {label.lower(): name for name, spec in _rows.columns(SOURCE).items() for label in spec.get("note", ())}


@cache
def _label_pattern() -> re.Pattern[str]:
    names = "|".join(re.escape(label) for label in sorted(_labels(), key=len, reverse=True))
    return re.compile(rf"(?:^|;\s*)({names})\s?:\s*", re.I)
