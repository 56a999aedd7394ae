"""Raw batches that count: those with a manifest, not withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from pipelines.core import ledger
from pipelines.core.errors import ConfigError
from pipelines.core.settings import Settings
from pipelines.core.store import Store, read_json
from pipelines.intake import landing

MANIFEST = "manifest.json"


def manifests(settings: Settings, source: str | None = None) -> list[dict[str, Any]]:
    """Live batches with accepted rows, in order of source and arrival; each file with rows has `path`, its Parquet file.

    Grain: one entry per batch of raw/.
    """
    place = Store(settings.data_dir.resolve())
    found = [m for m in live(place, source) if not m["refused"]]
    for manifest in found:
        folder = place.raw / manifest["source"] / manifest["batch_id"]
        for entry in manifest["files"]:
            entry["path"] = str(folder / entry["raw"]) if entry["raw"] else ""
        manifest["parquet"] = [entry["path"] for entry in manifest["files"] if entry["path"]]
    return found


def withdraw(settings: Settings, source: str, batch_id: str, reason: str) -> None:
    """Take a batch out of every later build. Nothing is deleted; the same files may be dropped again afterwards.

    Errors: ConfigError when there is no such batch, no reason, or it was withdrawn before.
    """
    place = Store(settings.data_dir.resolve())
    if not reason.strip():
        raise ConfigError("撤回一个批次需要写明原因", next_step="请补上原因，日后可查")
    if not (place.landing / source / batch_id / landing.ACCOUNT).exists():
        raise ConfigError(
            f"没有 {source} 的批次 {batch_id}", where=str(place.landing / source), safe="没有改动任何东西"
        )
    if (source, batch_id) in withdrawn(place):
        raise ConfigError(f"批次 {batch_id} 已经撤回过", safe="没有改动任何东西")
    line = {"source": source, "batch_id": batch_id, "reason": reason.strip(), "date": landing.now_text()}
    ledger.append(place.ledger, "withdrawn_batches", pl.DataFrame([line]))


def withdrawn(place: Store) -> set[tuple[str, str]]:
    """Withdrawn batches as (source, batch_id)."""
    lines = ledger.read(place.ledger, "withdrawn_batches").select("source", "batch_id").iter_rows()
    return {(source, batch_id) for source, batch_id in lines}


def rows_before(place: Store, source: str, kinds: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Accepted rows of each kind in the newest live batch that has it, with that batch's id."""
    found: dict[str, tuple[int, str]] = {}
    wanted = set(kinds)
    for manifest in reversed(list(live(place, source))):
        here: dict[str, int] = {}
        for entry in manifest["files"]:
            if not entry["refused"]:
                here[entry["kind"]] = here.get(entry["kind"], 0) + entry["accepted"]
        for kind in here.keys() & wanted - found.keys():
            found[kind] = here[kind], manifest["batch_id"]
    return found


def live(place: Store, source: str | None) -> Iterator[dict[str, Any]]:
    """Manifests of the batches that were not withdrawn, in order of source and arrival."""
    gone = withdrawn(place)
    for path in sorted(place.raw.glob(f"{source or '*'}/*/{MANIFEST}")):
        if (path.parent.parent.name, path.parent.name) not in gone:
            yield read_json(path)
