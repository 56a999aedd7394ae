"""The balance sheet: what came, what is set aside, what was merged, attributed, asked; and what is published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from pipelines import balance, ingest
from pipelines.core import ledger, store
from pipelines.core.settings import Settings
from pipelines.intake.sheets import LAYOUTS, Layout


def status(settings: Settings, place: store.Store) -> dict[str, Any]:
    """One object for `xueheng status`; every count is read from what is on disk, none is remembered."""
    published = place.current / "build.json"
    build = store.read_json(published) if published.exists() else None
    return {
        "inbox_files": sum(1 for p in place.inbox.rglob("*") if p.is_file()),
        **balance.sheet(place, ingest.manifests(settings)),
        "quarantine": _quarantine(place.quarantine),
        "published": {k: build.get(k) for k in ("build_id", "balance", "seconds", "sizes")} if build else None,
        "decisions": _decisions(place) if build else {},
        "cut_blocks": _cut_blocks(place) if build else [],
        "review": {kind: _review(place, layout) for kind, layout in LAYOUTS.items()},
        "esi_periods": _periods(place) if build else [],
        "withdrawn": ledger.read(place.ledger, "withdrawn_batches").to_dicts(),
    }


def _quarantine(folder: Path) -> list[dict[str, Any]]:
    found = []
    for path in sorted(folder.glob("*/*/verdict.json")):
        verdict = store.read_json(path)
        found.append({"source": path.parent.parent.name, "batch_id": path.parent.name, "verdict": verdict})
    return found


def _decisions(place: store.Store) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for table in ("pairs", "affiliation_matches", "person_matches"):
        files = sorted((place.current / "tables" / table).glob("*.parquet"))
        if files:
            rows = pl.scan_parquet(files).group_by("decision").len().sort("decision").collect()
            counts[table] = {str(decision): int(count) for decision, count in rows.iter_rows()}
    return counts


def _cut_blocks(place: store.Store) -> list[dict[str, Any]]:
    """Blocks of the published build that were too large to compare all with all: how many, and what of them was compared."""
    files = sorted((place.current / "tables" / "cut_blocks").glob("*.parquet"))
    if not files:
        return []
    counted = pl.scan_parquet(files).group_by(block="block_name").agg(
        blocks=pl.len(),
        largest=pl.col("records_count").max(),
        pairs_possible=pl.col("pairs_possible").sum(),
        pairs_compared=pl.col("pairs_compared").sum(),
        pairs_given_up=pl.col("pairs_given_up").sum(),
    )  # fmt: skip
    return counted.sort("pairs_given_up", descending=True).collect().to_dicts()


def _review(place: store.Store, layout: Layout) -> dict[str, Any]:
    """What people answered: counts by answer, contradictions with their history, answers about what is not in the library now."""
    said = layout.standing(ledger.read(place.ledger, layout.stream))
    keys = list(layout.keys.values())
    counts = said.filter(~pl.col("conflict")).group_by("decision").len().sort("decision").iter_rows()
    cases, works = _waiting(place, layout.kind)
    conflicts = said.filter("conflict").select(*keys, "history")
    return {
        "zh": layout.zh,
        "open": cases,
        "works_held_up": works,
        "answers": {str(decision): int(count) for decision, count in counts},
        "conflicts": conflicts.to_dicts(),
        "gone": _gone(place, said, keys),
    }


def _waiting(place: store.Store, kind: str) -> tuple[int, int]:
    """Cases of a kind that are left to people (pairs of records, addresses, authors of works), and the works they hold up."""

    def table(name: str) -> pl.LazyFrame | None:
        files = sorted((place.current / "tables" / name).glob("*.parquet"))
        return pl.scan_parquet(files) if files else None

    names = {"dedup": ("pairs", "clusters"), "addresses": ("affiliation_matches", "work_addresses")}
    found = [table(name) for name in names.get(kind, ("person_matches",))]
    there = [frame for frame in found if frame is not None]
    if len(there) < len(found):
        return 0, 0
    first, *others = there
    waiting = first.filter(pl.col("decision") == "review")
    if kind == "dedup":
        left = others[0].select("work_id", left_id="record_id")
        right = others[0].select(right_work="work_id", right_id="record_id")
        cases = (
            waiting.join(left, on="left_id")
            .join(right, on="right_id")
            .filter(pl.col("work_id") != pl.col("right_work"))
        )
        works = pl.concat([cases.select("work_id"), cases.select(work_id="right_work")])
    elif kind == "addresses":
        cases = waiting.select("address_id").unique()
        works = others[0].join(cases, on="address_id", how="semi")
    else:
        cases = works = waiting
    return cases.select(pl.len()).collect().item(), works.select(pl.col("work_id").n_unique()).collect().item()


def _gone(place: store.Store, said: pl.DataFrame, keys: list[str]) -> int:
    """Answers that name a record of a withdrawn or replaced delivery: kept, and of no effect until it comes again."""
    files = sorted((place.current / "tables" / "records").glob("*.parquet"))
    records = [key for key in keys if key.endswith("_id")]
    if not files or not records:
        return 0
    here = pl.scan_parquet(files).select("record_id").collect()["record_id"].implode()
    return said.filter(~pl.all_horizontal(pl.col(k).is_in(here) for k in records)).height


def _periods(place: store.Store) -> list[str]:
    files = sorted((place.current / "tables" / "esi_documents").glob("*.parquet"))
    if not files:
        return []
    return [str(p) for p in pl.scan_parquet(files).select("period").unique().sort("period").collect()["period"]]
