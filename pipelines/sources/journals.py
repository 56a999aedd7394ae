"""Lists and rankings of journals: JCR, 中科院分区, 预警名单, CCF, CSSCI, CSCD, 北大核心 and others; an edition nobody states is refused."""

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
    _editions,
    _listed,
    _rows,
    journals_tables,
)

SOURCE = "journals"
NEXT = "请在名单中补全或改正这一行后重新放入；同一文件中的其他期刊照常使用"
ENOUGH = 3  # known columns of a JCR compilation without a year in its labels
YEARS = ("year", "jcr_year", "list_name")  # columns whose cells name the edition
_FILTERED = re.compile(r"(?i)^\s*Journal Data Filtered By")
_LISTS = ("ccf", "cast", "ei_journals", "cssci", "cscd", "pku", "istic")


def recognise(head: FileHead) -> Recognised | None:
    """A table whose header bears the marks of a list of journals; a list known by its title alone needs a word that names it.

    Errors: SourceError for a header without rows.
    """
    found = _listed.find(head, SOURCE, _is_named)
    if not found:
        return None
    filled = [t for t in found if t.filled]
    kinds = "+".join(dict.fromkeys(t.kind for t in filled or found))
    names = "、".join(dict.fromkeys(_kind_zh(t.kind) for t in found))
    if not filled:
        raise SourceError(f"{names}只有表头，没有期刊", where=head.path.name, next_step="请放入含数据的名单")
    form = head.encoding if head.encoding in ("xlsx", "xls") else "csv"
    reason = f"表头是{names}" + (f"（工作表 {'、'.join(t.sheet for t in filled)}）" if form != "csv" else "")
    return Recognised(SOURCE, form, kinds, head.encoding, "", "zh", (reason,), (), _listed.details(filled))


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Rows as text in bounded chunks with list, edition and where the edition is from; footers and headings are no rows.

    Errors: SourceError when neither the file nor batch.yml nor folder or file name gives the edition.
    """
    tables = found.details["tables"]
    told = {id(table): _editions.of(table, SOURCE, hints, path.name) for table in tables}
    categories = dict.fromkeys(told, "")

    def columns(table: _listed.Table) -> _rows.Spec:
        return _listed.spec(table, SOURCE, told[id(table)].edition)

    gaps = _listed.Gaps()
    for table, body, broken in _listed.parts(path, found, columns, NEXT):
        rows, headings = _without_furniture(body, table, path.name)
        gaps.left_out(body, rows)
        rows, categories[id(table)] = _with_categories(rows, headings, table.kind, categories[id(table)])
        rows = rows.with_columns(
            list_kind=pl.lit(table.kind),
            list_title=pl.lit(table.title or None, pl.String),
            list_version=pl.lit(journals_tables.version(table.title) or None, pl.String),
        )
        if table.kind != "issn_l":
            rows = _editions.with_edition(rows, table, SOURCE, told[id(table)], YEARS, path.name)
            _refuse_late(rows, table.kind, path.name)
        rows, set_aside = _usable(rows, table.kind)
        yield gaps.closed(_rows.chunk(rows, SOURCE, sorted([*broken, *set_aside])))


def source_journal_ranks(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per delivered row and category that ranks the journal."""
    return journals_tables.ranks(raw)


