"""A real Airflow on this machine: started for `make run` and `make up`, stopped without leaving anything behind.

SQLite, LocalExecutor, home below the data folder. The four components are started one by one instead of by
`airflow standalone`, since only then the log servers, which listen on every address, can be left out: the page reads
log files from disk. The one port that remains is the page's, on 127.0.0.1.
"""

from __future__ import annotations

import ctypes
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

DAGS = Path(__file__).resolve().parents[1]
USER = "xueheng"
COMPONENTS: dict[str, tuple[str, ...]] = {
    "api-server": ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
GRACE = 8.0  # seconds a component gets to end by itself


class ServerError(Exception):
    """Airflow did not start, or stopped by itself; the message is for the reader."""


@dataclass
class Server:
    """One running Airflow. `mode` is run (ends with the command that started it) or up."""

    data: Path
    mode: str
    port: int = 0
    password: str = ""
    pids: dict[str, tuple[int, float]] = field(default_factory=dict)  # component -> pid, time of its start
    owner: tuple[int, float] = (0, 0.0)
    begun: str = ""  # when, in UTC
    token: str = field(default="", repr=False)

    @property
    def home(self) -> Path:
        return self.data / "airflow"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, tell: Callable[[str], None], extra: dict[str, str] | None = None) -> None:
        """Make the database, start the components, return when all report themselves healthy."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)
        self.begun = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self.port = free_port()
        self.password = secrets.token_urlsafe(9)
        passwords = self.home / "passwords.json"
        passwords.write_text(json.dumps({USER: self.password}), encoding="utf-8")
        passwords.chmod(0o600)
        environment = self._environment(passwords) | (extra or {})
        self.owner = _identity(os.getpid())
        tell("准备 Airflow 数据库")
        self._migrate(environment)
        tell("启动 Airflow：页面、调度、DAG 解析、触发器")
        for name, command in COMPONENTS.items():
            with (self.home / f"{name}.log").open("wb") as log:
                process = subprocess.Popen(
                    [sys.executable, "-m", "airflow", *command],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=environment,
                    start_new_session=True,  # Ctrl-C reaches this program only, which then stops them in order
                )
            self.pids[name] = _identity(process.pid)
            self._save()
        self._wait_healthy()

    def stop(self) -> list[int]:
        """End the components and all they started, the page last so that running tasks can still report to it.

        What does not end within GRACE is killed: builds survive that, and the next start takes the task up again.
        Returns processes that are still there: none, unless killing itself failed.
        """
        sessions = {pid for pid, started in self.pids.values() if _session_is_ours(pid, started)}
        for names in (("scheduler", "dag-processor", "triggerer"), ("api-server",)):
            ending = {self.pids[n][0] for n in names if n in self.pids and _is_alive(*self.pids[n])}
            for pid in ending:
                os.kill(pid, signal.SIGTERM)
            _wait_gone(ending, GRACE)
            for pid in _members(ending):
                _kill(pid)
        for pid in _members(sessions):  # tasks whose component had died before
            _kill(pid)
        _wait_gone(sessions, GRACE)
        _bury()
        left = _members(sessions)
        if not left:
            self._state_file.unlink(missing_ok=True)
        return left

    def check_alive(self) -> None:
        """ServerError with the last lines of its log when a component has ended."""
        for name, (pid, started) in self.pids.items():
            if not _is_alive(pid, started):
                lines = (self.home / f"{name}.log").read_text(encoding="utf-8", errors="replace").splitlines()
                tail = "\n".join(f"    {line}" for line in lines[-15:])
                raise ServerError(f"Airflow 的 {name} 意外退出；日志 {self.home / f'{name}.log'} 的末尾：\n{tail}")

    # --- its REST API
    def get(self, path: str, **query: Any) -> Any:
        """One GET of the REST API; None when there is no such thing."""
        address = f"{self.url}/api/v2{path}?{urllib.parse.urlencode(query, doseq=True)}"
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {self._token()}"})
        try:
            return _open(request)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    def post(self, path: str, content: dict[str, Any]) -> Any:
        """One POST of the REST API."""
        headers = {"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json"}
        return _open(urllib.request.Request(f"{self.url}/api/v2{path}", json.dumps(content).encode(), headers))

    def _token(self) -> str:
        if not self.token:
            body = json.dumps({"username": USER, "password": self.password}).encode()
            request = urllib.request.Request(f"{self.url}/auth/token", body, {"Content-Type": "application/json"})
            self.token = _open(request)["access_token"]
        return self.token

    # --- inside
    def _environment(self, passwords: Path) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "_AIRFLOW"))}
        path = os.pathsep.join(p for p in (os.environ.get("PYTHONPATH", ""), str(DAGS.parent)) if p)
        return kept | {
            "PYTHONPATH": path,
            "PYTHONUTF8": "1",
            "LC_ALL": "C.UTF-8",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
            "XUEHENG_DATA_DIR": str(self.data),
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__INSTANCE_NAME": "学衡",
            "AIRFLOW__API__PORT": str(self.port),
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
            "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Asia/Shanghai",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__HOSTNAME_CALLABLE": "socket.gethostname",  # the default asks DNS, which may be absent
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__PARALLELISM": "4",
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(DAGS / "plugins"),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
            "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "60",  # forms offer new periods a minute after a build
            "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "15",  # tasks of a killed scheduler start again soon
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",  # else a finished task may hold its slot for 5 s
        }

    def _migrate(self, environment: dict[str, str]) -> None:
        log = self.home / "migrate.log"
        with log.open("wb") as out:
            done = subprocess.run(
                [sys.executable, "-m", "airflow", "db", "migrate"], env=environment, stdout=out, stderr=out, check=False
            )
        if done.returncode:
            tail = log.read_text(encoding="utf-8", errors="replace")[-1500:]
            raise ServerError(f"Airflow 数据库准备失败，日志 {log}：\n{tail}")

    def _wait_healthy(self, limit: float = 180.0) -> None:
        until = time.monotonic() + limit
        while time.monotonic() < until:
            self.check_alive()
            try:
                health = _open(urllib.request.Request(f"{self.url}/api/v2/monitor/health"))
            except (OSError, ValueError):
                health = {}
            parts = ("metadatabase", "scheduler", "triggerer", "dag_processor")
            if all((health.get(p) or {}).get("status") == "healthy" for p in parts):
                return
            time.sleep(0.3)
        raise ServerError(f"等了 {limit:.0f} 秒，Airflow 仍未就绪；日志在 {self.home}/*.log")

    @property
    def _state_file(self) -> Path:
        return self.home / "running.json"

    def _save(self) -> None:
        state = {k: getattr(self, k) for k in ("mode", "port", "password", "pids", "owner", "begun")}
        self._state_file.write_text(json.dumps(state), encoding="utf-8")
        self._state_file.chmod(0o600)


def running(data: Path) -> Server | None:
    """The Airflow that is running on this data folder, if any of its processes is alive."""
    path = data / "airflow" / "running.json"
    if not path.exists():
        return None
    state = json.loads(path.read_text(encoding="utf-8"))
    server = Server(data, **state)
    alive = any(_session_is_ours(pid, started) for pid, started in server.pids.values())
    return server if alive else None


def owner_is_gone(server: Server) -> bool:
    """True when `make run` was killed and left its Airflow behind."""
    return server.mode == "run" and not _is_alive(*server.owner)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never by way of a proxy


def _open(request: urllib.request.Request) -> Any:
    with _OPENER.open(request, timeout=30) as answer:
        return json.loads(answer.read().decode("utf-8"))


# --- processes, each known by pid and time of start, since pids are used again
def _identity(pid: int) -> tuple[int, float]:
    return pid, psutil.Process(pid).create_time()


def _is_alive(pid: int, started: float) -> bool:
    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - started) < 2 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _session_is_ours(pid: int, started: float) -> bool:
    """The session a component leads: it lives while the component does, or while a task it started does."""
    if psutil.pid_exists(pid):
        return _is_alive(pid, started)
    return any(psutil.Process(p).create_time() > started - 2 for p in _members({pid}))


def _members(sessions: set[int]) -> list[int]:
    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) in sessions and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
    return found


def _wait_gone(sessions: set[int], limit: float) -> None:
    until = time.monotonic() + limit
    while _members(sessions) and time.monotonic() < until:
        time.sleep(0.1)
        _bury()


def adopt_orphans() -> None:
    """Become the parent of what our children leave behind, so that no dead entry stays where init does not look (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def _bury() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
