"""Pairs: blocks that lose nothing silently, librarians above rules, evidence a person can read."""

from __future__ import annotations

import json
import random
from typing import Any

import polars as pl

from pipelines import dedup
from pipelines.core import dictionaries, ledger, schema
from pipelines.dedup import blocking, prepare, similarity

TWINS = pl.DataFrame(schema=dict.fromkeys(["pattern_left", "pattern_right", "reason"], pl.String))
SURNAMES = dictionaries.load("surnames", "common")
GENERIC = pl.DataFrame({"title_key": ["editorial"], "reason": ["栏目"]})


def record(record_id: str, title: str, **values: Any) -> dict[str, Any]:
    base = {"record_id": record_id, "source": record_id.split(":")[0], "title": title, "title_key": title.lower()}
    return base | values


def table(rows: list[dict[str, Any]]) -> pl.LazyFrame:
    known = schema.table("records")
    return known.conform(pl.DataFrame(rows, infer_schema_length=None)).lazy() if rows else known.empty().lazy()


def paired(
    rows: list[dict[str, Any]],
    said: list[tuple[str | None, ...]] | None = None,
    before: pl.DataFrame | None = None,
) -> pl.DataFrame:
    decisions = pl.LazyFrame(
        said or [], schema=dict.fromkeys(ledger.STREAMS["decisions_dedup"], pl.String), orient="row"
    )
    authors = schema.table("authorships").empty().lazy()
    return dedup.pairs(
        table(rows), authors, decisions, doi_twins=TWINS, generic_titles=GENERIC, surnames=SURNAMES, before=before
    )


def line(left: str, right: str, decision: str, date: str, reviewer: str = "r1") -> tuple[str | None, ...]:
    return (left, right, decision, reviewer, date, None, "sheet.xlsx", "2")


PAPER = {"doi": "10.1/x", "volume": "3", "first_page": "7", "publication_year": 2020}
TITLE = "Settling of cohesive mud in still water"


def test_evidence_is_json_with_the_compared_values() -> None:
    found = paired([record("a:1", TITLE, **PAPER), record("b:1", TITLE, **PAPER)])
    assert found.select("left_id", "right_id", "rule", "decision").rows() == [("a:1", "b:1", "doi_title", "join")]
    evidence = json.loads(found["evidence"][0])
    assert evidence["理由"] and evidence["题名相似"] == 1.0 and evidence["DOI 相同"] is True
    assert "doi" in found["blocks"][0].split("+")


def test_pairs_decided_before_are_used_again_only_while_both_records_say_the_same(monkeypatch: Any) -> None:
    rows = [record(f"{s}:{i}", f"{TITLE} {i // 3} basins", publication_year=2020) for i in range(9) for s in "ab"]
    before = paired(rows)
    more = [*rows[1:], rows[0] | {"publication_year": 2011}, record("c:1", f"{TITLE} 1 basins", publication_year=2020)]
    expected = paired(more)
    asked = [("a:3", "b:3", "不同", "r1", "2026-01-02", None, "sheet.xlsx", "2")]
    compared: list[int] = []
    compare = similarity.compared
    monkeypatch.setattr(similarity, "compared", lambda f, p, t: compared.append(p.height) or compare(f, p, t))
    assert paired(more, before=before).equals(expected)
    assert 0 < sum(compared) < expected.height
    assert paired(more, said=asked, before=before).equals(paired(more, said=asked))


def test_pairs_do_not_depend_on_the_order_of_rows() -> None:
    rows = [
        record(f"{s}:{i}", f"{TITLE} {i // 2} of {i // 3} basins", publication_year=2020)
        for i in range(20)
        for s in "ab"
    ]
    expected = paired(rows)
    assert expected.height > 20
    for seed in range(3):
        assert paired(random.Random(seed).sample(rows, len(rows))).equals(expected)


def test_a_librarian_outranks_the_rules_and_can_take_it_back() -> None:
    rows = [record("a:1", TITLE, **PAPER), record("b:1", TITLE, **PAPER), record("b:2", "Quite another subject")]
    apart = line("b:1", "a:1", "不同", "2026-01-02")
    found = paired(rows, [apart])
    assert found.select("rule", "decision").rows() == [("librarian", "apart")]
    assert json.loads(found["evidence"][0])["规则原判"] == "doi_title"
    later = paired(rows, [apart, line("a:1", "b:1", "同一", "2026-01-03")])
    assert later["decision"].to_list() == ["join"]
    withdrawn = paired(rows, [apart, line("a:1", "b:1", "撤销", "2026-01-04")])
    assert withdrawn.select("rule", "decision").rows() == [("doi_title", "join")]
    far = paired(rows, [line("a:1", "b:2", "同一", "2026-01-02")]).filter(pl.col("right_id") == "b:2")
    assert far.select("blocks", "decision").rows() == [("librarian", "join")]


def test_two_librarians_of_one_day_who_disagree_are_a_question() -> None:
    rows = [record("a:1", TITLE, **PAPER), record("b:1", TITLE, **PAPER)]
    said = [line("a:1", "b:1", "同一", "2026-01-02"), line("a:1", "b:1", "不同", "2026-01-02", "r2")]
    found = paired(rows, said)
    assert found.select("rule", "decision").rows() == [("librarians_disagree", "review")]
    assert "r1 同一" in found["evidence"][0] and "r2 不同" in found["evidence"][0]


def test_a_decision_about_an_unknown_record_is_ignored() -> None:
    assert paired([record("a:1", TITLE)], [line("a:1", "b:9", "同一", "2026-01-02")]).height == 0


def test_an_oversize_block_is_split_and_every_record_meets_its_neighbours() -> None:
    size = 3 * blocking.MAX_BLOCK
    rows = [record(f"a:{i:04d}", "Editorial", doi="10.1/issue", title_key=f"text {i // 2:04d}") for i in range(size)]
    frame = prepare.prepared(table(rows), schema.table("authorships").empty().lazy(), GENERIC, SURNAMES)
    none = pl.DataFrame(schema={"left": pl.UInt32, "right": pl.UInt32})
    found = blocking.candidates(frame, none)
    assert found.height <= size * blocking.WINDOW
    twins = {(i, i + 1) for i in range(0, size, 2)}
    assert twins <= set(found.select("left", "right").rows())


def test_missing_values_contradict_nothing() -> None:
    rows = [record("a:1", TITLE, **PAPER), record("b:1", TITLE, volume="3", first_page="7")]
    assert paired(rows)["decision"].to_list() == ["join"]


def test_no_records_no_pairs() -> None:
    assert paired([]).schema == schema.table("pairs").polars


def test_abbreviations_of_venues() -> None:
    assert similarity.abbreviates("j nutr", "journal nutrition")
    assert similarity.abbreviates("vldb", "very large data bases")
    assert similarity.abbreviates("acta chim sin", "acta chimica sinica")
    assert similarity.abbreviates("j natl cancer inst", "journal national cancer institute")
    assert not similarity.abbreviates("physical review b", "physical review letters")
    assert not similarity.abbreviates("applied physics", "applied physics letters")
