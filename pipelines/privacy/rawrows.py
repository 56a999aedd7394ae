"""Rows of raw/ about a person: found by what the source declares, shown, or removed for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import schema, store
from pipelines.ingest.screening import identifiers

MANIFEST = "manifest.json"
Row = dict[str, Any]


@dataclass(frozen=True)
class RawFile:
    """One raw Parquet file of a source that names persons."""

    source: str
    batch_id: str
    path: Path
    original: Path  # the file as delivered, in landing/


def files(place: store.Store, source: str | None = None) -> Iterator[RawFile]:
    """Raw files of the sources that schemas/privacy.yml declares, withdrawn batches too: they are still held."""
    for name in schema.privacy()["sources"]:
        if source not in (None, name):
            continue
        for manifest in sorted((place.raw / name).glob(f"*/{MANIFEST}")):
            for entry in store.read_json(manifest)["files"]:
                if entry["raw"]:
                    batch = manifest.parent.name
                    original = place.landing / name / batch / entry["file"]
                    yield RawFile(name, batch, manifest.parent / entry["raw"], original)


def named(file: RawFile, wanted: Callable[[Row, list[str]], bool]) -> pl.DataFrame:
    """Rows about persons for which `wanted`(row, its identifiers) says yes."""
    rows = pl.read_parquet(file.path)
    return rows.filter(pl.Series(_chosen(file.source, rows, wanted), dtype=pl.Boolean))


def remove(place: store.Store, file: RawFile, wanted: Callable[[Row, list[str]], bool]) -> pl.DataFrame:
    """Take these rows out of a raw file and its manifest for good; returns them. Counted as set aside: read stays what was read."""
    rows = pl.read_parquet(file.path)
    chosen = pl.Series(_chosen(file.source, rows, wanted), dtype=pl.Boolean)
    gone = rows.filter(chosen)
    if gone.is_empty():
        return gone
    store.write_parquet(rows.filter(~chosen), file.path)
    path = file.path.with_name(MANIFEST)
    content = store.read_json(path)
    for entry in content["files"]:
        if entry["raw"] == file.path.name:
            entry["raw_sha256"] = store.sha256(file.path)
            entry["accepted"] -= gone.height
            entry["quarantined"] += gone.height
            entry["erased"] = entry.get("erased", 0) + gone.height
    for total, change in (("accepted", -gone.height), ("quarantined", gone.height)):
        if isinstance(content.get(total), int):
            content[total] += change
    store.write_json(path, content)
    return gone


def blank(file: RawFile, person_id: str) -> int:
    """Empty the cells that name a person by number in rows about others; returns how many."""
    columns = schema.privacy()["sources"][file.source].get("mentions", [])
    rows = pl.read_parquet(file.path)
    columns = [c for c in columns if c in rows.columns]
    token = rf"(?:^|[;；,，、/\s]){_escaped(person_id)}(?:$|[;；,，、/\s])"
    hits = rows.select(pl.col(columns).str.contains(token).fill_null(False).sum()).sum_horizontal()[0] if columns else 0
    if hits:
        emptied = [pl.when(pl.col(c).str.contains(token)).then(None).otherwise(pl.col(c)).alias(c) for c in columns]
        store.write_parquet(rows.with_columns(emptied), file.path)
        path = file.path.with_name(MANIFEST)
        content = store.read_json(path)
        for entry in content["files"]:
            if entry["raw"] == file.path.name:
                entry["raw_sha256"] = store.sha256(file.path)
        store.write_json(path, content)
    return int(hits)


def _escaped(text: str) -> str:
    return "".join(c if c.isalnum() else f"\\{c}" for c in text)


def _chosen(source: str, rows: pl.DataFrame, wanted: Callable[[Row, list[str]], bool]) -> list[bool]:
    spec = schema.privacy()["sources"][source]
    only = spec.get("only", {})
    return [
        all(row.get(c) == v for c, v in only.items()) and wanted(row, identifiers(spec, row))
        for row in rows.iter_rows(named=True)
    ]
