"""What lies in the inbox: which files are ready, still being copied, not ours to take, or refused for what they are."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pipelines.intake import hints

READY, COPYING, IGNORED, REFUSED = "ready", "copying", "ignored", "refused"
STALE_COPY = 3600.0  # seconds; an unfinished download older than this no longer holds its folder back
_SYSTEM_NAMES = {"thumbs.db", "desktop.ini", "ehthumbs.db", "__macosx", "$recycle.bin"}
_PARTIAL_ENDS = (".part", ".partial", ".crdownload", ".download", ".filepart", ".opdownload", ".tmp", ".td", ".xltd")


@dataclass(frozen=True)
class Entry:
    """One thing in the inbox. `relative` is its path below the inbox as the system gives it."""

    path: Path
    relative: str
    state: str
    reason: str = ""
    size: int = 0
    modified_ns: int = 0

    @property
    def folder(self) -> str:
        return str(PurePosixPath(self.relative).parent)

    @property
    def name(self) -> str:
        return PurePosixPath(self.relative).name


@dataclass
class Folder:
    """Files of one inbox folder, and the batch.yml that speaks for them (its own, else the nearest above it)."""

    relative: str
    entries: list[Entry] = field(default_factory=list)
    hints_file: Path | None = None
    quiet: bool = True  # nothing was added to the folder itself of late


def scan(inbox: Path, settle_seconds: float, now: float | None = None) -> list[Folder]:
    """Every folder of the inbox that holds something, in order of name.

    A folder with a batch.yml is one delivery: while any of its files is still being copied, all of them wait, because a file
    that came late would otherwise arrive without its hints.
    """
    moment = time.time() if now is None else now
    folders = list(_walk(inbox, inbox, None, settle_seconds, moment))
    return [_held_together(f, moment) for f in folders]


def _walk(inbox: Path, folder: Path, above: Path | None, settle: float, now: float) -> Iterator[Folder]:
    with os.scandir(folder) as listing:
        children = sorted(listing, key=lambda e: os.fsencode(e.name))
    own = next((Path(e.path) for e in children if _speaks(e)), None)
    above = own or above
    relative = folder.relative_to(inbox).as_posix()
    found = Folder(relative, hints_file=above, quiet=relative == "." or _quiet(folder.lstat(), now) >= settle)
    below: list[Path] = []
    for child in children:
        if own is not None and child.name == own.name:
            continue
        if child.is_dir(follow_symlinks=False) and not ignored(child.name):
            below.append(Path(child.path))
        else:
            found.entries.append(_entry(inbox, child, settle, now))
    if found.entries or own is not None:
        yield found
    for path in below:
        yield from _walk(inbox, path, above if relative != "." else None, settle, now)


def _entry(inbox: Path, child: os.DirEntry[str], settle: float, now: float) -> Entry:
    path = Path(child.path)
    about = child.stat(follow_symlinks=False)
    relative = path.relative_to(inbox).as_posix()

    def entry(state: str, reason: str = "") -> Entry:
        return Entry(path, relative, state, reason, about.st_size, about.st_mtime_ns)

    if stat.S_ISLNK(about.st_mode):
        return entry(REFUSED, f"符号链接，指向 {path.readlink()}")
    if ignored(child.name):
        return entry(IGNORED, "系统或隐藏文件")
    if not stat.S_ISREG(about.st_mode):
        return entry(REFUSED, "不是普通文件（管道、设备或套接字）")
    if child.name.lower().endswith(_PARTIAL_ENDS) or child.name.startswith("~$"):
        return entry(COPYING, "下载或编辑中的临时文件")
    if _quiet(about, now) < settle:
        return entry(COPYING, f"{settle:g} 秒内还有变化")
    return entry(READY)


def _speaks(child: os.DirEntry[str]) -> bool:
    return child.name.lower() in hints.NAMES and child.is_file(follow_symlinks=False)


def ignored(name: str) -> bool:
    """Names that the operating system writes for itself, and hidden ones."""
    return name.startswith(".") or name.lower() in _SYSTEM_NAMES


def _quiet(about: os.stat_result, now: float) -> float:
    """Seconds since content or name changed. A time in the future (another machine's clock) says nothing."""
    changes = [t for t in (about.st_mtime, about.st_ctime) if t <= now + 1]
    return now - max(changes) if changes else float("inf")


def _held_together(folder: Folder, now: float) -> Folder:
    """With a batch.yml, one file that is still coming keeps the others waiting."""
    coming = [e for e in folder.entries if e.state == COPYING and now - e.modified_ns / 1e9 < STALE_COPY]
    if folder.hints_file is None or (folder.quiet and not coming):
        return folder
    waiting = [
        Entry(e.path, e.relative, COPYING, "同一文件夹还有文件在复制", e.size, e.modified_ns) if e.state == READY else e
        for e in folder.entries
    ]
    return Folder(folder.relative, waiting, folder.hints_file, folder.quiet)


def unchanged(entry: Entry) -> bool:
    """Whether a file is still as it was when the inbox was looked at."""
    try:
        about = entry.path.lstat()
    except FileNotFoundError:
        return False
    return (about.st_size, about.st_mtime_ns) == (entry.size, entry.modified_ns) and stat.S_ISREG(about.st_mode)
