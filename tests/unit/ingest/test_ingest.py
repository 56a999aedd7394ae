"""landing to raw: rows with their origin, rows set aside, the manifest last."""

from __future__ import annotations

import csv
import dataclasses
import json

import polars as pl
import pytest

from pipelines.core import ledger
from pipelines.core.errors import ConfigError, StageError
from pipelines.core.schema import SourceSchema as SchemaOfSource
from pipelines.core.store import read_json, sha256
from pipelines.ingest import history, ingest, manifests, raw, withdraw
from pipelines.ingest.origin import COLUMNS, HINTS, record_hash
from pipelines.intake import intake, landing, recognition
from pipelines.sources import Chunk


def arrive(home, **hints):
    [(source, batch_id)] = intake(home.settings, hints=hints).batches
    return home.place.raw / source / batch_id


def test_rows_carry_their_origin(home, wos):
    home.drop("wos/a.txt", wos(1, 2))
    home.drop("wos/b.txt", wos(3))
    folder = arrive(home, search_date="2026-05-01", hits="3")
    seen = []
    report = ingest(home.settings, "wos", progress=lambda *a: seen.append(a))
    assert (report.files, report.read, report.accepted, report.quarantined) == (2, 3, 3, 0)
    assert seen == [(1, 2, "a.txt"), (2, 2, "b.txt")]
    rows = pl.read_parquet(folder / "0001.parquet")
    assert set(COLUMNS) | set(HINTS) <= set(rows.columns)
    assert set(rows.schema.values()) <= {pl.String(), pl.Int64()}
    first = rows.row(0, named=True)
    assert first["raw_id"] == f"{folder.name}/1:1" and first["source_row"] == 1
    assert first["record_id"] == "wos:WOS:000000000000001"
    assert (first["batch_id"], first["source_file"], first["delivered_at"]) == (folder.name, "a.txt", "2026-05-01")
    assert (first["hint_hits"], first["hint_esi_period"]) == ("3", None)
    assert first["TI"] == "An invented title 1" and len(first["record_hash"]) == 32


def test_the_manifest_is_the_account(home, wos):
    home.drop("wos/a.txt", wos(1, 2))
    folder = arrive(home)
    ingest(home.settings, "wos")
    manifest = read_json(folder / "manifest.json")
    [entry] = manifest["files"]
    assert (manifest["read"], manifest["accepted"], manifest["quarantined"], manifest["refused"]) == (2, 2, 0, False)
    assert (entry["format"], entry["encoding"], entry["raw"]) == ("tagged", "utf-8", "0001.parquet")
    assert entry["raw_sha256"] == sha256(folder / "0001.parquet")
    assert any("C1" in m for m in entry["missing"])
    [live] = manifests(home.settings)
    assert live["parquet"] == [str(folder / "0001.parquet")] and live["source"] == "wos"
    assert not list(home.place.quarantine.iterdir())


def test_nothing_new_does_nothing(home, wos):
    home.drop("wos/a.txt", wos(1))
    folder = arrive(home)
    ingest(home.settings, "wos")
    before = (folder / "manifest.json").stat().st_mtime_ns
    assert ingest(home.settings, "wos").batches == ()
    assert (folder / "manifest.json").stat().st_mtime_ns == before
    with pytest.raises(ConfigError, match="没有名为"):
        ingest(home.settings, "no_such_source")


def test_a_record_cut_short_is_set_aside_in_words(home, wos):
    home.drop("wos/a.txt", wos(1, 2)[:-30])
    folder = arrive(home)
    report = ingest(home.settings, "wos", docs=False)
    assert (report.read, report.accepted, report.quarantined) == (2, 1, 1)
    aside = home.place.quarantine / "wos" / folder.name
    kept = pl.read_parquet(aside / "a.txt.rows.parquet")
    assert kept["source_row"].to_list() == [2] and "An invented title 2" in kept["text"][0]
    with (aside / "a.txt.说明.csv").open(encoding="utf-8-sig", newline="") as table:
        [line] = csv.DictReader(table)
    assert line["文件"] == "a.txt" and line["行号"] == "2" and line["应为"] and line["实际"] and line["下一步"]
    assert f"原文件在 landing/wos/{folder.name}/a.txt" in line["影响"]
    words = (aside / "说明.txt").read_text()
    assert "1 行未被接受，已另存" in words and "a.txt.说明.csv" in words
    assert json.loads((aside / "verdict.json").read_text())["passed"] is True


