"""One build: run its stages over Parquet, link what has not changed, keep the account of it.

A table of a build is a folder of Parquet parts. `stages/<table>.json` names each part with its key (hash of inputs, dictionaries and
code), its checksum and its rows. A part whose key stands in an earlier build is hard-linked instead of computed.
"""

from __future__ import annotations

import inspect
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl

from pipelines import sources
from pipelines.core import dictionaries, ledger, provenance, schema, store
from pipelines.core.errors import PipelineError, StageError
from pipelines.normalise.deliveries import of_newest
from pipelines.stages import Stage
from pipelines.validation import tables as table_checks

Parts = dict[str, dict[str, Any]]
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


@dataclass
class Build:
    """A build under way: where it lies, what it may read, and which older builds it may link from."""

    home: store.Store
    build_id: str
    university: str
    batches: list[dict[str, Any]]  # live batches as in raw/<source>/<batch>/manifest.json
    donors: list[str] = field(default_factory=list)
    shares: int = 1  # parts of a table that can be made in shares

    def manifest(self, table: str) -> Path:
        return self.home.build(self.build_id) / "stages" / f"{table}.json"

    def parts(self, table: str) -> Parts:
        """Parts of a finished table of this build."""
        path = self.manifest(table)
        if not path.exists():
            raise StageError(f"表 {table} 还没有生成", where=str(path), next_step="请从头重新构建")
        parts: Parts = store.read_json(path)["parts"]
        return parts

    def scan(self, table: str) -> pl.LazyFrame:
        """A finished table, lazily."""
        folder = self.home.table(self.build_id, table)
        files = [folder / p["file"] for p in self.parts(table).values()]
        return pl.scan_parquet(files) if files else schema.table(table).empty().lazy()

    def table_hash(self, table: str) -> str:
        return provenance.digest(sorted(p["sha256"] for p in self.parts(table).values()))


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
    name, key, make = list(_partitions(build, stage))[number]
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
        coming = {name: pool.submit(part, name, key, make) for name, key, make in _partitions(build, stage)}
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


# --- partitions: (name, key, function that makes the rows)
Partition = tuple[str, str, Callable[[], pl.DataFrame]]


def _partitions(build: Build, stage: Stage) -> Iterator[Partition]:
    if stage.by == "file":
        yield from _file_partitions(build, stage.table)
    elif stage.by == "delivery":
        yield from _delivery_partitions(build, stage)
    elif stage.rows_by:
        yield from _row_partition(build, stage)
    elif stage.by_content:
        yield from _content_partitions(build, stage)
    else:
        function = _function(stage)
        yield (
            "000",
            provenance.digest(_function_key(build, stage, function), 0, 1),
            lambda: _collect(function(*_tables(build, function), **_keywords(build, function))),
        )


def _file_partitions(build: Build, table: str) -> Iterator[Partition]:
    """One part per landing file with rows. A function with `delivery` is told what the manifest says, and of empty files too."""
    for source, function in sources.giving(table).items():
        tells = "delivery" in inspect.signature(function).parameters
        for batch in build.batches:
            if batch["source"] != source:
                continue
            for entry in batch["files"]:
                if not entry["accepted"] and not (tells and entry["raw"]):
                    continue
                path = build.home.raw / source / batch["batch_id"] / entry["raw"]
                told = {"delivery": _delivery(batch, entry)} if tells else {}
                key = provenance.digest(
                    table,
                    provenance.code_hash(f"pipelines.sources.{source}"),
                    entry["raw_sha256"],
                    _dictionary_key(build, function),
                    *told.values(),
                )
                yield (
                    f"{source}-{batch['batch_id']}-{path.stem}",
                    key,
                    lambda path=path, source=source, function=function, told=told: _collect(
                        function(sources.current(path, source), **_keywords(build, function), **told)
                    ),  # type: ignore[misc]
                )


