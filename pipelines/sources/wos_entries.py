"""Web of Science BibTeX and RIS: the fields of a record under the vendor's tags, several values one per line as in tagged text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polars as pl

from pipelines.sources import Chunk, _bibtex, _entries, _ris, _rows, _text

SOURCE = "wos"
NEXT = "请在 Web of Science 重新导出这条记录（建议选纯文本格式）；同一文件中的其他记录不受影响"
KINDS = {
    "article": "J", "inproceedings": "C", "proceedings": "C", "incollection": "S", "book": "B", "inbook": "B", "phdthesis": "D",
    "jour": "J", "mgzn": "J", "conf": "C", "cpaper": "C", "chap": "S", "thes": "D", "pat": "P",
}  # fmt: skip
_AND = re.compile(r"\s+and\s+")
_WRAP = re.compile(r"\s*\n\s*")
_PAGES = re.compile(r"^([^-–]+?)\s*(?:[-–]+\s*(.+)|\+)?$")
_ISSN = re.compile(r"^\d{4}-?\d{3}[\dXx]$")
_COUNTS = {
    "TC": re.compile(r"Times Cited in Web of Science Core Collection:\s*(\d+)"),
    "Z9": re.compile(r"Total Times Cited:\s*(\d+)"),
    "NR": re.compile(r"Cited Reference Count:\s*(\d+)"),
}
_PERSONS = ("AF", "BE", "BF")  # joined by ' and ' in BibTeX
_BY_LINE = ("CR", "Affiliation")  # one value per line in BibTeX; other fields are wrapped there
_TO_LIST = ("EM", "RI", "OI")  # one per line in BibTeX, joined by '; ' in tagged text
Cells = dict[str, str | int | None]


def bibtex(path: Path, encoding: str) -> Iterator[Chunk]:
    """Records of a BibTeX file in chunks; one that is not closed or has no Unique-ID is set aside."""
    return _text.ahead(_chunks(_bibtex.entries(path, encoding), "bibtex"))


def ris(path: Path, encoding: str) -> Iterator[Chunk]:
    """Records of an RIS file in chunks; bare CR between repeated fields is a line end."""
    return _text.ahead(_chunks(_ris.entries(path, encoding), "ris"))


def present(text: str, form: str) -> set[str]:
    """Columns that the beginning of a file shows."""
    if form == "ris":
        shown = {tag for name, tag in _tags("ris").items() if re.search(rf"^{name}  ?-", text, re.M)}
        return shown | {tag for tag, pattern in _COUNTS.items() if pattern.search(text)}
    fields = {name.lower() for name in re.findall(r"^\s*([A-Za-z][A-Za-z-]*)\s*=", text, re.M)}
    return {_tags("bibtex")[name] for name in fields & _tags("bibtex").keys()}


def _chunks(items: Iterator[_entries.Entry | _entries.Broken], form: str) -> Iterator[Chunk]:
    cells = _of_bibtex if form == "bibtex" else _of_ris
    for batch in _entries.batches(items):
        rows = [cells(entry) for entry in batch.entries]
        columns = dict.fromkeys(("source_row", *(name for row in rows for name in row)))
        schema = {name: pl.Int64 if name == "source_row" else pl.String for name in columns}
        frame = pl.DataFrame(rows, schema=schema).with_columns(file_format=pl.lit(form))
        good, set_aside = _rows.without_required(frame, _rows.columns(SOURCE), NEXT)
        set_aside += [(b.row, b.text, b.expected, b.found, b.next_step) for b in batch.broken]
        yield _rows.chunk(good, SOURCE, sorted(set_aside))


def _of_bibtex(entry: _entries.Entry) -> Cells:
    """Cells of a BibTeX record. Type and key stand for PT and UT; pages are split; what has no tag keeps its own name."""
    cells: Cells = {"source_row": entry.row, "PT": KINDS.get(entry.kind)}
    for field, values in entry.fields.items():
        tag = _tags("bibtex").get(field, field)
        text = "\n".join(filter(None, values))
        if tag in _PERSONS:
            text = "\n".join(_bibtex.plain(name) for name in _AND.split(_WRAP.sub(" ", text)))
        elif tag in _BY_LINE:
            text = "\n".join(_bibtex.plain(line.strip()).removesuffix(".") for line in text.split("\n"))
        else:
            text = _bibtex.plain(_WRAP.sub("; " if tag in _TO_LIST else " ", text))
        if text and tag not in cells:
            cells[tag] = text
    if (pages := _PAGES.match(str(cells.pop("pages", "") or ""))) is not None:
        cells |= {"BP": pages.group(1), "EP": pages.group(2)}
    cells |= _numbers(str(cells.pop("IS", "") or ""))
    if not cells.get("UT") and re.match(r"[A-Z]+:\S", entry.key.strip()):
        cells["UT"] = entry.key.strip()
    return cells


def _numbers(text: str) -> Cells:
    """`13-14, A, SI` as issue, part and special issue; a supplement looks like an issue there."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    special = parts.pop() if parts and parts[-1] == "SI" else None
    letter = parts.pop() if parts and re.fullmatch(r"[A-Z]", parts[-1]) else None
    return {"IS": ", ".join(parts) or None, "PN": letter, "SI": special}


def _of_ris(entry: _entries.Entry) -> Cells:
    """Cells of an RIS record. The first ISSN is the printed one; the counts stand in a note."""
    cells: Cells = {"source_row": entry.row, "PT": KINDS.get(entry.kind)}
    for field, values in entry.fields.items():
        tag = _tags("ris").get(field, field)
        text = ("; " if tag in ("C3", "WE", "KW", "FU") else "\n").join(filter(None, values))
        if text and tag not in cells:
            cells[tag] = text
    numbers = [value.strip() for value in entry.fields.get("SN", ()) if value.strip()]
    issns = [n for n in numbers if _ISSN.match(n)]
    cells |= {"SN": next(iter(issns), None), "EI": next(iter(issns[1:]), None)}
    cells["BN"] = "; ".join(n for n in numbers if n not in issns) or None
    notes = str(cells.pop("N1", "") or "")
    counts = {tag: found.group(1) for tag, pattern in _COUNTS.items() if (found := pattern.search(notes))}
    return cells | counts


@cache
def _tags(form: str) -> dict[str, str]:
    """Field name of a format to tag; BibTeX names in lower case."""
    pairs = ((name, tag) for tag, spec in _rows.columns(SOURCE).items() for name in spec.get(form, ()))
    return {name.lower() if form == "bibtex" else name: tag for name, tag in pairs if name != "TY"}
