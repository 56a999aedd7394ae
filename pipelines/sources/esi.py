"""ESI: lists of papers, thresholds, percentile baselines, institution rankings. Which list it is stands in the title row only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import dictionaries, periods, schema
from pipelines.core.errors import SourceError
from pipelines.sources import Chunk, FileHead, Recognised, _rows, _sheets, _table, _values, esi_lists, esi_tables

SOURCE = "esi"
TOP = 30  # filled lines among which the title stands
NEXT = "请在 ESI 重新导出这张表；同一文件中的其他行照常使用"
LISTS = {"top": "top", "highly cited": "highly_cited", "hot": "hot"}
LISTS_ZH = {"top": "顶级论文", "highly_cited": "高被引论文", "hot": "热点论文"}
_SHOW = re.compile(r"Show\s*[-:：]\s*(Top|Highly Cited|Hot)", re.I)
_FIELD = re.compile(r"Filter Results By:\s*Research\s?Fields?\s+Filter Value\(s\):\s*(.+?)\s*(?:Show\s*[-:：]|$)", re.I)
_INSTITUTION = re.compile(
    r"Filter Results By:\s*Institutions?\s+Filter Value\(s\):\s*(.+?)\s*(?:Show\s*[-:：]|$)", re.I
)
_QUOTED = re.compile(r"Results? List:\s*([\w ]+?)\s*-\s*'(.+)'\s*Show", re.I)
_FOOTER = re.compile(r"^(Copyright|Export Date|©)", re.I)
_TITLES = (
    ("year_thresholds", re.compile(r"(?i)^(?=.*THRESHOLD)(?=.*HIGHLY)")),
    ("hot_thresholds", re.compile(r"(?i)^(?=.*THRESHOLD)(?=.*HOT)")),
    ("thresholds", re.compile(r"THRESHOLD-ESI|(?i:ESI THRESHOLDS)")),
    ("percentiles", re.compile(r"(?i)BASELINES?\s*-\s*PERCENTILES")),
    ("citation_rates", re.compile(r"(?i)BASELINES?\s*-\s*CITATION RATES")),
    ("documents", re.compile(r"Documents Results? List")),
    ("institutions", re.compile(r"Indicators Results? List:\s*Institutions\b")),
    ("institution_fields", re.compile(r"Indicators Results? List:\s*Research ?Fields\b")),
)
_AUTHORS = re.compile(r"Indicators Results? List:\s*Authors", re.I)  # people, read by the source of such lists
_OTHERS = re.compile(r"Indicators Results? List:\s*(\w+)|BASELINES?\s*-\s*(FIELD RANKINGS)", re.I)
_JOURNALS = re.compile(r"(?i)Title29.*(?:Category name|Research Field)|(?:Category name|Research Field).*Title29")
_ANY_MARK = re.compile(r"Accession Number|THRESHOLD|BASELINES|Results? List|Title29|Cites/Paper", re.I)
# A release is some seventy files of nine kinds; each gives its own table and its line among the deliveries.
TABLES_OF_KIND = {
    kind: (table, "source_esi_deliveries")
    for kind, table in {
        "documents": "source_esi_documents",
        "institutions": "source_esi_institutions",
        "institution_fields": "source_esi_institution_fields",
        "thresholds": "source_esi_thresholds",
        "percentiles": "source_esi_thresholds",
        "year_thresholds": "source_esi_thresholds",
        "hot_thresholds": "source_esi_thresholds",
        "citation_rates": "source_esi_citation_rates",
        "journals": "source_esi_journals",
    }.items()
}
BASELINES = ("percentiles", "citation_rates", "year_thresholds", "hot_thresholds")  # a column per year or two months


def recognise(head: FileHead) -> Recognised | None:
    """An ESI table by its title row, or by the header row of a list of papers or journals.

    Errors: SourceError for a list of papers without its title row (highly cited or hot cannot be told), for a table of ESI that
    is not read, and for an empty table.
    """
    if head.encoding is None or not _ANY_MARK.search(head.text, 0, 65536):
        return None
    lines = [line for line in head.text.replace("\r", "\n").split("\n") if line.strip("\t, ")]
    title = next((_plain(line) for line in lines[:TOP] if any(p.search(_plain(line)) for _, p in _TITLES)), "")
    kind = next((kind for kind, pattern in _TITLES if pattern.search(title)), "")
    if not kind and any(_JOURNALS.search(line) for line in lines[:TOP]):
        kind, title = "journals", "Master Journal List"
    if not kind:
        _refuse_others(lines, head)
        return None
    list_kind = _list_kind(title)
    if kind == "documents" and not list_kind:
        raise _no_title(head)
    # a list of papers that ends with its footer is whole: no hot papers this time is an answer
    footer = " | ".join(_plain(line) for line in lines if _FOOTER.match(_plain(line)))
    has_rows = kind == "journals" or any(_fields(line) for line in lines)
    if not has_rows and not (kind == "documents" and footer):
        raise SourceError("ESI 表里没有数据行", where=head.path.name, next_step="请检查筛选条件后重新导出")
    form = head.encoding if head.encoding in ("xlsx", "xls") else "csv"
    what = f"，名单为{LISTS_ZH[list_kind]}" if kind == "documents" else ""
    details = {"title": title, "list_kind": list_kind, **_filters(title, kind), "footer": footer}
    return Recognised(SOURCE, form, kind, head.encoding, "", "en", (f"标题行：{title[:120]}{what}",), (), details)


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Data rows of the table with title, footer and period beside each; title and footer are never counted as rows.

    Errors: SourceError when neither batch.yml nor folder nor file name gives the period.
    """
    release = period(hints, path.name)
    excel = found.format in ("xlsx", "xls")
    grid = _sheets.grid(path) if excel else _sheets.csv_grid(path, found.encoding or "utf-8")
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
        esi_period=pl.lit(release),
        list_kind=pl.lit(found.details["list_kind"] or None, pl.String),
        title_row=pl.lit(found.details["title"]),
        filter_field=pl.lit(found.details["filter_field"] or None, pl.String),
        filter_institution=pl.lit(found.details["filter_institution"] or None, pl.String),
        footer=pl.lit(footer or None, pl.String),
    )
    rows, set_aside = _rows.without_required(rows, spec, NEXT)
    rows, wrong = _usable(rows)
    yield _rows.chunk(rows, SOURCE, sorted(set_aside + wrong))


