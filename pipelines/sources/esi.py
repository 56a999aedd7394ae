"""ESI: lists of papers, thresholds, percentile baselines, institution rankings. Which list it is stands in the title row only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import dictionaries
from pipelines.core.errors import SourceError
from pipelines.sources import Chunk, FileHead, Recognised, _rows, _sheets, _table, _values, esi_tables

SOURCE = "esi"
NEXT = "请在 ESI 重新导出这张表；同一文件中的其他行照常使用"
LISTS = {"top": "top", "highly cited": "highly_cited", "hot": "hot"}
LISTS_ZH = {"top": "顶级论文", "highly_cited": "高被引论文", "hot": "热点论文"}
_SHOW = re.compile(r"Show\s*[-:：]\s*(Top|Highly Cited|Hot)", re.I)
_FIELD = re.compile(r"Filter Results By:\s*ResearchFields\s+Filter Value\(s\):\s*(.+?)\s+Show:", re.I)
_FOOTER = re.compile(r"^(Copyright|Export Date|©)", re.I)
# YYYY-MM, YYYYMM or YYYYMMDD in a folder or file name
_PERIOD = re.compile(r"(?<!\d)(20\d{2})[-_.年 ]?(0?[1-9]|1[0-2])(?:[-_.月]?(?:0[1-9]|[12]\d|3[01]))?(?!\d)")
_TITLES = (
    ("thresholds", re.compile(r"THRESHOLD-ESI")),
    ("percentiles", re.compile(r"BASELINES-PERCENTILES")),
    ("documents", re.compile(r"Documents Results? List")),
    ("institutions", re.compile(r"Indicators Results? List:\s*Institutions\b")),
    ("institution_fields", re.compile(r"Indicators Results? List:\s*ResearchFields\b")),
)
_ANY_MARK = re.compile("|".join(("Accession Number", *(pattern.pattern for _, pattern in _TITLES))))


def recognise(head: FileHead) -> Recognised | None:
    """An ESI table by its title row, or by the header row of a list of papers.

    Errors: SourceError for a list of papers without its title row (highly cited or hot cannot be told), and for an empty table.
    """
    if head.encoding is None or head.encoding == "xls" or not _ANY_MARK.search(head.text, 0, 65536):
        return None
    lines = [line for line in head.text.replace("\r", "\n").split("\n") if line.strip("\t, ")]
    title = next((line.strip("\t, ") for line in lines if any(p.search(line) for _, p in _TITLES)), "")
    kind = next((kind for kind, pattern in _TITLES if pattern.search(title)), "")
    if not kind:
        if any("Accession Number" in line and "Research Field" in line for line in lines):
            raise _no_title(head)
        return None
    list_kind = _list_kind(title)
    if kind == "documents" and not list_kind:
        raise _no_title(head)
    # a list of papers that ends with its footer is whole: no hot papers this time is an answer
    whole_but_empty = kind == "documents" and any(_FOOTER.match(line) for line in lines)
    if not whole_but_empty and not any(_fields(line) for line in lines):
        raise SourceError("ESI 表里没有数据行", where=head.path.name, next_step="请检查筛选条件后重新导出")
    form = "xlsx" if head.encoding == "xlsx" else "csv"
    what = f"，名单为{LISTS_ZH[list_kind]}" if kind == "documents" else ""
    details = {"title": title, "list_kind": list_kind, "filter_field": _filter_field(title, kind)}
    return Recognised(SOURCE, form, kind, head.encoding, "", "en", (f"标题行：{title[:120]}{what}",), (), details)


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Data rows of the table with title, footer and period beside each; title and footer are never counted as rows.

    Errors: SourceError when neither batch.yml nor folder nor file name gives the period.
    """
    period = _period(hints, path.name)
    grid = _sheets.grid(path) if found.format == "xlsx" else _sheets.csv_grid(path, found.encoding or "utf-8")
    first = pl.col(grid.columns[0])
    is_footer = first.str.contains(f"(?i){_FOOTER.pattern}").fill_null(False)
    footer = " | ".join(grid.filter(is_footer)[grid.columns[0]])
    spec = _rows.of_kind(SOURCE, found.kind)
    head = _table.header(_sheets.rows(grid, _table.SEARCHED), spec, path.name)
    rows = _table.body(grid.filter(~is_footer), head)
    if found.kind == "percentiles":
        rows = _filled_fields(rows)
    if "column_1" in rows.columns:
        rows = rows.rename({"column_1": "rank"})
    rows = rows.with_columns(
        esi_kind=pl.lit(found.kind),
        esi_period=pl.lit(period),
        list_kind=pl.lit(found.details["list_kind"] or None, pl.String),
        title_row=pl.lit(found.details["title"]),
        filter_field=pl.lit(found.details["filter_field"] or None, pl.String),
        footer=pl.lit(footer or None, pl.String),
    )
    rows, set_aside = _rows.without_required(rows, spec, NEXT)
    rows, wrong = _usable(rows)
    yield _rows.chunk(rows, SOURCE, sorted(set_aside + wrong))


