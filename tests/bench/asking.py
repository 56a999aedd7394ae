"""The cookbook and the ESI archive on a warehouse of a million works and 25 million rows of rankings."""

from __future__ import annotations

import json
import shutil
import statistics
from dataclasses import dataclass
from pathlib import Path

from line import Home
from measure import run, say

CONTESTANTS = Path(__file__).parent / "contestants"
WARM, FRESH = 0.2, 1.0  # seconds, the 95th percentile of the questions


@dataclass(frozen=True)
class Asked:
    """Seconds per question: warm (wall, CPU) and as the first of a new process; GB of memory, of which warehouse."""

    warm: dict[str, dict[str, float]]
    fresh: dict[str, float]
    rss: int
    enlarged: dict[str, float]


def measured(python: Path, inbox: Path, folder: Path, works: int, rankings: int, rounds: int) -> Asked:
    """Build a small line, enlarge its tables, ask every question."""
    small = Home(folder / "small", python)
    shutil.copytree(inbox, small.folder / "inbox", dirs_exist_ok=True)
    small.built("小样例")
    large = folder / "large"
    shutil.rmtree(large, ignore_errors=True)
    enlarged = run(
        [
            *(str(python), str(Path(__file__).parent / "enlarge.py"), str(small.folder), str(large)),
            *("--works", str(works), "--rankings", str(rankings)),
        ]
    ).said
    script = str(CONTESTANTS / "xueheng_cookbook.py")
    warm = run([str(python), script, str(large), str(rounds)]).said
    fresh = {}
    for name in warm["questions"]:
        fresh[name] = run([str(python), script, str(large), "0", name]).said["wall"]
        say(f"{name}：{fresh[name]:.3f} 秒（新进程）")
    return Asked(warm["questions"], fresh, warm["rss"], enlarged)


def page(asked: Asked) -> str:
    """As Markdown: the two percentiles against their bars, then every question."""
    walls = [q["wall"] for q in asked.warm.values()]
    lines = [
        "## 现成的问题",
        "",
        f"放大：{json.dumps(asked.enlarged)}；内存 {asked.rss / 2**30:.2f} GB（上限 4 GB）",
        "",
    ]
    for words, found, bar in (("同一进程", walls, WARM), ("新进程", list(asked.fresh.values()), FRESH)):
        high = _percentile(found, 95)
        mark = "✓" if high < bar else "✗"
        lines.append(f"- {words}：中位 {statistics.median(found):.3f} 秒，p95 {high:.3f} 秒，上限 {bar} 秒 {mark}")
    lines += ["", "| 问题 | 秒 | CPU 秒 | 新进程 | 行 |", "|---|---|---|---|---|"]
    for name, told in sorted(asked.warm.items(), key=lambda q: -q[1]["wall"]):
        lines.append(
            f"| {name} | {told['wall']:.3f} | {told['cpu']:.3f} | {asked.fresh[name]:.3f} | {told['rows']:.0f} |"
        )
    return "\n".join(lines) + "\n"


def _percentile(found: list[float], share: int) -> float:
    return statistics.quantiles(found, n=100, method="inclusive")[share - 1] if len(found) > 1 else found[0]
