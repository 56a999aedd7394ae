"""CSSCI 中文社会科学引文索引: its text of source papers, with the unit of every author and the references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core.text import blank_to_null
from pipelines.sources import Chunk, FileHead, Recognised, _byline, _chinese, _chinese_files, _values

SOURCE = "cssci"
_PRINTED = r"^\s*(\d{4})\s*[,，]\s*([^(（]*)[(（]([^)）]*)[)）]\s*(?:[:：]\s*(.*))?$"  # 2019,40(010):3-19
_PADDED = r"^(\d{2})0$"  # issues have three digits: two of the number, then one of a part, 0 for a whole issue
_REFERENCE = r"(?m)^\s*\d+\s*[.．、]"
_CITED = r"\.([^.]+)\.((?:18|19|20)\d{2})\.(\w*)(?:\([^)]*\))?\.?$"
_CITED_AUTHOR = r"^([^.]{1,60}\.?)\."  # Uzzi,B..Title: the initial keeps its point


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


def source_funding(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, funder and grant number."""
    return _chinese.funding(raw)


def source_cited_references(raw: pl.LazyFrame) -> pl.DataFrame:
    """References as printed; `author.title.venue.year.volume(issue)` is taken apart from both ends, books have less.

    Grain: one row per raw_id and reference, in the order of the list.
    """
    frame = _values.take(raw, "references")
    lines = _values.items(pl.col("references"), "\n").list.eval(
        pl.element().filter(pl.element().str.contains(_REFERENCE)).str.replace(_REFERENCE, "").str.strip_chars()
    )
    listed = _values.in_order(frame.with_columns(reference_text=lines), "reference_text", "reference_position")
    text = pl.col("reference_text")
    listed = listed.with_columns(
        cited_author=text.str.extract(_CITED_AUTHOR, 1),
        cited_venue=text.str.extract(_CITED, 1).str.strip_chars(),
        cited_year=text.str.extract(_CITED, 2).cast(pl.Int64),
        cited_volume=blank_to_null(text.str.extract(_CITED, 3)),
    )
    return _values.conform(listed, "source_cited_references").sort("raw_id", "reference_position")


def _prepared(raw: pl.LazyFrame) -> pl.LazyFrame:
    """CSSCI separates values with slashes and prints year, volume, issue and pages in one field; its sources are journal papers."""
    parts = {"year": 1, "volume": 2, "issue": 3, "pages": 4}
    cut = {name: pl.col("printed").str.extract(_PRINTED, group).str.strip_chars() for name, group in parts.items()}
    cut = {name: blank_to_null(value) for name, value in cut.items()}
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
