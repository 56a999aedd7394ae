"""Journal lists: labels with years and numbers, editions that are stated or refused, ranks, headings, what is no journal."""

from __future__ import annotations

import csv
import io
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.core.errors import SourceError
from pipelines.sources import _recognise, journals
from tests.unit.sources.conftest import Deliver, Delivered, write

TITLE = '"Journal Data Filtered By:  Selected Editions: SCIE;SSCI Selected JCR Year: {} Selected Category Schema: WOS"'
NEW = "Journal name,JCR Abbreviation,Publisher,ISSN,eISSN,Category,Edition,Total Citations,{y} JIF,JIF Quartile,{y} JCI,% of Citable OA"
FOOT = "\nCopyright (c) 2026 Clarivate \nBy exporting the selected data; you agree to the data usage policy\n"
ONE, TWO = "1900-0006", "2900-0009"


def ranks(got: Delivered, *columns: str) -> list[tuple[Any, ...]]:
    return got.table("source_journal_ranks").select(columns).rows()


def jcr(year: int, *rows: str) -> str:
    return "\n".join([TITLE.format(year), "", NEW.format(y=year), *rows]) + "\n" + FOOT


def test_new_jcr_with_its_broken_last_cell(deliver: Deliver) -> None:
    text = jcr(
        2024,
        f'"ACTA FICTITIA","ACTA FICT","P","{ONE}","{TWO}","CHEMISTRY, APPLIED","SCIE","1,799","<0.1","Q4","0.02","100"%,',
        f'"Acta Novella","ACTA NOV","P","N/A","{TWO}","HISTORY","AHCI","17","N/A","N/A","0.5","1.49"%,',
    )
    got = deliver(text, "any.csv")
    assert (got.found.source, got.found.kind, got.raw.height, got.rejected.height) == ("journals", "jcr", 2, 0)
    assert got.raw["% of Citable OA"].to_list() == ["100%", "1.49%"]
    columns = (
        "title",
        "issn",
        "eissn",
        "list_category",
        "index_editions",
        "rank_level",
        "impact_factor",
        "total_cites",
    )
    assert ranks(got, "list_edition", "edition_basis", *columns) == [
        ("2024", "内容", "ACTA FICTITIA", ONE, TWO, "CHEMISTRY, APPLIED", "SCIE", "Q4", None, 1799),
        ("2024", "内容", "Acta Novella", None, TWO, "HISTORY", "AHCI", None, None, 17),
    ]
    assert ranks(got, "impact_factor_raw", "rank_text")[0] == ("<0.1", "Q4")
    assert ranks(got, "valid_from", "valid_to")[0] == ("2024-01-01", "2024-12-31")


def test_legacy_grid_without_categories_and_its_footer(deliver: Deliver) -> None:
    title = '"Journal Data Filtered By:  Selected JCR Year: 2017 Selected Editions: SCIE,SSCI Selected Category Scheme: WoS",,,'
    head = f"{title}\nRank,Full Journal Title,Total Cites,Journal Impact Factor"
    text = f'{head}\n1,ACTA FICTITIA,"28,839",4.5\n2,B,7,Not Available\nCopyright © 2018 Clarivate Analytics,,,\n'
    got = deliver(text, "2025.csv")  # the name is not asked: the title states the year
    assert ranks(got, "list_edition", "category_kind", "impact_factor", "total_cites") == [
        ("2017", "journal", 4.5, 28839),
        ("2017", "journal", None, 7),
    ]


