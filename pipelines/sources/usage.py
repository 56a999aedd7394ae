"""Usage by COUNTER 5 and 5.1 (TR, DR, PR): a block of header lines, then a row per item and metric with a column per month; or JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import schema
from pipelines.core.errors import SourceError
from pipelines.sources import Chunk, FileHead, Recognised, _listed, _rows, _table, usage_json, usage_tables
from pipelines.sources.usage_values import MONTH, month, number

SOURCE = "usage"
NEXT = "请从平台重新下载这份报告，不要改动数字；同一文件中的其他行照常使用"
ITEM = {"T": "title", "D": "database", "P": "platform"}
_RELEASE_4 = re.compile(r"(?im)^\W*(?:Journal|Database|Platform|Book|Title|Multimedia) Report \d[a-z]?\s*\(R[1-4]\)")


def recognise(head: FileHead) -> Recognised | None:
    """A COUNTER report by its header block, of Release 5 or 5.1.

    Errors: SourceError for Release 4, for item reports, and for a report whose table cannot be found.
    """
    if head.encoding is None:
        return None
    if usage_json.is_report(head.text):
        header = usage_json.header(head.path)
        return _recognised(head, "json", header, {"header": header})
    if _RELEASE_4.search(head.text[:4096]):
        raise SourceError(
            "这是 COUNTER 第 4 版的报告，口径与第 5 版不同，不读取",
            expected="COUNTER 5 或 5.1 的 TR_J1、DR_D1 等报告",
            where=head.path.name,
            next_step="请在平台的统计页面改选 COUNTER 5（Release 5）后重新下载",
        )
    if "Report_ID" not in head.text[:65536]:
        return None
    for sheet, _, rows in _listed.tables(head):
        if header := _header(rows):
            form = head.encoding if head.encoding in ("xlsx", "xls") else "csv"
            return _recognised(head, form, header, {"header": header, "sheet": sheet})
    return None


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Rows as text in bounded chunks with the header beside each; a row whose numbers do not add up is set aside.

    Errors: SourceError when the table lacks a required column, or the JSON breaks before its first item.
    """
    header = found.details["header"]
    parts = (
        usage_json.frames(path, found.encoding or "utf-8", found.kind, header)
        if found.format == "json"
        else _tabular(path, found)
    )
    for body, broken in parts:
        known = {n: v for n, v in header.items() if n in schema.source(SOURCE).spec["columns"]}
        rows = body.with_columns(pl.lit(value or None, pl.String).alias(name) for name, value in known.items())
        rows, set_aside = _usable(_rows.declare(rows, SOURCE), found.kind)
        yield _rows.chunk(rows, SOURCE, sorted([*broken, *set_aside]))


def exported_at(rows: pl.DataFrame) -> pl.Series:
    """Day at which the platform made the report."""
    return rows["created"].str.extract(r"^(\d{4}-\d{2}-\d{2})", 1)


def source_usage(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per delivered row and month."""
    return usage_tables.usage(raw)


def _recognised(head: FileHead, form: str, header: dict[str, str], details: dict[str, Any]) -> Recognised:
    """Errors: SourceError for reports that are not read."""
    spec = schema.source(SOURCE).spec
    report, release = header.get("report_id", ""), header.get("release", "")
    if not re.match(spec["reports"], report) or not release.startswith("5"):
        raise SourceError(
            f"这是 COUNTER 的 {report or '无代码'} 报告（版本 {release or '未写明'}），目前不读取",
            expected="COUNTER 5 或 5.1 的 TR、DR、PR 报告及其标准视图，如 TR_J1、DR_D1",
            where=head.path.name,
            next_step="请在平台的统计页面改选 TR_J1（期刊）或 DR_D1（数据库）后重新下载",
        )
    kind = ITEM[report[0]]
    words = f"报告代码 {report}，COUNTER {release}，{header.get('period_from', '')} 至 {header.get('period_to', '')}"
    return Recognised(SOURCE, form, kind, head.encoding, f"COUNTER {release}", "en", (words,), (), details)


def _header(rows: list[list[str]]) -> dict[str, str]:
    """Values of the block above the table; {} when there is no Report_ID in it."""
    labels = {_table.label(label): name for name, label in schema.source(SOURCE).spec["header"].items()}
    found: dict[str, str] = {}
    for row in rows[: _table.SEARCHED]:
        cells = [cell.strip() for cell in row]
        name = labels.get(_table.label(cells[0])) if cells else None
        if name and name not in found:
            found[name] = "; ".join(cell for cell in cells[1:] if cell)
    if "report_id" not in found:
        return {}
    begin, end = (
        re.search(rf"{edge}_Date\s*=\s*(\d{{4}}-\d{{2}}(?:-\d{{2}})?)", found.get("period", ""))
        for edge in ("Begin", "End")
    )
    found.pop("period", None)
    return found | {"period_from": begin.group(1) if begin else "", "period_to": end.group(1) if end else ""}


def _tabular(path: Path, found: Recognised) -> Iterator[tuple[pl.DataFrame, list[_rows.Row]]]:
    """The table below the block; its months as columns YYYY-MM."""
    table = _listed.Table(found.details["sheet"], found.kind, 0, (), "", True)
    declared = {n: c for n, c in _rows.of_kind(SOURCE, found.kind).items() if not c.get("added")}
    details = {**found.details, "tables": [table]}
    with_tables = Recognised(found.source, found.format, found.kind, found.encoding, details=details)
    for _, body, broken in _listed.parts(path, with_tables, lambda _: declared, NEXT):
        names = {c: name for c in body.columns if c not in declared and (name := month(c))}
        if len(set(names.values())) != len(names):
            raise SourceError(
                "报告里有两列是同一个月", found="、".join(names), where=path.name, next_step="请从平台重新下载这份报告"
            )
        yield body.rename(names), broken


def _usable(rows: pl.DataFrame, kind: str) -> tuple[pl.DataFrame, list[_rows.Row]]:
    """Rows with item, metric and counts that are numbers and add up to their total, and the others with what is wrong."""
    months = [c for c in rows.columns if re.fullmatch(MONTH, c)]
    counts = [*months, "total"]
    no_number = pl.any_horizontal(pl.col(c).is_not_null() & number(pl.col(c)).is_null() for c in counts)
    added = pl.sum_horizontal(number(pl.col(c)) for c in months) if months else pl.lit(None, pl.Int64)
    differs = number(pl.col("total")).is_not_null() & (added != number(pl.col("total"))) if months else pl.lit(False)
    item = pl.coalesce(*(c for c in ("title", "database", "platform") if c == kind or c == "platform"))
    checks = {
        "每行有题名（数据库名、平台）与指标": pl.col("metric_type").is_null() | item.is_null(),
        "次数是整数": no_number.fill_null(False),
        "各月之和等于 Reporting_Period_Total": differs.fill_null(False),
    }
    marked = rows.with_columns(_wrong=pl.coalesce(pl.when(bad).then(pl.lit(words)) for words, bad in checks.items()))
    set_aside = []
    for row in marked.filter(pl.col("_wrong").is_not_null()).iter_rows(named=True):
        text = _rows.as_text({c: v for c, v in row.items() if c != "_wrong"})
        shown = "、".join(f"{c}={row[c]}" for c in counts if row[c])[:200] or "没有次数"
        set_aside.append((row["source_row"], text, row["_wrong"], shown, NEXT))
    return marked.filter(pl.col("_wrong").is_null()).drop("_wrong"), set_aside
