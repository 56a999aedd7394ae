"""ProQuest's RIS, BibTeX and text as rows of the columns of schemas/sources/pqdt.yml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import polars as pl

from pipelines.sources import _bibtex, _entries, _ris, _rows, _table, _text
from pipelines.sources._entries import Entry

Read = Iterator[tuple[pl.DataFrame, list[_rows.Row]]]
SOURCE = "pqdt"
LISTS = (
    "authors",
    "advisors",
    "committee",
    "subjects",
    "notes",
)  # fields of several values; one per line in the raw cell
TYPES = {
    "thes": "Dissertations & Theses",
    "phdthesis": "Dissertations & Theses",
    "mastersthesis": "Dissertations & Theses",
}
NEXT = "请在 ProQuest 重新导出这条记录；同一文件中的其他记录照常使用"
RECORDS = 2000  # records handed over at a time
_RULE = re.compile(r"^_{20,}\s*$", re.M)
_LABEL = re.compile(r"^([^\s:：][^:：\n]{0,45})[:：]\s?(.*)$")
_NUMBERED = re.compile(r"^(?:Document|文档|文件)\s*\d+\s*(?:of|/|共)", re.I)


def ris(path: Path, encoding: str) -> Read:
    """Records of a RIS file."""
    return _references(_ris.entries(path, encoding), "ris")


def bibtex(path: Path, encoding: str) -> Read:
    """Entries of a BibTeX file, LaTeX resolved; authors are joined by `and` there."""
    for rows, set_aside in _references(_bibtex.entries(path, encoding), "bibtex"):
        texts = [c for c in rows.columns if rows[c].dtype == pl.String]
        plain = rows.with_columns(pl.col(c).map_elements(_bibtex.plain, return_dtype=pl.String) for c in texts)
        yield plain.with_columns(pl.col("authors").str.replace_all(r"\s+and\s+", "\n")), set_aside


def texts(path: Path, encoding: str) -> Read:
    """Records of a text file: labels and values between lines of underscores; what has no label is heading or footer."""
    found: list[dict[str, str | int]] = []
    set_aside: list[_rows.Row] = []
    row = 0
    for part in _parts(path, encoding):
        record = _labelled(part)
        if len(record) < 3 and not ({"title", "store_id"} & record.keys()):
            continue
        row += 1
        if {"store_id", "link"} & record.keys():
            found.append(record | {"source_row": row})
        else:
            expected = "每条记录有题名和 ProQuest 文档号"
            set_aside.append((row, part.strip(), expected, "没有文档号，也没有链接：记录可能被截断", NEXT))
        if len(found) >= RECORDS:
            yield frame(found), set_aside
            found, set_aside = [], []
    yield frame(found), set_aside


def looks_like_text(head: str) -> bool:
    """Whether a text has labels of ProQuest at the beginning of its lines, among them its document number or address."""
    known = {known for line in head.split("\n") if (known := _column(line))}
    return len(known) >= 4 and "title" in known and bool({"store_id", "link"} & known)


def _references(items: Iterator[Entry | _entries.Broken], form: str) -> Read:
    fields = {name: spec[form] for name, spec in _rows.columns(SOURCE).items() if spec.get(form)}
    for batch in _entries.batches(items, RECORDS):
        found: list[dict[str, str | int | None]] = []
        for entry in batch.entries:
            found.append({"source_row": entry.row, "article_type": TYPES.get(entry.kind, entry.kind.upper())})
            found[-1] |= {n: entry.joined("\n", *t) if n in LISTS else entry.first(*t) for n, t in fields.items()}
        broken = [(b.row, b.text, b.expected, b.found, b.next_step) for b in batch.broken]
        yield frame(found), broken


def frame(records: Sequence[Mapping[str, str | int | None]]) -> pl.DataFrame:
    """Records as rows: source_row and every declared column, null where a record lacks it."""
    columns = {"source_row": pl.Int64} | {name: pl.String for name in _rows.columns(SOURCE) if name != "file_format"}
    rows = [[record.get(name) for name in columns] for record in records]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _parts(path: Path, encoding: str) -> Iterator[str]:
    """Texts between lines of underscores."""
    for block in _text.blocks(path, encoding, lambda data: data.rfind(b"\n____________________") + 1):
        yield from _RULE.split(block.decode("utf-8", "replace"))


def _labelled(part: str) -> dict[str, str | int]:
    """Fields of a record; lines without a known label continue the field above, `Document 1 of 9` is none.

    Title and author stand at the head of a record and again among the details: what is said twice counts once.
    """
    fields: dict[str, list[list[str]]] = {}
    current: list[str] = []
    for line in part.split("\n"):
        if name := _column(line):
            matched = _LABEL.match(line)
            current = [matched.group(2) if matched else ""]
            fields.setdefault(name, []).append(current)
        elif not _NUMBERED.match(line):
            current.append(line)
    said = {name: dict.fromkeys("\n".join(lines).strip() for lines in every) for name, every in fields.items()}
    return {name: text for name, values in said.items() if (text := "\n".join(filter(None, values)))}


def _column(line: str) -> str:
    """The column whose label begins a line; '' for none."""
    matched = _LABEL.match(line)
    return _known().get(_table.label(matched.group(1)), "") if matched else ""


@cache
def _known() -> dict[str, str]:
    labels = {name: spec for name, spec in _rows.columns(SOURCE).items() if spec.get("headers")}
    return {_table.label(text): name for name, spec in labels.items() for text in spec["headers"]}
