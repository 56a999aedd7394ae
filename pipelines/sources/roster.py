"""Rosters: staff, students, units, recipients, claimed works, as Excel or CSV. What must not be kept is refused at the door."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import schema
from pipelines.core.errors import SourceError
from pipelines.sources import (
    Chunk,
    FileHead,
    Recognised,
    _forbidden,
    _listed,
    _rows,
    _sheets,
    _table,
    roster_claims,
    roster_sheets,
    roster_tables,
)
from pipelines.sources.roster_values import code_of, iso_date

SOURCE = "roster"
NEXT = "请在名册里补全或改正这一行后重新放入整份名册；本次其他行照常使用"
NEARLY = 3  # known labels of a roster that lacks a required one
_DAMAGED = r"^\d(?:\.\d+)?[Ee]\+\d+$"
_ID_NUMBER = r"^[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]$"
_MOBILE = r"^(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}$"
_KEPT_AS_TEXT = r'^="(.*)"$'  # how a CSV keeps a number from becoming Excel's
_GONE = r"^已?(?:调出|调离|离职|辞职|离校|去世|死亡|病故|已故|除名|辞退|解聘|退学|开除|毕业|结业|肄业)$"
_IDS = ("staff_id", "student_id", "unit_id", "parent_id", "successor_id", "supervisors", "orcid")


def recognise(head: FileHead) -> Recognised | None:
    """A sheet or CSV whose header row names staff, students, units, recipients or claimed works.

    Errors: SourceError when a column is one that may not be kept, or when there is no row below the header.
    """
    if head.encoding is None:
        return None
    found, reasons = [], []
    notes: list[str] = []
    for name, mark, shown in _listed.tables(head):
        rows = shown if mark else roster_sheets.upright(shown, _rows.columns(SOURCE))
        at, hits = _table.find(rows, _rows.columns(SOURCE))
        labels = rows[at] if rows else []
        kind = _kind(labels) or _nearly(labels, hits)
        if not kind:
            continue
        refuse_forbidden(labels, head.path.name)
        if not any(any(row) for row in rows[at + 1 :]):
            raise SourceError("名册只有表头，没有内容", where=head.path.name, next_step="请导出含数据的名册")
        spec = roster_sheets.layout(SOURCE, kind, name)
        _table.header(rows, spec, head.path.name)
        notes += roster_sheets.lost_zeros(rows, at, spec, kind)
        found.append((name, kind))
        reasons.append(f"{f'工作表“{name}”' if name else '表格'}的表头是{_zh(kind)}名册")
        if mark:
            break  # one separator of a text file is the right one
    if not found:
        return None
    kinds = "+".join(dict.fromkeys(kind for _, kind in found))
    form = head.encoding if head.encoding in ("xlsx", "xls") else "csv"
    return Recognised(
        SOURCE, form, kinds, head.encoding, "", "zh", tuple(reasons), tuple(notes), details={"sheets": found}
    )


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Every sheet that is a roster, one chunk each; a row with an unusable key, level or date is set aside.

    Errors: SourceError when a required header is missing, or when cells hold ID or phone numbers under an innocent header.
    """
    before = 0
    if found.format != "csv":
        _refuse_beside(path, found)
    for name, kind in found.details["sheets"]:
        spec, last = roster_sheets.layout(SOURCE, kind, name), before
        for rows, broken in roster_sheets.parts(path, found.format, found.encoding or "utf-8", name, spec, NEXT):
            refuse_forbidden(rows.columns, path.name)
            _refuse_numbers(rows, path.name)
            rows = rows.with_columns(pl.col("source_row") + before)
            moved = [(n + before, text, why, seen, step) for n, text, why, seen, step in broken]
            last = max([last, *rows["source_row"].tail(1), *(row[0] for row in moved)])
            rows, notes = _rows.notes_apart(rows, spec)  # a note may stand in a column that is not kept
            rows = rows.drop([c for c in rows.columns if _table.label(c) in _ignored()])
            rows = rows.with_columns(pl.col(pl.String).str.replace(_KEPT_AS_TEXT, "$1"))
            rows = roster_sheets.of_sheet(rows, kind, name).with_columns(roster_kind=pl.lit(kind))
            rows, set_aside = _rows.without_required(rows, spec, NEXT)
            rows, wrong = _usable(rows, kind)
            yield _rows.chunk(rows, SOURCE, sorted([*moved, *notes, *set_aside, *wrong]))
        before = last


def refuse_forbidden(labels: Any, where: str, sheet: str = "") -> None:
    """Raise when a header names data that the platform must not hold (indicators.md 9)."""
    _forbidden.refuse(labels, where, "名册", sheet)


