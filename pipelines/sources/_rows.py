"""What every reader hands over: declared columns in their order, extra columns after them, rows that were set aside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from pipelines.core import schema
from pipelines.sources import Chunk

REJECTED = {"row": pl.Int64, "text": pl.String, "expected": pl.String, "found": pl.String, "next_step": pl.String}
CLIP = 2000  # characters of a rejected row that are kept as its text


def columns(source: str) -> dict[str, dict[str, Any]]:
    """Declared raw columns of a source with their zh, need, headers."""
    declared: dict[str, dict[str, Any]] = schema.source(source).spec["columns"]
    return declared


def required(source: str) -> list[str]:
    """Columns without which a row is set aside."""
    return [name for name, spec in columns(source).items() if spec.get("need") == "required"]


def declare(rows: pl.DataFrame, source: str) -> pl.DataFrame:
    """source_row, every declared column (null where the file lacks it), then the vendor's other columns by name."""
    known = columns(source)
    missing = [pl.lit(None, dtype=pl.String).alias(name) for name in known if name not in rows.columns]
    extra = sorted(name for name in rows.columns if name not in known and name != "source_row")
    return rows.with_columns(missing).select("source_row", *known, *extra)


def rejected(rows: Iterable[tuple[int, str, str, str, str]] = ()) -> pl.DataFrame:
    """Rows set aside: number, text (clipped), expected, found, next step."""
    clipped = [(row, text[:CLIP], *words) for row, text, *words in rows]
    return pl.DataFrame(clipped, schema=REJECTED, orient="row")


def chunk(rows: pl.DataFrame, source: str, set_aside: Iterable[tuple[int, str, str, str, str]] = ()) -> Chunk:
    """A chunk in the agreed shape."""
    return Chunk(declare(rows, source), rejected(set_aside))


def without_required(
    rows: pl.DataFrame, source: str, next_step: str
) -> tuple[pl.DataFrame, list[tuple[int, str, str, str, str]]]:
    """Rows that have every required column, and the others with the reason."""
    names = [name for name in required(source) if name in rows.columns]
    absent = [name for name in required(source) if name not in rows.columns]
    bad = pl.any_horizontal(pl.lit(bool(absent)), *(pl.col(n).is_null() for n in names))
    wrong = rows.filter(bad)
    set_aside = []
    for row in wrong.iter_rows(named=True):
        lacking = [n for n in required(source) if row.get(n) is None]
        words = "、".join(f"{n}（{columns(source)[n]['zh']}）" for n in lacking)
        text = " | ".join(f"{k}={v}" for k, v in row.items() if v is not None and k != "source_row")
        set_aside.append(
            (row["source_row"], text, f"每条记录都有 {'、'.join(required(source))}", f"缺少 {words}", next_step)
        )
    return rows.filter(~bad), set_aside
