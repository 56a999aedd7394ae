"""What every contestant of deduplication says: seconds of each round after one to warm up, its clusters, its open pairs.

Start-up, imports and loading are left out. Standard library only: it also runs inside the peers' own environments.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

DIRECTORY = Path(sys.argv[1])
ROUNDS = int(sys.argv[2])


def measured(work: Callable[[], dict[str, Any]]) -> None:
    """Run `work` (clusters by name: lists of record ids; undecided: pairs left to people) and print one JSON object last.

    With no rounds it runs once and that is its time; else one run warms up, and each round is timed.
    """
    seconds, cpu = [], []
    with contextlib.redirect_stdout(sys.stderr):  # what a peer prints is not ours
        for number in range(ROUNDS + 1):
            started, used = time.perf_counter(), _cpu()
            said = work()
            if number or not ROUNDS:
                seconds.append(time.perf_counter() - started)
                cpu.append(_cpu() - used)
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({**said, "seconds": seconds, "cpu": cpu, "peak_mb": peak / 1024}))


def _cpu() -> float:
    """Seconds of all threads, and of the processes it waited for."""
    return sum(os.times()[:4])
