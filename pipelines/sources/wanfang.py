"""Wanfang 万方数据: NoteExpress, RefWorks, EndNote, NoteFirst and result tables; also 中华医学会期刊网."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.sources import Chunk, FileHead, Recognised, _byline, _chinese, _chinese_files

SOURCE = "wanfang"


def recognise(head: FileHead) -> Recognised | None:
    """Tagged text, NoteFirst or a table that names Wanfang as its provider or links to it."""
    return _chinese_files.recognise(head, SOURCE)


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Records as text."""
    return _chinese_files.read(path, found)


def record_ids(rows: pl.DataFrame) -> pl.Series:
    """See _chinese.record_ids: one id for one paper in every format."""
    return _chinese.record_ids(rows, SOURCE)


def source_records(raw: pl.LazyFrame, *, document_types: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per raw_id."""
    return _chinese.records(raw, SOURCE, document_types)


def source_authorships(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and author position."""
    return _byline.authorships(raw)


def source_addresses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and unit."""
    return _byline.addresses(raw, _chinese.is_thesis(SOURCE))


def source_authorship_addresses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, author and unit, only where it is safe."""
    return _byline.links(raw, _chinese.is_thesis(SOURCE))


def source_metrics(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and metric."""
    return _chinese.metrics(raw, {"citations": "citations_wanfang", "downloads": "downloads_wanfang"})


def source_theses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id that is a thesis."""
    return _chinese.theses(raw, SOURCE)


def source_contributors(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, role and position."""
    return _chinese.contributors(raw, SOURCE)


def source_funding(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, funder and grant number."""
    return _chinese.funding(raw)
