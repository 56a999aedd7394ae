"""Writes library.duckdb and people.duckdb of a build. Nobody else opens DuckDB for writing.

Each file is written under a temporary name and renamed, so no reader ever meets a half-made or locked database.
The storage version is the one that DuckDB 1.5 clients (R, DBeaver, ODBC) can open.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.core import catalog, ledger, meanings, schema, store
from pipelines.core.errors import ConfigError, DataCheckFailed, StageError
from pipelines.core.settings import PROJECT

SQL = PROJECT / "warehouse"
STORAGE = "v1.5.0"
SMALL, SMALL_BLOCK, BLOCK = 64_000_000, 16_384, 262_144  # bytes of Parquet below which blocks of the file are small
LAYERS = ("indicators", "marts", "views")
PERSONAL_LAYERS = ("marts_personal",)


@dataclass(frozen=True)
class Relation:
    """One .sql file: folder, name, what it needs in the same folder, text."""

    layer: str
    name: str
    path: Path
    sql: str
    needs: tuple[str, ...]

    @property
    def comment(self) -> str:
        """The leading comment lines: what it is, its grain."""
        head = [line[2:].strip() for line in takewhile(lambda line: line.startswith("--"), self.sql.splitlines())]
        return "\n".join(h for h in head if not h.startswith("needs:"))

    def told(self, columns: Mapping[str, schema.Field | None]) -> str:
        """The comment of the relation, with its grain in Chinese."""
        key = meanings.relation_key(self.sql, list(columns))
        grain = f"{meanings.grain(key, columns)}（{', '.join(key)}）" if key else ""
        return meanings.GRAIN.sub(grain, self.comment.replace("\ngrain:", "\n-- grain:")) if grain else self.comment


def build_databases(
    folder: Path,
    files_of: Callable[[str], list[Path]],
    university: str,
    build_id: str,
    metrics: pl.DataFrame | None = None,
) -> dict[str, float]:
    """Make both databases of a build from its Parquet tables; `metrics` are the figures of this and earlier builds.

    Returns seconds per relation. Errors: StageError naming the .sql file, DataCheckFailed for a personal column in library.duckdb.
    """
    library, people = folder / "library.duckdb", folder / "people.duckdb"
    seconds: dict[str, float] = {}
    public = [t for t in catalog.table_names() if schema.table(t).access != "personal" and not t.startswith("source_")]
    personal = [
        t for t in catalog.table_names() if schema.table(t).access == "personal" and not t.startswith("source_")
    ]
    with _writing(library, "library", _bytes(public, files_of)) as connection:
        _load_tables(connection, public, files_of)
        _load_dictionaries(connection, university)
        _stamp(connection, build_id)
        _load_metrics(connection, metrics)
        _define_macros(connection)
        for layer in LAYERS:
            seconds |= run_layer(connection, layer, "marts" if layer == "marts" else layer)
        forbid_personal(connection)
        _write_marts(connection, folder / "marts")
    with _writing(people, "people", _bytes(personal, files_of)) as connection:
        connection.execute(f"ATTACH '{library}' AS library (READ_ONLY)")
        _load_tables(connection, personal, files_of)
        _stamp(connection, build_id)
        for layer in PERSONAL_LAYERS:
            seconds |= run_layer(connection, layer, "marts")
        _write_marts(connection, folder / "marts_personal", personal=True)
    people.chmod(0o600)
    return seconds


class _writing:
    """A connection whose default database is a new file; closed, flushed and renamed at the end."""

    def __init__(self, path: Path, name: str, size: int) -> None:
        self.path, self.name = path, name
        self.block = (
            SMALL_BLOCK if size < SMALL else BLOCK
        )  # each column of each table fills at least a part of a block
        self.temporary = path.with_name(f".{path.name}.tmp")

    def __enter__(self) -> duckdb.DuckDBPyConnection:
        for leftover in (self.temporary, Path(f"{self.temporary}.wal")):
            leftover.unlink(missing_ok=True)
        self.connection = duckdb.connect(":memory:")
        self.connection.execute("SET threads = 2; SET preserve_insertion_order = true")
        self.connection.execute(
            f"ATTACH '{self.temporary}' AS {self.name} (STORAGE_VERSION '{STORAGE}', BLOCK_SIZE {self.block})"
        )
        self.connection.execute(f"USE {self.name}")
        for layer in ("lake", "indicators", "marts", "views"):
            self.connection.execute(f"CREATE SCHEMA {self.name}.{layer}")
        return self.connection

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        try:
            if kind is None:
                self.connection.execute(f"CHECKPOINT {self.name}")
        finally:
            self.connection.close()
        if kind is None:
            self.temporary.replace(self.path)
        else:
            self.temporary.unlink(missing_ok=True)


def _bytes(tables: Iterable[str], files_of: Callable[[str], list[Path]]) -> int:
    return sum(file.stat().st_size for table in tables for file in files_of(table))


def _load_tables(
    connection: duckdb.DuckDBPyConnection, names: list[str], files_of: Callable[[str], list[Path]]
) -> None:
    for name in names:
        declared = schema.table(name)
        files = [str(f) for f in files_of(name)]
        if files:
            kept = f"WHERE {declared.in_database}" if declared.in_database else ""
            connection.execute(f"CREATE TABLE lake.{name} AS SELECT * FROM read_parquet(?) {kept}", [files])
        else:
            columns = ", ".join(f'"{f.name}" {_sql_type(f.type)}' for f in declared.fields)
            connection.execute(f"CREATE TABLE lake.{name} ({columns})")
        _describe(connection, declared)


def _describe(connection: duckdb.DuckDBPyConnection, declared: schema.TableSchema) -> None:
    """Say what a table of lake and its columns mean."""
    columns = {f.name: f for f in declared.fields}
    told = f"{declared.zh}。{declared.grain}（键 {', '.join(declared.key)}）"
    _comment(connection, "TABLE", f"lake.{declared.name}", told, columns)


def _comment(
    connection: duckdb.DuckDBPyConnection, kind: str, name: str, told: str, columns: Mapping[str, schema.Field | None]
) -> None:
    """Comments of a table or view and its columns. One transaction: each would be flushed to disk on its own."""
    connection.execute("BEGIN")
    connection.execute(f"COMMENT ON {kind} {name} IS {_quote(told)}")
    for column, field in columns.items():
        if field:
            connection.execute(f'COMMENT ON COLUMN {name}."{column}" IS {_quote(meanings.comment(field))}')
    connection.execute("COMMIT")


def _columns(connection: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    """Columns of a relation of the database that is being written."""
    empty = connection.execute(f"SELECT * FROM {name} LIMIT 0")
    names = [d[0] for d in empty.description or ()]
    empty.fetchall()
    return names


def _sql_type(name: str) -> str:
    return {
        "text": "VARCHAR",
        "int": "BIGINT",
        "float": "DOUBLE",
        "bool": "BOOLEAN",
        "date": "DATE",
        "datetime": "TIMESTAMP",
        "list": "VARCHAR[]",
    }[name]


def _load_dictionaries(connection: duckdb.DuckDBPyConnection, university: str) -> None:
    for name, paths in catalog.dictionary_files(university).items():
        connection.execute(
            f"CREATE TABLE lake.{name}_dictionary AS SELECT * FROM read_csv(?, header = true, all_varchar = true, delim = ',', quote = '\"')",
            [[str(p) for p in paths]],
        )
        columns = {c: meanings.dictionary_column(name, c) for c in _columns(connection, f"lake.{name}_dictionary")}
        zh, key = meanings.dictionary(name)
        told = f"{zh}（字典 dictionaries/*/{name}.csv）。{meanings.grain(key, columns)}"
        _comment(connection, "TABLE", f"lake.{name}_dictionary", told, columns)


def _define_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """warehouse/macros/*.sql: what several relations, of the public and of the personal database, compute alike."""
    for path in sorted((SQL / "macros").glob("*.sql")):
        connection.execute(path.read_text(encoding="utf-8"))


def _stamp(connection: duckdb.DuckDBPyConnection, build_id: str) -> None:
    connection.execute("CREATE TABLE lake.build AS SELECT ? AS build_id", [build_id])
    columns = {"build_id": meanings.column("lake.build", "build_id")}
    _comment(connection, "TABLE", "lake.build", "构建。只有一行：这个数据库出自哪次构建", columns)


def _load_metrics(connection: duckdb.DuckDBPyConnection, metrics: pl.DataFrame | None) -> None:
    names = ledger.STREAMS["build_metrics"]
    rows = metrics if metrics is not None else pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    connection.register("build_metrics", rows)
    connection.execute("CREATE TABLE lake.build_metrics AS SELECT * FROM build_metrics ORDER BY build_id, metric, part")
    connection.unregister("build_metrics")
    columns = {c: meanings.column("lake.build_metrics", c) for c in names}
    told = "构建质量。一行一个：构建号 × 质量指标 × 来源。每次发布的构建与本次构建的各项数字；marts.build_metric 里有与此前的比较"
    _comment(connection, "TABLE", "lake.build_metrics", told, columns)


def relations(layer: str) -> list[Relation]:
    """The .sql files of a layer in an order that satisfies their `-- needs:` lines. ConfigError on a circle."""
    found = {}
    for path in sorted((SQL / layer).glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        needs = re.search(r"^-- needs:\s*(.*)$", sql, re.MULTILINE)
        names = tuple(n.strip() for n in needs.group(1).split(",") if n.strip()) if needs else ()
        found[path.stem] = Relation(layer, path.stem, path, sql, names)
    ordered: list[Relation] = []
    waiting = dict(found)
    while waiting:
        ready = [r for r in waiting.values() if not any(n in waiting for n in r.needs)]
        if not ready:
            raise ConfigError("SQL 文件互相依赖成环", found=", ".join(waiting), where=f"warehouse/{layer}")
        for relation in ready:
            ordered.append(relation)
            del waiting[relation.name]
    return ordered


def run_layer(connection: duckdb.DuckDBPyConnection, layer: str, target: str) -> dict[str, float]:
    """Run the files of a folder of warehouse/ into the schema `target`; seconds per relation. StageError naming the file."""
    seconds = {}
    for relation in relations(layer):
        started = time.monotonic()
        kind = "VIEW" if layer == "views" else "TABLE"
        try:
            connection.execute(f"CREATE {kind} {target}.{relation.name} AS {relation.sql.rstrip().rstrip(';')}")
        except duckdb.Error as error:
            raise StageError(
                f"计算 {layer}.{relation.name} 时出错",
                found=str(error)[:800],
                where=str(relation.path),
                safe="已发布的数据不受影响",
                next_step="请把本条信息交给维护人员",
            ) from error
        columns = {
            c: meanings.column(f"{layer}.{relation.name}", c) for c in _columns(connection, f"{target}.{relation.name}")
        }
        _comment(connection, kind, f"{target}.{relation.name}", relation.told(columns), columns)
        seconds[f"{layer}.{relation.name}"] = round(time.monotonic() - started, 3)
    return seconds


def _write_marts(connection: duckdb.DuckDBPyConnection, folder: Path, personal: bool = False) -> None:
    """The marts as Parquet for other engines, one file each; personal ones for the running user alone."""
    folder.mkdir(parents=True, exist_ok=True)
    if personal:
        folder.chmod(0o700)
    names = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'marts' AND database_name = current_database()"
    ).fetchall()
    for (name,) in names:
        path = folder / f"{name}.parquet"
        with store.atomic_path(path) as temporary:
            connection.execute(f"COPY marts.{name} TO '{temporary}' (FORMAT parquet, COMPRESSION zstd)")
            if personal:
                temporary.chmod(0o600)


def forbid_personal(connection: duckdb.DuckDBPyConnection) -> None:
    """library.duckdb is open to every analyst: no column declared personal may be in it, in any layer."""
    personal = meanings.personal_columns()
    rows = connection.execute(
        "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE database_name = 'library'"
    ).fetchall()
    found = [f"{s}.{t}.{c}" for s, t, c in rows if c in personal]
    if found:
        raise DataCheckFailed(
            "公共库 library.duckdb 中出现了个人信息列",
            found="、".join(found),
            safe="本次构建没有发布，已发布的数据不受影响",
            next_step="请把这些列移到 marts_personal，或从 SQL 中去掉",
        )


def run_checks(folder: Path) -> list[dict[str, Any]]:
    """Run warehouse/checks/*.sql read-only.

    Grain of the result: one entry per check that found offending rows: name, severity, words, count, first rows.
    """
    found: list[dict[str, Any]] = []
    with duckdb.connect(str((folder / "library.duckdb").resolve()), read_only=True) as connection:
        for path in sorted((SQL / "checks").glob("*.sql")):
            sql = path.read_text(encoding="utf-8")
            severity, words = _check_head(path, sql)
            rows = connection.execute(sql.rstrip().rstrip(";"))
            names = [d[0] for d in rows.description or ()]
            offending = rows.fetchall()
            if offending:
                first = [dict(zip(names, row, strict=True)) for row in offending[:5]]
                found.append(
                    {"check": path.stem, "severity": severity, "words": words, "count": len(offending), "rows": first}
                )
    return found


def _check_head(path: Path, sql: str) -> tuple[str, str]:
    lines = sql.splitlines()
    match = re.match(r"-- severity:\s*(fail|warn)\s*$", lines[0]) if lines else None
    if not match or len(lines) < 2 or not lines[1].startswith("--"):
        raise ConfigError("检查文件开头须为两行注释：严重级别与说明", where=str(path))
    return match.group(1), lines[1][2:].strip()


def query(
    database: Path, sql: str, attach: Iterable[tuple[str, Path]] = (), values: Sequence[Any] = ()
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of a query on a published database, read-only; `values` stand for its question marks."""
    with duckdb.connect(str(database.resolve()), read_only=True) as connection:
        for name, path in attach:
            connection.execute(f"ATTACH '{path.resolve()}' AS {name} (READ_ONLY)")
        try:
            result = connection.execute(sql, values)
            return [d[0] for d in result.description or ()], result.fetchall()
        except duckdb.Error as error:
            raise ConfigError(
                "这条 SQL 不能执行", found=str(error), next_step="表与列的说明：SELECT * FROM duckdb_columns()"
            ) from error


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
