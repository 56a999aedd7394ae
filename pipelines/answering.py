"""Answers to SQL on the published databases: read-only, no other file within reach, written as a table, csv, xlsx or Parquet."""

from __future__ import annotations

import difflib
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa

from pipelines.core.errors import ConfigError
from pipelines.exporting import files

FORMATS = ("table", *files.FORMATS)
_DIGITS = 15  # Excel keeps no more digits of a number
_INTERNAL = ("information_schema", "pg_catalog", "main")


@dataclass(frozen=True)
class Answer:
    """Rows, the build they come from, and how long the database took."""

    rows: pl.DataFrame
    build_id: str
    seconds: float


def ask(library: Path, people: Path | None, sql: str) -> Answer:
    """Answer one query; `people` is attached as `people` when given. Errors: ConfigError, in words, with the nearest names."""
    with opened(library, people) as connection:
        ((build_id,),) = connection.execute("SELECT build_id FROM library.lake.build").fetchall()
        started = time.monotonic()
        try:
            asked = connection.sql(sql)
            table = asked.to_arrow_table() if asked is not None else pa.table({})
        except duckdb.Error as error:
            raise _in_words(connection, str(error), people is not None) from error
        seconds = time.monotonic() - started
    return Answer(_frame(table), build_id, seconds)


