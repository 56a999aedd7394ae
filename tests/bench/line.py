"""The whole line on a large sample: read in, build, one file more, build again, nothing new, one report."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measure import Run, run, say

CONTESTANTS = Path(__file__).parent / "contestants"


@dataclass(frozen=True)
class Built:
    """One round: reading in, building, and the account that the build keeps of itself (build.json)."""

    ingest: Run
    build: Run
    account: dict[str, Any]
    tables: dict[str, dict[str, Any]]  # by name: zh, rows, seconds, cpu, parts, linked

    @property
    def steps(self) -> dict[str, float]:
        """Seconds per step, in order."""
        return {str(k): float(v) for k, v in self.account["seconds"].items()}

    @property
    def records(self) -> int:
        return int(self.account["balance"]["records"])


@dataclass(frozen=True)
class Line:
    """What the line cost."""

    first: Built
    second: Built
    idle: Run
    report: Run | None


@dataclass(frozen=True)
class Home:
    """A data folder of its own, spoken to through the command line as staff do."""

    folder: Path
    python: Path

    @property
    def env(self) -> dict[str, str]:
        """Nothing of the user's own settings decides here."""
        return {
            "XUEHENG_DATA_DIR": str(self.folder),
            "XUEHENG_UNIVERSITY": "linghai",
            "XUEHENG_SETTLE_SECONDS": "0",
            "TERM": "dumb",
        }

    def xueheng(self, *arguments: str) -> Run:
        return run([str(self.python), "-m", "pipelines.cli", *arguments], self.env)

    def built(self, words: str) -> Built:
        """Read in what lies in the inbox and build."""
        ingest = self.xueheng("ingest", "--json")
        say(f"{words}：读入 {ingest.wall:.1f} 秒（{ingest.rss / 2**30:.2f} GB）")
        build = self.xueheng("build", "--json")
        say(f"{words}：构建 {build.wall:.1f} 秒（{build.rss / 2**30:.2f} GB）")
        account = _read(self.folder / "current" / "build.json")
        stages = self.folder / "current" / "stages"
        tables = {n: t | {"cpu": _read(stages / f"{n}.json")["cpu_seconds"]} for n, t in account["tables"].items()}
        return Built(ingest, build, account, tables)

    def report(self) -> Run:
        """One report for one college."""
        return run([str(self.python), str(CONTESTANTS / "xueheng_report.py")], self.env)


def walk(inbox: Path, late: Path, home: Home, with_report: bool) -> Line:
    """Deliver everything but `late`, build; deliver `late`, build; build once more with nothing new."""
    there = home.folder / "inbox"
    shutil.copytree(inbox, there)
    (there / late.relative_to(inbox)).unlink()
    first = home.built("全部文件")
    folder = there / late.relative_to(inbox).parent
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(late, folder / late.name)
    second = home.built("再来一个文件")
    idle = home.xueheng("build", "--json")
    say(f"没有新文件：{idle.wall:.1f} 秒")
    report = home.report() if with_report else None
    return Line(first, second, idle, report)


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
