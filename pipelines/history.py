"""Ids of works over time: which records bear them, and what became of those that changed hands. Told from two builds and the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from pipelines.builds import Build
from pipelines.core import ledger

# What happened to an id, and why; telling.py has the words.
MERGED, SPLIT, WITHDRAWN, RESTORED = "merged", "split", "withdrawn", "restored"
LIBRARIAN, NEW_RECORD, CHANGED_RECORD, RULES, CONFLICT = (
    "librarian",
    "new_record",
    "changed_record",
    "rules",
    "conflict",
)
WITHDRAWAL, READING = "withdrawal", "reading"

_LINE = ("old_work_id", "work_id", "cause", "because", "rule")


def remember(build: Build, previous: str | None) -> None:
    """Every record's id into the ledger, where it is another than the ledger says; then what became of the ids of `previous`.

    Before the link moves: a crash then repeats, not loses, and nothing is written twice.
    """
    borne = build.scan("clusters").select("work_id", anchor_record_id="record_id").collect()
    known = ledger.read(build.home.ledger, "work_ids")
    last = known.unique("anchor_record_id", keep="last", maintain_order=True)
    new = borne.join(last, on=["work_id", "anchor_record_id"], how="anti").sort("work_id", "anchor_record_id")
    told = build.build_id in ledger.read(build.home.ledger, "work_id_aliases")["build_id"]
    if previous and not told and (old := replace(build, build_id=previous)).manifest("clusters").exists():
        earlier = set(known.filter(pl.col("first_build") < build.build_id)["work_id"])
        stamped = became(old, build, earlier).with_columns(
            build_id=pl.lit(build.build_id), date=pl.lit(datetime.now(UTC).isoformat(timespec="seconds"))
        )
        ledger.append(build.home.ledger, "work_id_aliases", stamped)
    ledger.append(build.home.ledger, "work_ids", new.with_columns(first_build=pl.lit(build.build_id)))


def became(old: Build, new: Build, known: set[str]) -> pl.DataFrame:
    """Ids of the old build whose records bear another id in the new one, or none; and known ids that are back.

    Grain: one row per old id and id its records went to (null: no record of it is left). because and rule say what the pair that
    decided it says: merged by its join, split by what stands instead of a join.
    """
    was = old.scan("clusters").select("record_id", old_work_id="work_id")
    now = new.scan("clusters").select("record_id", "work_id")
    homes = was.join(now, on="record_id", how="full", coalesce=True).collect()
    here, before = homes["work_id"].unique().implode(), homes["old_work_id"].unique().implode()
    moves = homes.filter(pl.col("old_work_id").is_not_null(), pl.col("old_work_id").ne_missing(pl.col("work_id")))
    alive = pl.col("work_id").is_not_null().any().over("old_work_id")
    gone = ~pl.col("old_work_id").is_in(here)
    lines = moves.filter(pl.col("work_id").is_not_null() | (gone & ~alive)).select("old_work_id", "work_id").unique()
    one = pl.len().over("old_work_id") == 1
    caused = lines.with_columns(
        cause=pl.when(pl.col("work_id").is_null()).then(pl.lit(WITHDRAWN))
        .when(gone & one).then(pl.lit(MERGED)).otherwise(pl.lit(SPLIT))
    )  # fmt: skip
    decided = _deciding(old, new, homes, lines)
    back = homes.filter(pl.col("work_id").is_in(list(known)), ~pl.col("work_id").is_in(before))["work_id"].unique()
    restored = pl.DataFrame({"old_work_id": back, "work_id": back}).with_columns(cause=pl.lit(RESTORED))
    told = caused.join(decided, on=["old_work_id", "work_id", "cause"], how="left")
    told = told.join(_left(old, moves), on="old_work_id", how="left").with_columns(
        because=pl.when(pl.col("cause") == WITHDRAWN).then("left").otherwise(pl.coalesce("because", pl.lit(WITHDRAWAL)))
    )
    return pl.concat([told, restored], how="diagonal_relaxed").select(_LINE).sort("old_work_id", "work_id")


def _left(old: Build, moves: pl.DataFrame) -> pl.DataFrame:
    """Why the records of an old id are no longer here: their batch was withdrawn, or their file is read differently now.

    Grain: one row per old id with such records (columns old_work_id, left).
    """
    lost = moves.filter(pl.col("work_id").is_null()).select("record_id", "old_work_id")
    batches = old.scan("records").select("record_id", "source", "batch_id").filter(_among("record_id", lost)).collect()
    taken = ledger.read(old.home.ledger, "withdrawn_batches").select("source", "batch_id", left=pl.lit(WITHDRAWAL))
    reasons = lost.join(batches, on="record_id").join(taken.unique(), on=["source", "batch_id"], how="left")
    return reasons.group_by("old_work_id").agg(pl.col("left").fill_null(READING).max())


def _deciding(old: Build, new: Build, homes: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Of each old id and new id the pair that decided: surest join of the new build across the old works, or of the old build
    across the new ones.

    Grain: one row per old id, new id and cause for which such a pair is known (columns because, rule).
    """
    moved = homes.join(lines, on="old_work_id", how="semi")["record_id"]
    touched = homes.filter(
        pl.col("record_id").is_in(moved.implode())
        | pl.col("work_id").is_in(lines["work_id"].drop_nulls().unique().implode())
    )
    facts = _facts(old, new, touched)
    apart_before = pl.col("old_left").ne_missing(pl.col("old_right"))
    joins = facts.filter(pl.col("decision") == "join", pl.col("new_left") == pl.col("new_right"), apart_before)
    breaks = facts.filter(
        pl.col("decision_old") == "join", pl.col("old_left") == pl.col("old_right"), pl.col("new_left") != pl.col("new_right")
    )  # fmt: skip
    found = [
        frame.select(
            pl.col(f"old_{side}").alias("old_work_id"), pl.col(f"new_{side}").alias("work_id"), "score", "unchanged",
            "because", "rule", "left_id", "right_id", cause=pl.lit(cause),
        )
        for frame, cause in ((joins, MERGED), (joins, SPLIT), (breaks, SPLIT))
        for side in ("left", "right")
    ]  # fmt: skip
    surest = pl.concat(found).sort("unchanged", "score", "left_id", "right_id", descending=[False, True, False, False])
    return surest.unique(["old_work_id", "work_id", "cause"], keep="first", maintain_order=True).select(
        "old_work_id", "work_id", "cause", "because", "rule"
    )


