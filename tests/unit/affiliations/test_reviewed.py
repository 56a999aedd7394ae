"""Answers about texts of addresses: one settles every address with the text, in whatever spelling, now and later."""

from __future__ import annotations

import json

import polars as pl
import pytest

from pipelines.affiliations import decided
from pipelines.affiliations.reviewed import NAME, PART, WHOLE, asked, segment_key, standing
from pipelines.affiliations.split import words_from
from pipelines.core import dictionaries
from pipelines.core.ledger import STREAMS
from pipelines.core.text import address_id

NAMES = ("institutions", "institution_aliases", "unit_aliases", "abbreviations", "countries")
DICTIONARIES = {name: dictionaries.load(name, "linghai") for name in NAMES}
UNITS = dictionaries.load("units", "linghai")
WORDS = words_from(DICTIONARIES["abbreviations"])
UNKNOWN = "Linghai Univ, Ctr Quantum Stuff, Linghai, Peoples R China"
SPELT_OUT = "Center for Quantum Stuff, Linghai University, Linghai, China"
MISSPELT = "Linhai Univ, Sch Chem Engn, Peoples R China"


def said(segment: str, decision: str, unit: str = "", level: str = PART, **more: str) -> dict[str, str]:
    told = {"reviewer": "馆员甲", "date": "2026-01-01", **more}
    return {"segment": segment, "level": level, "unit_id": unit, "decision": decision, **told}


def run(texts: list[str], *answers: dict[str, str]) -> dict[str, list[tuple[str | None, str | None, str]]]:
    """Institution, unit and decision of each address."""
    where = pl.LazyFrame({"address": texts}).with_columns(address_id=address_id(pl.col("address")))
    found = decided(where, UNITS.lazy(), lines(*answers).lazy(), **DICTIONARIES)  # type: ignore[arg-type]
    table: dict[str, list[tuple[str | None, str | None, str]]] = {}
    for text, *row in found.select("address", "institution_id", "unit_id", "decision").iter_rows():
        table.setdefault(text, []).append(tuple(row))  # type: ignore[arg-type]
    return table


def lines(*answers: dict[str, str]) -> pl.DataFrame:
    return pl.DataFrame(list(answers), schema=dict.fromkeys(STREAMS["decisions_addresses"], pl.String))


def test_one_answer_settles_every_spelling_of_a_text() -> None:
    han = "岭海大学量子研究中心"
    found = run([UNKNOWN, SPELT_OUT, han], said("Ctr Quantum Stuff", "单位", "U007"))
    assert found[UNKNOWN] == found[SPELT_OUT] == [("linghai", "U007", "match")]
    assert found[han] != [("linghai", "U007", "match")]
    later = "Linghai Univ, CTR. QUANTUM STUFF, Linghai 599000"
    assert run([later], said("Ctr Quantum Stuff", "单位", "U007"))[later] == [("linghai", "U007", "match")]


def test_school_only_not_ours_unsure_and_undo() -> None:
    assert run([UNKNOWN], said("Ctr Quantum Stuff", "只到学校"))[UNKNOWN] == [("linghai", None, "match")]
    assert run([UNKNOWN], said("Ctr Quantum Stuff", "不是本校"))[UNKNOWN] == [(None, None, "no_match")]
    machine = run([UNKNOWN])[UNKNOWN]
    assert machine == [("linghai", None, "review")]
    assert run([UNKNOWN], said("Ctr Quantum Stuff", "不确定"))[UNKNOWN] == machine
    undo = said("Ctr Quantum Stuff", "撤销", date="2026-02-01")
    assert run([UNKNOWN], said("Ctr Quantum Stuff", "单位", "U007"), undo)[UNKNOWN] == machine


def test_several_units_of_one_text_each_once_and_no_parent_beside_its_child() -> None:
    found = run([UNKNOWN], said("Ctr Quantum Stuff", "单位", "U007;U00701;U001"))[UNKNOWN]
    assert sorted(found) == [("linghai", "U001", "match"), ("linghai", "U00701", "match")]


def test_a_doubtful_name_said_to_be_ours_lets_the_rest_be_read() -> None:
    assert run([MISSPELT])[MISSPELT] == [(None, None, "review")]
    yes, no = said("Linhai Univ", "只到学校", level=NAME), said("Linhai Univ", "不是本校", level=NAME)
    assert run([MISSPELT], yes)[MISSPELT] == [("linghai", "U001", "match")]
    assert run([MISSPELT], no)[MISSPELT] == [(None, None, "no_match")]


def test_a_whole_address_and_a_text_that_was_read_wrongly_can_be_answered_too() -> None:
    wrong = "Linghai Univ, Sch Phys, Linghai, Peoples R China"
    assert run([wrong])[wrong] == [("linghai", "U007", "match")]
    assert run([wrong], said(wrong, "单位", "U001", level=WHOLE))[wrong] == [("linghai", "U001", "match")]
    other = "Linghai Univ, Sch Phys, Lab 5, Linghai"
    found = run([wrong, other], said("Sch Phys", "单位", "U008"))
    assert found[wrong][0] == ("linghai", "U008", "match") == found[other][0]


