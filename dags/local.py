"""`make run`, `make up`, `make down`: the whole platform on this machine, through a real Airflow."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from rich.console import Console
from server import Server, ServerError, owner_is_gone, running

from pipelines.core import catalog
from pipelines.core.errors import PipelineError
from pipelines.core.settings import Settings

LIMIT_MINUTES = 30
DAG_IDS = {
    "intake",
    "build",
    *(f"ingest_{s}" for s in catalog.source_names()),
    *(f"report_{r}" for r in catalog.report_names()),
}
console = Console(highlight=False, soft_wrap=True)


def main() -> int:
    """Exit code 0 when all went well, 1 when a task failed or Airflow did, 2 when there is nothing to do it with."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    signal.signal(signal.SIGTERM, _interrupt)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=("run", "up", "down"))
    parser.add_argument("--works", type=int, default=2000, help="样例的作品数（仅 run）")
    arguments = parser.parse_args()
    settings = Settings()
    data = settings.data_dir.resolve()
    try:
        if arguments.command == "run":
            return run(data, arguments.works)
        return up(data) if arguments.command == "up" else down(data)
    except (ServerError, PipelineError) as error:
        say(f"✗ {error}")
        return 1
    except KeyboardInterrupt:
        say("✗ 已中断；启动过的进程都已停止，下次运行会从断点继续")
        return 130


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def say(text: str = "") -> None:
    """One line for the reader."""
    console.print(text, markup=False)


# --- up, down
def up(data: Path) -> int:
    """Start Airflow and leave it running."""
    server = _not_running(data)
    if server is None:
        return 2
    try:
        server.start(say)
    except BaseException:
        server.stop()
        raise
    say(f"✓ 已启动：{server.url}\n  用户名 xueheng　口令 {server.password}")
    say(f"  把导出文件放进 {data / 'inbox'} 即自动收件；停止：make down")
    return 0


def down(data: Path) -> int:
    """Stop what `up` started."""
    server = running(data)
    if server is None:
        say("没有正在运行的 Airflow，无需停止")
        return 0
    return _stop(server)


def _stop(server: Server) -> int:
    started = time.monotonic()
    left = server.stop()
    if left:
        say(f"✗ 这些进程没有停下：{', '.join(map(str, left))}")
        return 1
    say(f"✓ Airflow 已停止（{time.monotonic() - started:.0f} 秒），没有留下进程和端口")
    return 0


def _not_running(data: Path) -> Server | None:
    """A server to start; None when one is running already. What a killed `make run` left is stopped first."""
    old = running(data)
    if old and owner_is_gone(old):
        say("上次运行被强行终止，先停止它留下的进程")
        old.stop()
    elif old:
        say(f"✗ 这个数据文件夹上已有 Airflow 在运行（{old.url}），请先 make down")
        return None
    return Server(data, "up")


# --- run
def run(data: Path, works: int) -> int:
    """Sample in, reports out; everything that was started is stopped again, whatever happens."""
    server = _not_running(data)
    if server is None:
        return 2
    server.mode = "run"
    started = time.monotonic()
    code = 1
    try:
        sample = threading.Thread(target=write_sample, args=(data, works))
        sample.start()
        server.start(say, {"XUEHENG_SETTLE_SECONDS": "1"})
        sample.join()
        say(f"✓ Airflow 就绪（{time.monotonic() - started:.0f} 秒）：{server.url}")
        wait_for_dags(server)
        before = list_builds(data)
        shutil.copytree(data / "sample" / "inbox", data / "inbox", dirs_exist_ok=True)
        say("样例文件已放进收件箱，各流程按资产事件自动运行：")
        tasks = follow(server, data)
        failed = [t for t in tasks if t["state"] == "failed"]
        for task in failed:
            say(f"\n✗ {task['dag_display_name']} › {task['task_display_name']} 失败：\n{words(server, task)}")
        if not failed:
            from summary import tell

            tell(data, tasks, list_builds(data) != before, say)
            code = 0
    finally:
        code = max(code, _stop(server))
    say(f"\n{'✓ 完成' if code == 0 else '✗ 没有完成'}，用时 {time.monotonic() - started:.0f} 秒")
    return code


def list_builds(data: Path) -> str:
    """What is published."""
    return str((data / "current").resolve()) if (data / "current").exists() else ""


def write_sample(data: Path, works: int) -> None:
    """The fictional university's export files, below data/sample/."""
    from pipelines import sample

    sample.write(data / "sample", works=works)


