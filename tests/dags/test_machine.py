"""Starting, watching and stopping a local Airflow, with stand-ins for Airflow itself; `make run` is the real thing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from machine import follow, server
from machine.follow import Follower
from machine.server import Server
from rich.console import Console

from pipelines.core.settings import Settings

STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], process_group=0)
print(child.pid, flush=True)
time.sleep(60)
"""


def _component(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)


def _server(data: Path, *processes: subprocess.Popen[bytes], mode: str = "up") -> Server:
    made = Server(data, mode, port=1, password="p")
    made.home.mkdir(parents=True)
    made.pids = {n: server._identity(p.pid) for n, p in zip(server.COMPONENTS, processes, strict=False)}
    made.owner = server._identity(os.getpid())
    made._save()
    return made


def test_stop_ends_components_and_their_children_even_stubborn_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "GRACE", 0.3)
    component = _component(STUBBORN)
    assert component.stdout
    child = int(component.stdout.readline())
    made = _server(tmp_path, component)
    assert server.running(tmp_path) is not None
    assert made.stop() == []
    component.wait(timeout=5)
    assert not server._is_alive(child, 0.0) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE
    assert server.running(tmp_path) is None
    assert not (made.home / "running.json").exists()


def test_a_task_whose_component_was_killed_is_still_found_and_ended(tmp_path: Path) -> None:
    component = _component(STUBBORN)
    assert component.stdout
    child = int(component.stdout.readline())
    made = _server(tmp_path, component)
    component.kill()
    component.wait()
    assert server.running(tmp_path) is not None
    assert made.stop() == []
    time.sleep(0.05)
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE


def test_a_pid_used_again_by_a_stranger_is_not_ours(tmp_path: Path) -> None:
    stranger = _component("import time; time.sleep(60)")
    made = _server(tmp_path, stranger)
    made.pids = {name: (pid, started - 1000) for name, (pid, started) in made.pids.items()}
    made._save()
    assert server.running(tmp_path) is None
    assert made.stop() == []
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_an_airflow_left_behind_by_a_killed_run_is_told_from_one_in_use(tmp_path: Path) -> None:
    made = Server(tmp_path, "run", owner=server._identity(os.getpid()))
    assert not server.owner_is_gone(made)
    made.owner = (made.owner[0], made.owner[1] - 1000)
    assert server.owner_is_gone(made)
    made.mode = "up"  # nobody need stay for that one
    assert not server.owner_is_gone(made)


