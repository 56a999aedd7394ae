"""RIS and BibTeX of the Chinese databases to the columns of their other formats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.sources import Chunk, _bibtex, _entries, _ris, _rows

RIS_BEGINS = re.compile(r"^\ufeff?TY {1,2}- ?\w", re.M)
BIBTEX_BEGINS = re.compile(r"^\s*@\w+\s*\{", re.M)
# tags and fields as the two formats define them; authors, units and keywords are one value per line
FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    "ris": {
        "title": ("TI", "T1"), "title_other": ("TT",), "authors": ("AU", "A1"), "affiliations": ("AD",), "supervisors": ("A3", "A4"),
        "source_title": ("JF", "JO", "T2", "JA", "BT"), "year": ("PY", "Y1"), "date": ("DA",), "issue": ("IS",), "volume": ("VL",),
        "keywords": ("KW",), "abstract": ("AB", "N2"), "issn": ("SN",), "doi": ("DO",), "link": ("UR", "LK"), "publisher": ("PB",),
        "place": ("CY",), "language": ("LA",), "provider": ("DB", "DP"), "degree": ("M3", "U1"),
    },
    "bibtex": {
        "title": ("title",), "authors": ("author",), "affiliations": ("organization", "affiliation", "address"),
        "supervisors": ("advisor", "supervisor", "tutor"), "source_title": ("journal", "booktitle"), "year": ("year",),
        "date": ("date",), "issue": ("number", "issue"), "volume": ("volume",), "pages": ("pages",),
        "keywords": ("keywords", "keyword"), "abstract": ("abstract",), "issn": ("issn",), "isbn": ("isbn",), "doi": ("doi",),
        "link": ("url",), "publisher": ("school", "publisher", "institution"), "language": ("language",), "funding": ("fund", "funding"),
    },
}  # fmt: skip
SEVERAL = ("authors", "affiliations", "keywords", "supervisors")
TYPES = {
    "jour": "journal article", "thes": "thesis", "conf": "conference", "cpaper": "conference", "news": "newspaper", "pat": "patent",
    "stand": "standard", "chap": "book chapter", "rprt": "report", "article": "journal article", "phdthesis": "博士学位 thesis",
    "mastersthesis": "硕士学位 thesis", "inproceedings": "conference", "conference": "conference",
}  # fmt: skip


def form_of(text: str) -> str:
    """ris, bibtex, or '' for anything else."""
    return "ris" if RIS_BEGINS.search(text) else "bibtex" if BIBTEX_BEGINS.search(text) else ""


def read(path: Path, encoding: str, source: str, form: str, next_step: str) -> Iterator[Chunk]:
    """Records in chunks; a record without an end, or without a title, is set aside."""
    spec = _rows.columns(source)
    items = (_ris if form == "ris" else _bibtex).entries(path, encoding)
    names = ["type", "pages", *(n for n in FIELDS[form] if n in spec and n != "pages")]
    shape = {"source_row": pl.Int64} | dict.fromkeys(names, pl.String)
    for batch in _entries.batches(items):
        rows = [{"source_row": entry.row} | _cells(entry, form) for entry in batch.entries]
        frame = pl.DataFrame([{n: row.get(n) for n in shape} for row in rows], schema=shape)
        aside = [(b.row, b.text, b.expected, b.found, next_step) for b in batch.broken]
        good, empty = _rows.without_required(frame.with_columns(file_format=pl.lit(form)), spec, next_step)
        yield _rows.chunk(good, source, sorted([*aside, *empty]))


def _cells(entry: _entries.Entry, form: str) -> dict[str, str | None]:
    cells: dict[str, str | None] = {"type": TYPES.get(entry.kind, entry.kind)}
    for column, names in FIELDS[form].items():
        value = entry.joined("\n", *names) if column in SEVERAL else entry.first(*names)
        value = _bibtex.plain(value) if value and form == "bibtex" else value
        if value and form == "bibtex" and column in ("authors", "supervisors"):
            value = re.sub(r"\s+and\s+", "\n", value)
        cells[column] = value
    if form == "ris":
        cells["pages"] = "-".join(p for p in (entry.first("SP"), entry.first("EP")) if p) or None
    return cells
