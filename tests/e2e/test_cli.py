"""The command line: one JSON object on standard output, words on standard error, exit codes by kind of error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipelines import starting
from pipelines.cli import app
from pipelines.core.errors import ConfigError
from tests.conftest import Line


@pytest.fixture
def call(line: Line, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("XUEHENG_DATA_DIR", str(line.settings.data_dir))
    monkeypatch.setenv("XUEHENG_UNIVERSITY", "linghai")
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (["status", "--json"], {"published", "batches", "quarantine", "decisions", "esi_periods"}),
        (["builds", "list", "--json"], {"builds"}),
        (["eval", "sample", "--json"], {"works", "units", "people"}),
        (["sql", "select count(*) as works from marts.work", "--json"], {"columns", "rows"}),
    ],
)
def test_json_is_one_object(call: Any, arguments: list[str], keys: set[str]) -> None:
    result = call(*arguments)
    assert result.exit_code == 0, result.stderr
    assert keys <= set(json.loads(result.stdout))


def test_eval_sample_has_the_promised_figures(call: Any) -> None:
    figures = json.loads(call("eval", "sample", "--json").stdout)
    assert {"precision", "recall", "f1"} <= set(figures["works"])
    assert {"precision", "recall"} <= set(figures["units"])
    assert {"precision", "recall", "decided_share"} <= set(figures["people"])
    assert {"f1", "bcubed_f1", "unresolved_share"} <= set(figures["author_clusters"])


def test_inspect_says_what_a_file_is(call: Any, line: Line) -> None:
    for path in sorted((line.sample / "inbox" / "ei").glob("*.xlsx")):
        found = json.loads(call("inspect", str(path), "--json").stdout)
        assert (found["source"], found["format"]) == ("ei", "xlsx")
        assert found["records"] > 0


def test_an_unreadable_file_exits_3_with_words_and_json(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "savedrecs.txt"
    path.write_bytes(b"%PDF-1.7 not an export")
    result = call("inspect", str(path), "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["error"] == "SourceError"
    assert "下一步" in result.stderr


def test_wrong_sql_and_unknown_work_exit_2(call: Any) -> None:
    assert call("sql", "select nothing from nowhere").exit_code == 2
    result = call("explain", "w_000000000000")
    assert result.exit_code == 2
    assert "库中没有" in result.stderr


def test_status_and_explain_speak_chinese(call: Any) -> None:
    assert "已发布构建" in call("status").stdout
    row = json.loads(call("sql", "select work_id from lake.works where records_count > 1 limit 1", "--json").stdout)
    told = call("explain", row["rows"][0]["work_id"]).stdout
    assert "归并依据" in told and "字段取自" in told and "作者" in told


def test_init_makes_a_new_university_once(tmp_path: Path) -> None:
    made = starting.init_university("beida", tmp_path)
    assert {p.stem for p in made} == set(starting.HEADERS)
    with pytest.raises(ConfigError, match="已经存在"):
        starting.init_university("beida", tmp_path)
    with pytest.raises(ConfigError, match="不合用"):
        starting.init_university("北大", tmp_path)


def test_headers_of_init_are_those_of_the_shipped_dictionaries() -> None:
    for name, header in starting.HEADERS.items():
        shipped = (starting.PROJECT / "dictionaries" / "linghai" / f"{name}.csv").read_text(encoding="utf-8")
        assert shipped.splitlines()[0] == header
