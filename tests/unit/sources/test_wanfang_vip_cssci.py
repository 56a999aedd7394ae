"""Wanfang, VIP and CSSCI: the formats of their pages, and links where names, numbers or a unit per author state them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.core.errors import SourceError
from tests.unit.sources.conftest import Deliver, Delivered

FIXTURES = Path(__file__).parents[2] / "fixtures" / "landing"
PROVIDER = "{Database Provider}: 北京万方数据股份有限公司\n"
VIP_NOTE = (
    "{Reference Type}: Journal Article \r\n"
    "{Title}:海岛储能的虚构题名研究\r\n"
    "{Author}: 沈知远\r\n"
    "{Author}: 陆听澜\r\n"
    "{Author Address}: 岭海大学\r\n"
    "{Author Address}: 岭海电力研究院\r\n"
    "{Journal}: 岭海学报\r\n"
    "{Year}: 2020\r\n"
    "{Volume} : 12\r\n"
    "{Issue}: 3\r\n"
    "{Keywords}:储能\r\n"
    "{Keywords}:海岛\r\n"
    "{Abstract}: 【目的】虚构。\r\n"
    "【结果】也是虚构。\r\n"
    "{URL}: http://lib.cqvip.com/detail/index?lngid=7100000001\r\n"
    "{Database Provider}: 重庆维普资讯有限公司\r\n"
    " \r\n"
    " \r\n"
    " \r\n"
)
VIP_REFWORKS = (
    "RT Journal \r\n"
    "T1 海岛储能的虚构题名研究\r\n"
    "JF 岭海学报\r\n"
    "YR 2020\r\n"
    "VO 12\r\n"
    "IS 3\r\n"
    "AB 虚构。\r\n"
    "LK http://lib.cqvip.com/detail/index?lngid=71\r\n"
    "A1 沈知远;陆听澜\r\n"
    "AD 岭海大学;岭海电力研究院\r\n"
    "CL TM73\r\n"
    "K1 储能;海岛\r\n"
    "PP 中国 \r\n"
    "DS 重庆维普 \r\n"
    "NO 作者个数:2; 第一作者:沈知远\r\n"
    "\r\n"
)
VIP_ENDNOTE = (
    "%0 Journal Article \r\n"
    "%A 沈知远[1];陆听澜[2]\r\n"
    "%+:岭海大学;岭海电力研究院\r\n"
    "%@: 1672-514X\r\n"
    "%T 海岛储能的虚构题名研究\r\n"
    "%J 岭海学报\r\n"
    "%D 2020\r\n"
    "%N 3\r\n"
    "%V 12\r\n"
    "%K 储能;海岛\r\n"
    "%X 虚构。\r\n"
    "%U http://lib.cqvip.com/detail/index?lngid=71\r\n"
    "%W 重庆维普资讯有限公司 \r\n"
    "\r\n"
)
VIP_XML = """<?xml version="1.0" encoding="utf-8"?>
<ResourceList>
<PeriodicalPaper xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <Type>1</Type><ID>7100000001</ID>
 <Titles><Title><Language>chi</Language><Text><![CDATA[海岛储能的虚构题名研究]]></Text></Title>
 <Title><Language>eng</Language><Text><![CDATA[An invented title]]></Text></Title></Titles>
 <Creators><Creator><Name><![CDATA[沈知远[1]]]></Name></Creator><Creator><Name><![CDATA[陆听澜[2]]]></Name></Creator></Creators>
 <PublishDate><![CDATA[2020-03-15]]></PublishDate><CLCs><CLC><Code><![CDATA[TM73]]></Code></CLC></CLCs>
 <Keywords><Keyword>储能</Keyword><Keyword>海岛</Keyword></Keywords>
 <Abstracts><Abstract><Text><![CDATA[虚构，P<0.05。]]></Text></Abstract></Abstracts>
 <Periodical><ID>90000X</ID><Name><![CDATA[岭海学报]]></Name><ISSN>1672-514X</ISSN></Periodical>
 <Volum><![CDATA[12]]></Volum><Issue><![CDATA[3]]></Issue><Page>45-52</Page>
 <Organs><Organ><![CDATA[[1]岭海大学]]></Organ><Organ><![CDATA[[2]岭海电力研究院]]></Organ></Organs>
</PeriodicalPaper>
</ResourceList>
<!-- http://lib.cqvip.com -->"""


