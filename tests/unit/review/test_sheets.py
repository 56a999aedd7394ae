"""A review workbook out and back: whatever people and spreadsheet programs do to it, an answer counts or is told in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt

from pipelines.core import ledger
from pipelines.core.errors import SourceError
from pipelines.intake import intake, recognise
from pipelines.review import KINDS, answers, take, workbook
from pipelines.review.differences import runs
from pipelines.review.kinds import Case, Group, Kind, check_code
from pipelines.sources import _packages
from tests.conftest import Home

BUILD = "20261122T000000Z"
PAIRS = [("cnki:1", "wos:WOS:1"), ("ei:2", "wos:WOS:2"), ("ei:3", "scopus:2-s2.0-3")]
TODAY = date(2026, 11, 22)
HEAD = 2  # the line of column names


@pytest.fixture
def kind() -> Kind:
    """Deduplication with records of its own: nothing is built."""
    return replace(KINDS["dedup"], known=lambda _: {record_id for pair in PAIRS for record_id in pair})


@pytest.fixture
def book(kind: Kind) -> Any:
    """The workbook of three pairs, opened as a person does."""
    title = runs("=HYPERLINK(1) 采用 Ti-6Al-4V 的研究", "+采用 Ti-6Al-4V 合金的研究")
    cases = tuple(
        Case(keys, {"为什么问": "-拿不准", "题名甲": title[0], "题名乙": title[1], "DOI甲": "@x"}) for keys in PAIRS
    )
    made = workbook(kind, (Group("待核", "待核 3 对", cases, 3),), BUILD, datetime(2026, 11, 22, tzinfo=UTC))
    return openpyxl.load_workbook(BytesIO(made), rich_text=True)


def places(sheet: Any) -> dict[str, int]:
    return {cell.value: cell.column for cell in sheet[HEAD]}


def fill(sheet: Any, row: int, **cells: Any) -> None:
    found = places(sheet)
    for name, value in {"判定": "同一", "审核人": "馆员甲", **cells}.items():
        sheet.cell(row, found[name]).value = value


def read(kind: Kind, path: Path) -> answers.Returned:
    return answers.read(path, recognise(path), kind, answers.Today(kind.known(None), {}), TODAY, path.name)  # type: ignore[arg-type]


def saved(book: Any, tmp_path: Path) -> Path:
    book.save(tmp_path / "回.xlsx")
    return tmp_path / "回.xlsx"


def decided(returned: answers.Returned) -> list[tuple[str, str, str]]:
    return [(line["left_id"], line["right_id"], line["decision"]) for line in returned.lines]


def test_only_answers_can_be_edited_and_nothing_is_live(book: Any) -> None:
    sheet = book["待核"]
    found = places(sheet)
    assert sheet.protection.sheet and not sheet.protection.password
    open_columns = {name for name, column in found.items() if not sheet.cell(HEAD + 1, column).protection.locked}
    assert open_columns == {"判定", "理由", "审核人", "日期"}
    assert [v.formula1 for v in sheet.data_validations.dataValidation] == ['"同一,不同,不确定,撤销"']
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds and not sheet._hyperlinks
    keys = [sheet.cell(HEAD + 1, found[name]) for name in ("记录甲", "记录乙", "核对码", "构建")]
    assert [k.number_format for k in keys] == ["@"] * 4 and keys[3].value == BUILD


def test_differing_parts_are_coloured(book: Any) -> None:
    cell = book["待核"].cell(HEAD + 1, places(book["待核"])["题名乙"]).value
    coloured = [part.text for part in cell if not isinstance(part, str) and part.font.b]
    assert coloured == ["+", "合金"]
    assert "".join(str(part) for part in cell) == "+采用 Ti-6Al-4V 合金的研究"


def test_moved_renamed_extra_columns_sorted_and_deleted_rows(book: Any, kind: Kind, tmp_path: Path) -> None:
    sheet = book["待核"]
    fill(sheet, 3)
    fill(sheet, 5, 判定="不同 ", 日期=datetime(2026, 11, 20), 理由="=1+1 不是")
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    order = list(range(len(rows[HEAD - 1])))[::-1]
    again = openpyxl.Workbook()
    moved = again.active
    moved.append(["我的批注", "", "随便写"])
    for row in (rows[1], rows[4], rows[2]):  # the note is gone, one line deleted, two in another order
        moved.append(["", *(None if row[i] is None else str(row[i]) for i in order), "另加"])
    for cell in (cell for line in moved.iter_rows() for cell in line if cell.data_type == "f"):
        cell.data_type = "s"
    moved.cell(2, 1).value, moved.cell(2, moved.max_column).value = "本馆备注", "进度"
    path = tmp_path / "移动.xlsx"
    again.save(path)
    returned = read(kind, path)
    assert decided(returned) == [("ei:3", "scopus:2-s2.0-3", "不同"), ("cnki:1", "wos:WOS:1", "同一")]
    assert [line["date"] for line in returned.lines] == ["2026-11-20", "2026-11-22"]
    assert returned.lines[0]["reason"] == "=1+1 不是"
    assert not returned.problems


@pytest.mark.parametrize("form", ["xls", "csv"])
def test_other_forms_of_saving(book: Any, kind: Kind, tmp_path: Path, form: str) -> None:
    sheet = book["待核"]
    fill(sheet, 4, 日期="2026/11/3")
    rows = [["" if cell.value is None else str(cell.value) for cell in row] for row in sheet.iter_rows()]
    path = tmp_path / f"回.{form}"
    if form == "xls":
        old = xlwt.Workbook()
        page = old.add_sheet("待核")
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                page.write(r, c, value)
        old.save(str(path))
    else:
        text = "\r\n".join(",".join('"' + v.replace('"', '""') + '"' for v in row) for row in rows)
        path.write_bytes(text.encode("gb18030"))
    returned = read(kind, path)
    assert decided(returned) == [("ei:2", "wos:WOS:2", "同一")]
    assert returned.lines[0]["date"] == "2026-11-03" and returned.unanswered == 2


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"判定": "也许"}, "写法不认识"),
    ({"审核人": None}, "审核人"),
    ({"记录甲": "ei:2"}, "核对码"),
    ({"记录乙": None}, "缺少记录号"),
    ({"核对码": "aaaaa"}, "核对码"),
    ({"核对码": None, "记录甲": "wos:WOS:404"}, "库中没有"),
    ({"核对码": None, "记录甲": "wos:WOS:1"}, "同一条记录"),
    ({"日期": "昨天"}, "日期看不懂"),
    ({"日期": "2026-02-30"}, "日期看不懂"),
    ({"日期": "2027-01-01"}, "将来"),
]


@pytest.mark.parametrize(("cells", "words"), WRONG)
def test_a_wrong_row_is_told_and_the_others_count(
    book: Any, kind: Kind, tmp_path: Path, cells: dict[str, Any], words: str
) -> None:
    fill(book["待核"], 3, **cells)
    fill(book["待核"], 4)
    returned = read(kind, saved(book, tmp_path))
    assert decided(returned) == [("ei:2", "wos:WOS:2", "同一")]
    [problem] = returned.problems
    assert words in problem.what and problem.where == "回.xlsx，待核 第 3 行" and problem.next_step
    assert returned.unanswered == 1


def test_a_pair_by_hand_and_a_record_that_is_gone(book: Any, kind: Kind, tmp_path: Path) -> None:
    fill(book["补充"], 3, 判定="不同", 记录甲="wos:WOS:1", 记录乙="ei:3")
    fill(book["待核"], 3)
    path = saved(book, tmp_path)
    assert decided(read(kind, path))[1] == ("wos:WOS:1", "ei:3", "不同")
    withdrawn = replace(kind, known=lambda _: {"wos:WOS:1", "ei:3"})
    returned = read(withdrawn, path)  # cnki:1 was withdrawn: what was asked about it stays an answer
    assert len(returned.lines) == 2 and returned.gone == 1 and not returned.problems


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("46348", "2026-11-22"),
        ("2026年11月2日", "2026-11-02"),
        ("20261102", "2026-11-02"),
        ("2026-11-02 00:00:00", "2026-11-02"),
        ("2026.1.2", "2026-01-02"),
        ("", "2026-11-22"),
    ],
)
def test_dates_as_spreadsheets_leave_them(text: str, day: str) -> None:
    assert answers._day(text, TODAY) == day


def test_a_sheet_without_its_key_columns_is_refused_in_words(book: Any, tmp_path: Path) -> None:
    book["待核"].delete_cols(places(book["待核"])["记录甲"])
    del book["补充"]
    with pytest.raises(SourceError, match="认不出列名") as refused:
        recognise(saved(book, tmp_path))
    assert "记录甲" in refused.value.parts["应为"]


def test_codes_are_letters_and_tell_neighbours_apart() -> None:
    codes = {check_code("dedup", (f"wos:WOS:{n}", "ei:1")) for n in range(300)}
    assert len(codes) == 300 and all(c.isalpha() for c in codes)


def test_colour_says_what_differs() -> None:
    left, right = runs("Deep Learning of alloys: a study", "Deep learning for alloys: A study, part 2")
    assert [t for t, differs in left if differs] == ["of"] and "".join(t for t, _ in right).endswith("part 2")
    assert runs("钢的研究", "A study of steel") == ([("钢的研究", False)], [("A study of steel", False)])
    assert runs("", "x") == ([("", False)], [("x", False)])


def test_landing_twice_and_the_same_answers_saved_anew_add_nothing(
    home: Home, kind: Kind, book: Any, tmp_path: Path
) -> None:
    _packages._fault.cache_clear()
    land: Callable[[], Any] = lambda: (intake(home.settings), take(home.place, {"dedup": kind}, None))  # noqa: E731
    stream = lambda: ledger.read(home.place.ledger, "decisions_dedup")  # noqa: E731
    fill(book["待核"], 3)
    fill(book["待核"], 4, 判定="不知道")
    path = saved(book, tmp_path)
    home.drop("核对/回.xlsx", path.read_bytes())
    report, [taken] = land()
    assert report.sources == ("review",) and (taken.accepted, taken.rejected, taken.unanswered) == (1, 1, 1)
    told = next(home.place.quarantine.glob("review/*/说明.txt")).read_text(encoding="utf-8")
    assert "待核 第 4 行" in told and "不知道" in told
    [line] = stream().to_dicts()
    assert line["source_row"] == "待核 3" and line["source_file"].startswith("review/")
    home.drop("又一份.xlsx", path.read_bytes())
    report, taken = land()
    assert report.counts == {"duplicate": 1} and not taken
    fill(book["待核"], 4, 判定="不同")
    home.drop("改好.xlsx", saved(book, tmp_path).read_bytes())
    _, [taken] = land()
    assert (taken.accepted, taken.repeated) == (1, 1) and stream().height == 2
    assert take(home.place, {"dedup": kind}, None) == ()
