"""Vendor files in forms that people make of them, and that vendors have changed: the tables stay the same or nothing is claimed."""

from __future__ import annotations

import re

import polars as pl
import pytest

from pipelines.core.errors import SourceError
from pipelines.sources import incites_values
from tests.unit.sources.conftest import Deliver, Delivered, wos


def linked(got: Delivered, role: str = "author") -> list[tuple[int, int]]:
    table = got.table("source_authorship_addresses").filter(pl.col("address_role") == role)
    pairs = table.select("author_position", "address_position").rows()
    return sorted((int(a), int(b)) for a, b in pairs)


def named(got: Delivered) -> list[str]:
    return list(got.table("source_authorships")["name"])


# --- Web of Science
ACCENTED = (
    "AU Cruz, M\n   Lu, X\n   Lü, X\nAF Cruz, Maria\n   Lu, Xin\n   Lü, Xin\nPY 2020\n"
    "C1 [Cruz, María; Lü, Xin] Univ A, Madrid, Spain.\n   [Lu, Xin] Univ B, Lund, Sweden.\n"
    "RP Crúz, M; Lü, X (corresponding author), Univ A, Madrid, Spain."
)


def test_accents_count_where_they_tell_people_apart_and_else_not(deliver: Deliver) -> None:
    got = deliver(wos(ACCENTED))
    assert linked(got) == [(1, 1), (2, 2), (3, 1)]
    assert linked(got, "reprint") == [(1, 1), (3, 1)]
    assert list(got.table("source_authorships")["is_corresponding"]) == ["yes", "no", "yes"]


def test_an_orcid_may_be_printed_as_an_address(deliver: Deliver) -> None:
    ids = "OI Cruz, María/https://orcid.org/0000-0002-1825-0097; Lu, Xin/0000-0002-1694-233x"
    got = deliver(wos(f"{ACCENTED}\n{ids}")).table("source_author_identifiers")
    assert got.select("author_position", "name", "identifier_value").rows() == [
        (2, "Lu, Xin", "0000-0002-1694-233X"),
        (1, "Cruz, María", "0000-0002-1825-0097"),
    ]


def test_a_tab_delimited_file_that_excel_has_saved(deliver: Deliver) -> None:
    head = "PT\tAU\tAF\tTI\tSO\tC1\tPY\tUT\n"
    people = '"Li, M; Wu, D"\t"Li, Ming; Wu, Dan"'
    address = '"[Li, Ming; Wu, Dan] Univ A, Dalian, Peoples R China"'
    saved = f'{head}J\t{people}\t"On ""tides"", again"\tSEA\t{address}\t2021\tWOS:000700000000001\n'
    got = deliver(saved)
    assert named(got) == ["Li, Ming", "Wu, Dan"] and linked(got) == [(1, 1), (2, 1)]
    assert got.table("source_records")["title"][0] == 'On "tides", again'
    own = deliver(f'{head}J\tLi, M\tLi, Ming\t"Tides"\tSEA\tUniv A, B\t2021\tWOS:000700000000001\n')
    assert own.table("source_records")["title"][0] == '"Tides"'


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("research-article", "article"),
        ("Journal Article; Review", "review"),
        ("Journal Article; Research Support, Non-U.S. Gov't", "article"),
        ("Dissertation/Thesis", "thesis"),
        ("Article; Early Access; Retracted Publication", "article"),
    ],
)
def test_document_types_of_all_databases(deliver: Deliver, stated: str, code: str) -> None:
    got = deliver(wos(f"AU Li, M\nTI T\nSO S\nDT {stated}\nUT MEDLINE:31234567"))
    assert got.table("source_records")["document_type"][0] == code


