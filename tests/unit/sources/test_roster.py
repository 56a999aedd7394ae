"""Rosters: header variants, kinds of sheets, dates and words, and what must not come in. Every person is invented."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.core.errors import SourceError
from pipelines.sources.roster_values import code_of, iso_date
from tests.unit.sources.conftest import Deliver, Delivered

STAFF = [
    "工号*",
    "姓 名",
    "英文名",
    "曾用名",
    "单位代码",
    "职称",
    "人员类别",
    "入职日期",
    "离职日期",
    "工作邮箱",
    "ORCID",
]
STUDENT = ["学号", "姓名", "单位代码", "培养层次（必填）", "入学日期", "毕业日期", "导师工号", "邮箱"]


def roster(deliver: Deliver, *rows: list[Any], name: str = "r.xlsx") -> Delivered:
    return deliver({"Sheet1": list(rows)}, name)


def test_staff_below_a_title_row(deliver: Deliver) -> None:
    got = roster(
        deliver,
        ["岭海大学教职工名册"],
        [*STAFF, "性别"],
        [
            "0012",
            "王 磊",
            "Wang Lei",
            "王雷、王垒",
            "U01",
            "教授",
            "在编教师",
            "2015-09-01",
            "至今",
            "Wang@x.cn",
            "0000-0002-1825-0097",
            "男",
        ],
        ["0013", "欧阳芳", "", "", "U02", "", "全职博士后", "2015年9月", "2019/7/31", "", "0000-0002-1825-0098", "女"],
    )
    columns = [
        "person_id",
        "person_type",
        "name_zh",
        "former_names",
        "unit_id",
        "email",
        "orcid",
        "valid_from",
        "valid_to",
    ]
    assert got.table("source_people").select(columns).rows() == [
        ("0012", "staff", "王磊", "王雷;王垒", "U01", "wang@x.cn", "0000-0002-1825-0097", "2015-09-01", None),
        ("0013", "postdoc", "欧阳芳", None, "U02", None, None, "2015-09-01", "2019-07-31"),
    ]
    assert "性别" not in got.raw.columns


def test_students_and_their_supervisors(deliver: Deliver) -> None:
    got = roster(deliver, STUDENT, ["2020001", "李四", "U01", "博士研究生", "2020-09", "2024-06", "0012；0013", ""])
    assert got.table("source_people").select("person_type", "valid_from", "valid_to").rows() == [
        ("phd", "2020-09-01", "2024-06-30")
    ]
    assert got.table("source_supervisions").select("student_id", "supervisor_id").rows() == [
        ("2020001", "0012"),
        ("2020001", "0013"),
    ]


def test_units_and_recipients(deliver: Deliver) -> None:
    head = [
        "单位代码",
        "单位名称",
        "英文名称",
        "单位类别",
        "上级单位代码",
        "成立日期",
        "撤销日期",
        "变更方式",
        "后继单位代码",
    ]
    got = roster(
        deliver, head, ["U01", "化工学院", "School of Chemistry", "学院", "U00", "1952", "2019", "更名", "U02"]
    )
    columns = ["unit_id", "name_zh", "unit_kind", "parent_id", "valid_from", "valid_to", "change", "successor_id"]
    expected = [("U01", "化工学院", "college", "U00", "1952-01-01", "2019-12-31", "renamed", "U02")]
    assert got.table("source_units").select(columns).rows() == expected
    head = ["单位代码", "报告", "版本", "收件人", "邮箱", "生效日期", "失效日期"]
    got = roster(deliver, head, ["U01", "esi_push", "学院版", "张三", "a@b.cn", "2020-01-01", ""], name="rec.xlsx")
    assert got.table("source_recipients").select("unit_id", "report", "edition", "email").rows() == [
        ("U01", "esi_push", "college", "a@b.cn")
    ]


def test_several_sheets_and_csv_in_gbk(deliver: Deliver) -> None:
    got = deliver(
        {
            "教师": [STAFF, ["1", "王磊", "", "", "U01"]],
            "说明": [["填表说明"]],
            "学生": [STUDENT, ["2", "李四", "U01", "硕士"]],
        },
        "both.xlsx",
    )
    assert got.found.kind == "staff+students"
    assert got.raw["source_row"].to_list() == [1, 2]
    assert got.table("source_people")["person_type"].to_list() == ["staff", "master"]
    text = ",".join(STUDENT) + '\r\n2,"李,四",U01,本科,,,,\r\n'
    csv = deliver(text.encode("gb18030"), "s.csv")
    assert csv.table("source_people").select("name_zh", "person_type").rows() == [("李,四", "undergraduate")]


@pytest.mark.parametrize(
    "column", ["身份证号", "手机", "办公电话", "家庭住址", "健康状况", "宗教信仰", "民族", "婚姻状况", "照片"]
)
def test_forbidden_columns_refuse_the_file_by_name(deliver: Deliver, column: str) -> None:
    with pytest.raises(SourceError, match=column) as caught:
        roster(deliver, ["工号", "姓名", "单位代码", column], ["1", "王磊", "U01", "x"])
    assert caught.value.parts["影响"] == "整份文件没有入库"


@pytest.mark.parametrize("value", ["13812345678", "440101199001011234"])
def test_forbidden_numbers_under_an_innocent_header(deliver: Deliver, value: str) -> None:
    with pytest.raises(SourceError, match="说明栏"):
        roster(deliver, ["工号", "姓名", "单位代码", "说明栏"], ["1", "王磊", "U01", value])


def test_a_missing_header_is_named_with_variants_and_the_nearest(deliver: Deliver) -> None:
    with pytest.raises(SourceError) as caught:
        roster(deliver, ["姓名", "所在单位编码", "职称", "工作邮箱", "人员类别"], ["王磊", "U01", "教授", "", ""])
    words = str(caught.value)
    assert "工号" in words and "教工号" in words and "所在单位编码" in words


def test_wrong_rows_are_set_aside_each_with_its_reason(deliver: Deliver) -> None:
    got = roster(
        deliver,
        STUDENT,
        ["2.02E+11", "李五", "U01", "硕士"],
        ["2", "李六", "U01", "研究生"],
        ["3", "李七", "U01", "本科", "去年"],
        ["4", "", "U01", "本科"],
        ["5", "李八", "U01", "本科", "2020-13-01"],
        ["6", "李九", "U01", "本科", "20200901"],
    )
    assert got.rejected["row"].to_list() == [1, 2, 3, 4, 5]
    for row, word in enumerate(["科学计数法", "研究生", "去年", "姓名", "2020-13-01"]):
        assert word in got.rejected["found"][row]
    assert got.table("source_people").select("person_id", "valid_from").rows() == [("6", "2020-09-01")]


def test_only_a_header_is_refused(deliver: Deliver) -> None:
    with pytest.raises(SourceError, match="只有表头"):
        roster(deliver, ["工号", "姓名", "单位代码"])


@pytest.mark.parametrize(
    ("text", "edge", "iso"),
    [
        ("2015.9.1", "valid_from", "2015-09-01"),
        ("2015-09-01 00:00:00", "valid_from", "2015-09-01"),
        ("42248", "valid_from", "2015-09-01"),
        ("2020-02", "valid_to", "2020-02-29"),
        ("2020年", "valid_to", "2020-12-31"),
        ("2020-02-30", "valid_to", None),
        ("不详", "valid_to", None),
    ],
)
def test_dates(text: str, edge: str, iso: str | None) -> None:
    assert iso_date(text, edge) == iso


def test_words() -> None:
    assert [code_of("staff_kind", w) for w in ("离退休人员", "专职博士后", "专任教师", "临时")] == [
        "emeritus",
        "postdoc",
        "staff",
        None,
    ]
    assert [code_of("unit_kind", w) for w in ("附属医院", "重点实验室", "机关部处")] == [
        "hospital",
        "laboratory",
        "office",
    ]


def test_the_sheet_says_the_level_or_the_kind_of_its_people(deliver: Deliver) -> None:
    head = ["学号", "姓名", "院系代码", "入学年月", "毕业年月"]
    got = deliver(
        {
            "硕士": [head, ["S1", "甲", "U01", "202009", "202306"]],
            "博士": [head, ["B1", "乙", "U01", "2020.09", ""]],
            "离退休": [["教师工号", "教师姓名", "单位编码", "来校年月"], ["0001", "丙", "U01", "1980.9"]],
        },
        "r.xlsx",
    )
    people = got.table("source_people").select("person_id", "person_type", "valid_from", "valid_to").rows()
    assert people == [
        ("S1", "master", "2020-09-01", "2023-06-30"),
        ("B1", "phd", "2020-09-01", None),
        ("0001", "emeritus", "1980-09-01", None),
    ]


def test_states_of_people_totals_and_numbers_kept_as_text(deliver: Deliver) -> None:
    text = (
        "序号,工号,姓名,单位代码,人员类别,人员状态,离校日期\n"
        '1,="00123",甲,U01,在编,在职,\n'
        "2,00124,乙,U01,在编,退休,\n"
        "3,00125,丙,U01,在编,调出,\n"
        "4,00126,丁,U01,在编,调出,2020-06-30\n"
        "合计,4,,,,,\n"
        "注：不含外聘,,,,,,\n"
    )
    got = deliver(text.encode("gb18030"), "r.csv")
    assert got.table("source_people").select("person_id", "person_type", "valid_to").rows() == [
        ("00123", "staff", None),
        ("00124", "emeritus", None),
        ("00126", "staff", "2020-06-30"),
    ]
    assert got.rejected["row"].to_list() == [3, 5, 6]
    assert "没有离校日期" in got.rejected["found"][0]
    assert got.rejected["next_step"].to_list()[1:] == ["这一行不需要处理"] * 2
    assert got.found.missing == ()


@pytest.mark.parametrize(
    ("numbers", "told"), [([123, 20190001], True), (["00123", "20190001"], False), ([12, 34], False)]
)
def test_numbers_that_may_have_lost_their_zeros_are_told(deliver: Deliver, numbers: list[Any], told: bool) -> None:
    got = roster(deliver, ["工号", "姓名", "单位代码"], *([n, "甲", "U01"] for n in numbers))
    assert [("前导零" in words) for words in got.found.missing] == [True] * told
