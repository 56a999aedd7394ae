"""Batch folders of landing/ and quarantine/: made with their account first, filled file by file, recorded last.

Order of steps: (1) the folder appears whole, with batch.yml (what, when, who, from where) and SHA256SUMS, by one rename;
(2) files move in one by one and become read-only; (3) the emptied inbox folder is cleared; (4) one ledger segment. A crash
between any two steps loses nothing: a folder without a ledger line is completed by the next run, by the same function.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import yaml

from pipelines.core import ledger
from pipelines.core.errors import StageError
from pipelines.core.settings import TIMEZONE
from pipelines.core.store import Store, atomic_path, sha256, sync_folder
from pipelines.intake.clearing import clear

ACCOUNT, SUMS = "batch.yml", "SHA256SUMS"
OURS = {ACCOUNT, SUMS.lower(), "verdict.json", "说明.txt"}  # names in a batch folder that are not data
_COMING = ".coming-"
ACCEPTED, REFUSED, DUPLICATE, MISSING = "accepted", "refused", "duplicate", "missing"


@dataclass(frozen=True)
class Item:
    """One delivered file. `original` is its path in the inbox; `original_bytes` the same in hex when it is no plain text.

    `found` is what it was recognised as (recognition.kept).
    """

    file_no: int
    name: str
    original: str
    sha256: str
    size: int
    modified: str
    original_bytes: str = ""
    reason: str = ""
    found: Mapping[str, Any] = field(default_factory=dict)

    @property
    def inbox_path(self) -> str:
        return os.fsdecode(bytes.fromhex(self.original_bytes)) if self.original_bytes else self.original


@dataclass(frozen=True)
class Batch:
    """The account of one delivery (batch.yml)."""

    batch_id: str
    source: str
    fate: str
    arrived_at: str
    inbox_folder: str
    files: tuple[Item, ...]
    operator: str = ""
    hints: Mapping[str, Any] = field(default_factory=dict)
    hints_file: str = ""
    hints_text: str = ""
    warnings: tuple[str, ...] = ()

    def folder(self, place: Store) -> Path:
        root = place.landing if self.fate == ACCEPTED else place.quarantine
        return root / self.source / self.batch_id

    def written(self) -> str:
        """The account as text."""
        content = asdict(self) | {"files": [_short(asdict(f)) for f in self.files], "warnings": list(self.warnings)}
        return yaml.dump(_short(content), Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=120)


_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_account(folder: Path) -> Batch:
    """The account of a batch folder."""
    content = yaml.load((folder / ACCOUNT).read_text(encoding="utf-8"), Loader=_LOADER)
    files = tuple(Item(**f) for f in content.pop("files"))
    return Batch(files=files, warnings=tuple(content.pop("warnings", ())), **content)


def create(place: Store, batch: Batch, extra: Mapping[str, str] | None = None) -> Path:
    """Step 1: the folder with its account, and `extra` texts (verdict.json, 说明.txt), all at once."""
    folder = batch.folder(place)
    coming = folder.parent.parent / f"{_COMING}{batch.batch_id}"
    shutil.rmtree(coming, ignore_errors=True)
    coming.mkdir(parents=True)
    texts = {ACCOUNT: batch.written(), SUMS: "".join(_sum_line(f) for f in batch.files), **(extra or {})}
    for name, text in texts.items():
        with atomic_path(coming / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
    folder.parent.mkdir(parents=True, exist_ok=True)
    coming.rename(folder)
    sync_folder(folder.parent)
    return folder


def complete(place: Store, folder: Path) -> list[Item]:
    """Steps 2 to 4, as many of them as are still to do. Returns the files that are gone from inbox and folder alike."""
    batch = read_account(folder)
    missing = [f for f in batch.files if not _bring(place.inbox / f.inbox_path, folder / f.name, f.sha256)]
    if batch.fate == REFUSED:
        for item in [f for f in batch.files if f not in missing]:
            (folder / item.name).chmod(0o400)  # it may hold what nobody should see; its owner may delete it
    for half in folder.glob(".*.tmp"):  # a copy that was stopped
        half.unlink()
    sync_folder(folder)
    clear(place.inbox, batch.inbox_folder, batch.hints_file)
    gone = {item.name for item in missing}
    lines = [
        {
            "sha256": item.sha256,
            "file": item.original,
            "source": batch.source,
            "batch_id": batch.batch_id,
            "fate": MISSING if item.name in gone else batch.fate,
            "reason": "移入前已不在收件箱" if item.name in gone else item.reason,
        }
        for item in batch.files
    ]
    record(place, lines)
    return missing


def record(place: Store, lines: list[dict[str, str]]) -> None:
    """Append to the ledger of files, dated now."""
    moment = now_text()
    ledger.append(place.ledger, "files", pl.DataFrame([line | {"date": moment} for line in lines]))


def unfinished(place: Store) -> Iterator[Path]:
    """Batch folders that a stopped run left without a ledger line; what it left half written is removed."""
    recorded = set(ledger.read(place.ledger, "files").filter(pl.col("fate") != DUPLICATE)["batch_id"])
    for root in (place.landing, place.quarantine):
        for coming in root.glob(f"{_COMING}*"):  # our own texts only: files move in after the rename
            shutil.rmtree(coming)
        for account in sorted(root.glob(f"*/*/{ACCOUNT}")):
            if account.parent.name not in recorded:
                yield account.parent


def known(place: Store) -> dict[str, list[tuple[str, str]]]:
    """Checksum to the live batches (source, batch_id) that hold those bytes."""
    files = ledger.read(place.ledger, "files").filter(pl.col("fate") == ACCEPTED)
    live = files.join(ledger.read(place.ledger, "withdrawn_batches"), on=["source", "batch_id"], how="anti")
    found: dict[str, list[tuple[str, str]]] = {}
    for digest, source, batch_id in live.select("sha256", "source", "batch_id").iter_rows():
        found.setdefault(digest, []).append((source, batch_id))
    return found


def now_text() -> str:
    """This moment in the library's time zone; sorts as text."""
    return datetime.now(ZoneInfo(TIMEZONE)).isoformat(timespec="seconds")