def test_full_width_semicolons_between_blocks_of_rp(deliver: Deliver) -> None:
    rp = "RP Cruz, M (通讯作者)，Univ A, Madrid, Spain.；Lu, X (通讯作者)，Univ B, Lund, Sweden."
    got = deliver(wos(ACCENTED.split("\nRP")[0] + "\n" + rp))
    assert list(got.table("source_authorships")["is_corresponding"]) == ["yes", "yes", "no"]
    reprint = got.table("source_addresses").filter(pl.col("address_role") == "reprint")
    assert reprint["address"].to_list() == ["Univ A, Madrid, Spain", "Univ B, Lund, Sweden"]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_short_list_whose_header_is_tags(deliver: Deliver, mark: str) -> None:
    head, row = "PT,AU,AF,TI,SO,PY,UT", 'J,"Li, M; Wu, D","Li, Ming; Wu, Dan",T,SEA,2021,WOS:000700000000001'
    cells = [cell if mark in cell else cell.strip('"') for cell in re.findall(r'"[^"]*"|[^,]+', row)]
    got = deliver(f"{head.replace(',', mark)}\n{mark.join(cells)}\n", name="file.csv")
    assert got.found.source == "wos" and named(got) == ["Li, Ming", "Wu, Dan"]


def test_a_title_above_the_header_of_a_csv(deliver: Deliver) -> None:
    head = "Publication Type,Authors,Author Full Names,Article Title,Source Title,Addresses,Publication Year,Reprint Addresses,"
    row = 'J,"Li, M","Li, Ming",T,SEA,"[Li, Ming] Univ A",2021,,3,WOS:000700000000001'
    got = deliver(f'凌海大学 SCI,,,,,,,,,\n{head}"Times Cited, WoS Core",UT (Unique WOS ID)\n{row}\n', name="file.csv")
    assert got.found.source == "wos" and linked(got) == [(1, 1)]


def test_the_end_of_a_ris_file_is_no_record(deliver: Deliver) -> None:
    got = deliver("TY  - JOUR\nAU  - Li, M\nTI  - T\nAN  - WOS:000900000000002\nER  -\n\nEF  -\n")
    assert (got.raw.height, got.rejected.height) == (1, 0)


# --- Scopus
SCOPUS = {
    "Authors": "Li M.; Wu D.",
    "Author(s) ID": "57200000001; 57200000002",
    "Title": "T",
    "Year": "2024",
    "Affiliations": "Univ A, Dalian, China; Sch Chem; Dept P, Univ B, Dalian, China",
    "Authors with affiliations": "Li M., Univ A, Dalian, China; Wu D., Sch Chem; Dept P, Univ B, Dalian, China",
    "EID": "2-s2.0-85000000001",
}


def test_an_affiliation_may_hold_a_semicolon(deliver: Deliver) -> None:
    got = deliver(",".join(SCOPUS) + "\n" + ",".join(f'"{v}"' for v in SCOPUS.values()) + "\n")
    assert got.table("source_addresses")["address"].to_list() == [
        "Univ A, Dalian, China",
        "Sch Chem; Dept P, Univ B, Dalian, China",
    ]
    assert linked(got) == [(1, 1), (2, 2)]


def test_a_list_cut_with_et_al_names_nobody_of_that_name(deliver: Deliver) -> None:
    old = SCOPUS | {"Authors": "Li M., Wu D., et al.", "Author(s) ID": "57200000001;57200000002;"}
    got = deliver(",".join(old) + "\n" + ",".join(f'"{v}"' for v in old.values()) + "\n")
    assert named(got) == ["Li, M.", "Wu, D."]
    assert got.table("source_author_identifiers")["author_position"].to_list() == [1, 2]


def test_a_note_of_ris_tells_the_conference_apart_from_the_address(deliver: Deliver) -> None:
    got = deliver(
        "TY  - CONF\nAU  - Li, M.\nTI  - T\nUR  - https://www.scopus.com/pages/publications/85000000012\nDB  - Scopus\n"
        "N1  - Export Date: 27 November 2025; Cited By: 4; Correspondence Address: M. Li; Univ A, Dalian, China; "
        "email: li@a.example; Conference name: Sea 2025; Conference date: 1 June 2025 through 3 June 2025\nER  -\n"
    )
    assert got.table("source_records")["conference"][0] == "Sea 2025"
    assert got.table("source_addresses")["address"].to_list() == ["Univ A, Dalian, China"]


