"""inbox/ to landing/: each settled file is recognised by its content and moved; nothing is ever lost or taken twice."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.core.errors import SourceError, StageError, panicked
from pipelines.core.settings import TIMEZONE, Settings
from pipelines.core.store import Store, read_json, sha256, utc_stamp
from pipelines.intake import hints as batch_hints
from pipelines.intake import inbox, landing, names, recognition, refusals, sheets
from pipelines.intake.clearing import clear
from pipelines.intake.inbox import COPYING, IGNORED, READY, Entry, Folder
from pipelines.intake.landing import ACCEPTED, DUPLICATE, MISSING, REFUSED, Batch, Item
from pipelines.intake.locking import exclusive
from pipelines.intake.report import IntakeReport, Outcome
from pipelines.sources import Recognised

log = logging.getLogger(__name__)
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Sighting:
    """A ready file: its checksum, and what it is or why it is refused."""

    entry: Entry
    sha256: str
    found: Recognised | None = None
    error: SourceError | None = None


@dataclass
class Run:
    """One look into the inbox."""

    place: Store
    given: dict[str, Any]
    progress: Progress | None
    known: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    done: int = 0
    total: int = 0

    def tell(self, entry: Entry, fate: str, words: str, **more: Any) -> None:
        self.outcomes.append(Outcome(names.readable(entry.relative), fate, words=words, **more))

    def step(self, text: str) -> None:
        self.done += 1
        if self.progress:
            self.progress(self.done, self.total, text)


def intake(
    settings: Settings, *, hints: Mapping[str, Any] | None = None, progress: Progress | None = None, only: str = ""
) -> IntakeReport:
    """Take what lies ready in the inbox. `hints` are those of a trigger form, for every batch of this run; `only` limits it to
    one folder of the inbox.

    Errors: SourceError for wrong hints; StageError when the system refuses a move (what is taken stays taken, the rest stays).
    """
    place = Store(settings.data_dir.resolve()).prepare()
    given, told = batch_hints.check(hints or {}, "触发表单")
    run = Run(place, given, progress)
    try:
        with exclusive(place.root / ".intake.lock"):
            _finish_stopped(run)
            run.known = landing.known(place)
            folders = [
                f
                for f in inbox.scan(place.inbox, settings.settle_seconds)
                if not only or f.relative == only or f.relative.startswith(f"{only}/")
            ]
            run.total = sum(e.state == READY for f in folders for e in f.entries)
            for folder in folders:
                _take_folder(run, folder)
    except OSError as error:
        raise StageError(
            "收取文件时系统拒绝了操作",
            found=f"{type(error).__name__}: {error}",
            where=str(place.inbox),
            safe="已收取的文件与尚未收取的文件都完好；问题解决后再次运行会接着做",
            next_step="请检查磁盘空间与收件箱的读写权限",
        ) from error
    report = IntakeReport(tuple(run.outcomes), tuple(told))
    log.info("intake", extra={"counts": report.counts, "sources": report.sources})
    return report


def _finish_stopped(run: Run) -> None:
    """Complete what a stopped run began."""
    for folder in list(landing.unfinished(run.place)):
        batch = landing.read_account(folder)
        missing = {item.name for item in landing.complete(run.place, folder)}
        for item in batch.files:
            fate = MISSING if item.name in missing else batch.fate
            words = "上次收取中断，本次补完" if fate == batch.fate else "上次收取中断，此文件已不在收件箱"
            run.outcomes.append(Outcome(item.original, fate, batch.source, batch.batch_id, words))


def _take_folder(run: Run, folder: Folder) -> None:
    for entry in folder.entries:
        if entry.state in (COPYING, IGNORED):
            words = f"仍在复制（{entry.reason}），下次再看" if entry.state == COPYING else entry.reason
            run.tell(entry, entry.state, words)
        elif entry.state == inbox.REFUSED:
            refusals.refuse_link(run.place, entry)
            run.tell(entry, REFUSED, f"{entry.reason}；收件箱只接受文件本身，请放入真正的文件")
    ready = [e for e in folder.entries if e.state == READY]
    if not ready:
        if folder.hints_file and not folder.entries:
            relative = folder.hints_file.relative_to(run.place.inbox).as_posix()
            words = "旁边没有数据文件；它会用于此文件夹下一次放入的文件，不需要时请删除"
            run.outcomes.append(Outcome(relative, "held", words=words))
        return
    try:
        beside, told = batch_hints.read(folder.hints_file) if folder.hints_file else ({}, [])
    except SourceError as error:
        for entry in ready:
            run.tell(entry, "held", str(error))
            run.step(entry.name)
        return
    merged, differing = batch_hints.merge(beside, run.given)
    sightings = [s for e in ready if (s := _look(run, e, merged)) is not None]
    _settle_folder(run, folder, sightings, merged, [*told, *differing])


def _look(run: Run, entry: Entry, hints: Mapping[str, Any]) -> Sighting | None:
    """Checksum and kind of one file; None when it changed meanwhile or may not be read."""
    run.step(names.readable(entry.relative))
    try:
        digest = sha256(entry.path)
        found, error = None, None
        try:
            found = recognise(entry.path)
            _read_at_the_door(entry.path, found, reader_hints(hints, names.readable(entry.relative)))
        except SourceError as refused:
            found, error = None, refused
    except PermissionError:
        run.tell(entry, "held", "没有读取权限，文件留在收件箱；请修改文件权限")
        return None
    except FileNotFoundError:
        return None
    except OSError:
        raise
    except BaseException as failure:  # our bug on one file must not keep the others out
        if not isinstance(failure, Exception) and not panicked(failure):
            raise
        log.exception("recognition failed")
        run.tell(entry, "held", f"识别时程序出错（{type(failure).__name__}），文件留在收件箱；请告知维护人员")
        return None
    if not inbox.unchanged(entry):
        run.tell(entry, COPYING, "仍在复制（读取时内容有变化），下次再看")
        return None
    return Sighting(entry, digest, found, error)


def recognise(path: Path) -> Recognised:
    """What a file is, by content. Errors: SourceError in words for one that no source can read."""
    found: Recognised = import_module("pipelines.sources._recognise").recognise(path, first=sheets.recognise)
    return found


def reader_hints(hints: Mapping[str, Any], original: str) -> dict[str, Any]:
    """What a reader is told: the batch's hints, and the path in the inbox, which may name a period."""
    return {**hints, "path_text": original}


