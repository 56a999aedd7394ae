"""`make run`, `make up`, `make down`: the whole platform on this machine, through a real Airflow."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

from machine.follow import Follower
from machine.server import USER, Server, ServerError, adopt_orphans, owner_is_gone, running
from rich.console import Console

from pipelines.core.errors import PipelineError
from pipelines.core.settings import Settings

console = Console(highlight=False, soft_wrap=True)


def main() -> int:
    """Exit code 0 when all went well, 1 when a task failed or Airflow did, 2 when it was refused and nothing changed."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    signal.signal(signal.SIGTERM, _interrupt)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=("run", "up", "down"))
    parser.add_argument("--works", type=int, default=4000, help="样例的作品数（仅 run）")
    arguments = parser.parse_args()
    settings = Settings()
    data = settings.data_dir.resolve()
    try:
        if arguments.command == "run":
            return run(settings, data, arguments.works)
        return up(data) if arguments.command == "up" else down(data)
    except (ServerError, PipelineError) as error:
        say(f"✗ {error}")
        return getattr(error, "exit_code", 1)
    except KeyboardInterrupt:
        say("✗ 已中断；启动过的进程都已停止，下次运行会接着做")
        return 130


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def say(text: str = "") -> None:
    """One line for the reader."""
    console.print(text, markup=False)


def up(data: Path) -> int:
    """Start Airflow and leave it running."""
    server = _new_server(data, "up")
    if server is None:
        return 2
    started = time.monotonic()
    try:
        server.start(say)
    except BaseException:
        server.stop()
        raise
    say(f"✓ 已启动（{time.monotonic() - started:.0f} 秒）：{server.url}")
    say(f"  用户名 {USER}　口令 {server.password}")
    say(f"  把导出文件放进 {data / 'inbox'} 即自动收件；停止：make down")
    return 0


def down(data: Path) -> int:
    """Stop what `up` started."""
    server = running(data)
    if server is None:
        say("没有正在运行的 Airflow，无需停止")
        return 0
    return _stop(server)


def run(settings: Settings, data: Path, works: int) -> int:
    """Sample in, reports out; everything that was started is stopped again, whatever happens."""
    if any((data / "landing").glob("*/*")) and not (data / "sample").exists():
        say(f"✗ {data} 里已有真实数据，make run 会混入虚构的样例，没有改动任何东西")
        say("  下一步：处理真实数据请用 make up；只想看样例请用 XUEHENG_DATA_DIR=另一个文件夹 make run")
        return 2
    server = _new_server(data, "run")
    if server is None:
        return 2
    adopt_orphans()
    started = time.monotonic()
    code = 1
    try:
        sample = _Sample(data / "sample", works)
        sample.start()
        server.start(say, {"XUEHENG_SETTLE_SECONDS": "1"})  # the sample is copied whole, nothing is still coming
        say(f"✓ Airflow 就绪（{time.monotonic() - started:.0f} 秒）：{server.url}")
        follower = Follower(server, say, console)
        follower.wait_for_dags()
        code = _main_job(settings, data, follower, sample)
    finally:
        code = max(code, _stop(server))
    say(f"\n{'✓ 完成' if code == 0 else '✗ 没有完成'}，用时 {time.monotonic() - started:.0f} 秒")
    return code


def _main_job(settings: Settings, data: Path, follower: Follower, sample: _Sample) -> int:
    before = _published(data)
    dropped = sample.drop(data / "inbox")
    say(f"样例的 {len(dropped)} 个文件已放进收件箱，各流程按资产事件自动运行：")
    follower.until_idle(dropped)
    if _published(data) == before and not follower.failures():
        # Nothing new arrived; whatever an interrupted run left unbuilt is built now, else the build says so and skips
        follower.server.post("/dags/build/dagRuns", {"logical_date": None})
        follower.until_idle(())
    failures = follower.failures()
    for failure in failures:
        say(f"\n✗ {failure}")
    if not failures:
        from machine import summary

        summary.tell(settings, follower.seconds(), _published(data) != before, say)
    return 1 if failures else 0


class _Sample(threading.Thread):
    """Writes the fictional university's export files while Airflow starts."""

    def __init__(self, folder: Path, works: int) -> None:
        super().__init__(daemon=True)
        self.folder, self.works = folder, works
        self.error: Exception | None = None

    def run(self) -> None:
        from pipelines import sample

        try:
            sample.write(self.folder, works=self.works)
        except Exception as error:  # told by drop(), in the main thread
            self.error = error

    def drop(self, inbox: Path) -> list[Path]:
        """Copy the files into the inbox; returns where they lie."""
        self.join()
        if self.error:
            raise self.error
        source = self.folder / "inbox"
        shutil.copytree(source, inbox, dirs_exist_ok=True)
        return [inbox / p.relative_to(source) for p in source.rglob("*") if p.is_file()]


def _published(data: Path) -> str:
    current = data / "current"
    return current.resolve().name if current.exists() else ""


def _new_server(data: Path, mode: str) -> Server | None:
    """A server to start; None when one is running already. What a killed `make run` left is stopped first."""
    old = running(data)
    if old and owner_is_gone(old):
        say("上次运行被强行终止，先停止它留下的进程")
        old.stop()
    elif old:
        say(f"✗ 这个数据文件夹上已有 Airflow 在运行（{old.url}），请先 make down")
        return None
    return Server(data, mode)


def _stop(server: Server) -> int:
    started = time.monotonic()
    for impatience in (signal.SIGINT, signal.SIGTERM):
        signal.signal(impatience, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it behind
    left = server.stop()
    if left:
        say(f"✗ 这些进程没有停下：{', '.join(map(str, left))}")
        return 1
    say(f"✓ Airflow 已停止（{time.monotonic() - started:.0f} 秒），没有留下进程和端口")
    return 0


if __name__ == "__main__":
    sys.exit(main())
