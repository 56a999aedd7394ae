"""Recognition by content: what is refused says what it is and what to do instead."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.errors import SourceError
from pipelines.sources import _recognise, modules
from tests.unit.sources.conftest import wos, write


def refused(path: Path) -> SourceError:
    with pytest.raises(SourceError) as caught:
        _recognise.recognise(path)
    assert caught.value.parts["位置"] == path.name
    assert caught.value.parts["下一步"]
    return caught.value


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("", "空的"),
        (" \n\n", "空白"),
        ("FN Clarivate Analytics Web of Science\nVR 1.0\nEF", "没有记录"),
        ("PT\tAU\tTI\tUT\n", "没有记录"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n....", "图片"),
        (b"\xff\xd8\xff\xe0....", "图片"),
        (b"Rar!\x1a\x07\x00", "RAR"),
        (b"\x00\x01\x02" * 50, "二进制"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "打不开"),
        ("FN\tClarivate Analytics Web of Science\nVR\t1.0\nPT\tJ\n", "Excel 打开"),
        ("PT J\nAU 梁某, \nTI 题名\nUT CNKI:0\nER\n", "CiteSpace"),
        ("TY  - JOUR\nAU  - Wang\nER  -\n", "RIS"),
        ("%0 Journal Article\n%A 张三\n", "EndNote"),
        ("{Reference Type}: Journal Article\n{Title}: x\n{Database Provider}: 别的数据库\n", "NoteExpress"),
        ("[1]张三,李四.一个题名[J].某某学报,2021(03):1-5.\n", "参考文献格式"),
        ("Authors,Author(s) ID,Title,EID\n", "Scopus"),  # the words of an unknown file name what is known
        ("<html><body>登录</body></html>", "网页"),
        ("只是一段话", "认不出"),
    ],
)
def test_refusals_in_words(tmp_path: Path, content: str | bytes, word: str) -> None:
    assert word in str(refused(write(tmp_path / "savedrecs.txt", content)))


def test_a_zip_renamed_to_txt(tmp_path: Path) -> None:
    path = tmp_path / "savedrecs.txt"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("savedrecs.txt", wos("TI x"))
    assert "zip" in str(refused(path))


def test_an_xlsx_that_was_cut(tmp_path: Path) -> None:
    whole = write(tmp_path / "a.xlsx", {"S": [["Title", "Accession number"], ["x" * 5000, "1"]]})
    path = write(tmp_path / "cut.xlsx", whole.read_bytes()[:4000])
    refused(path)


def test_an_excel_export_of_web_of_science_without_numbers_is_named(tmp_path: Path) -> None:
    path = write(
        tmp_path / "savedrecs.xlsx",
        {"savedrecs": [["Publication Type", "Authors", "Article Title"], ["J", "Wang, L", "x"]]},
    )
    error = refused(path)
    assert "Web of Science 的 Excel" in error.what and "UT" in error.what and "纯文本" in error.parts["下一步"]


def test_the_name_and_folder_of_a_file_say_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "cnki-esi.xlsx", wos("AU Wang, L\nTI x"))
    assert _recognise.recognise(path).source == "wos"


def test_inspect_counts_and_tells_what_is_missing(tmp_path: Path) -> None:
    text = wos("AU Wang, L\nTI x\nRP Wang, L (通讯作者)，X Univ.\nC1 X Univ.", "TI y")
    told = _recognise.inspect(write(tmp_path / "a.ciw", text.removesuffix("ER\n\nEF")))
    assert (told["source"], told["format"], told["kind"], told["encoding"]) == ("wos", "tagged", "core", "utf-8")
    assert (told["records"], told["rejected"], told["language"]) == (1, 1, "zh")
    assert told["era"].startswith("Clarivate")
    fields = [m["field"].split()[0] for m in told["missing"]]
    assert "DI" in fields and "C1" not in fields
    assert all(m["cost"] for m in told["missing"])


def test_inspect_of_an_esi_file_needs_no_period(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("Sheet0")
    page.write(0, 0, "THRESHOLD-ESI")
    page.write_row(1, 0, ["RESEARCH FIELDS", "AUTHOR", "INSTITUTION", "JOURNAL", "COUNTRY"])
    page.write_row(2, 0, ["CHEMISTRY", 1, 2, 3, 4])
    book.close()
    assert _recognise.inspect(path)["records"] == 1


@given(cut=st.integers(0, 100), place=st.integers(0, 10_000), value=st.integers(0, 255))
@settings(max_examples=60, deadline=None)
def test_a_damaged_workbook_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cut: int, place: int, value: int
) -> None:
    folder = tmp_path_factory.mktemp("book")
    content = bytearray(
        write(folder / "a.xlsx", {"S": [["工号", "姓名", "单位代码"], ["1", "王磊", "U01"]]}).read_bytes()
    )
    content = content[: len(content) * cut // 100] if cut > 50 else content
    content[place % len(content)] = value
    path = write(folder / "b.xlsx", bytes(content))
    try:
        found = _recognise.recognise(path)
        chunks = list(modules()[found.source].read(path, found, {}))
    except SourceError as error:
        assert error.parts["下一步"]
        return
    assert sum(c.rows.height + c.rejected.height for c in chunks) == 1
