"""References and funding follow the newest delivery that has them; parts of files whose deliveries still stand are linked."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines import builds
from pipelines.core import schema, store
from pipelines.normalise import cited_references
from pipelines.stages import STAGES

STAGE = STAGES["cited_references"]
Rows = list[tuple[str, str, str]]  # raw_id, record_id, text


def references(rows: Rows) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["raw_id", "record_id", "reference_text"], orient="row")
    position = pl.int_range(1, pl.len() + 1).over("raw_id")
    return schema.table("source_cited_references").conform(frame.with_columns(reference_position=position))


def deliveries(*raw_ids: tuple[str, str, int]) -> pl.DataFrame:
    frame = pl.DataFrame(raw_ids, schema=["raw_id", "record_id", "delivery_order"], orient="row")
    return schema.table("record_deliveries").conform(frame)


OLD: Rows = [("a", "r1", "old one"), ("a", "r1", "old two"), ("b", "r2", "two")]
NEW: Rows = [("d", "r1", "new")]


def test_the_newest_delivery_that_has_references_gives_them() -> None:
    """c is newer than b and has none: a short export takes nothing away."""
    order = deliveries(("d", "r1", 1), ("a", "r1", 2), ("c", "r2", 1), ("b", "r2", 2))
    made = cited_references(references(OLD + NEW).lazy(), order.lazy()).collect()
    assert made.select("record_id", "reference_text").sort("record_id").rows() == [("r1", "new"), ("r2", "two")]


def build(root: Path, name: str, parts: dict[str, Rows], order: pl.DataFrame, *donors: str) -> builds.Build:
    """A build in which both input tables are made."""
    made = builds.Build(store.Store(root), name, "linghai", [], list(donors))
    tables = {
        "source_cited_references": {n: references(r) for n, r in parts.items()},
        "record_deliveries": {"000": order},
    }
    for table, frames in tables.items():
        account = {}
        for part, frame in frames.items():
            file = made.home.table(name, table) / f"{part}.parquet"
            store.write_parquet(frame, file)
            account[part] = {"file": file.name, "key": part, "rows": frame.height, "sha256": store.sha256(file)}
        store.write_json(made.manifest(table), {"parts": account})
    return made


def test_parts_of_files_that_still_stand_are_linked(tmp_path: Path) -> None:
    files: dict[str, Rows] = {"f1": OLD[:2], "f2": OLD[2:]}
    first = build(tmp_path, "1", files, deliveries(("a", "r1", 1), ("b", "r2", 1)))
    assert (builds.run_stage(first, STAGE).made, first.scan("cited_references").collect().height) == (2, 3)
    order = deliveries(("d", "r1", 1), ("a", "r1", 2), ("b", "r2", 1))
    second = build(tmp_path, "2", files | {"f3": NEW}, order, "1")
    report = builds.run_stage(second, STAGE)
    assert (report.made, report.linked) == (2, 1)  # f3 is new and f1 is outdated by it; f2 is as it was
    texts = second.scan("cited_references").collect().sort("record_id")["reference_text"].to_list()
    assert texts == ["new", "two"]
