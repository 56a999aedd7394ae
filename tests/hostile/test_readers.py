"""Ten readers in a loop while builds are written, published and pruned: nobody is locked out, nobody sees two builds at once."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines import publishing, warehouse
from pipelines.core import store

READERS, ROWS, KEPT = 10, 20_000, 5


def small_build(home: store.Store, number: int) -> str:
    """Both databases of a build, written as the warehouse writes them, each with rows that name the build."""
    build_id = f"20261122T02{number:02d}00Z"
    folder = home.build(build_id)
    folder.mkdir(parents=True)
    for name in ("library", "people"):
        with warehouse._writing(folder / f"{name}.duckdb", name, 0) as connection:
            warehouse._stamp(connection, build_id)
            rows = f"SELECT '{build_id}' AS build_id, range AS n, '作品' || range AS title FROM range({ROWS})"
            connection.execute(f"CREATE TABLE marts.work AS {rows}")
    return build_id


@pytest.mark.parametrize("publishes", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_readers_meet_no_error_and_no_mixed_build(tmp_path: Path, publishes: int) -> None:
    home = store.Store(tmp_path / "data").prepare()
    home.publish(small_build(home, 0))
    stop = tmp_path / "stop"
    command = [sys.executable, str(Path(__file__).with_name("reading.py")), str(home.root), str(stop)]
    readers = [
        subprocess.Popen([*command, "link" if n % 2 else "path"], stdout=subprocess.PIPE, text=True)
        for n in range(READERS)
    ]
    last = ""
    try:
        for number in range(1, publishes + 1):
            last = small_build(home, number)
            home.publish(last)
            publishing._prune(home, KEPT)
        time.sleep(1)
    finally:
        stop.touch()
    told = [json.loads(reader.communicate(timeout=120)[0]) for reader in readers]
    seen = {build for one in told for build in one["seen"]}
    errors = [error for one in told for error in one["errors"]]
    print(f"{publishes} publishes, {READERS} readers, {sum(t['connections'] for t in told)} connections,"
          f" {len(seen)} builds seen, {len(errors)} errors")  # fmt: skip
    assert errors == []
    assert all(one["connections"] for one in told)
    assert {last} < seen
    assert home.current_build() == last
