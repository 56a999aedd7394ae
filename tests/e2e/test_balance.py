"""The balance sheet: every row of every batch is somewhere, the sums agree, and one that does not is said in words."""

from __future__ import annotations

import json
import os
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines import balance, ingest, runner
from pipelines.cli import app
from pipelines.core import store
from pipelines.core.settings import Settings
from tests.conftest import Line


@pytest.fixture(scope="module")
def sheet(line: Line) -> dict[str, list[dict[str, int]]]:
    return runner.status(line.settings)


def test_sums_agree_batch_by_batch_and_with_the_sample(sheet: dict, line: Line) -> None:
    assert sheet["wrong"] == []
    for row in (*sheet["batches"], *sheet["sources"], sheet["total"]):
        assert row["read"] == row["accepted"] + row["quarantined"]
        assert row["accepted"] == row["records"] + row["superseded"] + row["patents"] + row["other"]
        assert row["records"] == row["works"] + row["merged"]
        assert row["unit"] <= row["university"] <= row["records"]
        assert row["open"] <= row["asked"] <= row["records"]
    published = sheet["published"]["balance"]
    assert {k: sheet["total"][k] for k in ("records", "works", "merged")} == {
        k: published[k] for k in ("records", "works", "merged")
    }
    truth = pl.read_parquet(line.sample / "truth" / "records.parquet")
    read = {row["source"]: row["read"] - row["patents"] for row in sheet["sources"]}
    for source, count in truth.group_by("source").len().iter_rows():
        assert read[source] == count


def test_attributed_and_open_are_those_of_the_database(sheet: dict, line: Line) -> None:
    ask = "SELECT count(DISTINCT c.record_id) FROM lake.clusters c JOIN indicators.work_college k USING (work_id){}"
    for key, condition in (("university", ""), ("unit", " WHERE k.college_id != 'unresolved'")):
        assert runner.sql(line.settings, ask.format(condition))[1] == [(sheet["total"][key],)]
    people = (
        "SELECT count(DISTINCT c.record_id) FROM lake.clusters c JOIN people.lake.person_matches m USING (work_id)"
        " WHERE m.decision = 'match'"
    )
    assert runner.sql(line.settings, people, True)[1] == [(sheet["total"]["person"],)]
    assert 0 < sheet["total"]["open"] < sheet["total"]["records"]


def test_a_batch_after_the_build_is_told_apart_and_a_withdrawn_one_too(own_line: Settings) -> None:
    place = store.Store(own_line.data_dir)
    batches = ingest.manifests(own_line)
    late = {**batches[0], "batch_id": "later"}
    found = balance.sheet(place, [*batches, late])
    assert [b["batch_id"] for b in found["batches"] if not b["in_build"]] == ["later"]
    assert found["wrong"] == [] and "有 1 批" in next(balance.lines(found))
    gone = next(b for b in batches if b["source"] == "wos")
    runner.withdraw(own_line, "wos", gone["batch_id"], "导错了")
    told = list(balance.lines(runner.status(own_line)))
    assert told[0].startswith("账不平") and any("撤回过批次" in line for line in told)


def test_a_lost_row_is_said_in_words(own_line: Settings) -> None:
    files = sorted((own_line.data_dir / "current" / "tables" / "records").glob("*.parquet"))
    frame = pl.read_parquet(files[0])
    files[0].unlink()  # a hard link: the build it came from keeps its rows
    frame.head(frame.height - 1).write_parquet(files[0])
    manifest = sorted((own_line.data_dir / "raw" / "ei").glob("*/manifest.json"))[0]
    content = json.loads(manifest.read_text(encoding="utf-8"))
    content["files"][0]["read"] += 2
    manifest.write_text(json.dumps(content), encoding="utf-8")
    wrong = runner.status(own_line)["wrong"]
    assert any(line.startswith("ei/") and "读 269 ≠ 接收 267 + 隔离 0，差 2" in line for line in wrong)
    assert any(line.startswith("全库：各批合计记录") for line in wrong)


@pytest.mark.skipif(os.geteuid() == 0, reason="root 能读一切文件，测不出没有权限时的说法")
def test_without_permission_persons_are_unknown_not_zero(own_line: Settings) -> None:
    folder = own_line.data_dir / "current" / "tables" / "person_matches"
    folder.chmod(0o000)
    try:
        assert runner.status(own_line)["total"]["person"] is None
    finally:
        folder.chmod(0o700)


def test_unknown_persons_stay_unknown(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(balance, "_personal", lambda build, table: None)
    found = runner.status(line.settings)
    assert found["total"]["person"] is None and found["wrong"] == []
    assert next(r for r in balance.table(found["sources"]) if r["来源"] == "cnki")["归到人"] is None


def test_the_command_tells_it_by_source_by_batch_and_as_json(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XUEHENG_DATA_DIR", str(line.settings.data_dir))
    plain = CliRunner().invoke(app, ["status"]).stdout
    assert "平衡表" in plain and "账平" in plain and "Parquet" in plain
    batches = CliRunner().invoke(app, ["status", "--by-batch"]).stdout
    esi = [p.name for p in Path(line.settings.data_dir / "raw" / "esi").iterdir()]
    assert len(esi) > 1 and batches.count("│ esi") == len(esi)
    told = json.loads(CliRunner().invoke(app, ["status", "--json"]).stdout)
    assert told["wrong"] == [] and {"batches", "sources", "total"} <= set(told)
    listed = CliRunner().invoke(app, ["builds", "list"]).stdout
    assert "正在发布" in listed and line.build_id in listed