def links(got: Delivered) -> list[tuple[str, str, str]]:
    """Author, unit, why."""
    names = got.table("source_authorships").select("raw_id", "author_position", "name")
    units = got.table("source_addresses").select("raw_id", "address_position", "address")
    joined = got.table("source_authorship_addresses").join(names, on=["raw_id", "author_position"])
    return joined.join(units, on=["raw_id", "address_position"]).select("name", "address", "link").rows()


def wanfang(authors: list[str], units: list[str], title: str = "虚构的一个题名") -> str:
    body = "".join(f"{{Author}}: {a}\n" for a in authors) + "".join(f"{{Author Address}}: {u}\n" for u in units)
    return f"{{Reference Type}}: Journal Article\n{{Title}}: {title}\n{body}{{Journal}}: 岭海学报\n{{Year}}: 2020\n{PROVIDER}\n"


@pytest.mark.parametrize(
    ("authors", "units", "expected"),
    [
        (["甲某", "乙某", "丙某"], ["岭海大学", "海关学院", "岭海大学"],
         [("甲某", "岭海大学", "stated"), ("乙某", "海关学院", "stated"), ("丙某", "岭海大学", "stated")]),
        (["甲某", "乙某"], ["岭海大学;海关学院", "岭海大学;海关学院"],
         [("甲某", "岭海大学", "stated"), ("甲某", "海关学院", "stated"), ("乙某", "岭海大学", "stated"), ("乙某", "海关学院", "stated")]),
        (["甲某", "乙某"], ["岭海大学", "海关学院"], []),
        (["甲某", "乙某", "丙某"], ["岭海大学", "海关学院"], []),
        (["甲某"], ["岭海大学", "海关学院"], [("甲某", "岭海大学", "single_author"), ("甲某", "海关学院", "single_author")]),
        (["甲某", "乙某"], ["岭海大学"], [("甲某", "岭海大学", "single_address"), ("乙某", "岭海大学", "single_address")]),
    ],
    ids=["repeated units", "several units of one author", "distinct units prove nothing", "fewer units", "one author", "one unit"],
)  # fmt: skip
def test_wanfang_links(
    deliver: Deliver, authors: list[str], units: list[str], expected: list[tuple[str, str, str]]
) -> None:
    assert sorted(links(deliver(wanfang(authors, units), name="a.net"))) == sorted(expected)


def test_a_file_that_repeats_units_writes_one_per_author_everywhere(deliver: Deliver) -> None:
    repeated = wanfang(["甲某", "乙某"], ["岭海大学", "岭海大学"])
    distinct = wanfang(["丙某", "丁某"], ["岭海大学", "海关学院"], "另一个题名")
    got = deliver(repeated + distinct)
    assert ("丙某", "岭海大学", "stated") in links(got) and ("丁某", "海关学院", "stated") in links(got)
    fewer = wanfang(["戊某", "己某", "庚某"], ["岭海大学", "海关学院"], "第三个题名")
    assert not [row for row in links(deliver(repeated + distinct + fewer, name="b.txt")) if row[0] in ("丙某", "丁某")]


def test_wanfang_titles_abstract_and_degree() -> None:
    got = Delivered(FIXTURES / "wanfang" / "wanfang_20260828.net", {})
    records = got.table("source_records").sort("row")
    assert records["title_other"].to_list() == ["A robust sizing method for energy storage in island microgrids", None]
    assert records["language"].to_list() == ["zh", "zh"]
    assert "结果" in records["abstract"][0]
    assert (records["first_page"][0], records["last_page"][0]) == ("45", "52")
    thesis = got.table("source_theses").row(0, named=True)
    assert (thesis["degree"], thesis["degree_level"], thesis["university"], thesis["subject"]) == (
        "硕士",
        "master",
        "岭海大学",
        "环境科学",
    )
    assert got.table("source_contributors")["name"].to_list() == ["程若谷"]


def test_noteexpress_of_yiigle_with_full_width_marks(deliver: Deliver) -> None:
    text = (
        "{Reference Type}：Journal Article\n{Title}: 虚构的护理题名\n{Author}：甲某；乙某\n{Author Address}: 岭海大学附属医院|JG001257\n"
        "{Journal}: 岭海护理\n{Year}: 2016\n{Keywords}：护理；虚构\n"
    )
    got = deliver(text, name="a.net")
    assert got.found.source == "wanfang"
    assert links(got) == [
        ("甲某", "岭海大学附属医院", "single_address"),
        ("乙某", "岭海大学附属医院", "single_address"),
    ]
    assert got.table("source_records")["keywords"][0] == "护理; 虚构"