def _delivery(batch: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    """What the manifest says of one landing file: kind, details of recognition, name, hints, arrival."""
    told = {name: entry[name] for name in ("file", "original", "kind", "format", "accepted")}
    origin = {"batch_id": batch["batch_id"], "hints": batch["hints"], "delivered_at": batch["arrived_at"]}
    return told | origin | {"details": entry.get("details", {})}


def _delivery_partitions(build: Build, stage: Stage) -> Iterator[Partition]:
    """One part per part of a table of deliveries; its key holds which of its deliveries stand, not the table of them."""
    function = _function(stage)
    deliveries = build.scan("record_deliveries")
    standing = of_newest(build.scan(stage.rows_of).select("raw_id"), deliveries).unique().collect()
    code = _code(function)
    for name, part in build.parts(stage.rows_of).items():
        path = build.home.table(build.build_id, stage.rows_of) / part["file"]
        here = pl.scan_parquet(path).select(pl.col("raw_id").unique()).collect()
        chosen = here.join(standing, on="raw_id", how="semi")["raw_id"].sort()
        yield (
            name,
            provenance.digest(stage.table, code, part["sha256"], chosen.to_list()),
            lambda path=path, chosen=chosen: _collect(
                function(pl.scan_parquet(path), deliveries.filter(pl.col("raw_id").is_in(chosen.implode())))
            ),  # type: ignore[misc]
        )


def _row_partition(build: Build, stage: Stage) -> Iterator[Partition]:
    """One part; rows whose `rows_by` value was decided before under the same code, dictionaries and decisions are kept."""
    function = _function(stage)
    reads = [p for p in _positional(function) if p != stage.rows_of]
    rule_key = provenance.digest(
        _code(function), _dictionary_key(build, function), [_input_hash(build, r) for r in reads]
    )
    key = provenance.digest(rule_key, build.table_hash(stage.rows_of))

    def make() -> pl.DataFrame:
        wanted = build.scan(stage.rows_of)
        kept = _decided_before(build, stage, f"rows-{rule_key}")
        if kept is not None:
            seen = wanted.select(stage.rows_by).unique()
            kept = kept.join(seen.collect(), on=stage.rows_by, how="semi")
            wanted = wanted.join(kept.lazy().select(stage.rows_by).unique(), on=stage.rows_by, how="anti")
        arguments = [wanted if p == stage.rows_of else _input(build, p) for p in _positional(function)]
        fresh = schema.table(stage.table).conform(_collect(function(*arguments, **_keywords(build, function))))
        return fresh if kept is None else pl.concat([kept, fresh])

    yield f"rows-{rule_key}", key, make


def _content_partitions(build: Build, stage: Stage) -> Iterator[Partition]:
    """As many shares as the build wants; the function gets the rows it made `before` from the same code, dictionaries, tables."""
    function = _function(stage)
    others = [_input_hash(build, p) for p in _positional(function) if p not in stage.by_content]
    rule_key = provenance.digest(_code(function), _dictionary_key(build, function), pl.__version__, others)
    key = _function_key(build, stage, function)

    def made(name: str, extra: dict[str, Any]) -> pl.DataFrame:
        before = _decided_before(build, stage, name)
        return _collect(function(*_tables(build, function), **_keywords(build, function), before=before, **extra))

    for i in range(build.shares):
        share = (i, build.shares)
        name = f"rows-{rule_key}" if build.shares == 1 else f"rows-{rule_key}-{i:03d}-of-{build.shares:03d}"
        extra = {} if build.shares == 1 else {"part": share}
        yield name, provenance.digest(key, *share) if extra else key, partial(made, name, extra)


def _decided_before(build: Build, stage: Stage, name: str) -> pl.DataFrame | None:
    """Rows of the part of this name in the newest build that has it."""
    for donor in build.donors:
        path = build.home.build(donor) / "stages" / f"{stage.table}.json"
        if path.exists():
            part = store.read_json(path)["parts"].get(name)
            file = build.home.table(donor, stage.table) / part["file"] if part else None
            if file and file.exists():
                return pl.read_parquet(file)
    return None


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


# --- reading a stage's signature: positional = tables, keyword-only = dictionaries or build parameters
def _function(stage: Stage) -> Callable[..., Any]:
    module, _, name = stage.function.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function


def _positional(function: Callable[..., Any]) -> list[str]:
    kinds = inspect.signature(function).parameters.values()
    return [p.name for p in kinds if p.kind is not inspect.Parameter.KEYWORD_ONLY]


def _keyword_names(function: Callable[..., Any]) -> list[str]:
    kinds = inspect.signature(function).parameters.values()
    return [
        p.name
        for p in kinds
        if p.kind is inspect.Parameter.KEYWORD_ONLY and p.name not in ("part", "before", "delivery")
    ]


def _tables(build: Build, function: Callable[..., Any]) -> list[pl.LazyFrame]:
    return [_input(build, name) for name in _positional(function)]


def _input(build: Build, name: str) -> pl.LazyFrame:
    stream = name.removeprefix("ledger_")
    if stream in ledger.STREAMS:
        return ledger.read(build.home.ledger, stream).lazy()
    return build.scan(name)


def _input_hash(build: Build, name: str) -> str:
    stream = name.removeprefix("ledger_")
    if stream in ledger.STREAMS:
        return ledger.snapshot(build.home.ledger)[stream]
    return build.table_hash(name)


def _keywords(build: Build, function: Callable[..., Any]) -> dict[str, Any]:
    return {
        name: build.university
        if name == "university"
        else dictionaries.load(name.removesuffix("_dictionary"), build.university)
        for name in _keyword_names(function)
    }


def _dictionary_key(build: Build, function: Callable[..., Any]) -> str:
    names = tuple(n.removesuffix("_dictionary") for n in _keyword_names(function) if n != "university")
    return dictionaries.version(names, build.university)


def _function_key(build: Build, stage: Stage, function: Callable[..., Any]) -> str:
    inputs = {name: _input_hash(build, name) for name in _positional(function)}
    return provenance.digest(stage.table, _code(function), _dictionary_key(build, function), inputs)


def _code(function: Callable[..., Any]) -> str:
    return provenance.code_hash(".".join(function.__module__.split(".")[:2]))


def _collect(result: pl.LazyFrame | pl.DataFrame) -> pl.DataFrame:
    return result.collect() if isinstance(result, pl.LazyFrame) else result