def test_two_rows_with_one_number_are_kept_and_told(home, wos):
    home.drop("wos/a.txt", wos(1, 2, 1))
    folder = arrive(home)
    report = ingest(home.settings, "wos")
    assert pl.read_parquet(folder / "0001.parquet").height == 3
    assert any("1 个入藏号（UT）在同一文件中出现不止一次，共 2 行" in w and "第 1、3 行" in w for w in report.warnings)


def test_the_search_is_compared_with_what_came(home, wos):
    home.drop("wos/a.txt", wos(1, 2, 3))
    home.drop("wos/b.txt", wos(3, 4))
    arrive(home, hits=6)
    report = ingest(home.settings, "wos")
    assert any("检索结果应 6 条，实得 4 条（2 个文件共 5 行，重复 1 行），缺 2 条" in w for w in report.warnings)


def test_a_file_that_comes_later_completes_the_search(home, wos):
    noted = {"search": "OG=(Linghai University)", "search_date": "2026-11-01", "hits": 4}
    home.drop("wos/a.txt", wos(1, 2))
    arrive(home, **noted)
    [first] = ingest(home.settings, "wos").batches
    assert any("检索结果应 4 条，实得 2 条" in w for w in first.warnings)
    home.drop("wos/b.txt", wos(3, 4))
    arrive(home, **noted)
    [second] = ingest(home.settings, "wos").batches
    assert not any("检索结果" in w for w in second.warnings)


def test_a_withdrawn_batch_counts_no_more(home, wos):
    home.drop("wos/a.txt", wos(1))
    folder = arrive(home)
    ingest(home.settings, "wos")
    with pytest.raises(ConfigError, match="原因"):
        withdraw(home.settings, "wos", folder.name, " ")
    with pytest.raises(ConfigError, match="没有"):
        withdraw(home.settings, "wos", "20260101T000000Z-00000000", "错")
    withdraw(home.settings, "wos", folder.name, "重复投放")
    assert manifests(home.settings) == [] and (folder / "manifest.json").exists()
    with pytest.raises(ConfigError, match="已经撤回过"):
        withdraw(home.settings, "wos", folder.name, "重复投放")
    assert ledger.read(home.place.ledger, "withdrawn_batches")["reason"].to_list() == ["重复投放"]


def test_a_file_changed_after_arrival_is_refused(home, wos):
    home.drop("wos/a.txt", wos(1))
    folder = arrive(home)
    file = home.place.landing / "wos" / folder.name / "a.txt"
    file.chmod(0o644)
    file.write_text(wos(1, 2))
    report = ingest(home.settings, "wos", docs=False)
    assert report.accepted == 0 and "内容变了" in report.batches[0].refused[0]
    assert not list(folder.glob("*.parquet")) and manifests(home.settings) == []


