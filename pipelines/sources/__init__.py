"""Sources: one module per vendor, found by name (schemas/sources/<source>.yml <-> pipelines/sources/<source>.py).

The protocol of a source module, all of it:

    recognise(head: FileHead) -> Recognised | None
        Says whether a file is of this source, by content alone, with reasons.
    read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]
        The file as text, in chunks of bounded size; nothing interpreted. `Chunk.rows` has every declared raw column of
        schemas/sources/<source>.yml (null when the file lacks it), unknown extra columns under their own names, and `source_row`
        (1-based record number in the file). It may have RECORD, the record's own text: record_hash is then taken of it.
        `Chunk.rejected` has rows that cannot be read (row, text, expected, found, next_step).
        read = accepted + rejected, always. Raises SourceError when the structure is wrong: the whole file is refused.
    source_<table>(raw: pl.LazyFrame) -> pl.LazyFrame | pl.DataFrame
        One pure function per table that the source gives; a name that is in schemas/tables/. `raw` is one landing file's raw rows:
        the declared columns plus raw_id, record_id, batch_id, source_file, source_row, record_hash, delivered_at and the hints of
        batch.yml as hint_<key> columns.
    record_ids(rows: pl.DataFrame) -> pl.Series
        Optional: record_id of every raw row. A source whose rows are no bibliographic records has none: null for every row.
    exported_at(rows: pl.DataFrame) -> pl.Series
        Optional: ISO date at which the vendor made the row, null where it does not say.
    TABLES_OF_KIND: Mapping[str, tuple[str, ...]]
        Optional: which tables a file of each kind can give, where one source has many kinds; the others are not asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl

from pipelines.core import catalog

RECORD = "_record"  # column of a chunk that is hashed and not kept


@dataclass(frozen=True)
class FileHead:
    """What recognition may look at: name, size, magic, and the beginning of the text in the encoding that was found."""

    path: Path
    size: int
    magic: bytes
    encoding: str | None
    text: str


@dataclass(frozen=True)
class Recognised:
    """What a file is, and why we think so."""

    source: str
    format: str
    kind: str = ""
    encoding: str | None = None
    era: str = ""
    language: str = ""
    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()  # fields the export lacks, with what that costs, in words
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sheets(self) -> tuple[str, ...]:
        """Sheets of a workbook that the source reads, as it says in `details`; empty when it reads the first."""
        several = self.details.get("sheets") or [s for s in [self.details.get("sheet")] if s]
        return tuple(str(s if isinstance(s, str) else s[0]) for s in several)


@dataclass(frozen=True)
class Chunk:
    """Part of a file: rows that are readable, rows that are not."""

    rows: pl.DataFrame
    rejected: pl.DataFrame


def record_ids(module: ModuleType, rows: pl.DataFrame) -> pl.Series:
    """record_id of every raw row, as the source's module has it; null where its rows are no bibliographic records."""
    if not hasattr(module, "record_ids"):
        return pl.repeat(None, rows.height, dtype=pl.String, eager=True).alias("record_id")
    ids: pl.Series = module.record_ids(rows)
    return ids.cast(pl.String).alias("record_id")


def modules() -> dict[str, ModuleType]:
    """Source name to module, for every declared source."""
    return {name: import_module(f"pipelines.sources.{name}") for name in catalog.source_names()}


def giving(table: str) -> dict[str, Any]:
    """Source name to the function that makes `table` from that source's raw rows."""
    if table == "source_deliveries":  # the same for every source
        deliveries = import_module("pipelines.sources._deliveries")
        return {name: deliveries.of(name) for name in catalog.source_names()}
    return {name: getattr(module, table) for name, module in modules().items() if hasattr(module, table)}


def may_give(source: str, kind: str, table: str) -> bool:
    """Whether a file of this kind can have rows of `table`: a source that does not say may give all its tables."""
    declared: Mapping[str, tuple[str, ...]] = getattr(
        import_module(f"pipelines.sources.{source}"), "TABLES_OF_KIND", {}
    )
    return kind not in declared or table in declared[kind] or table == "source_deliveries"


def current(raw: Path, source: str) -> pl.LazyFrame:
    """Raw rows of a file as today's layout names them: deliveries that are older than a schema change stay readable."""
    rows = import_module("pipelines.sources._rows")
    migrated: pl.LazyFrame = rows.current(pl.scan_parquet(raw), source)
    return migrated


__all__ = ["Chunk", "FileHead", "Iterator", "Recognised", "current", "giving", "may_give", "modules", "record_ids"]