def test_categories_in_numbered_columns_and_in_one_cell(deliver: Deliver) -> None:
    wide = "Journal,ISSN,EISSN,IF(2025),Category_1,IF Quartile(2025)_1,IF Rank(2025)_1,Category_2,IF Quartile(2025)_2,IF Rank(2025)_2\n"
    got = deliver(f"{wide}A,{ONE},,5.2,ONCOLOGY,Q1,1/333,HISTORY,Q2,80/300\nB,,,1.0,,,,,,\n", "j.csv")
    assert ranks(got, "title", "list_category", "rank_level", "rank_position", "rank_total") == [
        ("A", "ONCOLOGY", "Q1", 1, 333),
        ("A", "HISTORY", "Q2", 80, 300),
        ("B", None, None, None, None),
    ]
    cell = "Journal,IF(2023),Category,IF Quartile(2023),Category Rank(2023)\nA,5,ONCOLOGY(SCIE);HISTORY(AHCI),Q1;Q2,1/9;2/8\n"
    got = deliver(cell, "k.csv")
    assert ranks(got, "list_category", "index_editions", "rank_level", "rank_position") == [
        ("ONCOLOGY", "SCIE", "Q1", 1),
        ("HISTORY", "AHCI", "Q2", 2),
    ]


def test_zones_of_both_levels_and_top(deliver: Deliver) -> None:
    head = "Journal,年份,ISSN/EISSN,大类,大类分区,Top,小类1,小类1分区,小类2,小类2分区\n"
    got = deliver(f"{head}A,2021,{ONE}/{TWO},化学,2,是, CHEMISTRY 化学,1,,\n", "a.csv")
    columns = ("rank_scheme", "category_kind", "list_category", "rank_level", "is_top", "issn", "eissn")
    assert ranks(got, *columns) == [
        ("cas", "major", "化学", "2", True, ONE, TWO),
        ("cas", "minor", "CHEMISTRY 化学", "1", None, ONE, TWO),
    ]
    newer = deliver(f"{head}A,2023,{ONE},化学,4 [625/778],否,,,,\n", "b.csv")
    assert ranks(newer, "rank_scheme", "rank_position", "rank_total", "is_top") == [("cas_upgraded", 625, 778, False)]
    basic = deliver(
        {"基础版": [head.strip().split(","), ["A", "2020", ONE, "化学", "2区", "", "", "", "", ""]]}, "c.xlsx"
    )
    assert ranks(basic, "rank_scheme", "rank_level", "is_top") == [("cas_basic", "2", None)]


def test_a_successor_is_another_list(deliver: Deliver) -> None:
    head = "Journal,年份,预警标记,ISSN,EISSN,大类英文名,大类中文名,大类新锐分区,Top,"
    head += "大类2中文名,大类2新锐分区,小类1英文名,小类1中文名,小类1新锐分区\n"
    got = deliver(f"{head}A,2026,观察,{ONE},{TWO},Chemistry,化学,1 区,Top,材料科学,2 区,APPLIED,应用,3 区\n", "x.csv")
    assert ranks(got, "rank_scheme", "category_kind", "list_category", "rank_level", "warning_reason") == [
        ("xinrui", "major", "Chemistry 化学", "1", "观察"),
        ("xinrui", "major", "材料科学", "2", "观察"),
        ("xinrui", "minor", "APPLIED 应用", "3", "观察"),
    ]
    with pytest.raises(SourceError, match="止于 2025"):
        deliver(f"Journal,年份,ISSN,大类,大类分区\nA,2026,{ONE},化学,1\n", "y.csv")


def test_warnings_before_and_after_2024(deliver: Deliver) -> None:
    old = deliver("Journal,预警等级（2021）\nA,高\nB,中\n", "w.csv")
    assert ranks(old, "list_edition", "rank_level") == [("2021", "high"), ("2021", "medium")]
    new = deliver("Journal,预警原因（2024）\nA,论文工厂、引用操纵\n", "v.csv")
    assert ranks(new, "rank_level", "warning_reason", "valid_to") == [(None, "论文工厂、引用操纵", None)]


