"""InCites: lists of documents and tables of organisations, researchers, areas, publication sources and locations, edited ones too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import dictionaries, schema
from pipelines.core.errors import SourceError
from pipelines.sources import (
    Chunk,
    FileHead,
    Recognised,
    _delimited,
    _rows,
    _sheets,
    _table,
    _text,
    incites_evidence,
    incites_summary,
    incites_tables,
)
from pipelines.sources.incites_summary import Summary

SOURCE = "incites"
NEXT = "请在 InCites 重新导出这张表；同一文件中的其他行照常使用"
ENOUGH = 3  # known indicators that make a table one of InCites when nothing names it
_NAMES_IT = re.compile(r"InCites", re.I)
_SPAN = re.compile(r"\s*[(（](?:19|20)\d{2}\s*[-–~至]\s*(?:(?:19|20)\d{2}|present|至今|今)[)）]\s*$", re.I)
NAMES = ("name", "journal_name", "organization_name", "person_name", "location_name", "area_name")
BESIDE = {"location_name", "area_name"}  # beside a name they say where or of what it is, not what the table is about
MOSTLY = 0.6  # share of names that must be known to show what a table is about


def recognise(head: FileHead) -> Recognised | None:
    """A header of InCites indicators beside names or accession numbers, anywhere near the top of a sheet.

    Errors: SourceError for such a header without rows.
    """
    if head.encoding is None:
        return None
    named = bool(_NAMES_IT.search(head.text))
    for sheet, rows in _grids(head):
        at, known = _header_at(rows)
        indicators = {c for c in known if _rows.columns(SOURCE)[c].get("metric")}
        subject = any(c in known for c in NAMES) or "accession_number" in known
        proved = len(indicators) >= ENOUGH and indicators & set(schema.source(SOURCE).spec["proves"])
        if not subject or not (proved or (named and indicators)):
            continue
        body = list(takewhile(lambda row: not incites_summary.begins(row[0]), (r for r in rows[at + 1 :] if any(r))))
        if not body:
            raise SourceError("InCites 表里没有数据行", where=head.path.name, next_step="请检查筛选条件后重新导出")
        form = head.encoding if head.encoding in ("xlsx", "xls") else "csv"
        kind = _kind(known, sheet, [r[_place(rows[at])] for r in body if len(r) > _place(rows[at])])
        zh = schema.source(SOURCE).spec["kinds"][kind]
        language = "zh" if any(re.search(r"[\u4e00-\u9fff]", c) for c in rows[at]) else "en"
        missing = ("看不出对象是机构、人员、领域、期刊还是国家：请保留导出时的工作表名",) if kind == "entity" else ()
        reason = f"表头含 InCites 指标 {len(indicators)} 个，内容是{zh}"
        details = {"sheet": sheet}
        return Recognised(SOURCE, form, kind, head.encoding, "", language, (reason,), missing, details)
    return None


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Rows with the file's filters, dates and the direction of its percentiles beside each; the file is gone through twice.

    Errors: SourceError when the direction of percentiles cannot be told.
    """
    summary, evidence = Summary(), incites_evidence.Evidence()
    for rows, _ in _parts(path, found, summary):
        evidence.add(rows)
    direction, words = evidence.direction(path.name)
    stated = {
        name: summary.values.get(name)
        for name in ("dataset", "subject_schema", "category", "time_period", "document_types")
    }
    stated |= {name: summary.values.get(name) for name in ("exported", "dataset_updated", "data_through")}
    stated |= {"entity_kind": found.kind, "percentile_direction": direction, "percentile_evidence": words or None}
    stated |= {"filters": "\n".join(summary.lines) or None}
    columns = [pl.lit(value, pl.String).alias(name) for name, value in stated.items()]
    subject = ["accession_number"] if found.kind == "document" else [*NAMES]
    for rows, set_aside in _parts(path, found, Summary()):
        have = [pl.col(c).is_not_null() for c in subject if c in rows.columns]
        nameless = rows.filter(~pl.any_horizontal(pl.lit(False), *have))
        for row in nameless.iter_rows(named=True):
            what = "入藏号" if found.kind == "document" else "名称"
            set_aside.append((row["source_row"], _rows.as_text(row), f"每行有{what}", f"缺少{what}", NEXT))
        kept = rows.filter(pl.any_horizontal(pl.lit(False), *have)).with_columns(columns)
        yield _rows.chunk(kept, SOURCE, sorted(set_aside))


