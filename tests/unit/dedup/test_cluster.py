"""Clusters: closure without contradiction, ids that last, one answer for any order of rows."""

from __future__ import annotations

import random
from itertools import pairwise

import networkx as nx
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import dedup
from pipelines.core import ledger, schema

PRECEDENCE = pl.DataFrame({"field": ["*", "*"], "source": ["a", "b"], "rank": ["1", "2"]})
Pair = tuple[str, str, str, float, str | None]


def records(ids: list[str], **columns: list[str | None]) -> pl.LazyFrame:
    frame = pl.DataFrame({"record_id": ids, "source": [i.split(":")[0] for i in ids], **columns})
    return schema.table("records").conform(frame).lazy()


def pairs(rows: list[Pair]) -> pl.LazyFrame:
    names = ["left_id", "right_id", "decision", "score", "veto"]
    frame = pl.DataFrame(
        rows, schema=dict(zip(names, [pl.String] * 3 + [pl.Float64, pl.String], strict=True)), orient="row"
    )
    return schema.table("pairs").conform(frame).lazy()


def join(left: str, right: str, score: float = 0.9) -> Pair:
    return (min(left, right), max(left, right), "join", score, None)


def works(rows: pl.LazyFrame, said: list[Pair], held: list[tuple[str, str, str]] | None = None) -> dict[str, str]:
    history = pl.LazyFrame(held or [], schema=dict.fromkeys(ledger.STREAMS["work_ids"], pl.String), orient="row")
    found = dedup.clusters(rows, pairs(said), history, source_precedence=PRECEDENCE)
    return dict(found.select("record_id", "work_id").rows())


def partition(found: dict[str, str]) -> set[frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for record, work in found.items():
        groups.setdefault(work, set()).add(record)
    return {frozenset(g) for g in groups.values()}


edges = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)).filter(lambda e: e[0] != e[1]), max_size=25)


@settings(max_examples=25, deadline=None)
@given(edges)
def test_without_conflict_clusters_are_connected_components(graph: list[tuple[int, int]]) -> None:
    ids = [f"a:{i:02d}" for i in range(15)]
    said = {join(ids[a], ids[b]) for a, b in graph}
    found = works(records(ids), sorted(said))
    expected = nx.Graph()
    expected.add_nodes_from(ids)
    expected.add_edges_from((p[0], p[1]) for p in said)
    assert partition(found) == {frozenset(c) for c in nx.connected_components(expected)}


def test_ten_shuffles_give_one_answer() -> None:
    rng = random.Random(7)
    ids = [f"{'ab'[i % 2]}:{i:03d}" for i in range(60)]
    numbers = [f"N:{i // 3}" for i in range(60)]
    said = [join(*rng.sample(ids, 2), score=rng.choice([0.8, 0.9, 0.95])) for _ in range(70)]
    said = list({(p[0], p[1]): p for p in said}.values())
    expected = works(records(ids, accession_number=numbers), said)
    for seed in range(10):
        order = random.Random(seed).sample(range(60), 60)
        rows = records([ids[i] for i in order], accession_number=[numbers[i] for i in order])
        assert works(rows, random.Random(seed).sample(said, len(said))) == expected


def test_a_chain_over_two_accession_numbers_is_cut_at_its_weakest_pair() -> None:
    rows = records(["a:1", "a:2", "b:1"], accession_number=["N:1", "N:2", "M:1"])
    found = works(rows, [join("a:1", "b:1", 0.97), join("a:2", "b:1", 0.91)])
    assert partition(found) == {frozenset({"a:1", "b:1"}), frozenset({"a:2"})}


def test_accession_numbers_of_two_kinds_may_stand_together() -> None:
    rows = records(["a:1", "a:2"], accession_number=["WOS:1", "INSPEC:2"])
    assert len(partition(works(rows, [join("a:1", "a:2")]))) == 1
    shapes = records(["a:1", "a:2"], accession_number=["20131300048271", "10498897"])
    assert len(partition(works(shapes, [join("a:1", "a:2")]))) == 1


