"""A person's wishes: objection, its withdrawal, deletion; and what stands."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.builds import Build
from pipelines.core import ledger, objections, schema, store, subjects
from pipelines.core.errors import ConfigError
from pipelines.ingest.screening import identifiers
from pipelines.privacy import rawrows
from pipelines.privacy.subject import Subject, find

PERSON, RETENTION = "person", "retention"  # kinds of tombstones


@dataclass(frozen=True)
class Erasure:
    """What a deletion took away, by place, and what people have to do themselves."""

    pseudonym: str
    removed: dict[str, int]
    left: tuple[str, ...]


def object_(build: Build, who: str, reason: str) -> str:
    """Register an objection; returns the pseudonym. It binds ingest at once, reports at once, tables from the next build on.

    Errors: ConfigError without a reason, when it stands already, or when nobody or several persons are meant.
    """
    subject = find(build, who)
    if not reason.strip():
        raise ConfigError("登记异议需要写明理由", next_step="请加 --reason")
    lines = objections.standing(ledger.read(build.home.ledger, objections.STREAM))
    if subject.pseudonym in set(lines["subject"]):
        raise ConfigError("此人的异议已经登记过，仍然有效", safe="没有改动任何东西")
    known = {*subject.identifiers, *_row_identifiers(build.home, subject)}
    _append(build.home, subject, "\n".join(sorted(known)), objections.OBJECTED, reason)
    return subject.pseudonym


def withdraw(build: Build, who: str, reason: str) -> str:
    """The person withdraws his objection. Errors: ConfigError when none stands."""
    lines = objections.standing(ledger.read(build.home.ledger, objections.STREAM))
    mine = lines.filter((pl.col("person_id") == who) | (pl.col("subject") == who) | _among(who))
    if mine.height != 1:
        raise ConfigError("没有这个人有效的异议", next_step="xueheng privacy list 列出现有的")
    line = mine.with_columns(
        action=pl.lit(objections.WITHDRAWN), reason=pl.lit(reason), who=pl.lit(getpass.getuser()), date=pl.lit(_now()),
        identifiers=pl.lit(None, pl.String),
    )  # fmt: skip
    ledger.append(build.home.ledger, objections.STREAM, line)
    return str(mine["subject"][0])


def listed(place: store.Store) -> dict[str, Any]:
    """Objections that stand and tombstones by kind, as `xueheng privacy list` tells them."""
    stand = objections.standing(ledger.read(place.ledger, objections.STREAM))
    tombs = ledger.read(place.ledger, "tombstones").group_by("kind").len().sort("kind")
    return {
        "objections": stand.select("subject", "person_id", "reason", "who", "date").to_dicts(),
        "tombstones": dict(tombs.iter_rows()),
    }


def erase(build: Build, who: str, reason: str) -> Erasure:
    """Delete a person: raw rows, originals that hold them, ledger lines, reports, exports; tombstones keep him from coming in again.

    Builds older than the tombstone go when the next build is published (pipelines.publishing). Errors: ConfigError as of `object_`.
    """
    if not reason.strip():
        raise ConfigError("删除需要写明理由", next_step="请加 --reason")
    subject, place = find(build, who), build.home
    stand = objections.standing(ledger.read(place.ledger, objections.STREAM))
    told = stand.filter(pl.col("subject") == subject.pseudonym)["identifiers"].drop_nulls()
    known = {*subject.identifiers, *_row_identifiers(place, subject), *(i for line in told for i in line.split("\n"))}
    key = subjects.secret(place)
    bury(place, [subjects.keyed(key, *one.split(":", 1)) for one in sorted(known)], PERSON, reason)
    removed, originals = _raw(place, subject, known)
    removed["隔离区"] = _quarantined(place, subject)
    removed["报告"] = _reports(place.reports, subject)
    removed["导出"] = _exports(place, subject)
    for stream in ("decisions_people", "one_table_rows", objections.STREAM):
        removed[f"账本 {stream}"] = ledger.forget(place.ledger, stream, pl.col("person_id") == subject.person_id)
    for path in originals:
        path.unlink(missing_ok=True)
    removed["原件"] = len(originals)
    left: tuple[str, ...] = ("发布的构建与较早的构建里还有，请运行 xueheng build：发布后它们随即删除",)
    sheets = sorted(p.name for p in (place.root / "review").glob("*.xlsx")) if (place.root / "review").exists() else []
    left += (f"核对表可能含有此人，请看过后删除：{'、'.join(sheets)}",) if sheets else ()
    return Erasure(subject.pseudonym, {k: v for k, v in removed.items() if v}, left)


def bury(place: store.Store, hashes: list[str], kind: str, reason: str) -> None:
    """Tombstones, one line per hash that has none."""
    known = set(ledger.read(place.ledger, "tombstones")["hash"])
    fresh = [h for h in dict.fromkeys(hashes) if h not in known]
    told = {"kind": kind, "reason": reason, "who": getpass.getuser(), "date": _now()}
    shape = dict.fromkeys(ledger.STREAMS["tombstones"], pl.String)
    ledger.append(place.ledger, "tombstones", pl.DataFrame([{"hash": h} | told for h in fresh], schema=shape))


def _raw(place: store.Store, subject: Subject, known: set[str]) -> tuple[dict[str, int], list[Path]]:
    """Rows taken out of raw/ by source, and the originals that held them."""
    removed: dict[str, int] = {}
    originals = []
    for file in rawrows.files(place):
        gone = rawrows.remove(place, file, lambda row, ids: bool(known.intersection(ids))).height
        named = rawrows.blank(file, subject.person_id) if subject.person_id else 0
        if gone or named:
            removed[f"原始 {file.source}"] = removed.get(f"原始 {file.source}", 0) + gone + named
            originals.append(file.original)
    return removed, originals


def _quarantined(place: store.Store, subject: Subject) -> int:
    """Rows set aside whose text names the person; the table for people that lies beside them goes where it named him too."""
    marks = [v for v in (*subject.values(), *subject.names) if v]
    count = 0
    for source in schema.privacy()["sources"]:
        for path in sorted((place.quarantine / source).rglob("*.rows.parquet")):
            rows = pl.read_parquet(path)
            text = pl.concat_str([pl.col(c).fill_null("") for c in ("text", "found")], separator=" ")
            left = rows.filter(~text.str.contains_any(marks))
            if left.height < rows.height:
                store.write_parquet(left, path)
                count += rows.height - left.height
                path.with_name(path.name.replace(".rows.parquet", ".说明.csv")).unlink(missing_ok=True)
    return count


def _row_identifiers(place: store.Store, subject: Subject) -> set[str]:
    """What says who the raw rows are about that a build decided to be this person's: a name on a list has no number."""
    wanted = set(subject.rows.rows())
    found: set[str] = set()
    for file in rawrows.files(place):
        here = {(f, n) for s, b, f, n in wanted if (s, b) == (file.source, file.batch_id)}
        spec = schema.privacy()["sources"][file.source]
        if here and spec.get("row"):
            mine = rawrows.named(file, lambda row, ids, here=here: (row["source_file"], row["source_row"]) in here)  # type: ignore[misc]
            found |= {i for row in mine.iter_rows(named=True) for i in identifiers(spec, row)}
    return found