def test_other_institutions_of_the_address_stay() -> None:
    both = "Linghai Univ, Ctr Quantum Stuff, Linghai Normal Univ, Linghai"
    found = run([both], said("Ctr Quantum Stuff", "不是本校"))[both]
    assert found == [("linghai-normal", None, "match")]


def test_a_text_that_means_several_things_is_asked_address_by_address() -> None:
    other = "Linghai Univ, Ctr Quantum Stuff, West Hill, Linghai"
    each = said("Ctr Quantum Stuff", "逐条判")
    where = pl.LazyFrame({"address": [UNKNOWN, other]}).with_columns(address_id=address_id(pl.col("address")))
    table = decided(where, UNITS.lazy(), lines(each).lazy(), **DICTIONARIES)  # type: ignore[arg-type]
    found = asked(table, WORDS)
    assert set(found["level"]) == {WHOLE} and set(found["text"]) == {UNKNOWN, other}
    told = run([UNKNOWN, other], each, said(other, "单位", "U008", level=WHOLE))
    assert told[UNKNOWN] == [("linghai", None, "review")] and told[other] == [("linghai", "U008", "match")]


def test_two_spellings_with_two_answers_and_a_unit_that_is_gone_say_nothing() -> None:
    one, other = said("Ctr Quantum Stuff", "单位", "U007"), said("Center of Quantum Stuff", "单位", "U008")
    assert run([UNKNOWN], one, other)[UNKNOWN] == [("linghai", None, "review")]
    assert standing(lines(one, other), WORDS)["conflict"].to_list() == [True, True]
    assert run([UNKNOWN], said("Ctr Quantum Stuff", "单位", "U999"))[UNKNOWN] == [("linghai", None, "review")]


def test_two_reviewers_of_one_day_decide_nothing_until_one_of_them_says_more() -> None:
    one, other = said("Ctr Quantum Stuff", "单位", "U007"), said("Ctr Quantum Stuff", "单位", "U008", reviewer="馆员乙")
    assert run([UNKNOWN], one, other)[UNKNOWN] == [("linghai", None, "review")]
    assert run([UNKNOWN], one, other, one | {"date": "2026-01-02"})[UNKNOWN] == [("linghai", "U007", "match")]


def test_what_was_said_stands_in_the_evidence() -> None:
    where = pl.LazyFrame({"address": [UNKNOWN]}).with_columns(address_id=address_id(pl.col("address")))
    answer = lines(said("Ctr Quantum Stuff", "单位", "U007", reason="公函")).lazy()
    row = decided(where, UNITS.lazy(), answer, **DICTIONARIES).row(0, named=True)  # type: ignore[arg-type]
    evidence = json.loads(row["evidence"])
    assert (row["method"], row["score"], row["matched_text"]) == ("reviewer", 1.0, "Ctr Quantum Stuff")
    assert (
        evidence["人工"] == "馆员甲" and "公函" in evidence["判定"] and evidence["未识别部门"] == ["Ctr Quantum Stuff"]
    )


def test_open_texts_are_grouped_by_key_and_pieces_of_one_word_are_one_text() -> None:
    def row(address: str, evidence: dict[str, object], institution: str | None = "linghai") -> dict[str, object]:
        told = {"address_id": address, "match_position": 1, "address": address, "institution_id": institution}
        return {**told, "matched_text": "Linhai Univ", "decision": "review", "evidence": json.dumps(evidence)}

    found = asked(
        pl.DataFrame(
            [
                row("a", {"未识别部门": ["Ctr Quantum Stuff", "Sect 5"]}),
                row("b", {"未识别部门": ["Centre of Quantum Stuff"]}),
                row("c", {"多个可能的单位": ["Dept Elect Engn：U014、U032"]}),
                row("岭海大学甲乙科学与技术学院", {"未识别部门": ["甲乙科", "学与技术学院"]}),
                row("d", {"疑问": "疑为误写"}, None),
            ]
        ),
        WORDS,
    )
    keys = {(a, level): key for a, level, key in found.select("address_id", "level", "key").iter_rows()}
    assert keys["a", PART] in ("center quantum stuff", segment_key("Sect 5", WORDS)) and ("d", NAME) in keys
    assert found.filter(pl.col("key") == segment_key("Ctr Quantum Stuff", WORDS))["address_id"].to_list() == ["a", "b"]
    assert found.filter(pl.col("address_id") == "c")["options"].to_list() == [["U014", "U032"]]
    assert found.filter(pl.col("address_id").str.starts_with("岭海"))["text"].to_list() == ["甲乙科学与技术学院"]


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("Ctr Quantum Stuff", "CENTRE FOR QUANTUM STUFF", True),
        ("Inst Adv Mat", "Institute of Advanced Materials", True),
        ("Dept Elect Engn", "Department of Electrical Engineering", False),  # Elect is electronic too
        ("Ctr Quantum Stuff", "Ctr Quantum", False),
        ("量子 研究中心", "量子研究中心", True),
    ],
)
def test_texts_of_one_key(left: str, right: str, same: bool) -> None:
    assert (segment_key(left, WORDS) == segment_key(right, WORDS)) is same


def test_only_a_part_can_be_asked_address_by_address() -> None:
    for text, level in (("Linhai Univ", NAME), (MISSPELT, WHOLE)):
        assert run([MISSPELT], said(text, "逐条判", level=level))[MISSPELT] == [(None, None, "review")]
