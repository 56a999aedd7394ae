"""Paths below the data folder, atomic writes, and the one build lock."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl


@dataclass(frozen=True)
class Store:
    """The data folder. Every path of the platform is made here."""

    root: Path

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def raw(self) -> Path:
        return self.root / "raw"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def ledger(self) -> Path:
        return self.root / "ledger"

    @property
    def builds(self) -> Path:
        return self.root / "builds"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def current(self) -> Path:
        """Link to the published build."""
        return self.root / "current"

    def build(self, build_id: str) -> Path:
        return self.builds / build_id

    def table(self, build_id: str, table: str) -> Path:
        """Folder that holds the Parquet parts of a table in a build."""
        return self.build(build_id) / "tables" / table

    def prepare(self) -> Store:
        """Make the top folders; safe to call at any time."""
        for folder in (self.inbox, self.landing, self.raw, self.quarantine, self.ledger, self.builds, self.reports):
            folder.mkdir(parents=True, exist_ok=True)
        return self

    def current_build(self) -> str | None:
        """Id of the published build, None before the first publication."""
        return self.current.resolve().name if self.current.is_symlink() and self.current.exists() else None

    def publish(self, build_id: str) -> None:
        """Move the `current` link to a build: atomic, readers of the old build keep it."""
        temporary = self.root / f".current-{os.getpid()}"
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(Path("builds") / build_id)
        temporary.replace(self.current)
        sync_folder(self.root)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, renamed onto it when the block ends well, removed otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        with temporary.open("rb+") as handle:
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, content: Any) -> None:
    """Write JSON atomically, readable by people."""
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """Content of a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_parquet(frame: pl.LazyFrame | pl.DataFrame, path: Path) -> None:
    """Write one Parquet file atomically."""
    with atomic_path(path) as temporary:
        if isinstance(frame, pl.LazyFrame):
            frame.sink_parquet(temporary, compression="zstd", compression_level=1)
        else:
            frame.write_parquet(temporary, compression="zstd", compression_level=1)


def sha256(path: Path) -> str:
    """Checksum of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def free_bytes(folder: Path) -> int:
    """Bytes free on the disk that holds a folder."""
    return shutil.disk_usage(folder).free


def utc_stamp(moment: datetime | None = None) -> str:
    """20261122T020000Z: sorts as text."""
    return (moment or datetime.now(UTC)).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