@pytest.mark.parametrize(
    ("name", "text"), [("note", VIP_NOTE), ("refworks", VIP_REFWORKS), ("endnote", VIP_ENDNOTE), ("xml", VIP_XML)]
)
def test_vip_in_every_format(deliver: Deliver, name: str, text: str) -> None:
    got = deliver(text)
    assert (got.found.source, got.raw.height, got.rejected.height) == ("vip", 1, 0)
    record = got.table("source_records").row(0, named=True)
    assert (record["title"], record["venue"], record["publication_year"]) == (
        "海岛储能的虚构题名研究",
        "岭海学报",
        2020,
    )
    assert (record["volume"], record["issue"], record["document_type"]) == ("12", "3", "article")
    assert record["keywords"] == "储能; 海岛"
    assert got.table("source_authorships")["name"].to_list() == ["沈知远", "陆听澜"]
    assert got.table("source_addresses")["address"].to_list() == ["岭海大学", "岭海电力研究院"]
    stated = [("沈知远", "岭海大学", "stated"), ("陆听澜", "岭海电力研究院", "stated")] if name == "xml" else []
    assert links(got) == stated
    assert got.raw["record_id"].to_list() == deliver(VIP_NOTE, name="other.txt").raw["record_id"].to_list()


def test_vip_own_text_with_numbers_and_lines_that_look_like_labels() -> None:
    got = Delivered(FIXTURES / "vip" / "2026-08-28@cus.txt", {})
    records = got.table("source_records").sort("row")
    assert records["abstract"][0] == "【目的】提出一种储能容量的鲁棒配置方法。【结果】在两个虚构海岛上，费用下降7.1%。"
    assert records.select("venue", "publication_year", "volume", "issue", "first_page").rows() == [
        ("岭海电力技术", 2025, "12", "3", "45"),
        ("岭海水利", 2024, None, "11", "8"),
    ]
    assert links(got)[:2] == [("沈知远", "岭海大学电气工程学院", "stated"), ("陆听澜", "岭海电力研究院", "stated")]
    assert set(records["exported_at"]) == {"2026-08-28"}


def test_numbers_behind_names_may_be_several(deliver: Deliver) -> None:
    text = "【题　名】虚构题名之一种\n【作　者】沈知远[1,2];陆听澜[2]\n【机　构】[1]岭海大学;[2]海关学院\n【刊　名】岭海学报2020 12(3):1-2\n"
    assert links(deliver(text)) == [
        ("沈知远", "岭海大学", "stated"), ("沈知远", "海关学院", "stated"), ("陆听澜", "海关学院", "stated"),
    ]  # fmt: skip


RIS = (
    "TY  - JOUR\nTI  - 海岛储能的虚构题名研究\nAU  - 沈知远\nAU  - 陆听澜\nAD  - 岭海大学\nJO  - 岭海学报\nPY  - 2020\n"
    "VL  - 12\nIS  - 3\nSP  - 45\n"
    "EP  - 52\nKW  - 储能\nKW  - 海岛\nDO  - 10.3969/j.issn.1672-514X.2020.03.001\nDB  - 万方\nER  - \n\n"
)
BIBTEX = (
    "@article{lhxb202003001,\n title={海岛储能的虚构题名研究},\n author={沈知远 and 陆听澜},\n organization={岭海大学},\n journal={岭海学报},\n"
    " year={2020},\n volume={12},\n number={3},\n pages={45-52},\n keywords={储能;海岛},\n url={https://d.wanfangdata.com.cn/periodical/x},\n}\n"
)


@pytest.mark.parametrize(("form", "text"), [("ris", RIS), ("bibtex", BIBTEX)])
def test_reference_formats_that_name_their_database(deliver: Deliver, form: str, text: str) -> None:
    got = deliver(text)
    assert (got.found.source, got.found.format, got.raw.height) == ("wanfang", form, 1)
    record = got.table("source_records").row(0, named=True)
    assert (record["venue"], record["issue"], record["first_page"], record["last_page"]) == (
        "岭海学报",
        "3",
        "45",
        "52",
    )
    assert (record["document_type"], record["keywords"]) == ("article", "储能; 海岛")
    assert got.table("source_authorships")["name"].to_list() == ["沈知远", "陆听澜"]
    assert [row[2] for row in links(got)] == ["single_address", "single_address"]
    note = (
        "{Reference Type}: Journal Article\n{Title}: 海岛储能的虚构题名研究\n{Author}: 沈知远\n{Journal}: 岭海学报\n"
        + PROVIDER
    )
    assert got.raw["record_id"].to_list() == deliver(note, name="n.net").raw["record_id"].to_list()