def test_ccf_levels_and_tiers(deliver: Deliver) -> None:
    head = "刊物名称,Journal,年份,出版社,网址,领域,CCF推荐类别（国际学术刊物/会议）,CCF推荐类型\n"
    got = deliver(
        f"{head}TOX,Transactions on X,2026,P,u,网络,国际学术刊物,A类\nCONFX,Conference on X,2026,P,u,网络,国际学术会议,B类\n",
        "c.csv",
    )
    assert ranks(got, "rank_scheme", "list_edition", "rank_level", "venue_kind", "list_category") == [
        ("ccf", "2026", "A", "journal", "网络"),
        ("ccf", "2026", "B", "conference", "网络"),
    ]
    tiers = deliver(
        "中文刊名,Journal,CN号,CCF推荐类别,T分区\n虚构学报,,44-1/TP,计算领域高质量科技期刊分级目录（2025）,T2\n",
        "t.csv",
    )
    assert ranks(tiers, "rank_scheme", "list_edition", "title", "rank_level") == [("ccf_t", "2025", "虚构学报", "T2")]


def test_chinese_lists_are_known_by_their_title_and_headings_give_the_subject(deliver: Deliver) -> None:
    rows = [
        ["中文核心期刊要目总览（2023年版）"],
        ["序号", "刊名", "CN号"],
        ["第一编 哲学、社会学"],
        ["1", "虚构哲学", "44-1/B"],
        ["第二编 经济"],
        ["2", "虚构经济", "44-2/F"],
        ["注：按学科排列"],
    ]
    got = deliver({"Sheet1": rows}, "p.xlsx")
    assert got.raw["source_row"].to_list() == [1, 2] and got.rejected.height == 0
    assert ranks(got, "rank_scheme", "list_edition", "title", "list_category", "valid_from", "valid_to") == [
        ("pku", "2023", "虚构哲学", "第一编 哲学、社会学", "2023-01-01", None),
        ("pku", "2023", "虚构经济", "第二编 经济", "2023-01-01", None),
    ]
    sheets = {
        "核心库": [["中国科学引文数据库（CSCD）来源期刊列表（2025-2026年度）"], ["刊名", "ISSN"], ["虚构化学", ONE]],
        "扩展库": [
            ["中国科学引文数据库（CSCD）来源期刊列表（2025-2026年度）扩展库"],
            ["刊名", "ISSN"],
            ["虚构物理", TWO],
        ],
    }
    got = deliver(sheets, "d.xlsx")
    assert ranks(got, "rank_scheme", "list_edition", "rank_level", "valid_to", "source_row") == [
        ("cscd", "2025-2026", "core", "2026-12-31", 1),
        ("cscd", "2025-2026", "extended", "2026-12-31", 2),
    ]


def test_ei_and_core_journals_of_science(deliver: Deliver) -> None:
    rows = [["Compendex Source List January 2026"], ["SOURCE TITLE", "ISSN", "E-ISSN", "PUBLISHER", "SOURCE TYPE"]]
    got = deliver({"SERIALS": [*rows, ["Acta Fictitia", ONE, TWO, "P", "Journal"]]}, "e.xlsx")
    assert ranks(got, "rank_scheme", "list_edition", "rank_text", "eissn") == [("ei_journals", "2026", "Journal", TWO)]
    got = deliver("2025年中国科技核心期刊目录,,\n期刊代码,期刊名称,学科\nA001,虚构学报,综合\n", "i.csv")
    assert ranks(got, "rank_scheme", "list_edition", "title") == [("istic", "2025", "虚构学报")]


def test_an_edition_that_the_file_does_not_state(deliver: Deliver) -> None:
    text = "Journal,ISSN,Category,JIF Quartile\nA,,ONCOLOGY,Q1\n"
    told = deliver(text, "list.csv", edition="2023")
    assert ranks(told, "list_edition", "edition_basis") == [("2023", "batch.yml")]
    named = deliver(text, "list.csv", path_text="名单/JCR 2022/list.csv")
    assert ranks(named, "list_edition", "edition_basis") == [("2022", "文件夹或文件名")]
    for path in ("名单/list.csv", "JCR_12_2025_2024.csv"):
        with pytest.raises(SourceError) as caught:
            deliver(text, "list.csv", path_text=path)
        assert "哪一版" in caught.value.what and "batch.yml" in caught.value.parts["下一步"]


