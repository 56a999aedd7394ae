"""Authors on no roster: joined by evidence, never over a contradiction, the same whatever the order of rows."""

from __future__ import annotations

import json
import random

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.core import schema
from pipelines.core.names import default_surnames, name_keys
from pipelines.people import author_cluster_shares, author_clusters
from pipelines.people.outside_mentions import name_shares, shortened

SURNAMES = pl.DataFrame({"character": ["王"], "position": ["surname"], "readings": ["wang"], "rank": [1]})
TABLES = (
    "work_authorships", "works", "work_addresses", "affiliation_matches", "person_matches", "author_identifiers", "clusters",
)  # fmt: skip


def rows(table: str, values: list[dict[str, object]]) -> pl.DataFrame:
    wanted = schema.table(table)
    return pl.DataFrame([{c: v.get(c) for c in wanted.polars} for v in values], schema=wanted.polars)


def library(works: list[dict[str, object]]) -> dict[str, pl.DataFrame]:
    """works: id, authors, and title, venue, year, at (address of author 1), ids ((position, kind, value), …), ours (positions)."""
    found: dict[str, list[dict[str, object]]] = {name: [] for name in TABLES}
    for work in works:
        key = {"work_id": work["id"], "record_id": work["id"]}
        found["works"].append(
            {**key, "title": work.get("title"), "venue": work.get("venue"), "publication_year": work.get("year", 2020),
             "categories": work.get("categories")}
        )  # fmt: skip
        found["clusters"].append(key)
        for n, name in enumerate(work["authors"], 1):  # type: ignore[arg-type]
            found["work_authorships"].append(
                {**key, "author_position": n, "name": name, "name_key": name_keys([name])[0]}
            )
        if work.get("at"):
            found["work_addresses"].append(
                {**key, "author_position": 1, "address_position": 1, "address_id": f"{work['at']}"}
            )
            found["affiliation_matches"].append(
                {"address_id": f"{work['at']}", "match_position": 1, "address": work["at"]}
            )
        for position, kind, value in work.get("ids", ()):  # type: ignore[attr-defined]
            found["author_identifiers"].append(
                {**key, "author_position": position, "identifier_type": kind, "identifier_value": value}
            )
        for position in work.get("ours", ()):  # type: ignore[attr-defined]
            found["person_matches"].append({**key, "author_position": position, "person_id": "p", "decision": "match"})
    found["affiliation_matches"] = [dict(t) for t in {tuple(r.items()) for r in found["affiliation_matches"]}]
    return {name: rows(name, values) for name, values in found.items()}