def _facts(old: Build, new: Build, touched: pl.DataFrame) -> pl.DataFrame:
    """Pairs between touched records with what both builds say of them and why that changed.

    Grain: one row per pair that either build knows.
    """
    told = [pl.col("decision"), pl.col("score"), pl.coalesce("rule", "veto").alias("rule")]
    sides = [
        b.scan("pairs").filter(_among("left_id", touched), _among("right_id", touched)).select("left_id", "right_id", *told)
        for b in (new, old)
    ]  # fmt: skip
    both = sides[0].join(sides[1], on=["left_id", "right_id"], how="full", coalesce=True, suffix="_old").collect()
    hashes = [
        b.scan("records").filter(_among("record_id", touched)).select("record_id", "record_hash") for b in (new, old)
    ]
    rewritten = hashes[0].join(hashes[1], on="record_id", suffix="_old").collect()
    changed = rewritten.filter(pl.col("record_hash").ne_missing(pl.col("record_hash_old")))["record_id"].implode()
    for side in ("left", "right"):
        home = touched.select(
            pl.col("record_id").alias(f"{side}_id"), pl.col("old_work_id").alias(f"old_{side}"),
            pl.col("work_id").alias(f"new_{side}"),
        )  # fmt: skip
        both = both.join(home, on=f"{side}_id")
    unchanged = pl.col("decision").eq_missing(pl.col("decision_old"))
    by_hand = (pl.col("rule").str.starts_with(LIBRARIAN) | pl.col("rule_old").str.starts_with(LIBRARIAN)).fill_null(
        False
    )
    because = (
        pl.when(by_hand & ~unchanged).then(pl.lit(LIBRARIAN))
        .when(pl.any_horizontal(pl.col("old_left", "old_right").is_null())).then(pl.lit(NEW_RECORD))
        .when(unchanged).then(pl.lit(CONFLICT))
        .when(pl.any_horizontal(pl.col("left_id", "right_id").is_in(changed))).then(pl.lit(CHANGED_RECORD))
        .otherwise(pl.lit(RULES))
    )  # fmt: skip
    return both.with_columns(unchanged=unchanged, because=because, score=pl.coalesce("score", "score_old"))


def _among(column: str, records: pl.DataFrame) -> pl.Expr:
    return pl.col(column).is_in(records["record_id"].unique().implode())


def successors(aliases: pl.DataFrame, work_id: str) -> pl.DataFrame:
    """What the newest build that speaks of a vanished id says of it.

    Grain: one row per id that its records went to; a null work_id: withdrawn. Empty: the id was never given.
    """
    lines = aliases.filter((pl.col("old_work_id") == work_id) & (pl.col("cause") != RESTORED))
    return lines.filter(pl.col("build_id") == lines["build_id"][-1]) if lines.height else lines
