"""The only place where IO meets logic. CLI, DAGs and tests call these functions and nothing below them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from pipelines import builds, masking, publishing, quality, warehouse
from pipelines import ingest as ingest_module
from pipelines import intake as intake_module
from pipelines.core import catalog, lock, provenance, schema, store
from pipelines.core.errors import ConfigError, PipelineError, StageError
from pipelines.core.settings import PROJECT, Settings
from pipelines.core.timing import timed
from pipelines.intake.sheets import SOURCE as REVIEW
from pipelines.privacy import guard
from pipelines.publishing import PublishReport
from pipelines.stages import STAGES, STEPS, Step

log = logging.getLogger(__name__)
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class BuildReport:
    """A whole build: id, seconds per step, publication (None when there was nothing new)."""

    build_id: str | None
    seconds: dict[str, float]
    published: PublishReport | None


def home(settings: Settings) -> store.Store:
    """The data folder, with its top folders made; those that may name people are the running user's alone."""
    place = store.Store(settings.data_dir.resolve()).prepare()
    personal = [name for name in catalog.source_names() if schema.source(name).spec.get("access") == "personal"]
    folders = [top / name for name in personal for top in (place.landing, place.raw, place.quarantine)]
    folders += [place.landing / REVIEW, place.quarantine / REVIEW]
    folders += [place.ledger / name for name in ("decisions_people", "objections", "one_table_rows")]
    for folder in folders:
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
    return place


# --- arrival
def intake(settings: Settings, hints: dict[str, Any] | None = None, progress: Progress | None = None) -> Any:
    """inbox -> landing or quarantine (pipelines.intake); returned review sheets -> ledger (pipelines.review)."""
    from pipelines import review

    place = home(settings)
    report = intake_module.intake(settings, hints=hints, progress=progress)
    taken = review.take(place, review.KINDS, _published(settings))
    told = (*report.notes, *(one.words() for one in taken))
    return replace(report, notes=told, decisions=sum(one.accepted for one in taken))


def inspect(settings: Settings, file: Path) -> dict[str, Any]:
    """What a file is and holds, nothing being taken: an export (pipelines.sources), or a review sheet that came back."""
    from pipelines import review
    from pipelines.sources import _recognise

    found = intake_module.recognise(file)
    if found.source in catalog.source_names():
        return _recognise.inspect(file)
    return review.inspect(file, found, review.KINDS[found.kind], _published(settings))


def ingest(settings: Settings, source: str, progress: Progress | None = None) -> Any:
    """landing -> raw, with what is bad in quarantine; see pipelines.ingest."""
    home(settings)
    return ingest_module.ingest(settings, source, progress=progress)


