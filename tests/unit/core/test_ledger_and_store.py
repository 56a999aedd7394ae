from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest

from pipelines.core import ledger, lock, store
from pipelines.core.errors import StageError


def test_ledger_only_grows_and_keeps_order(tmp_path: Path) -> None:
    row = {"source": "wos", "batch_id": "b1", "reason": "重复", "date": "2026-11-22"}
    empty_hash = ledger.snapshot(tmp_path)["withdrawn_batches"]
    ledger.append(tmp_path, "withdrawn_batches", pl.DataFrame([row]))
    first = set((tmp_path / "withdrawn_batches").iterdir())
    ledger.append(tmp_path, "withdrawn_batches", pl.DataFrame([row | {"batch_id": "b2"}]))
    assert first < set((tmp_path / "withdrawn_batches").iterdir())
    assert sorted(ledger.read(tmp_path, "withdrawn_batches")["batch_id"]) == ["b1", "b2"]
    assert ledger.snapshot(tmp_path)["withdrawn_batches"] != empty_hash


def test_an_empty_stream_has_its_columns(tmp_path: Path) -> None:
    assert ledger.read(tmp_path, "work_ids").columns == list(ledger.STREAMS["work_ids"])


def test_a_failed_write_leaves_the_old_file_and_no_leftover(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    store.write_json(path, {"a": 1})
    with pytest.raises(RuntimeError), store.atomic_path(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert store.read_json(path) == {"a": 1}
    assert list(tmp_path.iterdir()) == [path]


def test_publish_moves_the_link_at_once(tmp_path: Path) -> None:
    place = store.Store(tmp_path).prepare()
    assert place.current_build() is None
    for build_id in ("20261122T000000Z", "20261122T000001Z"):
        place.build(build_id).mkdir()
        place.publish(build_id)
        assert place.current_build() == build_id
    assert place.current.resolve() == place.build("20261122T000001Z").resolve()


def test_a_second_build_is_refused_while_the_first_lives(tmp_path: Path) -> None:
    lock.acquire(tmp_path, "one", lock.process_holder())
    with pytest.raises(StageError, match="正在进行"):
        lock.acquire(tmp_path, "two", "dag:x")
    with lock.running(tmp_path, "one"), pytest.raises(StageError):
        lock.acquire(tmp_path, "two", "dag:x")
    lock.release(tmp_path, "one")
    lock.acquire(tmp_path, "two", "dag:x")


def test_a_dead_holder_is_taken_over_and_cannot_go_on(tmp_path: Path) -> None:
    lock.acquire(tmp_path, "one", f"pid:{os.getpid()}:0")  # same pid, other start time: that process has ended
    lock.acquire(tmp_path, "two", lock.process_holder())
    with pytest.raises(StageError, match="不再持有"), lock.running(tmp_path, "one"):
        pass
