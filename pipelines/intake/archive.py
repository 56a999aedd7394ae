"""A library's old folders of ESI exports, brought in at once: each file's period is found or the file is listed, never guessed."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pipelines.core import schema
from pipelines.core.errors import ConfigError, SourceError
from pipelines.core.settings import Settings
from pipelines.core.store import Store, atomic_path, sha256
from pipelines.intake import archive_periods, inbox, landing, names, sheets
from pipelines.intake.archive_periods import Mapping
from pipelines.intake.hints import NAME as BATCH
from pipelines.intake.receive import intake, recognise
from pipelines.sources import Recognised, esi, esi_release

Progress = Callable[[int, int, str], None]
FOLDER = "归档导入"
SOURCE = esi.SOURCE
READY, DONE, KNOWN, TWICE = "ready", "done", "known", "twice"
AMBIGUOUS, OTHER, REFUSED = "ambiguous", "other", "refused"
FATES = {
    READY: "可导入",
    DONE: "已导入",
    KNOWN: "早已入库，未重复导入",
    TWICE: "与另一文件完全相同，只导入一份",
    AMBIGUOUS: "期次不明，未导入",
    OTHER: "不是 ESI 文件，未导入",
    REFUSED: "读不出，未导入",
}


@dataclass(frozen=True)
class Archived:
    """One file of the archive: what it is, its period and why, and what became of it."""

    file: str
    kind: str
    period: str
    why: str
    fate: str
    sha256: str = ""
    words: str = ""

    def line(self) -> dict[str, str]:
        """A line of the table for people."""
        return {
            "文件": self.file,
            "内容": self.kind,
            "期": self.period,
            "依据": self.why,
            "结果": self.words or FATES[self.fate],
        }


@dataclass(frozen=True)
class ArchiveReport:
    """Every file of an archive folder. Grain of `files`: one entry per file."""

    folder: str
    files: tuple[Archived, ...]
    dry_run: bool

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        counts = Counter(f.fate for f in self.files)
        return {
            "folder": self.folder,
            "dry_run": self.dry_run,
            "counts": {fate: counts[fate] for fate in FATES if counts[fate]},
            "periods": sorted({f.period for f in self.files if f.fate in (READY, DONE, KNOWN)}),
            "files": [asdict(f) for f in self.files],
        }

    def words(self) -> str:
        """Counts, and what to do about the files whose period is not certain."""
        counts = Counter(f.fate for f in self.files)
        lines = ["，".join(f"{FATES[fate]} {counts[fate]} 个" for fate in FATES if counts[fate]) or "文件夹里没有文件"]
        if open_files := [f.file for f in self.files if f.fate == AMBIGUOUS]:
            lines.append("期次不明的文件请写入对应表（CSV，两列：文件或文件夹,期次），再加 --mapping 运行一次，例如：")
            lines += [f"{name},2020-05" for name in open_files[:3]]
        return "\n".join(lines)


def plan(
    settings: Settings, folder: Path, mapping: Path | None = None, progress: Progress | None = None
) -> list[Archived]:
    """What each file is, and which period it belongs to; nothing is moved or written.

    Errors: ConfigError for a folder that is not there, or a mapping that cannot be understood.
    """
    if not folder.is_dir():
        raise ConfigError("没有这个文件夹", where=str(folder), next_step="请核对路径；要导入的是解压后的文件夹")
    lines = archive_periods.read_mapping(mapping)
    place = Store(settings.data_dir.resolve()).prepare()
    files = list(_files(folder))
    known = landing.known(place)
    found = []
    for number, path in enumerate(files):
        if progress:
            progress(number, len(files), path.name)
        found.append(_look(place, folder.resolve(), path, lines, known))
    return _same_content(found)


def import_folder(
    settings: Settings,
    folder: Path,
    mapping: Path | None = None,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ArchiveReport:
    """Copy the files whose period is certain through the inbox, one batch per period; the archive itself stays as it is."""
    planned = plan(settings, folder, mapping, progress)
    if dry_run:
        return ArchiveReport(str(folder), tuple(planned), True)
    place = Store(settings.data_dir.resolve())
    done: dict[str, Archived] = {}
    paths = {names.readable(p.relative_to(folder.resolve()).as_posix()): p for p in _files(folder)}
    for period in sorted({f.period for f in planned if f.fate == READY}):
        members = [f for f in planned if f.fate == READY and f.period == period]
        for file, fate, words in _deliver(settings, place, paths, period, members):
            done[file.file] = replace(file, fate=fate, words=words)
    return ArchiveReport(str(folder), tuple(done.get(f.file, f) for f in planned), False)


def _files(folder: Path) -> Iterator[Path]:
    """Files below a folder in order of name; hidden ones, links and lists of the system are none."""
    for root, below, files in os.walk(folder.resolve()):
        below[:] = sorted(name for name in below if not inbox.ignored(name))
        for name in sorted(files):
            path = Path(root) / name
            if not inbox.ignored(name) and not name.startswith("~$") and path.is_file() and not path.is_symlink():
                yield path


def _look(place: Store, folder: Path, path: Path, lines: Mapping, known: dict[str, list[tuple[str, str]]]) -> Archived:
    relative = path.relative_to(folder).as_posix()
    shown = names.readable(relative)
    try:
        found = recognise(path)
    except SourceError as error:
        fate = REFUSED if "ESI" in error.what else OTHER
        return Archived(shown, "", "", error.what, fate, words=f"{FATES[fate]}；{error.parts['下一步']}")
    if sheets.delivery(found.source) != "archive":
        return Archived(shown, sheets.zh(found.source), "", "内容是别的数据源，请放入收件箱", OTHER)
    zh = schema.source(found.source).spec["kinds"][found.kind]
    kind = f"{zh}（{esi.LISTS_ZH[found.details['list_kind']]}）" if found.details.get("list_kind") else str(zh)
    try:
        said = esi_release.said(found, esi.read(path, found, {"esi_period": "1900-01"}))
    except SourceError as error:
        return Archived(shown, kind, "", error.what, REFUSED, words=str(error.parts["下一步"]))
    whole = f"{names.readable(folder.name)}/{shown}"
    decision = archive_periods.decide(whole, said, _below(lines, folder.name), any_month=found.kind == "journals")
    digest = sha256(path)
    fate = READY if decision.period else AMBIGUOUS
    return _held(place, Archived(shown, kind, decision.period, decision.why, fate, digest), found, known)


def _below(lines: Mapping, folder: str) -> Mapping:
    """The mapping's paths as they begin at the archive folder itself; plain names stay names."""
    whole = [(named, period) for named, period in lines.lines]
    return Mapping(tuple(whole + [(f"{folder}/{named}", period) for named, period in whole]))


