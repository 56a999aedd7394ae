"""Which edition of a list of journals a table is: what the table says, else batch.yml, else the name of folder or file; never a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.core import schema
from pipelines.core.errors import SourceError
from pipelines.sources import _listed

SOURCE = "journals"
CONTENT, BATCH, NAME = "内容", "batch.yml", "文件夹或文件名"
_CELL = r"(?:^|\D)((?:19|20)\d{2}(?:\s*[-–—~至]\s*(?:19|20)\d{2})?)(?:\D|$)"


@dataclass(frozen=True)
class Told:
    """An edition ('' when only the rows can say it) and what says so."""

    edition: str
    basis: str


def of(table: _listed.Table, hints: Mapping[str, Any], where: str) -> Told:
    """Edition of a whole table. Errors: SourceError when labels or title name several and nothing says which."""
    title = stated(table.title, table.kind)
    by_label = table.years
    if title and (not by_label or title[:4] in by_label or table.kind != "jcr"):
        return Told(title, CONTENT)
    if len(by_label) == 1:
        return Told(by_label[0], CONTENT)
    if given := str(hints.get("edition") or ""):
        return Told(given, BATCH)
    if by_label:
        raise SourceError(
            f"{_zh(table.kind)}的表头里有几个年份，不知道是哪一年的名单",
            expected="一个年份的名单",
            found="、".join(by_label),
            where=where,
            next_step="请在同一文件夹放入 batch.yml，写一行 edition: 2025（名单的年份）；或只保留一年的列后重新放入",
        )
    return Told(_in_path(str(hints.get("path_text") or where)), NAME)


def with_edition(rows: pl.DataFrame, table: _listed.Table, told: Told, where: str) -> pl.DataFrame:
    """edition and edition_basis of each row: what the row itself says stands over what the table says.

    Errors: SourceError when a row has none, or when the edition cannot be of this list.
    """
    if table.kind == "issn_l":
        return rows
    own = [c for c in ("year", "jcr_year", "list_name") if c in rows.columns]
    by_row = pl.coalesce(pl.lit(None, pl.String), *(pl.col(c).str.extract(_CELL, 1) for c in own))
    rows = rows.with_columns(
        edition=pl.coalesce(by_row, pl.lit(told.edition or None, pl.String)).str.replace(r"\s*[-–—~至]\s*", "-"),
        edition_basis=pl.when(by_row.is_not_null()).then(pl.lit(CONTENT)).otherwise(pl.lit(told.basis)),
    )
    if rows["edition"].null_count():
        raise _unknown(table, where)
    last = int(schema.source(SOURCE).spec["cas_until"])
    years = rows["edition"].str.slice(0, 4).cast(pl.Int64)
    if table.kind == "cas" and (years > last).any():
        raise SourceError(
            f"中科院期刊分区表止于 {last} 年版，这张表写的是更晚的年份",
            expected="新锐期刊分区等后继名单，标题或列名中写明名单的名称",
            found=f"{years.max()!r} 年",
            where=where,
            next_step="请在表格上方写明名单名称（如“新锐期刊分区 2026”）后重新放入",
        )
    return rows


def stated(title: str, kind: str) -> str:
    """Edition that the words above a table state; '' when there is none or more than one."""
    patterns = schema.source(SOURCE).spec["editions"]
    found = [next(p for p in m.groups() if p) for m in re.finditer(patterns.get(kind, patterns["other"]), title)]
    plain = list(dict.fromkeys(re.sub(r"\s*[-–—~至]\s*", "-", text) for text in found))
    spans = [text for text in plain if "-" in text]
    return spans[0] if len(spans) == 1 else plain[0] if len(plain) == 1 else ""


def version(text: str) -> str:
    """Code of the version that a text names: extended, core, basic, upgraded; '' for none."""
    patterns: dict[str, str] = schema.source(SOURCE).spec["versions"]
    return next((code for code, pattern in patterns.items() if re.search(pattern, text)), "")


def _in_path(path: str) -> str:
    """The edition that the innermost name of a path gives alone; '' when it gives none or several."""
    for part in reversed(re.split(r"[\\/]", path)):
        if years := _listed.years_in(part):
            return years[0] if len(years) == 1 else ""
    return ""


def _unknown(table: _listed.Table, where: str) -> SourceError:
    return SourceError(
        f"不知道这是哪一版{_zh(table.kind)}",
        expected="名单的年份：表格上方的标题、工作表名、列名或“年份”列里写明，如 2025、2021-2022",
        found="表格、batch.yml、文件夹和文件名里都没有年份（或不止一个）",
        where=where,
        next_step="请在同一文件夹放入 batch.yml，写一行 edition: 2025；或把文件放进以年份命名的文件夹后重新放入",
    )


def _zh(kind: str) -> str:
    words: dict[str, str] = schema.source(SOURCE).spec["kinds"]
    return words[kind]
