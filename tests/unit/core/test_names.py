"""Names: keys, parts, written forms, compatibility."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core import names

KEYS = [
    ("Wang, Xiao-Ming", "wang xiaoming"),
    ("Wang, Xiao Ming", "wang xiaoming"),
    ("王小明", "wang xiaoming"),
    ("王 小 明", "wang xiaoming"),
    ("Xiaoming Wang", "wang xiaoming"),
    ("WANG, XIAOMING", "wang xiaoming"),
    ("Wang, XM", "wang xm"),
    ("Wang X. M.", "wang xm"),
    ("X.-M. Wang", "wang xm"),
    ("Wang, X", "wang x"),
    ("Lei Wang", "wang lei"),
    ("Wang Lei", "wang lei"),
    ("Lü, Xianyu", "lu xianyu"),
    ("Lv, Xian-Yu", "lu xianyu"),
    ("Lyu Xianyu", "lu xianyu"),
    ("吕显玉", "lu xianyu"),
    ("单雄信", "shan xiongxin"),
    ("曾国强", "zeng guoqiang"),
    ("欧阳修", "ouyang xiu"),
    ("Ou-Yang, Xiu", "ouyang xiu"),
    ("Ou Yang Xiu", "ouyang xiu"),
    ("买买提·艾力", "maimaiti aili"),
    ("Müller, Jörg", "muller jorg"),
    ("Smith, J., Jr.", "smith j"),
    ("Smith, Jr., John", "smith john"),
    ("John Q. Smith, Jr.", "smith johnq"),
    ("John Q. Smith Jr.", "smith johnq"),
    ("Tom Abel 0003", "abel tom"),
    ("Huang, JR", "huang jr"),
    ("Huang, J. R.", "huang jr"),
    ("Fengxin LYU", "lu fengxin"),
    ("Wei QIU", "qiu wei"),
    ("QIU Wei", "qiu wei"),
    ("", ""),
    ("12", ""),
]


@pytest.mark.parametrize(("written", "key"), KEYS)
def test_name_key(written: str, key: str) -> None:
    assert names.name_keys([written]) == [key]


@pytest.mark.parametrize(
    ("left", "right", "together"),
    [
        ("wang xm", "wang xiaoming", True),
        ("wang x", "wang xiaoming", True),
        ("wang x", "wang xm", True),
        ("xiaoming wang", "wang xiaoming", True),
        ("wang xa", "wang xian", True),
        ("smith john", "smith johnf", True),
        ("wang", "wang li", True),
        ("wang xl", "wang xiaoming", False),
        ("wang xiao", "wang xiaoming", False),
        ("wang xiaomin", "wang xiaoming", False),
        ("wang li", "wang liming", False),
        ("wang xu", "wang xm", False),
        ("zhao xm", "wang xm", False),
    ],
)
def test_compatible(left: str, right: str, together: bool) -> None:
    assert names.compatible(left, right) is together
    assert names.compatible(right, left) is together


def test_initials_in_capitals_are_told_from_a_short_given_name() -> None:
    assert names.parse("Wang, LI").is_initials
    assert not names.parse("Wang, Li").is_initials


def test_umlaut_is_remembered_though_folded() -> None:
    assert names.parse("Lyu, Bo").has_umlaut
    assert names.parse("吕波").has_umlaut
    assert not names.parse("Lu, Bo").has_umlaut
    assert not names.parse("Xianyu Li").has_umlaut, "n + yu across two syllables is no ü"


def test_written_forms_hold_readings_orders_initials_former_and_english_names() -> None:
    forms = names.written_forms("单小乐", "Shan Xiaole", ["单大勇"])
    assert forms["shan xiaole"] == "full"
    assert forms["dan xiaole"] == "polyphone"
    assert forms["shan xiaoyue"] == "polyphone"
    assert forms["xiaole shan"] == "swapped"
    assert forms["shan xl"] == "initials"
    assert forms["shan x"] == "initial"
    assert forms["shan dayong"] == "former"


def test_english_name_is_turned_to_the_han_surname() -> None:
    assert names.written_forms("邱伟", "Wei QIU")["qiu wei"] == "full"
    assert names.written_forms("单乐", "Yue Shan")["shan yue"] == "full"
    assert names.written_forms("李明", "Leo Li")["li leo"] == "english"
    assert names.written_forms("李明", "Leo Smith")["smith leo"] == "english"


@given(st.sampled_from("王李张刘陈单曾吕欧"), st.text(alphabet="小明丽强乐行芳伟静敏", min_size=1, max_size=2))
@settings(deadline=None, max_examples=60)
def test_key_of_a_han_name_is_among_its_written_forms(surname: str, given_name: str) -> None:
    name = surname + given_name
    key = names.name_keys([name])[0]
    forms = names.written_forms(name)
    assert forms[key] == "full"
    whole = [form for form, kind in forms.items() if kind in ("full", "polyphone")]
    short = [form for form, kind in forms.items() if kind in ("initials", "initial")]
    assert all(any(names.compatible(s, w) for w in whole) for s in short)


@given(st.text(max_size=20))
@settings(deadline=None, max_examples=100)
def test_keys_are_letters_and_blanks_for_any_text(text: str) -> None:
    key = names.name_keys([text])[0]
    assert set(key) <= set("abcdefghijklmnopqrstuvwxyz ")
    assert key == key.strip()
