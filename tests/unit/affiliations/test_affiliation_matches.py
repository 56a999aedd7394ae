"""Stage affiliation_matches: grain, decisions of people, independence of order, evidence."""

from __future__ import annotations

import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipelines.affiliations import decided
from pipelines.affiliations.candidates import Latin, dictionary_from
from pipelines.affiliations.decide import Decider
from pipelines.affiliations.split import Words, han_text, latin_segments, words_from
from pipelines.core import schema
from pipelines.core.ledger import STREAMS
from pipelines.core.text import address_id, fold

INSTITUTIONS = pl.DataFrame(
    {
        "institution_id": ["ours", "near"],
        "name_zh": ["云川大学", "云川师范大学"],
        "name_en": ["Yunchuan University", "Yunchuan Normal University"],
        "kind": ["own", "neighbour"],
        "country": ["China", "China"],
    }
)
UNITS = schema.table("units").conform(
    pl.DataFrame(
        {
            "unit_id": ["u0", "u1", "u2", "old"],
            "name_zh": ["云川大学", "物理学院", "光学系", "物理系"],
            "name_en": ["Yunchuan University", "School of Physics", "Department of Optics", "School of Physics"],
            "unit_kind": ["university", "college", "department", "college"],
            "parent_id": [None, "u0", "u1", "u0"],
            "change": [None, None, None, "renamed"],
            "successor_id": [None, None, None, "u1"],
        }
    )
)
ALIASES = pl.DataFrame(schema=dict.fromkeys(("alias", "institution_id", "language", "note"), pl.String))
UNIT_ALIASES = pl.DataFrame(
    schema=dict.fromkeys(("alias", "unit_id", "language", "valid_from", "valid_to", "note"), pl.String)
)
ABBREVIATIONS = pl.DataFrame(
    {"abbreviation": ["univ", "sch", "dept", "phys"], "expansion": ["university", "school", "department", "physics"]}
)


COUNTRIES = pl.DataFrame(
    {
        "code": ["CN", "US"],
        "name": ["China", "United States"],
        "name_zh": ["中国", "美国"],
        "aliases": ["Peoples R China", "USA"],
    }
)


def addresses(*texts: str) -> pl.LazyFrame:
    return pl.LazyFrame({"address": list(texts)}, schema={"address": pl.String}).with_columns(
        address_id=address_id(pl.col("address"))
    )


def decisions(*rows: dict[str, str]) -> pl.LazyFrame:
    return pl.LazyFrame(list(rows), schema=dict.fromkeys(STREAMS["decisions_addresses"], pl.String))


def run(where: pl.LazyFrame, said: pl.LazyFrame | None = None) -> pl.DataFrame:
    return decided(
        where,
        UNITS.lazy(),
        decisions() if said is None else said,
        institutions=INSTITUTIONS,
        institution_aliases=ALIASES,
        unit_aliases=UNIT_ALIASES,
        abbreviations=ABBREVIATIONS,
        countries=COUNTRIES,
    )


def test_one_row_per_distinct_address_and_unit_of_ours() -> None:
    found = run(addresses("Yunchuan Univ, Sch Phys, Yunchuan", "Yunchuan Univ, Sch Phys, Yunchuan", "Elsewhere Univ"))
    assert found.height == 2
    assert found.columns == list(schema.table("affiliation_matches").polars)
    assert set(found["decision"]) == {"match", "no_match"}
    assert all(isinstance(json.loads(e), dict) for e in found["evidence"])


def test_same_name_of_a_renamed_unit_means_the_unit_it_became() -> None:
    assert run(addresses("Yunchuan Univ, Sch Phys")).item(0, "unit_id") == "u1"


def test_department_stands_for_the_college_above_it() -> None:
    found = run(addresses("云川大学物理学院光学系"))
    assert found["unit_id"].to_list() == ["u2"]


