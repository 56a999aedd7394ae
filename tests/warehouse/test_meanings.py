"""Both databases explain themselves: every table and column of every layer, as an analyst's client shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml

from pipelines import warehouse
from pipelines.core import catalog, meanings, schema

COLUMNS = "SELECT schema_name, table_name, column_name, comment FROM duckdb_columns() WHERE database_name = '{}'"
TABLES = """
SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE database_name = '{0}'
UNION ALL SELECT schema_name, view_name, comment FROM duckdb_views() WHERE database_name = '{0}' AND NOT internal
"""
ADD = "请写入 schemas/fields.yml（表的列）或 schemas/warehouse/columns.yml（SQL 算出的列）：zh、meaning、unit"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both databases of a build without a single row."""
    place = tmp_path_factory.mktemp("empty")
    warehouse.build_databases(place, lambda table: [], "linghai", "20261122T020000Z")
    return place


@pytest.fixture(params=["library", "people"])
def database(folder: Path, request: pytest.FixtureRequest) -> Iterator[tuple[str, duckdb.DuckDBPyConnection]]:
    with duckdb.connect(str(folder / f"{request.param}.duckdb"), read_only=True) as connection:
        yield request.param, connection


def test_every_column_has_a_name_and_a_meaning(database: tuple[str, duckdb.DuckDBPyConnection]) -> None:
    name, connection = database
    rows = connection.execute(COLUMNS.format(name)).fetchall()
    assert len(rows) > 300
    silent = sorted({f"{s}.{t}.{c}" for s, t, c, comment in rows if not comment})
    assert not silent, f"{ADD}\n" + "\n".join(silent)
    assert all("。" in comment for *_, comment in rows)


def test_every_table_and_view_has_a_name_and_a_grain(database: tuple[str, duckdb.DuckDBPyConnection]) -> None:
    name, connection = database
    rows = connection.execute(TABLES.format(name)).fetchall()
    assert {layer for layer, *_ in rows} >= {"lake", "marts"}
    silent = [
        f"{s}.{t}"
        for s, t, comment in rows
        if not comment or not any(w in comment for w in ("一行一", "一对", "grain: one row per", "只有一行"))
    ]
    assert not silent, f"缺中文名或粒度：{silent}"


def test_meanings_are_said_once_and_nothing_is_said_of_what_is_not_there(folder: Path) -> None:
    there: set[str] = set()
    for name in ("library", "people"):
        with duckdb.connect(str(folder / f"{name}.duckdb"), read_only=True) as connection:
            there |= {c for _, _, c, _ in connection.execute(COLUMNS.format(name)).fetchall()}
    declared = yaml.safe_load((schema.SCHEMAS / "warehouse" / "columns.yml").read_text(encoding="utf-8"))
    twice = set(declared["columns"]) & set(schema.fields()) - {"build_id"}
    assert not twice, f"已在 fields.yml 中；意思不同的写到 relations 之下：{sorted(twice)}"
    relations = {f"{path.parent.name}.{path.stem}" for path in warehouse.SQL.glob("*/*.sql")}
    assert set(declared["relations"]) <= relations | {"lake.build", "lake.build_metrics"}
    assert not set(declared["columns"]) - there, f"没有关系用到：{sorted(set(declared['columns']) - there)}"


def test_links_lead_to_a_column_that_is_there(folder: Path) -> None:
    found: set[str] = set()
    for name in ("library", "people"):
        with duckdb.connect(str(folder / f"{name}.duckdb"), read_only=True) as connection:
            found |= {f"{s}.{t}.{c}" for s, t, c, _ in connection.execute(COLUMNS.format(name)).fetchall()}
    assert set(meanings.links().values()) <= found


def test_dictionaries_are_declared_with_a_key_of_their_own_columns() -> None:
    for name, files in catalog.dictionary_files("linghai").items():
        header = files[0].read_text(encoding="utf-8").splitlines()[0].split(",")
        zh, key = meanings.dictionary(name)
        assert zh != name, f"请在 schemas/warehouse/dictionaries.yml 中写明字典 {name} 的中文名与键"
        assert set(key) <= set(header), name


def test_a_comment_names_the_grain_in_chinese(folder: Path) -> None:
    with duckdb.connect(str(folder / "library.duckdb"), read_only=True) as connection:
        said = dict(
            connection.execute(
                "SELECT schema_name || '.' || table_name, comment FROM duckdb_tables() WHERE database_name = 'library'"
            ).fetchall()
        )
        gap = connection.execute(
            "SELECT comment FROM duckdb_columns() WHERE table_name = 'esi_field_outlook' AND column_name = 'gap'"
        ).fetchall()[0][0]
    assert "一行一个：ESI期 × ESI学科 × 目标（period, esi_field, target）" in said["marts.esi_field_outlook"]
    assert said["lake.works"].startswith("作品。一行一件作品（键 work_id）")
    assert gap == "差距。阈值减被引，负数为余量；单位 次"


def test_personal_marts_are_for_the_running_user_alone(folder: Path) -> None:
    assert (folder / "marts_personal").stat().st_mode & 0o777 == 0o700
    files = list((folder / "marts_personal").glob("*.parquet"))
    assert files and all(f.stat().st_mode & 0o777 == 0o600 for f in files)
    assert {f.stem for f in (folder / "marts").glob("*.parquet")} == {r.name for r in warehouse.relations("marts")}