def exported_at(rows: pl.DataFrame) -> pl.Series:
    """Export date of the summary."""
    return rows["exported"]


def source_metrics(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per document and indicator."""
    return incites_tables.document_metrics(raw)


def source_incites_exports(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per landing file."""
    return incites_tables.exports(raw)


def source_incites_metrics(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per delivered row and indicator, of everything but persons."""
    return incites_tables.metrics(raw)


def source_incites_people(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per delivered person and indicator."""
    return incites_tables.people(raw)


def _parts(path: Path, found: Recognised, summary: Summary) -> Iterator[_delimited.Part]:
    """Rows above the summary under our column names, chunk by chunk; the lines of the summary are collected."""
    if found.format == "csv":
        for cells in _above(path, found.encoding or "utf-8"):
            summary.add(cells)
        parts = _delimited.frames(path, found.encoding or "utf-8", _as_printed(), NEXT)
    else:
        parts = _of_workbook(path, found, summary)
    ended = False
    for rows, set_aside in parts:
        first = next((c for c in rows.columns if c != "source_row"), "")
        behind = []
        for cell in rows[first].to_list() if first else []:
            ended = ended or bool(cell and incites_summary.begins(cell))
            behind.append(ended)
        is_behind = pl.Series(behind, dtype=pl.Boolean) if first else pl.Series([False] * rows.height, dtype=pl.Boolean)
        tail = rows.filter(is_behind)
        for line in tail.drop("source_row").iter_rows():
            summary.add([cell for cell in line if cell])
        last = tail["source_row"].min() if tail.height else None
        kept = [row for row in set_aside if not ended or (isinstance(last, int) and row[0] < last)]
        yield _under_our_names(rows.filter(~is_behind)), kept


def _above(path: Path, encoding: str) -> list[list[str]]:
    """Rows above the header of a text, where some put the summary."""
    lines = _text.beginning(path, encoding).replace("\r\n", "\n").replace("\r", "\n").split("\n")[: _table.SEARCHED]
    _, rows = _delimited.opening(lines, _as_printed())
    return rows[: _table.find(rows, _as_printed())[0]]


def _of_workbook(path: Path, found: Recognised, summary: Summary) -> Iterator[_delimited.Part]:
    """The rows of the sheet with the table; the other sheets hold the summary."""
    sheet = str(found.details["sheet"])
    grid = _sheets.grid(path, sheet)
    head = _table.header(_sheets.rows(grid, _table.SEARCHED), _as_printed(), path.name)
    for line in _sheets.rows(grid, head.row):
        summary.add(line)
    for other in _sheets.heads(path):
        if other.name != sheet and any(incites_summary.begins(row[0]) for row in other.rows if row):
            for line in _sheets.rows(_sheets.grid(path, other.name)):
                summary.add(line)
    yield _table.body(_exact(path, sheet, grid, head.row + 1), head), []


def _exact(path: Path, sheet: str, grid: pl.DataFrame, begins: int) -> pl.DataFrame:
    """The grid with fractions as they are: read as text they are cut at nine decimals."""
    typed = _sheets.typed(path, sheet, begins)
    if typed.height != grid.height - begins:
        return grid  # blank rows at the top were left out: the places do not agree
    pairs = [(old, new) for old, new in zip(grid.columns, typed.columns, strict=False) if typed[new].dtype.is_float()]
    head = pl.Series([None] * begins, dtype=pl.Float64)
    numbers = {old: pl.concat([head, typed[new].cast(pl.Float64)]) for old, new in pairs}
    return grid.with_columns(
        pl.when(number % 1 != 0).then(number.cast(pl.String)).otherwise(pl.col(column)).alias(column)
        for column, number in numbers.items()
    )


def _under_our_names(rows: pl.DataFrame) -> pl.DataFrame:
    """Columns renamed to codes; `labels` keeps the labels as printed. A label given twice keeps its own name the second time."""
    codes: dict[str, str] = {}
    for label in rows.columns:
        if (code := _code(label)) and code not in codes.values() and code not in rows.columns:
            codes[label] = code
    if {"name", "location_name"} <= {*codes.values()} and "country" not in codes.values():
        codes = {label: "country" if code == "location_name" else code for label, code in codes.items()}
    printed = json.dumps({code: label for label, code in codes.items()}, ensure_ascii=False)
    return rows.rename(codes).with_columns(labels=pl.lit(printed))


def _grids(head: FileHead) -> Iterator[tuple[str, list[list[str]]]]:
    """Sheets of the beginning of a file with their first rows; a text is one sheet without a name."""
    text = head.text.replace("\r\n", "\n").replace("\r", "\n")
    if head.encoding in ("xlsx", "xls"):
        for part in text.split("\x1d")[1:]:
            name, _, rows = part.partition("\n")
            yield name, [[cell.strip() for cell in row.split("\t")] for row in rows.split("\n")]
        return
    lines = [line for line in text.split("\n")[:-1] or [text] if line.strip(', \t;"')][: 3 * _table.SEARCHED]
    _, rows_of_text = _delimited.opening(lines, _as_printed())
    yield "", [[cell.removeprefix("\ufeff").strip() for cell in row] for row in rows_of_text]


def _header_at(rows: list[list[str]]) -> tuple[int, list[str]]:
    """Row with most known labels near the top, and the codes of its labels."""
    known = [[code for cell in row if (code := _code(cell))] for row in rows[: _table.SEARCHED]]
    at = max(range(len(known)), key=lambda n: (len(set(known[n])), -n), default=0)
    return at, known[at] if known else []


def _place(labels: list[str]) -> int:
    """Where the names stand."""
    return next((n for n, label in enumerate(labels) if _code(label) in (*NAMES, "accession_number")), 0)


def _kind(known: list[str], sheet: str, names: list[str]) -> str:
    """What a table is about: by its columns, else by the name of its sheet, else by the names in it."""
    spec = schema.source(SOURCE).spec
    for kind, columns in spec["shown_by"].items():
        if set(columns) & (set(known) - (BESIDE if "name" in known else set())):
            return str(kind)
    words = re.sub(r"(?i)incites|\d+", "", sheet).strip().lower()
    for word, kind in spec["sheets"].items():
        if word in words:
            return str(kind)
    fields = {
        _letters(n)
        for row in dictionaries.load("esi_fields", "common").iter_rows(named=True)
        for n in (row["name_en"], row["name_zh"])
    }
    seen = [n for n in names if n and not re.search(spec["baselines"], n)]
    for kind, listed in (("research_area", fields), ("location", {_letters(n) for n in spec["locations"]})):
        if seen and sum(_letters(n) in listed for n in seen) >= MOSTLY * len(seen):
            return kind
    return "entity"


def _code(label: str) -> str:
    """Column of a label, a span of years at its end left aside; '' for an unknown one."""
    return _codes().get(_table.label(_SPAN.sub("", label)), "")


@cache
def _codes() -> dict[str, str]:
    return _table.variants({n: s for n, s in _rows.columns(SOURCE).items() if not s.get("added")})


@cache
def _as_printed() -> _rows.Spec:
    """Every known label as a column of its own: finds the header, keeps what is printed."""
    return {h: {"headers": [h]} for spec in _rows.columns(SOURCE).values() for h in spec.get("headers", [])}


def _letters(name: str) -> str:
    return re.sub(r"[\W\d_]", "", name.casefold())
