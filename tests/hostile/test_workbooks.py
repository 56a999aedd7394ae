"""Workbooks as people make them: hidden, merged, calculated, locked, blown up; every sheet is read or spoken of."""

from __future__ import annotations

import datetime
import io
import re
import resource
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlwt
from openpyxl.chart import BarChart
from openpyxl.workbook import Workbook

from pipelines.core import dictionaries
from pipelines.ingest import ingest, manifests
from pipelines.intake import intake
from pipelines.sources import _recognise, _sheets, _workbook, wos
from pipelines.sources.roster_values import iso_date

HEAD = [
    "Publication Type",
    "Authors",
    "Article Title",
    "Source Title",
    "Publication Year",
    "WoS Categories",
    "Cited Reference Count",
    "UT (Unique WOS ID)",
]
STAFF = ["工号", "姓名", "单位代码", "单位名称", "职称", "人员类别", "入职日期"]
SHEET = "xl/worksheets/sheet1.xml"


def record(number: int, **cells: object) -> list[object]:
    row = [
        "J",
        "Lin, H",
        f"An invented title {number}",
        "Invented Journal",
        2021,
        "Chemistry",
        30,
        f"WOS:{number:015d}",
    ]
    return [cells.get(name, value) for name, value in zip(HEAD, row, strict=True)]


def person(number: int, unit: str | None = "化工学院") -> list[object]:
    return [f"T{number:05d}", f"林某{number}", "U01", unit, "教授", "在职", "2015-09-01"]


