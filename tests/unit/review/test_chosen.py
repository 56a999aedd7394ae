"""Sheets whose answer may be a thing: a unit from a list, a person of the line. What is chosen is known, or told in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt

from pipelines.intake import recognise
from pipelines.review import KINDS, answers, workbook
from pipelines.review.kinds import Case, Group, Kind
from pipelines.review.workbook import ROOM, _fitting

TODAY = date(2026, 11, 22)
HEAD = 2
UNITS = {"U001": "化工学院", "U002": "化学学院", "U00201": "分析化学教研室", "U00301": "分析化学教研室"}
PEOPLE = {"2012": "甲一", "00017": "乙二", "S9": "丙,三"}
TEXTS = [("Ctr Quantum Stuff", "单位"), ("Linhai Univ", "校名")]
AUTHORS = [("wos:WOS:1", "1", "Wang, Wei", "同组各篇"), ("cnki:2", "3", "王伟", "仅此一篇")]


def addresses() -> Kind:
    return replace(KINDS["addresses"], known=lambda _: {t for keys in TEXTS for t in keys})


def people() -> Kind:
    return replace(KINDS["people"], known=lambda _: {"\x1f".join(keys[:3]) for keys in AUTHORS})


def opened(kind: Kind, cases: tuple[Case, ...], listed: tuple[str, ...] = ()) -> Any:
    made = workbook(kind, (Group("待核", "待核", cases, len(cases)),), "b", datetime(2026, 11, 22, tzinfo=UTC), listed)
    return openpyxl.load_workbook(BytesIO(made))


@pytest.fixture
def units_book() -> Any:
    cases = tuple(Case(keys, {"例": "=1+1", "建议": "-"}) for keys in TEXTS)
    return opened(addresses(), cases, tuple(f"{i} {n}" for i, n in UNITS.items()))


@pytest.fixture
def people_book() -> Any:
    cases = tuple(Case(k, {"作品": "题名"}, ("2012 甲一", "00017 乙二", "S9 丙,三")) for k in AUTHORS)
    return opened(people(), cases)


def fill(sheet: Any, row: int, **cells: Any) -> None:
    found = {cell.value: cell.column for cell in sheet[HEAD]}
    for name, value in {"审核人": "馆员甲", **cells}.items():
        sheet.cell(row, found[name]).value = value


def read(kind: Kind, path: Path, choices: dict[str, str]) -> answers.Returned:
    found = recognise(path)
    assert found.kind == kind.layout.kind
    return answers.read(path, found, kind, answers.Today(kind.known(None), choices), TODAY, path.name)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "decision", "unit"),
    [
        ("U001 化工学院", "单位", "U001"),
        ("U002", "单位", "U002"),
        ("化学学院", "单位", "U002"),
        ("U002；U001 化工学院", "单位", "U001;U002"),
        ("只到学校", "只到学校", ""),
        (" 不是本校（另一所）", "不是本校", ""),
        ("撤销", "撤销", ""),
    ],
)
def test_a_unit_is_chosen_by_code_name_or_both(
    units_book: Any, tmp_path: Path, cell: str, decision: str, unit: str
) -> None:
    fill(units_book["待核"], 3, 判定=cell)
    units_book.save(tmp_path / "回.xlsx")
    [line] = read(addresses(), tmp_path / "回.xlsx", UNITS).lines
    assert (line["segment"], line["level"], line["decision"], line["unit_id"]) == (*TEXTS[0], decision, unit)


@pytest.mark.parametrize("cell", ["U404", "分析化学教研室", "U001；也许", "；", "同一"])
def test_what_names_no_unit_or_two_is_told(units_book: Any, tmp_path: Path, cell: str) -> None:
    fill(units_book["待核"], 3, 判定=cell)
    fill(units_book["待核"], 4, 判定="只到学校")
    units_book.save(tmp_path / "回.xlsx")
    returned = read(addresses(), tmp_path / "回.xlsx", UNITS)
    assert [line["segment"] for line in returned.lines] == ["Linhai Univ"]
    [problem] = returned.problems
    assert "不认识" in problem.what and "待核 第 3 行" in problem.where and "只到学校" in problem.expected


def test_units_are_a_drop_down_and_everything_is_text(units_book: Any) -> None:
    sheet = units_book["待核"]
    [rule] = sheet.data_validations.dataValidation
    words = [cell.value for cell in units_book["可选单位"]["A"]]
    assert rule.formula1 == f"'可选单位'!$A$1:$A${len(words)}" and words[:2] == ["只到学校", "不是本校"]
    assert words[-1] == "U00301 分析化学教研室" and units_book["可选单位"].protection.sheet
    assert {cell.data_type for row in sheet.iter_rows(min_row=3, min_col=2) for cell in row} <= {"s", "n"}
    heads = {cell.value: cell.column for cell in sheet[HEAD]}
    locked = {name for name, column in heads.items() if sheet.cell(3, column).protection.locked}
    assert {"文字", "层次", "核对码", "建议"} <= locked and "判定" not in locked
    assert sheet.cell(3, heads["文字"]).number_format == "@"


def test_candidates_are_the_drop_down_of_their_line(people_book: Any) -> None:
    rules = {str(r.sqref): r.formula1 for r in people_book["待核"].data_validations.dataValidation}
    assert rules["B3"] == '"2012 甲一,00017 乙二,S9 丙，三,都不是,不止一人,不确定,撤销"' and set(rules) == {"B3", "B4"}


def test_numbers_that_a_spreadsheet_made_of_codes_are_codes_again(people_book: Any, tmp_path: Path) -> None:
    fill(people_book["待核"], 3, 判定="2012")
    fill(people_book["待核"], 4, 判定="00017 乙二")
    old = xlwt.Workbook()
    page = old.add_sheet("待核")
    for r, row in enumerate(people_book["待核"].iter_rows(values_only=True)):
        for c, value in enumerate(row):
            page.write(r, c, float(value) if str(value).isdigit() and len(str(value)) < 5 else value)
    old.save(str(tmp_path / "回.xls"))
    returned = read(people(), tmp_path / "回.xls", PEOPLE)
    assert not returned.problems
    assert [(x["author_position"], x["decision"], x["person_id"]) for x in returned.lines] == [
        ("1", "本人", "2012"),
        ("3", "本人", "00017"),
    ]


def test_one_person_a_line_and_only_authors_that_are_there(people_book: Any, tmp_path: Path) -> None:
    fill(people_book["待核"], 3, 判定="2012；00017")
    own = people_book["补充"]
    fill(own, 3, 判定="2012", 记录号="wos:WOS:1", 作者序="2", 署名="Wang, Wei", 范围="仅此一篇")
    fill(own, 4, 判定="2012", 记录号="cnki:2", 作者序="3", 署名="王伟", 范围="全部")
    fill(own, 5, 判定="2012", 记录号="cnki:2", 作者序="3", 署名="王伟", 范围="仅此一篇")
    people_book.save(tmp_path / "回.xlsx")
    returned = read(people(), tmp_path / "回.xlsx", PEOPLE)
    assert [p.what for p in returned.problems] == ["一行只能选一个", "库中没有这一条", "库中没有这一条"]
    assert [line["source_row"] for line in returned.lines] == ["补充 5"]


def test_moved_and_added_columns_and_changed_keys(units_book: Any, tmp_path: Path) -> None:
    fill(units_book["待核"], 3, 判定="U001")
    fill(units_book["待核"], 4, 判定="U001", 文字="Linhai University")
    rows = [[c.value for c in row] for row in units_book["待核"].iter_rows(min_row=HEAD)]
    order = sorted(range(len(rows[0])), key=lambda i: str(rows[0][i]))
    moved = openpyxl.Workbook()
    for row in rows:
        moved.active.append(["备注", *(None if row[i] is None else f"'{row[i]}"[1:] for i in order)])
    for cell in (c for row in moved.active.iter_rows() for c in row if c.data_type == "f"):
        cell.data_type = "s"
    moved.save(tmp_path / "移.xlsx")
    returned = read(addresses(), tmp_path / "移.xlsx", UNITS)
    assert [line["segment"] for line in returned.lines] == ["Ctr Quantum Stuff"]
    assert "核对码" in returned.problems[0].what


def test_a_drop_down_of_a_line_never_outgrows_its_cell() -> None:
    many = tuple(f"20120{n:03d} {'很长的名字' * 5}" for n in range(40))
    words = _fitting((*many, "都不是", "撤销"))
    assert len(",".join(words)) <= ROOM and words[-2:] == ["都不是", "撤销"]


def test_an_old_sheet_keeps_its_answers_and_says_what_is_gone(units_book: Any, tmp_path: Path) -> None:
    fill(units_book["待核"], 3, 判定="U001")
    fill(units_book["待核"], 4, 判定="不是本校")
    units_book.save(tmp_path / "旧.xlsx")
    gone = replace(addresses(), known=lambda _: {"Linhai Univ", "校名"})
    returned = read(gone, tmp_path / "旧.xlsx", UNITS)
    assert (len(returned.lines), returned.gone, returned.problems) == (2, 1, [])
