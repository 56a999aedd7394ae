"""What is published can be opened: by a DuckDB 1.5 client, and by other engines from Parquet."""

from __future__ import annotations

import datetime
import json
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines import runner, warehouse
from pipelines.core import schema, store
from pipelines.core.settings import PROJECT, Settings
from tests.conftest import Line

CLIENT = PROJECT / ".tools" / "peers" / "duckdb15" / "bin" / "python"
READ = """
import json, sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
names = connection.execute("SELECT schema_name, table_name FROM duckdb_tables() UNION ALL"
    " SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal").fetchall()
rows = {f"{s}.{t}": len(connection.execute(f'SELECT * FROM {s}."{t}"').fetchall()) for s, t in names}
said = connection.execute("SELECT count(*) FROM duckdb_columns() WHERE comment IS NOT NULL AND NOT internal").fetchall()
print(json.dumps({"version": duckdb.__version__, "rows": rows, "comments": said[0][0]}))
"""


@pytest.fixture
def current(line: Line) -> Path:
    return line.settings.data_dir / "current"


@pytest.mark.parametrize("name", ["library", "people"])
def test_a_duckdb_15_client_reads_every_table_and_view(current: Path, name: str) -> None:
    if not CLIENT.exists():
        pytest.skip("没有安装 DuckDB 1.5 客户端（.ci/bench-peers）")
    database = current / f"{name}.duckdb"
    answer = subprocess.run([CLIENT, "-c", READ, str(database)], capture_output=True, text=True, check=True)
    told = json.loads(answer.stdout)
    assert told["version"].startswith("1.5.")
    with duckdb.connect(str(database.resolve()), read_only=True) as connection:
        names = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() UNION ALL"
            " SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
        ours = {n: connection.execute(f"SELECT count(*) FROM {n}").fetchall()[0][0] for (n,) in names}
    assert told["rows"] == ours
    assert told["comments"] > 300


# --- Parquet
def _declared(kind: str, found: pa.DataType) -> bool:
    """Whether an Arrow type is that of a declared column."""
    tests: dict[str, Any] = {
        "text": lambda t: pa.types.is_large_string(t) or pa.types.is_string(t) or pa.types.is_string_view(t),
        "int": pa.types.is_int64,
        "float": pa.types.is_float64,
        "bool": pa.types.is_boolean,
        "date": pa.types.is_date32,
        "datetime": pa.types.is_timestamp,
        "list": lambda t: pa.types.is_list(t) or pa.types.is_large_list(t),
    }
    return bool(tests[kind](found))


@pytest.mark.parametrize(
    "table", ["works", "records", "metrics", "esi_documents", "units", "person_matches", "patents"]
)
def test_tables_read_alike_with_polars_pandas_and_pyarrow(current: Path, table: str) -> None:
    files = sorted((current / "tables" / table).glob("*.parquet"))
    declared = schema.table(table)
    frame = pl.read_parquet(files)
    assert frame.height > 0 and dict(frame.schema) == declared.polars
    arrow = pa.concat_tables([pq.read_table(f) for f in files])
    assert all(_declared(f.type, arrow.schema.field(f.name).type) for f in declared.fields)
    rows = frame.to_dicts()
    assert arrow.to_pylist() == rows
    panda = pd.concat([pd.read_parquet(f, dtype_backend="pyarrow") for f in files], ignore_index=True)
    assert list(panda.columns) == frame.columns
    assert panda.isna().sum().to_dict() == {c: frame[c].null_count() for c in frame.columns}
    text = next(f.name for f in declared.fields if f.type == "text")
    assert panda[text].tolist() == frame[text].to_list()


def test_marts_read_alike_with_dates_lists_nulls_and_chinese(current: Path) -> None:
    path = current / "marts"
    period, work = pl.read_parquet(path / "esi_period.parquet"), pl.read_parquet(path / "work.parquet")
    assert period.schema["window_from"] == pl.Date
    as_pandas = pd.read_parquet(path / "esi_period.parquet", dtype_backend="pyarrow")
    assert as_pandas["window_from"].tolist() == period["window_from"].to_list()
    assert isinstance(pq.read_table(path / "esi_period.parquet")["window_from"][0].as_py(), datetime.date)
    chinese = work.filter(pl.col("title").str.contains(r"\p{Han}"))["title"]
    assert chinese.len() > 0
    assert set(chinese) <= set(pd.read_parquet(path / "work.parquet")["title"])
    assert 0 < work["citations_wos_count"].null_count() < work.height  # null stays null, zero zero
    assert (work["citations_wos_count"] == 0).any()
    with duckdb.connect(str((current / "library.duckdb").resolve()), read_only=True) as connection:
        for relation in warehouse.relations("marts"):
            (rows,) = connection.execute(f"SELECT count(*) FROM marts.{relation.name}").fetchall()
            read = pq.read_table(path / f"{relation.name}.parquet")
            assert (read.num_rows,) == rows, relation.name
            assert pl.read_parquet(path / f"{relation.name}.parquet").height == read.num_rows
    metadata = pq.ParquetFile(path / "work.parquet").metadata
    assert metadata.row_group(0).column(0).compression == "ZSTD"


def test_lists_keep_their_members(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE SCHEMA marts; CREATE TABLE marts.t AS SELECT ['甲', NULL] AS names, DATE '2026-01-31' AS day"
        )
        warehouse._write_marts(connection, tmp_path)
    assert pl.read_parquet(tmp_path / "t.parquet").to_dicts() == [
        {"names": ["甲", None], "day": datetime.date(2026, 1, 31)}
    ]
    assert list(pd.read_parquet(tmp_path / "t.parquet")["names"][0]) == ["甲", None]
    assert pq.read_table(tmp_path / "t.parquet")["names"].to_pylist() == [["甲", None]]


def test_the_build_tells_its_size_and_carries_its_dictionary(line: Line, current: Path) -> None:
    sizes = store.read_json(current / "build.json")["sizes"]
    assert set(sizes) == {"library", "people"}
    for name, size in sizes.items():
        assert size["database_bytes"] == (current / f"{name}.duckdb").stat().st_size
        assert size["times"] == round(size["database_bytes"] / size["parquet_bytes"], 2) <= 6
    assert line.build_id in (current / "dictionary.html").read_text(encoding="utf-8")
    assert runner.status(line.settings)["published"]["sizes"] == sizes


def test_a_read_only_client_cannot_write(current: Path) -> None:
    with (
        duckdb.connect(str((current / "library.duckdb").resolve()), read_only=True) as connection,
        pytest.raises(duckdb.Error),
    ):
        connection.execute("CREATE TABLE marts.mine AS SELECT 1")


def test_a_rollback_is_listed_and_readable(own_line: Settings) -> None:
    first = store.Store(own_line.data_dir).current_build()
    second = runner.build(own_line, force=True).build_id
    assert runner.rollback(own_line, str(first)) == second
    states = {b["build_id"]: b["state"] for b in runner.build_list(own_line)}
    assert states == {first: "published", second: "kept"}
    assert runner.sql(own_line, "SELECT build_id FROM lake.build")[1] == [(first,)]
    told = runner.builds_diff(own_line, str(first), str(second), None)
    assert {t["table"] for t in told["tables"]} <= {
        "esi_attributions"
    }  # frozen by the first publication, read by the second
    assert told["works"]["unchanged"] > 0
