"""One build: run its stages over Parquet, link what has not changed, keep the account of it.

A table of a build is a folder of Parquet parts. `stages/<table>.json` names each part with its key (hash of inputs, dictionaries and
code), its checksum and its rows. A part whose key stands in an earlier build is hard-linked instead of computed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import schema, store
from pipelines.core.errors import PipelineError, StageError
from pipelines.partitions import Build, Parts, partitions
from pipelines.stages import Stage
from pipelines.validation import tables as table_checks

__all__ = ["Build", "StageReport", "run_share", "run_stage"]

SIDE_BY_SIDE = 3  # parts of a table made at a time; one of them is usually waiting for the disk


@dataclass(frozen=True)
class StageReport:
    """What one stage did: rows and seconds, parts made and parts linked."""

    table: str
    rows: int
    seconds: float
    made: int
    linked: int
    warnings: tuple[str, ...] = ()


def run_stage(build: Build, stage: Stage) -> StageReport:
    """Make one table: link what is unchanged, compute the rest, check, write the account last.

    Errors: StageError when a function breaks its contract, DataCheckFailed when a rule of severity fail is broken.
    """
    started, cpu = time.monotonic(), time.process_time()
    folder = build.home.table(build.build_id, stage.table)
    folder.mkdir(parents=True, exist_ok=True)
    if schema.table(stage.table).access == "personal":
        folder.chmod(0o700)  # as people.duckdb: for the running user alone
    parts = _parts(build, stage)
    warnings = _check(build, stage, parts)
    linked = sum(1 for p in parts.values() if p.get("linked"))
    rows = sum(p["rows"] for p in parts.values())
    seconds = round(time.monotonic() - started, 3)
    account = {
        "table": stage.table,
        "rows": rows,
        "seconds": seconds,
        "cpu_seconds": round(time.process_time() - cpu, 3),  # what it costs, whoever else is on the machine
        "warnings": warnings,
        "parts": parts,
    }
    store.write_json(build.manifest(stage.table), account)
    return StageReport(stage.table, rows, seconds, len(parts) - linked, linked, tuple(warnings))


def run_share(build: Build, stage: Stage, number: int) -> StageReport:
    """Make one share of a table ahead of its stage, which finds it done: the work of one of several machines."""
    started = time.monotonic()
    name, key, make = list(partitions(build, stage))[number]
    old = _older_parts(build, stage.table)
    made = _link(build, stage.table, key, old) or _compute(build, stage.table, name, key, make)
    store.write_json(_ahead(build, stage.table, name), made)
    linked = 1 if made.get("linked") else 0
    return StageReport(stage.table, made["rows"], round(time.monotonic() - started, 3), 1 - linked, linked)


def _ahead(build: Build, table: str, name: str) -> Path:
    return build.home.build(build.build_id) / "stages" / f"{table}.shares" / f"{name}.json"


def _made_ahead(build: Build, table: str, name: str, key: str) -> dict[str, Any] | None:
    """The account of a share that another task made for this build."""
    path = _ahead(build, table, name)
    made: dict[str, Any] | None = store.read_json(path) if path.exists() else None
    return (
        made
        if made and made["key"] == key and (build.home.table(build.build_id, table) / made["file"]).exists()
        else None
    )


def _parts(build: Build, stage: Stage) -> Parts:
    """Every part of a table, linked or made, side by side: a landing file alone does not keep two cores busy."""
    old = _older_parts(build, stage.table)

    def part(name: str, key: str, make: Callable[[], pl.DataFrame]) -> dict[str, Any]:
        ahead = _made_ahead(build, stage.table, name, key)
        return ahead or _link(build, stage.table, key, old) or _compute(build, stage.table, name, key, make)

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        coming = {name: pool.submit(part, name, key, make) for name, key, make in partitions(build, stage)}
        try:
            return {name: done.result() for name, done in coming.items()}
        finally:
            pool.shutdown(cancel_futures=True)


def _check(build: Build, stage: Stage, parts: Parts) -> list[str]:
    folder = build.home.table(build.build_id, stage.table)
    files = [folder / p["file"] for p in parts.values()]
    if not files or all(p.get("linked") for p in parts.values()):
        return []
    return table_checks.check_table(pl.scan_parquet(files), schema.table(stage.table))


# --- linking and computing
def _older_parts(build: Build, table: str) -> Mapping[str, tuple[Path, dict[str, Any]]]:
    found: dict[str, tuple[Path, dict[str, Any]]] = {}
    for donor in reversed(build.donors):
        path = build.home.build(donor) / "stages" / f"{table}.json"
        if path.exists():
            for part in store.read_json(path)["parts"].values():
                found[part["key"]] = (build.home.table(donor, table) / part["file"], part)
    return found


def _link(build: Build, table: str, key: str, old: Mapping[str, tuple[Path, dict[str, Any]]]) -> dict[str, Any] | None:
    if key not in old or not old[key][0].exists():
        return None
    path, part = old[key]
    target = build.home.table(build.build_id, table) / path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    os.link(path, target)
    return {**part, "linked": True}


def _compute(build: Build, table: str, name: str, key: str, make: Callable[[], pl.DataFrame]) -> dict[str, Any]:
    declared = schema.table(table)
    try:
        made = make()
    except PipelineError:
        raise
    except Exception as error:
        raise StageError(
            f"生成表 {table} 时程序出错",
            found=f"{type(error).__name__}: {str(error)[:500]}",
            where=f"构建 {build.build_id}，分区 {name}",
            safe="已发布的数据不受影响，原始文件都在",
            next_step="请把本条信息交给维护人员",
        ) from error
    strangers = sorted(set(made.columns) ^ set(declared.polars))
    if strangers:
        raise StageError(f"表 {table} 的列与 schemas/tables/{table}.yml 不一致", found=", ".join(strangers), where=name)
    frame = declared.conform(made).sort(declared.key, nulls_last=True)
    file = build.home.table(build.build_id, table) / f"{name}.parquet"
    store.write_parquet(frame, file)
    return {"file": file.name, "key": key, "rows": frame.height, "sha256": store.sha256(file)}