def _reports(folder: Path, subject: Subject) -> int:
    """Reports that name the person, with their twins."""
    wanted = [mark for mark in (subject.person_id, *subject.names) if mark]
    gone = [t for t in folder.rglob("*.json") if any(mark in t.read_text(encoding="utf-8") for mark in wanted)]
    for twin in gone:
        for kind in ("pdf", "html", "xlsx", "json"):
            twin.with_suffix(f".{kind}").unlink(missing_ok=True)
    return len(gone)


def _exports(place: store.Store, subject: Subject) -> int:
    """Files of 一张表 that held rows of the person, as the ledger says."""
    rows = ledger.read(place.ledger, "one_table_rows").filter(pl.col("person_id") == subject.person_id)
    past = ledger.read(place.ledger, "one_table_exports").join(rows, on="export_id", how="semi")
    gone = [p for name in past["file"] for p in (place.root / "exports").rglob(name)]
    for path in gone:
        path.unlink()
    return len(gone)


def _among(who: str) -> pl.Expr:
    return (
        pl.col("identifiers")
        .str.split("\n")
        .list.eval(pl.element().str.ends_with(f":{who}"))
        .list.any()
        .fill_null(False)
    )


def _append(place: store.Store, subject: Subject, known: str, action: str, reason: str) -> None:
    (place.ledger / objections.STREAM).mkdir(parents=True, exist_ok=True)
    (place.ledger / objections.STREAM).chmod(0o700)
    line = {
        "subject": subject.pseudonym, "person_id": subject.person_id, "identifiers": known, "action": action,
        "reason": reason.strip(), "who": getpass.getuser(), "date": _now(),
    }  # fmt: skip
    shape = dict.fromkeys(ledger.STREAMS[objections.STREAM], pl.String)
    ledger.append(place.ledger, objections.STREAM, pl.DataFrame([line], schema=shape))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
