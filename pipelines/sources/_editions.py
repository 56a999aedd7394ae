"""Which edition of a list a table is: what the table says, else batch.yml, else the name of folder or file; never a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.core import schema
from pipelines.core.errors import SourceError
from pipelines.sources import _listed

CONTENT, BATCH, NAME = "内容", "batch.yml", "文件夹或文件名"
_SPAN = r"\s*[-–—~至]\s*"
_CELL = r"(?:^|\D)((?:19|20)\d{2}(?:\s*[-–—~至]\s*(?:19|20)\d{2})?)(?:\D|$)"


@dataclass(frozen=True)
class Told:
    """An edition ('' when only the rows can say it) and what says so."""

    edition: str
    basis: str


def of(table: _listed.Table, source: str, hints: Mapping[str, Any], where: str) -> Told:
    """Edition of a whole table: the words above it, else the years in its labels, else a hint, else a name.

    Errors: SourceError when labels name several years and nothing says which.
    """
    title, by_label = stated(table.title, source, table.kind), table.years
    if title and (not by_label or title[:4] in by_label or not _by_label(source, table.kind)):
        return Told(title, CONTENT)
    if len(by_label) == 1:
        return Told(by_label[0], CONTENT)
    if given := str(hints.get("edition") or ""):
        return Told(given, BATCH)
    if by_label:
        raise SourceError(
            f"{_zh(source, table.kind)}的表头里有几个年份，不知道是哪一年的名单",
            expected="一个年份的名单",
            found="、".join(by_label),
            where=where,
            next_step="请在同一文件夹放入 batch.yml，写一行 edition: 2025（名单的年份）；或只保留一年的列后重新放入",
        )
    return Told(_in_path(str(hints.get("path_text") or where)), NAME)


def with_edition(
    rows: pl.DataFrame, table: _listed.Table, source: str, told: Told, own: tuple[str, ...], where: str
) -> pl.DataFrame:
    """edition and edition_basis of each row: what the row itself says (columns `own`) stands over what the table says.

    Errors: SourceError when a row has none.
    """
    by_row = pl.coalesce(pl.lit(None, pl.String), *(pl.col(c).str.extract(_CELL, 1) for c in own if c in rows.columns))
    dated = rows.with_columns(
        edition=pl.coalesce(by_row, pl.lit(told.edition or None, pl.String)).str.replace(_SPAN, "-"),
        edition_basis=pl.when(by_row.is_not_null()).then(pl.lit(CONTENT)).otherwise(pl.lit(told.basis)),
    )
    if dated["edition"].null_count():
        raise SourceError(
            f"不知道这是哪一版{_zh(source, table.kind)}",
            expected="名单的年份：表格上方的标题、工作表名、列名或“年份”列里写明，如 2025、2021-2022",
            found="表格、batch.yml、文件夹和文件名里都没有年份（或不止一个）",
            where=where,
            next_step="请在同一文件夹放入 batch.yml，写一行 edition: 2025；或把文件放进以年份命名的文件夹后重新放入",
        )
    return dated


def stated(title: str, source: str, kind: str) -> str:
    """Edition that the words above a table state; '' when there is none or more than one."""
    patterns = schema.source(source).spec["editions"]
    found = [next(p for p in m.groups() if p) for m in re.finditer(patterns.get(kind, patterns["other"]), title)]
    plain = list(dict.fromkeys(re.sub(_SPAN, "-", text) for text in found))
    spans = [text for text in plain if "-" in text]
    return spans[0] if len(spans) == 1 else plain[0] if len(plain) == 1 else ""


def _by_label(source: str, kind: str) -> bool:
    """Whether a year in a label says more than one in the title: JCR's labels carry the year of the figures."""
    return kind in schema.source(source).spec.get("editions_by_label", ())


def _in_path(path: str) -> str:
    """The edition that the innermost name of a path gives alone; '' when it gives none or several."""
    for part in reversed(re.split(r"[\\/]", path)):
        if years := _listed.years_in(part):
            return years[0] if len(years) == 1 else ""
    return ""


def _zh(source: str, kind: str) -> str:
    words: dict[str, str] = schema.source(source).spec["kinds"]
    return words[kind]
