"""One answer for any order of delivery; one more file changes the works it touches and no other, as a diff of builds shows."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterable
from pathlib import Path

import polars as pl
import pytest

from pipelines import builds, partitions, runner, sample
from pipelines.core import schema, store
from pipelines.core.errors import ConfigError
from pipelines.core.settings import Settings
from pipelines.stages import STAGES

SOURCES = ("wos", "ei", "cnki", "scopus")
OF_WORKS = ("works", "work_field_sources", "work_authorships", "work_addresses", "work_conflicts")
TABLES = ("pairs", "clusters", "related", *OF_WORKS)  # no column of theirs names the delivery
# XUEHENG_FIFTY=1: fifty files in fifty orders, by hand (an hour of one core); otherwise a dozen files in one order
ORDERS, PER_FILE = (50, 9) if os.environ.get("XUEHENG_FIFTY") else (1, 40)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Files of four databases, some fifty or a dozen."""
    root = tmp_path_factory.mktemp("sample")
    sample.write(root, works=300, seed=5, hard=True, file_size=PER_FILE)
    return sorted(p for s in SOURCES for p in (root / "inbox" / s).rglob("*") if p.is_file() and p.name != "batch.yml")


def delivered(root: Path, batches: list[list[Path]]) -> Settings:
    """A data folder that got the batches one after the other."""
    settings = Settings(data_dir=root / "data", settle_seconds=0, university="linghai")
    inbox = runner.home(settings).inbox
    for number, batch in enumerate(batches):
        (inbox / str(number)).mkdir(exist_ok=True)
        for path in batch:
            shutil.copy(path, inbox / str(number) / path.name)
        runner.intake(settings)
        for source in SOURCES:
            runner.ingest(settings, source)
    return settings


def needed(tables: Iterable[str]) -> set[str]:
    """The tables and all that they are made of."""
    found: set[str] = set()
    waiting = [t for t in tables if t in STAGES]
    while waiting:
        table = waiting.pop()
        if table not in found and STAGES[table].by == "file":
            found.add(table)
        elif table not in found:
            found.add(table)
            waiting += [t for t in partitions._positional(partitions._function(STAGES[table])) if t in STAGES]
    return found


def built(settings: Settings) -> str:
    """A build of the works and what they are made of; not published, so that no ledger tells of it."""
    build_id = runner.begin_build(settings, "test", force=True)
    assert build_id
    build, wanted = runner._open(settings, build_id), needed(TABLES)
    for table, stage in STAGES.items():
        if table in wanted:
            builds.run_stage(build, stage)
    runner.abort_build(settings, build_id)
    return build_id


def answer(settings: Settings, build_id: str) -> dict[str, pl.DataFrame]:
    found = {}
    for table in TABLES:
        files = sorted(store.Store(settings.data_dir).table(build_id, table).glob("*.parquet"))
        found[table] = pl.read_parquet(files).sort(schema.table(table).key)
    return found


def redelivered(settings: Settings, build_id: str) -> set[str]:
    """Works with a record that several files deliver: of its values the last arrival's stand where no date tells."""
    here = store.Store(settings.data_dir)
    tables = [pl.read_parquet(here.table(build_id, t) / "*.parquet") for t in ("record_deliveries", "clusters")]
    twice = tables[0].filter(pl.col("delivery_order") > 1)
    return set(tables[1].join(twice, on="record_id", how="semi")["work_id"])


@pytest.fixture(scope="module")
def at_once(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, pl.DataFrame], set[str]]:
    """The answer to all files in one delivery, and the works with redelivered records."""
    settings = delivered(tmp_path_factory.mktemp("once"), [files])
    build_id = built(settings)
    return answer(settings, build_id), redelivered(settings, build_id)


def test_files_in_any_order_give_one_answer(
    files: list[Path], at_once: tuple[dict[str, pl.DataFrame], set[str]], tmp_path: Path
) -> None:
    assert len(files) >= (50 if ORDERS > 1 else 10)
    expected, twice = at_once
    assert expected["works"].filter(pl.col("records_count") > 1).height > 100
    settled = ~pl.col("work_id").is_in(list(twice))
    for seed in range(ORDERS):
        order = random.Random(seed).sample(files, len(files))
        cuts = sorted(random.Random(seed).sample(range(1, len(order)), 4))
        batches = [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]
        settings = delivered(tmp_path / str(seed), batches)
        found = answer(settings, built(settings))
        assert found["clusters"].equals(expected["clusters"]) and found["related"].equals(expected["related"])
        for table in OF_WORKS:
            assert found[table].filter(settled).equals(expected[table].filter(settled)), table


