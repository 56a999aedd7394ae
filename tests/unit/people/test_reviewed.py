"""Groups of open author cases, and answers in force: over a group, for one work, taken back, contradicted."""

from __future__ import annotations

import json

import polars as pl

from pipelines.core import schema
from pipelines.core.ledger import STREAMS
from pipelines.people.reviewed import GROUP, ONE, groups, in_force, open_groups, with_decisions

HOMES = pl.DataFrame(
    {"work_id": ["w1"], "author_position": [1], "person_id": ["p1"], "unit_id": ["home"]},
    schema_overrides={"author_position": pl.Int64},
)
Byline = dict[str, list[str]]
TEAM: Byline = {
    "w1": ["Wang, Wei", "Li, An"],
    "w2": ["Wang, Wei", "Li, An", "Zhou, Bo"],
    "w3": ["Zhou, Bo", "Wang, Wei"],
    "w4": ["Wang, Wei", "Sun, Xi"],
}


def byline(works: Byline) -> pl.DataFrame:
    rows = [
        {"work_id": work, "record_id": f"r{work}", "author_position": place, "name": name, "name_key": name.lower()}
        for work, names in works.items()
        for place, name in enumerate(names, 1)
    ]
    wanted = schema.table("work_authorships")
    return pl.DataFrame([{c: row.get(c) for c in wanted.polars} for row in rows], schema=wanted.polars)


def case(work: str, place: int, ids: str = "p1;p2", **more: object) -> dict[str, object]:
    count = len(ids.split(";")) if ids else None
    told = {"work_id": work, "author_position": place, "decision": "review", "method": "full", "score": 0.6}
    return {
        **told,
        "margin": 0.0,
        "candidates_count": count,
        "candidate_ids": ids,
        "evidence": '{"姓名": "全拼相同"}',
        **more,
    }


def table(*cases: dict[str, object]) -> pl.DataFrame:
    wanted = schema.table("person_matches")
    return pl.DataFrame([{c: row.get(c) for c in wanted.polars} for row in cases], schema=wanted.polars)


WANG = table(case("w1", 1), case("w2", 1), case("w3", 2), case("w4", 1))


def said(work: str, place: int, decision: str, person: str = "", scope: str = GROUP, **more: str) -> dict[str, str]:
    told = {"name": "Wang, Wei", "scope": scope, "reviewer": "馆员甲", "date": "2026-01-01"}
    return {
        "record_id": f"r{work}",
        "author_position": str(place),
        "person_id": person,
        "decision": decision,
        **told,
        **more,
    }


def decide(machine: pl.DataFrame, *lines: dict[str, str], works: Byline = TEAM, homes: str = "") -> pl.DataFrame:
    """`homes`: work in which all records of the byline are today, else each is in its own."""
    ledger = pl.DataFrame(list(lines), schema=dict.fromkeys(STREAMS["decisions_people"], pl.String))
    signed = byline(works).lazy()
    clusters = pl.LazyFrame({"record_id": [f"r{w}" for w in TEAM], "work_id": [homes or w for w in TEAM]})
    return with_decisions(machine, in_force(ledger, signed, clusters), signed, HOMES)


def run(machine: pl.DataFrame, *lines: dict[str, str]) -> dict[str, tuple[str | None, str]]:
    """Person and decision of each work's case."""
    found = decide(machine, *lines)
    assert all(isinstance(json.loads(e), dict) for e in found["evidence"])
    return {w: (p, d) for w, p, d in found.select("work_id", "person_id", "decision").iter_rows()}


def test_cases_of_one_name_hang_together_by_co_authors() -> None:
    found = groups(WANG, byline(TEAM))
    assert [found[p] for p in (("w1", 1), ("w2", 1), ("w3", 2), ("w4", 1))] == [("w1", 1)] * 3 + [("w4", 1)]


def test_one_candidate_needs_no_co_author_and_other_candidates_or_units_are_another_case() -> None:
    alone = table(case("w1", 1, "p1"), case("w4", 1, "p1"))
    assert len(set(groups(alone, byline(TEAM)).values())) == 1
    apart = table(case("w1", 1, "p1"), case("w4", 1, "p2"), case("w2", 1, "p1", unit_id="c1"))
    assert len(set(groups(apart, byline(TEAM)).values())) == 3