def test_a_chain_over_two_dois_is_cut_but_a_direct_join_of_twins_holds() -> None:
    rows = records(["a:1", "b:1", "b:2"], doi=["10.1/x", None, "10.1/y"])
    chain = [join("a:1", "b:1", 0.97), join("b:1", "b:2", 0.91)]
    assert partition(works(rows, chain)) == {frozenset({"a:1", "b:1"}), frozenset({"b:2"})}
    assert len(partition(works(rows, [*chain, join("a:1", "b:2", 0.9)]))) == 1


def test_a_vetoed_pair_is_not_closed_over() -> None:
    rows = records(["a:1", "b:1", "b:2"])
    said = [join("a:1", "b:1", 0.97), join("a:1", "b:2", 0.91), ("b:1", "b:2", "related", 0.9, "different_part")]
    assert partition(works(rows, said)) == {frozenset({"a:1", "b:1"}), frozenset({"b:2"})}


def test_lack_of_proof_is_no_contradiction() -> None:
    said = [join("a:1", "b:1", 0.97), join("a:1", "b:2", 0.91), ("b:1", "b:2", "apart", 0.9, "generic_title")]
    assert len(partition(works(records(["a:1", "b:1", "b:2"]), said))) == 1


def test_new_ids_depend_on_the_set_of_records_alone() -> None:
    alone = works(records(["b:1"]), [])
    grown = works(records(["b:1", "b:2"]), [])
    assert alone["b:1"] == grown["b:1"]
    assert alone["b:1"].startswith("w_") and len(alone["b:1"]) == 14
    joined = works(records(["a:1", "b:1"]), [join("a:1", "b:1")])
    assert joined["b:1"] == works(records(["a:1"]), [])["a:1"]  # the source of first rank gives the anchor


def test_a_work_keeps_its_id_while_it_holds_its_anchor() -> None:
    held = [("w_old", "b:1", "2026-01"), ("w_older", "b:2", "2025-01")]
    rows = records(["a:1", "b:1", "b:2"])
    assert works(rows, [join("a:1", "b:1")], held)["a:1"] == "w_old"
    merged = works(rows, [join("a:1", "b:1"), join("b:1", "b:2")], held)
    assert set(merged.values()) == {"w_older"}
    split = works(rows, [], held)
    assert split["b:1"] == "w_old" and split["b:2"] == "w_older" and split["a:1"] not in ("w_old", "w_older")


def test_an_id_outlives_the_withdrawal_of_the_record_that_gave_it() -> None:
    both = works(records(["a:1", "b:1"]), [join("a:1", "b:1")])
    held = [(both["a:1"], record, "2026-01") for record in ("a:1", "b:1")]  # the ledger names every member
    assert works(records(["b:1"]), [], held)["b:1"] == both["a:1"]
    split = works(records(["a:1", "b:1"]), [], held)
    assert split["a:1"] == both["a:1"] and split["b:1"] not in both.values()
    again = [*held, (split["b:1"], "b:1", "2026-02")]
    assert works(records(["a:1", "b:1"]), [join("a:1", "b:1")], again)["b:1"] == both["a:1"]
    assert works(records(["a:1", "b:1"]), [], again) == split


def test_no_records_no_clusters() -> None:
    assert works(records([]), []) == {}


def test_one_misprint_gives_way_to_many_joins_but_a_second_doi_never_does() -> None:
    left, right = ["a:1", "a:2", "a:3", "a:4"], ["b:1", "b:2"]
    said = [join(a, b) for a in left for b in right] + [join(a, b) for a, b in pairwise(left)]
    odd: Pair = ("a:1", "b:1", "related", 0.9, "other_version")
    kept = [p for p in said if p[:2] != odd[:2]]
    rows = records([*left, *right])
    assert len(partition(works(rows, [*kept, odd]))) == 1
    strict: Pair = ("a:1", "b:1", "apart", 0.9, "two_dois")
    assert len(partition(works(rows, [*kept, strict]))) == 2
    assert len(partition(works(records(["a:1", "b:1", "c:1"]), [join("a:1", "c:1"), join("b:1", "c:1"), odd]))) == 2
