"""CNKI: records over blank lines and wrapped fields, names and units, and links only where they are safe."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.errors import SourceError
from pipelines.sources import _recognise, modules
from tests.unit.sources.conftest import Deliver, Delivered, write

RECORD = """RT Journal Article
SR 1
A1 张三;李四;
AD 岭海大学化工学院;岭海大学图书馆;
T1 测试题名研究
JF 岭海学报
YR 2021
IS 03
vo 49
OP 54-58
K1 潮汐知识;资源
 knowledge of tides;resource

AB 摘要第一段
In this paper 第二段
SN 1672-514X
LA 中文;
DS CNKI
"""


def links(got: Delivered) -> list[tuple[int, int, str]]:
    return got.table("source_authorship_addresses").select("author_position", "address_position", "link").rows()


def journal(authors: str, units: str, title: str = "题名") -> str:
    return f"\nRT Journal Article\nA1 {authors}\nAD {units}\nT1 {title}\nJF 刊\nYR 2001\nIS 1\nOP 1-2\nDS CNKI\n"


def test_refworks_fields_survive_blank_lines_wraps_and_lower_case(deliver: Deliver) -> None:
    got = deliver(("\n" + RECORD + "\n" + RECORD.replace("测试", "第二")).replace("\n", "\r\n"))
    assert got.raw.height == 2 and got.rejected.height == 0
    row = got.raw.row(0, named=True)
    assert row["keywords"] == "潮汐知识;资源\nknowledge of tides;resource"
    assert row["abstract"] == "摘要第一段\nIn this paper 第二段"
    assert (row["volume"], row["title"]) == ("49", "测试题名研究")
    record = got.table("source_records").row(0, named=True)
    assert (record["first_page"], record["last_page"], record["issue"], record["language"]) == ("54", "58", "3", "zh")
    assert record["keywords"] == "潮汐知识; 资源; knowledge of tides; resource"
    assert (record["venue"], record["document_type"], record["publication_year"]) == ("岭海学报", "article", 2021)


def test_gbk_and_a_tag_without_a_blank(deliver: Deliver) -> None:
    got = deliver(RECORD.replace("A1 张三", "A1张三").encode("gb18030"))
    assert got.found.encoding == "gb18030"
    assert got.raw["authors"].to_list() == ["张三;李四;"]


def test_noteexpress_with_a_bare_cr_inside_the_address(deliver: Deliver) -> None:
    text = (
        "{Reference Type}: Journal Article\r\n{Title}: 题名\r\n{Author}: 谢某,王某某\r\n"
        "{Author Address}: 岭海大学政法学院 湖北\r\r\r\r\n,湖北武汉430074\r\n"
        "{Journal}: 刊\r\n{Year}: 2005\r\n{Issue}: 09\r\n{Database Provider}: CNKI\r\n\r\n\r\n"
    )
    got = deliver(text.encode(), name="a.net")
    assert got.found.format == "noteexpress"
    assert got.raw["authors"].to_list() == ["谢某,王某某"]
    assert got.table("source_authorships")["name"].to_list() == ["谢某", "王某某"]
    assert links(got) == []  # one string that may hold several units says nothing


@pytest.mark.parametrize(
    ("authors", "units", "expected"),
    [
        ("张三;李四;", "岭海大学;", [(1, 1, "single_address"), (2, 1, "single_address")]),
        ("张三;", "岭海大学;海关学院;", [(1, 1, "single_author"), (1, 2, "single_author")]),
        ("张三;李四;", "岭海大学;海关学院;", []),
        ("张三;李四;", "岭海大学;岭海大学", [(1, 1, "single_address"), (2, 1, "single_address")]),
        (
            "颜某,石某某,尹某",
            "岭海大学生命学院!岭海130024,岭海大学生命学院!岭海130024,海关学院!岭海315101",
            [(1, 1, "stated"), (2, 1, "stated"), (3, 2, "stated")],
        ),
        ("颜某,石某某", "岭海大学生命学院,海关学院,税务学院", []),
        ("Ann Lee;;Bo Li", "Dept A, Linghai University, China;;Dept B, X University, UK", []),
    ],
    ids=["one unit", "one author", "two lists", "one unit twice", "a unit per author", "not parallel", "foreign"],
)
def test_links_only_where_safe(
    deliver: Deliver, authors: str, units: str, expected: list[tuple[int, int, str]]
) -> None:
    assert links(deliver(journal(authors, units))) == expected


def test_foreign_addresses_are_not_split_at_commas(deliver: Deliver) -> None:
    got = deliver(journal("Ann Lee;;Bo Li", "Dept A, Linghai University, China;;Dept B, X University, UK"))
    assert got.table("source_addresses")["address"].to_list() == [
        "Dept A, Linghai University, China",
        "Dept B, X University, UK",
    ]


def test_thesis_newspaper_yearbook_and_online_first(deliver: Deliver) -> None:
    got = deliver(
        "RT Dissertation/Thesis\nA1 林某\nA3 导师某\nT1 论文\nPB 岭海大学\nCL 博士\nYR 2018\nDS CNKI\n\n"
        "RT Standard\nT1 统计\nDB 年鉴\nDS CNKI\n\nRT Journal Article\nA1 王某;\nT1 在线\nJF 刊\nOP 1-7\nDS CNKI\n"
    )
    records = got.table("source_records").sort("row")
    assert records["document_type"].to_list() == ["thesis", "yearbook", "article"]
    assert records["venue"].to_list() == ["岭海大学", None, "刊"]
    assert records["is_early_access"].to_list() == [False, False, True]
    assert got.table("source_addresses")["address"].to_list() == ["岭海大学"]
    assert links(got) == [(1, 1, "single_author")]
    assert got.raw["supervisors"].to_list()[0] == "导师某"
    assert set(got.table("source_authorships")["is_corresponding"]) == {"unknown"}


def test_role_of_batch_yml_is_evidence(deliver: Deliver) -> None:
    got = deliver(RECORD, role="通讯作者", role_name="李四")
    assert got.table("source_authorships")["is_corresponding"].to_list() == ["unknown", "yes"]


def test_record_ids_depend_on_the_record_alone(deliver: Deliver) -> None:
    one = deliver(RECORD).raw["record_id"][0]
    again = deliver(
        journal("x;", "y") + "\n" + RECORD.replace("IS 03", "IS 3").replace("A1 张三", "A1  张三 "), name="b.txt"
    ).raw
    assert again["record_id"][1] == one
    assert again["record_id"][0] != one
    link = "LK https://kns.cnki.net/detail.aspx?FileName=ZNYX202101034&DbName=X"
    linked = deliver(RECORD.replace("LA 中文;", f"LA 中文;\n{link}"), name="c.txt")
    assert linked.raw["record_id"][0] == one  # a link that other formats lack changes nothing
    assert linked.table("source_records")["accession_number"][0] == "ZNYX202101034"


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("张某某1,2;李某四2,*", ["张某某", "李某四"]),
        ("张某某~(1,2);李某四~2", ["张某某", "李某四"]),
        ("张某某①;李某四②", ["张某某", "李某四"]),
        ("张某某,李某四等", ["张某某", "李某四"]),
        ("张某某 李某四　王五", ["张某某", "李某四", "王五"]),
        ("山田 太郎", ["山田 太郎"]),
        ("本报记者 孟某某 通讯员 韩某", ["孟某某", "韩某"]),
        ("本报评论员", ["本报评论员"]),
        ("佚名", None),
        ("LIN Yuanzhou,ZHOU Wangshu", ["LIN Yuanzhou", "ZHOU Wangshu"]),
        ("Lin Yuan, Zhou Wang, Wu Mou", ["Lin Yuan", "Zhou Wang", "Wu Mou"]),
        ("Smith, John A.", ["Smith, John A."]),
        ("阿·买买提;Müller Hans", ["阿·买买提", "Müller Hans"]),
    ],
)
def test_names_as_pages_print_them(deliver: Deliver, authors: str, names: list[str] | None) -> None:
    assert deliver(journal(authors, "岭海大学")).table("source_authorships")["name"].to_list() == (names or [])


@pytest.mark.parametrize(
    ("authors", "units"),
    [
        ("张某某1,2;李某四2", "1.岭海大学化工学院;2.岭海研究院"),
        ("张某某(1,2);李某四(2)", "(1)岭海大学化工学院;(2)岭海研究院"),
        ("张某某①②;李某四②", "①岭海大学化工学院;②岭海研究院"),
        ("张某某[1,2] 李某四[2]", "[1]岭海大学化工学院 [2]岭海研究院"),
    ],
)
def test_numbers_behind_names_state_the_units(deliver: Deliver, authors: str, units: str) -> None:
    got = deliver(journal(authors, units))
    assert got.table("source_addresses")["address"].to_list() == ["岭海大学化工学院", "岭海研究院"]
    assert links(got) == [(1, 1, "stated"), (1, 2, "stated"), (2, 2, "stated")]


def test_words_around_numbers_and_the_day_of_network_first(deliver: Deliver) -> None:
    text = journal("张三", "岭海大学").replace("IS 1\nOP 1-2", "VO 第4卷\nIS 第03期\nOP 第12-15页")
    row = deliver(text).table("source_records").row(0, named=True)
    assert (row["volume"], row["issue"], row["first_page"], row["last_page"]) == ("4", "3", "12", "15")
    first = "RT Journal Article\nA1 张三\nT1 题名[网络首发]\nJF 刊\nDS CNKI\n"
    link = "LK https://link.cnki.net/urlid/44.1000.TP.20230401.1001.002\n"
    row = deliver(first + link, name="b.txt").table("source_records").row(0, named=True)
    assert (row["title"], row["is_early_access"], row["publication_year"]) == ("题名", True, 2023)
    assert row["publication_year_basis"] == "early_access"


def test_ordinals_before_records_and_records_of_another_database(deliver: Deliver) -> None:
    custom = "[1]\nTitle-题名: 甲\nAuthor-作者: 张三\n\n[2]\nTitle-题名: 乙\nAuthor-作者: 李四\n"
    got = deliver(custom)
    assert (got.raw["title"].to_list(), got.rejected.height) == (["甲", "乙"], 0)
    other = deliver(RECORD * 2 + RECORD.replace("DS CNKI", "DS 万方数据"), name="b.txt")
    assert (other.raw.height, other.rejected["row"].to_list()) == (2, [3])
    assert "分别导出" in other.rejected["next_step"][0]


def test_a_table_with_dates_of_excel_pages_in_two_columns_and_the_database_in_the_link(deliver: Deliver) -> None:
    link = "https://kns.cnki.net/kcms/detail/detail.aspx?dbcode=CMFD&filename=1021000001.nh"
    head = ["题名", "作者", "作者单位", "文献来源", "发表时间", "起始页", "终止页", "网址"]
    rows = [["甲", "张三,李四", "岭海大学医学院附属医院,岭海大学医学院", "岭海大学", 43845, 3, 9, link]]
    got = deliver({"Sheet1": [head, *rows]}, name="a.xlsx")
    row = got.table("source_records").row(0, named=True)
    assert (row["publication_date"], row["publication_year"]) == ("2020-01-15", 2020)
    assert (row["document_type"], row["first_page"], row["last_page"]) == ("thesis", "3", "9")
    assert links(got) == []  # two units behind a comma are not one per author


def test_a_record_without_a_title_is_set_aside(deliver: Deliver) -> None:
    got = deliver(RECORD + "\nRT Journal Article\nA1 无题;\nDS CNKI\n")
    assert got.rejected["row"].to_list() == [2]
    assert "题名" in got.rejected["found"][0]


def test_export_date_from_the_files_own_name(deliver: Deliver) -> None:
    assert deliver(RECORD, name="CNKI-20210429002635507.txt").table("source_records")["exported_at"][0] == "2021-04-29"
    assert deliver(RECORD, name="CNKI-637066357426093750.txt").table("source_records")["exported_at"][0] == "2019-10-14"
    assert deliver(RECORD, name="mine.txt").table("source_records")["exported_at"][0] is None


@given(st.text(alphabet="RTA1D \n;,:{}大学张", max_size=80), st.integers(0, 200))
@settings(max_examples=40, deadline=None)
def test_damage_never_crashes(tmp_path_factory: pytest.TempPathFactory, noise: str, cut: int) -> None:
    path = write(tmp_path_factory.mktemp("cnki") / "f.txt", RECORD + noise + RECORD[cut:])
    try:
        found = _recognise.recognise(path)
        chunks = list(modules()[found.source].read(path, found, {}))
    except SourceError:
        return
    numbers = sorted(n for c in chunks for n in (*c.rows["source_row"], *c.rejected["row"]))
    assert numbers == list(range(1, len(numbers) + 1))
    rows = pl.concat([c.rows for c in chunks], how="diagonal_relaxed")
    assert modules()["cnki"].record_ids(rows).null_count() == 0


def test_totals_and_notes_under_a_table_need_no_new_export(deliver: Deliver) -> None:
    head = ["序号", "题名", "作者", "文献来源", "发表时间", "数据库", "被引"]
    body = [[1, "甲", "张三", "岭海学报", "2020-01-15", "期刊", 3], ["合计", "", "", "", "", "", 3], ["注：检索于年初"]]
    got = deliver({"Sheet1": [head, *body, [2, "", "李四", "岭海学报", "2020", "期刊", ""]]}, name="a.xlsx")
    assert got.raw["title"].to_list() == ["甲"]
    steps = got.rejected.sort("row").select("row", "next_step").rows()
    assert [(row, "不需要处理" in step) for row, step in steps] == [(2, True), (3, True), (4, False)]


def test_a_title_given_twice_is_one_title_and_its_other_language(deliver: Deliver) -> None:
    got = deliver(RECORD.replace("T1 测试题名研究", "T1 测试题名研究\nT1 A Study of Titles"))
    row = got.table("source_records").row(0, named=True)
    assert (row["title"], row["title_other"]) == ("测试题名研究", "A Study of Titles")
    assert row["record_id"] == deliver(RECORD, name="b.txt").raw["record_id"][0]


def test_a_table_of_whole_database_names_or_with_the_vendor_above_its_header(deliver: Deliver) -> None:
    head = ["篇名", "全部作者", "机构", "刊名", "发表时间"]
    row = ["甲", "张三,李四,等", "岭海大学", "岭海学报", "2020/1/5"]
    base = deliver({"s": [[*head, "来源数据库"], [*row, "中国学术期刊网络出版总库"]]}, name="a.xlsx")
    named = deliver({"s": [["导出自中国知网"], head, row]}, name="b.xlsx")
    assert [got.found.source for got in (base, named)] == ["cnki", "cnki"]
    assert base.table("source_authorships")["name"].to_list() == ["张三", "李四"]
    record = base.table("source_records").row(0, named=True)
    assert (record["publication_date"], record["document_type"]) == ("2020-01-05", "article")


def test_words_before_award_numbers(deliver: Deliver) -> None:
    fund = "Fund-基金: 国家自然科学基金(No.41900001；41900002)、岭海省基金(批准号：2019A)"
    got = deliver(f"Title-题名: 甲\nAuthor-作者: 张三\n{fund}\n")
    assert got.table("source_funding").select("funder", "award_number").rows() == [
        ("国家自然科学基金", "41900001"),
        ("国家自然科学基金", "41900002"),
        ("岭海省基金", "2019A"),
    ]
