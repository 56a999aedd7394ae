"""Sheets of rosters: a header may be spread over two rows, with cells merged across and down."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import polars as pl

from pipelines.sources import _delimited, _rows, _sheets, _table
from pipelines.sources.roster_values import code_of

SAID = {
    "students": "level",
    "staff": "staff_kind",
}  # what the name of a sheet may say of all people in it: 硕士, 离退休
PEOPLE = {"students": "student_id", "staff": "staff_id"}


def layout(source: str, kind: str, sheet: str) -> _rows.Spec:
    """Columns of a kind of roster; a sheet that is named after a level needs no column of levels."""
    spec = _rows.of_kind(source, kind)
    column = SAID.get(kind, "")
    return spec | {column: spec[column] | {"need": None}} if column and code_of(column, sheet) else spec


def of_sheet(rows: pl.DataFrame, kind: str, sheet: str) -> pl.DataFrame:
    """Rows with what the name of their sheet says, where no column says it."""
    column = SAID.get(kind, "")
    told = column and column not in rows.columns and code_of(column, sheet)
    return rows.with_columns(pl.lit(sheet).alias(column)) if told else rows


def lost_zeros(rows: list[list[str]], at: int, spec: _rows.Spec, kind: str) -> list[str]:
    """In words, when numbers of people are of unlike length and none begins with 0: Excel may have taken it off."""
    name = PEOPLE.get(kind, "")
    known = _table.variants({name: spec[name]}) if name in spec else {}
    places = [n for n, text in enumerate(rows[at]) if _table.label(text) in known]
    ids = [row[places[0]].removesuffix(".0") for row in rows[at + 1 :] if places and places[0] < len(row)]
    digits = sorted((i for i in ids if i.isdecimal()), key=len)
    if not digits or len(digits[0]) == len(digits[-1]) or any(i.startswith("0") for i in digits):
        return []
    zh = spec[name]["zh"]  # read behind the word 缺
    what = f"{zh}的前导零（可能）：{zh}有长有短（{digits[0]}、{digits[-1]}），没有一个以 0 开头"
    return [f"{what}；如果原来有前导零，已被 Excel 去掉，会对不上人，请把该列设为“文本”后重新导出"]


def upright(rows: list[list[str]], spec: _rows.Spec) -> list[list[str]]:
    """First rows of a table with a header of two rows put into its lower row: below a group ('成果信息') the labels, beside it the
    labels that are merged downwards. Rows with a header of one row come back as they are."""
    _, alone = _table.find(rows, spec)
    best = _best(rows, spec)
    if best is None or best[1] <= alone:
        return rows
    at, _, joined = best
    return [*rows[:at], [], joined, *rows[at + 2 :]]


def parts(
    path: Path, form: str, encoding: str, sheet: str, spec: _rows.Spec, next_step: str
) -> Iterator[_delimited.Part]:
    """Rows below the header in frames, and rows that cannot be split. Errors: SourceError when a required header is missing."""
    if form == "csv":
        yield from _delimited.frames(path, encoding, spec, next_step)
        return
    grid = _sheets.grid(path, sheet)
    first = _sheets.rows(grid, _table.SEARCHED)
    told = upright(first, spec)
    if told is not first:
        head = pl.DataFrame(
            [[*row, *[""] * (grid.width - len(row))] for row in told],
            schema=dict.fromkeys(grid.columns, pl.String),
            orient="row",
        )
        grid = pl.concat([_sheets.clean(head), grid.slice(len(first))])
    yield _table.body(grid, _table.header(_sheets.rows(grid, _table.SEARCHED), spec, path.name)), []


def _best(rows: list[list[str]], spec: _rows.Spec) -> tuple[int, int, list[str]] | None:
    """The pair of rows that together hold most known labels: where, how many, and the labels."""
    known = _table.variants(spec)
    pairs = []
    for at, (upper, lower) in enumerate(pairwise(rows)):
        width = max(len(upper), len(lower))
        wide = [[*row, *[""] * (width - len(row))] for row in (upper, lower)]
        joined = [below or above for above, below in zip(*wide, strict=True)]
        pairs.append((at, len({known[k] for cell in joined if (k := _table.label(cell)) in known}), joined))
    return max(pairs, key=lambda pair: (pair[1], -pair[0]), default=None)
