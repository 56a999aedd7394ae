"""Review sheets that come back through the inbox: what they look like, by content alone, and their tables as grids of text."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.core import decisions, schema
from pipelines.core.errors import SourceError
from pipelines.sources import FileHead, Recognised, _sheets

SOURCE, ZH = "review", "人工核对表"
MARK = "学衡人工核对"  # begins the first line of every sheet that is written
DECISION, REASON, REVIEWER, DATE = "判定", "理由", "审核人", "日期"
CHECK, BUILD = "核对码", "构建"
HEAD = 15  # rows in which the line of column names must stand
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True)
class Layout:
    """A kind of review sheet.

    `keys` are the columns that name a case, label -> ledger column; `fills` what else a person fills in; `pairs`: a case is an
    unordered pair of things that are one or not. Where an answer may be the id of a thing, `chosen` is its ledger column,
    `picked` the word for such an answer, and `several` tells whether one answer may name more than one.
    """

    kind: str
    zh: str
    stream: str
    keys: dict[str, str]
    answers: tuple[str, ...]
    fills: dict[str, str] = field(default_factory=dict)
    pairs: bool = False
    chosen: str = ""
    picked: str = ""
    several: bool = False

    def standing(self, lines: pl.DataFrame) -> pl.DataFrame:
        """What stands of the ledger lines of this kind; see core.decisions."""
        if self.pairs:
            return decisions.pairwise(lines)
        return decisions.standing(lines, tuple(self.keys.values()), (self.chosen,) if self.chosen else ())


LAYOUTS: dict[str, Layout] = {
    "dedup": Layout(
        "dedup",
        "查重归并",
        "decisions_dedup",
        {"记录甲": "left_id", "记录乙": "right_id"},
        ("同一", "不同", "不确定", "撤销"),
        pairs=True,
    ),
    "addresses": Layout(
        "addresses",
        "地址归属",
        "decisions_addresses",
        {"文字": "segment", "层次": "level"},
        (decisions.SCHOOL_ONLY, decisions.NOT_OURS, decisions.EACH, decisions.UNSURE, decisions.WITHDRAWN),
        chosen="unit_id",
        picked=decisions.UNIT,
        several=True,
    ),
    "people": Layout(
        "people",
        "作者归属",
        "decisions_people",
        {"记录号": "record_id", "作者序": "author_position", "署名": "name", "范围": "scope"},
        (decisions.NOBODY, decisions.SEVERAL, decisions.UNSURE, decisions.WITHDRAWN),
        chosen="person_id",
        picked=decisions.PERSON,
    ),
}


@dataclass(frozen=True)
class Table:
    """One table of a returned sheet: rows below the line of column names, columns under their labels.

    Grain of `rows`: one row per line of the sheet, `line` = its number there.
    """

    sheet: str
    rows: pl.DataFrame


def recognise(head: FileHead) -> Recognised | None:
    """A review sheet of a known kind. Errors: SourceError for one whose key columns are gone."""
    if head.encoding is None:
        return None
    for cells in _lines(head):
        if layout := _layout(cells):
            words = f"{ZH}（{layout.zh}）：列名里有 {'、'.join((*layout.keys, DECISION))}"
            return Recognised(SOURCE, head.encoding, layout.kind, head.encoding, reasons=(words,))
    if MARK in head.text:
        raise SourceError(
            "这是学衡的人工核对表，但认不出列名",
            expected="；".join(f"{one.zh}：{'、'.join((*one.keys, DECISION))}" for one in LAYOUTS.values()),
            where=head.path.name,
            safe="没有采用其中任何判定",
            next_step="请把被删去或改名的列恢复原样后再放入；也可以重新导出一份，把判定抄过去",
        )
    return None


def tables(path: Path, found: Recognised) -> Iterator[Table]:
    """Every table of a recognised file that has the key columns and the answer; columns may stand in any order."""
    layout = LAYOUTS[found.kind]
    for name, grid in _grids(path, found):
        for place, cells in enumerate(_sheets.rows(grid, HEAD)):
            if _layout(cells) is layout:
                yield Table(name, _under(cells, grid.with_row_index("line", offset=1).slice(place + 1)))
                break


def delivery(source: str) -> str:
    """How a source delivers; a review sheet adds to what was said before."""
    return "increment" if source == SOURCE else schema.source(source).delivery


def zh(source: str) -> str:
    """The Chinese name of a source, or of review sheets."""
    return ZH if source == SOURCE else schema.source(source).zh


def label(cell: str) -> str:
    """A column name as it is compared: full and half width alike, no blanks, without a remark in brackets."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", cell)).split("(")[0]


def _lines(head: FileHead) -> Iterator[list[str]]:
    """Lines of a beginning that may be the column names, as cells."""
    likely = [line for line in head.text.splitlines() if DECISION in line]
    if head.encoding in ("xlsx", "xls"):
        yield from (line.split("\t") for line in likely)
    else:
        for line in likely[:HEAD]:
            yield from csv.reader([line], delimiter=_sheets.separator(line))


def _layout(cells: list[str]) -> Layout | None:
    labels = {label(c) for c in cells}
    return next((one for one in LAYOUTS.values() if labels >= {*one.keys, DECISION}), None)


def _grids(path: Path, found: Recognised) -> Iterator[tuple[str, pl.DataFrame]]:
    if found.format in ("xlsx", "xls"):
        for sheet in _sheets.heads(path):
            if sheet.rows:
                yield sheet.name, _sheets.grid(path, sheet.name)
    else:
        yield path.name, _sheets.csv_grid(path, found.encoding or "utf-8")


def _under(cells: list[str], rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with columns named by their labels: of two columns with one name the first counts, unnamed ones are left out."""
    names: dict[str, str] = {}
    for place, cell in enumerate(cells):
        if (name := label(cell)) and name != "line":
            names.setdefault(name, f"c{place}")
    return rows.select("line", **{name: pl.col(column) for name, column in names.items()})
