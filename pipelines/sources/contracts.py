"""Contracts of databases and sheets of consortia: resource, supplier, period, amount. Kept for reports on use and cost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import schema
from pipelines.core.errors import SourceError
from pipelines.sources import Chunk, FileHead, Recognised, _listed, _rows, _table, _values
from pipelines.sources._values import unwrap
from pipelines.sources.roster_values import iso_date

SOURCE = "contracts"
NEXT = "请在合同清单里补全或改正这一行后重新放入整份清单；本次其他行照常使用"
WAN = 10_000
AMOUNTS = ("amount", "amount_wan")
_UNTIL = re.compile(r"\s*(?:至|到|[-–—~～]{1,2}|to)\s*", re.I)
_AMOUNT = r"(-?\d[\d,，]*(?:\.\d+)?)"


def recognise(head: FileHead) -> Recognised | None:
    """A table of resources with amounts and suppliers, periods or consortia.

    Errors: SourceError for a header without rows, and for columns that must not be kept.
    """
    found = _listed.find(head, SOURCE)
    if not found:
        return None
    for table in found:
        _refuse_forbidden(table, head.path.name)
    filled = [t for t in found if t.filled]
    if not filled:
        raise SourceError("合同清单只有表头，没有内容", where=head.path.name, next_step="请放入含数据的清单")
    form = head.encoding if head.encoding in ("xlsx", "xls") else "csv"
    reason = "表头是资源名称、金额与供应商或期限" + (
        f"（工作表 {'、'.join(t.sheet for t in filled)}）" if form != "csv" else ""
    )
    return Recognised(SOURCE, form, "contracts", head.encoding, "", "zh", (reason,), (), _listed.details(filled))


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Rows as text in bounded chunks; totals are no rows, a row whose amount or dates cannot be understood is set aside.

    Errors: SourceError when a required header is missing.
    """
    spec = _rows.of_kind(SOURCE, "contracts")
    totals = f"(?i){schema.source(SOURCE).spec['totals']}"
    gaps = _listed.Gaps()
    for table, body, broken in _listed.parts(path, found, lambda t: _listed.spec(t, SOURCE), NEXT):
        cells = [c for c in body.columns if c != "source_row"]
        is_total = pl.any_horizontal(pl.col(c).str.contains(totals).fill_null(False) for c in cells)
        rows = body.filter(~is_total)
        gaps.left_out(body, rows)
        rows = _rows.declare(rows, SOURCE)
        unit = next((said for label, name, _ in table.columns if name in AMOUNTS and (said := _unit(label))), None)
        rows, set_aside = _rows.without_required(rows.with_columns(amount_unit=pl.lit(unit, pl.String)), spec, NEXT)
        rows, wrong = _usable(rows)
        yield gaps.closed(_rows.chunk(rows, SOURCE, sorted([*broken, *set_aside, *wrong])))