def test_nothing_of_the_callers_airflow_reaches_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://elsewhere")
    environment = Server(tmp_path, "up", port=4321)._environment(tmp_path / "passwords.json")
    assert environment["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" not in environment
    assert environment["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert environment["AIRFLOW_HOME"] == str(tmp_path / "airflow")
    assert all("--skip-serve-logs" in server.COMPONENTS[n] for n in ("scheduler", "triggerer"))


def test_a_component_that_died_is_told_with_its_last_words(tmp_path: Path) -> None:
    component = _component("pass")
    made = _server(tmp_path, component)
    component.wait()
    (made.home / "api-server.log").write_text("ModuleNotFoundError: x\n")
    with pytest.raises(server.ServerError, match=r"(?s)api-server 意外退出.*ModuleNotFoundError: x"):
        made.check_alive()


class FakeAirflow:
    """Answers what a follower asks: how many runs live, how many events wait (each list in order, its last for ever)."""

    home = Path("/airflow")
    begun = "2026-11-22T10:00:00.000000Z"

    def __init__(self, runs: list[int], events: list[int], tasks: list[dict[str, Any]] | None = None) -> None:
        self.answers, self.tasks = {"runs": runs, "events": events}, tasks or []
        self.parsed = dict.fromkeys(follow.DAG_IDS, "2026-11-22T10:00:05Z")
        self.errors: list[dict[str, str]] = []

    def _next(self, kind: str) -> dict[str, int]:
        left = self.answers[kind]
        return {"total_entries": left.pop(0) if len(left) > 1 else left[0]}

    def check_alive(self) -> None:
        return

    def get(self, path: str, **query: Any) -> Any:
        if path == "/dags/~/dagRuns":
            return self._next("runs")
        if path.endswith("queuedEvents"):
            return self._next("events") if path == "/dags/build/assets/queuedEvents" else None
        if path.endswith("/taskInstances"):
            return {"task_instances": [] if query.get("state") else self.tasks}
        if path == "/dags":
            return {"dags": [{"dag_id": d, "last_parsed_time": t} for d, t in self.parsed.items()]}
        if path == "/importErrors":
            return {"import_errors": self.errors}
        if path.endswith("/tasks"):
            return {"tasks": [{"task_id": "dedup", "task_display_name": "查重归并"}]}
        if "/logs/" in path:
            return {"content": [{"event": "x"}, *self.tasks[0]["log"]]}
        raise AssertionError(path)


def _task(number: int, state: str, **rest: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "state": state,
        "dag_id": "build",
        "dag_run_id": "r",
        "task_id": "dedup",
        "dag_display_name": "构建",
        "map_index": -1,
        "try_number": 1,
        "duration": 1.5,
        "end_date": f"2099-01-01T00:00:0{number}Z",
        **rest,
    }


def _follower(fake: FakeAirflow, said: list[str]) -> Follower:
    return Follower(fake, said.append, Console(quiet=True), names={("build", "dedup"): "查重归并"})  # type: ignore[arg-type]


def test_idle_only_when_files_are_taken_events_consumed_and_runs_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.txt"
    file.write_text("x")
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            file.unlink()

    monkeypatch.setattr(follow, "time", SimpleNamespace(sleep=sleep, monotonic=time.monotonic))
    fake = FakeAirflow(runs=[1, 0, 0], events=[1, 0])
    _follower(fake, []).until_idle([file])
    assert len(waited) == 4  # twice for the file, once for the run, once for the event


def test_work_that_never_ends_is_told_after_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "LIMIT_MINUTES", 0)
    with pytest.raises(server.ServerError, match="分钟内没有运行完"):
        _follower(FakeAirflow([1], [0]), []).until_idle([])


def test_an_event_that_becomes_a_run_between_two_questions_is_not_missed() -> None:
    assert not _follower(FakeAirflow(runs=[0, 1], events=[0]), [])._idle([])
    assert _follower(FakeAirflow(runs=[0, 0], events=[0]), [])._idle([])


def test_dags_of_an_earlier_run_do_not_count_as_read() -> None:
    fake = FakeAirflow([0], [0])
    _follower(fake, []).wait_for_dags()
    fake.parsed["build"] = "2026-11-21T09:00:00Z"
    with pytest.raises(server.ServerError, match="没有读到这些流程：build"):
        _follower(fake, []).wait_for_dags(limit=0)
    fake.errors = [{"timestamp": "2026-11-21T09:00:00Z", "stack_trace": "old"}]
    with pytest.raises(server.ServerError, match="没有读到"):
        _follower(fake, []).wait_for_dags(limit=0)
    fake.errors = [{"timestamp": "2026-11-22T10:00:04Z", "stack_trace": "SyntaxError"}]
    with pytest.raises(server.ServerError, match="SyntaxError"):
        _follower(fake, []).wait_for_dags(limit=0)


def test_a_failed_task_is_told_in_its_own_words_and_only_once() -> None:
    log = [
        {
            "error_detail": [
                {"exc_type": "SourceError", "exc_value": "cause"},
                {"exc_type": "AirflowFailException", "exc_value": "文件有误：断在中间"},
            ]
        }
    ]
    said: list[str] = []
    follower = _follower(FakeAirflow([0], [0], [_task(1, "failed", log=log), _task(2, "failed", log=log)]), said)
    follower.until_idle([])
    assert said == ["  ✗ 构建 › 查重归并　1.5 秒"] * 2
    assert follower.failures() == ["构建 › 查重归并 失败：\n文件有误：断在中间"]
    assert follower.seconds() == {}


def test_a_task_killed_without_a_word_is_told_as_such() -> None:
    follower = _follower(FakeAirflow([0], [0], [_task(1, "failed", log=[])]), [])
    follower.until_idle([])
    assert "强行终止" in follower.failures()[0]


def test_seconds_are_summed_over_runs_and_mapped_tasks() -> None:
    follower = _follower(FakeAirflow([0], [0], [_task(1, "success"), _task(2, "success"), _task(3, "skipped")]), [])
    follower.until_idle([])
    assert follower.seconds() == {"构建 › 查重归并": 3.0}


def test_the_sample_is_never_mixed_into_a_librarys_own_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import local

    (tmp_path / "landing" / "wos" / "20261122T020000Z-1").mkdir(parents=True)
    assert local.run(Settings(data_dir=tmp_path), tmp_path, works=10) == 2
    assert "没有改动任何东西" in capsys.readouterr().out
    assert not (tmp_path / "airflow").exists() and not (tmp_path / "sample").exists()
