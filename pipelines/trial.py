"""Stages run once more in memory over the tables of a build, with another history: what answers would change."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import polars as pl

from pipelines.builds import Build
from pipelines.core import dictionaries, ledger
from pipelines.stages import STEPS, Stage

Scan = Callable[[str], pl.LazyFrame]


def rerun(build: Build, steps: tuple[str, ...], history: Mapping[str, pl.DataFrame]) -> Scan:
    """The tables of a build, those of the steps made anew; `history`: ledger streams by name, those not given are empty."""
    made: dict[str, pl.DataFrame] = {}

    def scan(table: str) -> pl.LazyFrame:
        stream = table.removeprefix("ledger_")
        if stream in ledger.STREAMS:
            empty = pl.DataFrame(schema=dict.fromkeys(ledger.STREAMS[stream], pl.String))
            return history.get(stream, empty).lazy()
        return made[table].lazy() if table in made else build.scan(table)

    for stage in (stage for step in STEPS if step.name in steps for stage in step.stages):
        made[stage.table] = _run(stage, scan, build.university)
    return scan


def _run(stage: Stage, scan: Scan, university: str) -> pl.DataFrame:
    module, _, name = stage.function.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    tables: list[pl.LazyFrame] = []
    named: dict[str, Any] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            tables.append(scan(parameter.name))
        elif parameter.name == "university":
            named[parameter.name] = university
        elif parameter.default is inspect.Parameter.empty:
            named[parameter.name] = dictionaries.load(parameter.name.removesuffix("_dictionary"), university)
    made = function(*tables, **named)
    return made.collect() if isinstance(made, pl.LazyFrame) else made
