"""Runs a report's queries read-only on the published databases; queries see marts.* and marts_personal.*, nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipelines.core.errors import ConfigError
from pipelines.reporting.definition import Dataset, Definition

Row = dict[str, Any]


@dataclass(frozen=True)
class Rows:
    """What a dataset's query gave: columns in order, rows as dictionaries."""

    dataset: Dataset
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@contextmanager
def opened(definition: Definition, library: Path, people: Path | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in memory with views marts.* and, for a personal report, marts_personal.*; no files, no network.

    Errors: ConfigError when the report is personal and people.duckdb is not given, or a file is missing.
    """
    places = {"marts": library}
    if definition.personal:
        if people is None:
            raise ConfigError(
                "这份报告含人员信息，需要同时打开 people.duckdb", where=f"reports/{definition.name}/report.yml"
            )
        places["marts_personal"] = people
    missing = [str(path) for path in places.values() if not path.exists()]
    if missing:
        raise ConfigError("没有已发布的数据库", found="、".join(missing), next_step="请先运行 xueheng build")
    with duckdb.connect(":memory:") as connection:
        for schema, path in places.items():
            _mount(connection, schema, path.resolve())
        connection.execute("set enable_external_access = false; set lock_configuration = true")
        yield connection


def _mount(connection: duckdb.DuckDBPyConnection, schema: str, path: Path) -> None:
    quoted = str(path).replace("'", "''")
    connection.execute(f"attach '{quoted}' as source_{schema} (read_only)")
    connection.execute(f"create schema {schema}")
    tables = connection.execute(
        "select table_name from duckdb_tables() where database_name = ? and schema_name = 'marts' order by table_name",
        [f"source_{schema}"],
    ).fetchall()
    for (table,) in tables:
        connection.execute(f'create view {schema}."{table}" as select * from source_{schema}.marts."{table}"')


def set_parameters(connection: duckdb.DuckDBPyConnection, values: dict[str, str]) -> None:
    """Make parameters readable in SQL as getvariable('<name>')."""
    for name, value in values.items():
        if not re.fullmatch(r"[a-z_]+", name):
            raise ConfigError("参数名不合规", found=name)
        connection.execute(f"set variable {name} = ?", [value])


def rows_of(connection: duckdb.DuckDBPyConnection, sql: str, where: str) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Columns and rows of a query. Errors: ConfigError with the file and DuckDB's words."""
    try:
        done = connection.execute(sql)
        columns = tuple(d[0] for d in done.description or ())
        rows = done.fetchall()
    except duckdb.Error as error:
        raise ConfigError("报告查询不能执行", found=str(error)[:600], where=where) from error
    return columns, tuple({c: _plain(v) for c, v in zip(columns, row, strict=True)} for row in rows)


def _plain(value: Any) -> Any:
    """Decimals as int or float: the twin and the workbook hold plain numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def read(connection: duckdb.DuckDBPyConnection, definition: Definition) -> dict[str, Rows]:
    """Every dataset of a report. ConfigError when a one-row dataset has not exactly one row, or a column no Chinese name."""
    found: dict[str, Rows] = {}
    for dataset in definition.datasets:
        columns, rows = rows_of(connection, dataset.query.read_text(encoding="utf-8"), str(dataset.query))
        for column in columns:
            dataset.label(column)
        if dataset.one_row and len(rows) != 1:
            raise ConfigError(
                f"数据集 {dataset.zh} 应恰有一行",
                found=f"{len(rows)} 行",
                where=str(dataset.query),
                next_step="请核对参数：该期或该学院可能不存在",
            )
        found[dataset.name] = Rows(dataset, columns, rows)
    return found