def _read_at_the_door(path: Path, found: Recognised, hints: Mapping[str, Any]) -> None:
    """Rosters (personal) and lists of a period (useless without the period) are read before they may enter.

    Errors: SourceError for ID or phone numbers under an innocent header, an unknown period, a wrong structure.
    """
    if sheets.delivery(found.source) in ("snapshot", "archive"):
        for _ in import_module(f"pipelines.sources.{found.source}").read(path, found, hints):
            pass


def _settle_folder(
    run: Run, folder: Folder, sightings: list[Sighting], merged: dict[str, Any], told: list[str]
) -> None:
    """Duplicates leave, refused files go to quarantine, the rest becomes one batch per source."""
    expected = names.expected_source(folder.relative)
    groups: dict[str, list[Sighting]] = {}
    refused: list[Sighting] = []
    for sighting in sightings:
        if sighting.found is None:
            refused.append(sighting)
        elif not _duplicate(run, sighting, sighting.found.source, merged):
            groups.setdefault(sighting.found.source, []).append(sighting)
            run.known.setdefault(sighting.sha256, []).append((sighting.found.source, ""))
    if refused:
        _refuse(run, folder, refused, expected or "unknown")
    if not groups:
        clear(run.place.inbox, folder.relative, _hints_name(run, folder) if not refused else "")
    for source, members in sorted(groups.items()):
        warnings = list(told)
        if expected and source != expected:
            warnings.append(
                f"{names.readable(folder.relative)} 中的 {len(members)} 个文件内容是{sheets.zh(source)}，"
                f"不是{sheets.zh(expected)}；已按内容处理"
            )
        _accept(run, folder, members, source, merged, warnings)


def _duplicate(run: Run, sighting: Sighting, source: str, merged: Mapping[str, Any]) -> bool:
    """Whether these bytes were taken before; if so the copy leaves the inbox and the ledger says so."""
    for other_source, batch_id in run.known.get(sighting.sha256, []):
        where = "本次放入的另一个文件"
        if batch_id:
            account, name = _held_copy(run.place, other_source, batch_id, sighting.sha256)
            if account is None or _other_period(source, account.hints, merged):
                continue
            where = f"批次 {batch_id} 中的 {name}"
        words = f"内容与{where}完全相同"
        if batch_id and account is not None and any(account.hints.get(k) != v for k, v in merged.items()):
            words += "；这次的 batch.yml 与当时不同，未采用。若要更改，请先撤回该批次再放入"
        if not inbox.unchanged(sighting.entry):
            return True  # somebody writes to it: the next run looks again
        line = {"sha256": sighting.sha256, "file": names.readable(sighting.entry.relative), "source": source}
        landing.record(run.place, [line | {"batch_id": batch_id, "fate": DUPLICATE, "reason": words}])
        sighting.entry.path.unlink(missing_ok=True)
        run.tell(sighting.entry, DUPLICATE, words, source=source, batch_id=batch_id)
        return True
    return False


