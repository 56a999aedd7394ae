"""Retraction Watch, lists of people, contracts: true layouts, dates in every order, editions, amounts. Every person is invented."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.core.errors import SourceError
from pipelines.sources import _recognise, modules
from tests.unit.sources.conftest import Deliver, Delivered, write

NOTICE = (
    "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,RetractionDate,RetractionDOI,"
    "RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason,Paywalled,Notes,"
)


def notice(number: str, retracted: str, published: str, nature: str = "Retraction", doi: str = "10.9999/A") -> str:
    known = f'{number},T,(B/T) X;(PHY) Y;,"U, China;",J,P,China,Lei Wang;Fang Ouyang,,Research Article;'
    return f"{known},{retracted},10.9999/R,0,{published},{doi},31234567,{nature},+Error in Data;+Misconduct;,No,,"


def rows(got: Delivered, table: str, *columns: str) -> list[tuple[Any, ...]]:
    return got.table(table).select(columns).rows()


def test_several_notices_of_one_paper_are_kept(deliver: Deliver) -> None:
    got = deliver(
        "\n".join(
            [
                NOTICE,
                notice("1", "8/30/2021 0:00", "1/5/2019 0:00", "Expression of concern"),
                notice("2", "12/1/2021 0:00", "1/5/2019 0:00"),
            ]
        ),
        "rw.csv",
    )
    assert rows(
        got, "source_retractions", "retraction_id", "doi", "retraction_nature", "retraction_date", "original_date"
    ) == [
        ("1", "10.9999/a", "expression_of_concern", "2021-08-30", "2019-01-05"),
        ("2", "10.9999/a", "retraction", "2021-12-01", "2019-01-05"),
    ]
    first = got.table("source_retractions").row(0, named=True)
    assert first["retraction_reasons"] == "Error in Data; Misconduct"
    assert (first["pmid"], first["retraction_pmid"], first["countries_text"]) == ("31234567", None, "China")
    assert first["institutions_text"] == "U, China" and first["retraction_subjects"] == "(B/T) X; (PHY) Y"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("30/8/2021 0:00", "2021-08-30"),
        ("2021/8/30 0:00", "2021-08-30"),
        ("2021-08-30", "2021-08-30"),
        ("8/30/2021 12:00:00 AM", "2021-08-30"),
        ("Unavailable", None),
        ("2/30/2021 0:00", None),
    ],
)
def test_dates_of_re_saved_sheets(deliver: Deliver, written: str, expected: str | None) -> None:
    got = deliver("\n".join([NOTICE, notice("1", written, written)]), "rw.csv")
    assert rows(got, "source_retractions", "retraction_date") == [(expected,)]


def test_notices_without_doi_or_number(deliver: Deliver) -> None:
    got = deliver("\n".join([NOTICE, notice("1", "", "", doi="unavailable"), notice("", "", "")]), "rw.csv")
    assert rows(got, "source_retractions", "doi", "doi_raw") == [(None, None)]
    assert got.rejected["row"].to_list() == [2]


def test_highly_cited_researchers(deliver: Deliver) -> None:
    head = ["First Name", "Middle Name", "Last Name", "Category", "Primary Affiliation", "Secondary Affiliations"]
    got = deliver(
        {"2025 HCR": [head, ["Lei", "Q.", "Wang", "Chemistry", "Linghai University, China Mainland", ""]]}, "x.xlsx"
    )
    assert rows(got, "source_people_lists", "list_name", "list_edition", "edition_basis", "name", "list_category") == [
        ("hcr", "2025", "内容", "Wang, Lei Q.", "Chemistry")
    ]
    text = "Name,Category,Primary Affiliation\nLei Wang,Chemistry,Linghai University\n,Physics,\n"
    got = deliver(text, "list.csv", edition="2019")
    assert rows(got, "source_people_lists", "name", "list_edition", "name_native") == [("Lei Wang", "2019", None)]
    assert got.rejected["found"].to_list() == ["没有姓名"]
    with pytest.raises(SourceError, match="哪一版"):
        deliver(text, "list.csv")


@pytest.mark.parametrize(
    "column", ["身份证号", "联系电话", "手机", "家庭住址", "民族", "宗教信仰", "婚姻状况", "健康状况", "照片", "Tel"]
)
def test_a_list_of_scholars_with_what_must_not_be_kept_is_refused(deliver: Deliver, column: str) -> None:
    text = f"Name,Category,Primary Affiliation,{column}\nLei Wang,Chemistry,Linghai University,x\n"
    with pytest.raises(SourceError, match=f"名单含有不得收集的个人信息：“{column}”列"):
        deliver(text, "list.csv", edition="2019")


def test_chinese_highly_cited_scholars_are_another_list(deliver: Deliver) -> None:
    table = [
        ["2025年爱思唯尔中国高被引学者名单"],
        ["序号", "姓名", "单位", "学科"],
        ["1", "欧阳芳", "岭海大学", "化学"],
    ]
    got = deliver({"Sheet1": table}, "x.xlsx")
    assert rows(got, "source_people_lists", "list_name", "list_edition", "name", "name_native", "affiliation") == [
        ("elsevier_cn", "2025", "欧阳芳", "欧阳芳", "岭海大学")
    ]


def test_authors_of_esi_belong_to_a_release(deliver: Deliver) -> None:
    title = (
        "Indicators Results List: Authors   Filter Results By: ResearchFields   Filter Value(s): CHEMISTRY   Show: Top"
    )
    table = [
        [],
        [],
        [],
        [],
        [title],
        ["", "Authors", "Web of Science Documents", "Cites", "Cites/Paper", "Top Papers"],
        ["7", "WANG, L", "120", "3,000", "25", "4"],
        ["Copyright © 2026 Clarivate"],
    ]
    got = deliver({"Sheet0": table}, "IndicatorsExport.xlsx", esi_period="2026-05")
    assert got.raw.height == 1
    assert rows(
        got, "source_people_lists", "list_name", "list_edition", "name", "list_category", "rank", "citations_count"
    ) == [("esi_authors", "2026-05", "WANG, L", "CHEMISTRY", 7, 3000)]
    with pytest.raises(SourceError, match="哪一期"):
        deliver({"Sheet0": table}, "IndicatorsExport.xlsx")


@pytest.mark.parametrize(("label", "name"), [("nc9623", "stanford_career"), ("nc2323", "stanford_single_year")])
def test_two_lists_of_stanford_by_their_years(deliver: Deliver, label: str, name: str) -> None:
    head = f"authfull,inst_name,cntry,rank (ns),{label} (ns),rank,{label},sm-subfield-1"
    text = f'{head}\n"Wang, Lei",Linghai University,chn,12,50,9,60,Polymers\n'
    got = deliver(text, "t.csv")
    assert rows(got, "source_people_lists", "list_name", "list_edition", "rank") == [(name, "2023", 12)]


def test_amounts_currencies_and_periods_of_contracts(deliver: Deliver) -> None:
    head = "合同编号,资源名称,供应商,起止日期,合同金额,币种,是否含税\n"
    lines = [
        'H1,甲库,甲公司,2025-01-01至2025-12-31,"1,234,500.00",人民币,含税',
        "H2,乙库,乙公司,2025.1-2026.6,$98500,,否",
        "H3,丙库,,2025,12.5万元,,",
        "H4,丁库,,,,欧元,",
    ]
    got = deliver(head + "\n".join(lines) + '\n,合计,,,"1,333,000",,\n', "c.csv")
    assert rows(
        got, "source_contracts", "resource", "amount", "currency", "valid_from", "valid_to", "is_tax_included"
    ) == [
        ("甲库", 1234500.0, "CNY", "2025-01-01", "2025-12-31", True),
        ("乙库", 98500.0, "USD", "2025-01-01", "2026-06-30", False),
        ("丙库", 125000.0, "CNY", "2025-01-01", "2025-12-31", None),
        ("丁库", None, "EUR", None, None, None),
    ]


def test_a_unit_in_the_label_and_a_price_of_several_rows(deliver: Deliver) -> None:
    text = "合同号,数据库,代理商,金额（万美元）,服务期\nH1,甲,X,3.5,2025年\nH1,乙,X,3.5,2025年\nH2,丙,X,1,2025年\n"
    got = deliver(text, "c.csv")
    assert rows(got, "source_contracts", "amount", "currency", "is_amount_shared") == [
        (35000.0, "USD", True), (35000.0, "USD", True), (10000.0, "USD", False)
    ]  # fmt: skip


def test_contracts_that_cannot_be_understood(deliver: Deliver) -> None:
    text = "资源名称,供应商,金额,服务期\n甲,X,约10到12万,2025\n乙,X,5,下半年\n,X,5,2025\n丁,X,5,2025\n"
    got = deliver(text, "c.csv")
    assert got.rejected["row"].to_list() == [1, 2, 3] and got.raw.height == 1
    with pytest.raises(SourceError, match="银行账号"):
        deliver("资源名称,供应商,金额,银行账号\n甲,X,5,1\n", "d.csv")


CELL = st.text(alphabet=st.characters(categories=("L", "N", "P", "Zs"), include_characters='",\n/;'), max_size=9)


def test_totals_in_the_middle_take_no_row_number(deliver: Deliver) -> None:
    """Accepted and set-aside rows together are numbered without a gap."""
    lines = [
        "1,甲库,虚构公司,100",
        ",小计,,100",
        "2,乙库,虚构公司,两百",
        ",小计,,200",
        "3,丙库,虚构公司,300",
        ",合计,,600",
    ]
    got = deliver("合同号,资源名称,供应商,金额\n" + "\n".join(lines) + "\n", "c.csv")
    assert got.raw.select("source_row", "resource").rows() == [(1, "甲库"), (3, "丙库")]
    assert got.rejected["row"].to_list() == [2]


HEADS = {
    "retractions": NOTICE,
    "scholars": "2025 Highly Cited Researchers\nFirst Name,Last Name,Category,Primary Affiliation",
    "contracts": "合同号,资源名称,供应商,起止日期,金额,币种",
}


@pytest.mark.parametrize("source", HEADS)
@given(lines=st.lists(st.lists(CELL, min_size=1, max_size=7).map(",".join), min_size=1, max_size=8))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_rows_are_read_or_set_aside(tmp_path: Any, source: str, lines: list[str]) -> None:
    path = write(tmp_path / "any.csv", HEADS[source] + "\n" + "\n".join(lines) + "\n")
    try:
        found = _recognise.recognise(path)
        chunks = list(modules()[source].read(path, found, {"path_text": "x.csv"}))
    except SourceError as error:
        assert error.parts["下一步"]
        return
    assert found.source == source
    numbers = [n for c in chunks for n in (*c.rows["source_row"], *c.rejected["row"])]
    assert len(numbers) == len(set(numbers))
