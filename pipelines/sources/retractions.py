"""Retraction Watch: notices of retraction, correction and concern, several per paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import identifiers, schema
from pipelines.core.errors import SourceError
from pipelines.sources import Chunk, FileHead, Recognised, _listed, _rows, _values
from pipelines.sources._values import unwrap

SOURCE = "retractions"
NEXT = "请重新下载 Retraction Watch 数据；同一文件中的其他行照常使用"
_YEAR_FIRST = r"^\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})"
_YEAR_LAST = r"^\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})"


def recognise(head: FileHead) -> Recognised | None:
    """A table with record id, nature and DOIs of notices. Errors: SourceError for a header without rows."""
    found = _listed.find(head, SOURCE)
    if not found:
        return None
    filled = [t for t in found if t.filled]
    if not filled:
        raise SourceError("撤稿数据只有表头，没有记录", where=head.path.name, next_step="请重新下载")
    form = head.encoding if head.encoding in ("xlsx", "xls") else "csv"
    reasons = ("表头是 Retraction Watch 的列名",)
    return Recognised(SOURCE, form, filled[0].kind, head.encoding, "", "en", reasons, (), _listed.details(filled))


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Rows as text in bounded chunks; a row without number or nature is set aside.

    Errors: SourceError when a required header is missing.
    """
    spec = _rows.of_kind(SOURCE, found.kind)
    for _, body, broken in _listed.parts(path, found, lambda table: _listed.spec(table, SOURCE), NEXT):
        rows, set_aside = _rows.without_required(body, spec, NEXT)
        yield _rows.chunk(rows, SOURCE, sorted([*broken, *set_aside]))


def source_retractions(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per delivered notice."""
    spec = schema.source(SOURCE).spec
    frame = _values.take(raw, *spec["columns"], *_values.DELIVERY)
    cells = pl.exclude(*_values.PROVENANCE, *_values.DELIVERY)
    frame = frame.with_columns(_values.present(cells, spec["absent"]))
    nature = pl.col("nature").str.to_lowercase().str.replace_all(r"\s+", " ")
    named = frame.with_columns(
        retraction_id=pl.col("notice_id"),
        title=unwrap(pl.col("title")),
        venue=unwrap(pl.col("journal")),
        doi=identifiers.doi(pl.col("original_doi")),
        doi_raw=pl.col("original_doi"),
        retraction_doi=identifiers.doi(pl.col("retraction_doi")),
        pmid=_digits("original_pmid"),
        retraction_pmid=_digits("retraction_pmid"),
        retraction_nature=nature.replace_strict(spec["natures"], default=None, return_dtype=pl.String),
        retraction_nature_raw=pl.col("nature"),
        retraction_reasons=_joined("reason", r"^\+\s*"),
        retraction_subjects=_joined("subject", r"^\s+"),
        document_type_raw=_joined("article_type", r"^\s+"),
        institutions_text=_joined("institution", r"^\s+"),
        countries_text=_joined("country", r"^\s+"),
        authors_text=_joined("authors", r"^\s+"),
        url=pl.col("urls"),
        **_dates(frame, "retraction_date", "original_date"),
    )
    return _values.conform(named, "source_retractions")


def _joined(column: str, mark: str) -> pl.Expr:
    """Items of a cell joined by '; ', each without its mark: '+Error in Data;+Misconduct;'."""
    items = _values.items(pl.col(column), ";").list.eval(pl.element().str.replace(mark, ""))
    return items.list.join("; ")


def _digits(column: str) -> pl.Expr:
    return pl.col(column).str.extract(r"^(\d{3,9})(?:\.0)?$", 1)


def _dates(frame: pl.DataFrame, *columns: str) -> dict[str, pl.Expr]:
    """ISO dates. The vendor writes month/day/year; where a first part is above 12 and no second one is, the file has day/month/year."""
    every = pl.concat([frame[c] for c in columns])
    first, second = (every.str.extract(_YEAR_LAST, n).cast(pl.Int64) for n in (1, 2))
    day_first = bool((first > 12).any()) and not bool((second > 12).any())
    return {c: _date(pl.col(c), day_first) for c in columns}


def _date(text: pl.Expr, day_first: bool) -> pl.Expr:
    month, day = (2, 1) if day_first else (1, 2)
    last = [text.str.extract(_YEAR_LAST, n) for n in (3, month, day)]
    first = [text.str.extract(_YEAR_FIRST, n) for n in (1, 2, 3)]
    written = pl.coalesce(
        pl.concat_str([part.str.zfill(2) for part in parts], separator="-") for parts in (first, last)
    )
    return written.str.to_date("%Y-%m-%d", strict=False).dt.strftime("%Y-%m-%d")
