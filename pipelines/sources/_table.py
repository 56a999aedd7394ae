"""Tables with a header row somewhere near the top: columns by name through the variants of schemas/sources/<source>.yml."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core.errors import SourceError
from pipelines.sources import _sheets

SEARCHED = 20  # rows in which a header may stand
LONGEST = 500  # characters of a header that are compared; a cell of megabytes is none
NOTE = re.compile(r"[(（](?:必填|选填|可选|必须|required|optional)[)）]|[*＊※]", re.I)


@dataclass(frozen=True)
class Header:
    """Where the header row is, and which column of the grid is which declared or extra column."""

    row: int
    columns: dict[str, str]  # grid column -> name
    labels: tuple[str, ...]


def label(text: str) -> str:
    """A header as it is compared: half-width, lower case, no blanks, no '(必填)' or '*'."""
    return _label(text[:LONGEST])


@lru_cache(maxsize=1 << 14)
def _label(text: str) -> str:
    plain = unicodedata.normalize("NFKC", NOTE.sub("", text))
    return re.sub(r"[\s_]+", "", plain).casefold().strip(":：")


def variants(columns: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Compared header to column name."""
    return {label(v): name for name, spec in columns.items() for v in (name, *spec.get("headers", []))}


def find(rows: list[list[str]], columns: dict[str, dict[str, Any]]) -> tuple[int, int]:
    """The row that holds most known headers, and how many it holds."""
    known = variants(columns)
    hits = [len({known[label(cell)] for cell in row if label(cell) in known}) for row in rows[:SEARCHED]]
    best = max(range(len(hits)), key=lambda at: (hits[at], -at), default=0)
    return best, hits[best] if hits else 0


def header(rows: list[list[str]], columns: dict[str, dict[str, Any]], where: str) -> Header:
    """Map a grid's header row. Errors: SourceError when a required header is missing, with its variants and the nearest label."""
    at, _ = find(rows, columns)
    labels = tuple(cell.replace("\n", " ").strip() for cell in rows[at]) if rows else ()
    known = variants(columns)
    names: dict[str, str] = {}
    for number, text in enumerate(labels):
        name = known.get(label(text), "")
        if not name and text:
            name = text
        if name and name in names.values():
            name = f"{name}_{number + 1}"
        names[f"c{number}"] = name or f"column_{number + 1}"
    missing = [
        n
        for n, s in columns.items()
        if s.get("need") in ("required", "header") and n not in names.values() and not s.get("added")
    ]
    if missing:
        raise _missing(missing, columns, labels, where)
    return Header(at, names, labels)


def body(grid: pl.DataFrame, head: Header) -> pl.DataFrame:
    """Rows below the header as named columns, numbered from 1 as source_row; rows without a value under any header are no rows."""
    rows = grid.slice(head.row + 1).rename({c: f"{c}\x00" for c in grid.columns})
    rows = rows.rename({f"{c}\x00": head.columns.get(c, c) for c in grid.columns})
    named = [c for c in rows.columns if not c.startswith("column_")]
    rows = rows.filter(~pl.all_horizontal(pl.col(named).is_null()))
    empty = [c for c in rows.columns if c.startswith("column_") and rows[c].null_count() == rows.height]
    numbered = rows.drop(empty).with_row_index("source_row", offset=1)
    return numbered.with_columns(pl.col("source_row").cast(pl.Int64))


def alike(tables: Iterable[tuple[str, list[list[str]]]], labels: Sequence[str]) -> list[str]:
    """Names of the sheets in which this very header row stands: a table that goes on in a second sheet is one table."""
    return [name for name, rows in tables if any(_trimmed(row) == _trimmed(labels) for row in rows)]


def bodies(path: Path, names: Iterable[str], columns: dict[str, dict[str, Any]]) -> Iterator[pl.DataFrame]:
    """Rows of several sheets of a workbook, each as `body` gives them, numbered through."""
    before = 0
    for name in names:
        grid = _sheets.grid(path, name)
        rows = body(grid, header(_sheets.rows(grid, SEARCHED), columns, path.name))
        yield rows.with_columns(pl.col("source_row") + before)
        before += rows.height


def _trimmed(row: Sequence[str]) -> list[str]:
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _missing(missing: list[str], columns: dict[str, dict[str, Any]], labels: Iterable[str], where: str) -> SourceError:
    found = [text for text in labels if text]
    by_label = {label(text): text for text in found}
    words = []
    for name in missing:
        known = columns[name].get("headers", [name])
        near = [m for v in known for m in difflib.get_close_matches(label(v), by_label, n=1, cutoff=0.5)]
        nearest = f"；最接近的是“{by_label[near[0]]}”" if near else ""
        words.append(f"“{columns[name]['zh']}”（可写作：{'、'.join(known)}{nearest}）")
    return SourceError(
        f"表头缺少必需的列：{'；'.join(words)}",
        expected="、".join(str(columns[n]["zh"]) for n in missing),
        found="表头是：" + ("、".join(found) or "空"),
        where=where,
        next_step="请把这一列的列名改成上面任意一种写法，或补上这一列后重新放入",
    )
