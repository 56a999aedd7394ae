"""What stands of what people said: last word, undo, disagreement, contradiction by way of others."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.decisions import pairwise, standing
from pipelines.core.ledger import STREAMS

COLUMNS = STREAMS["decisions_dedup"]


def lines(*told: tuple[str, str, str, str, str]) -> pl.DataFrame:
    """left, right, decision, reviewer, date of each line, in order of arrival."""
    rows = [dict(zip(("left_id", "right_id", "decision", "reviewer", "date"), t, strict=True)) for t in told]
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))


def said(*told: tuple[str, str, str, str, str]) -> dict[tuple[str, str], str | None]:
    found = pairwise(lines(*told))
    return {
        (a, b): "矛盾" if c else d for a, b, d, c in found.select("left_id", "right_id", "decision", "conflict").rows()
    }


def test_a_later_date_wins_whoever_wrote_it_and_whenever_it_arrived() -> None:
    assert said(("a", "b", "不同", "甲", "2026-11-20"), ("b", "a", "同一", "乙", "2026-11-19")) == {("a", "b"): "不同"}
    assert said(("a", "b", "不同", "甲", "2026-11-20"), ("b", "a", "同一", "乙", "2026-11-21")) == {("a", "b"): "同一"}


def test_of_one_person_the_line_that_arrived_last_counts_on_one_day() -> None:
    assert said(("a", "b", "不同", "甲", "2026-11-20"), ("a", "b", "同一", "甲", "2026-11-20")) == {("a", "b"): "同一"}


def test_two_people_of_one_day_who_differ_decide_nothing() -> None:
    told = (("a", "b", "不同", "甲", "2026-11-20"), ("a", "b", "同一", "乙", "2026-11-20"))
    assert said(*told) == said(*reversed(told)) == {("a", "b"): "矛盾"}
    assert said(*told, ("a", "b", "同一", "丙", "2026-11-21")) == {("a", "b"): "同一"}
    [history] = pairwise(lines(*told))["history"]
    assert history == "2026-11-20 甲 不同；2026-11-20 乙 同一"


def test_undo_takes_back_what_was_said_before_it_and_nothing_after() -> None:
    told = (("a", "b", "同一", "甲", "2026-11-20"), ("a", "b", "撤销", "乙", "2026-11-20"))
    assert said(*told) == {}
    assert said(*told, ("a", "b", "不同", "甲", "2026-11-20")) == {("a", "b"): "不同"}


def test_answers_that_contradict_each_other_by_way_of_others_decide_nothing() -> None:
    joined = [(a, b, "同一", "甲", "2026-11-20") for a, b in ("ab", "bc", "cd", "xy")]
    assert set(said(*joined).values()) == {"同一"}
    found = said(*joined, ("a", "c", "不同", "乙", "2026-11-22"))
    assert found == {("a", "b"): "矛盾", ("b", "c"): "矛盾", ("a", "c"): "矛盾", ("c", "d"): "同一", ("x", "y"): "同一"}
    assert said(*joined, ("a", "x", "不同", "乙", "2026-11-22"))[("a", "x")] == "不同"


def test_an_empty_stream_says_nothing() -> None:
    assert pairwise(lines()).is_empty() and standing(lines(), ("left_id", "right_id")).is_empty()


DAY = st.sampled_from(["2026-11-20", "2026-11-21"])
LINE = st.tuples(
    st.sampled_from("abc"),
    st.sampled_from("def"),
    st.sampled_from(["同一", "不同", "撤销"]),
    st.sampled_from("甲乙"),
    DAY,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(LINE, max_size=12))
def test_saying_everything_again_changes_nothing_that_was_not_taken_back(
    told: list[tuple[str, str, str, str, str]],
) -> None:
    plain = [t for t in told if t[2] != "撤销"]
    assert said(*plain) == said(*plain, *plain)
