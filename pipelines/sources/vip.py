"""VIP 维普: NoteExpress, RefWorks, EndNote, NoteFirst, XML, its own text with 【标签】, and result tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core.text import blank_to_null
from pipelines.sources import Chunk, FileHead, Recognised, _byline, _chinese, _chinese_files

SOURCE = "vip"
_PRINTED = (  # 刊名2020 12(3):1-5; 刊名. 2020,12(3). 1-5; 刊名,2021年第3期7-9,共3页
    r"^(.*?)[\s.,，]*((?:18|19|20)\d{2})(?:年?[,，]?\s*(?:第?([^\s(（:：]*?)卷?)\s*[(（]([^)）]*)[)）]"
    r"|年\s*(?:第?(\w+)卷)?\s*第?(\w+?)期)(?:[:：.]?\s*([^,，\s][^，]*?))?(?:[,，]\s*共\d+页)?\.?$"
)


def recognise(head: FileHead) -> Recognised | None:
    """Tagged text, NoteFirst, XML or a table that names VIP as its provider or links to it; 【题名】 text is VIP's alone."""
    return _chinese_files.recognise(head, SOURCE)


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Records as text."""
    return _chinese_files.read(path, found)


def record_ids(rows: pl.DataFrame) -> pl.Series:
    """See _chinese.record_ids: one id for one paper in every format."""
    return _chinese.record_ids(_prepared(rows.lazy()).collect(), SOURCE)


def source_records(raw: pl.LazyFrame, *, document_types: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per raw_id."""
    return _chinese.records(_prepared(raw), SOURCE, document_types)


def source_authorships(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and author position."""
    return _byline.authorships(raw)


def source_addresses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and unit."""
    return _byline.addresses(raw, _chinese.is_thesis(SOURCE))


def source_authorship_addresses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, author and unit that the record links."""
    return _byline.links(raw, _chinese.is_thesis(SOURCE))


def source_metrics(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and metric."""
    return _chinese.metrics(raw, {"citations": "citations_vip"})


def source_theses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id that is a thesis."""
    return _chinese.theses(raw, SOURCE)


def source_contributors(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, role and position."""
    return _chinese.contributors(raw, SOURCE)


def source_funding(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, funder and grant number."""
    return _chinese.funding(raw)


def _prepared(raw: pl.LazyFrame) -> pl.LazyFrame:
    """VIP's own text prints journal, year, volume, issue and pages in one field; it holds journal articles only."""
    own = pl.col("file_format") == "brackets"
    one = own & pl.col("source_title").str.contains(_PRINTED)
    parts = {"year": (2,), "volume": (3, 5), "issue": (4, 6), "pages": (7,)}
    printed = pl.col("source_title")
    cut = [
        pl.coalesce(n, *(pl.when(one).then(blank_to_null(printed.str.extract(_PRINTED, g))) for g in places)).alias(n)
        for n, places in parts.items()
    ]
    name = pl.when(one).then(pl.col("source_title").str.extract(_PRINTED, 1)).otherwise("source_title")
    kind = pl.coalesce("type", pl.when(own | pl.col("file_format").eq("sheet")).then(pl.lit("Journal Article")))
    return raw.with_columns(*cut, source_title=name, type=kind)