def answer(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    return author_clusters(**{n: t.lazy() for n, t in tables.items()}, surnames=SURNAMES)


def groups(answered: pl.DataFrame, name: str) -> list[list[str]]:
    """Works of each cluster of a written name."""
    told = answered.filter(pl.col("name") == name).group_by("author_cluster_id").agg(pl.col("work_id").sort())
    return sorted(told["work_id"].to_list())


FILLING = [  # other people, so that names and words have frequencies
    {"id": f"x{n:03}", "authors": [f"Wang, {given}", f"Zhang, {given}"], "title": f"Study {n}", "at": f"Univ {n}"}
    for n, given in enumerate(["Wei", "Lei", "Fang", "Min", "Jing", "Li", "Qiang", "Yan"] * 20)
]


def test_a_shared_co_author_joins_namesakes_and_nothing_in_common_keeps_them_apart() -> None:
    works = [
        {"id": "a", "authors": ["Wang, Hao", "Qureshanova, Mira"], "title": "Zeolite membranes"},
        {"id": "b", "authors": ["Wang, Hao", "Qureshanova, Mira"], "title": "Porous zeolite"},
        {"id": "c", "authors": ["Wang, Hao", "Petrenkovich, Oleg"], "title": "Tax law in antiquity"},
    ]
    assert groups(answer(library(FILLING + works)), "Wang, Hao") == [["a", "b"], ["c"]]


def test_a_rare_name_is_one_person_unless_places_differ() -> None:
    works = [
        {"id": "a", "authors": ["Oberhuberin, Leopoldine"], "at": "Univ Nordstadt"},
        {"id": "b", "authors": ["Oberhuberin, Leopoldine"], "at": "Univ Nordstadt"},
        {"id": "c", "authors": ["Oberhuberin, Leopoldine"]},
    ]
    assert groups(answer(library(FILLING + works)), "Oberhuberin, Leopoldine") == [["a", "b", "c"]]


@pytest.mark.parametrize("kind", ["orcid", "researcher_id", "scopus_author_id"])
def test_two_identifiers_of_one_kind_are_two_persons_whatever_else_agrees(kind: str) -> None:
    same = {"authors": ["Wang, Hao", "Qureshanova, Mira"], "title": "Zeolite membranes", "at": "Univ Nordstadt, Chem"}
    works = [
        {"id": "a", **same, "ids": [(1, kind, "first")]},
        {"id": "b", **same, "ids": [(1, kind, "second")]},
        {"id": "c", **same, "ids": [(1, kind, "first")]},
    ]
    assert groups(answer(library(FILLING + works)), "Wang, Hao") == [["a", "c"], ["b"]]


def test_no_chain_joins_two_orcids_over_a_third_work() -> None:
    both = ["Wang, Hao", "Qureshanova, Mira", "Petrenkovich, Oleg"]
    works = [
        {"id": "a", "authors": both[:2], "ids": [(1, "orcid", "first")]},
        {"id": "b", "authors": both},
        {"id": "c", "authors": [both[0], both[2]], "ids": [(1, "orcid", "second")]},
    ]
    found = groups(answer(library(FILLING + works)), "Wang, Hao")
    assert all(not {"a", "c"} <= set(group) for group in found)


def test_one_orcid_joins_without_anything_else_but_not_when_it_is_disputed() -> None:
    works = [
        {"id": "a", "authors": ["Wang, Hao"], "title": "Zeolite", "ids": [(1, "orcid", "one")]},
        {"id": "b", "authors": ["Wang, Hao"], "title": "Tax law", "ids": [(1, "orcid", "one")]},
        {"id": "c", "authors": ["Wang, Bo"], "title": "Zeolite", "ids": [(1, "orcid", "two")]},
        {"id": "d", "authors": ["Wang, Bo"], "title": "Tax law", "ids": [(1, "orcid", "two")]},
        {"id": "e", "authors": ["Wang, Bo", "Smithson, Ann"], "title": "Ships", "ids": [(1, "orcid", "two"), (2, "orcid", "two")]},
    ]  # fmt: skip
    found = answer(library(FILLING + works))
    assert groups(found, "Wang, Hao") == [["a", "b"]]
    assert len(groups(found, "Wang, Bo")) > 1
    disputed = found.filter(pl.col("name") == "Wang, Bo")
    assert disputed["decision"].unique().to_list() == ["unresolved"]
    assert all(json.loads(e)["标识有争议"] for e in disputed["evidence"])


def test_two_namesakes_on_one_work_are_two_persons() -> None:
    works = [
        {"id": "a", "authors": ["Wang, Hao", "Wang, Hao", "Qureshanova, Mira"]},
        {"id": "b", "authors": ["Wang, Hao", "Qureshanova, Mira"]},
    ]
    found = answer(library(FILLING + works)).filter(pl.col("work_id") == "a", pl.col("name") == "Wang, Hao")
    assert found["author_cluster_id"].n_unique() == 2


def test_initials_join_the_full_name_that_shares_a_co_author_and_stay_open_between_two() -> None:
    works = [
        {"id": "a", "authors": ["Wang, Xiaoming", "Qureshanova, Mira"]},
        {"id": "b", "authors": ["Wang, XM", "Qureshanova, Mira"]},
        {"id": "c", "authors": ["Wang, Xuemei", "Petrenkovich, Oleg"]},
        {"id": "d", "authors": ["Wang, Xuemin", "Petrenkovich, Oleg"]},
        {"id": "e", "authors": ["Wang, XM", "Petrenkovich, Oleg"]},
    ]
    found = answer(library(FILLING + works))
    ids = dict(found.filter(pl.col("author_position") == 1).select("work_id", "author_cluster_id").iter_rows())
    assert ids["a"] == ids["b"]
    assert ids["e"] not in {ids["a"], ids["c"], ids["d"]}
    assert ids["c"] != ids["d"]
    open_ = found.filter(pl.col("work_id") == "e", pl.col("author_position") == 1)
    assert open_["decision"].item() == "unresolved"


def test_an_author_of_the_roster_is_not_clustered() -> None:
    works = [{"id": "a", "authors": ["Wang, Hao", "Qureshanova, Mira"], "ours": [1]}]
    found = answer(library(works))
    assert found.select("work_id", "author_position").rows() == [("a", 2)]


def test_ten_shuffles_give_one_answer_and_ids_name_the_first_mention() -> None:
    dice = random.Random(3)
    people = [
        "Wang, Hao",
        "Wang, H",
        "Wang, Hui",
        "Qureshanova, Mira",
        "Petrenkovich, Oleg",
        "Smith, John",
        "Smith, John F.",
    ]
    words = ["zeolite", "membrane", "catalysis", "turbine", "law", "history"]
    works = [
        {"id": f"w{n:02}", "authors": dice.sample(people, 3), "title": " ".join(dice.sample(words, 3)),
         "at": dice.choice([None, "Univ Nordstadt, Chem", "Univ Suedstadt, Law"])}
        for n in range(60)
    ]  # fmt: skip
    tables = library(FILLING + works)
    first = answer(tables)
    for seed in range(10):
        mixed = {n: t.sample(fraction=1, shuffle=True, seed=seed) for n, t in tables.items()}
        assert_frame_equal(answer(mixed), first)
    assert first["author_cluster_id"].str.contains("^a_[0-9a-f]{12}$").all()


def test_a_name_that_signs_too_often_in_a_year_is_unresolved() -> None:
    works = [{"id": f"w{n:02}", "authors": ["Oberhuberin, Leopoldine"], "year": 2021} for n in range(45)]
    found = answer(library(works))
    assert found["decision"].unique().to_list() == ["unresolved"]


def test_shares_count_over_all_works_and_by_category() -> None:
    works = [
        {"id": "a", "authors": ["Wang, Hao", "Qureshanova, Mira"], "categories": "Chemistry; Materials"},
        {"id": "b", "authors": ["Petrenkovich, Oleg"], "categories": "Chemistry"},
    ]
    tables = library(works)
    told = author_cluster_shares(answer(tables).lazy(), tables["works"].lazy())
    assert told.select("subject_category", "authorships_count", "author_clusters_count", "unresolved_count").rows() == [
        ("", 3, 3, 0), ("Chemistry", 3, 3, 0), ("Materials", 2, 2, 0),
    ]  # fmt: skip


def test_nothing_in_nothing_out() -> None:
    assert answer(library([])).is_empty()


def test_common_names_are_commoner_than_rare_ones_and_a_diligent_person_makes_none() -> None:
    keys = name_keys(["Wang, Wei"] * 3 + ["Wang, Lei", "Zhang, Wei", "Zhang, Lei", "Oberhuberin, Leopoldine"])
    usual = dict(name_shares(pl.Series(keys), default_surnames()).select("block", "common").iter_rows())
    assert usual["wang wei"] > usual["zhang lei"] - 1 > usual["oberhuberin leopoldine"]
    diligent = name_shares(pl.Series([*keys, *["oberhuberin leopoldine"] * 500]), default_surnames())
    again = dict(diligent.select("block", "common").iter_rows())
    assert again["oberhuberin leopoldine"] == pytest.approx(usual["oberhuberin leopoldine"], abs=0.2)


def test_initials_stand_for_the_names_they_can_abbreviate() -> None:
    keys = pl.Series(["wang xiaoming", "wang xian", "wang x", "wang xm", "wang xa", "wang y", "smith john", "smith j"])
    pairs = set(shortened(name_shares(keys, default_surnames())).select("block", "short").iter_rows())
    assert pairs == {
        ("wang xiaoming", "wang x"), ("wang xiaoming", "wang xm"), ("wang xian", "wang x"), ("wang xian", "wang xa"),
        ("smith john", "smith j"),
    }  # fmt: skip


def test_an_orcid_joins_a_name_that_is_turned_round_but_not_over_another_contradiction() -> None:
    works = [
        {"id": "a", "authors": ["Wang, Hao", "Qureshanova, Mira"], "ids": [(1, "orcid", "one")]},
        {"id": "b", "authors": ["Hao, Wang"], "ids": [(1, "orcid", "one"), (1, "researcher_id", "r1")]},
        {"id": "c", "authors": ["Li, Bo"], "ids": [(1, "researcher_id", "r2"), (1, "orcid", "two")]},
        {"id": "d", "authors": ["Bo, Li"], "ids": [(1, "researcher_id", "r2"), (1, "orcid", "three")]},
    ]
    found = answer(library(FILLING + works)).filter(pl.col("author_position") == 1)
    ids = dict(found.select("work_id", "author_cluster_id").iter_rows())
    assert ids["a"] == ids["b"]
    assert ids["c"] != ids["d"]
    told = json.loads(found.filter(pl.col("work_id") == "b")["evidence"].item())
    assert told["标识相同"] and not told["合著者相同"]


def test_a_letter_after_the_given_name_is_left_out_by_others_but_two_letters_are_two_persons() -> None:
    rare = "Oberhuberin, Leopold"
    works = [{"id": i, "authors": [name]} for i, name in (("a", rare), ("b", f"{rare} F."))]
    found = answer(library(FILLING + works)).filter(pl.col("work_id").is_in(["a", "b"]))
    assert found["author_cluster_id"].n_unique() == 1
    works = [{"id": i, "authors": [f"{rare} {letter}."]} for i, letter in (("a", "F"), ("b", "K"))]
    found = answer(library(FILLING + works)).filter(pl.col("work_id").is_in(["a", "b"]))
    assert found["author_cluster_id"].n_unique() == 2


def test_works_a_century_apart_are_two_persons() -> None:
    works = [{"id": str(year), "authors": ["Oberhuberin, Leopoldine"], "year": year} for year in (1911, 1955, 2011)]
    assert ["1911", "2011"] not in groups(answer(library(FILLING + works)), "Oberhuberin, Leopoldine")
    assert len(groups(answer(library(FILLING + works)), "Oberhuberin, Leopoldine")) == 2
