"""Patent numbers: every platform's notation of one publication or application comes to one form, and nothing is guessed."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.sources import _patent_numbers, _patents

DIGITS = st.text("0123456789", min_size=7, max_size=7)


def whole(text: str) -> str | None:
    found = _patent_numbers.publication(text)
    return None if found is None else "".join(found)


def application(text: str, year: str = "", *, drops_year: bool = False) -> str | None:
    found = _patent_numbers.application(text, year, drops_year=drops_year)
    return None if found is None else found[0]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (("US 2011/0990700 A1", "US-2011990700-A1", "US2011990700-A1", "US20110990700A1"), "US20110990700A1"),
        (("US 8,990,762 B2", "US8990762B2", "US08990762B2", "US-8990762-B2"), "US8990762B2"),
        (("CN 101234567 A", "CN101234567-A", "CN101234567A", "ＣＮ101234567Ａ"), "CN101234567A"),
        (("WO 2018/099885 A1", "WO2018099885-A1"), "WO2018099885A1"),
        (("WO9912345-A1", "WO 99/12345 A1", "WO1999012345A1"), "WO1999012345A1"),
        (("KR2019199030-A", "KR 20190199030 A", "KR 10-2019-0199030 A"), "KR20190199030A"),
        (("KR1990337-B1", "KR 101990337 B1", "KR10-1990337 B1"), "KR101990337B1"),
        (("EP982345-A1", "EP 0982345 A1"), "EP0982345A1"),
        (("JP08123456-A", "JP H08123456 A", "JPH08123456A"), "JPH08123456A"),
        (("IN 9951DE2013 A",), "IN9951DE2013A"),
        (("AU 2009 399236 B9 20130627", "AU2009399236-B9"), "AU2009399236B9"),
        (("USD812,345 S1", "USD812345S1"), "USD812345S1"),
    ],
)
def test_publications_of_all_notations_agree(written: tuple[str, ...], expected: str) -> None:
    assert {whole(text) for text in written} == {expected}


@pytest.mark.parametrize(
    "text", ["CN201220990017.2", "ZL201220990017.2", "2.0122E+11", "合计", "", "数据来源：某平台", "123"]
)
def test_what_is_no_publication(text: str) -> None:
    assert whole(text) is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (("CN201220990017.2", "201220990017.2", "ZL 2012 2 0990017.2", "CN201220990017", "2012209900172", "CN 201220990017 U",
          "专利号：ZL201220990017.2"), "CN201220990017.2"),
        (("CN201220990037.X", "201220990037x", "CN 201220990037 U"), "CN201220990037.X"),
        (("99123456.1", "CN99123456", "ZL99123456.1"), "CN99123456.1"),
        (("PCT/US2017/099177", "US 2017099177 W", "US 2017/0099177 W", "WO2017US99177"), "PCT/US2017/099177"),
        (("EP 17990489 A", "EP17990489.4", "EP20170990489"), "EP17990489"),
        (("KR 20180012345 A", "KR10-2018-0012345", "KR1020180012345"), "KR20180012345"),
    ],
)  # fmt: skip
def test_applications_of_all_notations_agree(written: tuple[str, ...], expected: str) -> None:
    assert {application(text) for text in written} == {expected}


@pytest.mark.parametrize(
    ("text", "year", "expected"),
    [
        ("CN10990057", "2021", "CN202110990057.0"),
        ("CN80990003", "2017", "CN201780990003.6"),
        ("CN123456", "1999", "CN99123456.1"),
        ("US990546", "2018", "US2018990546"),
        ("US990553P", "2016", "US2016990553P"),
        ("WOUS099177", "2017", "PCT/US2017/099177"),
        ("EP990489", "2017", "EP17990489"),
        ("JP199822", "2018", "JP2018199822"),
        ("KR099076", "2017", "KR20170099076"),
        ("KR799031", "2017", None),
        ("JP599062", "2017", None),
        ("CN10990057", "", None),
    ],
)
def test_derwent_leaves_the_year_out_and_it_is_added_only_when_sure(text: str, year: str, expected: str | None) -> None:
    assert application(text, year, drops_year=True) == expected


def test_american_serials_need_their_filing_year() -> None:
    written = [("US 99084810 A", "2010"), ("US12/990848", "2010"), ("12/990,848", "2010"), ("US12990848", "2010")]
    assert {application(*pair) for pair in written} == {"US2010990848"}
    assert application("US 201012990848 A") == "US2010990848"
    assert application("US12/990848") is None


def test_a_wrong_check_digit_is_no_application() -> None:
    assert application("CN201220990017.3") is None
    assert application("CN99123456.2") is None


@given(st.sampled_from(["2003", "2012", "2024"]), st.sampled_from("12389"), DIGITS)
@settings(max_examples=60, deadline=None)
def test_one_wrong_digit_of_a_chinese_number_is_always_found(year: str, kind: str, serial: str) -> None:
    digits = year + kind + serial
    check = _patent_numbers.check_digit(digits)
    assert application(f"CN{digits}.{check}") == application(f"{digits}{check}") == f"CN{digits}.{check}"
    for place in range(5, 12):
        wrong = digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1 :]
        assert application(f"CN{wrong}.{check}") is None


@given(st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_left(text: str) -> None:
    found = _patent_numbers.publication(text)
    if found is not None:
        assert whole("".join(found)) == "".join(found)  # the form is its own form
    for drops in (False, True):
        told = _patent_numbers.application(text, "2018", drops_year=drops)
        assert told is None or told[0]


@pytest.mark.parametrize(
    ("given_dates", "expected"),
    [
        (["2013.01.02", "2013-1-2", "20130102", "2013年1月2日", "2013-01-02 00:00:00", "41276", "02 Jan 2013", "Jan 2, 2013"],
         ["2013-01-02"] * 8),
        (["21/12/2017", "01/02/2017"], ["2017-12-21", "2017-02-01"]),
        (["12/21/2017", "01/02/2017"], ["2017-12-21", "2017-01-02"]),
        (["01/02/2017", "03/03/2017", "2013-02-30", "00000000", "x", ""], [None, "2017-03-03", None, None, None, None]),
        (["21/12/2017", "12/21/2017", "01/02/2017"], ["2017-12-21", "2017-12-21", None]),
    ],
)  # fmt: skip
def test_dates(given_dates: list[str], expected: list[str | None]) -> None:
    table = pl.DataFrame({"date": given_dates}).select(iso=_patents.iso_date(pl.col("date")))
    assert table["iso"].to_list() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("C12N-015/09", "C12N15/09"), ("E01B3/32(2006.01)I", "E01B3/32"), ("G01N 2001/1031", "G01N2001/1031"), ("C12N", "C12N"),
     ("LOC(13)Cl.12-06", "12-06"), ("06-04", "06-04"), ("F03B13/264 (EP,US)", "F03B13/264"), ("60/39.092", "60/39.092")],
)  # fmt: skip
def test_classes(text: str, expected: str) -> None:
    assert pl.DataFrame({"c": [text]}).select(code=_patents.class_code(pl.col("c")))["code"].to_list() == [expected]


@pytest.mark.parametrize(
    ("number", "grant", "kind"),
    [("CN101234567A", False, "invention"), ("CN101234567B", True, "invention"), ("CN1012345C", True, "invention"),
     ("CN299044312U", True, "utility"), ("CN2123456Y", True, "utility"), ("CN307000004S", True, "design"), ("CN3123456D", True, "design"),
     ("US3990102A", True, "invention"), ("US20110990700A1", False, "invention"), ("US8990762B2", True, "invention"),
     ("USD812345S1", True, "design"), ("EP3599051A1", False, "invention"), ("EP3599051B1", True, "invention"),
     ("WO2018099885A1", False, "invention"), ("GB1234567A", True, "invention"), ("GB2345678A", False, "invention"),
     ("KR20190199030A", False, "invention"), ("KR101990337B1", True, "invention"), ("JP3123456U", True, "utility")],
)  # fmt: skip
def test_kinds_say_grant_and_type(number: str, grant: bool, kind: str) -> None:
    row = _patent_numbers.publications(pl.Series([number])).row(0, named=True)
    assert (row["patent_id"], row["is_grant"], row["patent_type"]) == (number, grant, kind)


def test_a_chinese_number_with_its_kind_and_one_that_is_none() -> None:
    assert _patent_numbers.application("CN2021110000012A") == ("CN202111000001.2", "stated")
    assert _patent_numbers.application("CN123456") is None
    assert _patent_numbers.wrong_digit("没有号码、ZL 2021 1 1000001.5") == "202111000001.2"
    assert _patent_numbers.wrong_digit("CN202111000001.2") == ""
