"""Web of Science tagged text and tab-delimited text: what is a line, a field, a record; what is set aside."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.errors import SourceError
from pipelines.sources import _recognise, _text, modules, wos_tagged
from tests.unit.sources.conftest import Deliver, wos, write

TWO = wos("AU Wang, L\n   Liu, H\nTI On the\n   shore\nSO SEA", "AU Chen, Y\nTI Tide")


def test_continuation_lines_stay_lines(deliver: Deliver) -> None:
    raw = deliver(TWO).raw
    assert raw["AU"].to_list() == ["Wang, L\nLiu, H", "Chen, Y"]
    assert raw["TI"].to_list() == ["On the\nshore", "Tide"]
    assert raw["source_row"].to_list() == [1, 2]
    assert raw["SO"].to_list() == ["SEA", None]


@pytest.mark.parametrize(
    "content",
    [
        TWO.encode("utf-8-sig"),
        TWO.encode("utf-16"),
        b"\xfe\xff" + TWO.encode("utf-16-be"),
        TWO.encode("utf-16-le"),
        TWO.replace("\n", "\r\n").encode(),
        TWO.replace("\n", "\r").encode(),
        TWO.removesuffix("EF").encode(),
        TWO.encode() + TWO.encode().replace(b"WOS:", b"WOS:9"),
    ],
    ids=["bom", "utf-16", "utf-16-be", "utf-16 without bom", "crlf", "bare cr", "no EF", "two files in one"],
)
def test_every_encoding_and_line_end_gives_the_same_records(deliver: Deliver, content: bytes) -> None:
    got = deliver(content)
    assert got.raw["AU"].to_list()[:2] == ["Wang, L\nLiu, H", "Chen, Y"]
    assert got.rejected.height == 0
    assert got.raw.height in (2, 4)


def test_gbk_and_windows_1252_are_told_apart(deliver: Deliver) -> None:
    chinese = deliver(wos("AU Wang, L\nTI 岭海大学化工学院论文题名研究").encode("gb18030"))
    assert (chinese.found.encoding, chinese.raw["TI"][0]) == ("gb18030", "岭海大学化工学院论文题名研究")
    western = deliver(wos("AU Müller, J\nTI Über die Küste").encode("cp1252"))
    assert (western.found.encoding, western.raw["AU"][0]) == ("cp1252", "Müller, J")


def test_a_record_cut_at_the_end_is_set_aside_with_words(deliver: Deliver) -> None:
    got = deliver(TWO[: TWO.index("TI Tide") + 4])
    assert got.raw.height == 1
    assert got.rejected["row"].to_list() == [2]
    assert "没有 ER" in got.rejected["found"][0] and "重新导出" in got.rejected["next_step"][0]
    assert "Chen, Y" in got.rejected["text"][0]


def test_a_record_cut_in_the_middle_does_not_take_its_neighbour_along(deliver: Deliver) -> None:
    cut = TWO.replace("SO SEA\nUT WOS:000000000000001\nER\n\n", "")
    got = deliver(cut + TWO)
    assert got.rejected["row"].to_list() == [1]
    assert got.raw["source_row"].to_list() == [2, 3, 4]


def test_a_record_without_its_beginning_or_without_ut_is_set_aside(deliver: Deliver) -> None:
    got = deliver("AU Lost, A\nTI x\nER\n" + wos("TI no number\nUT ", "TI fine"))
    assert got.rejected["row"].to_list() == [1, 2]
    assert "PT" in got.rejected["expected"][0] and "UT" in got.rejected["found"][1]
    assert got.raw["TI"].to_list() == ["fine"]


def test_undecodable_bytes_cost_one_record(deliver: Deliver) -> None:
    text = wos(*(f"TI 第{n}篇 岭海\nAU A, B" for n in range(20))).encode()
    got = deliver(text.replace("第7篇".encode(), b"\xff\xfe\x80" + "篇".encode()))
    assert got.rejected["row"].to_list() == [8]
    assert "无法解读" in got.rejected["found"][0]
    assert got.raw.height == 19


def test_unknown_tags_repeated_tags_and_odd_lines_are_kept(deliver: Deliver) -> None:
    got = deliver(wos("TI Main\nQQ new tag\nDE first\nAB line\nnot a tag\nDE second"))
    assert got.raw.select("TI", "QQ", "AB", "DE").row(0) == ("Main", "new tag", "line\nnot a tag", "first\nsecond")


def test_a_field_of_a_million_characters(deliver: Deliver) -> None:
    long = "word " * 250_000
    got = deliver(wos(f"AU A, B\nAB {long}", "TI next"))
    assert got.raw["AB"].str.len_chars().to_list()[0] == len(long) - 1
    assert got.raw["TI"][1] == "next"


def test_records_that_straddle_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = wos(*(f"AU A{n}, B\n   C, D\nTI title {n} 岭" for n in range(200)))
    path = write(tmp_path / "f.txt", many)
    whole = pl.concat([c.rows for c in wos_tagged.read(path, "utf-8")])
    monkeypatch.setattr(_text, "BLOCK", 97)
    pieces = [c.rows for c in wos_tagged.read(path, "utf-8")]
    assert len(pieces) > 20
    assert pl.concat(pieces, how="diagonal_relaxed").select(whole.columns).equals(whole)
    assert whole["source_row"].to_list() == list(range(1, 201))


def test_two_rows_with_one_number_are_both_read(deliver: Deliver) -> None:
    got = deliver(wos("TI a\nUT WOS:1", "TI b\nUT WOS:1"))
    assert got.raw["record_id"].to_list() == ["wos:WOS:1", "wos:WOS:1"]


TAB = "PT\tAU\tTI\tUT\tPY\n"


def test_tab_delimited_is_not_csv(deliver: Deliver) -> None:
    rows = 'J\tWang, L; Li, M\t"Salt-worthy": the shore line\tWOS:1\t2013\t\nJ\tA, B\tshort\tWOS:2\n\n'
    got = deliver(TAB + rows)
    assert got.raw["TI"].to_list() == ['"Salt-worthy": the shore line', "short"]
    assert got.raw["PY"].to_list() == ["2013", None]
    assert got.rejected.height == 0


def test_tab_rows_that_do_not_fit_are_set_aside(deliver: Deliver) -> None:
    got = deliver((TAB + "J\ta\tb\tWOS:1\t2013\tmore\nJ\tc\td\t\t2014\nJ\te\tf\tWOS:3\t2015").encode("utf-16"))
    assert got.rejected["row"].to_list() == [1, 2]
    assert got.raw["source_row"].to_list() == [3]
    assert "列" in got.rejected["found"][0] and "UT" in got.rejected["found"][1]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_damage_never_crashes_and_every_record_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    records = [
        f"AU Wang{n}, L\n   岭, 海\nTI Ünïcode {n}\n   second line\nC1 [Wang{n}, L] Linghai Univ." for n in range(6)
    ]
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]))
    content = bytearray(wos(*records).encode(encoding, "replace"))
    cut = data.draw(st.integers(0, len(content)))
    content = content[:cut] + content[data.draw(st.integers(cut, len(content))) :]
    for place, value in data.draw(
        st.lists(st.tuples(st.integers(0, max(len(content) - 1, 0)), st.integers(0, 255)), max_size=3)
    ):
        if content:
            content[place] = value
    path = write(tmp_path_factory.mktemp("damage") / "file.txt", bytes(content))
    try:
        found = _recognise.recognise(path)
        chunks = list(modules()[found.source].read(path, found, {}))
    except SourceError as error:
        assert error.what and error.parts["位置"] == path.name
        return
    numbers = sorted(n for c in chunks for n in (*c.rows["source_row"], *c.rejected["row"]))
    assert numbers == list(range(1, len(numbers) + 1))
