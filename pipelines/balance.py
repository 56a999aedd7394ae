"""The balance sheet: every delivered row of every batch, where it went, and whether the sums agree.

read = accepted + quarantined; accepted = records + superseded deliveries + patents (of sources that give them; other sources fill tables
of their own: `other`); records = works + merged; university ≥ unit; open ≤ asked. A sum that is wrong is said in words, never mended.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.core import schema, store

BY_HAND = {
    "pairs": "librarian",
    "affiliation_matches": "reviewer",
    "person_matches": "reviewer",
}  # how what a person said is marked
DELIVERED = ("read", "accepted", "quarantined")
WENT = ("records", "superseded", "patents", "other")
BECAME = ("works", "merged", "university", "unit", "person", "asked", "open")
ZH = {
    "read": "读",
    "accepted": "接收",
    "quarantined": "隔离",
    "records": "记录",
    "superseded": "重复交付",
    "patents": "专利",
    "other": "其他表",
    "works": "作品",
    "merged": "归并",
    "university": "归本校",
    "unit": "归学院",
    "person": "归到人",
    "asked": "问过",
    "open": "待答",
}


def sheet(place: store.Store, batches: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Balance of the published build and of what came after it.

    Grain: `batches` one entry per live batch, `sources` their sums per source, `total` the sum of all; `wrong` one line per sum that does
    not agree. Counts that only the build knows are null for a batch that is not in it yet; `person` is null where the personal
    tables may not be read.
    """
    build = place.current.resolve() if (place.current / "build.json").exists() else None
    known = {b["batch_id"] for b in store.read_json(build / "begun.json")["batches"]} if build else set()
    counted = _counted(build) if build else {}
    rows = [_batch(b, counted.get(b["batch_id"], {}), b["batch_id"] in known) for b in batches]
    sources = [
        {"source": s, "batches": len(own), **_summed(own)} for s, own in _by_source(r for r in rows if r["in_build"])
    ]
    wrong = [line for row in rows for line in _wrong_batch(row)]
    if build:
        wrong += _wrong_build(sources, store.read_json(build / "build.json")["balance"])
    total = _summed([r for r in rows if r["in_build"]])
    return {"batches": rows, "sources": sources, "total": total, "wrong": wrong}


def _batch(batch: dict[str, Any], counted: dict[str, Any], in_build: bool) -> dict[str, Any]:
    told = {k: sum(f[k] for f in batch["files"]) for k in DELIVERED}
    head = {
        "source": batch["source"],
        "batch_id": batch["batch_id"],
        "files": len(batch["files"]),
        "in_build": in_build,
    }
    if not in_build:
        return {**head, **told, **dict.fromkeys((*WENT, *BECAME))}
    went = {k: int(counted.get(k) or 0) for k in WENT[:-1]}
    went["other"] = 0 if any(went.values()) else told["accepted"]
    became = {k: int(counted.get(k) or 0) for k in BECAME if k != "person"}
    person = None if counted and counted["person"] is None else int(counted.get("person") or 0)
    return {**head, **told, **went, **became, "person": person}