def made(fill: Callable[[Workbook], None]) -> bytes:
    book = openpyxl.Workbook()
    fill(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def sheet(book: Workbook, title: str, *rows: list[object], state: str = "visible") -> None:
    made = book.create_sheet(title)
    for row in rows:
        made.append(row)
    made.sheet_state = state


def only(*sheets: tuple[str, list[list[object]], str]) -> bytes:
    def fill(book: Workbook) -> None:
        for title, rows, state in sheets:
            sheet(book, title, *rows, state=state)
        del book["Sheet"]

    return made(fill)


def patched(data: bytes, change: Callable[[bytes], bytes], member: str = SHEET) -> bytes:
    """The package with one part rewritten."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            new.writestr(item.filename, change(content) if item.filename == member else content)
    return buffer.getvalue()


def told(home, source: str = "wos") -> tuple[pl.DataFrame, str]:
    """Raw rows after intake and ingest, and everything that was said."""
    arrived = intake(home.settings)
    assert arrived.sources == (source,), [o.words for o in arrived.outcomes]
    report = ingest(home.settings, source, docs=False)
    assert report.read == report.accepted + report.quarantined
    parts = [pl.read_parquet(p) for m in manifests(home.settings) for p in m["parquet"]]
    return pl.concat(parts, how="diagonal"), "\n".join(
        (*report.warnings, *(r for b in report.batches for r in b.refused))
    )


def refusal(home, file: str, beside: str) -> str:
    """Words in which a file is turned away at the door while the good file `beside` goes in."""
    outcomes = {o.file: o for o in intake(home.settings).outcomes}
    assert outcomes[beside].fate == "accepted" and outcomes[file].fate == "refused", outcomes
    assert "下一步：" in outcomes[file].words
    return outcomes[file].words


def test_a_hidden_sheet_beside_the_visible_one_is_left_alone_and_told(home):
    hidden = [HEAD, *(record(n) for n in range(10, 14))]
    home.drop("wos/a.xlsx", only(("记录", [HEAD, record(1), record(2)], "visible"), ("旧", hidden, "hidden")))
    rows, words = told(home)
    assert rows["UT"].to_list() == ["WOS:000000000000001", "WOS:000000000000002"]
    assert "隐藏的工作表“旧”有 5 行，没有读取" in words and "取消隐藏" in words


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
@pytest.mark.parametrize("front", [[], [["请见后页"]], [["说明", "第一", "第二"], ["甲", "乙", "丙"]]])
def test_data_on_a_hidden_sheet_only(home, wos, state, front):
    home.drop("wos/a.xlsx", only(("首页", front, "visible"), ("记录", [HEAD, record(1)], state)))
    home.drop("wos/b.txt", wos(9))
    words = refusal(home, "wos/a.xlsx", "wos/b.txt")
    assert "“记录”" in words and "取消隐藏" in words


def test_a_hidden_sheet_of_an_old_workbook(tmp_path):
    book = xlwt.Workbook()
    for title, hidden in (("记录", 0), ("旧", 1)):
        made = book.add_sheet(title)
        made.visibility = hidden
        for at, row in enumerate([HEAD, record(1)]):
            for place, cell in enumerate(row):
                made.write(at, place, cell)
    book.save(str(tmp_path / "a.xls"))
    found = _recognise.recognise(tmp_path / "a.xls")
    assert found.sheets == ("记录",)
    assert "隐藏的工作表“旧”" in _recognise.remarks(tmp_path / "a.xls", found)[0][0]


def test_a_hidden_sheet_of_a_roster_may_not_hold_what_may_not_be_kept(home):
    home.drop(
        "roster/a.xlsx",
        only(
            ("名册", [STAFF, person(1)], "visible"),
            ("底稿", [["姓名", "身份证号", "民族"], ["林某", "1", "2"]], "hidden"),
        ),
    )
    [outcome] = intake(home.settings).outcomes
    assert outcome.fate == "refused" and "身份证号" in outcome.words and "底稿" in outcome.words


def test_numbers_of_persons_on_another_sheet_of_a_roster(home):
    beside = [["甲", "乙", "丙"], *([["x", "y", "110101199001011234"]] * 30)]
    home.drop("roster/a.xlsx", only(("名册", [STAFF, person(1)], "visible"), ("其他", beside, "visible")))
    [outcome] = intake(home.settings).outcomes
    assert outcome.fate == "refused" and "工作表“其他”第 3 列" in outcome.words
    assert "110101199001011234" not in outcome.words


def test_records_that_go_on_in_a_second_sheet(home):
    parts = [(f"第{n}页", [HEAD, record(2 * n), record(2 * n + 1)], "visible") for n in range(3)]
    home.drop("wos/a.xlsx", only(*parts))
    rows, words = told(home)
    assert rows["source_row"].to_list() == [1, 2, 3, 4, 5, 6] and rows["UT"].n_unique() == 6
    assert "没有读取" not in words


def test_another_table_in_the_same_workbook_is_told(home):
    other = [["学院", "篇数", "占比"], ["化工学院", 3, 0.5]]
    home.drop(
        "wos/a.xlsx", only(("记录", [HEAD, record(1)], "visible"), ("统计", other, "visible"), ("空", [], "visible"))
    )
    rows, words = told(home)
    assert rows.height == 1 and "工作表“统计”有 2 行，没有读取" in words and "空" not in words.replace("空白", "")


def test_a_chart_sheet_before_the_data(home):
    def fill(book: Workbook) -> None:
        sheet(book, "记录", HEAD, record(1))
        book.create_chartsheet("图", 0).add_chart(BarChart())
        del book["Sheet"]

    home.drop("wos/a.xlsx", made(fill))
    rows, _ = told(home)
    assert rows.height == 1


def test_only_charts_and_empty_sheets(home, wos):
    def fill(book: Workbook) -> None:
        book.create_chartsheet("图").add_chart(BarChart())

    home.drop("wos/a.xlsx", made(fill))
    home.drop("wos/b.txt", wos(9))
    assert "空白" in refusal(home, "wos/a.xlsx", "wos/b.txt")


def test_a_unit_merged_over_its_people_stands_in_every_row(home):
    def fill(book: Workbook) -> None:
        page = book.active
        page.append([])
        page.append([None, "人员名册"])
        page.append([None, *STAFF])
        for number in range(6):
            page.append([None, *person(number, None)])
        page["E4"], page["E7"] = "化工学院", "数学学院"
        page.merge_cells("B2:H2")
        page.merge_cells("E4:E6")
        page.merge_cells("E7:E9")

    home.drop("roster/a.xlsx", made(fill))
    rows, words = told(home, "roster")
    assert rows["unit_name"].to_list() == ["化工学院"] * 3 + ["数学学院"] * 3
    assert "2 处跨行合并的单元格" in words


def test_a_merged_region_far_below_the_data(tmp_path):
    def change(text: bytes) -> bytes:
        far = b'<mergeCells count="2"><mergeCell ref="A2:A1048576"/><mergeCell ref="ZZ5:ZZ900000"/></mergeCells>'
        return text.replace(b"</sheetData>", b"</sheetData>" + far)

    path = tmp_path / "a.xlsx"
    path.write_bytes(patched(only(("a", [["a", "b", "c"], ["d", "e", "f"]], "visible")), change))
    assert _sheets.grid(path).rows() == [("a", "b", "c"), ("d", "e", "f")]


def calculated(value: bytes) -> Callable[[bytes], bytes]:
    """A first record whose year is a formula with this cached result."""
    cell = b'<c r="E2"><f>2020+1</f>' + value + b"</c>"
    return lambda text: text.replace(b'<c r="E2" t="n"><v>2021</v></c>', cell)


def test_formulas_with_their_results(home):
    plain = only(("记录", [HEAD, record(1)], "visible"))
    home.drop("wos/a.xlsx", patched(plain, calculated(b"<v>2021</v>")))
    rows, _ = told(home)
    assert rows["PY"].to_list() == ["2021"]


@pytest.mark.parametrize("value", [b"", b"<v></v>", b"<v/>", b"<v>0</v>"], ids=["none", "empty", "closed", "zero"])
def test_formulas_nobody_calculated(home, value):
    plain = only(("记录", [HEAD, record(1)], "visible"))  # openpyxl asks Excel to calculate when it opens the file
    home.drop("wos/a.xlsx", patched(plain, calculated(value)))
    assert intake(home.settings).counts == {"accepted": 1}
    report = ingest(home.settings, "wos", docs=False)
    assert report.accepted == 0 and "公式没有计算结果" in report.batches[0].refused[0]


def test_a_formula_that_gives_an_empty_text_is_calculated(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(patched(only(("a", [HEAD, record(1)], "visible")), lambda t: t.replace(
        b'<c r="E2" t="n"><v>2021</v></c>', b'<c r="E2" t="str"><f>""</f><v></v></c>')))  # fmt: skip
    assert _workbook.about(path)["a"] == _workbook.About() and _sheets.grid(path)["c4"].to_list()[1] is None


def test_error_cells_are_blank_and_told(home):
    def change(text: bytes) -> bytes:
        year, number = (
            b'<c r="E2" t="n"><v>2021</v></c>',
            b'<c r="H3" t="inlineStr"><is><t>WOS:000000000000002</t></is></c>',
        )
        assert year in text and number in text
        text = text.replace(year, b'<c r="E2" t="e"><v>#N/A</v></c>')
        return text.replace(number, b'<c r="H3" t="e"><v>#REF!</v></c>')

    plain = only(("记录", [HEAD, record(1), record(2)], "visible"))
    home.drop("wos/a.xlsx", patched(plain, change))
    rows, words = told(home)
    assert rows["PY"].to_list() == [None]  # the second row has no accession number any more and is set aside
    assert "2 个错误值（如 #N/A），按空白读取" in words and "1 行未被接受" in words


def test_numbers_and_dates_of_excel(home):
    rows = [
        [*person(1)[:6], datetime.date(2015, 9, 1)],
        [*person(2)[:6], 42248],  # the same day as the number that Excel keeps
        [*person(3)[:6], "2015-09-01"],
        [*person(4)[:6], 42248.0],
    ]
    home.drop("roster/a.xlsx", only(("名册", [STAFF, *rows], "visible")))
    raw, _ = told(home, "roster")
    assert {iso_date(text, "valid_from") for text in raw["valid_from"]} == {"2015-09-01"}


def test_years_as_floats(home):
    home.drop("wos/a.xlsx", only(("记录", [HEAD, record(1, **{"Publication Year": "2021.0"}), record(2)], "visible")))
    raw, _ = told(home)
    assert set(
        wos.source_records(raw.lazy(), document_types=dictionaries.load("document_types", "common"))["publication_year"]
    ) == {2021}


def test_a_cell_cut_at_the_limit_of_excel(home):
    head = [*HEAD, "Abstract"]
    rows = [[*record(1), "x" * 32767], [*record(2), "short"]]
    home.drop("wos/a.xlsx", only(("记录", [head, *rows], "visible")))
    raw, _ = told(home)
    assert raw["cut_cells"].to_list() == ["AB", None]


def test_headers_that_stand_twice(home):
    head = [*HEAD, "备注", "备注", "Publication Year"]
    home.drop("wos/a.xlsx", only(("记录", [head, [*record(1), "甲", "乙", "1999"]], "visible")))
    raw, words = told(home)
    cells = set(raw.drop("record_hash").row(0))
    assert {"甲", "乙"} <= cells and raw["PY"].to_list() == ["2021"] and "1999" in cells
    assert "未登记的列" in words


def locked() -> bytes:
    """The smallest OLE2 container with the streams of an encrypted workbook."""
    free, end, fat = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

    def entry(name: str, kind: int, child: int, start: int, size: int, right: int = free) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        links = struct.pack("<III", free, right, child)
        where = struct.pack("<IQ", start, size)
        return text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1) + links + bytes(36) + where

    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<I", 0)
    header += struct.pack("<I", free) * 108
    sectors = struct.pack("<128I", fat, end, *range(3, 10), end, *([free] * 118))
    folder = entry("Root Entry", 5, 1, end, 0) + entry("EncryptedPackage", 2, free, 2, 4096, 2)
    folder += entry("EncryptionInfo", 2, free, end, 0) + bytes(128)
    return header + sectors + folder + bytes(range(256)) * 16


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.txt"])
def test_a_workbook_with_a_password(home, wos, name):
    home.drop(f"wos/{name}", locked())
    home.drop("wos/b.txt", wos(9))
    assert "密码" in refusal(home, f"wos/{name}", "wos/b.txt")


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/workbook.xml", "<workbook/>")
        with package.open(SHEET, "w", force_zip64=True) as part:
            for _ in range(40):
                part.write(b"<row/>" * (5 << 20))
    return buffer.getvalue()


def test_a_zip_bomb(home, wos):
    home.drop("wos/a.xlsx", bomb())
    home.drop("wos/b.txt", wos(9))
    started, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "解压后超过 1 GB" in refusal(home, "wos/a.xlsx", "wos/b.txt")
    assert time.process_time() - started < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 << 10


def test_entities_in_a_workbook(home, wos):
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 5000 + b'"><!ENTITY c "' + b"&b;" * 5000 + b'">]>'

    def change(text: bytes) -> bytes:
        at = text.index(b"?>") + 2 if text.startswith(b"<?xml") else 0
        return text[:at] + laughs + text[at:].replace(b"<v>2021</v>", b"<v>&c;</v>")

    home.drop("wos/a.xlsx", patched(only(("记录", [HEAD, record(1)], "visible")), change))
    home.drop("wos/b.txt", wos(9))
    started = time.process_time()
    intake(home.settings)
    report = ingest(home.settings, "wos", docs=False)
    assert report.read == report.accepted + report.quarantined and report.accepted >= 1
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "filler",
    ['<row r="{0}"><c r="A{0}" s="0"/></row>', '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t> </t></is></c></row>'],
)
def test_a_million_empty_rows(tmp_path, filler):
    """A sheet formatted, or blank, to its last row: the records are found, and nothing grows with the emptiness."""

    def change(text: bytes) -> bytes:
        at = text.index(b'<row r="3">')
        rows = "".join(map(filler.format, range(3, 1_000_003))).encode()
        last = re.sub(rb'r="([A-Z]?)3"', rb'r="\g<1>1000003"', text[at:])
        return text[:at] + rows + last

    path = tmp_path / "a.xlsx"
    path.write_bytes(patched(only(("记录", [HEAD, record(1), record(2)], "visible")), change))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    found = _recognise.recognise(path)
    chunks = list(wos.read(path, found, {}))
    assert [(n, u) for c in chunks for n, u in c.rows.select("source_row", "UT").iter_rows()] == [
        (1, "WOS:000000000000001"),
        (2, "WOS:000000000000002"),
    ]
    assert time.process_time() - started < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2 << 20


def test_a_wide_sheet(home):
    head = [*HEAD, *(f"列{n}" for n in range(9_000))]
    home.drop("wos/a.xlsx", only(("记录", [head, [*record(1), *range(9_000)]], "visible")))
    raw, words = told(home)
    assert raw.height == 1 and raw["列8999"].to_list() == ["8999"] and "9000 列" in words


def test_a_panic_of_the_library_refuses_one_file(home, wos, monkeypatch):
    class PanicException(BaseException):
        pass

    def panics(path: Path, *_: object) -> None:
        raise PanicException("index out of bounds: the len is 3 but the index is 7")

    import pipelines.sources.wos_sheet as reader

    home.drop("wos/a.xlsx", only(("记录", [HEAD, record(1)], "visible")))
    home.drop("wos/b.txt", wos(9))
    assert intake(home.settings).counts == {"accepted": 2}
    with monkeypatch.context() as patch:
        patch.setattr(reader, "read", panics)
        report = ingest(home.settings, "wos", docs=False)
    assert report.accepted == 1 and len(report.batches[0].refused) == 1
    assert "平台的问题" in report.batches[0].refused[0]
    [folder] = (home.place.landing / "wos").iterdir()
    assert (folder / "a.xlsx").exists()
    home.drop("wos/a.xlsx", (folder / "a.xlsx").read_bytes())  # after it is mended the file may come again
    assert intake(home.settings).counts == {"accepted": 1}
    assert ingest(home.settings, "wos", docs=False).accepted == 1


def test_a_panic_at_the_door_keeps_one_file_in_the_inbox(home, wos, monkeypatch):
    class PanicException(BaseException):
        pass

    def panics(path: Path) -> list[object]:
        raise PanicException("called `Option::unwrap()` on a `None` value")

    home.drop("wos/a.xlsx", only(("记录", [HEAD, record(1)], "visible")))
    home.drop("wos/b.txt", wos(9))
    with monkeypatch.context() as patch:
        patch.setattr(_sheets, "heads", panics)
        outcomes = {o.file: o for o in intake(home.settings).outcomes}
    assert outcomes["wos/a.xlsx"].fate == "held" and "维护人员" in outcomes["wos/a.xlsx"].words
    assert outcomes["wos/b.txt"].fate == "accepted"
