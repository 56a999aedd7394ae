"""Works claimed in the performance system: wide headers, two header rows, roles; and rosters in further shapes. Every person is invented."""

from __future__ import annotations

from typing import Any

import pytest
import xlsxwriter
import xlwt

from pipelines.core import schema
from pipelines.core.errors import SourceError
from pipelines.sources import _recognise, roster
from pipelines.validation import checks
from tests.unit.sources.conftest import Deliver, Delivered, write

HEAD = "成果编号,工号,姓名,所在单位,论文题目,发表刊物,发表时间,DOI,收录号,收录情况,本人角色,本人排名"


def claims(got: Delivered, *columns: str) -> list[tuple[Any, ...]]:
    return got.table("source_claimed_works").select(columns).rows()


def test_a_claim_is_what_somebody_says(deliver: Deliver) -> None:
    line = (
        "P1,100001,王 磊,化学工程学院,Invented Alloys,Acta Fictitia,2026-03,10.9999/AF.1,WOS:000999,SCI 二区,第一作者,1"
    )
    got = deliver(f"{HEAD}\n{line}\n", "c.csv")
    assert (got.found.source, got.found.kind, got.found.format) == ("roster", "claims", "csv")
    columns = ("claim_id", "person_id", "title", "doi", "accession_number", "venue", "publication_year", "claimed_date")
    assert claims(got, *columns) == [
        ("P1", "100001", "Invented Alloys", "10.9999/af.1", "WOS:000999", "Acta Fictitia", 2026, "2026-03-01")
    ]
    assert claims(got, "claimed_role", "claimed_position", "claimed_unit", "claimed_category") == [
        ("first", 1, "化学工程学院", "SCI 二区")
    ]


@pytest.mark.parametrize(
    ("word", "expected"),
    [("第一作者", "first"), ("一作", "first"), ("共同第一作者", "co_first"), ("通信作者", "corresponding"), ("共同通讯作者", "co_corresponding"),
     ("第一作者兼通讯作者", "first+corresponding"), ("共同一作、通讯", "corresponding"), ("参与", "participant"), ("第三作者", "participant"),
     ("其他", "participant"), ("", None), ("待定", None)],
)  # fmt: skip
def test_roles_in_many_words(deliver: Deliver, word: str, expected: str | None) -> None:
    if word == "共同一作、通讯":
        expected = "first+corresponding"  # 一作 is said, 共同第一 is not
    got = deliver(f"{HEAD}\nP1,1,王磊,,T,,,,,,{word},\n", "c.csv")
    assert claims(got, "claimed_role", "claimed_role_raw") == [(expected, word or None)]


def test_roles_as_yes_and_no(deliver: Deliver) -> None:
    head = "教工号,教师姓名,成果名称,成果类型,是否第一作者,是否通讯作者,年度"
    got = deliver(f"{head}\n1,王磊,A,论文,是,是,2025年\n1,王磊,B,论文,否,否,2025\n", "c.csv")
    assert claims(got, "title", "claimed_role", "publication_year") == [
        ("A", "first+corresponding", 2025),
        ("B", None, 2025),
    ]


def test_header_of_two_rows_with_merged_cells(tmp_path: Any) -> None:
    path = tmp_path / "m.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("论文")
    page.merge_range("A1:F1", "2026 年科研业绩")
    page.merge_range("A2:A3", "成果编号")
    page.merge_range("B2:C2", "申报人")
    page.merge_range("D2:F2", "论文信息")
    for column, label in enumerate(["工号", "姓名", "论文题目", "发表刊物", "本人角色"], 1):
        page.write(2, column, label)
    page.write_row(3, 0, ["P1", "100001", "王磊", "A", "Acta Fictitia", "通讯作者"])
    book.close()
    got = Delivered(path, {})
    assert claims(got, "claim_id", "person_id", "name", "title", "venue", "claimed_role") == [
        ("P1", "100001", "王磊", "A", "Acta Fictitia", "corresponding")
    ]


def test_claims_without_person_or_title_are_set_aside(deliver: Deliver) -> None:
    got = deliver(f"{HEAD}\nP1,,王磊,,A,,,,,,,\nP2,1,王磊,,,,,,,,,\nP3,1,王磊,,C,,,,,,,\n", "c.csv")
    assert got.rejected["row"].to_list() == [1, 2]
    assert ["工号" in got.rejected["found"][0], "成果名称" in got.rejected["found"][1]] == [True, True]


def test_students_may_claim_and_forbidden_columns_stay_out(deliver: Deliver) -> None:
    got = deliver("学号,姓名,成果名称,成果类别\n2020001,李四,A,论文\n", "c.csv")
    assert claims(got, "person_id") == [("2020001",)]
    with pytest.raises(SourceError, match="手机"):
        deliver("工号,姓名,成果名称,成果类别,手机\n1,李四,A,论文,1\n", "d.csv")


def test_a_staff_list_is_no_list_of_claims(deliver: Deliver) -> None:
    got = deliver("工号,姓名,单位代码,曾用名\n1,王磊,U1,王垒\n", "s.csv")
    assert got.found.kind == "staff"
    assert got.table("source_people")["former_names"].to_list() == ["王垒"]


def test_old_excel_and_two_supervisors(tmp_path: Any) -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("学生")
    for r, row in enumerate(
        [["学号", "姓名", "单位代码", "培养层次", "导师工号", "副导师工号"], ["2", "李四", "U1", "博士", "12", "13"]]
    ):
        for c, cell in enumerate(row):
            page.write(r, c, cell)
    book.save(str(tmp_path / "s.xls"))
    got = Delivered(tmp_path / "s.xls", {})
    assert (got.found.format, got.found.kind) == ("xls", "students")
    assert got.table("source_supervisions")["supervisor_id"].to_list() == ["12", "13"]


def test_a_broken_quotation_mark_does_not_swallow_people(deliver: Deliver) -> None:
    got = deliver('工号,姓名,单位代码\n1,"王磊,U1\n2,欧阳芳,U1\n3,李四,U1\n', "s.csv")
    assert got.rejected.height == 1
    assert got.table("source_people")["person_id"].to_list() == ["2", "3"]


def test_a_roster_that_shrinks_is_told() -> None:
    rule = next(r for r in checks.rules(schema.source("roster")) if r.check == "row_count_drop")
    assert rule.applies("staff", "xlsx")
    told = checks.row_count_drop(rule, "名册", 79, 100, "b")
    assert told is not None and told.severity == "warn" and "21%" in told.what
    assert checks.row_count_drop(rule, "名册", 81, 100, "b") is None


def test_papers_of_a_database_are_no_claims(tmp_path: Any) -> None:
    head = _recognise.look(write(tmp_path / "x.csv", "题名,作者,单位,刊名,年份\nA,王磊,岭海大学,J,2025\n"))
    assert roster.recognise(head) is None
