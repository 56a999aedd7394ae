"""landing/ to raw/: every batch that has no manifest yet is read, checked and written; the manifest comes last."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import catalog, ledger, provenance, schema
from pipelines.core.errors import ConfigError, DataCheckFailed, PipelineError
from pipelines.core.settings import Settings
from pipelines.core.store import Store, write_json
from pipelines.ingest import history, searches, wording
from pipelines.ingest.history import MANIFEST
from pipelines.ingest.raw import FileResult, Folders, read_file
from pipelines.ingest.report import BatchReport, IngestReport
from pipelines.intake import landing
from pipelines.intake.landing import Batch, Item
from pipelines.intake.locking import exclusive
from pipelines.validation import checks
from pipelines.validation.verdict import FAIL, Finding, Verdict

log = logging.getLogger(__name__)
Progress = Callable[[int, int, str], None]
READERS = 2  # files read side by side


def ingest(
    settings: Settings, source: str, *, progress: Progress | None = None, docs: bool | None = None
) -> IngestReport:
    """Read the new landing batches of a source. `docs`: make a Data Docs page always, never, or (None) when rows were refused.

    Errors: ConfigError for an unknown source; StageError, after all other batches were read, for a batch that failed by our
    fault (it is tried again next time).
    """
    if source not in catalog.source_names():
        raise ConfigError(f"没有名为 {source} 的数据源", expected="、".join(catalog.source_names()))
    place = Store(settings.data_dir.resolve()).prepare()
    reports: list[BatchReport] = []
    failures: list[PipelineError] = []
    with exclusive(place.root / f".ingest-{source}.lock"):
        waiting = _waiting(place, source)
        total, done = sum(len(b.files) for b in waiting), 0

        def told(item: Item) -> None:
            nonlocal done
            done += 1
            if progress:
                progress(done, total, item.name)

        for batch in waiting:
            try:
                reports.append(_ingest_batch(place, batch, told, docs))
            except PipelineError as error:
                log.error("ingest failed", extra={"source": source, "batch": batch.batch_id, "error": error.what})
                failures.append(error)
    if failures:
        raise failures[0]
    return IngestReport(source, tuple(reports))


def _waiting(place: Store, source: str) -> list[Batch]:
    """Batches that arrived whole, are not withdrawn, and have no manifest."""
    files = ledger.read(place.ledger, "files").filter(pl.col("source") == source)
    arrived = set(files.filter(pl.col("fate") == landing.ACCEPTED)["batch_id"])
    withdrawn = history.withdrawn(place)
    found = []
    for folder in sorted((place.landing / source).glob("*/")):
        done = (place.raw / source / folder.name / MANIFEST).exists()
        if folder.name in arrived and (source, folder.name) not in withdrawn and not done:
            found.append(landing.read_account(folder))
    return found


def _ingest_batch(place: Store, batch: Batch, told: Callable[[Item], None], docs: bool | None) -> BatchReport:
    started = time.monotonic()
    folders = Folders(
        place.root,
        batch.folder(place),
        place.raw / batch.source / batch.batch_id,
        place.quarantine / batch.source / batch.batch_id,
    )
    for leftover in (folders.raw, folders.quarantine):  # parts of a run that was stopped
        shutil.rmtree(leftover, ignore_errors=True)
    folders.raw.mkdir(parents=True)
    results = list(_read_all(batch, folders, told))
    findings = _batch_findings(place, batch, results)
    verdict = Verdict(batch.source, batch.batch_id, (*(f for r in results for f in r.findings), *findings))
    if any(f.severity == FAIL for f in findings):
        _refuse_batch(folders, results, findings)
    bad = any(r.quarantined or r.error for r in results)
    if bad:
        folders.quarantine.mkdir(parents=True, exist_ok=True)
        verdict.save(folders.quarantine)
    page = _page(place, verdict, results) if docs or (docs is None and bad) else ""
    report = _report(batch, results, verdict, time.monotonic() - started, page)
    write_json(folders.raw / MANIFEST, _manifest(batch, results, verdict, report))
    log.info(
        "ingest",
        extra={"source": batch.source, "batch": batch.batch_id, "read": report.read, "accepted": report.accepted},
    )
    return report


def _read_all(batch: Batch, folders: Folders, told: Callable[[Item], None]) -> Iterable[FileResult]:
    """Results in the order of the files."""
    with ThreadPoolExecutor(READERS) as pool:
        coming = [pool.submit(read_file, batch, item, folders) for item in batch.files]
        try:
            for item, result in zip(batch.files, coming, strict=True):
                yield result.result()
                told(item)
        finally:
            pool.shutdown(cancel_futures=True)


def _batch_findings(place: Store, batch: Batch, results: list[FileResult]) -> list[Finding]:
    """What only the whole batch shows: rows against the search, rows against the batch before."""
    findings: list[Finding] = []
    if complete := searches.finding(place, batch, results):
        findings.append(complete)
    declared = schema.source(batch.source)
    for rule in checks.rules(declared):
        if rule.check == "row_count_drop":
            now = _rows_by_kind((r.entry() for r in results), rule)
            for kind, (before, batch_id) in history.rows_before(place, batch.source, list(now)).items():
                what = f"{declared.zh} {kind} " if kind else declared.zh
                drop = checks.row_count_drop(rule, what, now[kind], before, batch_id)
                findings += [drop] if drop else []
    return findings


def _rows_by_kind(entries: Iterable[dict[str, Any]], rule: checks.Rule) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in entries:
        if not entry["refused"] and rule.applies(entry["kind"], entry["format"]):
            found[entry["kind"]] = found.get(entry["kind"], 0) + entry["accepted"]
    return found


def _refuse_batch(folders: Folders, results: list[FileResult], findings: list[Finding]) -> None:
    """A rule of severity `fail` about the whole batch: none of its rows are used."""
    broken = next(f for f in findings if f.severity == FAIL)
    for result in results:
        if result.error is None:
            if result.raw:
                (folders.raw / result.raw).unlink()
            result.refuse(DataCheckFailed(broken.what))


def _page(place: Store, verdict: Verdict, results: list[FileResult]) -> str:
    from pipelines.validation import gx  # slow to import, seldom needed

    rows = [r.entry() for r in results]
    samples = [s for r in results for s in r.sample]
    sample = pl.concat(samples, how="diagonal") if samples else pl.DataFrame()
    page: Path = gx.data_docs(place.root / "data_docs", verdict, rows, sample)
    return page.relative_to(place.root).as_posix()


def _report(batch: Batch, results: list[FileResult], verdict: Verdict, seconds: float, page: str) -> BatchReport:
    warnings = [*batch.warnings, *(f.words() for f in verdict.findings), *_missing_fields(results)]
    return BatchReport(
        source=batch.source,
        batch_id=batch.batch_id,
        files=len(results),
        read=sum(r.read for r in results),
        accepted=sum(r.accepted for r in results),
        quarantined=sum(r.quarantined for r in results),
        refused=tuple(f"{r.item.name}：{r.error.what}" for r in results if r.error),
        warnings=tuple(warnings),
        seconds=round(seconds, 3),
        docs=page,
    )


def _missing_fields(results: list[FileResult]) -> list[str]:
    """Fields that files lack and what that costs, once per field."""
    lacking: dict[str, list[str]] = {}
    for result in results:
        for field in result.found.missing if result.found and not result.error else ():
            lacking.setdefault(field, []).append(result.item.name)
    return [f"{wording.some(files)}缺 {field}" for field, files in lacking.items()]


def _manifest(batch: Batch, results: list[FileResult], verdict: Verdict, report: BatchReport) -> dict[str, Any]:
    """The account of a raw batch; its presence says that the batch is whole."""
    return {
        "source": batch.source,
        "batch_id": batch.batch_id,
        "arrived_at": batch.arrived_at,
        "operator": batch.operator,
        "inbox_folder": batch.inbox_folder,
        "hints": dict(batch.hints),
        "refused": bool(results) and all(r.error for r in results),
        "read": report.read,
        "accepted": report.accepted,
        "quarantined": report.quarantined,
        "warnings": list(report.warnings),
        "findings": verdict.as_dict()["findings"],
        "data_docs": report.docs,
        "seconds": report.seconds,
        "finished_at": landing.now_text(),
        "reader": provenance.code_hash(f"pipelines.sources.{batch.source}"),
        "files": [r.entry() for r in results],
    }