def _by_source(rows: Iterator[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["source"], []).append(row)
    yield from sorted(found.items())


def _summed(rows: Sequence[dict[str, Any]]) -> dict[str, int | None]:
    """Sums; of what one of them does not know, null."""
    columns = {k: [r[k] for r in rows] for k in (*DELIVERED, *WENT, *BECAME)}
    return {k: None if None in values else sum(values) for k, values in columns.items()}


# --- counting
def _counted(build: Path) -> dict[str, dict[str, Any]]:
    """Batch to what became of its rows in a build."""
    given = _scan(build, "source_records").group_by("batch_id").agg(given=pl.len())
    works = _scan(build, "clusters").select("record_id", "work_id")
    records = _scan(build, "records").select("record_id", "batch_id").join(works, on="record_id", how="left")
    lead = pl.col("record_id") == pl.col("record_id").min().over("work_id")  # one record of each work stands for it
    became = records.with_columns(
        lead=lead,
        **{k: pl.col("work_id").is_in(ids.implode()) for k, ids in _attributed(build).items() if ids is not None},
    )
    asked, waiting = _asked(build, works)
    became = became.with_columns(
        asked=pl.col("record_id").is_in(asked.implode()), open=pl.col("record_id").is_in(waiting.implode())
    )
    names = became.collect_schema().names()
    sums = {
        k: pl.col(k).sum() if k in names else pl.lit(None) for k in ("university", "unit", "person", "asked", "open")
    }
    kept = became.group_by("batch_id").agg(records=pl.len(), works=pl.col("lead").sum(), **sums)
    whole = given.join(kept, on="batch_id", how="full", coalesce=True).join(
        _patents(build), on="batch_id", how="full", coalesce=True
    )
    told = whole.with_columns(
        superseded=pl.col("given").fill_null(0) - pl.col("records").fill_null(0),
        merged=pl.col("records") - pl.col("works"),
    )
    if "person" in names:  # known, and none of a batch without records
        told = told.with_columns(pl.col("person").fill_null(0))
    return {row.pop("batch_id"): row for row in told.collect().to_dicts()}


def _patents(build: Path) -> pl.LazyFrame:
    """Delivered rows that are patents and no records, per batch (Derwent's stand among papers too)."""
    delivered = _scan(build, "source_patents").select("batch_id", "raw_id").unique()
    return (
        delivered.join(_scan(build, "source_records"), on="raw_id", how="anti")
        .group_by("batch_id")
        .agg(patents=pl.len())
    )


def _attributed(build: Path) -> dict[str, pl.Series | None]:
    """Works of the university, those that reach a college, those with a person who is decided; None where that may not be read."""
    with duckdb.connect(str(build / "library.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT work_id, bool_or(college_id != 'unresolved') FROM indicators.work_college GROUP BY work_id"
        ).fetchall()
    ours = pl.DataFrame(rows, schema={"work_id": pl.String, "unit": pl.Boolean}, orient="row")
    people = _personal(build, "person_matches")
    matched = (
        people.filter(pl.col("decision") == "match").select("work_id").unique().collect()
        if people is not None
        else None
    )
    return {
        "university": ours["work_id"],
        "unit": ours.filter("unit")["work_id"],
        "person": matched["work_id"] if matched is not None else None,
    }


def _asked(build: Path, works: pl.LazyFrame) -> tuple[pl.Series, pl.Series]:
    """Records of which something was asked of people (answered or not), and those of which something waits for an answer."""
    pairs, addresses = _scan(build, "pairs"), _scan(build, "affiliation_matches")
    homes = {
        side: works.select(pl.col("work_id").alias(f"{side}_work"), pl.col("record_id").alias(f"{side}_id"))
        for side in ("left", "right")
    }
    asked = _questions(pairs, "pairs", "rule").join(homes["left"], on="left_id").join(homes["right"], on="right_id")
    asked = asked.with_columns(open=pl.col("open") & (pl.col("left_work") != pl.col("right_work")))
    asked = asked.filter(pl.col("open") | pl.col("by_hand"))
    parts = [asked.select(pl.col(side).alias("record_id"), "open") for side in ("left_id", "right_id")]
    of_works = _scan(build, "work_addresses").select("work_id", "address_id").unique()
    places = _questions(addresses, "affiliation_matches", "method").select("address_id", "open")
    held = [places.join(of_works, on="address_id").select("work_id", "open")]
    if (people := _personal(build, "person_matches")) is not None:
        held.append(_questions(people, "person_matches", "method").select("work_id", "open"))
    parts.append(pl.concat(held).join(works, on="work_id").select("record_id", "open"))
    found = pl.concat(parts).unique().collect()
    return found["record_id"].unique(), found.filter("open")["record_id"].unique()


def _questions(table: pl.LazyFrame, name: str, decided_by: str) -> pl.LazyFrame:
    """Rows that wait for a person, and rows that a person decided."""
    by_hand = pl.col(decided_by).str.starts_with(BY_HAND[name]).fill_null(False)
    told = table.with_columns(open=pl.col("decision") == "review", by_hand=by_hand)
    return told.filter(pl.col("open") | pl.col("by_hand"))


def _scan(build: Path, table: str) -> pl.LazyFrame:
    files = sorted((build / "tables" / table).glob("*.parquet"))
    return pl.scan_parquet(files) if files else schema.table(table).empty().lazy()


def _personal(build: Path, table: str) -> pl.LazyFrame | None:
    """A table of persons; None where this user may not read it."""
    folder = build / "tables" / table
    return None if folder.exists() and not os.access(folder, os.R_OK | os.X_OK) else _scan(build, table)


# --- checking
def _wrong_batch(row: dict[str, Any]) -> Iterator[str]:
    name = f"{row['source']}/{row['batch_id']}"
    yield from _unequal(name, "read", row["read"], {k: row[k] for k in ("accepted", "quarantined")})
    if row["in_build"]:
        yield from _unequal(name, "accepted", row["accepted"], {k: row[k] for k in WENT})
        yield from _unequal(name, "records", row["records"], {k: row[k] for k in ("works", "merged")})
        for small, large in (
            ("university", "records"),
            ("unit", "university"),
            ("open", "asked"),
            ("asked", "records"),
        ):
            if row[small] > row[large]:
                yield f"{name}：{ZH[small]} {row[small]:,} 多于{ZH[large]} {row[large]:,}；请把本条信息交给维护人员"


def _wrong_build(sources: list[dict[str, Any]], published: dict[str, Any]) -> Iterator[str]:
    """Sums of the batches against what the build told when it was published."""
    for row in sources:
        for key, told in published["sources"].get(row["source"], {}).items():
            if row[key] != told:
                yield f"{row['source']}：各批合计{ZH[key]} {row[key]:,}，发布时为 {told:,}；可能在发布之后撤回过批次或动过文件"
    for key in ("records", "works", "merged"):
        if (found := sum(r[key] for r in sources)) != published[key]:
            yield f"全库：各批合计{ZH[key]} {found:,}，发布时为 {published[key]:,}；可能在发布之后撤回过批次或动过文件"


def _unequal(name: str, whole: str, value: int, parts: dict[str, int]) -> Iterator[str]:
    if value != (found := sum(parts.values())):
        told = " + ".join(f"{ZH[k]} {n:,}" for k, n in parts.items())
        yield f"{name}：{ZH[whole]} {value:,} ≠ {told}，差 {abs(value - found):,}；请把本条信息交给维护人员"


# --- telling
def table(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows for people: empty where a count says nothing of a source that gives no records, or is not known."""
    shown = []
    for row in rows:
        plain = row["records"] is not None and not (row["records"] or row["superseded"] or row["patents"])
        head = {"来源": row["source"]} | ({"批次": row["batch_id"]} if "batch_id" in row else {"批次": row["batches"]})
        told = {ZH[k]: None if plain and k in (*WENT[:3], *BECAME) else row[k] for k in (*DELIVERED, *WENT, *BECAME)}
        shown.append(
            head
            | {k: None if v is None else f"{v:,}" for k, v in told.items()}
            | ({} if row.get("in_build", True) else {"作品": "尚未构建"})
        )
    return shown


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Whether the sums agree, in words."""
    late = sum(not b["in_build"] for b in found["batches"])
    if late:
        yield f"有 {late} 批在这次构建之后到达，尚未构建（xueheng build）"
    if found["wrong"]:
        yield f"账不平，{len(found['wrong'])} 处："
        yield from (f"  {line}" for line in found["wrong"])
    else:
        yield "账平：读 = 接收 + 隔离；接收 = 记录 + 重复交付 + 专利 + 其他表；记录 = 作品 + 归并；各批之和与发布时一致。"