def opened(library: Path, people: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A connection that can read the published databases and nothing else: no files, no network, no settings."""
    connection = duckdb.connect(str(library.resolve()), read_only=True)
    if people is not None:
        connection.execute(f"ATTACH '{people.resolve()}' AS people (READ_ONLY)")
    connection.execute("SET enable_external_access = false; SET lock_configuration = true")
    return connection


def write(answer: Answer, form: str, path: Path, sql: str) -> Path:
    """Write the answer atomically; returns the file.

    csv opens in Excel (BOM) and holds no formula; xlsx has long numbers as text and a sheet saying what was asked of which build.
    Errors: ConfigError for another format, or more rows than a sheet holds.
    """
    if form not in files.FORMATS:
        raise ConfigError(f"没有 {form} 这种格式", expected="、".join(FORMATS))
    if form == "parquet":
        return files.plain(path, form, files.Page("答案", answer.rows, {}))
    page = files.Page("答案", _flat(answer.rows, long_as_text=form == "xlsx"), {})
    if form == "csv":
        return files.plain(path, form, page)
    about = [("查询", sql.strip()), ("构建", answer.build_id), ("行数", str(answer.rows.height))]
    return files.write(path, form, [page], about)[0]


def _frame(table: pa.Table) -> pl.DataFrame:
    """As Polars; columns of the same name are told apart by a number."""
    seen: dict[str, int] = {}
    names = []
    for name in table.column_names:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    found = pl.from_arrow(table.rename_columns(names))
    assert isinstance(found, pl.DataFrame)
    return found


def _flat(rows: pl.DataFrame, long_as_text: bool) -> pl.DataFrame:
    """Lists joined, structures as JSON, and whole numbers that Excel would round as text."""
    made = []
    for name, kind in rows.schema.items():
        column = pl.col(name)
        if isinstance(kind, pl.List):
            made.append(column.cast(pl.List(pl.String), strict=False).list.join("；"))
        elif isinstance(kind, pl.Struct):
            made.append(column.struct.json_encode())
        elif kind == pl.Binary:
            made.append(column.bin.encode("hex"))
        elif long_as_text and kind.is_integer() and _is_long(rows[name]):
            made.append(column.cast(pl.String))
    return rows.with_columns(made)


def _is_long(column: pl.Series) -> bool:
    ends: list[Any] = [column.min(), column.max()]
    return any(v is not None and abs(v) >= 10**_DIGITS for v in ends)


# --- words
def _in_words(connection: duckdb.DuckDBPyConnection, text: str, with_people: bool) -> ConfigError:
    """What DuckDB said, in Chinese, with the names that come nearest."""
    place = re.search(r"\n\n(LINE \d+: .*)$", text, re.DOTALL)
    found = place[1] if place else text.split("\n", 1)[0]
    for pattern, told in _WORDS:
        match = re.search(pattern, text)
        if match:
            what, next_step = told(connection, match, text)
            break
    else:
        what, found, next_step = "这条 SQL 不能执行", text, ""
    if "people" in text and not with_people:
        next_step = "含个人信息的库要加 --people 才打开" + (f"；{next_step}" if next_step else "")
    return ConfigError(
        what, found=found, next_step=next_step or "表与列的说明：xueheng dictionary，或 warehouse/README.md"
    )


def _no_table(connection: duckdb.DuckDBPyConnection, match: re.Match[str], text: str) -> tuple[str, str]:
    rows = connection.execute(
        "SELECT schema_name || '.' || table_name, comment, database_name FROM duckdb_tables() WHERE NOT internal "
        "UNION ALL SELECT schema_name || '.' || view_name, comment, database_name FROM duckdb_views() WHERE NOT internal"
    ).fetchall()
    named = {f"people.{n}" if d == "people" else n: c for n, c, d in rows}
    near = _nearest(match["name"], named)
    return f"没有名为 {match['name']} 的表", f"相近的表：{near}" if near else "全部表：SELECT * FROM duckdb_tables()"


def _no_column(connection: duckdb.DuckDBPyConnection, match: re.Match[str], text: str) -> tuple[str, str]:
    listed = re.search(r"Candidate bindings: (.*)", text)
    near = [n.split(".")[-1] for n in re.findall(r'"([^"]+)"', listed[1])] if listed else []
    meanings = dict(
        connection.execute(
            "SELECT column_name, any_value(comment) FROM duckdb_columns() WHERE list_contains(?, column_name) GROUP BY 1",
            [near],
        ).fetchall()
    )
    told = "、".join(_with_meaning(n, meanings.get(n)) for n in near)
    return f"没有名为 {match['name']} 的列", f"相近的列：{told}" if told else ""


def _nearest(name: str, named: dict[str, str | None]) -> str:
    """Up to five names, by likeness of the last part; those of marts and views before the rest."""
    last = name.split(".")[-1].lower()
    layers = ("views", "marts", "lake", "indicators")
    scored = [
        (difflib.SequenceMatcher(None, last, full.split(".")[-1]).ratio(), -layers.index(full.split(".")[-2]), full)
        for full in named
        if full.split(".")[-2] in layers
    ]
    best = sorted((s for s in scored if s[0] >= 0.6), reverse=True)[:5]
    return "、".join(_with_meaning(full, named[full]) for _, _, full in best)


def _with_meaning(name: str, comment: str | None) -> str:
    zh = re.split(r"[。\n（：]", comment, maxsplit=1)[0] if comment else ""
    return f"{name}（{zh}）" if zh else name


def _plainly(what: str, next_step: str = "") -> Any:
    return lambda connection, match, text: (what.format(**match.groupdict()), next_step)


_WORDS: tuple[tuple[str, Any], ...] = (
    (r"Table with name (?P<name>\S+) does not exist", _no_table),
    (
        r'(?:Catalog|Schema with name|catalog or schema) "?(?P<name>[\w.]+)"? does not exist',
        _plainly("没有名为 {name} 的库或层"),
    ),
    (r'Referenced column "(?P<name>[^"]+)" not found', _no_column),
    (r'Referenced table "(?P<name>[^"]+)" not found', _plainly("没有名为 {name} 的表或别名")),
    (r'does not have a column named "(?P<name>[^"]+)"', _no_column),
    (
        r'Ambiguous reference to column name "(?P<name>[^"]+)"',
        _plainly("列 {name} 在几张表里都有，分不清是哪一个", "请在列名前写明表名或别名"),
    ),
    (r"Function with name (?P<name>\S+) does not exist", _plainly("没有名为 {name} 的函数")),
    (r"syntax error at or near (?P<name>.+)", _plainly("语法不对，出错处在 {name} 附近")),
    (r"syntax error at end of input", _plainly("语法不对：语句没有写完")),
    (
        r"must appear in the GROUP BY clause",
        _plainly("分组查询里有没有分组也没有汇总的列", "请把该列写进 GROUP BY，或用汇总函数包起来"),
    ),
    (r"Could not convert string '(?P<name>[^']*)'", _plainly("“{name}”不能当数或日期用")),
    (r"read-only mode", _plainly("已发布的数据库只读，不能改", "要留下结果，请用 --out 写成文件")),
    (
        r"disabled by configuration|configuration has been locked",
        _plainly("这里只能读已发布的数据库，不能读写别的文件或改设置", "要留下结果，请用 --out 写成文件"),
    ),
    (r"Out of Memory", _plainly("内存不够", "请缩小范围，或先按年分开查")),
)
