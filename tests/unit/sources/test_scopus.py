"""Scopus: names of every generation, links by place, corresponding authors in both orders, the EID wherever it stands."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from pipelines.core.errors import SourceError
from pipelines.sources import _recognise, scopus_links, scopus_names
from pipelines.sources.scopus_links import Places
from pipelines.sources.scopus_names import Author
from tests.unit.sources.conftest import Deliver, write

STEEL = "School of Steel, Linghai University, Linghai, China"
COAST = "Institute of Coasts, Neustadt University, Neustadt, Georgia, United States"
PLACES = Places(
    {"name": name, "aliases": aliases}
    for name, aliases in [("China", ""), ("Georgia", None), ("United States", "USA;U.S.A."), ("Singapore", "")]
)
CHINESE = {
    "Authors": "作者", "Author(s) ID": "作者 ID", "Title": "文献标题", "Year": "年份", "Source title": "来源出版物名称", "Cited by": "施引文献",
    "Affiliations": "归属机构", "Authors with affiliations": "带归属机构的作者", "Correspondence Address": "通讯地址",
    "Document Type": "文献类型", "Link": "链接", "Source": "来源出版物", "Page start": "起始页码",
}  # fmt: skip


def sheet(*rows: dict[str, Any], quoting: int = csv.QUOTE_ALL) -> str:
    base = {"Title": "T", "Year": "2024", "Document Type": "Article", "Source": "Scopus", "Cited by": "3"}
    full = [base | {"EID": f"2-s2.0-8500000000{n}"} | row for n, row in enumerate(rows, 1)]
    header = list(dict.fromkeys(name for row in full for name in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, header, quoting=quoting, restval="", lineterminator="\n")  # type: ignore[arg-type]
    writer.writeheader()
    writer.writerows(full)
    return "\ufeff" + buffer.getvalue()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("Wang W.T., de la Cruz J., Pu R., Jr.", None, None), [("Wang, W.T.", None), ("de la Cruz, J.", None), ("Pu, R., Jr.", None)]),
        (("Wang W., Liu H.", None, "57200000001;57200000002;"), [("Wang, W.", "57200000001"), ("Liu, H.", "57200000002")]),
        (("Wang W.; Liu H.", "Wang, Wei (57200000001); Liu, Hao (57200000002)", "x"),
         [("Wang, Wei", "57200000001"), ("Liu, Hao", "57200000002")]),
        (("W., Wang, Wei; H., Liu, Hao", None, "57200000001; 57200000002"), [("Wang, Wei", "57200000001"), ("Liu, Hao", "57200000002")]),
        (("W., Wang, Wei", None, "57200000001"), [("Wang, Wei", "57200000001")]),
        (("Wang W.; Liu H.", None, "5.72E+10"), [("Wang, W.", None), ("Liu, H.", None)]),
        (("[No author name available]", "[No author name available]", "[No author id available]"), []),
        (("Zhao Q.; Coastal Steel Study Group", None, None), [("Zhao, Q.", None), ("Coastal Steel Study Group", None)]),
        ((None, None, None), []),
    ],
    ids=["2015", "2022", "2024", "2025 fault", "2025 fault, one author", "ids spoilt by Excel", "nobody", "group", "empty"],
)  # fmt: skip
def test_bylines_of_every_generation(cells: tuple[str | None, ...], expected: list[tuple[str, str | None]]) -> None:
    found, _ = scopus_names.byline(*cells, listed=False)
    assert [(author.name, author.scopus_id) for author in found] == expected


@pytest.mark.parametrize(
    ("name", "key"),
    [("Wang W.T.", ("wang", "wt")), ("W.T. Wang", ("wang", "wt")), ("Wang, Wei Tao", ("wang", "wt")), ("Børs-Ås A.-L.", ("borsas", "al")),
     ("J. Sanchez del Pulgar", ("sanchezdelpulgar", "j")), ("Pu Jr. R.", ("pu", "r")), ("Suharto", ("suharto", ""))],
)  # fmt: skip
def test_one_key_for_all_spellings(name: str, key: tuple[str, str]) -> None:
    assert scopus_names.key(name) == key


WANG, LIU = Author("Wang, Wei", "Wang, W."), Author("Liu, Hao", "Liu, H.")


@pytest.mark.parametrize(
    ("cell", "affiliations", "addresses", "links"),
    [
        (f"Wang W., {STEEL}, {COAST}; Liu, H., {COAST}", f"{STEEL}; {COAST}", [STEEL, COAST], [(1, 1), (1, 2), (2, 2)]),
        (f"Wang, Wei, {STEEL}, {COAST}; Liu H.", None, [STEEL, COAST], [(1, 1), (1, 2)]),
        (f"Wang W., {STEEL}; Liu H., Dept X, {STEEL}, {COAST}", f"Linghai University, Linghai, China; {COAST}",
         [STEEL, f"Dept X, {STEEL}", COAST], [(1, 1), (2, 2), (2, 3)]),
        (f"Liu H., {COAST}", f"{STEEL}; {COAST}", [STEEL, COAST], [(2, 2)]),
        (f"Xu B., {COAST}", COAST, [COAST], []),
        (None, f"{STEEL}; {COAST}", [STEEL, COAST], []),
        ("Wang W., Inst A, Singapore, 138669, Singapore; Liu H., A &amp; B, USA", None,
         ["Inst A, Singapore, 138669, Singapore", "A & B, USA"], [(1, 1), (2, 2)]),
    ],
    ids=["by place", "by country", "shortened list", "one part missing", "nobody's", "no cell", "postcode and entity"],
)  # fmt: skip
def test_links_by_place(
    cell: str | None, affiliations: str | None, addresses: list[str], links: list[tuple[int, int]]
) -> None:
    found = scopus_links.locate([WANG, LIU], cell, affiliations, PLACES)
    assert (found.addresses, found.links) == (addresses, links)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (f"Wang, W.; {STEEL}; email: W@X.cn", [("Wang, W.", STEEL, "w@x.cn", (1,))]),
        (f"W. Wang; {STEEL}; email: w@x.cn; H. Liu; {COAST}; email: h@x.cn",
         [("W. Wang", STEEL, "w@x.cn", (1,)), ("H. Liu", COAST, "h@x.cn", (2,))]),
        (f"W. Wang; {STEEL}; H. Liu; {COAST}", [("W. Wang", STEEL, None, (1,)), ("H. Liu", COAST, None, (2,))]),
        ("Wang, W.", [("Wang, W.", "", None, (1,))]),
        (f"{STEEL}; email: w@x.cn", [(STEEL, "", "w@x.cn", ())]),
        (None, []),
    ],
    ids=["family first", "initials first, two", "without e-mail", "name alone", "no name", "empty"],
)  # fmt: skip
def test_corresponding_authors_in_both_orders(cell: str | None, expected: list[tuple[Any, ...]]) -> None:
    found = scopus_links.correspondence(cell, [WANG, LIU])
    assert [(p.name, p.address, p.email, p.fits) for p in found] == expected


def test_a_name_that_fits_two_authors_stays_unknown(deliver: Deliver) -> None:
    got = deliver(sheet({"Authors": "Li Y.; Li Y.", "Correspondence Address": f"Y. Li; {STEEL}; email: y@x.cn"}))
    assert (
        got.table("source_authorships").select("is_corresponding", "corresponding_evidence").rows()
        == [("unknown", "Scopus Correspondence Address fits 2 authors")] * 2
    )
    assert got.table("source_author_identifiers").select("identifier_value", "author_position").rows() == [
        ("y@x.cn", None)
    ]


def test_tables_of_a_record(deliver: Deliver) -> None:
    got = deliver(
        sheet(
            {
                "Authors": "Wang W.; Liu H.",
                "Author full names": "Wang, Wei (57200000001); Liu, Hao (57200000002)",
                "Title": "Wear of H<inf>2</inf>O &amp; salt [水的磨损]",
                "Affiliations": f"{STEEL}; {COAST}",
                "Authors with affiliations": f"Wang W., {STEEL}; Liu H., {STEEL}, {COAST}",
                "Correspondence Address": f"H. Liu; {COAST}; email: hao@x.cn",
                "Page start": "101",
                "Publication Stage": "Article in Press",
                "Language of Original Document": "Chinese; English",
                "ISSN": "03029743",
                "Author Keywords": "wear;  steel",
                "Document Type": "Retracted",
            }
        )
    )
    record = got.table("source_records").row(0, named=True)
    assert got.raw["record_id"].to_list() == ["scopus:2-s2.0-85000000001"]
    assert (record["title"], record["title_other"]) == ("Wear of H<inf>2</inf>O & salt", "水的磨损")
    assert (record["language"], record["issn"], record["keywords"], record["author_count"]) == (
        "zh",
        "0302-9743",
        "wear; steel",
        2,
    )
    assert (record["first_page"], record["last_page"], record["is_early_access"], record["is_retracted"]) == (
        "101",
        "101",
        True,
        True,
    )
    assert (record["document_type"], record["document_type_raw"], record["exported_at"]) == (None, "Retracted", None)
    links = (
        got.table("source_authorship_addresses")
        .select("author_position", "address_role", "address_position", "link")
        .rows()
    )
    assert links == [
        (1, "author", 1, "stated"),
        (2, "author", 1, "stated"),
        (2, "author", 2, "stated"),
        (2, "reprint", 1, "stated"),
    ]
    assert got.table("source_authorships").select("name", "name_short", "is_corresponding").rows() == [
        ("Wang, Wei", "Wang, W.", "unknown"),
        ("Liu, Hao", "Liu, H.", "yes"),
    ]
    ids = got.table("source_author_identifiers").select("identifier_type", "identifier_value", "author_position").rows()
    assert ids == [
        ("email", "hao@x.cn", 2),
        ("scopus_author_id", "57200000001", 1),
        ("scopus_author_id", "57200000002", 2),
    ]
    assert got.table("source_metrics").select("metric", "value", "as_of").rows() == [
        ("citations_scopus", 3.0, "2026-11-22")
    ]


def test_an_empty_count_is_no_zero_and_na_is_empty(deliver: Deliver) -> None:
    got = deliver(sheet({"Cited by": ""}, {"Cited by": "0", "Volume": "NA"}, {"Cited by": "NA", "Title": "NA"}))
    assert got.table("source_metrics").select("row", "value").rows() == [(2, 0.0)]
    assert got.table("source_records")["volume"].to_list() == [None, None]
    assert (got.rejected["row"].to_list(), got.rejected["found"].to_list()) == ([3], ["缺少题名（title）"])


def test_chinese_headers_are_the_same_columns(deliver: Deliver, tmp_path: Path) -> None:
    row = {"Authors": "Wang W.", "Author(s) ID": "57200000001", "Source title": "Tribology", "Affiliations": STEEL,
           "Authors with affiliations": f"Wang W., {STEEL}", "Correspondence Address": f"W. Wang; {STEEL}", "Page start": "7"}  # fmt: skip
    english = sheet(row)
    head, _, body = english.partition("\n")
    for name, chinese in CHINESE.items():
        head = head.replace(f'"{name}"', f'"{chinese}"')
    got, same = deliver(f"{head}\n{body}", "zh.csv"), deliver(english, "en.csv")
    assert (got.found.language, same.found.language) == ("zh", "en")
    for table in (
        "source_records",
        "source_authorships",
        "source_addresses",
        "source_authorship_addresses",
        "source_metrics",
    ):
        assert (
            got.table(table)
            .drop("source_file", strict=False)
            .equals(same.table(table).drop("source_file", strict=False))
        ), table


@pytest.mark.parametrize(
    "link",
    ["https://www.scopus.com/inward/record.uri?eid=2-s2.0-85000000009&doi=10.1000%2fx", "https://www.scopus.com/pages/publications/85000000009"],
)  # fmt: skip
def test_the_eid_may_stand_in_the_link_alone(deliver: Deliver, link: str) -> None:
    got = deliver(sheet({"EID": "", "Link": link, "Author(s) ID": ""}, {"EID": "", "Link": ""}))
    assert got.raw["record_id"].to_list() == ["scopus:2-s2.0-85000000009"]
    assert (got.rejected["row"].to_list(), got.rejected["found"].to_list()) == ([2], ["缺少EID（eid）"])
    without = deliver(f"TY  - JOUR\nTI  - T\nDB  - Scopus\nUR  - {link}\nER  - \n", "a.ris")
    assert without.raw["record_id"].to_list() == got.raw["record_id"].to_list()


def test_a_workbook_saved_from_the_csv(deliver: Deliver) -> None:
    rows = list(
        csv.reader(io.StringIO(sheet({"Authors": "Wang W.", "Author(s) ID": "5.72E+10"}).removeprefix("\ufeff")))
    )
    got = deliver({"scopus": rows}, "scopus.xlsx")
    assert (got.found.format, got.raw["record_id"].to_list()) == ("xlsx", ["scopus:2-s2.0-85000000001"])
    assert got.table("source_author_identifiers").height == 0


def test_what_is_missing_is_told_and_a_header_alone_refused(deliver: Deliver, tmp_path: Path) -> None:
    got = deliver(sheet({"Authors": "Wang W."}))
    assert any("Correspondence address" in words for words in got.found.missing)
    with pytest.raises(SourceError, match="没有记录"):
        _recognise.recognise(write(tmp_path / "a.csv", sheet({}).split("\n")[0] + "\n"))


def test_three_thousand_authors(deliver: Deliver) -> None:
    authors = "; ".join(f"Wang W{chr(97 + n % 26)}.{chr(65 + n % 26)}." for n in range(3000))
    places = [f"Dept {n}, Linghai University, Linghai, China" for n in range(300)]
    cell = "; ".join(f"{name}, {places[n % 300]}, {places[n * 7 % 300]}" for n, name in enumerate(authors.split("; ")))
    got = deliver(sheet({"Authors": authors, "Affiliations": "; ".join(places), "Authors with affiliations": cell}))
    assert got.table("source_addresses").height == 300
    assert got.table("source_authorship_addresses").height == sum(2 - (n * 7 % 300 == n % 300) for n in range(3000))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Xu, B., Ye, C., (2006) J. Salt, 19, p. S13; Ye, C., Wear of steel (2001) J. Coasts, 24 (13), pp. 2115-2125. , http://dx.doi.org/10.1000/X1",
         [("Xu, B.", 2006, "J. Salt", "19", "S13", None), ("Ye, C.", 2001, "J. Coasts", "24", "2115", "10.1000/x1")]),
        ("Xu B., Ye C., Wear of steel, J. Salt, 12, 3, pp. 7-9, (2022); A Framework for Wear, (1976)",
         [("Xu B.", 2022, "J. Salt", "12", "7", None), (None, 1976, None, None, None, None)]),
        ("Xu B.; Ye C.; Zhu D., Wear of steel, J Salt, 5, pp. e12-e46, (2017); Li GA; Ma, Salt",
         [("Xu B.", 2017, "J Salt", "5", "e12", None), ("Li GA", None, None, None, None, None)]),
        ("", []),
    ],
    ids=["2015", "2024", "2026", "none"],
)  # fmt: skip
def test_references_of_every_generation(deliver: Deliver, cell: str, expected: list[tuple[Any, ...]]) -> None:
    found = deliver(sheet({"References": cell, "Authors": "Wang W."})).table("source_cited_references")
    assert (
        found.select("cited_author", "cited_year", "cited_venue", "cited_volume", "cited_page", "cited_doi").rows()
        == expected
    )


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Linghai Fund, LF, (2022-1, 2022-2); Ministry of Salt, Steel and Coasts, MSSC; Quay Trust",
         [("Linghai Fund", "2022-1"), ("Linghai Fund", "2022-2"), ("Ministry of Salt, Steel and Coasts", None), ("Quay Trust", None)]),
        ("59900115, LF, Linghai Fund; LF", [("Linghai Fund", "59900115"), ("LF", None)]),
        ("Linghai FundLinghai Fund,\u00a0LF,\u00a069900020", [("Linghai Fund", "69900020")]),
    ],
    ids=["2024", "2015", "printed twice"],
)  # fmt: skip
def test_funders_and_grants(deliver: Deliver, cell: str, expected: list[tuple[Any, ...]]) -> None:
    found = deliver(sheet({"Funding Details": cell, "Authors": "Wang W."})).table("source_funding")
    assert found.select("funder", "award_number").rows() == expected
