"""Watches a local Airflow through its REST API until nothing is left to do, and tells what ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from machine.server import Server, ServerError
from pipelines.core import catalog

LIMIT_MINUTES = 30
ENDED = ("success", "failed", "skipped", "upstream_failed")
DAG_IDS = (
    "intake",
    *(f"ingest_{s}" for s in catalog.source_names()),
    "build",
    *(f"report_{r}" for r in catalog.report_names()),
)
Task = dict[str, Any]


@dataclass
class Follower:
    """One watch over one Airflow. `say` writes one line; `console` shows what is running now."""

    server: Server
    say: Callable[[str], None]
    console: Console
    since: str = ""
    tasks: dict[str, Task] = field(default_factory=dict)  # ended ones, by id
    names: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.since = self.since or self.server.begun

    def wait_for_dags(self, limit: float = 120.0) -> None:
        """All DAG files are read before the first file arrives, else an event could find nobody who listens."""
        until = time.monotonic() + limit
        while missing := sorted(set(DAG_IDS) - self._parsed()):
            self.server.check_alive()
            errors = [
                e for e in self.server.get("/importErrors")["import_errors"] if e["timestamp"] >= self.server.begun
            ]
            if errors:
                raise ServerError("DAG 文件读不出来：\n" + "\n".join(e["stack_trace"] for e in errors))
            if time.monotonic() > until:
                raise ServerError(f"{limit:.0f} 秒内没有读到这些流程：{'、'.join(missing)}")
            time.sleep(0.3)
        for dag_id in DAG_IDS:
            for task in self.server.get(f"/dags/{dag_id}/tasks")["tasks"]:
                self.names[dag_id, task["task_id"]] = task["task_display_name"]

    def _parsed(self) -> set[str]:
        """DAGs read since this Airflow began: its database remembers those of earlier runs too."""
        dags = self.server.get("/dags", limit=100)["dags"]
        return {d["dag_id"] for d in dags if (d["last_parsed_time"] or "") >= self.server.begun}

    def until_idle(self, dropped: Collection[Path]) -> None:
        """Tell of every task that ends, until the dropped files are taken, no event waits and no run is alive."""
        until = time.monotonic() + LIMIT_MINUTES * 60
        with self.console.status("等待收件") as status:
            while time.monotonic() < until:
                self.server.check_alive()
                idle = self._idle(dropped)
                self._tell_ended()
                if idle:
                    return
                status.update(self._now())
                time.sleep(1)  # each question costs the page's process some 30 ms
        raise ServerError(f"{LIMIT_MINUTES} 分钟内没有运行完；请用 make up 打开页面，看停在哪个任务")

    def failures(self) -> list[str]:
        """Failed tasks with their own words, each kind of words once."""
        told: dict[str, str] = {}
        for task in self.tasks.values():
            if task["state"] == "failed":
                told.setdefault(self._words(task), self._name(task))
        return [f"{name} 失败：\n{words}" for words, name in told.items()]

    def seconds(self) -> dict[str, float]:
        """Seconds by task, all its runs and mapped instances together, in the order of the line."""
        total: dict[str, float] = {}
        for task in sorted(self.tasks.values(), key=lambda t: DAG_IDS.index(t["dag_id"])):
            if task["state"] == "success":
                name = f"{task['dag_display_name']} › {self.names[task['dag_id'], task['task_id']]}"
                total[name] = total.get(name, 0.0) + (task["duration"] or 0.0)
        return total

    # --- inside
    def _idle(self, dropped: Collection[Path]) -> bool:
        # Runs are asked for twice, since an event may become a run between two questions
        return not any(p.exists() for p in dropped) and not (self._runs() or self._events() or self._runs())

    def _runs(self) -> int:
        found: int = self.server.get("/dags/~/dagRuns", state=["queued", "running"], limit=1)["total_entries"]
        return found

    def _events(self) -> int:
        pages = [self.server.get(f"/dags/{d}/assets/queuedEvents") for d in DAG_IDS]
        return sum(page["total_entries"] for page in pages if page)

    def _tell_ended(self) -> None:
        for task in self._all("/dags/~/dagRuns/~/taskInstances", end_date_gte=self.since, order_by="end_date"):
            if task["state"] in ENDED and task["id"] not in self.tasks:
                self.tasks[task["id"]] = task
                self.since = max(self.since, task["end_date"] or "")
                if task["state"] in ("success", "failed"):
                    mark = "✓" if task["state"] == "success" else "✗"
                    self.say(f"  {mark} {self._name(task)}　{task['duration'] or 0:.1f} 秒")

    def _all(self, path: str, **query: Any) -> list[Task]:
        found: list[Task] = []
        while True:
            page = self.server.get(path, limit=100, offset=len(found), **query)["task_instances"]
            found += page
            if len(page) < 100:
                return found

    def _now(self) -> str:
        tasks = self._all("/dags/~/dagRuns/~/taskInstances", state="running")
        return "、".join(sorted({self._name(t) for t in tasks})) or "等待调度"

    def _name(self, task: Task) -> str:
        label = f"（{task['rendered_map_index']}）" if task.get("rendered_map_index") else ""
        return f"{task['dag_display_name']} › {self.names[task['dag_id'], task['task_id']]}{label}"

    def _words(self, task: Task) -> str:
        """What a failed task said last, from its log."""
        run = f"/dags/{task['dag_id']}/dagRuns/{task['dag_run_id']}"
        path = f"{run}/taskInstances/{task['task_id']}/logs/{task['try_number']}"
        answer = self.server.get(path, map_index=task["map_index"]) or {"content": []}
        lines = [line for line in answer["content"] if isinstance(line, dict)]
        details = [d for line in lines for d in line.get("error_detail") or []]
        said = [d["exc_value"] for d in details if d["exc_type"] == "AirflowFailException"]
        said = said or [f"{d['exc_type']}: {d['exc_value']}" for d in details]
        said = said or [line["event"] for line in lines if line.get("level") == "error"]
        return said[-1] if said else f"日志中没有错误说明，任务可能被强行终止；日志在 {self.server.home / 'logs'}"