def source_people(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per staff or student row."""
    return roster_tables.people(raw)


def source_supervisions(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per student row and supervisor."""
    return roster_tables.supervisions(raw)


def source_units(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per unit row."""
    return roster_tables.units(raw)


def source_claimed_works(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per claimed work and person."""
    return roster_claims.claimed_works(raw)


def source_recipients(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per recipient row."""
    return roster_tables.recipients(raw)


def _kind(labels: list[str]) -> str:
    known = _table.variants({n: s for n, s in _rows.columns(SOURCE).items() if not s.get("added")})
    have = {known[_table.label(text)] for text in labels if _table.label(text) in known}
    marks: dict[str, list[list[str]]] = schema.source(SOURCE).spec["marks"]
    for kind, groups in marks.items():
        if all(have.intersection(group) for group in groups):
            return kind
    return ""


def _nearly(labels: list[str], hits: int) -> str:
    """The kind of a roster that lacks a required column: named so that the refusal can say which column."""
    text = "".join(labels)
    if hits < NEARLY or not re.search(r"[\u4e00-\u9fff]", text):
        return ""
    # claims are left out: any list of papers has most of their labels
    scores = {
        kind: sum(_table.label(t) in _table.variants(_rows.of_kind(SOURCE, kind)) for t in labels)
        for kind in schema.source(SOURCE).spec["kinds"]
        if kind != "claims"
    }
    best = max(scores, key=lambda kind: scores[kind])
    return str(best) if scores[best] >= NEARLY else ""


def _usable(rows: pl.DataFrame, kind: str) -> tuple[pl.DataFrame, list[_rows.Row]]:
    """Rows whose keys, levels and dates can be understood, and the others with what is wrong."""
    wrong: list[_rows.Row] = []
    bad: set[int] = set()
    for row in rows.iter_rows(named=True):
        if words := _wrong(row, kind):
            bad.add(row["source_row"])
            wrong.append((row["source_row"], _rows.as_text(row), *words, NEXT))
    return rows.filter(~pl.col("source_row").is_in(list(bad))), wrong


def _wrong(row: dict[str, Any], kind: str) -> tuple[str, str] | None:
    for name in _IDS:
        if (value := row.get(name)) and re.match(_DAMAGED, value):
            return (
                f"完整的{_rows.columns(SOURCE)[name]['zh']}",
                f"“{value}”被 Excel 改成了科学计数法；请把该列设为文本格式",
            )
    for name in ("valid_from", "valid_to"):
        if (value := row.get(name)) and iso_date(value, name) is None and not _open(value):
            return "日期写作 2015-09-01、2015/9/1、2015年9月或 20150901", f"“{value}”"
    if kind == "claims" and not (row.get("staff_id") or row.get("student_id")):
        return "每条成果有认领人的工号或学号", "没有工号"
    if (status := row.get("status")) and re.match(_GONE, status) and not row.get("valid_to"):
        return "离校的人有离校（毕业）日期，此后的成果才不会算作在校时的", f"“{status}”，没有离校日期"
    if kind == "students" and code_of("level", row["level"]) is None:
        known = "、".join(k for k in schema.source(SOURCE).spec["values"]["level"] if not k.isascii())
        return f"培养层次为 {known}", f"“{row['level']}”"
    return None


def _open(value: str) -> bool:
    return value.strip().casefold() in schema.source(SOURCE).spec["open_dates"]


def _refuse_numbers(rows: pl.DataFrame, where: str) -> None:
    """ID numbers and mobile numbers under an innocent header (备注, 账号 …)."""
    for name in rows.columns:
        if name in _IDS or rows[name].dtype != pl.String:
            continue
        for pattern, what in ((_ID_NUMBER, "身份证号码"), (_MOBILE, "手机号码")):
            if rows[name].str.strip_chars().str.contains(pattern).fill_null(False).any():
                raise SourceError(
                    f"名册的“{name}”列里有{what}",
                    where=where,
                    safe="整份文件没有入库",
                    next_step="请删除这些内容后重新放入；学科服务不需要这类信息",
                )


def _refuse_beside(path: Path, found: Recognised) -> None:
    """Sheets that are no rosters, hidden ones too, are kept with the file: the same must not be in them."""
    for sheet in _sheets.every(path):
        if sheet.name in found.sheets or not sheet.is_table:
            continue
        header = next(row for row in sheet.rows if sum(map(bool, row)) >= _sheets.TABLE_CELLS)
        refuse_forbidden(header, path.name, f"{'隐藏的' if sheet.hidden else ''}工作表“{sheet.name}”的")
        grid = _sheets.grid(path, sheet.name)
        named = {c: f"工作表“{sheet.name}”第 {n} 列" for n, c in enumerate(grid.columns, 1)}
        _refuse_numbers(grid.rename(named), path.name)


def _ignored() -> set[str]:
    return {_table.label(text) for text in schema.source(SOURCE).spec["ignore"]}


def _zh(kind: str) -> str:
    words: dict[str, str] = schema.source(SOURCE).spec["kinds"]
    return words[kind]
