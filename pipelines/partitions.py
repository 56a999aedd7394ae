"""The parts of a table: which there are, the key of each (hash of inputs, dictionaries and code), and how its rows are made."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl

from pipelines import sources
from pipelines.core import dictionaries, ledger, provenance, schema, store
from pipelines.core.errors import StageError
from pipelines.normalise.deliveries import of_newest
from pipelines.stages import Stage

Parts = dict[str, dict[str, Any]]
Partition = tuple[str, str, Callable[[], pl.DataFrame]]  # name, key, function that makes the rows


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


def partitions(build: Build, stage: Stage) -> Iterator[Partition]:
    if stage.by == "file":
        yield from _file_partitions(build, stage.table)
    elif stage.by == "delivery":
        yield from _delivery_partitions(build, stage)
    elif stage.by == "period":
        yield from _period_partitions(build, stage)
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
                if not sources.may_give(source, entry["kind"], table):
                    continue
                path = build.home.raw / source / batch["batch_id"] / entry["raw"]
                told = {"delivery": _delivery(batch, entry)} if tells else {}
                key = provenance.digest(
                    table,
                    provenance.code_hash(f"pipelines.sources.{source}"),
                    _columns(table),
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
    code = _code(stage.table, function)
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


def _period_partitions(build: Build, stage: Stage) -> Iterator[Partition]:
    """One part per period of `rows_of`: a new period is made alone, sixty older ones are linked."""
    function = _function(stage)
    rule_key = provenance.digest(stage.table, _code(stage.table, function), _dictionary_key(build, function))
    folder, parts = build.home.table(build.build_id, stage.rows_of), build.parts(stage.rows_of)
    files = {str(folder / p["file"]): p["sha256"] for p in parts.values()}
    if not files:
        return
    found = pl.scan_parquet(list(files), include_file_paths="_file").select("period", "_file").unique().collect()
    for (period,), rows in sorted(found.group_by("period"), key=lambda group: str(group[0][0])):
        paths = rows["_file"].sort().to_list()
        yield (
            f"period-{period}",
            provenance.digest(rule_key, sorted(files[p] for p in paths)),
            lambda paths=paths, period=period: _collect(
                function(
                    pl.scan_parquet(paths).filter(pl.col("period").eq_missing(period)), **_keywords(build, function)
                )
            ),  # type: ignore[misc]
        )


def _row_partition(build: Build, stage: Stage) -> Iterator[Partition]:
    """One part; rows whose `rows_by` value was decided before under the same code, dictionaries and decisions are kept."""
    function = _function(stage)
    reads = [p for p in _positional(function) if p != stage.rows_of]
    rule_key = provenance.digest(
        _code(stage.table, function), _dictionary_key(build, function), [_input_hash(build, r) for r in reads]
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
    rule_key = provenance.digest(_code(stage.table, function), _dictionary_key(build, function), pl.__version__, others)
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
    return provenance.digest(stage.table, _code(stage.table, function), _dictionary_key(build, function), inputs)


def _code(table: str, function: Callable[..., Any]) -> str:
    """Of the code and of the columns: a part made before a column was added is not linked beside one that has it."""
    return provenance.digest(provenance.code_hash(".".join(function.__module__.split(".")[:2])), _columns(table))


def _columns(table: str) -> list[str]:
    return [f"{name} {kind}" for name, kind in schema.table(table).polars.items()]


def _collect(result: pl.LazyFrame | pl.DataFrame) -> pl.DataFrame:
    return result.collect() if isinstance(result, pl.LazyFrame) else result