def test_labels_of_two_years_need_a_word(deliver: Deliver) -> None:
    text = "Journal,ISSN,IF(2023),IF(2024)\nA,,3.1,4.2\n"
    with pytest.raises(SourceError, match="几个年份"):
        deliver(text, "j.csv")
    got = deliver(text, "j.csv", edition="2024")
    assert ranks(got, "list_edition", "impact_factor") == [("2024", 4.2)]


def test_two_years_in_one_file_are_refused_and_one_year_twice_is_not(deliver: Deliver) -> None:
    row = f'"A","A","P","{ONE}","{TWO}","HISTORY","AHCI","17","1.0","Q1","0.5","1"%,'
    with pytest.raises(SourceError, match="两个年份"):
        deliver(
            jcr(2024, row) + jcr(2023, row).replace("2023 JIF", "2024 JIF").replace("2023 JCI", "2024 JCI"), "j.csv"
        )
    assert deliver(jcr(2024, row) + jcr(2024, row), "k.csv").raw.height == 2


def test_issn_l_in_both_forms(deliver: Deliver) -> None:
    got = deliver(f"ISSN\tISSN-L\n{ONE}\t{ONE}\n{TWO}\t{ONE}\n1234-5678\t{ONE}\n", "a.txt")
    assert got.table("source_issn_links").select("issn", "issn_l").rows() == [(ONE, ONE), (TWO, ONE)]
    assert got.rejected["row"].to_list() == [3]
    got = deliver(f"ISSN-L\tISSN1\tISSN2\n{ONE}\t{ONE}\t{TWO}\n", "b.txt")
    assert got.table("source_issn_links").select("issn", "issn_l").rows() == [(ONE, ONE), (TWO, ONE)]


@pytest.mark.parametrize(
    "text",
    [
        "期刊名称,级别\n虚构学报,A\n",
        "作者,期刊名称,影响因子,JIF Quartile\n王磊,A,1,Q1\n",
        "刊名,ISSN,CN号\n虚构学报,,\n",
        "Name,Rank,Web of Science Documents,JCI Quartile\nA,1,2,Q1\n",
    ],
    ids=["own grades", "papers", "a list without name", "incites"],
)
def test_what_is_no_list_of_journals(text: str, tmp_path: Any) -> None:
    head = _recognise.look(write(tmp_path / "x.csv", text))
    assert journals.recognise(head) is None


CELL = st.text(alphabet=st.characters(categories=("L", "N", "P", "Zs"), include_characters='",\n/[]'), max_size=10)


@given(rows=st.lists(st.lists(CELL, min_size=1, max_size=6), max_size=12), mark=st.sampled_from([",", "\t", ";"]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_rows_are_read_or_set_aside(tmp_path: Any, rows: list[list[str]], mark: str) -> None:
    out = io.StringIO()
    lines = csv.writer(out, delimiter=mark, lineterminator="\n")
    lines.writerows(
        [["Journal", "年份", "ISSN/EISSN", "大类", "大类分区", "Top"], ["A", "2025", ONE, "化学", "1", "是"], *rows]
    )
    path = write(tmp_path / "any.csv", out.getvalue())
    found = _recognise.recognise(path)
    try:
        chunks = list(journals.read(path, found, {"path_text": "2025.csv"}))
    except SourceError as error:
        assert error.parts["下一步"]
        return
    accepted, rejected = sum(c.rows.height for c in chunks), sum(c.rejected.height for c in chunks)
    filled = sum(any(cell.strip() for cell in row) for row in rows)
    assert 1 <= accepted + rejected <= filled + 1
    whole = pl.concat([c.rows for c in chunks], how="diagonal_relaxed").with_columns(
        pl.lit("r").alias("raw_id"), pl.lit(None, pl.String).alias("record_id"), pl.lit("b").alias("batch_id"),
        pl.lit("f").alias("source_file"), pl.lit("h").alias("record_hash"), pl.lit("t").alias("delivered_at"),
    )  # fmt: skip
    assert set(journals.source_journal_ranks(whole.lazy())["category_kind"]) <= {"major", "minor"}
