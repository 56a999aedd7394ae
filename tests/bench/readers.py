"""Web of Science text to raw Parquet, against the plain loop and against bibx, in turns on the same bytes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from measure import Run, interleaved, median, run

CONTESTANTS = Path(__file__).parent / "contestants"
PLAIN, OURS, PEER = "逐行循环", "学衡", "bibx"


@dataclass(frozen=True)
class Race:
    """Runs of every contestant on the same files."""

    files: int
    size: int  # bytes
    runs: dict[str, list[Run]]

    def wall(self, name: str) -> float:
        """Median wall seconds of the work alone."""
        return median(self.runs[name], lambda r: float(r.said["wall"]))

    def cpu(self, name: str) -> float:
        """Median CPU seconds of the work alone, all threads."""
        return median(self.runs[name], lambda r: float(r.said["cpu"]))

    def rss(self, name: str) -> int:
        """Peak memory of the process, bytes; the largest of the runs."""
        return max(r.rss for r in self.runs[name])

    def records(self, name: str) -> int:
        """Records that the contestant saw."""
        return int(self.runs[name][0].said["records"])


def race(files: list[Path], place: Path, python: Path, peer: Path | None, rounds: int) -> Race:
    """The plain loop, Xueheng and, when given, bibx."""
    place.mkdir(parents=True, exist_ok=True)
    listing = place / "files.txt"
    listing.write_text("\n".join(map(str, files)) + "\n", encoding="utf-8")
    contestants: dict[str, Callable[[], Run]] = {
        PLAIN: lambda: run([str(python), str(CONTESTANTS / "plain_loop.py"), str(listing)]),
        OURS: lambda: _ours(python, listing, place / "home"),
    }
    if peer:
        contestants[PEER] = lambda: run([str(peer), str(CONTESTANTS / "bibx_load.py"), str(listing)])
    runs = interleaved(contestants, rounds)
    return Race(len(files), sum(p.stat().st_size for p in files), runs)


def _ours(python: Path, listing: Path, home: Path) -> Run:
    """An empty data folder every time: nothing may be known from the round before."""
    try:
        return run([str(python), str(CONTESTANTS / "xueheng_raw.py"), str(listing), str(home)])
    finally:
        shutil.rmtree(home, ignore_errors=True)
