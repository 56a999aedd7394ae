"""Every question of the cookbook on a warehouse: warm (median and worst of rounds), its CPU seconds and rows; or one alone.

xueheng_cookbook.py FOLDER ROUNDS        all, in one process
xueheng_cookbook.py FOLDER 0 QUESTION    one, as the first of its process: from opening the database to the last row
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from pathlib import Path

from pipelines import answering, cookbook
from pipelines.core.errors import ConfigError


def main() -> None:
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
    library, people = folder / "library.duckdb", folder / "people.duckdb"
    held = people if people.exists() else None
    if rounds == 0:
        question = cookbook.question(sys.argv[3])
        started = time.perf_counter()
        rows = answering.ask(library, held if question.personal else None, question.sql).rows.height
        print(json.dumps({"wall": time.perf_counter() - started, "rows": rows}))
        return
    connection = answering.opened(library, held)
    found: dict[str, dict[str, float]] = {}
    for question in cookbook.questions().values():
        if question.personal and held is None:
            continue
        walls, cpus = [], []
        for _ in range(rounds + 1):
            wall, cpu = time.perf_counter(), _cpu()
            try:
                rows = len(connection.execute(question.sql).fetchall())
            except Exception as error:
                raise ConfigError(f"问题 {question.name} 不能回答", found=str(error)) from error
            walls.append(time.perf_counter() - wall)
            cpus.append(_cpu() - cpu)
        found[question.name] = {
            "wall": statistics.median(walls[1:]),
            "worst": max(walls[1:]),
            "cpu": statistics.median(cpus[1:]),
            "rows": rows,
        }
    print(json.dumps({"questions": found, "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