def record_ids(rows: pl.DataFrame) -> pl.Series:
    """ESI rows are about records of Web of Science, they are none: null for every row."""
    return pl.Series("record_id", [None] * rows.height, dtype=pl.String)


def source_esi_documents(raw: pl.LazyFrame, *, esi_fields: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per row of a list of papers."""
    return esi_tables.documents(raw, esi_fields)


def source_esi_thresholds(raw: pl.LazyFrame, *, esi_fields: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per threshold cell."""
    return esi_tables.thresholds(raw, esi_fields)


def source_esi_institutions(raw: pl.LazyFrame, *, esi_fields: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per row of an institution ranking."""
    return esi_tables.institutions(raw, esi_fields)


def _period(hints: Mapping[str, Any], name: str) -> str:
    """YYYY-MM of batch.yml, else of the innermost folder or file name that holds one; ESI is released in odd months."""
    given = str(hints.get("esi_period") or "")
    if re.fullmatch(r"\d{4}-\d{2}", given):
        return given
    seen = [f"{year}-{int(month):02d}" for year, month in _PERIOD.findall(str(hints.get("path_text") or name))]
    if seen and int(seen[-1][-2:]) % 2:
        return seen[-1]
    found = f"文件夹或文件名中的 {seen[-1]} 不是单月，可能是下载日期" if seen else "文件夹和文件名都没有期次"
    raise SourceError(
        "不知道这是 ESI 哪一期的数据",
        expected="发布期次，如 2026-05（ESI 在单月发布，导出文件本身不写期次）",
        found=found,
        where=name,
        next_step="请在同一文件夹放入 batch.yml，写一行 esi_period: 2026-05；或把文件放进名为 2026-05 的文件夹后重新放入",
    )


def _filled_fields(rows: pl.DataFrame) -> pl.DataFrame:
    """Baselines: a row with the field's name alone, then its six percentile rows."""
    label = pl.col("research_field")
    is_percentile = label.str.contains(r"^[\d.]+\s*%$")
    named = rows.with_columns(
        percentile=pl.when(is_percentile).then(label),
        research_field=pl.when(~is_percentile).then(label).forward_fill(),
    )
    kept = named.drop_nulls("percentile").drop("source_row").with_row_index("source_row", offset=1)
    return kept.with_columns(pl.col("source_row").cast(pl.Int64))


def _usable(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[_rows.Row]]:
    """Rows whose field and numbers can be understood, and the others with what is wrong."""
    # the fields are the vendor's, no university adds any
    known = esi_tables.codes(dictionaries.load("esi_fields", "common"))
    present = [c for c in ("times_cited", "documents", "cites") if c in rows.columns]
    fields = [c for c in ("research_field", "filter_field") if c in rows.columns]
    no_number = pl.any_horizontal(pl.lit(False), *(_not_number(c) for c in present))
    no_field = pl.any_horizontal(
        pl.lit(False), *(pl.col(c).is_not_null() & ~esi_tables.field_key(pl.col(c)).is_in(list(known)) for c in fields)
    )
    wrong = rows.filter(no_number | no_field)
    set_aside = []
    for row in wrong.iter_rows(named=True):
        field = next((row[c] for c in fields if row[c]), "")
        expected = "22 个 ESI 学科之一（或 ALL FIELDS），数量为数字"
        found = "、".join(f"{row[c]}" for c in present if row[c]) + f"；学科 {field}"
        set_aside.append((row["source_row"], _rows.as_text(row), expected, found, NEXT))
    return rows.filter(~(no_number | no_field)), set_aside


def _not_number(column: str) -> pl.Expr:
    return pl.col(column).is_not_null() & _values.number(pl.col(column)).is_null()


def _list_kind(title: str) -> str:
    show = _SHOW.search(title)
    return LISTS[show.group(1).lower()] if show else ""


def _filter_field(title: str, kind: str) -> str:
    """Field an institution ranking is filtered by; ALL FIELDS when it is not."""
    if kind != "institutions":
        return ""
    match = _FIELD.search(title)
    return match.group(1) if match and match.group(1).upper() != "NONE" else "ALL FIELDS"


def _fields(line: str) -> bool:
    """Whether a line of the head is a data row: neither title, header, sheet name nor footer."""
    cells = [cell for cell in re.split(r"[\t,]", line) if cell.strip()]
    return len(cells) > 2 and any(re.fullmatch(r"[\d.,%]+", cell.strip()) for cell in cells) and not _FOOTER.match(line)


def _no_title(head: FileHead) -> SourceError:
    return SourceError(
        "ESI 论文名单缺少标题行，分不清是高被引、热点还是顶级论文",
        expected="表格上方的标题行，如 Documents Result List: … Show - Highly Cited Papers",
        found="只有表头和数据",
        where=head.path.name,
        next_step="请放入 ESI 原始导出文件，不要删除表格上方的标题行",
    )
