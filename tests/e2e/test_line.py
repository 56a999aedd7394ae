"""The main job: sample -> inbox -> published build, and what happens when it is disturbed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines import runner, sample
from pipelines.core import catalog, ledger, store
from pipelines.core.errors import DataCheckFailed, StageError
from pipelines.core.settings import PROJECT, Settings
from pipelines.sample.citations import PERIODS
from tests.conftest import Line, drop


def _ids(settings: Settings) -> pl.DataFrame:
    files = sorted((settings.data_dir / "current" / "tables" / "clusters").glob("*.parquet"))
    return pl.read_parquet(files).select("record_id", "work_id").sort("record_id")


def test_every_row_is_accounted_for(line: Line) -> None:
    balance = runner.status(line.settings)["published"]["balance"]
    truth = pl.read_parquet(line.sample / "truth" / "records.parquet")
    for source, count in truth.group_by("source").len().iter_rows():
        row = balance["sources"][source]
        assert row["read"] == row["accepted"] + row["quarantined"]
        assert row["accepted"] == row["records"] + row["superseded"] + row["patents"]
        assert row["read"] == count + row["patents"]
    assert balance["records"] == balance["works"] + balance["merged"]


def test_the_inbox_is_empty_and_landing_is_byte_for_byte_what_was_dropped(line: Line) -> None:
    assert runner.status(line.settings)["inbox_files"] == 0
    dropped = sorted(
        store.sha256(p) for p in (line.sample / "inbox").rglob("*") if p.is_file() and p.name != "batch.yml"
    )
    landed = {
        store.sha256(p)
        for p in (line.settings.data_dir / "landing").rglob("*")
        if p.is_file() and p.name not in {"batch.yml", "SHA256SUMS"}
    }
    assert set(dropped) <= landed


def test_dropping_the_same_files_again_changes_nothing(own_line: Settings, line: Line) -> None:
    drop(line.sample, own_line)
    before = runner.status(own_line)["batches"]
    runner.intake(own_line)
    for source in catalog.source_names():
        runner.ingest(own_line, source)
    assert runner.status(own_line)["batches"] == before
    assert runner.status(own_line)["inbox_files"] == 0
    assert runner.build(own_line).build_id is None


def test_a_forced_rebuild_links_everything_and_gives_the_same_tables(own_line: Settings) -> None:
    first = own_line.data_dir.joinpath("current").resolve()
    report = runner.build(own_line, force=True)
    assert report.build_id and report.build_id != first.name
    account = store.read_json(own_line.data_dir / "current" / "build.json")
    made_anew = [name for name, t in account["tables"].items() if t["linked"] < t["parts"]]
    # these read what the first publication wrote into the ledger: ids of works, attribution of ESI papers as first said
    assert set(made_anew) <= {"clusters", "esi_attributions"}
    for table in ("works", "person_matches", "affiliation_matches"):
        old = pl.read_parquet(sorted((first / "tables" / table).glob("*.parquet")))
        new = pl.read_parquet(sorted((own_line.data_dir / "current" / "tables" / table).glob("*.parquet")))
        assert old.equals(new)


def test_a_rebuild_from_nothing_gives_the_same_ids(line: Line, tmp_path: Path) -> None:
    other = line.settings.model_copy(update={"data_dir": tmp_path / "data"})
    runner.home(other)
    drop(line.sample, other)
    runner.intake(other)
    for source in reversed(catalog.source_names()):
        runner.ingest(other, source)
    runner.build(other)
    assert _ids(other).equals(_ids(line.settings))


def test_more_files_keep_old_ids_and_only_add(own_line: Settings, tmp_path: Path) -> None:
    before = _ids(own_line)
    sample.write(tmp_path / "more", works=60, seed=99)
    (own_line.data_dir / "inbox" / "more").mkdir(parents=True)
    for path in sorted((tmp_path / "more" / "inbox" / "wos").glob("*.txt")):
        path.rename(own_line.data_dir / "inbox" / "more" / path.name)
    runner.intake(own_line)
    runner.ingest(own_line, "wos")
    report = runner.build(own_line)
    assert report.build_id
    after = _ids(own_line)
    assert after.height > before.height
    kept = before.join(after, on="record_id", suffix="_new")
    anchors = set(ledger.read(own_line.data_dir / "ledger", "work_ids")["anchor_record_id"])
    held = kept.filter(pl.col("record_id").is_in(anchors) & (pl.col("work_id") != pl.col("work_id_new")))
    aliases = ledger.read(own_line.data_dir / "ledger", "work_id_aliases")
    told = set(aliases.select("old_work_id", "work_id").rows())
    assert set(held.select("work_id", "work_id_new").rows()) <= told  # two works became one, and the ledger says so
    assert held.height <= before.height // 100
    account = store.read_json(own_line.data_dir / "current" / "build.json")["tables"]
    assert (
        account["source_records"]["linked"] == account["source_records"]["parts"] - 1
        or account["source_records"]["linked"] > 0
    )


def test_personal_columns_cannot_reach_the_public_database(own_line: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.core import schema

    published = (own_line.data_dir / "current").resolve()
    marked = dict(schema.fields())
    marked["venue"] = schema.Field("venue", "text", "x", "x", personal=True)
    monkeypatch.setattr(schema, "fields", lambda: marked)
    with pytest.raises(DataCheckFailed, match="个人信息"):
        runner.build(own_line, force=True)
    assert (own_line.data_dir / "current").resolve() == published


def test_personal_data_is_the_running_users_alone(line: Line) -> None:
    data = line.settings.data_dir
    people = [data / "current" / "tables" / t for t in ("people", "source_people", "person_matches")]
    for folder in (*people, data / "landing" / "roster", data / "raw" / "roster"):
        assert folder.stat().st_mode & 0o077 == 0, folder
    assert (data / "current" / "people.duckdb").stat().st_mode & 0o077 == 0
    assert (data / "current" / "tables" / "works").stat().st_mode & 0o044  # analysts may read what is not personal


def test_readers_see_whole_builds_while_a_build_runs(own_line: Settings) -> None:
    library = (own_line.data_dir / "current" / "library.duckdb").resolve()
    with duckdb.connect(str(library), read_only=True) as reader:
        before = reader.execute("select count(*) from lake.works").fetchall()
        runner.build(own_line, force=True)
        assert reader.execute("select count(*) from lake.works").fetchall() == before
        assert reader.execute("select build_id from lake.build").fetchall() == [(library.parent.name,)]
    now = (own_line.data_dir / "current" / "library.duckdb").resolve()
    assert now != library
    with duckdb.connect(str(now), read_only=True) as reader:
        assert reader.execute("select build_id from lake.build").fetchall() == [(now.parent.name,)]


def test_publishing_again_after_a_crash_answers_the_same(own_line: Settings, line: Line) -> None:
    before = ledger.read(own_line.data_dir / "ledger", "publications")
    again = runner.check_and_publish(own_line, line.build_id)
    assert again.build_id == line.build_id
    assert again.esi_periods == PERIODS
    assert ledger.read(own_line.data_dir / "ledger", "publications").equals(before)
    for segment in (own_line.data_dir / "ledger" / "publications").iterdir():
        segment.unlink()  # as if the process had died right after moving the link
    assert runner.check_and_publish(own_line, line.build_id).esi_periods == again.esi_periods
    assert ledger.read(own_line.data_dir / "ledger", "publications")["build_id"].to_list() == [line.build_id]


def test_rollback_and_an_unknown_build(own_line: Settings) -> None:
    first = (own_line.data_dir / "current").resolve().name
    second = runner.build(own_line, force=True).build_id
    assert runner.rollback(own_line, first) == second
    assert (own_line.data_dir / "current").resolve().name == first
    assert [b["state"] for b in runner.build_list(own_line) if b["build_id"] == second] == ["kept"]
    with pytest.raises(StageError, match="不存在或不完整"):
        runner.rollback(own_line, "20000101T000000Z")


def test_kill_in_the_middle_of_a_build_leaves_the_old_one_and_the_next_completes(own_line: Settings) -> None:
    published = (own_line.data_dir / "current").resolve().name
    environment = os.environ | {"XUEHENG_DATA_DIR": str(own_line.data_dir), "XUEHENG_UNIVERSITY": "linghai"}
    begun = set((own_line.data_dir / "builds").glob("*/begun.json"))
    command = [sys.executable, "-m", "pipelines.cli", "build", "--force"]
    # without donors' parts the build has real work to be killed in
    for manifest in (own_line.data_dir / "builds" / published / "stages").glob("*.json"):
        manifest.rename(manifest.with_suffix(".kept"))
    process = subprocess.Popen(command, env=environment, cwd=PROJECT, start_new_session=True, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        new = set((own_line.data_dir / "builds").glob("*/begun.json")) - begun
        if any((p.parent / "stages" / "records.json").exists() for p in new):
            break
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for manifest in (own_line.data_dir / "builds" / published / "stages").glob("*.kept"):
        manifest.rename(manifest.with_suffix(".json"))
    assert (own_line.data_dir / "current").resolve().name == published
    report = runner.build(own_line, force=True)
    assert report.published is not None
    assert (own_line.data_dir / "current").resolve().name == report.build_id


def test_explain_tells_files_rules_and_people(line: Line) -> None:
    joined = runner.sql(line.settings, "select work_id from lake.works where records_count > 1 order by 1 limit 1")[1]
    told = runner.explain(line.settings, joined[0][0])
    assert len(told["records"]) > 1
    assert all(r["source_file"] and r["source_row"] for r in told["records"])
    assert told["joined"] and all(p["rule"] for p in told["joined"] if p["decision"] == "join")
    assert set(told["field_sources"]) >= {"title"}
    assert told["authors"]
    assert runner.explain(line.settings, told["records"][0]["record_id"])["work_id"] == joined[0][0]
