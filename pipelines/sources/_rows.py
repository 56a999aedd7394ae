"""What every reader hands over: declared columns in their order, extra columns after them, rows that were set aside."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import polars as pl

from pipelines.core import schema
from pipelines.sources import RECORD, Chunk

Spec = dict[str, dict[str, Any]]
Row = tuple[int, str, str, str, str]  # row number, text, expected, found, next step
REJECTED = {"row": pl.Int64, "text": pl.String, "expected": pl.String, "found": pl.String, "next_step": pl.String}
NOTE = re.compile(
    r"(?:合\s*计|总\s*计|小\s*计|共\s*计|备注|注|说明|制表|填表|统计日期|数据截至)(?:[:：(（\s]|$)"
)  # what stands under a table
CLIP = 2000  # characters of a rejected row that are kept as its text


def columns(source: str) -> Spec:
    """Declared raw columns of a source with their zh, need, headers."""
    declared: Spec = schema.source(source).spec["columns"]
    return declared


def of_kind(source: str, kind: str) -> Spec:
    """Columns of one kind of file of a source, with what that kind requires (`need_in` over `need`)."""
    declared = {n: c for n, c in columns(source).items() if kind in c.get("kinds", ())}
    return {n: c | {"need": c.get("need_in", {}).get(kind, c.get("need"))} for n, c in declared.items()}


def required(spec: Spec) -> list[str]:
    """Columns without which a row is set aside."""
    return [name for name, column in spec.items() if column.get("need") == "required"]


def declare(rows: pl.DataFrame, source: str) -> pl.DataFrame:
    """source_row, every declared column (null where the file lacks it), then the vendor's other columns by name."""
    known = columns(source)
    missing = [pl.lit(None, dtype=pl.String).alias(name) for name in known if name not in rows.columns]
    extra = sorted(name for name in rows.columns if name not in known and name not in ("source_row", RECORD))
    own = [RECORD] if RECORD in rows.columns else []
    return rows.with_columns(missing).select("source_row", *known, *extra, *own)


def current(raw: pl.LazyFrame, source: str) -> pl.LazyFrame:
    """Raw rows of an older delivery under today's layout: renamed columns by their new name, columns declared since as null.

    `renamed: {old name: new name}` in schemas/sources/<source>.yml; what is no longer declared stays as it is.
    """
    held = raw.collect_schema().names()
    renamed = {o: n for o, n in schema.source(source).spec.get("renamed", {}).items() if o in held and n not in held}
    names = {renamed.get(name, name) for name in held}
    later = [pl.lit(None, dtype=pl.String).alias(name) for name in columns(source) if name not in names]
    return raw.rename(renamed).with_columns(later)


def rejected(rows: Iterable[Row] = ()) -> pl.DataFrame:
    """Rows set aside: number, text (clipped), expected, found, next step."""
    clipped = [(row, text[:CLIP], *words) for row, text, *words in rows]
    return pl.DataFrame(clipped, schema=REJECTED, orient="row")


def chunk(rows: pl.DataFrame, source: str, set_aside: Iterable[Row] = ()) -> Chunk:
    """A chunk in the agreed shape."""
    return Chunk(declare(rows, source), rejected(set_aside))


def notes_apart(rows: pl.DataFrame, spec: Spec) -> tuple[pl.DataFrame, list[Row]]:
    """Rows, and apart from them what is none: totals and notes under a table, which lack what every row has."""
    needed = [n for n in required(spec) if n in rows.columns]
    added = {n for n, column in spec.items() if column.get("added")}
    aside = []
    for row in (
        rows.filter(pl.any_horizontal(pl.col(n).is_null() for n in needed)).iter_rows(named=True) if needed else ()
    ):
        first = next((v for n, v in row.items() if isinstance(v, str) and n not in added), "")
        if NOTE.match(first):
            told = (f"“{first[:40]}”：表下的合计或说明，不是记录", "这一行不需要处理")
            aside.append((row["source_row"], first, "表里只有记录", *told))
    return rows.filter(~pl.col("source_row").is_in([number for number, *_ in aside])), aside


def without_required(rows: pl.DataFrame, spec: Spec, next_step: str) -> tuple[pl.DataFrame, list[Row]]:
    """Rows that have every required column, and the others with the reason."""
    rows, set_aside = notes_apart(rows, spec)
    needed = required(spec)
    absent = [name for name in needed if name not in rows.columns]
    bad = pl.any_horizontal(pl.lit(bool(absent)), *(pl.col(n).is_null() for n in needed if n not in absent))
    expected = "每条记录都有" + "、".join(str(spec[n]["zh"]) for n in needed)
    for row in rows.filter(bad).iter_rows(named=True):
        words = "、".join(f"{spec[n]['zh']}（{n}）" for n in needed if row.get(n) is None)
        set_aside.append((row["source_row"], as_text(row), expected, f"缺少{words}", next_step))
    return rows.filter(~bad), set_aside


def as_text(row: dict[str, Any]) -> str:
    """A row as one line for people: name=value of every filled column."""
    return " | ".join(f"{k}={v}" for k, v in row.items() if v is not None and k not in ("source_row", RECORD))
