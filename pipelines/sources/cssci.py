"""CSSCI 中文社会科学引文索引: its text of source papers, with the unit of every author and the references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.sources import Chunk, FileHead, Recognised, _byline, _chinese, _chinese_files

SOURCE = "cssci"
_PRINTED = r"^\s*(\d{4})\s*[,，]\s*([^(（]*)[(（]([^)）]*)[)）]\s*(?:[:：]\s*(.*))?$"  # 2019,40(010):3-19
_PADDED = r"^(\d{2})0$"  # issues have three digits: two of the number, then one of a part, 0 for a whole issue
_REFERENCE = r"(?m)^\s*\d+\s*[.．、]"


def recognise(head: FileHead) -> Recognised | None:
    """Text whose records begin with 【来源篇名】."""
    return _chinese_files.recognise(head, SOURCE)


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Records as text."""
    return _chinese_files.read(path, found)


def record_ids(rows: pl.DataFrame) -> pl.Series:
    """See _chinese.record_ids."""
    return _chinese.record_ids(_prepared(rows.lazy()).collect(), SOURCE)


def source_records(raw: pl.LazyFrame, *, document_types: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per raw_id."""
    return _chinese.records(_prepared(raw), SOURCE, document_types)


def source_authorships(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and author position."""
    return _byline.authorships(_prepared(raw))


def source_addresses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and unit."""
    return _byline.addresses(_prepared(raw), pl.lit(False))


def source_authorship_addresses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, author and unit: the name stands before its unit."""
    return _byline.links(_prepared(raw), pl.lit(False))


def source_metrics(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and metric: the number of references that are printed."""
    printed = pl.col("references").str.count_matches(_REFERENCE).cast(pl.String)
    return _chinese.metrics(raw.with_columns(references=printed), {"references": "references_count"})


def _prepared(raw: pl.LazyFrame) -> pl.LazyFrame:
    """CSSCI separates values with slashes and prints year, volume, issue and pages in one field; its sources are journal papers."""
    parts = {"year": 1, "volume": 2, "issue": 3, "pages": 4}
    cut = {name: pl.col("printed").str.extract(_PRINTED, group).str.strip_chars() for name, group in parts.items()}
    cut = {name: pl.when(value != "").then(value) for name, value in cut.items()}
    cut["issue"] = cut["issue"].str.replace(_PADDED, "$1")
    return raw.with_columns(
        **cut,
        authors=pl.col("authors").str.replace_all("/", ";", literal=True),
        affiliations=pl.col("affiliations").str.replace_all(r"\s*/\s*\[", "\n["),
        keywords=pl.col("keywords").str.replace_all("/", ";", literal=True),
        funding=pl.col("funding").str.replace_all(r"\)\s*/\s*", "); "),
        title_other=pl.col("title_other").str.replace_all("\\\\([\"'])", "$1"),
        type=pl.lit("来源文献"),
        editions=pl.lit("CSSCI"),
    )
