"""What every contestant measures of itself: wall and CPU seconds of the work alone, without start-up and imports.

Standard library only: it also runs inside the peers' own environments.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path


def listed() -> list[Path]:
    """The files of the race: one path per line in the file named first on the command line."""
    return [Path(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]


def measured(work: Callable[[], int]) -> None:
    """Run `work`, which returns the number of records it saw; print one JSON object."""
    wall, cpu = time.perf_counter(), _cpu()
    records = work()
    print(json.dumps({"wall": time.perf_counter() - wall, "cpu": _cpu() - cpu, "records": records}))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)  # all threads
    return used.ru_utime + used.ru_stime
