"""EI Engineering Village: Excel download of detailed records; Compendex, Inspec and others may lie in one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core.errors import SourceError
from pipelines.sources import Chunk, FileHead, Recognised, _rows, _sheets, _table, ei_authors, ei_records

SOURCE = "ei"
NEXT = "请在 Engineering Village 重新下载这条记录（Excel，Detailed record）；同一文件中的其他记录不受影响"
PROVES = ("accession_number", "title", "authors")  # headers that no other vendor's sheet has together with …
AND_ONE_OF = ("database", "main_heading", "controlled_terms", "classification", "affiliations")


def recognise(head: FileHead) -> Recognised | None:
    """An Excel sheet whose header row holds Accession number, Title, Author and one of EI's own columns."""
    if head.encoding != "xlsx":
        return None
    spec = _rows.columns(SOURCE)
    for name, rows in head_rows(head):
        at, hits = _table.find(rows, spec)
        known = _table.variants(spec)
        have = {known.get(_table.label(cell), "") for cell in rows[at]} if rows else set()
        if hits < 4 or not have.issuperset(PROVES) or not have.intersection(AND_ONE_OF):
            continue
        if len(rows) <= at + 1:
            raise SourceError("表里只有表头，没有记录", where=head.path.name, next_step="请检查下载时是否选中了记录")
        missing = [
            f"{n}（{s['zh']}）：{s['cost']}" for n, s in spec.items() if s.get("need") == "wanted" and n not in have
        ]
        reason = f"工作表“{name}”的表头是 Engineering Village 的详细记录"
        return Recognised(SOURCE, "xlsx", "detailed", "xlsx", "", "en", (reason,), tuple(missing), {"sheet": name})
    return None


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """All rows in one chunk: an Excel sheet is in memory anyway."""
    grid = _sheets.grid(path, found.details.get("sheet", 0))
    spec = _rows.columns(SOURCE)
    head = _table.header(_sheets.rows(grid, _table.SEARCHED), spec, path.name)
    rows, set_aside = _rows.without_required(_table.body(grid, head), _rows.columns(SOURCE), NEXT)
    yield _rows.chunk(rows, SOURCE, set_aside)


def record_ids(rows: pl.DataFrame) -> pl.Series:
    """ei:<accession number>."""
    return rows.select(record_id=pl.lit("ei:") + pl.col("accession_number"))["record_id"]


def head_rows(head: FileHead) -> list[tuple[str, list[list[str]]]]:
    """Sheets of FileHead.text: name and first rows."""
    parts = [part.split("\n") for part in head.text.split("\x1d") if part]
    return [(lines[0], [line.split("\t") for line in lines[1:]]) for lines in parts]


def source_records(raw: pl.LazyFrame, *, document_types: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per raw_id."""
    return ei_records.records(raw, document_types)


def source_authorships(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and author position."""
    return ei_authors.authorships(raw)


def source_author_identifiers(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and e-mail."""
    return ei_authors.author_identifiers(raw)


def source_addresses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and address position."""
    return ei_authors.addresses(raw)


def source_authorship_addresses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, author and address that the numbers link."""
    return ei_authors.links(raw)


def source_metrics(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and metric."""
    return ei_records.metrics(raw)
