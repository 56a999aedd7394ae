"""Patent sheets as people and newer platforms make them: grants without an application, notes under the table, families in cells."""

from __future__ import annotations

from typing import Any

import polars as pl

from tests.unit.sources.conftest import Deliver


def rows(table: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return table.select(columns).rows()


def test_lists_that_people_made(deliver: Deliver) -> None:
    """Grant number alone, numbers kept as text, dates of Excel, names between 、 and ，, notes and totals under the table."""
    head = ["序号", "专利名称", "专利类型", "专利号", "申请日", "授权公告日", "授权公告号", "专利权人", "发明/设计人"]
    body = [
        [
            1,
            "甲",
            "发明专利",
            "'202111000001.2",
            "2021-10-13",
            "2023-04-05",
            "CN114000001B",
            "岭海大学",
            "张三、李四",
        ],
        [
            2,
            "乙",
            "实用新型",
            "ZL 2021 2 2400001.3",
            44480,
            44600,
            "CN216000001U",
            "岭海大学，岭海研究院",
            "张三，李四",
        ],
        [3, "丙", "发明专利", "ZL202111000001.5", "", "", "", "岭海大学", "张三"],
        ["合计", 3, "", "", "", "", "", "", ""],
        ["备注：以上为本年度授权", "", "", "", "", "", "", "", ""],
    ]
    got = deliver({"授权": [["2023年授权专利一览表"], head, *body]}, name="a.xlsx")
    told = rows(
        got.table("source_patents"), "patent_id", "published_date", "grant_date", "application_id", "application_date"
    )
    assert told == [
        ("CN114000001B", "2023-04-05", "2023-04-05", "CN202111000001.2", "2021-10-13"),
        ("CN216000001U", "2022-02-08", "2022-02-08", "CN202122400001.3", "2021-10-11"),
    ]
    parties = got.table("source_patent_parties").filter(pl.col("patent_id") == "CN216000001U")
    assert rows(parties, "party_role", "name") == [
        ("assignee_current", "岭海大学"),
        ("assignee_current", "岭海研究院"),
        ("inventor", "张三"),
        ("inventor", "李四"),
    ]
    assert got.rejected["row"].to_list() == [3, 4, 5]
    assert "应为 202111000001.2" in got.rejected["found"][0]
    assert got.rejected["next_step"][1:].unique().to_list() == ["这一行不需要处理"]


def test_a_bare_number_of_an_office_that_is_not_china_gets_no_cn(deliver: Deliver) -> None:
    head = ["公开(公告)号", "标题", "申请号", "申请日", "当前申请(专利权)人", "受理局"]
    body = [
        ["114000001B", "甲", "202111000001.2", "2021-10-13", "岭海大学", "中国"],
        ["US11500001B2", "乙", "17123456", "2020-12-16", "岭海大学", "美国"],
    ]
    got = deliver({"s": [head, *body]}, name="a.xlsx").table("source_patents")
    assert rows(got, "patent_id", "application_basis") == [("CN114000001B", "stated"), ("US11500001B2", "publication")]


def test_members_of_families_in_lens(deliver: Deliver) -> None:
    text = (
        "#,Jurisdiction,Kind,Display Key,Lens ID,Application Number,Title,Simple Family Members,Extended Family Members\n"
        "1,CN,B,CN 114000001 B,000-1,CN 202111000001 A,T,CN 114000001 A;;CN 114000001 B,CN 114000001 A;;US 2023/0000001 A1\n"
    )
    told = rows(deliver(text, name="a.csv").table("source_patent_families"), "family_kind", "patent_id")
    assert sorted(told) == [
        ("extended", "CN114000001A"),
        ("extended", "CN114000001B"),
        ("extended", "US20230000001A1"),
        ("simple", "CN114000001A"),
        ("simple", "CN114000001B"),
    ]


def test_numbers_that_a_csv_keeps_as_text(deliver: Deliver) -> None:
    text = '申请号,专利名称,申请日,公开（公告）号,申请（专利权）人\n="202111000001.2",甲,2021.10.13,CN114000001A,岭海大学\n'
    got = deliver(text.encode("gb18030"), name="a.csv").table("source_patents")
    assert rows(got, "patent_id", "application_id") == [("CN114000001A", "CN202111000001.2")]


def test_a_history_in_the_cell_of_the_status_counts_by_its_newest_statement(deliver: Deliver) -> None:
    head = ["公开（公告）号", "名称", "申请人", "发明人", "专利号/申请号", "法律状态"]
    told = "授权 2022-04-05;驳回 2020-01-02;专利申请权、专利权的转移 2023-01-02"
    body = [
        ["CN114000001B", "甲", "岭海大学", "张三/李四;其他发明人请求不公开姓名", "202111000001.2", told],
        ["CN114000002A", "乙", "岭海大学", "张三", "", "失效; 驳回"],
    ]
    got = deliver({"s": [head, *body]}, name="a.xlsx")
    patents = got.table("source_patents")
    assert rows(patents, "legal_status", "legal_status_raw", "status_as_of") == [
        ("granted_active", "授权", "2022-04-05"),
        ("rejected", "失效; 驳回", None),
    ]
    assert patents["application_id"][0] == "CN202111000001.2"
    events = got.table("source_patent_events").filter(pl.col("event_kind") == "transfer")
    assert rows(events, "event_text", "event_date") == [("专利申请权、专利权的转移", "2023-01-02")]
    people = got.table("source_patent_parties").filter(pl.col("party_role") == "inventor")
    assert rows(people, "name") == [("张三",), ("李四",), ("张三",)]
