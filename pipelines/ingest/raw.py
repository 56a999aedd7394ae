"""One landing file to one raw Parquet file, chunk by chunk: every row with its origin, bad rows set aside, memory bounded."""

from __future__ import annotations

import logging
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl

from pipelines.core import schema, store
from pipelines.core.errors import PipelineError, SourceError, panicked
from pipelines.core.store import Store
from pipelines.ingest import wording
from pipelines.ingest.origin import Origin
from pipelines.ingest.screening import Screen
from pipelines.ingest.writing import Aside, PartWriter
from pipelines.intake import reader_hints, recognise, recognition
from pipelines.intake.landing import Batch, Item
from pipelines.sources import RECORD, Chunk, Recognised, _recognise
from pipelines.validation import checks
from pipelines.validation.checks import Rule
from pipelines.validation.verdict import FAIL, WARN, Finding

log = logging.getLogger(__name__)
SAMPLE = 1000  # rows of a file, good and bad each, that are kept for the Data Docs page


@dataclass(frozen=True)
class Folders:
    """Where a batch comes from and where its parts go."""

    root: Path
    landing: Path
    raw: Path
    quarantine: Path

    def shown(self, path: Path) -> str:
        """A path as people see it: below the data folder."""
        return path.relative_to(self.root).as_posix()


@dataclass
class FileResult:
    """What became of one landing file."""

    item: Item
    found: Recognised | None = None
    read: int = 0
    accepted: int = 0
    quarantined: int = 0
    error: PipelineError | None = None
    seconds: float = 0.0
    raw: str = ""
    raw_sha256: str = ""
    findings: list[Finding] = field(default_factory=list)
    records: pl.Series = field(
        default_factory=lambda: pl.Series(dtype=pl.UInt64)
    )  # hashes of record ids, to count them
    sample: list[pl.DataFrame] = field(default_factory=list)

    def refuse(self, error: PipelineError) -> None:
        """Nothing of this file is used."""
        self.error = error
        self.accepted, self.quarantined = 0, self.read
        self.raw = self.raw_sha256 = ""
        self.findings = [Finding.of(error)]
        self.records = self.records.clear()

    def entry(self) -> dict[str, Any]:
        """This file in manifest.json."""
        found = self.found
        return {
            "file_no": self.item.file_no,
            "file": self.item.name,
            "original": self.item.original,
            "sha256": self.item.sha256,
            "size": self.item.size,
            "format": found.format if found else "",
            "kind": found.kind if found else "",
            "encoding": found.encoding if found else None,
            "era": found.era if found else "",
            "language": found.language if found else "",
            "details": dict(found.details) if found else {},
            "read": self.read,
            "accepted": self.accepted,
            "quarantined": self.quarantined,
            "refused": self.error is not None,
            "reason": self.error.what if self.error else "",
            "missing": list(found.missing) if found else [],
            "warnings": [f.words() for f in self.findings if f.severity == WARN],
            "seconds": round(self.seconds, 3),
            "raw": self.raw,
            "raw_sha256": self.raw_sha256,
        }


def read_file(batch: Batch, item: Item, folders: Folders) -> FileResult:
    """Read, check and write one file. A file whose structure is wrong is refused whole and leaves nothing in raw/.

    Errors: StageError when rows are lost on the way, or for any failure that is not the file's fault.
    """
    started = time.monotonic()
    result = FileResult(item)
    path = folders.landing / item.name
    try:
        with ThreadPoolExecutor(1) as pool:  # the checksum is taken beside the reading
            digest = pool.submit(store.sha256, path)
            _Reading(batch, item, folders, result).run(digest.result)
    except SourceError as error:
        result.refuse(wording.with_place(error, folders.shown(path)))
    except PipelineError:
        raise
    except Exception as error:
        if path.exists():
            raise wording.reader_failed(error, folders.shown(path)) from error
        result.refuse(wording.with_place(wording.gone(), folders.shown(path)))
    except BaseException as error:
        if not panicked(error):
            raise
        log.exception("reader panicked", extra={"source": batch.source, "batch": batch.batch_id, "file": item.name})
        result.refuse(wording.with_place(wording.reader_panicked(error), folders.shown(path)))
    if result.read != result.accepted + result.quarantined:
        raise wording.unbalanced(result.read, result.accepted, result.quarantined, folders.shown(path))
    result.seconds = time.monotonic() - started
    return result