def test_latex_of_scopus_is_text(deliver: Deliver) -> None:
    got = deliver(
        'Scopus\n\n@ARTICLE{a,\n\tauthor = {Li, Ming and M{\\"u}ller, K.},\n\ttitle = {Salt \\& silt},\n\tsource = {Scopus},\n'
        "\turl = {https://www.scopus.com/inward/record.uri?eid=2-s2.0-85000000013&doi=10}\n}\n"
    )
    assert named(got) == ["Li, Ming", "Müller, K."]
    assert got.table("source_records")["title"][0] == "Salt & silt"


# --- Engineering Village
EI = {
    "Title": "T",
    "Accession number": "20240115001234",
    "Author": "Calm, T. (a, b); Amer, J.(a); Gatt, O. (1)(2)",
    "Author affiliation": "(a) Univ X; LIG (CESAR), Grenoble, France; (b) Univ Y, Dalian, China; (1) Univ Z; (2) Univ W",
    "Main heading": "Codes",
    "Controlled/Subject terms": "Tides",
    "Classification code": "723.1",
    "Database": "Compendex",
}


def ei(row: dict[str, str]) -> str:
    return ",".join(row) + "\n" + ",".join(f'"{v}"' for v in row.values()) + "\n"


def test_marks_of_affiliations_are_letters_too(deliver: Deliver) -> None:
    got = deliver(ei(EI))
    assert named(got) == ["Calm, T.", "Amer, J.", "Gatt, O."]
    assert got.table("source_addresses")["address"][0] == "Univ X; LIG (CESAR), Grenoble, France"
    assert linked(got) == [(1, 1), (1, 2), (2, 1), (3, 3), (3, 4)]


def test_lines_mails_and_article_numbers_of_engineering_village(deliver: Deliver) -> None:
    row = EI | {"Author": "Calm, T. (1)\nAmer, J. (2)", "Pages": "Art no. 123", "ISSN": "3029743"}
    row |= {"Corresponding author": "Calm, T. (c@x.example; t@y.example); Amer, J. (a@x.example,b@x.example)"}
    got = deliver(ei(row))
    assert named(got) == ["Calm, T.", "Amer, J."]
    assert list(got.table("source_authorships")["is_corresponding"]) == ["yes", "yes"]
    mails = got.table("source_author_identifiers").select("author_position", "identifier_value").rows()
    assert mails == [(2, "a@x.example"), (1, "c@x.example")]
    record = got.table("source_records").row(0, named=True)
    assert record["first_page"] is None and record["issn"] == "0302-9743"  # Excel took the zero


def test_a_table_without_accession_numbers_is_refused_by_name(deliver: Deliver) -> None:
    with pytest.raises(SourceError, match="入藏号"):
        deliver(ei({name: cell for name, cell in EI.items() if name != "Accession number"}))


def test_latex_of_engineering_village_is_text(deliver: Deliver) -> None:
    got = deliver(
        "@article{20240115007777 ,\nlanguage = {English},\ncopyright = {Compendex},\ntitle = {Salt \\& silt},\n"
        "author = {Calm, Thomas and Marovi{\\'c}, Igor},\nyear = {2024},\n}\n"
    )
    assert named(got) == ["Calm, Thomas", "Marović, Igor"]
    assert got.table("source_records")["title"][0] == "Salt & silt"


# --- ProQuest
def test_theses_of_tables_with_two_authors_and_chinese_names(deliver: Deliver) -> None:
    head = ["Title", "StoreId", "Authors", "ArticleType", "degree", "dissertationNumber", "subjects", "Database"]
    kind, of = "Dissertations & Theses", "ProQuest Dissertations & Theses Global"
    rows = [
        [" T", "2512345678", " Li, Ming; Wu, Dan", kind, "Ph.D.", "28321234", "0494 Chemistry , Tides", of],
        [" 海", "2512345679", " 王, 小明\n王\n小明", kind, "M.S.", "28321235", "", of],
    ]
    got = deliver({"Export Data": [head, *rows]}, name="file.xlsx")
    people = got.table("source_authorships")
    assert people["name"].to_list() == ["Li, Ming", "Wu, Dan", "王, 小明"]
    assert people["name_native"].to_list() == [None, None, "王小明"]
    assert got.table("source_theses")["order_number"].to_list() == ["28321234", "28321235"]
    assert got.table("source_records")["keywords"].to_list() == ["Tides", None]


