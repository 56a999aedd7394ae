"""Damaged files: never a crash, never a hang, never a row unaccounted for."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from mutations import mutate, read

from pipelines.core.settings import PROJECT

FIXTURES = sorted(p for p in (PROJECT / "tests" / "fixtures" / "landing").rglob("*") if p.is_file())
FEW, MANY = 400, 20_000
LARGEST = 3 << 20  # bytes of a real file that is damaged thousands of times


def failures(files: list[Path], seeds: range, folder: Path) -> tuple[Counter[str], list[str]]:
    """Fates of one damaged copy per seed, and what went wrong."""
    fates: Counter[str] = Counter()
    wrong: list[str] = []
    for seed in seeds:
        chance = random.Random(seed)
        path, other = chance.choice(files), chance.choice(files)
        copy = folder / f"copy{path.suffix}"
        copy.write_bytes(mutate(path, other, seed))
        try:
            outcome = read(copy)
            fates["refused" if outcome.refused else "rows set aside" if outcome.rejected else "read"] += 1
        except BaseException as error:  # a panic of a Rust library is no Exception
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            fates["wrong"] += 1
            wrong.append(f"seed {seed}, {path.name} + {other.name}: {type(error).__name__}: {str(error)[:300]}")
    return fates, wrong


def test_damaged_fixtures(tmp_path: Path) -> None:
    fates, wrong = failures(FIXTURES, range(FEW), tmp_path)
    assert not wrong, "\n".join(wrong)
    assert sum(fates.values()) == FEW
    assert fates["read"] and fates["refused"] and fates["rows set aside"]


@pytest.mark.slow
def test_twenty_thousand_damaged_real_files(shared: Path, tmp_path: Path) -> None:
    """Two processes, each its half of the seeds."""
    half = MANY // 2

    def run(start: int) -> dict[str, object]:
        command = [sys.executable, __file__, str(shared / "exports"), str(tmp_path), str(start), str(start + half)]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True, env=os.environ)
        answer: dict[str, object] = json.loads(done.stdout)
        return answer

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(run, (0, half)))
    wrong = [line for answer in answers for line in answer["wrong"]]  # type: ignore[attr-defined]
    assert not wrong, f"{len(wrong)} of {MANY}:\n" + "\n".join(wrong[:40])


if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT))
    root, place, first, last = sys.argv[1:]
    real = sorted(p for p in Path(root).rglob("*") if p.is_file() and 0 < p.stat().st_size < LARGEST)
    own = Path(place) / first
    own.mkdir()
    seen, bad = failures([*FIXTURES, *real], range(int(first), int(last)), own)
    print(json.dumps({"fates": seen, "wrong": bad}, ensure_ascii=False))