def import_archive(
    settings: Settings,
    folder: Path,
    mapping: Path | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Any:
    """A library's old folders of ESI -> landing -> raw; see pipelines.intake.archive."""
    from pipelines.intake import archive

    home(settings)
    report = archive.import_folder(settings, folder, mapping, dry_run=dry_run, progress=progress)
    if not dry_run:
        ingest_module.ingest(settings, archive.SOURCE, progress=progress)
    return report


def withdraw(settings: Settings, source: str, batch_id: str, reason: str) -> None:
    """Take a batch out of all later builds; a ledger line, nothing is deleted.

    Errors: ConfigError for review sheets: an answer is taken back by a later line, so that it is known who did it and why.
    """
    home(settings)
    if source == REVIEW:
        raise ConfigError(
            "核对表不能整批撤回", safe="没有改动任何东西", next_step="请在下一份核对表的“已判”页选“撤销”，再放回收件箱"
        )
    ingest_module.withdraw(settings, source, batch_id, reason)


# --- one build, step by step (Airflow) or in one call (CLI)
def begin_build(settings: Settings, holder: str, force: bool = False) -> str | None:
    """Take the build lock. Returns the new build's id, or None when nothing changed since the published build."""
    place = home(settings)
    if not force and not _anything_new(settings, place):
        return None
    moment = datetime.fromisoformat(settings.build_clock) if settings.build_clock else datetime.now(UTC)
    while place.build(store.utc_stamp(moment)).exists():
        moment += timedelta(seconds=1)
    build_id = store.utc_stamp(moment)
    lock.acquire(place.builds, build_id, holder)
    folder = place.build(build_id)
    folder.mkdir(parents=True)
    store.write_json(folder / "begun.json", {"inputs": _inputs(settings), "batches": ingest_module.manifests(settings)})
    return build_id


def run_step(
    settings: Settings, build_id: str, step: str, progress: Progress | None = None
) -> list[builds.StageReport]:
    """Run the stages of one step. Errors: any PipelineError; the published build is untouched by all of them."""
    build = _open(settings, build_id)
    chosen = _step(step)
    reports = []
    with lock.running(build.home.builds, build_id):
        for number, stage in enumerate(chosen.stages):
            if progress:
                progress(number, len(chosen.stages), f"{chosen.zh}：{schema.table(stage.table).zh}")
            report = builds.run_stage(build, stage)
            log.info("stage", extra={"build": build_id, **asdict(report)})
            reports.append(report)
    if progress:
        progress(len(chosen.stages), len(chosen.stages), chosen.zh)
    return reports


def run_share(settings: Settings, build_id: str, table: str, number: int) -> builds.StageReport:
    """Make one of settings.pair_parts shares of a table before its step; several tasks, on several machines, side by side."""
    build = _open(settings, build_id)
    with lock.running(build.home.builds, build_id, shared=True):
        return builds.run_share(build, STAGES[table], number)


def run_warehouse(settings: Settings, build_id: str) -> dict[str, float]:
    """Make library.duckdb and people.duckdb of the build; seconds per relation."""
    build = _open(settings, build_id)

    def files_of(table: str) -> list[Path]:
        folder = build.home.table(build_id, table)
        return [folder / p["file"] for p in build.parts(table).values()]

    with lock.running(build.home.builds, build_id):
        folder = build.home.build(build_id)
        seconds = warehouse.build_databases(folder, files_of, settings.university, build_id, quality.measured(build))
        masking.add(build.home, folder)
    return seconds


def check_and_publish(settings: Settings, build_id: str, seconds: dict[str, float] | None = None) -> PublishReport:
    """Check the build; publish it and give the lock back, or raise DataCheckFailed and leave yesterday's build.

    May be called again after a crash: a build that is published already answers what it answered then.
    """
    build = _open(settings, build_id)
    if build.home.current_build() == build_id:
        lock.release(build.home.builds, build_id)
        return publishing.published_already(build)
    with lock.running(build.home.builds, build_id):
        account = publishing.account(build, seconds or {}) | {"inputs": _begun(build)["inputs"]}
        report = publishing.check_and_publish(build, account, settings.keep_builds)
    lock.release(build.home.builds, build_id)
    log.info("published", extra={"build": build_id, "esi_periods": report.esi_periods})
    return report


def abort_build(settings: Settings, build_id: str) -> None:
    """Give the lock back after a failure. The half-made build stays: the next one links what it finished."""
    lock.release(home(settings).builds, build_id)


def build(settings: Settings, progress: Progress | None = None, force: bool = False) -> BuildReport:
    """All steps in one call."""
    build_id = begin_build(settings, lock.process_holder(), force)
    if build_id is None:
        return BuildReport(None, {}, None)
    seconds: dict[str, float] = {}
    try:
        for step in STEPS:
            with timed(seconds, step.name):
                run_step(settings, build_id, step.name, progress)
        with timed(seconds, "warehouse"):
            run_warehouse(settings, build_id)
        published = check_and_publish(settings, build_id, seconds)
    except PipelineError:
        abort_build(settings, build_id)
        raise
    return BuildReport(build_id, seconds, published)


# --- reports
def report_targets(settings: Settings, name: str, params: dict[str, str]) -> list[dict[str, str]]:
    """For whom a report is made: unit_id and readable label each."""
    from pipelines.reporting import report as reporting

    library, people = published_databases(settings)
    guard.respected(home(settings), library.parent.name, name, params)
    return reporting.targets(library, people, name, params)


def report(settings: Settings, name: str, params: dict[str, str]) -> Any:
    """Make one report (PDF, HTML, xlsx, json) from the published build."""
    from pipelines.reporting import report as reporting

    library, people = published_databases(settings)
    account = store.read_json(library.parent / "build.json")
    place = home(settings)
    guard.respected(place, account["build_id"], name, params)
    period = params.get("period", "current")
    out = place.reports / name / period / account["build_id"]
    made = reporting.make(library, people, name, params, out, account, settings.font_dir, settings.contact)
    guard.reported(place, account["build_id"], name, params, made.pdf)
    return made


def published_databases(settings: Settings) -> tuple[Path, Path]:
    """library.duckdb and people.duckdb of the published build, as real paths (open these, not the link)."""
    current = home(settings).current
    if not (current / "library.duckdb").exists():
        raise ConfigError(
            "还没有发布过任何构建",
            where=str(current),
            next_step="先把导出文件放进收件箱，再运行 xueheng ingest 与 xueheng build（或 make run）",
        )
    folder = current.resolve()
    return folder / "library.duckdb", folder / "people.duckdb"


# --- what there is
def build_list(settings: Settings) -> list[dict[str, Any]]:
    """Every build in the folder, oldest first: id, state, rows.

    Grain: one entry per build; state = published | kept | unfinished.
    """
    place = home(settings)
    current = place.current_build()
    found = []
    for folder in sorted(p for p in place.builds.iterdir() if p.is_dir()):
        complete = folder / "build.json"
        content = store.read_json(complete) if complete.exists() else {}
        state = "published" if folder.name == current else "kept" if content else "unfinished"
        found.append(
            {
                "build_id": folder.name,
                "state": state,
                **{k: content.get("balance", {}).get(k) for k in ("records", "works", "merged")},
            }
        )
    return found


def rollback(settings: Settings, build_id: str) -> str | None:
    """Publish an older build again."""
    return publishing.rollback(home(settings), build_id)


def builds_diff(settings: Settings, old: str, new: str, table: str | None, people: bool = False) -> dict[str, Any]:
    """What is different between two builds, of which `current` names the published one; see pipelines.differences."""
    from pipelines import differences

    named = [published_databases(settings)[0].parent.name if b == "current" else b for b in (old, new)]
    return differences.differences(_open(settings, named[0]), _open(settings, named[1]), table, people)


def explain(settings: Settings, wanted: str) -> dict[str, Any]:
    """Why a work is what it is; see pipelines.explain."""
    from pipelines import explain as explaining

    library, _ = published_databases(settings)
    return explaining.explain(_open(settings, library.parent.name), wanted)


def sql(settings: Settings, query: str, with_people: bool = False) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Answer of a read-only query on the published build: column names, rows. ConfigError when SQL is wrong."""
    library, people = published_databases(settings)
    return warehouse.query(library, query, [("people", people)] if with_people else [])


def review_export(settings: Settings, kind: str, limit: int, out: Path | None = None) -> dict[str, Any]:
    """Questions of one kind as a workbook for people; where it was written, how many are listed and how many are left.

    Errors: ConfigError for an unknown kind, when nothing is published, or the sheet names people and may not be read here.
    """
    from pipelines import review

    library, _ = published_databases(settings)
    return review.export(_open(settings, library.parent.name), review.KINDS, kind, limit, out)


def status(settings: Settings) -> dict[str, Any]:
    """The balance sheet; see pipelines.status."""
    from pipelines import status as balance

    return balance.status(settings, home(settings))


def eval_sample(settings: Settings, directory: Path | None = None, errors: bool = False) -> dict[str, Any]:
    """Figures of the published build against the sample's truth; see pipelines.evaluate.sample."""
    from pipelines.evaluate import sample as evaluation

    truth, build = _sample(settings, directory)
    return evaluation.figures(build.scan, truth, settings.university, errors)


def eval_review(settings: Settings, directory: Path | None = None) -> list[dict[str, Any]]:
    """What answered rows of the review sheets bring, by the sample's truth; see pipelines.evaluate.review_curve."""
    from pipelines import trial
    from pipelines.evaluate import review_curve

    truth, build = _sample(settings, directory)
    return review_curve.curve(partial(trial.rerun, build, ("affiliations", "people")), truth, settings.university)


# --- inside
def _sample(settings: Settings, directory: Path | None) -> tuple[Path, builds.Build]:
    """Truth of a sample and the published build of it. Errors: ConfigError when either is not there."""
    truth = (directory or home(settings).root / "sample") / "truth"
    if not truth.exists():
        raise ConfigError("找不到标准答案", where=str(truth), next_step="先运行 make run，或指明样例文件夹")
    library, _ = published_databases(settings)
    return truth, _open(settings, library.parent.name)


def published(settings: Settings) -> builds.Build:
    """The published build, to be read. ConfigError when nothing is published."""
    library, _ = published_databases(settings)
    return _open(settings, library.parent.name)


def _published(settings: Settings) -> builds.Build | None:
    current = home(settings).current_build()
    return _open(settings, current) if current else None


def _open(settings: Settings, build_id: str) -> builds.Build:
    place = home(settings)
    folder = place.build(build_id)
    if not (folder / "begun.json").exists():
        raise StageError(f"没有名为 {build_id} 的构建", where=str(folder), next_step="请重新触发构建")
    current = place.current_build()
    others = sorted((p.name for p in place.builds.iterdir() if p.is_dir() and p.name != build_id), reverse=True)
    donors = [*([current] if current else []), *(o for o in others if o != current)]
    return builds.Build(
        place,
        build_id,
        settings.university,
        store.read_json(folder / "begun.json")["batches"],
        donors,
        settings.pair_parts,
    )


def _begun(build: builds.Build) -> dict[str, Any]:
    content: dict[str, Any] = store.read_json(build.home.build(build.build_id) / "begun.json")
    return content


def _inputs(settings: Settings) -> str:
    """Hash of all that can change a build's result: batches, dictionaries, ledger decisions, code, SQL."""
    from pipelines.core import ledger

    place = home(settings)
    files = [p for paths in catalog.dictionary_files(settings.university).values() for p in paths]
    files += sorted(schema.SCHEMAS.rglob("*.yml")) + sorted(warehouse.SQL.rglob("*.sql"))
    files += sorted((PROJECT / "pipelines").rglob("*.py"))
    heard = ("decisions", "withdrawn", "objections", "tombstones")
    decisions = {s: h for s, h in ledger.snapshot(place.ledger).items() if s.startswith(heard)}
    batches = [(b["source"], b["batch_id"]) for b in ingest_module.manifests(settings)]
    return provenance.digest(batches, decisions, settings.university, [store.sha256(f) for f in files])


def _anything_new(settings: Settings, place: store.Store) -> bool:
    published = place.current / "build.json"
    return not published.exists() or store.read_json(published).get("inputs") != _inputs(settings)


def _step(name: str) -> Step:
    for step in STEPS:
        if step.name == name:
            return step
    raise ConfigError(f"没有名为 {name} 的步骤", found="可用：" + "、".join(s.name for s in STEPS))