def wait_for_dags(server: Server) -> None:
    """All DAGs are known before the first file arrives, else an event could find nobody who listens."""
    while True:
        server.check_alive()
        errors = server.get("/importErrors")["import_errors"]
        if errors:
            raise ServerError("DAG 文件读不出来：\n" + "\n".join(e["stack_trace"] for e in errors))
        if {d["dag_id"] for d in server.get("/dags", limit=100)["dags"]} >= DAG_IDS:
            return
        time.sleep(0.3)


def follow(server: Server, data: Path) -> list[dict[str, Any]]:
    """Tell of every task that ends, until nothing waits any more; returns the tasks of this run."""
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    names = {
        (d, t["task_id"]): t["task_display_name"] for d in DAG_IDS for t in server.get(f"/dags/{d}/tasks")["tasks"]
    }
    until = time.monotonic() + LIMIT_MINUTES * 60
    told: dict[str, dict[str, Any]] = {}
    with console.status("等待收件") as status:
        while time.monotonic() < until:
            server.check_alive()
            resting = is_idle(server, data)
            for task in _tasks(server, since):
                if task["state"] in ("success", "failed", "skipped", "upstream_failed") and task["id"] not in told:
                    task["task_display_name"] = names[task["dag_id"], task["task_id"]]  # mapped ones carry their id
                    told[task["id"]] = task
                    if task["state"] in ("success", "failed"):
                        say(_line(task))
            if resting:
                return list(told.values())
            status.update(_now(server))
            time.sleep(0.5)
    raise ServerError(f"{LIMIT_MINUTES} 分钟内没有运行完；请用 make up 打开页面查看停在哪个任务")


def _tasks(server: Server, since: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        page = server.get(
            "/dags/~/dagRuns/~/taskInstances", run_after_gte=since, order_by="end_date", limit=100, offset=len(found)
        )["task_instances"]
        found += page
        if len(page) < 100:
            return found


def _line(task: dict[str, Any]) -> str:
    mark = "✓" if task["state"] == "success" else "✗"
    label = f"（{task['rendered_map_index']}）" if task.get("rendered_map_index") else ""
    return f"  {mark} {task['dag_display_name']} › {task['task_display_name']}{label}　{task['duration'] or 0:.1f} 秒"


def _now(server: Server) -> str:
    tasks = server.get("/dags/~/dagRuns/~/taskInstances", state="running", limit=20)["task_instances"]
    return "、".join(sorted({f"{t['dag_display_name']} › {t['task_display_name']}" for t in tasks})) or "等待调度"


def is_idle(server: Server, data: Path) -> bool:
    """Inbox empty, no run alive, no event unconsumed. Runs are asked twice: an event may become a run in between."""
    inbox = data / "inbox"
    if any(p.is_file() and not p.name.startswith(".") for p in inbox.rglob("*")):
        return False
    return not (_runs(server) or _events(server) or _runs(server))


def _runs(server: Server) -> int:
    total: int = server.get("/dags/~/dagRuns", state=["queued", "running"], limit=1)["total_entries"]
    return total


def _events(server: Server) -> int:
    pages = [server.get(f"/dags/{d}/assets/queuedEvents") for d in sorted(DAG_IDS)]
    return sum(page["total_entries"] for page in pages if page)


def words(server: Server, task: dict[str, Any]) -> str:
    """The error a failed task ended with, in its own words."""
    path = (
        f"/dags/{task['dag_id']}/dagRuns/{task['dag_run_id']}/taskInstances/{task['task_id']}/logs/{task['try_number']}"
    )
    content = (server.get(path, map_index=task["map_index"]) or {"content": []})["content"]
    details = [d for line in content if isinstance(line, dict) for d in line.get("error_detail") or []]
    said = [d["exc_value"] for d in details if d["exc_type"] == "AirflowFailException"]
    said = said or [f"{d['exc_type']}: {d['exc_value']}" for d in details]
    if said:
        return said[-1]
    lines = [line["event"] for line in content if isinstance(line, dict) and line.get("level") == "error"]
    return "\n".join(lines[-5:]) or f"日志中没有错误说明，任务可能被强行终止；日志文件夹 {server.home / 'logs'}"


def seconds_by_task(tasks: list[dict[str, Any]]) -> dict[str, float]:
    """Seconds each kind of task took, all runs together."""
    total: dict[str, float] = defaultdict(float)
    for task in tasks:
        total[f"{task['dag_display_name']} › {task['task_display_name']}"] += task["duration"] or 0.0
    return dict(total)


if __name__ == "__main__":
    sys.exit(main())