def test_a_person_outranks_the_machine_and_an_undo_gives_back() -> None:
    where = addresses("Yunchuan Univ, Sch Phys")
    no = {
        "segment": "Yunchuan Univ, Sch Phys",
        "level": "地址",
        "decision": "不是本校",
        "reviewer": "馆员甲",
        "date": "2026-01-01",
        "reason": "另一所学校",
    }
    yes = no | {"decision": "单位", "unit_id": "u2", "date": "2026-02-01"}
    undo = no | {"decision": "撤销", "date": "2026-03-01"}
    assert run(where, decisions(no)).select("decision", "method").row(0) == ("no_match", "reviewer")
    assert run(where, decisions(no, yes)).select("decision", "unit_id").row(0) == ("match", "u2")
    assert "馆员甲" in run(where, decisions(yes, no)).item(0, "evidence")
    assert run(where, decisions(no, yes, undo)).item(0, "method") == "institution:key+unit:key"


def test_order_of_rows_changes_nothing_and_no_row_is_no_row() -> None:
    texts = ["Yunchuan Univ, Sch Phys", "云川大学", "Yunchuan Normal Univ", "x"]
    assert_frame_equal(run(addresses(*texts)), run(addresses(*reversed(texts))))
    assert run(addresses()).height == 0


def test_version_names_the_dictionary() -> None:
    one = run(addresses("x")).item(0, "dictionary_version")
    other = dictionary_from(INSTITUTIONS.head(1), ALIASES, UNITS, UNIT_ALIASES, ABBREVIATIONS).version
    assert one != other


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("A Univ, Sch B, C 1, China", ["A Univ", "Sch B", "C 1", "China"]),
        ("UNIV A,INST B,NORWAY.", ["UNIV A", "INST B", "NORWAY"]),
        ("(1) A; (2) B", ["A", "B"]),
        ("", []),
    ],
)
def test_latin_segments(address: str, parts: list[str]) -> None:
    assert latin_segments(address) == parts


def test_words_of_one_family_share_a_key() -> None:
    words = words_from(ABBREVIATIONS)
    assert words.key("Univ. of Phys.") == words.key("University, Physics")
    assert words.key("Physics School") != words.key("School of Physics"), "order is kept in the key"


def test_word_order_is_free_for_the_kind_word_only() -> None:
    latin = Latin(words_from(pl.DataFrame({"abbreviation": ["mech"], "expansion": ["mechanical"]})))
    latin.add("Department of Mechanical Engineering", "m")
    assert [c.id for c in latin.find("Mech Engineering Department")] == ["m"]
    assert latin.find("Department of Engineering Mechanical") == []


@given(st.text(max_size=30))
@settings(deadline=None, max_examples=150)
def test_any_text_gets_an_answer(text: str) -> None:
    decider = Decider(dictionary_from(INSTITUTIONS, ALIASES, UNITS, UNIT_ALIASES, ABBREVIATIONS))
    found = decider.decide(text)
    assert found and all(m.decision in ("match", "review", "no_match") for m in found)
    assert len(han_text(text)) == len(text)


@given(st.lists(st.sampled_from("云川大学师范物理院系,; a"), max_size=15).map("".join))
@settings(deadline=None, max_examples=150)
def test_chinese_scraps_never_name_a_unit_without_the_university(text: str) -> None:
    decider = Decider(dictionary_from(INSTITUTIONS, ALIASES, UNITS, UNIT_ALIASES, ABBREVIATIONS))
    named = [m for m in decider.decide(text) if m.unit_id]
    assert not named or "云川大学" in text


def test_words_without_a_dictionary_still_fold() -> None:
    assert Words({}).key("Écoles") == ("ecole",)


@given(st.text(alphabet="AbC 'é.&<9-", max_size=12))
@settings(deadline=None, max_examples=100)
def test_short_cut_for_ascii_folds_like_fold(text: str) -> None:
    assert Words({}).all(text) == tuple(fold(text.replace("'", "")).split())


def test_unit_path_and_institutions_outside_the_dictionary_are_told() -> None:
    found = run(addresses("Yunchuan Univ, Sch Phys, Yunchuan", "Elsewhere Univ, Dept Phys, Elsewhere"))
    told = dict(found.select(pl.col("unit_id").fill_null("-"), "unit_path").iter_rows())
    assert told["u1"] == "云川大学>物理学院"
    outside = found.filter(pl.col("institution_id").is_null())
    assert outside.get_column("institution_text").to_list() == ["Elsewhere Univ"]
    assert found.filter(pl.col("institution_id").is_not_null()).get_column("institution_text").null_count() == 1
