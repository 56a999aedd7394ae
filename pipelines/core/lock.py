"""One build at a time, for CLI, DAG and `make run` alike.

Two parts: `builds/lock.json` says which build is under way and for whom (it spans several Airflow tasks), and a flock on
`builds/.running` is held while a step really runs, so that a holder that died is told from one that works.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.core.errors import StageError
from pipelines.core.store import read_json, write_json

PATIENCE = timedelta(minutes=30)  # a DAG's build that was not touched for so long may be taken over by hand


def acquire(builds: Path, build_id: str, holder: str) -> None:
    """Take the lock for a build; StageError in words when another build is alive."""
    path = builds / "lock.json"
    if path.exists():
        other = read_json(path)
        if _alive(builds, path, other, holder):
            raise StageError(
                f"另一次构建 {other['build_id']} 正在进行",
                found=f"发起者 {other['holder']}，开始于 {other['since']}",
                safe="已发布的数据不受影响，本次没有改动任何东西",
                next_step="等它结束后再试；在 Airflow 页面可看到它的进度",
            )
    write_json(path, {"build_id": build_id, "holder": holder, "since": datetime.now(UTC).isoformat(timespec="seconds")})


def release(builds: Path, build_id: str) -> None:
    """Give the lock back, if it is still this build's."""
    path = builds / "lock.json"
    if path.exists() and read_json(path)["build_id"] == build_id:
        path.unlink()


@contextmanager
def running(builds: Path, build_id: str, *, shared: bool = False) -> Iterator[None]:
    """Held while a step of a build runs; StageError when the lock has passed to another build.

    `shared`: parts of one table may be made side by side.
    """
    path = builds / "lock.json"
    owner = read_json(path)["build_id"] if path.exists() else None
    if owner != build_id:
        raise StageError(
            f"构建 {build_id} 已不再持有构建锁",
            found=f"当前持有者：{owner or '无'}",
            safe="已发布的数据不受影响",
            next_step="重新触发一次构建即可",
        )
    with (builds / ".running").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        os.utime(path)
        yield


def _alive(builds: Path, path: Path, other: dict[str, Any], holder: str) -> bool:
    if _step_runs(builds):
        return True
    kind, _, rest = str(other["holder"]).partition(":")
    if kind == "pid":
        return _process_lives(rest)
    if holder.startswith("dag:"):  # Airflow runs one build DAG at a time, so an older holder of that kind has ended
        return False
    touched = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return datetime.now(UTC) - touched < PATIENCE


def _step_runs(builds: Path) -> bool:
    with (builds / ".running").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def process_holder() -> str:
    """Holder name of this process: pid and its start time, since pids are used again."""
    return f"pid:{os.getpid()}:{_start_time(os.getpid())}"


def _process_lives(text: str) -> bool:
    pid, _, started = text.partition(":")
    return _start_time(int(pid)) == started


def _start_time(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except OSError:
        return ""