def test_what_a_text_says_twice_counts_once(deliver: Deliver) -> None:
    text = (
        "Document 1 of 1\n\nTitle: Tides\n\nAuthor: Li, Ming\n\nAbstract: Long.\n\nTitle: Tides\n\nAuthor: Li, Ming\n\n"
        "Advisor: Wu, Dan\n\nAdvisor: Sun, Kai\n\nSource type: Dissertations & Theses\n\nProQuest document ID: 2512345678\n"
    )
    got = deliver(f"{'_' * 60}\n\n{text}\n{'_' * 60}\n\nContact us at: http://support.proquest.com\n")
    assert got.table("source_records")["title"].to_list() == ["Tides"]
    assert named(got) == ["Li, Ming"]
    assert got.table("source_contributors")["name"].to_list() == ["Wu, Dan", "Sun, Kai"]


# --- InCites
@pytest.mark.parametrize(
    ("printed", "value"),
    [("12,345", 12345), ("1,23", 1.23), ("0,123", 0.123), ("85,7%", 85.7), ("1,234.5", 1234.5), ("12 345", 12345), ("n/a", None)],
)  # fmt: skip
def test_numbers_of_european_spreadsheets(printed: str, value: float | None) -> None:
    got = pl.DataFrame({"x": [printed]}).select(incites_values.number(pl.col("x"))).item()
    assert got == value


def test_a_country_beside_a_name_is_no_table_of_countries(deliver: Deliver) -> None:
    head = "Name,Web of Science Documents,Category Normalized Citation Impact,Times Cited,Country/Region"
    rows = ["Linghai University,12,1.2,34,CHINA MAINLAND", "Baseline for All Items,20,1.0,50,n/a"]
    got = deliver("\n".join([head, *rows, "", "InCites dataset updated Dec 24, 2025.", ""]), name="file.csv")
    assert got.found.kind == "entity"
    table = got.table("source_incites_metrics").unique("entity_name", maintain_order=True)
    assert table.select("entity_name", "entity_country", "is_baseline").rows() == [
        ("Linghai University", "CHINA MAINLAND", False),
        ("Baseline for All Items", None, True),
    ]


def test_a_summary_above_the_table_and_a_copyright_below(deliver: Deliver) -> None:
    head = "Name,Web of Science Documents,Category Normalized Citation Impact,Times Cited"
    above = "Filter Summary:\nDataset: InCites Dataset + ESCI\nSchema: Web of Science\n\n"
    got = deliver(f"{above}{head}\nCHEMISTRY,10,1.5,30\nPHYSICS,20,0.8,40\n© 2026 Clarivate\n", name="file.csv")
    assert (got.raw.height, got.rejected.height) == (2, 0)
    export = got.module.source_incites_exports(got.raw.lazy()).row(0, named=True)
    assert (export["dataset"], export["subject_schema"]) == ("InCites Dataset + ESCI", "WoS")


# --- ESI
RANKING = "Institutions,Countries/Regions,Web of Science Documents,Cites,Cites/Paper,Top Papers"
ROW = '1,LINGHAI UNIVERSITY,CHINA MAINLAND,"1,234","5,678",4.6,12'


FILTERED = (
    "Indicators Results List: Institutions   Filter Results By: {}   Filter Value(s): CHEMISTRY   Show: Top Papers"
)


@pytest.mark.parametrize(
    "title",
    [
        FILTERED.format("ResearchFields"),
        FILTERED.format("Research Fields"),
        "Indicators Result List:  Institutions - 'CHEMISTRY' Show - Top Papers",
    ],
)
def test_a_ranking_is_of_the_field_it_was_filtered_by(deliver: Deliver, title: str) -> None:
    got = deliver(f"{title}\n,{RANKING}\n{ROW}\nCopyright © 2026\n", name="file.csv", esi_period="2026-05")
    assert got.table("source_esi_institutions")["esi_field"].to_list() == ["CHE"]


def test_a_ranking_without_its_title_is_refused_by_name(deliver: Deliver) -> None:
    with pytest.raises(SourceError, match="标题行"):
        deliver(f",{RANKING}\n{ROW}\n", name="file.csv", esi_period="2026-05")
