"""Every reader on a file of every format: speed, memory, and whether memory grows with the file."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from measure import Run, run, say

CONTESTANTS = Path(__file__).parent / "contestants"
GROWING = (
    ("wos", "tagged", (10, 100)),
    ("wos", "tab", (3, 10)),
    ("ei", "csv", (3, 10)),
    ("scopus", "csv", (3, 10)),
    ("cnki", "refworks", (3, 10)),
    ("wos", "ris", (3, 10)),
    ("wos", "bibtex", (3, 10)),
)
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Read:
    """One file read in a process of its own."""

    source: str
    form: str
    size: int  # bytes
    run: Run

    @property
    def records(self) -> int:
        return int(self.run.said["records"])

    @property
    def wall(self) -> float:
        return float(self.run.said["wall"])

    @property
    def cpu(self) -> float:
        return float(self.run.said["cpu"])


@dataclass(frozen=True)
class Formats:
    """All that was read: each format once, growing files from small to large, Excel beside pandas."""

    every: list[Read]
    growing: list[list[Read]]
    excel: Read
    pandas: Read


def measured(python: Path, place: Path, inbox: Path, records: int, largest: int) -> Formats:
    """`inbox` is that of a sample: files of the sources whose formats are not printed one by one. `largest`: records at most."""
    place.mkdir(parents=True, exist_ok=True)
    say(f"写各格式的文件，每个 {records:,} 条")
    files = run([str(python), str(CONTESTANTS / "printed.py"), str(place / "printed"), str(records)]).said["files"]
    printed = {(source, form): Path(path) for source, form, path in files}
    every = [_read(python, place, *what, path) for what, path in printed.items()]
    every += [_read(python, place, source, path.suffix[1:], path) for source, path in _others(inbox, printed)]
    growing = []
    for source, form, times in GROWING:
        grown = [r for r in every if (r.source, r.form) == (source, form)]
        for factor in (n for n in times if n * records <= largest):
            path = repeated(printed[source, form], form, factor, place / "grown")
            grown.append(_read(python, place, source, form, path))
            path.unlink()
        growing.append(grown)
    excel = next(r for r in every if (r.source, r.form) == ("wos", "xlsx"))
    pandas = _read(python, place, "wos", "xlsx", printed["wos", "xlsx"], "pandas_excel.py")
    shutil.rmtree(place)
    return Formats(every, growing, excel, pandas)


def repeated(path: Path, form: str, times: int, target: Path) -> Path:
    """A file as large as `times` files of its kind would be together, with one beginning and one end."""
    begin, body, end = _parts(path.read_bytes().removeprefix(BOM), form)
    with target.open("wb") as out:
        out.write(begin)
        for _ in range(times):
            out.write(body)
        out.write(end)
    return target


def _parts(data: bytes, form: str) -> tuple[bytes, bytes, bytes]:
    if form == "tagged":
        at, after = data.index(b"PT "), data.rindex(b"\nER") + 4
        return data[:at], data[at:after] + b"\n", b"EF\n"
    if form in ("tab", "csv"):
        at = data.index(b"\n") + 1
        return data[:at], data[at:], b""
    return b"", data if data.endswith(b"\n") else data + b"\n", b""


def _others(inbox: Path, printed: dict[tuple[str, str], Path]) -> list[tuple[str, Path]]:
    """The largest file of every ending, source by source, where the sample's inbox is all there is."""
    known = {source for source, _ in printed}
    found: dict[tuple[str, str], Path] = {}
    for path in sorted(inbox.rglob("*")):
        source = path.relative_to(inbox).parts[0]
        if path.is_file() and source not in known and path.suffix not in ("", ".yml"):
            best = found.get((source, path.suffix))
            found[source, path.suffix] = path if best is None else max(best, path, key=lambda p: p.stat().st_size)
    return [(source, path) for (source, _), path in found.items()]


def _read(python: Path, place: Path, source: str, form: str, path: Path, how: str = "xueheng_read.py") -> Read:
    listing = place / "file.txt"
    listing.write_text(f"{path}\n", encoding="utf-8")
    done = run([str(python), str(CONTESTANTS / how), str(listing)])
    told = done.said
    say(f"{source} {form}：{told['records']:,} 条，{told['wall']:.2f} 秒（CPU {told['cpu']:.2f}），{done.rss >> 20} MB")
    return Read(source, form, path.stat().st_size, done)