class _Reading:
    """One file being read: rules that apply, running figures, writers."""

    def __init__(self, batch: Batch, item: Item, folders: Folders, result: FileResult) -> None:
        self.batch, self.item, self.folders, self.result = batch, item, folders, result
        self.path = folders.landing / item.name
        self.declared = schema.source(batch.source)
        self.screen = Screen(Store(folders.root), batch.source)
        self.reduced = 0
        self.module: ModuleType = import_module(f"pipelines.sources.{batch.source}")
        self.origin = Origin.of(batch, item)
        self.rules: list[Rule] = []
        self.warned: dict[int, tuple[int, tuple[int, ...]]] = {}
        self.keys: dict[int, list[pl.DataFrame]] = {}
        self.records: list[pl.Series] = []
        self.strangers: set[str] = set()
        self.sampled = [0, 0]

    def run(self, digest: Any) -> None:
        result, shown = self.result, self.folders.shown(self.path)
        if not self.path.exists():
            raise wording.gone()
        # the checksum, taken beside the reading, says whether these are still the bytes that were recognised at the door
        result.found = found = recognition.again(self.item.found) or recognise(self.path)
        if found.source != self.batch.source:
            raise wording.other_source(found.source, self.batch.source)
        self.rules = [r for r in checks.rules(self.declared) if r.applies(found.kind, found.format)]
        raw = self.folders.raw / f"{self.item.file_no:04d}.parquet"
        with (
            PartWriter(raw) as writer,
            Aside(self.folders.quarantine, self.item.name, wording.safe(shown)) as aside,
        ):
            for chunk in self.module.read(self.path, found, reader_hints(self.batch.hints, self.item.original)):
                self._take(chunk, writer, aside)
            if digest() != self.item.sha256:
                raise wording.changed_since_arrival()
            if not result.accepted and (result.read or not self._may_be_empty()):
                raise wording.nothing_usable(result.read, aside.first_reason)
            self._summarise(aside, found)
            if broken := next((f for f in result.findings if f.severity == FAIL), None):
                raise SourceError(broken.what, where=broken.where, next_step=broken.next_step)
        result.quarantined = aside.rows
        if raw.exists():
            result.raw, result.raw_sha256 = raw.name, store.sha256(raw)
            result.accepted = pl.scan_parquet(raw).select(pl.len()).collect().item()  # what is truly there

    def _may_be_empty(self) -> bool:
        """A list of a period can be empty and then says so itself; elsewhere a person has to say it (hits: 0)."""
        return self.declared.delivery == "archive" or self.batch.hints.get("hits") == 0

    def _take(self, chunk: Chunk, writer: PartWriter, aside: Aside) -> None:
        """One chunk: rows that the reader could not read, rows that break a rule, and good ones."""
        if self.records and chunk.rows.is_empty() and chunk.rejected.is_empty():
            return  # what stands behind the last record
        screened = self.screen(chunk.rows)
        done = checks.sort_rows(screened.rows, self.rules, self.declared)
        self.reduced += screened.reduced
        self.result.read += chunk.rows.height + chunk.rejected.height
        self.result.accepted += done.good.height
        self.result.quarantined += chunk.rejected.height + screened.withheld.height + done.bad.height
        aside.add_unread(chunk.rejected)
        aside.add_withheld(screened.withheld)
        aside.add_broken(done.bad)
        self._note(screened.rows, done)
        if done.good.height or not self.records:
            stamped = self.origin.stamp(done.good, self.module)
            writer.write(stamped)
            self.records.append(stamped["record_id"].drop_nulls().hash())

    def _note(self, rows: pl.DataFrame, done: checks.Sorted) -> None:
        """Figures that only the whole file can be judged by."""
        self.strangers |= set(rows.columns) - set(self.declared.spec["columns"]) - {"source_row", RECORD}
        for rule, (count, first) in done.warned.items():
            number = self.rules.index(rule)
            total, earlier = self.warned.get(number, (0, ()))
            self.warned[number] = (total + count, (*earlier, *first)[: checks.FIRST])
        for number, rule in enumerate(self.rules):
            if rule.check == "unique":
                self.keys.setdefault(number, []).append(checks.keys(done.good, rule))
        columns = list(dict.fromkeys(["source_row", *(c for r in self.rules for c in r.columns)]))
        for side, part in enumerate((done.good, done.bad)):
            some = part.head(SAMPLE - self.sampled[side])
            self.sampled[side] += some.height
            if some.height:
                self.result.sample.append(some.select(*columns, pl.lit(self.item.name).alias("source_file")))

    def _summarise(self, aside: Aside, found: Recognised) -> None:
        """Findings of the whole file, in words."""
        name, result = self.item.name, self.result
        result.findings += [wording.remark(*told, name) for told in _recognise.remarks(self.path, found)]
        result.records = pl.concat(self.records) if self.records else result.records
        for number, (count, rows) in self.warned.items():
            result.findings.append(checks.warning(self.rules[number], count, rows, name, self.declared))
        for number, parts in self.keys.items():
            rule = self.rules[number]
            label = "、".join(checks.label(self.declared, c) for c in rule.columns)
            if twice := checks.repeated(pl.concat(parts), name, label, rule.severity):
                result.findings.append(twice)
        if aside.rows:
            result.findings.append(wording.set_aside(result.read, result.accepted, aside, name, self.folders.root))
        if self.reduced:
            result.findings.append(wording.reduced(self.reduced, name))
        ignored = set(self.declared.spec.get("ignore") or ())
        pattern = re.compile(str(self.declared.spec.get("open_columns") or "(?!)"))
        if unknown := sorted(c for c in self.strangers - ignored if not pattern.fullmatch(c)):
            result.findings.append(wording.unknown_columns(unknown, name))
