"""Ids of works over builds: they outlive rebuilds, additions, withdrawals and changed rules, and the ledger tells what became of them."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines import builds, dedup, differences, explain, history
from pipelines.core import ledger, schema, store
from pipelines.core.errors import ConfigError

PRECEDENCE = pl.DataFrame({"field": ["*"] * 3, "source": ["a", "b", "c"], "rank": ["1", "2", "3"]})
Works = dict[str, str]


class Library:
    """Builds of clusters alone, one after the other: records (with the hash of what they say) and what is said of pairs."""

    def __init__(self, root: Path) -> None:
        self.place = store.Store(root).prepare()
        self.made: list[str] = []

    def build(
        self, records: list[str], joined: list[str] = (), apart: dict[str, str] | None = None, rule: str = "title_place",
        told: dict[str, str] | None = None,
    ) -> Works:  # fmt: skip
        """`joined`: 'a:1 b:1'; `apart`: such a pair -> the veto or rule that keeps it apart; `told`: record -> its hash."""
        build = builds.Build(self.place, f"2026010{len(self.made) + 1}T000000Z", "linghai", [])
        rows = {
            "record_id": records,
            "source": [r[0] for r in records],
            "batch_id": [f"of {r}" for r in records],
            "record_hash": [(told or {}).get(r, "") for r in records],
        }
        self._put(build, "records", rows)
        said: list[dict[str, Any]] = [self._pair(p) | {"decision": "join", "rule": rule, "score": 0.9} for p in joined]
        for pair, why in (apart or {}).items():
            kind = "rule" if why.startswith("librarian") else "veto"
            said.append(self._pair(pair) | {"decision": "apart", kind: why, "score": 0.9})
        self._put(build, "pairs", {c: [p.get(c) for p in said] for c in schema.table("pairs").polars})
        known = ledger.read(self.place.ledger, "work_ids").lazy()
        clusters = dedup.clusters(
            build.scan("records"), build.scan("pairs"), known, source_precedence=PRECEDENCE
        ).sample(fraction=1.0, shuffle=True, seed=len(self.made))  # fmt: skip
        self._put(build, "clusters", clusters)
        history.remember(build, self.made[-1] if self.made else None)
        self.made.append(build.build_id)
        return dict(build.scan("clusters").select("record_id", "work_id").collect().rows())

    def _pair(self, words: str) -> dict[str, Any]:
        left, right = sorted(words.split())
        return {"left_id": left, "right_id": right}

    def _put(self, build: builds.Build, table: str, rows: dict[str, list[Any]] | pl.DataFrame) -> None:
        declared = schema.table(table)
        frame = (
            rows if isinstance(rows, pl.DataFrame) else pl.DataFrame(rows, schema={c: declared.polars[c] for c in rows})
        )
        made = builds._compute(build, table, "000", "", lambda: declared.conform(frame))
        store.write_json(build.manifest(table), {"parts": {"000": made}})

    def withdraw(self, record: str) -> None:
        line = {"source": record[0], "batch_id": f"of {record}", "reason": "", "date": ""}
        ledger.append(self.place.ledger, "withdrawn_batches", pl.DataFrame([line]))

    def lines(self) -> list[tuple[Any, ...]]:
        """What the last build added: old id, id, cause, because, rule."""
        told = ledger.read(self.place.ledger, "work_id_aliases").filter(pl.col("build_id") == self.made[-1])
        return told.select("old_work_id", "work_id", "cause", "because", "rule").rows()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


THREE = ["a:1", "b:1", "c:1"]
CHAIN = ["a:1 b:1", "b:1 c:1"]


def test_a_rebuild_and_an_addition_change_no_id_and_tell_nothing(library: Library) -> None:
    first = library.build(THREE, CHAIN)
    assert library.build(THREE, CHAIN) == first
    grown = library.build([*THREE, "a:0", "b:9"], [*CHAIN, "a:0 b:1"])
    assert {r: grown[r] for r in THREE} == first and grown["a:0"] == first["a:1"]
    assert ledger.read(library.place.ledger, "work_id_aliases").is_empty()
    assert ledger.read(library.place.ledger, "work_ids").height == 5  # a line per record, not per build


@pytest.mark.parametrize("gone", THREE)
def test_an_id_outlives_any_of_its_records(library: Library, gone: str) -> None:
    work = library.build(THREE, ["a:1 b:1", "b:1 c:1", "a:1 c:1"])["a:1"]
    left = [r for r in THREE if r != gone]
    assert set(library.build(left, [" ".join(left)]).values()) == {work}
    assert set(library.build(left[1:]).values()) == {work}
    assert set(library.build(THREE, CHAIN).values()) == {work}


def test_a_record_is_not_drawn_back_to_an_id_it_left(library: Library) -> None:
    old = library.build(["a:1", "b:1"], ["a:1 b:1"])["a:1"]
    own = library.build(["a:1", "b:1"], apart={"a:1 b:1": "two_dois"})["b:1"]
    assert own != old
    assert library.build(["b:1"]) == {"b:1": own}  # though nobody bears the old id now


def test_split_and_merged_again_and_split_again(library: Library) -> None:
    whole = library.build(THREE, CHAIN)
    parted = library.build(THREE, ["b:1 c:1"], {"a:1 b:1": "two_dois"})
    assert parted["a:1"] == whole["a:1"] and parted["b:1"] == parted["c:1"] != whole["a:1"]
    assert library.lines() == [(whole["a:1"], parted["b:1"], "split", "rules", "two_dois")]
    assert library.build(THREE, CHAIN) == whole
    assert library.lines() == [(parted["b:1"], whole["a:1"], "merged", "rules", "title_place")]
    assert library.build(THREE, ["b:1 c:1"], {"a:1 b:1": "two_dois"}) == parted
    back = (parted["b:1"], parted["b:1"], "restored", None, None)
    assert library.lines() == sorted([(whole["a:1"], parted["b:1"], "split", "rules", "two_dois"), back])


def test_causes_of_a_merge(library: Library) -> None:
    alone = library.build(["a:1", "b:1", "c:1"])
    merged = library.build(["a:1", "b:1", "c:1"], ["a:1 b:1"], rule="librarian")
    assert library.lines() == [(alone["b:1"], alone["a:1"], "merged", "librarian", "librarian")]
    bridged = library.build(["a:1", "b:1", "c:1", "c:2"], ["a:1 b:1", "a:1 c:2", "c:1 c:2"])
    assert library.lines() == [(alone["c:1"], merged["a:1"], "merged", "new_record", "title_place")]
    assert len(set(bridged.values())) == 1


def test_a_new_delivery_of_a_record_is_told_from_a_changed_rule(library: Library) -> None:
    alone = library.build(["a:1", "b:1"], told={"b:1": "as before"})
    library.build(["a:1", "b:1"], ["a:1 b:1"], told={"b:1": "with a DOI"})
    assert library.lines() == [(alone["b:1"], alone["a:1"], "merged", "changed_record", "title_place")]


def test_causes_of_a_split(library: Library) -> None:
    whole = library.build(THREE, CHAIN)
    library.withdraw("b:1")
    parted = library.build(["a:1", "c:1"])
    assert library.lines() == [(whole["a:1"], parted["c:1"], "split", "withdrawal", None)]
    whole = library.build(THREE, CHAIN)
    library.build(THREE, ["a:1 b:1"], {"b:1 c:1": "librarian"})
    assert (whole["a:1"], parted["c:1"], "split", "librarian", "librarian") in library.lines()
    rival = dict.fromkeys(["a:1 c:1"], "two_works_of_one_source")
    whole = library.build(THREE, CHAIN)
    library.build(THREE, CHAIN, rival)
    assert (whole["a:1"], parted["c:1"], "split", "conflict", "title_place") in library.lines()


def test_a_withdrawn_work_and_its_return(library: Library) -> None:
    works = library.build(["a:1", "b:2"])
    library.withdraw("b:2")
    library.build(["a:1"])
    assert library.lines() == [(works["b:2"], None, "withdrawn", "withdrawal", None)]
    assert library.build(["a:1", "b:2"]) == works
    assert library.lines() == [(works["b:2"], works["b:2"], "restored", None, None)]
    library.build(["a:1"])
    library.build(["a:1"])
    assert library.lines() == []


def test_explain_says_where_an_id_went(library: Library) -> None:
    first = library.build(["a:1", "b:1", "c:1", "c:2"], ["c:1 c:2"])
    library.build(["a:1", "b:1", "c:1", "c:2"], ["a:1 b:1", "b:1 c:1", "a:1 c:2"])
    build = builds.Build(library.place, library.made[-1], "linghai", [])
    aliases = ledger.read(library.place.ledger, "work_id_aliases")
    assert explain._find(build, first["b:1"], aliases) == explain._find(build, first["c:2"], aliases) == first["a:1"]
    library.build(["a:1"])
    build = builds.Build(library.place, library.made[-1], "linghai", [])
    assert explain._find(build, first["b:1"], aliases) == first["a:1"]
    library.build(["b:9"])
    build = builds.Build(library.place, library.made[-1], "linghai", [])
    with pytest.raises(ConfigError, match="现在不在库中"):
        explain._find(build, first["a:1"], ledger.read(library.place.ledger, "work_id_aliases"))
    with pytest.raises(ConfigError, match="库中没有"):
        explain._find(build, "w_000000000000", aliases)


def test_a_crash_before_the_link_moves_is_repeated_without_a_trace(library: Library) -> None:
    library.build(THREE)
    library.build(THREE, CHAIN)
    streams = ("work_ids", "work_id_aliases")
    before = [ledger.read(library.place.ledger, s) for s in streams]
    history.remember(builds.Build(library.place, library.made[1], "linghai", []), library.made[0])
    assert all(ledger.read(library.place.ledger, s).equals(b) for s, b in zip(streams, before, strict=True))


def test_random_histories_keep_what_they_promise(tmp_path: Path) -> None:
    """Ids stand for one work each, a work whose records did not change keeps its id, and every change is told."""
    rng = random.Random(3)
    library = Library(tmp_path)
    everything = [f"{s}:{i}" for s in "abc" for i in range(4)]
    before: Works = {}
    for _ in range(8):
        here = sorted(rng.sample(everything, rng.randint(6, 12)))
        chosen = {" ".join(sorted(rng.sample(here, 2))) for _ in range(6)}
        now = library.build(here, sorted(chosen))
        groups = [{r for r, w in found.items() if w == work} for found in (before, now) for work in set(found.values())]
        unchanged = [g for g in groups if groups.count(g) == 2]
        assert all(before[r] == now[r] for g in unchanged for r in g)
        told = {(a, b) for a, b, *_ in library.lines()}
        assert {(before[r], now[r]) for r in before.keys() & now.keys() if before[r] != now[r]} <= told
        assert {(w, None) for w in set(before.values()) - set(now.values())} - told <= {
            (w, None) for w in before.values() if any(before[r] == w for r in now.keys() & before.keys())
        }
        before = now


def test_differences_tell_what_became_of_works(library: Library) -> None:
    first = library.build(["a:1", "b:1", "c:1", "c:2", "b:3", "b:4"], ["a:1 b:1", "c:1 c:2"])
    then = library.build(["a:1", "b:1", "c:1", "c:2", "b:3", "b:9"], ["b:3 c:1", "c:1 c:2"])
    old, new = (builds.Build(library.place, made, "linghai", []) for made in library.made)
    told = differences.works(old, new)
    assert told["split"]["examples"] == [{"work_id": first["a:1"], "new": sorted({then["a:1"], then["b:1"]})}]
    assert told["merged"]["examples"] == [{"work_id": then["c:1"], "old": sorted({first["c:1"], first["b:3"]})}]
    assert [e["work_id"] for e in told["gone"]["examples"]] == [first["b:4"]]
    assert [e["work_id"] for e in told["new"]["examples"]] == [then["b:9"]]
    assert told["unchanged"] == told["renumbered"]["works"] == told["grown"]["works"] == told["shrunk"]["works"] == 0
    assert differences.works(new, new) == {"unchanged": len(set(then.values()))}
