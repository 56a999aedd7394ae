"""Runs a contestant in a process of its own and says what it cost."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Run:
    """One process: wall and CPU seconds, peak memory in bytes, and the JSON object it printed last.

    CPU and memory are those of the process and of the children it waited for.
    """

    wall: float
    cpu: float
    rss: int
    said: dict[str, Any]


def run(command: list[str], env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Run:
    """Run to the end. RuntimeError with the process's own words when it fails; its standard error is passed through."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, env={**os.environ, **(env or {})}, cwd=cwd, text=True, encoding="utf-8"
    )
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)  # the figures of this very process, not of all children so far
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode:
        raise RuntimeError(f"退出码 {process.returncode}：{' '.join(command)}\n{printed[-2000:]}")
    lines = printed.strip().splitlines()
    said = json.loads(lines[-1]) if lines else {}
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, said)


def interleaved(contestants: Mapping[str, Callable[[], Run]], rounds: int) -> dict[str, list[Run]]:
    """A B C, A B C, … – a slow minute of the machine meets all of them alike."""
    runs: dict[str, list[Run]] = {name: [] for name in contestants}
    for number in range(rounds):
        for name, go in contestants.items():
            done = go()
            runs[name].append(done)
            told = done.said
            say(f"第 {number + 1}/{rounds} 轮  {name}：{told['wall']:.2f} 秒（CPU {told['cpu']:.2f}）")
    return runs


def median(runs: list[Run], figure: Callable[[Run], float]) -> float:
    """The middle value of a figure over several runs."""
    return statistics.median(figure(r) for r in runs)


def say(text: str) -> None:
    """Progress, on standard error: standard output holds the table alone."""
    print(f"[bench] {text}", file=sys.stderr, flush=True)
