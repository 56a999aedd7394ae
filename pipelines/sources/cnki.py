"""CNKI 中国知网: RefWorks, NoteExpress, EndNote, 知网研学, 自定义 and 查新 text, NoteFirst, and result tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.sources import Chunk, FileHead, Recognised, _byline, _chinese, _chinese_files, cnki_patents

SOURCE = "cnki"


def recognise(head: FileHead) -> Recognised | None:
    """Tagged text, a page's answer, NoteFirst or a table; of CNKI when it says so, or when the format is CNKI's alone."""
    return _chinese_files.recognise(head, SOURCE)


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Records as text."""
    return _chinese_files.read(path, found)


def record_ids(rows: pl.DataFrame) -> pl.Series:
    """See _chinese.record_ids: one id for one paper in every format."""
    return _chinese.record_ids(rows, SOURCE)


def source_records(raw: pl.LazyFrame, *, document_types: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per raw_id."""
    return _chinese.records(_works(raw), SOURCE, document_types)


def source_authorships(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and author position."""
    return _byline.authorships(_works(raw))


def source_addresses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and unit."""
    return _byline.addresses(_works(raw), _chinese.is_thesis(SOURCE))


def source_authorship_addresses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, author and unit, only where it is safe."""
    return _byline.links(_works(raw), _chinese.is_thesis(SOURCE))


def source_metrics(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and metric."""
    return _chinese.metrics(_works(raw), {"citations": "citations_cnki", "downloads": "downloads_cnki"})


def source_theses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id that is a thesis."""
    return _chinese.theses(raw, SOURCE)


def source_contributors(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, role and position."""
    return _chinese.contributors(raw, SOURCE)


def source_funding(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, funder and grant number."""
    return _chinese.funding(_works(raw))


def source_patents(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and publication."""
    return cnki_patents.patents(raw)


def source_patent_parties(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, publication, role and position."""
    return cnki_patents.parties(raw)


def _works(raw: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of literature: patents with a number have tables of their own."""
    return raw.filter(~cnki_patents.is_patent())
