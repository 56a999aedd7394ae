"""`sql`, `cookbook`, the notebook and the SQL page: formats, words, nothing but reading."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.core.settings import PROJECT
from tests.conftest import Line

ODD = "select 12345678901234567 as 长号, '=1+1' as 文字, [1, 2] as 列表, date '2024-01-02' as 日期, null as 空, 0 as 零, 1 as 零"
PAGE = PROJECT / ".tools" / "sqlpage" / "bin" / "python"


@pytest.fixture
def call(line: Line, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("XUEHENG_DATA_DIR", str(line.settings.data_dir))
    monkeypatch.setenv("XUEHENG_UNIVERSITY", "linghai")
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_formats(call: Any, tmp_path: Path) -> None:
    for form in ("csv", "xlsx", "parquet"):
        result = call("sql", ODD, "--out", str(tmp_path / f"a.{form}"))
        assert result.exit_code == 0, result.stderr
        assert "1 行，用时" in result.stderr and "构建" in result.stderr
    text = (tmp_path / "a.csv").read_bytes()
    assert text.startswith("\ufeff长号,文字,列表,日期,空,零,零_2".encode())
    assert "'=1+1" in text.decode("utf-8-sig") and "1；2" in text.decode("utf-8-sig")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["答案"]
    cells = list(sheet[2])
    assert cells[0].value == "12345678901234567" and cells[0].data_type == "s"
    assert cells[1].value == "=1+1" and cells[1].data_type == "s"
    assert cells[4].value is None and cells[5].value == 0
    assert pl.read_parquet(tmp_path / "a.parquet")["长号"].item() == 12345678901234567
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_a_file_of_sql_and_wrong_options(call: Any, tmp_path: Path) -> None:
    file = tmp_path / "q.sql"
    file.write_text("\ufeffselect count(*) as n from marts.work", encoding="utf-8")
    answer = json.loads(call("sql", "--file", str(file), "--json").stdout)
    assert answer["rows"][0]["n"] > 0 and answer["build_id"]
    assert call("sql").exit_code == 2
    assert call("sql", "select 1", "--format", "csv").exit_code == 2
    assert call("sql", "select 1", "--out", str(tmp_path / "a.doc")).exit_code == 2


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("select titel from marts.work", ["没有名为 titel 的列", "title"]),
        ("select * from marts.wrok", ["没有名为 wrok 的表", "marts.work"]),
        ("select * from people.marts.work_author", ["--people"]),
        ("selec 1", ["语法不对"]),
        ("create table marts.x as select 1", ["只读"]),
        ("copy (select 1) to 'x.csv'", ["--out"]),
        ("select * from read_text('/etc/hostname')", ["只能读已发布的数据库"]),
        ("set threads = 1", ["只能读已发布的数据库"]),
    ],
)
def test_errors_are_words_with_the_nearest_names(call: Any, query: str, words: list[str]) -> None:
    result = call("sql", query)
    assert result.exit_code == 2
    assert all(w in result.stderr for w in words), result.stderr


def test_the_cookbook_lists_and_answers(call: Any) -> None:
    assert len(json.loads(call("cookbook", "--json").stdout)["questions"]) >= 24
    result = call("cookbook", "esi_field_trend", "--set", "学科=工程学", "--json")
    assert result.exit_code == 0 and json.loads(result.stdout)["rows"]
    assert "读法" in result.stderr
    assert call("cookbook", "esi_field_trend", "--set", "学科").exit_code == 2


def test_the_notebook_runs_offline(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XUEHENG_DATA_DIR", str(line.settings.data_dir))
    monkeypatch.chdir(PROJECT)
    names: dict[str, Any] = {}
    notebook = json.loads((PROJECT / "docs" / "notebooks" / "cookbook.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), "cookbook.ipynb", "exec"), names)  # noqa: S102 - the project's own file
    assert names["trend"].height == 8 and names["indicators"].height > 10
    assert names["build_id"] == line.build_id


@pytest.mark.skipif(not PAGE.exists(), reason="查询页没有安装（.ci/sql-page --install）")
@pytest.mark.parametrize(
    "query", ["create table marts.x as select 1", "copy (select 1) to 'x.csv'", "from read_text('/etc/hostname')"]
)
def test_the_page_only_reads(line: Line, query: str) -> None:
    code = "import os, page; page.answer(os.environ['LIBRARY'], os.environ['QUERY'])"
    environment = {**os.environ, "LIBRARY": str(line.settings.data_dir / "current" / "library.duckdb"), "QUERY": query}
    done = subprocess.run(
        [str(PAGE), "-c", code], cwd=PROJECT / "warehouse", env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "read-only" in done.stderr or "disabled by configuration" in done.stderr
