"""Scopus: CSV of every header generation, its Excel re-saves, RIS and BibTeX. A record's key is its EID."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core.errors import SourceError
from pipelines.sources import (
    Chunk,
    FileHead,
    Recognised,
    _delimited,
    _rows,
    _table,
    scopus_authors,
    scopus_entries,
    scopus_records,
    scopus_references,
)

SOURCE = "scopus"
NEXT = "请在 Scopus 重新导出这条记录（CSV，勾选 EID 与 Link）；同一文件中的其他记录不受影响"
_PROVES = {"eid", "author_ids", "authors_with_affiliations"}  # one of them beside title and three more
_RIS = re.compile(r"^(?:DB +- Scopus|UR +- \S*scopus\.com/)", re.M)
_BIBTEX = re.compile(r"^\s*source\s*=\s*[{\"]\s*Scopus\s*[}\"]|^\s*url\s*=\s*[{\"]\S*scopus\.com/", re.M | re.I)
_EID = r"(?i)(2-s2\.0-\d+)"
_PAGE = r"scopus\.com/(?:pages/publications|record/display\.uri\?eid=2-s2\.0-)/?(\d+)"
_REASONS = {"ris": "RIS 记录，注明来自 Scopus", "bibtex": "BibTeX 记录，注明来自 Scopus"}


def recognise(head: FileHead) -> Recognised | None:
    """A table with Title and EID (or Scopus' own author columns), or references that name Scopus.

    Errors: SourceError when there is a header and nothing else.
    """
    if head.encoding is None:
        return None
    text = head.text.replace("\r\n", "\n").replace("\r", "\n")
    if head.encoding not in ("xlsx", "xls"):
        if re.search(r"^\ufeff?TY {1,2}-", text, re.M) and _RIS.search(text):
            return _reference(head, text, "ris")
        if re.search(r"@\w+\s*\{", text) and _BIBTEX.search(text):
            return _reference(head, text, "bibtex")
    return _tabular(head, text)


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Records as text; `NA` of R is an empty cell. A row without title, or without EID in its field or link, is set aside."""
    spec = _rows.columns(SOURCE)
    for rows, set_aside in _parts(path, found, spec):
        text = pl.selectors.string()
        rows = rows.with_columns(pl.when(text.str.strip_chars() != "NA").then(text)).with_columns(_eid(rows))
        rows, incomplete = _rows.without_required(rows, spec, NEXT)
        rows = rows.with_columns(file_format=pl.lit(found.format))
        yield _rows.chunk(rows, SOURCE, sorted([*set_aside, *incomplete]))


def record_ids(rows: pl.DataFrame) -> pl.Series:
    """scopus:<EID>."""
    return rows.select(record_id=pl.lit("scopus:") + pl.col("eid"))["record_id"]


def exported_at(rows: pl.DataFrame) -> pl.Series:
    """Export date of every row (RIS, BibTeX); CSV has none."""
    return rows.select(exported_at=scopus_records.exported())["exported_at"]


def source_records(raw: pl.LazyFrame, *, document_types: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per raw_id."""
    return scopus_records.records(raw, document_types)


def source_authorships(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and author position."""
    return scopus_authors.authorships(raw)


def source_author_identifiers(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, identifier type and value."""
    return scopus_authors.author_identifiers(raw)


def source_addresses(raw: pl.LazyFrame, *, countries: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, role and address position."""
    return scopus_authors.addresses(raw, countries)


def source_authorship_addresses(raw: pl.LazyFrame, *, countries: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, author, role and address that the record links."""
    return scopus_authors.links(raw, countries)


def source_metrics(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and metric."""
    return scopus_records.metrics(raw)


def source_cited_references(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and reference."""
    return scopus_references.cited_references(raw)


def source_funding(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, funder and grant number."""
    return scopus_references.funding(raw)


def _reference(head: FileHead, text: str, form: str) -> Recognised:
    missing = _missing(scopus_entries.present(text, form) | {"eid"})
    return Recognised(SOURCE, form, "", head.encoding, "", "en", (_REASONS[form],), missing)


def _tabular(head: FileHead, text: str) -> Recognised | None:
    spec = _rows.columns(SOURCE)
    tables = list(_grids(head, text, spec))
    for _, rows in tables:
        at, hits = _table.find(rows, spec)
        known = _table.variants(spec)
        labels = [cell for cell in rows[at] if cell.strip()] if rows else []
        have = {known.get(_table.label(cell), "") for cell in labels}
        if hits < 5 or "title" not in have or not have.intersection(_PROVES):
            continue
        if len([row for row in rows if any(row)]) <= at + 1:
            raise SourceError("表里只有表头，没有记录", where=head.path.name, next_step="请检查导出时是否选中了记录")
        form = "xlsx" if head.encoding in ("xlsx", "xls") else "csv"
        language = "zh" if any("\u4e00" <= c <= "\u9fff" for c in "".join(labels)) else "en"
        reason = f"表头有 {hits} 个 Scopus 的列名，含{'、'.join(str(spec[n]['zh']) for n in sorted(have & _PROVES))}"
        era = f"{len(labels)} 列"
        details = {"sheets": _table.alike(tables, rows[at])} if form == "xlsx" else {}
        return Recognised(SOURCE, form, "", head.encoding, era, language, (reason,), _missing(have), details)
    return None


def _grids(head: FileHead, text: str, spec: _rows.Spec) -> Iterator[tuple[str, list[list[str]]]]:
    if head.encoding in ("xlsx", "xls"):
        for part in filter(None, text.split("\x1d")):
            name, *lines = part.split("\n")
            yield name, [line.split("\t") for line in lines]
    else:
        yield "", _delimited.opening(text.split("\n")[: _table.SEARCHED], spec)[1]


def _missing(present: set[str]) -> tuple[str, ...]:
    wanted = [(n, s) for n, s in _rows.columns(SOURCE).items() if s.get("need") == "wanted" and n not in present]
    return tuple(f"{n}（{s['zh']}）：{s['cost']}" for n, s in wanted)


def _parts(path: Path, found: Recognised, spec: _rows.Spec) -> Iterator[_delimited.Part]:
    """Rows of a file in parts of bounded size; an Excel sheet is in memory anyway. The EID may stand in the link alone."""
    encoding = found.encoding or "utf-8"
    table = spec | {"eid": spec["eid"] | {"need": None}}
    if found.format == "csv":
        yield from _delimited.frames(path, encoding, table, NEXT)
    elif found.format == "xlsx":
        yield from ((rows, []) for rows in _table.bodies(path, found.sheets, table))
    else:
        yield from (scopus_entries.ris if found.format == "ris" else scopus_entries.bibtex)(path, encoding)


def _eid(rows: pl.DataFrame) -> pl.Expr:
    """EID of its own field, else of the link: `eid=2-s2.0-…`, or `…/publications/…` since 2025."""
    link = pl.col("link") if "link" in rows.columns else pl.lit(None, dtype=pl.String)
    own = pl.col("eid") if "eid" in rows.columns else pl.lit(None, dtype=pl.String)
    number = link.str.extract(_PAGE, 1)
    return (
        pl.coalesce(own.str.extract(_EID, 1), link.str.extract(_EID, 1), pl.lit("2-s2.0-") + number)
        .str.to_lowercase()
        .alias("eid")
    )