def _bring(source: Path, target: Path, digest: str) -> bool:
    """Move one file in, unless it is there. False when it is nowhere."""
    if target.exists():
        if sha256(target) != digest:
            raise StageError(
                "landing 中的文件与清单不符",
                where=str(target),
                safe="原文件没有改动",
                next_step="请把本条信息交给维护人员，不要手工修改 landing/",
            )
        if source.is_file() and not source.is_symlink() and sha256(source) == digest:
            source.unlink()  # a copy was finished but its original not yet removed
        return True
    if not source.is_file() or source.is_symlink() or sha256(source) != digest:
        return False
    if not _rename(source, target):
        _copy(source, target, digest)
        source.unlink()
    return True


def _rename(source: Path, target: Path) -> bool:
    """The cheap way, when the file is on the same disk, ours, and known by no other name."""
    about = source.lstat()
    if about.st_nlink > 1 or about.st_uid != os.geteuid():
        return False
    with source.open("rb") as handle:
        os.fsync(handle.fileno())
    source.chmod(0o444)
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return False
    return True


def _copy(source: Path, target: Path, digest: str) -> None:
    with atomic_path(target) as temporary:
        shutil.copyfile(source, temporary)
        if sha256(temporary) != digest:
            raise StageError("复制时内容变了", where=str(source), safe="原文件仍在收件箱", next_step="稍后会自动重试")
    target.chmod(0o444)


def _sum_line(item: Item) -> str:
    """As sha256sum writes it, so that `sha256sum -c` can check a folder."""
    escaped = item.name.replace("\\", "\\\\")
    return f"{'' if escaped == item.name else chr(92)}{item.sha256}  {escaped}\n"


def _short(content: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in content.items() if v not in ("", (), [], {})}