def _held_copy(place: Store, source: str, batch_id: str, digest: str) -> tuple[Batch | None, str]:
    """The account of a batch that truly still holds these bytes, and their name there."""
    folder = place.landing / source / batch_id
    if not (folder / landing.ACCOUNT).exists() or _refused_later(place, source, batch_id, digest):
        return None, ""
    account = landing.read_account(folder)
    for item in account.files:
        if item.sha256 == digest and (folder / item.name).is_file() and sha256(folder / item.name) == digest:
            return account, item.name
    return None, ""


def _refused_later(place: Store, source: str, batch_id: str, digest: str) -> bool:
    """Whether these bytes arrived but could not be read: they may come again, with better hints or a better reader."""
    manifest = place.raw / source / batch_id / "manifest.json"
    entries = read_json(manifest)["files"] if manifest.exists() else []
    return any(e["sha256"] == digest and e["refused"] for e in entries)


def _other_period(source: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """The same list in two ESI periods is two deliveries, although the bytes may be equal."""
    periods = before.get("esi_period"), now.get("esi_period")
    return sheets.delivery(source) == "archive" and None not in periods and periods[0] != periods[1]


def _accept(
    run: Run, folder: Folder, members: list[Sighting], source: str, merged: Mapping[str, Any], warnings: list[str]
) -> None:
    batch = _batch(run, folder, members, source, ACCEPTED, merged, warnings)
    landing.complete(run.place, landing.create(run.place, batch))
    for sighting in members:
        run.known[sighting.sha256] = [(s, b or batch.batch_id) for s, b in run.known[sighting.sha256]]
        words = f"{sheets.zh(source)}，批次 {batch.batch_id}"
        run.tell(sighting.entry, ACCEPTED, words, source=source, batch_id=batch.batch_id, warnings=tuple(warnings))


def _refuse(run: Run, folder: Folder, members: list[Sighting], source: str) -> None:
    batch = _batch(run, folder, members, source, REFUSED, {}, [])
    verdict = refusals.verdict(run.place, batch, {s.entry.relative: s.error for s in members if s.error})
    texts = {"verdict.json": verdict.as_json(), "说明.txt": verdict.words()}
    landing.complete(run.place, landing.create(run.place, batch, texts))
    for item, finding in zip(batch.files, verdict.findings, strict=True):
        outcome = Outcome(item.original, REFUSED, source, batch.batch_id, finding.words())
        run.outcomes.append(outcome)


def _batch(
    run: Run,
    folder: Folder,
    members: list[Sighting],
    source: str,
    fate: str,
    merged: Mapping[str, Any],
    warnings: list[str],
) -> Batch:
    """The account of a new batch; its id names the moment and the contents."""
    files: list[Item] = []
    taken: set[str] = set(landing.OURS)
    for number, sighting in enumerate(sorted(members, key=lambda s: os.fsencode(s.entry.relative)), 1):
        files.append(_item(number, sighting, taken))
    digest = hashlib.sha256("".join(sorted(f.sha256 for f in files)).encode())
    stamp = utc_stamp()
    roots = (run.place.landing, run.place.quarantine)
    while any((r / source / f"{stamp}-{digest.hexdigest()[:8]}").exists() for r in roots):
        digest.update(b"again")
    path = folder.hints_file if fate == ACCEPTED else None
    return Batch(
        batch_id=f"{stamp}-{digest.hexdigest()[:8]}",
        source=source,
        fate=fate,
        arrived_at=landing.now_text(),
        inbox_folder=folder.relative,
        files=tuple(files),
        operator=str(merged.get("operator", "")),
        hints=dict(merged),
        hints_file=_hints_name(run, folder) if path else "",
        hints_text=path.read_bytes().decode("utf-8-sig", "replace") if path else "",
        warnings=tuple(warnings),
    )


def _hints_name(run: Run, folder: Folder) -> str:
    return folder.hints_file.relative_to(run.place.inbox).as_posix() if folder.hints_file else ""


def _item(number: int, sighting: Sighting, taken: set[str]) -> Item:
    entry = sighting.entry
    name = names.free(names.safe(entry.name), taken)
    plain = names.readable(entry.relative)
    moment = datetime.fromtimestamp(entry.modified_ns / 1e9, UTC).astimezone(ZoneInfo(TIMEZONE))
    return Item(
        file_no=number,
        name=name,
        original=plain,
        sha256=sighting.sha256,
        size=entry.size,
        modified=moment.isoformat(timespec="seconds"),
        original_bytes="" if plain == entry.relative else os.fsencode(entry.relative).hex(),
        reason=sighting.error.what if sighting.error else "",
        found=recognition.kept(sighting.found) if sighting.found else {},
    )
