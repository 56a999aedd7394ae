"""Pairs in several parts: the same rows as in one, each part for itself, and what was decided before is used again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines import builds, dedup
from pipelines.core import schema, store
from pipelines.stages import STAGES

TITLE = "Settling of cohesive mud in still water"


def table(size: int) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for i in range(size):
        title = f"{TITLE} of {i // 3} basins"
        for source in "ab":
            rows.append(
                {
                    "record_id": f"{source}:{i}",
                    "source": source,
                    "title": title,
                    "title_key": title.lower(),
                    "publication_year": 2020,
                }
            )
    return schema.table("records").conform(pl.DataFrame(rows, infer_schema_length=None))


def built(home: store.Store, build_id: str, rows: pl.DataFrame, parts: int, donors: list[str]) -> builds.Build:
    build = builds.Build(home, build_id, "linghai", [], donors, parts)
    for name, frame in (("records", rows), ("authorships", schema.table("authorships").empty())):
        made = builds._compute(build, name, "000", f"{build_id}-{name}", lambda frame=frame: frame)  # type: ignore[misc]
        store.write_json(build.manifest(name), {"parts": {"000": made}})
    assert builds.run_stage(build, STAGES["pairs"]).made == parts
    return build


def rows_of(build: builds.Build) -> pl.DataFrame:
    return build.scan("pairs").sort("left_id", "right_id").collect()


def test_one_part_and_several_give_the_same_rows(tmp_path: Path) -> None:
    home = store.Store(tmp_path)
    whole = built(home, "one", table(12), 1, [])
    shared = built(home, "four", table(12), 4, [])
    sizes = [part["rows"] for part in shared.parts("pairs").values()]
    assert rows_of(shared).equals(rows_of(whole)) and rows_of(whole).height > 20
    assert len(sizes) == 4 and sum(sizes) == rows_of(whole).height


def test_each_part_knows_what_it_decided_before(tmp_path: Path, monkeypatch: Any) -> None:
    home = store.Store(tmp_path)
    built(home, "first", table(12), 3, [])
    compared: list[int] = []
    compare = dedup.similarity.compared
    monkeypatch.setattr(dedup.similarity, "compared", lambda f, p, t: compared.append(p.height) or compare(f, p, t))
    grown = built(home, "second", table(13), 3, ["first"])
    fresh = built(home, "third", table(13), 3, [])
    assert rows_of(grown).equals(rows_of(fresh))
    assert sum(compared[: len(compared) // 2]) < rows_of(fresh).height


def test_shares_that_other_tasks_made_are_found_done(tmp_path: Path, monkeypatch: Any) -> None:
    """As Airflow maps them over its workers: in any order, then the stage adds nothing but the account."""
    home = store.Store(tmp_path)
    whole = built(home, "one", table(12), 1, [])
    shared = built(home, "three", table(12), 3, [])
    again = builds.Build(home, "three", "linghai", [], [], 3)
    for number in (2, 0, 1):
        builds.run_share(again, STAGES["pairs"], number)
    monkeypatch.setattr(builds, "_compute", lambda *_: pytest.fail("made a second time"))
    assert builds.run_stage(again, STAGES["pairs"]).rows == rows_of(shared).height
    assert rows_of(again).equals(rows_of(whole))
