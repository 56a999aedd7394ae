"""Whether a search was exported whole: rows against the hits on the vendor's page, and which stretch seems to be missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

STEPS = frozenset({50, 60, 100, 200, 250, 400, 500, 1000, 2000, 5000, 10000, 20000, 50000})  # export limits of vendors
_RANGE = re.compile(r"(?<!\d)(\d{1,7})\s*(?:-|_|–|—|~|～|到|至|to)\s*(\d{1,7})(?!\d)")
_NUMBER = re.compile(r"[\s_-]*[(（\[]?(\d{1,4})[)）\]]?$")


@dataclass(frozen=True)
class Exported:
    """One file of a search: its name and how many rows it holds."""

    name: str
    rows: int


@dataclass(frozen=True)
class Completeness:
    """What was delivered of a search. missing < 0: more records than hits. gaps = stretches of the result list, when sure."""

    hits: int
    rows: int
    records: int
    gaps: tuple[tuple[int, int], ...] = ()
    files: int = 0
    step: int = 0

    @property
    def missing(self) -> int:
        return self.hits - self.records

    @property
    def overlaps(self) -> int:
        return max(self.rows - self.records, 0)

    def words(self) -> str:
        """应 6,412 条，实得 5,912 条，疑缺第 5001–5500 条."""
        said = f"应 {self.hits} 条，实得 {self.records} 条"
        if self.overlaps:
            said += f"（{self.files} 个文件共 {self.rows} 行，重复 {self.overlaps} 行）"
        if self.missing < 0:
            return f"{said}，多 {-self.missing} 条"
        if self.missing == 0:
            return said
        if self.gaps:
            return f"{said}，疑缺第 " + "、".join(f"{a}–{b}" if a < b else f"{a}" for a, b in self.gaps) + " 条"
        if self.step and self.missing % self.step == 0:
            count = self.missing // self.step
            return f"{said}，缺 {self.missing} 条，恰为 {count} 个 {self.step} 条的导出文件，从文件名看不出是哪一段"
        return f"{said}，缺 {self.missing} 条"


def judge(hits: int, files: Sequence[Exported], records: int) -> Completeness:
    """Compare a search's hits with its files. Names are read only to guess the missing stretch, never to decide what is missing."""
    step = _step(files)
    rows = sum(f.rows for f in files)
    missing = hits - records
    gaps: tuple[tuple[int, int], ...] = ()
    if missing > 0 and (found := _stretches(hits, files, step)):
        gaps = tuple(_complement(hits, found))
        if sum(b - a + 1 for a, b in gaps) != missing:
            gaps = ()  # the names tell another story than the rows: no guess
    return Completeness(hits, rows, records, gaps, len(files), step)


def _step(files: Sequence[Exported]) -> int:
    """Rows of a full file: what most files hold, else a vendor's known limit."""
    counted = Counter(f.rows for f in files if f.rows)
    if not counted:
        return 0
    rows, times = max(counted.items(), key=lambda item: (item[1], item[0]))
    return rows if times > 1 or rows in STEPS else 0


def _stretches(hits: int, files: Sequence[Exported], step: int) -> list[tuple[int, int]]:
    """Which places of the result list the files hold: from ranges in their names, else from their numbers; [] = unknown."""
    ranges = [_named_range(f, hits) for f in files]
    if files and all(ranges):
        return [r for r in ranges if r]
    numbers = [_number(f.name) for f in files]
    if not step or len(set(numbers)) != len(numbers) or None in numbers:
        return []
    first = min(n for n in numbers if n is not None)
    if first > 1:
        return []  # the files of one folder need not begin with the first one
    found = []
    for file, number in zip(files, numbers, strict=True):
        start = ((number or 0) - first) * step + 1
        if file.rows > step or start > hits or file.rows > hits - start + 1:
            return []
        found.append((start, start + file.rows - 1))
    return found


def _named_range(file: Exported, hits: int) -> tuple[int, int] | None:
    """1–500 in `savedrecs 1-500.txt`, when it fits the rows of the file."""
    for start, end in _RANGE.findall(file.name):
        a, b = int(start), int(end)
        if 1 <= a <= b and b - a + 1 >= file.rows and a + file.rows - 1 <= hits:
            return a, a + file.rows - 1
    return None


def _number(name: str) -> int | None:
    """12 of `savedrecs (12).txt`; 0 of `savedrecs.txt`, which a browser saves first."""
    stem = re.sub(r"\.[A-Za-z0-9]{2,5}$", "", name)
    match = _NUMBER.search(stem)
    return int(match[1]) if match else 0


def _complement(hits: int, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    gaps, reached = [], 0
    for a, b in sorted(found):
        if a > reached + 1:
            gaps.append((reached + 1, a - 1))
        reached = max(reached, b)
    if reached < hits:
        gaps.append((reached + 1, hits))
    return gaps
