"""Lists of people: Clarivate's Highly Cited Researchers, Elsevier 中国高被引学者, authors of ESI, Stanford's top 2 %."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import schema
from pipelines.core.errors import SourceError
from pipelines.sources import Chunk, FileHead, Recognised, _editions, _forbidden, _listed, _rows, _values, esi
from pipelines.sources._values import unwrap

SOURCE = "scholars"
NEXT = "请在名单中补全这一行的姓名后重新放入；同一文件中的其他行照常使用"
FOOTER = r"(?i)^(copyright|©|export date|注[:：]|说明[:：]|数据来源|source:)"
STANFORD = re.compile(r"^nc(\d\d)(\d\d)", re.I)  # citations from 1996 to 2023: nc9623; of one year: nc2323
_FIELD = r"(?i)Filter Results By:\s*ResearchFields\s+Filter Value\(s\):\s*(.+?)\s+Show:"


def recognise(head: FileHead) -> Recognised | None:
    """A table of people with the marks and the words of one of the lists. Errors: SourceError for a header without rows."""
    found = _listed.find(head, SOURCE, _is_named)
    if not found:
        return None
    for table in found:
        _forbidden.refuse((label for label, _, _ in table.columns), head.path.name, "名单")
    filled = [t for t in found if t.filled]
    names = "、".join(dict.fromkeys(schema.source(SOURCE).spec["kinds"][t.kind] for t in found))
    if not filled:
        raise SourceError(f"{names}名单只有表头，没有人", where=head.path.name, next_step="请放入含数据的名单")
    form = head.encoding if head.encoding in ("xlsx", "xls") else "csv"
    kinds = "+".join(dict.fromkeys(t.kind for t in filled))
    reason = f"表头与标题是{names}的名单"
    return Recognised(SOURCE, form, kinds, head.encoding, "", "", (reason,), (), _listed.details(filled))


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Rows as text in bounded chunks with list and edition; a row without a name is set aside.

    Errors: SourceError when nothing states the edition.
    """
    told = {id(table): _told(table, hints, path.name) for table in found.details["tables"]}

    def columns(table: _listed.Table) -> _rows.Spec:
        return _listed.spec(table, SOURCE, told[id(table)].edition)

    gaps = _listed.Gaps()
    for table, body, broken in _listed.parts(path, found, columns, NEXT):
        cells = [c for c in body.columns if c != "source_row"]
        is_footer = pl.coalesce(pl.col(cells)).str.contains(FOOTER) & (
            pl.sum_horizontal(pl.col(cells).is_not_null()) <= 2
        )
        rows = body.filter(~is_footer.fill_null(False))
        gaps.left_out(body, rows)
        if table.kind == "esi_authors" and "column_1" in rows.columns:
            rows = rows.rename({"column_1": "rank"})
        rows = rows.with_columns(list_kind=pl.lit(_kind(table)), list_title=pl.lit(table.title or None, pl.String))
        rows = _editions.with_edition(rows, table, SOURCE, told[id(table)], ("year",), path.name)
        rows, set_aside = _named(_rows.declare(rows, SOURCE))
        yield gaps.closed(_rows.chunk(rows, SOURCE, sorted([*broken, *set_aside])))


def source_people_lists(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per delivered row."""
    spec = schema.source(SOURCE).spec
    frame = _values.take(raw, *spec["columns"], *_values.DELIVERY)
    cells = pl.exclude(*_values.PROVENANCE, *_values.DELIVERY)
    frame = frame.with_columns(_values.present(cells, spec["absent"]))
    given = pl.concat_str(["given_name", "middle_name"], separator=" ", ignore_nulls=True)
    parts = pl.concat_str(["family_name", pl.when(given != "").then(given)], separator=", ", ignore_nulls=True)
    printed = unwrap(pl.coalesce("name", pl.when(parts != "").then(parts), "name_zh"))
    chinese = pl.coalesce("name_zh", pl.when(printed.str.contains(r"\p{Han}")).then(printed))
    counts = {"documents_count": "documents", "citations_count": "cites", "citations_per_paper": "cites_per_paper"}
    named = frame.with_columns(
        list_name=pl.col("list_kind"),
        list_edition=pl.col("edition"),
        name=printed,
        name_native=unwrap(chinese),
        affiliation=unwrap(pl.col("affiliation")),
        affiliation_other=unwrap(pl.col("affiliation_other")),
        list_category=unwrap(pl.coalesce("category", pl.col("list_title").str.extract(_FIELD, 1))),
        rank=_values.number(pl.coalesce("stanford_rank", "rank")),
        top_papers_count=_values.number(pl.col("top_papers")),
        **{name: _values.number(pl.col(column)) for name, column in counts.items()},
    )
    return _values.conform(named, "source_people_lists")


def _is_named(kind: str, table: _listed.Table, words: str) -> bool:
    pattern = schema.source(SOURCE).spec["words"].get(kind)
    return pattern is None or bool(re.search(pattern, words))


def _told(table: _listed.Table, hints: Mapping[str, Any], where: str) -> _editions.Told:
    """Edition of a table: the release of ESI, the years in Stanford's labels, else as of any list."""
    if table.kind == "esi_authors":
        given = bool(hints.get("esi_period"))
        return _editions.Told(esi.period(hints, where), _editions.BATCH if given else _editions.NAME)
    if table.kind == "stanford" and (years := _years(table)):
        return _editions.Told(f"20{years[1]}", _editions.CONTENT)
    return _editions.of(table, SOURCE, hints, where)


def _years(table: _listed.Table) -> tuple[str, str] | None:
    """First and last year of citations that Stanford's labels state, two digits each."""
    found = next((m for label, _, _ in table.columns if (m := STANFORD.match(label.strip()))), None)
    return (found.group(1), found.group(2)) if found else None


def _kind(table: _listed.Table) -> str:
    """Code of the list: Stanford publishes one for whole careers and one for a single year."""
    if table.kind != "stanford":
        return table.kind
    years = _years(table)
    return "stanford_single_year" if years and years[0] == years[1] else "stanford_career"


def _named(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[_rows.Row]]:
    good = pl.any_horizontal(pl.col("name", "name_zh", "given_name", "family_name").is_not_null())
    bad = rows.filter(~good).iter_rows(named=True)
    set_aside = [(r["source_row"], _rows.as_text(r), "每行有姓名", "没有姓名", NEXT) for r in bad]
    return rows.filter(good), set_aside
