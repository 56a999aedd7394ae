"""Web of Science in Excel (savedrecs.xls, .xlsx) and CSV files made of it: columns by header label, one record per row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.core.errors import SourceError
from pipelines.sources import Chunk, FileHead, _delimited, _rows, _sheets, _table

SOURCE = "wos"
LIMIT = 32_767  # characters that Excel holds in a cell
NEEDED = ("UT", "TI")
OWN = {
    "PT",
    "C3",
    "RP",
    "NR",
    "TC",
    "Z9",
    "Z8",
    "U1",
    "U2",
    "J9",
    "JI",
    "WC",
    "WE",
    "SC",
    "GA",
    "HC",
    "PN",
    "MA",
    "D2",
    "DC",
}  # no list of works has these
ENOUGH = 6  # labels of ours that a header row must have
NEXT = "请在 Web of Science 重新导出（建议选纯文本格式）；同一文件中的其他记录不受影响"
TITLES = 5  # lines among which the header of a text stands
_TAGS = r'"?PT"?[,;]"?[A-Z0-9]{2}"?[,;]'
_NUMBER = re.compile(r"^\s*(?:[A-Z]{3,8}:\S+|0\d{14}|A\d{4}[A-Z0-9]{10})\s*$")


def found(head: FileHead) -> tuple[list[str], set[str]] | None:
    """Sheets that hold records (of a text file: one, without a name) and the columns they have; None when there are none.

    A header row alone proves nothing: InCites and others have titles and accession numbers too. The numbers themselves decide.
    Errors: SourceError when a header of ours has no row below it.
    """
    sheets = _sheet_heads(head) if head.encoding in ("xlsx", "xls") else _csv_head(head)
    names: list[str] = []
    present: set[str] = set()
    empty = False
    for name, rows in sheets:
        at, hits = _table.find(rows, _rows.columns(SOURCE))
        if hits < ENOUGH:
            continue
        columns = _columns(rows[at])
        numbers = [
            row[place] for row in rows[at + 1 :] for place, n in columns.items() if n == "UT" and place < len(row)
        ]
        by_tags = {"PT", "UT"}.issubset(rows[at])  # the header is the tags themselves
        if not set(NEEDED).issubset(columns.values()) or not (by_tags or len(OWN.intersection(columns.values())) >= 3):
            continue
        if not any(numbers):
            empty |= {"PT", "SO"}.issubset(columns.values())
        elif any(_NUMBER.match(number) for number in numbers):
            names.append(name)
            present |= set(columns.values())
    if empty and not names:
        raise SourceError(
            "表里只有 Web of Science 的表头，没有记录", expected="至少一条记录", found="0 条记录", where=head.path.name,
            next_step="请检查检索结果是否为空、导出时的记录范围是否填对，然后重新导出",
        )  # fmt: skip
    return (names, present) if names else None


def read(path: Path, encoding: str, sheets: list[str]) -> Iterator[Chunk]:
    """All rows of every sheet that holds records, numbered through; a row without UT is set aside."""
    parts = _of_sheets(path, sheets) if encoding in ("xlsx", "xls") else _of_text(path, encoding)
    for body, broken in parts:
        rows = _cut(_merged(_proper(_again(body)))).with_columns(file_format=pl.lit("sheet"))
        good, set_aside = _rows.without_required(rows, _rows.columns(SOURCE), NEXT)
        yield _rows.chunk(good, SOURCE, sorted(set_aside + broken))


def _of_sheets(path: Path, sheets: list[str]) -> Iterator[_delimited.Part]:
    return ((rows, []) for rows in _table.bodies(path, sheets, _rows.columns(SOURCE)))


def _of_text(path: Path, encoding: str) -> Iterator[_delimited.Part]:
    return _delimited.frames(path, encoding, _rows.columns(SOURCE), NEXT)


def _again(rows: pl.DataFrame) -> pl.DataFrame:
    """A label that stands twice means another column the second time (`again`)."""
    spec = _rows.columns(SOURCE)
    for name in rows.columns:
        second = spec.get(re.sub(r"_\d+$", "", name), {}).get("again")
        if name not in spec and second and second not in rows.columns:
            rows = rows.rename({name: second})
    return rows


def _proper(rows: pl.DataFrame) -> pl.DataFrame:
    """Cached values of formulas that say nothing are no values; columns without a label that are empty are no columns."""
    said = {name: spec["empty"] for name, spec in _rows.columns(SOURCE).items() if "empty" in spec}
    blank = [c for c in rows.columns if c.startswith("column_") and rows[c].null_count() == rows.height]
    return rows.drop(blank).with_columns(
        pl.when(~pl.col(n).is_in(values)).then(pl.col(n)).alias(n) for n, values in said.items() if n in rows.columns
    )


def _merged(rows: pl.DataFrame) -> pl.DataFrame:
    """Labels of one meaning (titles in Chinese, in Russian) fill one column; a second value stays in a column of its own."""
    spec = _rows.columns(SOURCE)
    for name in rows.columns:
        first = re.sub(r"_\d+$", "", name)
        if name in spec or first not in spec:
            continue
        rows = rows.with_columns(
            pl.coalesce(first, name).alias(first), pl.when(pl.col(first).is_not_null()).then(name).alias(name)
        )
        rows = rows.drop(name) if rows[name].null_count() == rows.height else rows
    return rows


def _cut(rows: pl.DataFrame) -> pl.DataFrame:
    """cut_cells: the columns whose cell is as long as Excel allows."""
    longest = rows.select(pl.all().exclude("source_row").str.len_chars().max())
    full = [name for name in longest.columns if (longest[name][0] or 0) >= LIMIT]
    named = pl.concat_str(
        [pl.when(pl.col(n).str.len_chars() >= LIMIT).then(pl.lit(n)) for n in full] or [pl.lit("")],
        separator="; ",
        ignore_nulls=True,
    )
    return rows.with_columns(cut_cells=pl.when(named != "").then(named))


def _columns(labels: list[str]) -> dict[int, str]:
    known = _table.variants(_rows.columns(SOURCE))
    return {place: known[_table.label(text)] for place, text in enumerate(labels) if _table.label(text) in known}


def _sheet_heads(head: FileHead) -> list[tuple[str, list[list[str]]]]:
    parts = [part.split("\n") for part in head.text.split("\x1d") if part]
    return [(lines[0], [line.split("\t") for line in lines[1:]]) for lines in parts]


def _csv_head(head: FileHead) -> list[tuple[str, list[list[str]]]]:
    """The first rows of a text file, if they look like a table; a title may stand above its header."""
    text = head.text.removeprefix("\ufeff")
    lines = text.splitlines()[: _table.SEARCHED]
    number = {_table.label(label) for label in _rows.columns(SOURCE)["UT"]["headers"]}
    cells = [cell.strip('" ') for line in lines[:TITLES] for cell in re.split(r"[,;\t]", line)]
    if not any(re.match(_TAGS, line.lstrip()) for line in lines[:TITLES]) and not number & {
        _table.label(c) for c in cells
    }:
        return []
    return [("", list(csv.reader(lines, delimiter=_sheets.separator(text))))]
