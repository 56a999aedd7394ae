"""Engineering Village ASCII text: blocks `<RECORD n>` of labelled lines; unlabelled lines continue the value before them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polars as pl

from pipelines.sources import _rows, _table, _text

SOURCE = "ei"
NEXT = "请在 Engineering Village 重新下载这条记录（Excel 或 CSV，Detailed record）；同一文件中的其他记录不受影响"
ROWS = 5000
LONGEST = 4 << 20  # characters of one record
MARK = re.compile(r"\ufeff?\s*<RECORD \d+>\s*$", re.I)
_LABEL = re.compile(r"([A-Z][A-Za-z0-9()/ -]{1,44}?):\s?(.*)")
_COPYRIGHT = re.compile(r"(?:Compilation and indexing terms|Copyright|©)\b", re.I)
_PROSE = {"title", "abstract", "funding_text", "funding_details"}  # 'Results: …' in them is no label
_UNDECODED = re.compile(r"[\udc80-\udcff]")
Part = tuple[pl.DataFrame, list[_rows.Row]]


def records(path: Path, encoding: str) -> Iterator[Part]:
    """Records in parts of bounded size; what stands before the first mark is no record."""
    rows: list[dict[str, str | int]] = []
    bad: list[_rows.Row] = []
    databases = 0  # every whole record names its database near its end
    for number, lines, last in _blocks(path, encoding):
        text = "\n".join(lines)
        cells = _cells(lines)
        databases += "database" in cells
        wrong = ""
        if last and databases and "database" not in cells:
            wrong = "没有 Database 一行：文件在这条记录中间断开"
        elif len(text) >= LONGEST:
            wrong = "一条记录超过 4 MB：其后没有 <RECORD n>"
        elif _UNDECODED.search(text):
            wrong = "含有无法解读的字节"
        if wrong:
            clean = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            bad.append((number, clean, "完整的记录，以 <RECORD n> 开始", wrong, NEXT))
        else:
            rows.append({"source_row": number, **cells})
        if len(rows) + len(bad) >= ROWS:
            yield _frame(rows), bad
            rows, bad = [], []
    yield _frame(rows), bad


def present(text: str) -> set[str]:
    """Columns that the beginning of a file shows."""
    labels = {_table.label(found) for found in re.findall(r"^([A-Z][A-Za-z0-9()/ -]{1,44}?):", text, re.M)}
    return {name for label, name in _labels().items() if label in labels}


def _blocks(path: Path, encoding: str) -> Iterator[tuple[int, list[str], bool]]:
    """Number, lines and whether it is the last, of every record."""
    number, size = 0, 0
    lines: list[str] = []
    for block in _text.blocks(path, encoding, _text.after_last_line):
        for line in block.decode("utf-8", "surrogateescape").removesuffix("\n").split("\n"):
            if MARK.match(line):
                if number:
                    yield number, lines, False
                number, lines, size = number + 1, [], 0
            elif number and size < LONGEST:
                lines.append(line)
                size += len(line) + 1
    if number:
        yield number, lines, True


def _cells(lines: list[str]) -> dict[str, str]:
    values: dict[str, list[str]] = {}
    current = ""
    for line in lines:
        found = _LABEL.match(line)
        name = _labels().get(_table.label(found.group(1)), "") if found else ""
        if found and not name and current not in _PROSE and len(found.group(1).split()) <= 5:
            name = found.group(1)  # a label nobody declared keeps its own name
        if found and name:
            current = name
            values.setdefault(name, []).append(found.group(2).strip())
        elif _COPYRIGHT.match(line):
            current = "copyright"
            values.setdefault(current, []).append(line.strip())
        elif current and line.strip():
            values[current].append(line.strip())
    return {name: text for name, parts in values.items() if (text := "\n".join(filter(None, parts)))}


def _frame(rows: list[dict[str, str | int]]) -> pl.DataFrame:
    names = dict.fromkeys(("source_row", *_labels().values(), *(name for row in rows for name in row)))
    return pl.DataFrame(rows, schema={name: pl.Int64 if name == "source_row" else pl.String for name in names})


@cache
def _labels() -> dict[str, str]:
    """Compared label to column."""
    declared = _rows.columns(SOURCE).items()
    return {_table.label(label): name for name, spec in declared for label in spec.get("headers", ())}