def test_files_of_one_delivery_may_bear_any_names(
    files: list[Path], at_once: tuple[dict[str, pl.DataFrame], set[str]], tmp_path: Path
) -> None:
    """Names and with them the order of reading: the same bytes give the same tables to the last row."""
    order = random.Random(1).sample(files, len(files))
    (tmp_path / "named").mkdir()
    named = [shutil.copy(f, tmp_path / "named" / f"{i:02d}{f.suffix}") for i, f in enumerate(order)]
    settings = delivered(tmp_path, [named])
    found = answer(settings, built(settings))
    assert [t for t in TABLES if not found[t].equals(at_once[0][t])] == []


def test_one_more_file_changes_what_it_touches_alone(files: list[Path], tmp_path: Path) -> None:
    late = next(f for f in files if "ei" in f.parts)
    settings = delivered(tmp_path, [[f for f in files if f != late]])
    before = built(settings)
    inbox = runner.home(settings).inbox
    shutil.copy(late, inbox / late.name)
    runner.intake(settings)
    runner.ingest(settings, "ei")
    after = built(settings)
    told = runner.builds_diff(settings, before, after, None)
    assert [f["file"] for f in told["files"]["came"]] == [late.name] and told["files"]["left"] == []

    here = store.Store(settings.data_dir)
    records = pl.read_parquet(here.table(after, "records") / "*.parquet")
    came = records.filter(pl.col("source_file") == late.name)["record_id"].implode()
    tables = {b: {t: pl.read_parquet(here.table(b, t) / "*.parquet") for t in TABLES} for b in (before, after)}
    touched = {
        work
        for side in tables.values()
        for work in side["clusters"].join(
            tables[after]["clusters"].filter(pl.col("record_id").is_in(came)).select("work_id"), on="work_id", how="semi"
        )["work_id"]
    } | set(tables[before]["clusters"].filter(pl.col("record_id").is_in(came))["work_id"])  # fmt: skip
    new, grown = (told["works"][kind]["works"] for kind in ("new", "grown"))
    assert new and grown and new + grown <= len(touched)  # some records were delivered before
    assert (
        told["works"]["split"]["works"] == told["works"]["gone"]["works"] == told["works"]["renumbered"]["works"] == 0
    )
    for table in ("clusters", *OF_WORKS):
        outside = [tables[b][table].filter(~pl.col("work_id").is_in(list(touched))) for b in (before, after)]
        assert outside[0].equals(outside[1]), table
    counts = {t["table"]: t for t in told["tables"]}
    assert counts["works"]["added"] == told["works"]["new"]["works"]
    assert counts["works"]["removed"] == 0 and counts["works"]["changed"] <= len(touched)
    assert counts["source_records"]["rows_new"] - counts["source_records"]["rows_old"] == len(came[0])


def test_a_diff_shows_examples_with_both_values_and_keeps_people_to_counts(files: list[Path], tmp_path: Path) -> None:
    settings = delivered(tmp_path, [files[:2]])
    one = built(settings)
    two = built(settings)
    same = runner.builds_diff(settings, one, two, None)
    assert same["tables"] == [] and same["tables_equal"] > 50
    here = store.Store(settings.data_dir)
    file = next(here.table(two, "records").glob("*.parquet"))
    records = pl.read_parquet(file)
    first, last = records["record_id"][0], records["record_id"][-1]
    changed = records.with_columns(
        title=pl.when(pl.col("record_id") == first).then(pl.lit("Another title")).otherwise("title"),
    ).filter(pl.col("record_id") != last)
    file.unlink()  # it is linked in both builds
    store.write_parquet(changed, file)
    path = here.build(two) / "stages" / "records.json"
    content = store.read_json(path)
    for part in content["parts"].values():
        part |= {"sha256": store.sha256(file), "rows": changed.height}
    store.write_json(path, content)
    told = runner.builds_diff(settings, one, two, "records")["tables"][0]
    assert (told["added"], told["removed"], told["changed"], told["columns"]) == (0, 1, 1, {"title": 1})
    assert told["examples"]["changed"][0]["title"][1] == "Another title"
    assert told["examples"]["removed"] == [{"record_id": last}]
    people = runner.builds_diff(settings, one, two, "person_matches")["tables"]
    assert "examples" not in people[0] and people[0]["rows_old"] == 0
    with pytest.raises(ConfigError, match="没有名为"):
        runner.builds_diff(settings, one, two, "no_such_table")