def _held(place: Store, file: Archived, found: Recognised, known: dict[str, list[tuple[str, str]]]) -> Archived:
    """Whether these bytes are in the library already: of the same period they are done, of another one something is wrong."""
    held = {_period(place, s, b, file.sha256): b for s, b in known.get(file.sha256, []) if s == found.source}
    if file.period in held:
        return replace(file, fate=KNOWN, words=f"{FATES[KNOWN]}（批次 {held[file.period]}）")
    if others := sorted(period for period in held if period):
        why = f"{file.why}；但内容与已入库的 {'、'.join(others)} 期文件完全相同，可能在更新之前导出"
        return replace(file, period="", why=why, fate=AMBIGUOUS)
    return file


def _period(place: Store, source: str, batch_id: str, digest: str) -> str:
    """The period under which a file was taken in; '' when it was not read."""
    account = landing.read_account(place.landing / source / batch_id)
    item = next((f for f in account.files if f.sha256 == digest), None)
    try:
        return esi.period({**account.hints, "path_text": item.original if item else ""}, batch_id)
    except SourceError:
        return ""


def _same_content(files: list[Archived]) -> list[Archived]:
    """The same bytes twice: of one period once is enough, of two periods neither is believed."""
    periods: dict[str, set[str]] = {}
    for file in files:
        if file.fate in (READY, KNOWN):
            periods.setdefault(file.sha256, set()).add(file.period)
    seen: set[str] = set()
    told = []
    for file in files:
        if file.fate == READY and len(periods[file.sha256]) > 1:
            why = f"{file.why}；但同样的内容也在 {'、'.join(sorted(periods[file.sha256] - {file.period}))} 期的文件夹里"
            file = replace(file, period="", why=why, fate=AMBIGUOUS)
        elif file.fate == READY and file.sha256 in seen:
            file = replace(file, fate=TWICE)
        seen |= {file.sha256} if file.fate == READY else set()
        told.append(file)
    return told


def _deliver(
    settings: Settings, place: Store, paths: dict[str, Path], period: str, members: list[Archived]
) -> Iterator[tuple[Archived, str, str]]:
    """Copies of one period's files in a folder of the inbox with its batch.yml, taken in at once."""
    drop = place.inbox / f"{FOLDER}-{period}"
    drop.mkdir(parents=True, exist_ok=True)
    taken: set[str] = {BATCH}
    placed: dict[str, Archived] = {}
    for file in members:
        name = names.free(names.safe(file.file.replace("/", " · ")), taken)
        with atomic_path(drop / name) as temporary:
            shutil.copy2(paths[file.file], temporary)
        placed[f"{drop.name}/{name}"] = file
    with atomic_path(drop / BATCH) as temporary:
        temporary.write_text(f"esi_period: {period}\n", encoding="utf-8")
    report = intake(settings.model_copy(update={"settle_seconds": 0}), only=drop.name)
    outcomes = {o.file: o for o in report.outcomes}
    for where, file in placed.items():
        outcome = outcomes.get(where)
        if outcome and outcome.fate == "accepted":
            yield file, DONE, f"{FATES[DONE]}（批次 {outcome.batch_id}）"
        elif outcome and outcome.fate == "duplicate":
            yield file, KNOWN, FATES[KNOWN]
        else:
            yield file, REFUSED, outcome.words if outcome else "没有收取，请再运行一次"
