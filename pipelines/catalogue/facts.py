"""What stands in the databases of a build, read from the databases themselves and from schemas/."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import duckdb

from pipelines import warehouse
from pipelines.core import meanings, schema
from pipelines.stages import STAGES

DATABASES = ("library", "people")
LAYERS = {"marts": "宽表", "views": "视图", "indicators": "指标", "lake": "明细", "dictionary": "字典"}
ACCESS = {"public": "公开", "internal": "内部", "personal": "个人信息"}
PLACES = {"masked": "views"}  # folders of warehouse/ whose relations stand in another schema
SAMPLE_COLUMNS = 6
_READ = re.compile(r"\b(?:from|join)\s+((?:library\.)?(?:lake|indicators|marts|views)\.\w+)", re.IGNORECASE)
_COLUMNS = """
SELECT schema_name, table_name, column_name, data_type, comment FROM duckdb_columns()
WHERE database_name = current_database() AND NOT internal ORDER BY schema_name, table_name, column_index
"""
_TABLES = """
SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE database_name = current_database()
UNION ALL
SELECT schema_name, view_name, comment FROM duckdb_views() WHERE database_name = current_database() AND NOT internal
"""


@dataclass(frozen=True)
class Column:
    """One column as the dictionary shows it; `refers` = the table.column of which it names a row."""

    name: str
    type: str
    zh: str
    meaning: str
    unit: str
    is_key: bool
    is_personal: bool
    refers: str


@dataclass(frozen=True)
class Table:
    """One table or view of a database; `name` = schema.table."""

    database: str
    layer: str
    name: str
    zh: str
    told: str
    key: tuple[str, ...]
    grain: str
    access: str
    rows: int
    columns: tuple[Column, ...]
    made_from: tuple[str, ...]

    @property
    def anchor(self) -> str:
        """Id of its place on the page: marts stand in both databases."""
        return f"{self.database}.{self.name}"

    @property
    def sample(self) -> str:
        """A query that runs as it stands on its database."""
        names = [c.name for c in self.columns if c.is_key]
        names += [c.name for c in self.columns if c.name not in names]
        shown = ", ".join(_quoted(n) for n in names[:SAMPLE_COLUMNS])
        order = f"\nORDER BY {', '.join(_quoted(k) for k in self.key)}" if self.key else ""
        return f"SELECT {shown}\nFROM {self.name}{order}\nLIMIT 20;"


@cache
def _reserved() -> frozenset[str]:
    """Words that DuckDB does not take as a column's name without quotes."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'"
        ).fetchall()
    return frozenset(word for (word,) in rows)


def _quoted(name: str) -> str:
    return f'"{name}"' if name in _reserved() else name


def tables(folder: Path) -> list[Table]:
    """Every table and view of both databases, marts first, by name."""
    found = [t for name in DATABASES if (folder / f"{name}.duckdb").exists() for t in _tables(folder, name)]
    return sorted(found, key=lambda t: (list(LAYERS).index(t.layer), DATABASES.index(t.database), t.name))


def _tables(folder: Path, database: str) -> list[Table]:
    with duckdb.connect(str((folder / f"{database}.duckdb").resolve()), read_only=True) as connection:
        columns: dict[str, list[tuple[str, str]]] = {}
        for place, table, column, kind, _ in connection.execute(_COLUMNS).fetchall():
            columns.setdefault(f"{place}.{table}", []).append((column, kind))
        named = [
            (f"{place}.{table}", comment or "") for place, table, comment in connection.execute(_TABLES).fetchall()
        ]
        counts = {n: _count(connection, n) for n, _ in named}
    sql = _relations(database)
    return [_table(database, name, comment, columns[name], counts[name], sql.get(name)) for name, comment in named]


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    rows = connection.execute(f"SELECT count(*) FROM {name}").fetchall()
    return int(rows[0][0])


def _relations(database: str) -> dict[str, warehouse.Relation]:
    """Relations of a database by the name they have in it."""
    layers = (*warehouse.LAYERS, *PLACES) if database == "library" else warehouse.PERSONAL_LAYERS
    places = {layer: "marts" if layer in warehouse.PERSONAL_LAYERS else PLACES.get(layer, layer) for layer in layers}
    return {f"{place}.{r.name}": r for layer, place in places.items() for r in warehouse.relations(layer)}


def _table(
    database: str,
    name: str,
    comment: str,
    columns: list[tuple[str, str]],
    rows: int,
    relation: warehouse.Relation | None,
) -> Table:
    layer, _, table = name.partition(".")
    names = [c for c, _ in columns]
    if relation:
        fields = {c: meanings.column(f"{relation.layer}.{table}", c) for c in names}
        key, zh = meanings.relation_key(relation.sql, names), meanings.relation_name(relation.comment)
        made, access = tuple(sorted(set(_READ.findall(_body(relation.sql))))), _access(database)
    elif table in STAGES:
        declared = schema.table(table)
        fields = {f.name: f for f in declared.fields}
        key, zh, made, access = declared.key, declared.zh, _stage_reads(table), declared.access
    elif table.endswith("_dictionary"):
        layer, dictionary = "dictionary", table.removesuffix("_dictionary")
        fields = {c: meanings.dictionary_column(dictionary, c) for c in names}
        zh, key = meanings.dictionary(dictionary)
        made, access = (f"dictionaries/*/{dictionary}.csv",), _access(database)
    else:
        fields = {c: meanings.column(name, c) for c in names}
        key, zh, made, access = (), meanings.relation_name(comment), (), _access(database)
    shown = tuple(_column(name, c, kind, fields[c], key) for c, kind in columns)
    grain = schema.table(table).grain if table in STAGES and not relation else meanings.grain(key, fields)
    return Table(database, layer, name, zh, comment, key, grain, access, rows, shown, made)


def _access(database: str) -> str:
    return "personal" if database == "people" else "internal"


def _column(table: str, name: str, kind: str, field: schema.Field | None, key: tuple[str, ...]) -> Column:
    home = meanings.links().get(name, "")
    refers = "" if home == f"{table}.{name}" else home
    told = (field.zh, field.meaning, field.unit) if field else ("", "", "")
    return Column(name, kind, *told, name in key, name in meanings.personal_columns(), refers)


def _body(sql: str) -> str:
    return re.sub(r"--.*", "", sql)


def _stage_reads(table: str) -> tuple[str, ...]:
    """Tables that the stage of a table reads; of a table that sources give, nothing but their files."""
    function = STAGES[table].function
    if not function:
        return ("来源文件",)
    module, _, name = function.partition(":")
    parameters = inspect.signature(getattr(import_module(module), name)).parameters.values()
    read = [p.name for p in parameters if p.kind is not inspect.Parameter.KEYWORD_ONLY]
    kept = [name for name in read if name in STAGES and not name.startswith("source_")]
    delivered = ["来源文件"] if any(name.startswith("source_") for name in read) else []
    decided = ["账本"] if any(name not in STAGES for name in read) else []
    return (*delivered, *(f"lake.{name}" for name in kept), *decided)