def source_esi_documents(raw: pl.LazyFrame, *, esi_fields: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per row of a list of papers."""
    return esi_tables.documents(raw, esi_fields)


def source_esi_thresholds(raw: pl.LazyFrame, *, esi_fields: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per threshold cell."""
    return esi_tables.thresholds(raw, esi_fields)


def source_esi_citation_rates(raw: pl.LazyFrame, *, esi_fields: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per field and year of the baselines."""
    return esi_tables.citation_rates(raw, esi_fields)


def source_esi_institutions(raw: pl.LazyFrame, *, esi_fields: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per row of an institution ranking."""
    return esi_lists.institutions(raw, esi_fields)


def source_esi_institution_fields(raw: pl.LazyFrame, *, esi_fields: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per field of one institution."""
    return esi_lists.institution_fields(raw, esi_fields)


def source_esi_journals(raw: pl.LazyFrame, *, esi_fields: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per row of the journal list."""
    return esi_lists.journals(raw, esi_fields)


def source_esi_deliveries(raw: pl.LazyFrame, *, delivery: Mapping[str, Any], esi_fields: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per landing file, also of a list without papers."""
    release = period({**delivery["hints"], "path_text": delivery["original"]}, delivery["file"])
    return esi_lists.deliveries(raw, {**delivery, "period": release}, esi_fields)


def period(hints: Mapping[str, Any], name: str) -> str:
    """YYYY-MM of batch.yml, else of the innermost folder or file name that holds one; ESI is released in odd months."""
    given = str(hints.get("esi_period") or "")
    if re.fullmatch(r"\d{4}-\d{2}", given):
        return given
    seen = [w.period for w in periods.written(str(hints.get("path_text") or name)) if not w.short]
    if seen and periods.is_release(seen[-1]):
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
    is_percentile = label.str.contains(r"^[\d.]+\s*%$|^0?\.\d+$")  # Excel makes 0.0001 of 0.01% when it saves
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


def _filters(title: str, kind: str) -> dict[str, str]:
    """What the export was filtered by: field (ALL FIELDS for a ranking without one) and institution."""
    field, institution, quoted = _FIELD.search(title), _INSTITUTION.search(title), _QUOTED.search(title)
    by_field = field.group(1) if field and field.group(1).upper() != "NONE" else ""
    by_institution = institution.group(1) if institution and institution.group(1).upper() != "NONE" else ""
    if quoted and quoted.group(1).replace(" ", "").lower() == "researchfields":
        by_field = quoted.group(2)
    elif quoted and quoted.group(1).lower() == "institutions":
        by_institution = quoted.group(2)
    if kind == "institutions" and esi_tables.is_field(by_institution):  # the quoted title says `Institutions` of either
        by_field, by_institution = by_institution, ""
    if kind == "institutions":
        by_field = by_field or "ALL FIELDS"
    return {"filter_field": by_field, "filter_institution": by_institution}


def _refuse_others(lines: list[str], head: FileHead) -> None:
    """Raise for a list of papers without its title, and for tables of ESI that are not read."""
    if any(_AUTHORS.search(_plain(line)) for line in lines[:TOP]):
        return
    if any("Accession Number" in line and "Research Field" in line for line in lines):
        raise _no_title(head)
    if any("Web of Science Documents" in line and "Cites/Paper" in line for line in lines[:TOP]) and not any(
        _OTHERS.search(_plain(line)) for line in lines[:TOP]
    ):
        raise SourceError(
            "ESI 表缺少标题行，不知道是哪个学科的机构排名，或哪所机构的各学科",
            expected="表格上方的标题行，如 Indicators Results List: Institutions …",
            found="只有表头和数据",
            where=head.path.name,
            next_step="请放入 ESI 原始导出文件，不要删除表格上方的标题行",
        )
    other = next((m for line in lines[:TOP] if (m := _OTHERS.search(_plain(line)))), None)
    if other:
        raise SourceError(
            f"这是 ESI 的 {other.group(1) or other.group(2)} 表，目前不读取",
            expected="、".join(schema.source(SOURCE).spec["kinds"].values()),
            found=_plain(other.string)[:120],
            where=head.path.name,
            next_step="请在 ESI 中改选机构（Institutions）或学科（Research Fields）后导出",
        )


def _plain(line: str) -> str:
    return line.strip('\t, "')


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
