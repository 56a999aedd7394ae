"""Patents of seven platforms: what a file is, which rows are readable, and what the cells mean."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines import normalise
from pipelines.core import schema
from pipelines.core.errors import SourceError
from pipelines.core.settings import PROJECT
from pipelines.sources import _recognise
from tests.unit.sources.conftest import Deliver, Delivered

FIXTURES = PROJECT / "tests" / "fixtures" / "landing" / "patents"
KINDS = {
    "PatSnap_202609.xlsx": ("patsnap", "xlsx", 3),
    "dii-export.xlsx": ("derwent", "xlsx", 1),
    "espacenet-results.csv": ("espacenet", "csv", 1),
    "gp-search-20260901-120000.csv": ("google_patents", "csv", 2),
    "incopat_20260901.xlsx": ("incopat", "xlsx", 3),
    "lens-export.csv": ("lens", "csv", 2),
    "专利列表.xls": ("cnipa", "xls", 2),
}
CNIPA = ["申请号", "公开（公告）号", "名称", "申请（专利权）人", "发明（设计）人"]


def rows(table: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return table.select(columns).rows()


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_platform_is_known_by_its_headers_under_any_name(name: str, tmp_path: Path) -> None:
    copy = tmp_path / "x.bin"
    copy.write_bytes((FIXTURES / name).read_bytes())
    got = Delivered(copy, {})
    assert (got.found.source, (got.found.kind, got.found.format, got.raw.height)) == ("patents", KINDS[name])
    assert got.rejected.height == 0


def test_the_same_publications_come_to_one_id_on_all_platforms() -> None:
    ids = {n: set(Delivered(FIXTURES / n, {}).table("source_patents")["patent_id"]) for n in KINDS}
    assert ids["dii-export.xlsx"] >= {"CN110900001A", "CN110900001B", "US20200230001A1"}
    assert (
        "CN110900001B"
        in ids["incopat_20260901.xlsx"] & ids["PatSnap_202609.xlsx"] & ids["gp-search-20260901-120000.csv"]
    )
    assert "US20200230001A1" in ids["lens-export.csv"] & ids["PatSnap_202609.xlsx"]
    assert "WO2022100005A1" in ids["lens-export.csv"] & ids["espacenet-results.csv"]
    applications = [
        set(
            Delivered(FIXTURES / n, {})
            .table("source_patents")
            .filter(pl.col("patent_id") == "CN110900001B")["application_id"]
        )
        for n in ("dii-export.xlsx", "incopat_20260901.xlsx", "PatSnap_202609.xlsx")
    ]
    assert applications == [{"CN201910100001.6"}] * 3


def test_derwent_tells_members_apart_and_keeps_a_repeated_assignee_once() -> None:
    got = Delivered(FIXTURES / "dii-export.xlsx", {})
    columns = (
        "patent_id",
        "published_date",
        "application_basis",
        "is_grant",
        "grant_date",
        "pages_count",
        "statement_scope",
    )
    assert rows(got.table("source_patents"), *columns) == [
        ("CN110900001A", "2020-03-24", "year_added", False, None, 9, "family"),
        ("CN110900001B", "2021-11-09", "year_added", True, "2021-11-09", None, "family"),
        ("US20200230001A1", "2020-07-02", "year_added", False, None, None, "family"),
    ]
    parties = got.table("source_patent_parties").filter(pl.col("patent_id") == "CN110900001B")
    assert rows(parties, "party_role", "party_position", "name", "party_code") == [
        ("applicant", 1, "UNIV LINGHAI", "ULIN-C"),
        ("applicant", 2, "LINGHAI INSTR CO LTD", "LING-Non-standard"),
        ("inventor", 1, "LIN H", None),
        ("inventor", 2, "ZHOU Y", None),
    ]
    classes = got.table("source_patent_classes").filter(pl.col("class_scheme") == "derwent_class")
    assert rows(classes, "class_code", "class_name") == [
        ("S03", "Scientific Instrumentation, sampling; testing (G01N)."),
        ("Q24", "Ships; Related Equipment (B63)"),
    ]


@pytest.mark.parametrize(
    "table",
    [
        "source_patents",
        "source_patent_parties",
        "source_patent_classes",
        "source_patent_priorities",
        "source_patent_families",
    ],
)
def test_derwent_as_tagged_text_and_as_a_sheet_gives_the_same_tables(deliver: Deliver, table: str) -> None:
    sheet = Delivered(FIXTURES / "dii-export.xlsx", {})
    cells = {
        tag: sheet.raw[tag][0]
        for tag in ("PN", "TI", "AU", "AE", "GA", "AB", "DC", "MC", "IP", "PD", "AD", "FD", "PI", "UT")
    }
    lines = "".join(f"{tag} {cell.replace(chr(10), chr(10) + '   ')}\n" for tag, cell in cells.items())
    tagged = deliver(f"FN Clarivate Analytics Web of Science\nVR 1.0\nPT P\n{lines}ER\n\nEF\n")
    assert tagged.found.source == "wos"
    own = ["source", "source_file", "row"]
    assert_frame_equal(tagged.table(table).drop(own, strict=False), sheet.table(table).drop(own, strict=False))


def test_incopat_status_type_and_titles() -> None:
    got = Delivered(FIXTURES / "incopat_20260901.xlsx", {})
    columns = ("patent_id", "patent_type", "legal_status", "legal_status_raw", "claims_count", "title_other")
    assert rows(got.table("source_patents"), *columns) == [
        ("CN110900001A", "invention", "granted_active", "授权", 10, "Sampler for intertidal sediments"),
        ("CN110900001B", "invention", "granted_active", "权利转移; 授权", 8, "Sampler for intertidal sediments"),
        ("CN212300002U", "utility", "lapsed_fee", "未缴年费", 5, None),
    ]
    agency = got.table("source_patent_parties").filter(pl.col("party_role") == "agency")
    assert set(rows(agency, "name", "party_code")) == {("岭海知识产权事务所（普通合伙）", "44999")}
    assert rows(got.table("source_patent_events"), "patent_id", "event_kind", "event_text") == [
        ("CN110900001B", "transfer", "权利转移")
    ]


def test_patsnap_designs_families_and_transfers() -> None:
    got = Delivered(FIXTURES / "PatSnap_202609.xlsx", {})
    assert rows(got.table("source_patents"), "patent_id", "patent_type", "legal_status") == [
        ("CN110900001B", "invention", "granted_active"),
        ("US20200230001A1", "invention", "withdrawn"),
        ("CN307000004S", "design", "granted_active"),
    ]
    simple = got.table("source_patent_families").filter(pl.col("family_kind") == "simple")
    assert set(simple["patent_id"]) == {"CN110900001A", "CN110900001B", "US20200230001A1"}
    assert set(simple["family_id"]) == {"CN110900001A"}
    locarno = got.table("source_patent_classes").filter(pl.col("class_scheme") == "locarno")
    assert rows(locarno, "patent_id", "class_code") == [("CN307000004S", "12-06")]


def test_lens_priorities_and_google_names() -> None:
    lens = Delivered(FIXTURES / "lens-export.csv", {})
    assert rows(lens.table("source_patent_priorities"), "priority_id", "country", "priority_date") == [
        ("CN201910100001.6", "CN", "2019-01-02"),
        ("CN202011200005.0", "CN", "2020-11-10"),
    ]
    google = Delivered(FIXTURES / "gp-search-20260901-120000.csv", {}).table("source_patent_parties")
    world = google.filter(pl.col("patent_id") == "WO2022100005A1")
    assert rows(world, "party_role", "name") == [
        ("applicant", "Linghai Turbines Co., Ltd."),
        ("applicant", "Northern Shore Inc."),
        ("inventor", "Hailan Lin"),
        ("inventor", "Robert Shore, Jr."),
    ]


def test_espacenet_countries_and_family_number() -> None:
    got = Delivered(FIXTURES / "espacenet-results.csv", {})
    assert rows(got.table("source_patent_parties"), "party_role", "name", "country") == [
        ("applicant", "LINGHAI TURBINES CO LTD", "CN"),
        ("inventor", "LIN HAILAN", "CN"),
        ("inventor", "SHORE ROBERT", "US"),
    ]
    assert rows(got.table("source_patents"), "simple_family_id", "application_basis") == [("78999999", "same_number")]


def test_espacenet_in_french_with_publication_and_grant_in_one_row(deliver: Deliver) -> None:
    head = "Titre;Inventeurs;Demandeurs;Numéro de publication;Priorité la plus ancienne;CIB;CPC;Date de publication;Numéro de famille;"
    line = '"Buoy";"LIN HAILAN [CN]";"UNIV LINGHAI [CN]";"CN110900001A\nCN110900001B";2019-01-02;G01N1/08;;"2020-03-24 \n2021-11-09";70000001;'
    got = deliver(f"\n{head}\n{line}\n", "x.csv")
    assert (got.raw.height, got.rejected.height) == (1, 0)
    columns = ("patent_id", "published_date", "grant_date", "application_id", "simple_family_id")
    assert rows(got.table("source_patents"), *columns) == [
        ("CN110900001A", "2020-03-24", None, "CN110900001", "70000001"),
        ("CN110900001B", "2021-11-09", "2021-11-09", "CN110900001", "70000001"),
    ]
    assert got.table("source_patent_parties").height == 4


def test_incopat_present_status_stands_before_the_list_and_expiry_is_no_status_date(deliver: Deliver) -> None:
    head = [
        "标题 (中文)",
        "标题 (英文)",
        "申请人",
        "公开（公告）号",
        "申请号",
        "当前法律状态",
        "法律状态",
        "失效日",
        "优先权信息",
        "优先权号",
        "链接到incoPat",
    ]
    line = ["采样装置", "Sampler", "岭海大学", "CN110900001B", "CN201910100001.6", "授权", "公开; 实质审查; 授权", "20390102",
            "CN201810000001.X 20180201", "CN201810000001.X", "https://example.org"]  # fmt: skip
    got = deliver({"a": [head, line]}, "x.xlsx")
    assert got.found.kind == "incopat"
    columns = ("title", "title_other", "legal_status", "legal_status_raw", "status_as_of")
    assert rows(got.table("source_patents"), *columns) == [("采样装置", "Sampler", "granted_active", "授权", None)]
    assert got.table("source_patent_priorities").height == 1


def test_patsnap_writes_a_dash_for_an_empty_cell(deliver: Deliver) -> None:
    head = ["公开(公告)号", "标题", "[标]当前申请(专利权)人", "发明人", "申请号", "简单法律状态", "简单同族"]
    line = ["CN110900001B", "-", "岭海大学", "LIN, HAILAN|ZHOU, YANLAN", "CN201910100001.6", "有效", "-"]
    got = deliver({"a": [head, line]}, "x.xlsx")
    assert got.table("source_patents")["title"].to_list() == [None]
    assert got.table("source_patent_families").height == 0
    inventors = got.table("source_patent_parties").filter(pl.col("party_role") == "inventor")
    assert inventors["name"].to_list() == ["LIN, HAILAN", "ZHOU, YANLAN"]


@pytest.mark.parametrize(
    "label",
    [
        "工商注册地址",
        "技术功效1级",
        "当前申请(专利权)人地市",
        "简单同族国家/地区",
        "DocDB同族ID",
        "Patsnap专利标题",
        "失效日",
        "被引证申请人",
    ],
)
def test_further_columns_of_the_platforms_are_known_by_pattern(label: str) -> None:
    spec = schema.source("patents").spec
    assert re.fullmatch(spec["open_columns"], label) or label in spec["ignore"]


def test_the_address_of_a_chinese_sheet_is_that_of_the_first_applicant() -> None:
    parties = Delivered(FIXTURES / "专利列表.xls", {}).table("source_patent_parties")
    first = parties.filter(pl.col("patent_id") == "CN113400003A", pl.col("party_role") == "applicant")
    assert rows(first, "name", "address") == [("岭海大学", "515000 广东省岭海市学府路1号"), ("岭海仪器有限公司", None)]


@pytest.mark.parametrize(
    ("number", "application", "why"),
    [
        ("1.01235E+08", "CN201910100001.6", "科学记数"),
        ("CN110900001A", "2.0191E+11", "科学记数"),
        ("", "", "没有号码"),
        ("数据来源：某平台", "", "数据来源"),
        ("", "CN201910100001.5", "CN201910100001.5"),
    ],
)
def test_rows_without_a_readable_number_are_set_aside_in_words(
    deliver: Deliver, number: str, application: str, why: str
) -> None:
    good = ["CN201910100001.6", "CN110900001A", "采样装置", "岭海大学", "林海澜"]
    bad = [application, number, "浮标", "岭海大学", "周砚秋"]
    got = deliver({"Sheet1": [CNIPA, good, bad]}, "x.xlsx")
    assert (got.raw.height, got.rejected.height) == (1, 1)
    row = got.rejected.row(0, named=True)
    assert row["row"] == 2
    assert why in row["found"]
    assert row["next_step"]


def test_numbers_without_a_country_in_a_chinese_sheet(deliver: Deliver) -> None:
    got = deliver({"a": [CNIPA, ["201910100001.6", "110900001A", "采样装置", "岭海大学", "林海澜"]]}, "x.xlsx")
    assert rows(got.table("source_patents"), "patent_id", "application_id") == [("CN110900001A", "CN201910100001.6")]


def test_an_application_without_publication_is_kept(deliver: Deliver) -> None:
    head = ["专利名称", "专利号", "专利权人", "发明人", "专利类型", "法律状态", "授权公告日"]
    line = ["采样装置", "ZL201910100001.6", "岭海大学", "林海澜、周砚秋", "发明专利", "专利权维持", "2021-11-09"]
    got = deliver({"a": [["专利清单"], head, line]}, "x.xlsx")
    columns = ("patent_id", "application_id", "patent_type", "legal_status", "grant_date", "kind_code")
    assert rows(got.table("source_patents"), *columns) == [
        ("CN201910100001.6", "CN201910100001.6", "invention", "granted_active", "2021-11-09", None)
    ]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("公开", "pending"), ("实质审查的生效", "pending"), ("等待实审提案", "pending"), ("授权", "granted_active"),
        ("专利权维持", "granted_active"), ("等年费滞纳金", "granted_active"), ("驳回失效", "rejected"),
        ("发明专利申请公布后的视为撤回", "withdrawn"),
        ("逾期视撤失效", "withdrawn"), ("未缴年费终止失效", "lapsed_fee"), ("专利权有效期届满", "expired"), ("期限届满", "expired"),
        ("避免重复授权放弃专利权", "abandoned"), ("专利权全部无效", "invalidated"), ("专利权部分无效", "granted_active"),
        ("授权 | 未缴年费", "lapsed_fee"),
        ("撤回-视为撤回", "withdrawn"), ("放弃-主动放弃", "abandoned"), ("全部撤销", "invalidated"), ("PCT未进入指定国-指定期满", "inactive"),
        ("PCT进入指定国-指定期内", "pending"), ("未确认", "unknown"), ("权利终止", "inactive"),
        ("失效", "inactive"), ("有效", "granted_active"), ("审中", "pending"),
        ("Expired - Fee Related", "lapsed_fee"), ("Active", "granted_active"), ("Inactive", "inactive"), ("某种说法", "unknown"), ("", None),
    ],
)  # fmt: skip
def test_legal_status_in_normal_form(deliver: Deliver, stated: str, expected: str | None) -> None:
    line = ["CN201910100001.6", "CN110900001B", "采样装置", "岭海大学", "林海澜", stated]
    got = deliver({"a": [[*CNIPA, "法律状态"], line]}, "x.xlsx").table("source_patents")
    assert got["legal_status"].to_list() == [expected]


def test_dated_events_and_the_newest_of_them_as_status(deliver: Deliver) -> None:
    told = "2020.03.24 公开;2020.04.17 实质审查的生效;2021.11.09 授权;2023-05-12 专利权质押合同登记的生效"
    line = ["CN201910100001.6", "CN110900001B", "采样装置", "岭海大学", "林海澜", told]
    got = deliver({"a": [[*CNIPA, "法律状态信息"], line]}, "x.xlsx")
    assert rows(got.table("source_patent_events"), "event_date", "event_kind", "event_text", "legal_status") == [
        ("2020-03-24", "status", "公开", "pending"),
        ("2020-04-17", "status", "实质审查的生效", "pending"),
        ("2021-11-09", "status", "授权", "granted_active"),
        ("2023-05-12", "pledge", "专利权质押合同登记的生效", None),
    ]
    status = got.table("source_patents").select("legal_status", "legal_status_raw", "status_as_of")
    assert status.rows() == [("granted_active", "授权", "2021-11-09")]


def test_a_status_that_changes_between_two_exports_is_an_event_first_seen_in_the_second(deliver: Deliver) -> None:
    head = [*CNIPA, "当前法律状态", "法律事件"]
    line = ["CN201910100001.6", "CN110900001B", "采样装置", "岭海大学", "林海澜"]
    exports = [
        ("2026-05-01", deliver({"a": [head, [*line, "授权", ""]]}, "may.xlsx")),
        ("2026-06-01", deliver({"a": [head, [*line, "未缴年费", "2026.04.30 专利权质押合同登记的生效"]]}, "june.xlsx")),
    ]
    raws = [
        (got.raw.with_columns(delivered_at=pl.lit(day), raw_id=pl.lit(day)).lazy(), got.module) for day, got in exports
    ]
    source = pl.concat([module.source_patents(raw) for raw, module in raws]).lazy()
    listed = pl.concat([module.source_patent_events(raw) for raw, module in raws]).lazy()
    told = normalise.patent_events(listed, source, normalise.patents(source)).collect().sort("first_seen", "event_kind")
    assert rows(told, "event_kind", "status_before", "legal_status", "event_date", "first_seen", "is_late_data") == [
        ("status", None, "granted_active", None, "2026-05-01", False),
        ("pledge", None, None, "2026-04-30", "2026-06-01", True),
        ("status", "granted_active", "lapsed_fee", None, "2026-06-01", False),
    ]


def test_google_saved_again_with_semicolons_and_without_its_first_line(deliver: Deliver) -> None:
    head = (
        "id;title;assignee;inventor/author;priority date;filing/creation date;publication date;grant date;result link"
    )
    lines = ["US-2019199956-A1;Sampler;Linghai Univ;A Lin, B Zhou;21/12/2017;21/12/2017;27/06/2019;;https://example.org",
             "EP-3599051-A1;Buoy;Linghai Univ;A Lin;01/02/2018;02/03/2018;26/06/2019;;https://example.org"]  # fmt: skip
    got = deliver("\r\n".join([head, *lines]), "x.csv").table("source_patents")
    assert rows(got, "patent_id", "published_date", "application_date") == [
        ("US20190199956A1", "2019-06-27", "2017-12-21"),
        ("EP3599051A1", "2019-06-26", "2018-03-02"),
    ]


def test_two_sheets_of_one_book_are_both_read(deliver: Deliver) -> None:
    line = ["CN201910100001.6", "CN110900001A", "采样装置", "岭海大学", "林海澜"]
    other = ["CN202020200002.6", "CN212300002U", "浮标", "岭海大学", "周砚秋"]
    got = deliver(
        {"发明": [CNIPA, line], "检索式": [["检索式"], ["申请人=(岭海大学)"]], "实用新型": [CNIPA, other]}, "x.xlsx"
    )
    assert rows(got.raw, "source_row", "publication_number") == [(1, "CN110900001A"), (2, "CN212300002U")]


def test_a_list_of_the_university_is_no_vendor_export(deliver: Deliver) -> None:
    with pytest.raises(SourceError):
        deliver(
            {"a": [["工号", *CNIPA], ["1001", "CN201910100001.6", "CN110900001A", "采样装置", "岭海大学", "林海澜"]]},
            "x.xlsx",
        )


def test_a_header_without_rows_is_refused(deliver: Deliver) -> None:
    with pytest.raises(SourceError, match="只有表头"):
        deliver({"a": [CNIPA]}, "x.xlsx")


def test_papers_of_lens_are_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "lens.csv"
    path.write_text(
        "\ufeffLens ID,Title,Date Published,Publication Year,Publication Type\n000-1,A,,2006,journal article\n"
    )
    with pytest.raises(SourceError) as caught:
        _recognise.recognise(path)
    assert "Lens 的论文" in caught.value.what