def test_one_answer_settles_the_group_and_nothing_else() -> None:
    found = run(WANG, said("w2", 1, "本人", "p2"))
    assert found == {"w1": ("p2", "match"), "w2": ("p2", "match"), "w3": ("p2", "match"), "w4": (None, "review")}
    nobody = run(WANG, said("w2", 1, "都不是"))
    assert nobody["w3"] == (None, "no_match") and nobody["w4"] == (None, "review")
    assert set(run(WANG, said("w2", 1, "本人", "p2"), said("w2", 1, "撤销", date="2026-02-01")).values()) == {
        (None, "review")
    }


def test_an_answer_for_one_work_stays_there_and_stands_above_that_of_the_group() -> None:
    assert run(WANG, said("w2", 1, "本人", "p2", ONE))["w1"] == (None, "review")
    found = run(WANG, said("w1", 1, "本人", "p2"), said("w3", 2, "本人", "p1", ONE))
    assert found["w2"] == ("p2", "match") and found["w3"] == ("p1", "match")


def test_a_group_of_several_persons_is_asked_work_by_work() -> None:
    found = decide(WANG, said("w1", 1, "不止一人"))
    assert open_groups(found).select("lead_work").n_unique() == 4
    both = run(WANG, said("w1", 1, "不止一人"), said("w1", 1, "本人", "p1", ONE, date="2026-01-02"))
    assert both == {"w1": ("p1", "match"), "w2": (None, "review"), "w3": (None, "review"), "w4": (None, "review")}


def test_answers_that_contradict_each_other_in_a_group_reach_no_further() -> None:
    found = run(WANG, said("w1", 1, "本人", "p1"), said("w2", 1, "本人", "p2"))
    assert (found["w1"], found["w2"], found["w3"]) == (("p1", "match"), ("p2", "match"), (None, "review"))
    told = (
        decide(WANG, said("w1", 1, "本人", "p1"), said("w2", 1, "本人", "p2")).filter(work_id="w3").item(0, "evidence")
    )
    assert json.loads(told)["同组判定"] == "互相不同"
    one_day = run(WANG, said("w1", 1, "本人", "p1"), said("w1", 1, "本人", "p2", reviewer="馆员乙"))
    assert set(one_day.values()) == {(None, "review")}


def test_one_person_is_never_two_authors_of_a_work() -> None:
    machine = table(case("w1", 1), case("w2", 1), case("w2", 3, decision="match", person_id="p2"))
    assert run(machine, said("w1", 1, "本人", "p2"))["w1"] == ("p2", "match")
    found = decide(machine, said("w1", 1, "本人", "p2"))
    assert found.filter(work_id="w2", author_position=1)["decision"].to_list() == ["review"]


def test_an_answer_follows_its_author_to_another_place_and_never_goes_to_somebody_else() -> None:
    moved = table(case("w1", 2))
    answer = said("w1", 1, "本人", "p2")
    assert decide(moved, answer, works={"w1": ["Li, An", "Wang, Wei"]})["person_id"].to_list() == ["p2"]
    assert decide(moved, answer, works={"w1": ["Wu, Di", "Li, An"]})["person_id"].to_list() == [None]
    assert decide(table(case("w9", 1)), answer, works={"w9": ["Wang, Wei"]}, homes="w9")["person_id"].to_list() == [
        "p2"
    ]


def test_what_the_machine_learned_from_an_answer_leaves_the_group_whole() -> None:
    taught = table(case("w1", 1, decision="match", person_id="p2"), case("w2", 1), case("w3", 2))
    assert run(taught, said("w1", 1, "本人", "p2"))["w3"] == ("p2", "match")


def test_a_decided_author_can_be_put_right_and_gets_his_unit() -> None:
    machine = table(case("w1", 1, decision="match", person_id="p2"))
    found = decide(machine, said("w1", 1, "本人", "p1", ONE))
    row = found.row(0, named=True)
    assert (row["person_id"], row["unit_id"], row["method"], row["score"]) == ("p1", "home", "reviewer", 1.0)


def test_groups_do_not_hang_on_the_order_of_rows() -> None:
    assert groups(WANG.reverse(), byline(TEAM).reverse()) == groups(WANG, byline(TEAM))
