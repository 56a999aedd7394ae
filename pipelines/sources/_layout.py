"""A file against the declared layout of its source: what is there, what lacks, what nobody declared and which column it may be."""

from __future__ import annotations

import csv
import difflib
from pathlib import Path
from typing import Any

from pipelines.core import catalog, schema
from pipelines.core.errors import SourceError
from pipelines.sources import RECORD, FileHead, Recognised, _foreign, _recognise, _rows, _table, modules

ENOUGH = 3  # known headers below which a table is like nothing we know
NEEDS = {"required": "必需", "header": "必需", "wanted": "应有"}


def diff(path: Path) -> dict[str, Any]:
    """Columns of a file against schemas/sources/<source>.yml.

    Returns source, format, kind, recognised, error (words, or ""), columns: [{column, zh, state, need, note}]; state = present |
    absent | undeclared. A file that nobody recognises is compared with the layout that is nearest to it.
    Errors: SourceError for a file that cannot be opened, or is like nothing we know.
    """
    head = _recognise.look(path)
    try:
        found = _recognise.recognise(path)
    except _foreign.Unknown as error:
        return _nearest(head, error)
    try:
        present, strangers = _read(path, found)
    except SourceError as error:
        return _nearest(head, error, found)
    spec = _of_kind(found.source, found.kind)
    return _told(found.source, found.format, found.kind, True, "", _compare(spec, present, strangers))


def _read(path: Path, found: Recognised) -> tuple[set[str], set[str]]:
    """Declared columns that have a value in the file, and columns that are not declared."""
    declared = _rows.columns(found.source)
    present: set[str] = set()
    strangers: set[str] = set()
    for chunk in modules()[found.source].read(path, found, _recognise.COUNT_ONLY | {"path_text": str(path)}):
        filled = {c for c in chunk.rows.columns if chunk.rows[c].null_count() < chunk.rows.height}
        present |= filled & declared.keys()
        strangers |= filled - declared.keys() - {"source_row", RECORD}
    return present, strangers


def _nearest(head: FileHead, error: SourceError, found: Recognised | None = None) -> dict[str, Any]:
    """The layout whose headers a table holds most of; the refusal itself when it is no table or like none."""
    best: tuple[int, str, list[str]] = (0, "", [])
    tables = _tables(head)
    for source in [found.source] if found else catalog.source_names():
        spec = {n: c for n, c in _rows.columns(source).items() if not c.get("added")}
        for rows in tables:
            at, hits = _table.find(rows, spec)
            if hits > best[0]:
                best = (hits, source, [cell.strip() for cell in rows[at] if cell.strip()])
    hits, source, labels = best
    if hits < ENOUGH:
        raise error
    spec = _of_kind(source, found.kind if found else "")
    known = _table.variants(spec)
    present = {known[_table.label(text)] for text in labels if _table.label(text) in known}
    strangers = {text for text in labels if _table.label(text) not in known}
    form, kind = (found.format, found.kind) if found else ("", "")
    return _told(source, form, kind, found is not None, str(error), _compare(spec, present, strangers))


def _tables(head: FileHead) -> list[list[list[str]]]:
    """Every sheet's first rows; a text file's first lines by each separator."""
    if head.encoding in ("xlsx", "xls"):
        parts = [part.split("\n")[1:] for part in head.text.split(_recognise.SHEET_MARK) if part]
        return [[line.split("\t") for line in lines] for lines in parts]
    lines = head.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[: _table.SEARCHED]
    return [list(csv.reader(lines, delimiter=mark)) for mark in (",", "\t", ";")]


def _of_kind(source: str, kind: str) -> dict[str, dict[str, Any]]:
    """Declared columns that a file of this kind can have."""
    declared = _rows.columns(source)
    return {n: c for n, c in declared.items() if not c.get("added") and (not kind or kind in c.get("kinds", [kind]))}


def _compare(spec: dict[str, dict[str, Any]], present: set[str], strangers: set[str]) -> list[dict[str, str]]:
    rows = []
    for name, column in spec.items():
        there = name in present
        note = "" if there else str(column.get("cost", ""))
        rows.append(_row(name, column, "present" if there else "absent", note))
    by_label = {_table.label(v): n for n, c in spec.items() for v in (n, *c.get("headers", ()))}
    for text in sorted(strangers):
        near = difflib.get_close_matches(_table.label(text), by_label, n=1, cutoff=0.6)
        note = f"可能是“{spec[by_label[near[0]]]['zh']}”（{by_label[near[0]]}）" if near else ""
        rows.append({"column": text, "zh": "", "state": "undeclared", "need": "", "note": note})
    return rows


def _row(name: str, column: dict[str, Any], state: str, note: str) -> dict[str, str]:
    return {
        "column": name,
        "zh": str(column["zh"]),
        "state": state,
        "need": NEEDS.get(column.get("need") or "", ""),
        "note": note,
    }


def _told(source: str, form: str, kind: str, known: bool, error: str, rows: list[dict[str, str]]) -> dict[str, Any]:
    title = schema.source(source).zh
    return {
        "source": source,
        "source_zh": title,
        "format": form,
        "kind": kind,
        "recognised": known,
        "error": error,
        "columns": rows,
    }
