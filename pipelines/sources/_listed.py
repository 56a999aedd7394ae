"""Tables of lists (journals, people, contracts, usage): which table of a file is which, by labels that may carry years and numbers."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import schema
from pipelines.sources import Chunk, FileHead, Recognised, _delimited, _rows, _sheets, _table

SHEET_MARK = "\x1d"
LONGEST = 200  # characters of a title row that are kept
NUMBERED = "{n}"  # in a declared header: 小类{n}分区 stands for 小类1分区, 小类2分区 …
_YEAR = re.compile(r"[(\[]?(?<!\d)((?:19|20)\d{2})(?:\s*[-–—~至]\s*(?:(?:19|20)\d{2}|\d{2}(?!\d)))?(?!\d)年?版?[)\]]?")
_NUMBER = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
Labels = list[tuple[str, str, str]]
SAMPLE = 5  # rows below the header whose words count


@dataclass(frozen=True)
class Table:
    """A table of a file: its sheet, its kind, its labels with the columns they stand for, and the text above the header."""

    sheet: str  # '' in a text file
    kind: str
    at: int
    columns: tuple[tuple[str, str, str], ...]  # label, column (小类2: minor_2), year in the label
    title: str
    filled: bool  # whether any row stands below the header

    def __str__(self) -> str:
        """As a manifest keeps it."""
        return " | ".join(part for part in (self.kind, self.title) if part)

    @property
    def years(self) -> list[str]:
        """Years that labels carry, each once."""
        return sorted({year for _, _, year in self.columns if year})

    @property
    def names(self) -> set[str]:
        """Columns that the labels stand for."""
        return {name for _, name, _ in self.columns if name}


Allowed = Callable[[str, Table, str], bool]


def find(head: FileHead, source: str, allowed: Allowed = lambda kind, table, words: True) -> list[Table]:
    """Tables of a file that bear the marks of a kind: one column of every group (`marks` in schemas/sources/<source>.yml).

    `allowed` has the last word on a kind, by the table and all its words: some lists are known by their title alone.
    """
    found: list[Table] = []
    shown = [(sheet, mark, rows, _is_other(source, rows)) for sheet, mark, rows in tables(head)]
    if any(other for _, mark, _, other in shown if mark):
        return []
    for sheet, mark, rows, other in shown:
        if other:
            continue
        for at in range(min(len(rows), _table.SEARCHED)):
            if table := _marked(source, sheet, rows, at, allowed):
                found.append(table)
                break
        if found and mark:
            break  # one separator of a text file is the right one
    return found


def details(found: list[Table]) -> dict[str, Any]:
    """What a recognised file keeps of its tables, and the names of their sheets."""
    return {"tables": found, "sheets": [table.sheet for table in found if table.sheet]}


def tables(head: FileHead) -> list[tuple[str, str, list[list[str]]]]:
    """Sheet name, separator and first rows of every sheet; of a text file its first lines by every separator."""
    if head.encoding in ("xlsx", "xls"):
        parts = [part.split("\n") for part in head.text.split(SHEET_MARK) if part]
        return [(lines[0], "", [line.split("\t") for line in lines[1:]]) for lines in parts]
    if head.encoding is None:
        return []
    lines = head.text.replace("\r\n", "\n").replace("\r", "\n").split("\n", 2 * _table.SEARCHED)[: 2 * _table.SEARCHED]
    filled = [line for line in lines if line.strip()]
    marks = [m for m in _delimited.MARKS if any(m in line for line in filled)]
    return [("", mark, [next(csv.reader([line], delimiter=mark), []) for line in filled]) for mark in marks]


def spec(table: Table, source: str, edition: str = "") -> _rows.Spec:
    """Declared columns of the table's kind with the labels as this file writes them; numbered columns each under its name.

    Labels of another year than `edition` stand for nothing: a sheet with the factors of two years gives those of its edition.
    """
    declared = {n: c for n, c in _rows.of_kind(source, table.kind).items() if not c.get("added")}
    out = {n: {**c, "headers": [h.replace(NUMBERED, "1") for h in c.get("headers", ())]} for n, c in declared.items()}
    taken: set[str] = set()
    for label, name, year in table.columns:
        if not name or name in taken or (year and edition and year != edition[: len(year)]):
            continue
        taken.add(name)
        base = declared[name] if name in declared else declared[name.rpartition("_")[0]]
        out.setdefault(name, {"zh": base["zh"]})
        out[name] = {**out[name], "headers": [label]}
    return out


def parts(
    path: Path, found: Recognised, columns: Callable[[Table], _rows.Spec], next_step: str
) -> Iterator[tuple[Table, pl.DataFrame, list[_rows.Row]]]:
    """Rows of every table of a file in frames of bounded size, numbered through the file, and rows that cannot be split.

    Errors: SourceError when a required header is missing.
    """
    before = 0
    for table in found.details["tables"]:
        last = before
        for body, broken in _bodies(path, found, table, columns(table), next_step):
            rows = body.with_columns(pl.col("source_row") + before)
            moved: list[_rows.Row] = [(n + before, text, why, seen, step) for n, text, why, seen, step in broken]
            last = max([last, *rows["source_row"].tail(1), *(row[0] for row in moved)])
            yield table, rows, moved
        before = last


class Gaps:
    """Lines among the rows that are none (totals, notes, headings, titles glued in): rows are numbered without them."""

    def __init__(self) -> None:
        self._lines = pl.Series(dtype=pl.Int64)

    def left_out(self, body: pl.DataFrame, kept: pl.DataFrame) -> None:
        """Remember which rows of a part were not kept."""
        lines = body["source_row"].cast(pl.Int64)
        self._lines = pl.concat([self._lines, lines.filter(~lines.is_in(kept["source_row"].implode()))]).sort()

    def closed(self, chunk: Chunk) -> Chunk:
        """The chunk with the numbers that its rows have among the rows of the file."""
        return Chunk(self._numbered(chunk.rows, "source_row"), self._numbered(chunk.rejected, "row"))

    def _numbered(self, rows: pl.DataFrame, column: str) -> pl.DataFrame:
        earlier = pl.Series(self._lines.search_sorted(rows[column], side="left"), dtype=rows[column].dtype)
        return rows.with_columns(rows[column] - earlier)


def _bodies(
    path: Path, found: Recognised, table: Table, columns: _rows.Spec, next_step: str
) -> Iterator[_delimited.Part]:
    if found.format == "csv":
        yield from _delimited.frames(path, found.encoding or "utf-8", columns, next_step)
        return
    grid = _sheets.grid(path, table.sheet)
    yield _table.body(grid, _table.header(_sheets.rows(grid, _table.SEARCHED), columns, path.name)), []


def resolve(source: str, kind: str, labels: list[str]) -> Labels:
    """Which column each label of a row stands for, '' for none, and the year it carries."""
    exact, numbered = _known(source, kind)
    return [(label, *_column(label, exact, numbered)) for label in labels]


def numbered(names: list[str], base: str) -> list[str]:
    """base, base_2, base_3 … among column names, in order."""
    found = [n for n in names if n == base or re.fullmatch(rf"{re.escape(base)}_\d+", n)]
    return sorted(found, key=lambda n: int(n.rpartition("_")[2]) if n != base else 1)


def years_in(text: str) -> list[str]:
    """Years in a text: 2024, or 2021-2022 where two stand together."""
    plain = _table.label(text)
    spans = re.findall(r"(?<!\d)((?:19|20)\d{2})(?:[-–—~至]((?:19|20)\d{2}))?(?!\d)", plain)
    return list(dict.fromkeys(f"{a}-{b}" if b else a for a, b in spans))


def _marked(source: str, sheet: str, rows: list[list[str]], at: int, allowed: Allowed) -> Table | None:
    """The table whose header is this row, if the row bears the marks of a kind."""
    row, below = rows[at], rows[at + 1 : at + 1 + SAMPLE]
    if len([cell for cell in row if cell.strip()]) < 2:
        return None
    above = [" ".join(c.strip() for c in line if c.strip())[:LONGEST] for line in rows[:at]]
    title = " | ".join(part for part in (sheet, *above) if part)
    words = " ".join((title, *row, *(cell for line in below for cell in line)))
    for kind, groups in schema.source(source).spec["marks"].items():
        filled = any(cell.strip() for line in below for cell in line)
        table = Table(sheet, kind, at, tuple(resolve(source, kind, row)), title, filled)
        if all(table.names.intersection(group) for group in groups) and allowed(kind, table, words):
            return table
    return None


def _is_other(source: str, rows: list[list[str]]) -> bool:
    """Whether a row holds a label that no table of the source has (`never`)."""
    never = _never(source)
    return any(len(row) > 1 and not never.isdisjoint(map(_table.label, row)) for row in rows[: _table.SEARCHED])


@cache
def _never(source: str) -> frozenset[str]:
    return frozenset(_table.label(text) for text in schema.source(source).spec.get("never", ()))


@cache
def _known(source: str, kind: str) -> tuple[dict[str, str], dict[str, str]]:
    """Compared header to column: plain ones, and those with a number in them."""
    exact: dict[str, str] = {}
    with_number: dict[str, str] = {}
    for name, column in _rows.of_kind(source, kind).items():
        for header in () if column.get("added") else (name, *column.get("headers", ())):
            marked = header.replace(NUMBERED, "\x00")
            (with_number if NUMBERED in header else exact).setdefault(_table.label(marked), name)
    return exact, with_number


@cache
def _forms(label: str) -> tuple[str, str, str, str]:
    """A label as compared, without its year, with its number as a mark; the year; the number."""
    plain = _table.label(label)
    year = _YEAR.search(plain)
    bare = _YEAR.sub("", plain) if year else plain
    number = _NUMBER.search(bare)
    marked = bare[: number.start()] + "\x00" + bare[number.end() :] if number else ""
    return plain, bare, marked, f"{year.group(1) if year else ''}|{number.group() if number else ''}"


def _column(label: str, exact: dict[str, str], with_number: dict[str, str]) -> tuple[str, str]:
    plain, bare, marked, found = _forms(label)
    year, _, number = found.partition("|")
    if plain in exact:
        return exact[plain], ""
    if bare and bare in exact:
        return exact[bare], year
    if marked in with_number:
        name = with_number[marked]
        return (name if int(number) <= 1 else f"{name}_{int(number)}"), year
    return "", ""