def test_cssci_names_units_issue_and_foreign_names() -> None:
    got = Delivered(FIXTURES / "cssci" / "LY_20260828102030.txt", {})
    records = got.table("source_records").sort("row")
    assert records.select("issue", "volume", "first_page", "categories").rows() == [
        ("2", "41", "15", "G250.7"),
        ("11", None, "60", None),
    ]
    assert ("Hart,Jonas", "岭海大学.图书馆", "stated") in links(got)
    assert got.table("source_metrics").select("metric", "value").rows() == [("references_count", 2.0)]
    assert set(records["exported_at"]) == {"2026-08-28"}
    cited = (
        got.table("source_cited_references").select("cited_author", "cited_year", "cited_venue", "cited_volume").rows()
    )
    assert cited == [("某某", 2020, "岭海图书情报", "36"), ("Nobody,A.", 2019, "Journal of Nothing", "1")]
    grants = got.table("source_funding").select("funder", "award_number").rows()
    assert grants == [("国家社会科学基金", "25BTQ001"), ("岭海市哲学社会科学规划项目", "LH25-07")]


def test_cssci_record_without_its_end_line_is_set_aside(deliver: Deliver) -> None:
    text = (FIXTURES / "cssci" / "LY_20260828102030.txt").read_text(encoding="utf-8")
    got = deliver(text.rstrip().rstrip("-"))
    assert (got.raw.height, got.rejected.height) == (1, 1)
    assert "截断" in got.rejected["found"][0]
    twice = deliver(text + text, name="twice.txt")  # banners stand in the middle of files put together
    assert (twice.raw.height, twice.rejected.height) == (4, 0)
    assert twice.raw["record_id"].n_unique() == 2


def test_gbk_as_the_site_of_cssci_writes(deliver: Deliver) -> None:
    text = (FIXTURES / "cssci" / "LY_20260828102030.txt").read_text(encoding="utf-8")
    got = deliver(text.replace("\n", "\r\n").encode("gb18030"))
    assert (got.found.encoding, got.raw.height) == ("gb18030", 2)


def test_a_table_says_whose_it_is_by_its_links(deliver: Deliver) -> None:
    rows = [
        ["题名", "作者", "机构", "刊名", "年", "网址"],
        ["虚构题名之一种", "沈知远[1]", "[1]岭海大学", "岭海学报", "2020", "http://qikan.cqvip.com/a"],
    ]
    got = deliver({"导出": rows}, name="a.xlsx")
    assert (got.found.source, got.found.format) == ("vip", "sheet")
    assert links(got) == [("沈知远", "岭海大学", "stated")]
    with pytest.raises(SourceError, match="认不出"):
        deliver({"导出": [row[:5] for row in rows]}, name="b.xlsx")
    assert pl.Series(got.raw["record_id"]).null_count() == 0


@pytest.mark.parametrize(
    ("printed", "parts"),
    [
        ("岭海学报. 2020,12(1). 1-5", ("岭海学报", 2020, "12", "1", "1", "5")),
        ("岭海学报,2021年第3期7-9,共3页", ("岭海学报", 2021, None, "3", "7", "9")),
        ("岭海学报,2021年第4卷第3期7-9,共3页", ("岭海学报", 2021, "4", "3", "7", "9")),
    ],
)
def test_vip_prints_journal_and_place_in_several_ways(
    deliver: Deliver, printed: str, parts: tuple[object, ...]
) -> None:
    got = deliver(f"【题  名】甲\n【作  者】张三\n【机  构】岭海大学\n【刊  名】{printed}\n")
    names = ("venue", "publication_year", "volume", "issue", "first_page", "last_page")
    row = got.table("source_records").row(0, named=True)
    assert tuple(row[n] for n in names) == parts
    assert not row["is_early_access"]


def test_cssci_second_unit_of_a_named_author(deliver: Deliver) -> None:
    units = "[张三]岭海大学.法学院/[李四]岭海大学.法学院;岭海市社科院"
    text = f"【来源篇名】甲\n【来源作者】张三/李四\n【机构名称】{units}\n【年代卷期】2019,(S1):12-20\n{'-' * 60}\n"
    found = deliver(text).table("source_authorship_addresses").select("author_position", "address_position", "link")
    assert found.rows() == [(1, 1, "stated"), (2, 1, "stated"), (2, 2, "stated")]
