"""What happens when a build is good: account of rows, ids into the ledger, the link moved, old builds pruned."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from pipelines import catalogue, freezing, history, quality, quality_page, warehouse
from pipelines.builds import Build
from pipelines.core import ledger, provenance, schema, store
from pipelines.core.errors import DataCheckFailed, StageError
from pipelines.stages import STAGES


@dataclass(frozen=True)
class PublishReport:
    """A published build: balance of rows, warnings in words, ESI periods that are new with it."""

    build_id: str
    balance: dict[str, Any]
    warnings: tuple[str, ...]
    esi_periods: tuple[str, ...]


def check_and_publish(build: Build, account: dict[str, Any], keep: int) -> PublishReport:
    """Run the SQL checks; publish when none of severity fail finds a row, else leave `current` where it is."""
    folder = build.home.build(build.build_id)
    balance = _balance(build)
    findings = warehouse.run_checks(folder)
    store.write_json(folder / "verdicts.json", findings)
    quality_page.write(folder, findings)
    failed = [f for f in findings if f["severity"] == "fail"]
    if failed:
        raise DataCheckFailed(
            "；".join(quality.told(f) for f in failed),
            found=str(failed[0]["rows"][:2]),
            where=f"{folder / quality_page.NAME}（打开可看每一项的前几行）",
            safe="本次构建没有发布，昨日数据仍可用",
            next_step="请按说明处理后重新触发构建",
        )
    previous = build.home.current_build()
    periods = _new_esi_periods(build)
    told = {"balance": balance, "previous_build_id": previous, "esi_periods": periods, "findings": findings}
    told |= {"quality": quality.figures(build)}
    told |= {"sizes": catalogue.sizes(folder)}
    store.write_json(folder / "build.json", account | told)
    catalogue.write(folder, {"build_id": build.build_id, "sizes": told["sizes"]})
    store.write_json(folder / "choices.json", _choices(build))
    history.remember(build, previous)
    freezing.freeze_esi_attribution(build)
    quality.keep(build)
    build.home.publish(build.build_id)
    _record(build, previous, "publish", periods)
    _prune(build.home, keep)
    return _report(build, balance, findings, periods)


def published_already(build: Build) -> PublishReport:
    """What was told of a build that is published: a task that died after moving the link is answered the same again."""
    content = store.read_json(build.home.build(build.build_id) / "build.json")
    if build.build_id not in set(ledger.read(build.home.ledger, "publications")["build_id"]):
        _record(build, content["previous_build_id"], "publish", content["esi_periods"])
    return _report(build, content["balance"], content["findings"], content["esi_periods"])


def _report(build: Build, balance: dict[str, Any], findings: list[dict[str, Any]], periods: list[str]) -> PublishReport:
    warnings = [quality.told(f) for f in findings] + _stage_warnings(build)
    return PublishReport(build.build_id, balance, tuple(warnings), tuple(periods))


def rollback(home: store.Store, build_id: str) -> str | None:
    """Publish an older build again; returns the id of the one that was published. StageError when it is not complete."""
    folder = home.build(build_id)
    if not (folder / "build.json").exists() or not (folder / "library.duckdb").exists():
        have = [p.parent.name for p in sorted(home.builds.glob("*/build.json"))]
        raise StageError(
            f"构建 {build_id} 不存在或不完整", found="可用的构建：" + "、".join(have), next_step="从中选一个"
        )
    previous = home.current_build()
    home.publish(build_id)
    line = {
        "build_id": build_id,
        "previous_build_id": previous,
        "action": "rollback",
        "date": _now(),
        "esi_periods": "",
    }
    ledger.append(home.ledger, "publications", pl.DataFrame([line]))
    return previous


def _balance(build: Build) -> dict[str, Any]:
    """delivered rows = records + superseded deliveries + patents; records = works + merged. StageError when a sum is wrong."""
    delivered = build.scan("source_records").group_by("source").len().collect()
    records = build.scan("records").group_by("source").len().collect()
    patents = build.scan("source_patents").select("source", "raw_id").unique()  # Derwent's, among papers
    aside = patents.join(build.scan("source_records"), on="raw_id", how="anti").group_by("source").len().collect()
    other = dict(aside.iter_rows())
    accepted: dict[str, int] = {}
    for batch in build.batches:
        accepted[batch["source"]] = accepted.get(batch["source"], 0) + sum(f["accepted"] for f in batch["files"])
    works = build.scan("works").select(pl.len(), pl.col("records_count").sum().alias("records")).collect()
    total = int(records["len"].sum())
    per_source = {
        source: {
            "read": sum(f["read"] for b in build.batches if b["source"] == source for f in b["files"]),
            "quarantined": sum(f["quarantined"] for b in build.batches if b["source"] == source for f in b["files"]),
            "accepted": count,
        }
        for source, count in accepted.items()
    }
    for source, count in delivered.iter_rows():
        kept = int(records.filter(pl.col("source") == source)["len"].sum())
        per_source[source] |= {"records": kept, "superseded": count - kept, "patents": other.get(source, 0)}
        if (given := count + other.get(source, 0)) != accepted[source]:
            raise StageError(
                f"{source}：原始库 {accepted[source]} 行，整理后 {given} 行，账不平", next_step="请交给维护人员"
            )
    works_count, in_works = works.row(0)
    if (in_works or 0) != total:
        raise StageError(f"记录 {total} 条，归入作品的 {in_works} 条，账不平", next_step="请交给维护人员")
    return {"sources": per_source, "records": total, "works": works_count, "merged": total - works_count}


def _stage_warnings(build: Build) -> list[str]:
    return [w for name in STAGES for w in store.read_json(build.manifest(name))["warnings"]]


def _new_esi_periods(build: Build) -> list[str]:
    """Periods whose highly cited list and thresholds are both here, and which no publication announced before."""
    listed = build.scan("esi_documents").filter(pl.col("list_kind") == "highly_cited").select("period").unique()
    limits = build.scan("esi_thresholds").filter(pl.col("threshold_kind") == "highly_cited").select("period").unique()
    complete = set(listed.join(limits, on="period").collect()["period"].to_list())
    announced = ledger.read(build.home.ledger, "publications")["esi_periods"].drop_nulls().to_list()
    return sorted(complete - {p for line in announced for p in line.split(",")})


def _choices(build: Build) -> dict[str, Any]:
    """What trigger forms offer: ESI periods and colleges, by id and name."""
    periods = build.scan("esi_documents").select("period").unique().collect()["period"].sort(descending=True).to_list()
    colleges = (
        build.scan("units")
        .filter(pl.col("unit_kind") == "college")
        .select("unit_id", "name_zh")
        .sort("unit_id")
        .collect()
    )
    return {"periods": periods, "colleges": colleges.to_dicts()}


def _record(build: Build, previous: str | None, action: str, periods: list[str]) -> None:
    line = {
        "build_id": build.build_id,
        "previous_build_id": previous,
        "action": action,
        "date": _now(),
        "esi_periods": ",".join(periods) or None,
    }
    columns = dict.fromkeys(ledger.STREAMS["publications"], pl.String)
    ledger.append(build.home.ledger, "publications", pl.DataFrame([line], schema=columns))


def _prune(home: store.Store, keep: int) -> None:
    """Keep the newest `keep` builds and the published one; builds are disposable, the ledger is not.

    Builds made before somebody was deleted go at once: they still hold him.
    """
    current = home.current_build()
    finished = sorted(p.name for p in home.builds.iterdir() if p.is_dir())
    tombs = ledger.read(home.ledger, "tombstones")["date"].drop_nulls()
    last = tombs.max() if tombs.len() else None
    told = store.utc_stamp(datetime.fromisoformat(str(last))) if last else ""
    for name in finished:
        if name != current and (name not in finished[-keep:] or name < told):
            shutil.rmtree(home.build(name))


def account(build: Build, seconds: dict[str, float]) -> dict[str, Any]:
    """What went into a build: code, inputs, dictionaries, ledger, versions, rows."""
    return {
        "build_id": build.build_id,
        "git": provenance.git_state(),
        "university": build.university,
        "batches": [
            {"source": b["source"], "batch_id": b["batch_id"], "files": {f["file"]: f["sha256"] for f in b["files"]}}
            for b in build.batches
        ],
        "ledger": ledger.snapshot(build.home.ledger),
        "versions": provenance.versions(),
        "tables": {name: _table_account(build, name) for name in STAGES},
        "seconds": seconds,
    }


def _table_account(build: Build, name: str) -> dict[str, Any]:
    content = store.read_json(build.manifest(name))
    linked = sum(1 for p in content["parts"].values() if p.get("linked"))
    return {
        "zh": schema.table(name).zh,
        "rows": content["rows"],
        "seconds": content["seconds"],
        "parts": len(content["parts"]),
        "linked": linked,
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
