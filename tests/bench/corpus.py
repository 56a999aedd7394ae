"""Sample universities of a wanted size, and the Web of Science files among what they delivered."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import dataclass
from pathlib import Path

from measure import run, say

TRIAL = 300  # works of the small sample that shows how many records a work gives


@dataclass(frozen=True)
class Sample:
    """One sample on disk."""

    folder: Path
    works: int
    records: int

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    def tagged(self) -> list[Path]:
        """Its Web of Science files in tagged text."""
        return [p for p in sorted((self.inbox / "wos").glob("*.txt")) if _is_tagged(p)]


def sample(python: Path, folder: Path, records: int, seed: int = 1) -> Sample:
    """A sample of about `records` bibliographic records; one that is there already is used again."""
    trial = _write(python, folder.with_name(f"{folder.name}-trial"), TRIAL, seed)
    works = math.ceil(records * trial.works / trial.records)
    return _write(python, folder, works, seed)


def wos_files(python: Path, first: Sample, megabytes: int) -> list[Path]:
    """Tagged files of `megabytes`: those of the sample and, when they are not enough, of one more with another seed."""
    found = first.tagged()
    lacking = 1 - _size(found) / (megabytes * 1_000_000)
    if lacking > 0:
        works = math.ceil(first.works * lacking / (1 - lacking) * 1.1) + TRIAL
        found += _write(python, first.folder.with_name(f"{first.folder.name}-more"), works, seed=2).tagged()
    return upto(found, megabytes)


def upto(files: list[Path], megabytes: float) -> list[Path]:
    """The first files that together reach `megabytes`."""
    taken: list[Path] = []
    for path in files:
        if _size(taken) >= megabytes * 1_000_000:
            break
        taken.append(path)
    return taken


def joined(files: list[Path], target: Path) -> Path:
    """The records of several exports in one file, as the vendor would have written them without its limit of 500."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        out.write(b"\xef\xbb\xbfFN Clarivate Analytics Web of Science\nVR 1.0\n")
        for path in files:
            text = path.read_bytes()
            out.write(text[text.index(b"PT ") : text.rindex(b"\nER") + 4] + b"\n")
        out.write(b"EF\n")
    return target


def _write(python: Path, folder: Path, works: int, seed: int) -> Sample:
    marker = folder / "sample.json"
    if not marker.exists():
        shutil.rmtree(folder, ignore_errors=True)  # of a run that was stopped
        say(f"写样例：{works:,} 件作品，种子 {seed} → {folder.name}")
        command = [str(python), "-m", "pipelines.cli", "sample", str(folder), "--works", str(works)]
        run([*command, "--seed", str(seed), "--json"])
    return Sample(folder, works, _records(marker))


def _records(marker: Path) -> int:
    written: dict[str, int] = json.loads(marker.read_text(encoding="utf-8"))["records"]
    return sum(written.values())


def _size(files: list[Path]) -> int:
    return sum(p.stat().st_size for p in files)


def _is_tagged(path: Path) -> bool:
    with path.open("rb") as handle:
        return handle.read(8).removeprefix(b"\xef\xbb\xbf").startswith(b"FN ")
