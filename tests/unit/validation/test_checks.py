"""Rules of the sources: which rows are set aside, which are told, in which words."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.core.errors import ConfigError
from pipelines.core.schema import SourceSchema
from pipelines.validation import checks


def source(*rules):
    columns = {"UT": {"zh": "入藏号"}, "PY": {"zh": "出版年"}, "KIND": {}}
    return SourceSchema("toy", "玩具", "increment", {"columns": columns, "rules": list(rules)})


def rows(**columns):
    height = len(next(iter(columns.values())))
    return pl.DataFrame({"source_row": list(range(1, height + 1)), **columns})


def run(frame, *rules):
    declared = source(*rules)
    return checks.sort_rows(frame, checks.rules(declared), declared)


@pytest.mark.parametrize(
    ("rule", "values", "bad"),
    [
        ({"check": "not_null", "column": "PY"}, ["1", None, "", "  ", "x"], [2, 3, 4]),
        ({"check": "matches", "column": "PY", "pattern": r"\d{4}"}, ["2020", "20201", None, "x2020"], [2, 4]),
        ({"check": "in_set", "column": "PY", "values": ["a", 1]}, ["a", "1", "b", None], [3]),
        ({"check": "between", "column": "PY", "min": 1, "max": 5}, ["1", " 5 ", "6", "x", None, "1,0"], [3, 4, 6]),
        ({"check": "between", "column": "PY", "min": 1}, ["1,000", "0"], [2]),
        ({"check": "max_length", "column": "PY", "max": 2}, ["ab", "检索词", None], [2]),
    ],
)
def test_each_check(rule, values, bad):
    done = run(rows(PY=values), {**rule, "severity": "fail"})
    assert done.bad["source_row"].to_list() == bad
    assert done.good.height + done.bad.height == len(values)
    warned = run(rows(PY=values), {**rule, "severity": "warn"})
    assert warned.good.height == len(values) and warned.bad.is_empty()
    [(count, first)] = warned.warned.values()
    assert count == len(bad) and list(first) == bad[: checks.FIRST]


def test_the_first_broken_rule_gives_the_reason():
    done = run(
        rows(UT=[None, "1", "2"], PY=["x", "x", "2020"]),
        {"check": "not_null", "column": "UT", "severity": "fail"},
        {"check": "matches", "column": "PY", "pattern": r"\d{4}", "severity": "fail", "words": "四位年份"},
    )
    assert done.bad.select("source_row", "problem", "expected", "found").rows() == [
        (1, "入藏号（UT） 不符合规则", "不能为空", "（空）"),
        (2, "出版年（PY） 不符合规则", "四位年份", "x"),
    ]
    assert done.bad["next_step"].null_count() == 0


def test_no_rules_and_no_rows():
    assert run(rows(PY=["1"])).good.height == 1
    assert run(
        rows(PY=[]).cast({"PY": pl.String}), {"check": "not_null", "column": "PY", "severity": "fail"}
    ).bad.is_empty()


def test_rules_may_hold_for_one_kind_only():
    [rule] = checks.rules(
        source({"check": "not_null", "column": "PY", "severity": "fail", "kind": ["staff", "students"]})
    )
    assert rule.applies("staff", "xlsx") and not rule.applies("units", "xlsx")


@pytest.mark.parametrize(
    "line",
    [
        {"check": "no_such", "column": "PY", "severity": "fail"},
        {"check": "not_null", "column": "PY", "severity": "maybe"},
        {"check": "not_null", "severity": "fail"},
    ],
)
def test_a_wrong_rule_is_our_configuration(line):
    with pytest.raises(ConfigError, match="规则"):
        checks.rules(source(line))


def test_a_rule_on_an_undeclared_column_is_our_configuration():
    with pytest.raises(ConfigError, match="未声明的列"):
        run(rows(PY=["1"]), {"check": "not_null", "column": "NOPE", "severity": "fail"})


def test_repeated_keys_are_counted_and_null_is_no_key():
    keys = pl.DataFrame(
        {"source_row": [1, 2, 3, 4, 5], "key": [7, 8, 7, None, None]}, schema_overrides={"key": pl.UInt64}
    )
    found = checks.repeated(keys, "a.txt", "入藏号（UT）")
    assert found is not None and found.rows == (1, 3) and found.count == 2
    assert checks.repeated(keys.head(2), "a.txt", "入藏号（UT）") is None


def test_row_count_drop():
    [rule] = checks.rules(source({"check": "row_count_drop", "max_share": 0.2, "severity": "warn"}))
    assert checks.row_count_drop(rule, "名册", 80, 100, "b") is None
    assert checks.row_count_drop(rule, "名册", 5, 0, "b") is None
    found = checks.row_count_drop(rule, "名册", 50, 100, "b")
    assert found is not None and found.what == "名册的行数比上一批少了 50%"