def source_contracts(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per delivered row."""
    spec = schema.source(SOURCE).spec
    frame = _values.take(raw, *spec["columns"], *_values.DELIVERY)
    taxes = [
        pl.when(pl.col("tax").str.to_lowercase().str.contains(p)).then(pl.lit(code))
        for code, p in spec["taxes"].items()
    ]
    wan = pl.col("amount").str.contains("万").fill_null(False)
    named = frame.with_columns(
        **{
            c: unwrap(pl.col(c))
            for c in ("resource", "resource_en", "supplier", "consortium", "payment", "notes", "budget")
        },
        contract_year=pl.col("contract_year").str.extract(r"((?:19|20)\d{2})", 1).cast(pl.Int64),
        amount=pl.coalesce(
            _number("amount") * pl.when(wan).then(WAN).otherwise(1), (_number("amount_wan") * WAN).round(2)
        ),
        amount_raw=pl.coalesce("amount", pl.col("amount_wan") + "万"),
        currency=pl.coalesce(
            _coded(pl.col(c), spec["currencies"]) for c in ("currency", "amount", "amount_wan", "amount_unit")
        ),
        amount_cny=_number("amount_cny"),
        exchange_rate=_number("exchange_rate"),
        is_tax_included=pl.coalesce(taxes) == "true",
        valid_from=_date("valid_from", 0),
        valid_to=_date("valid_to", -1),
        exchange_date=_dated(pl.col("exchange_date"), "valid_from"),
        signed_on=_dated(pl.col("signed_on"), "valid_from"),
    )
    # a package is often one contract with its price in a merged cell, which then stands in every row
    together = pl.len().over("contract_number", "amount_raw") > 1
    shared = pl.when(pl.all_horizontal(pl.col("contract_number", "amount_raw").is_not_null())).then(together)
    return _values.conform(named.with_columns(is_amount_shared=shared), "source_contracts")


def _refuse_forbidden(table: _listed.Table, where: str) -> None:
    for label, _, _ in table.columns:
        for what, parts in schema.source(SOURCE).spec["forbidden"].items():
            if any(part in _table.label(label) for part in parts):
                raise SourceError(
                    f"合同清单含有平台不收集的内容：“{label.strip()}”列（{what}）",
                    where=where,
                    safe="整份文件没有入库",
                    next_step="请删除这一列后重新放入",
                )


def _usable(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[_rows.Row]]:
    """Rows whose amounts and dates can be understood, and the others with what is wrong; an empty cell is none of both."""
    wrong: list[_rows.Row] = []
    for row in rows.iter_rows(named=True):
        if words := _wrong(row):
            wrong.append((row["source_row"], _rows.as_text(row), *words, NEXT))
    return rows.filter(~pl.col("source_row").is_in([w[0] for w in wrong])), wrong


def _wrong(row: dict[str, Any]) -> tuple[str, str] | None:
    for name in ("amount", "amount_wan", "amount_cny"):
        if (text := row[name]) and len(re.findall(_AMOUNT, text)) != 1:
            return "金额是一个数，如 123456.00 或 12.3万元", f"“{text}”"
    for name, edge in (("valid_from", 0), ("valid_to", -1), ("period", 0), ("period", -1)):
        if (text := row[name]) and _edge(text, edge) is None:
            return "日期写作 2025-01-01、2025/1/1、2025年1月，期限写作 2025-01-01 至 2025-12-31", f"“{text}”"
    return None


def _edge(text: str, edge: int) -> str | None:
    """First (0) or last (-1) day of a period; of a single date that date, of a year its first or last day."""
    side = "valid_from" if edge == 0 else "valid_to"
    if alone := iso_date(text, side):
        return alone
    marks = [m.span() for m in _UNTIL.finditer(text)]
    for start, end in marks:  # a date may hold the mark itself: 2025-01-01-2025-12-31
        parts = text[:start], text[end:]
        first, last = iso_date(parts[0], "valid_from"), iso_date(parts[1], "valid_to")
        if first and last and first <= last:
            return (first, last)[edge]
    return None


def _date(column: str, edge: int) -> pl.Expr:
    both = pl.coalesce(column, "period")
    return both.map_batches(lambda s: _edges(s, edge), return_dtype=pl.String)


def _edges(texts: pl.Series, edge: int) -> pl.Series:
    found = {text: _edge(text, edge) for text in texts.drop_nulls().unique()}
    return texts.replace_strict(found, default=None, return_dtype=pl.String)


def _dated(text: pl.Expr, side: str) -> pl.Expr:
    return text.map_batches(
        lambda s: s.replace_strict(
            {v: iso_date(v, side) for v in s.drop_nulls().unique()}, default=None, return_dtype=pl.String
        ),
        return_dtype=pl.String,
    )


def _number(column: str) -> pl.Expr:
    return pl.col(column).str.extract(_AMOUNT, 1).str.replace_all("[,，]", "").cast(pl.Float64, strict=False)


def _coded(text: pl.Expr, patterns: dict[str, str]) -> pl.Expr:
    return pl.coalesce(pl.when(text.str.contains(p)).then(pl.lit(code)) for code, p in patterns.items())


def _unit(label: str) -> str | None:
    """The currency that a label states: 金额（美元）, 金额（万元）."""
    inside = re.search(r"[(（](.+?)[)）]", label)
    return inside.group(1) if inside else None