def source_issn_links(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per delivered pair of ISSN and ISSN-L."""
    return journals_tables.links(raw)


def _is_named(kind: str, table: _listed.Table, words: str) -> bool:
    """Whether the words of the table allow this kind: some lists are known by their name alone."""
    named = schema.source(SOURCE).spec["words"]
    if kind in named:
        return len(table.names) > 1 and bool(re.search(named[kind], words))
    return kind != "jcr" or bool(table.years) or len(table.names) >= ENOUGH


def _kind_zh(kind: str) -> str:
    words: dict[str, str] = schema.source(SOURCE).spec["kinds"]
    return words[kind]


def _without_furniture(rows: pl.DataFrame, table: _listed.Table, where: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of journals, and the headings between them; copyright lines and notes are neither.

    Errors: SourceError when a second export of another JCR year stands in the same file.
    """
    spec = schema.source(SOURCE).spec
    cells = [c for c in rows.columns if c != "source_row"]
    first = pl.coalesce(pl.col(cells))
    filled = pl.sum_horizontal(pl.col(cells).is_not_null())
    title = first.str.contains(_FILTERED.pattern)
    footer = (filled <= 2) & first.str.contains(spec["footers"])
    heading = pl.lit(table.kind in _LISTS) & (filled == 1) & first.str.contains(spec["headings"])
    marked = rows.with_columns(_first=first, _title=title, _footer=footer, _heading=heading)
    for text in marked.filter(pl.col("_title"))["_first"]:
        if _editions.stated(text, SOURCE, table.kind) != _editions.stated(table.title, SOURCE, table.kind):
            raise SourceError(
                "文件由两个年份的 JCR 导出拼接而成",
                found=text[:120],
                where=where,
                next_step="请按年份分成两个文件后重新放入",
            )
    furniture = marked.filter(pl.col("_heading"))
    kept = marked.filter(~(pl.col("_title") | pl.col("_footer") | pl.col("_heading")).fill_null(False))
    return kept.drop("_first", "_title", "_footer", "_heading"), furniture.select("source_row", heading="_first")


def _refuse_late(rows: pl.DataFrame, kind: str, where: str) -> None:
    """Raise for a table in the layout of 中科院分区 that is younger than its last edition: a successor is another list."""
    last = int(schema.source(SOURCE).spec["cas_until"])
    years = rows["edition"].str.slice(0, 4).cast(pl.Int64)
    if kind == "cas" and (years > last).any():
        raise SourceError(
            f"中科院期刊分区表止于 {last} 年版，这张表写的是更晚的年份",
            expected="新锐期刊分区等后继名单，标题或列名中写明名单的名称",
            found=f"{years.max()!r} 年",
            where=where,
            next_step="请在表格上方写明名单名称（如“新锐期刊分区 2026”）后重新放入",
        )


def _with_categories(rows: pl.DataFrame, headings: pl.DataFrame, kind: str, before: str) -> tuple[pl.DataFrame, str]:
    """Subjects of lists that print them once: in a heading above their journals, or in a merged cell. Returns the last one, too."""
    has_headings = headings.height > 0 or (before and "category" not in rows.columns)
    if kind not in _LISTS or ("category" not in rows.columns and not has_headings):
        return rows, before
    own = pl.col("category") if "category" in rows.columns else pl.lit(None, pl.String)
    together = pl.concat([rows.with_columns(category=own), headings.rename({"heading": "category"})], how="diagonal")
    filled = together.sort("source_row").with_columns(
        pl.coalesce(pl.col("category").forward_fill(), pl.lit(before or None, pl.String))
    )
    last = filled["category"].drop_nulls()
    return filled.join(headings, on="source_row", how="anti"), str(last[-1]) if len(last) else before


def _usable(rows: pl.DataFrame, kind: str) -> tuple[pl.DataFrame, list[_rows.Row]]:
    """Rows that name a journal (an ISSN of the right check digit in the ISSN-L table), and the others."""
    rows = _rows.declare(rows, SOURCE)
    if kind == "issn_l":
        good: pl.Expr = journals_tables.linked()
        expected = "ISSN 与 ISSN-L，末位校验正确，如 0028-0836"
    else:
        good = pl.any_horizontal(pl.col("title", "title_zh", "short_title").is_not_null())
        expected = "每行有刊名"
    bad = rows.filter(~good)
    words = "ISSN 缺失或校验位不对" if kind == "issn_l" else "没有刊名"
    set_aside = [(r["source_row"], _rows.as_text(r), expected, words, NEXT) for r in bad.iter_rows(named=True)]
    return rows.filter(good), set_aside