def test_stopped_before_the_manifest_it_is_read_again(home, wos, monkeypatch):
    home.drop("wos/a.txt", wos(1, 2))
    folder = arrive(home)

    class Killed(BaseException):
        pass

    def stop(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("pipelines.ingest.batches.write_json", stop)
        with pytest.raises(Killed):
            ingest(home.settings, "wos")
    assert (folder / "0001.parquet").exists() and manifests(home.settings) == []
    assert ingest(home.settings, "wos").accepted == 2 and len(manifests(home.settings)) == 1


def test_our_bug_on_one_batch_lets_the_others_through(home, wos, monkeypatch):
    home.drop("wos/x/a.txt", wos(1))
    home.drop("wos/y/b.txt", wos(2))
    intake(home.settings)
    true = raw._Reading._take

    def buggy(self, *more):
        if self.item.name == "a.txt":
            raise ZeroDivisionError("oops")
        return true(self, *more)

    with monkeypatch.context() as patch:
        patch.setattr(raw._Reading, "_take", buggy)
        with pytest.raises(StageError) as caught:
            ingest(home.settings, "wos")
    assert "ZeroDivisionError" in str(caught.value) and "a.txt" in str(caught.value)
    assert len(manifests(home.settings)) == 1
    assert ingest(home.settings, "wos").accepted == 1 and len(manifests(home.settings)) == 2


def test_what_was_recognised_at_the_door_is_not_looked_at_again_unless_the_code_changed(home, wos, monkeypatch):
    home.drop("wos/a.txt", wos(1))
    home.drop("wos/b.txt", wos(2))
    folder = arrive(home)
    account = landing.read_account(home.place.landing / "wos" / folder.name)
    assert recognition.again(account.files[0].found) == raw.recognise(
        home.place.landing / "wos" / folder.name / "a.txt"
    )
    seen = []
    true = raw.recognise
    monkeypatch.setattr(raw, "recognise", lambda path: seen.append(path.name) or true(path))
    account.files[1].found["by"] = "another version"  # type: ignore[index]
    reading = dataclasses.replace(account, hints={})
    monkeypatch.setattr(landing, "read_account", lambda _: reading)
    report = ingest(home.settings, "wos", docs=False)
    assert report.accepted == 2 and seen == ["b.txt"]


def test_rows_lost_on_the_way_are_found_out(home, wos, monkeypatch):
    home.drop("wos/a.txt", wos(1, 2))
    arrive(home)
    true = raw.PartWriter.write
    monkeypatch.setattr(raw.PartWriter, "write", lambda self, frame: true(self, frame.head(1)))
    with pytest.raises(StageError, match="对不上"):
        ingest(home.settings, "wos")
    assert manifests(home.settings) == []


def test_a_column_that_first_shows_up_late_is_kept(home, wos, monkeypatch):
    home.drop("wos/a.txt", wos(1, 2))
    folder = arrive(home)
    import pipelines.sources.wos as module

    true = module.read

    def in_two(path, found, hints):
        for chunk in true(path, found, hints):
            yield Chunk(chunk.rows.head(1), chunk.rejected)
            yield Chunk(chunk.rows.tail(1).with_columns(QQ=pl.lit("late")), chunk.rejected.clear())

    monkeypatch.setattr(module, "read", in_two)
    report = ingest(home.settings, "wos")
    rows = pl.read_parquet(folder / "0001.parquet")
    assert rows["QQ"].to_list() == [None, "late"] and rows["source_row"].to_list() == [1, 2]
    assert any("有未登记的列：QQ" in w for w in report.warnings)
    assert [p.name for p in sorted(folder.iterdir())] == ["0001.parquet", "manifest.json"]


def test_the_vendor_date_comes_before_the_search_date(home, wos, monkeypatch):
    import pipelines.sources.wos as module

    monkeypatch.setattr(module, "exported_at", lambda rows: pl.Series(["2026-04-06", None]), raising=False)
    home.drop("wos/a.txt", wos(1, 2))
    folder = arrive(home, search_date="2026-05-01")
    ingest(home.settings, "wos")
    assert pl.read_parquet(folder / "0001.parquet")["delivered_at"].to_list() == ["2026-04-06", "2026-05-01"]


def test_the_hash_knows_values_not_empty_columns():
    frame = pl.DataFrame({"A": ["1", "1", None], "B": ["x", "y", "x"]})
    hashes = record_hash(frame)
    assert hashes.n_unique() == 3
    wider = frame.with_columns(pl.lit(None, pl.String).alias("C")).select("C", "B", "A")
    assert record_hash(wider).to_list() == hashes.to_list()
    assert record_hash(pl.DataFrame({"A": ["1"], "B": ["x"]})).item() == hashes[0]


def test_fewer_rows_than_last_time_by_kind(home):
    def manifest(batch_id, **kinds):
        path = home.place.raw / "wos" / batch_id / "manifest.json"
        path.parent.mkdir(parents=True)
        entries = [{"kind": k, "accepted": n, "refused": False} for k, n in kinds.items()]
        path.write_text(json.dumps({"batch_id": batch_id, "files": entries}))

    manifest("1", staff=100, students=50)
    manifest("2", staff=90)
    found = history.rows_before(home.place, "wos", ["staff", "students", "units"])
    assert found == {"staff": (90, "2"), "students": (50, "1")}


def test_a_whole_batch_can_be_refused_by_a_rule(home, wos, monkeypatch):
    from pipelines.core import schema

    home.drop("wos/a.txt", wos(*range(1, 11)))
    arrive(home)
    ingest(home.settings, "wos")
    true = schema.source
    declared = true("wos")
    stricter = {**declared.spec, "rules": [{"check": "row_count_drop", "max_share": 0.2, "severity": "fail"}]}
    changed = SchemaOfSource("wos", declared.zh, declared.delivery, stricter)
    monkeypatch.setattr(schema, "source", lambda name: changed if name == "wos" else true(name))
    home.drop("wos/b.txt", wos(1, 2))
    folder = arrive(home)
    report = ingest(home.settings, "wos", docs=False)
    assert (report.read, report.accepted, report.quarantined) == (2, 0, 2)
    assert not list(folder.glob("*.parquet")) and len(manifests(home.settings)) == 1
    words = (home.place.quarantine / "wos" / folder.name / "说明.txt").read_text()
    assert "行数比上一批少了 80%" in words and "继续使用上一批" in words
