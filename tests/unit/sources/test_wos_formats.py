"""Web of Science: the same records through every format give the same tables; what a format cannot carry is null."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.errors import SourceError
from pipelines.sources import _recognise, modules
from tests.unit.sources import wos_printed
from tests.unit.sources.conftest import Deliver, Delivered, write

CHEM, BIO = (
    "Linghai Univ, Sch Chem, Linghai 599000, Peoples R China",
    "Haidong Univ, Sch Life Sci, Haidong, Peoples R China",
)
RECORDS = [
    {
        "AU": "Wang, YX\nZhang, JS\nZhang, JH",
        "AF": "Wang, Yuanxi\nZhang, Jiasong\nZhang, Junhe",
        "TI": "Tides & shores: a\nstudy of 100% salt",
        "SO": "SEA SCIENCE",
        "LA": "English",
        "DT": "Article",
        "DE": "tide; shore",
        "C1": f"[Wang, Yuanxi; Zhang, Jiasong] {CHEM}.\n[Zhang, Junhe] {BIO}.",
        "RP": f"Wang, YX; Zhang, JS (corresponding author), {CHEM}.; Zhang, JH (corresponding author), {BIO}.",
        "EM": "wang@linghai.example; zhang@linghai.example",
        "RI": "Wang, Yuanxi/ABC-1234-2020; Zhang, J/ABD-1234-2020",
        "OI": "Wang, Yuanxi/0000-0002-1825-0097; Zhang,\nJiasong/0000-0002-1694-233X",
        "FU": "National Fund [1001, 1002]; City of Linghai",
        "CR": "Li A, 2005, SEA SCI, V27, P222, DOI 10.5555/a(1)2.0.CO;2\n[李甲 Li Jia; 王乙], 2006, [海洋学报, Acta Oceanol], V3, P1",
        "NR": "2",
        "TC": "5",
        "Z9": "7",
        "SN": "0302-9743",
        "EI": "1611-3349",
        "PD": "MAY 4",
        "PY": "2021",
        "VL": "12",
        "IS": "3",
        "BP": "101",
        "EP": "109",
        "DI": "10.5555/sea.2021.1",
        "WC": "Chemistry, Physical; Oceanography",
        "WE": "Science Citation Index Expanded (SCI-EXPANDED)",
        "HC": "Y",
        "DA": "2026-08-28",
        "UT": "WOS:000700000000001",
    },
    {
        "AU": "Li, M",
        "AF": "Li, Ming",
        "TI": "Alone",
        "SO": "SEA SCIENCE",
        "DT": "Review",
        "C1": f"{BIO}.",
        "PY": "1999",
        "AR": "104580",
        "TC": "0",
        "DA": "2026-08-28",
        "UT": "WOS:000700000000002",
    },
]  # fmt: skip
TABLES = (
    "source_records", "source_authorships", "source_author_identifiers", "source_addresses", "source_authorship_addresses",
    "source_metrics", "source_cited_references", "source_funding",
)  # fmt: skip


def same(left: Delivered, right: Delivered, table: str) -> bool:
    tables = [d.table(table).drop("source_file", strict=False) for d in (left, right)]
    return tables[0].equals(tables[1].select(tables[0].columns))


@pytest.fixture
def plain(deliver: Deliver) -> Delivered:
    return deliver(wos_printed.tagged(RECORDS))


def test_the_records_as_tagged_text(plain: Delivered) -> None:
    """What the other formats are compared with is what the record says."""
    columns = ["cited_author", "cited_year", "cited_venue", "cited_volume", "cited_page", "cited_doi"]
    assert plain.table("source_cited_references").select("reference_position", *columns).rows() == [
        (1, "Li A", 2005, "SEA SCI", "27", "222", "10.5555/a(1)2.0.co;2"),
        (2, "[李甲 Li Jia; 王乙]", 2006, "[海洋学报, Acta Oceanol]", "3", "1", None),
    ]
    funding = plain.table("source_funding").select("funding_position", "funder", "award_number").rows()
    assert funding == [(1, "National Fund", "1001"), (2, "National Fund", "1002"), (3, "City of Linghai", None)]
    assert plain.table("source_authorships")["is_corresponding"].to_list() == ["yes", "yes", "yes", "unknown"]


@pytest.mark.parametrize("table", TABLES)
def test_tab_and_sheets_agree_with_tagged_text(deliver: Deliver, plain: Delivered, tmp_path: Path, table: str) -> None:
    rows = wos_printed.sheet(RECORDS)
    assert same(plain, deliver(wos_printed.tab(RECORDS)), table)
    assert same(plain, deliver({"savedrecs": rows}, "savedrecs.xlsx"), table)
    assert same(plain, Delivered(wos_printed.xls(tmp_path / "savedrecs.xls", rows), {}), table)
    text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    assert same(plain, deliver(text, "savedrecs.csv"), table)
    chinese = [
        [{"Authors": "作者", "Article Title": "文献标题", "Addresses": "地址"}.get(c, c) for c in rows[0]],
        *rows[1:],
    ]
    assert same(plain, deliver({"savedrecs": chinese}, "chinese.xlsx"), table)


@pytest.mark.parametrize("old", [False, True], ids=["braces", "double braces"])
def test_bibtex_agrees_but_for_what_it_cannot_carry(deliver: Deliver, plain: Delivered, old: bool) -> None:
    got = deliver(wos_printed.bibtex(RECORDS, old), "savedrecs.bib")
    for table in (
        "source_records",
        "source_addresses",
        "source_authorship_addresses",
        "source_cited_references",
        "source_funding",
    ):
        assert same(plain, got, table), table
    columns = ["author_position", "name", "is_corresponding"]
    assert got.table("source_authorships").select(columns).equals(plain.table("source_authorships").select(columns))
    assert got.table("source_authorships")["name_short"].null_count() == 4
    lacking = plain.table("source_metrics").join(got.table("source_metrics"), on=["raw_id", "metric"], how="anti")
    assert set(lacking["metric"]) == {"citations_wos_all"}


def test_ris_has_no_links_roles_and_identifiers(deliver: Deliver, plain: Delivered) -> None:
    got = deliver(wos_printed.ris(RECORDS), "savedrecs.ris")
    links = got.table("source_authorship_addresses").select("row", "author_position", "link").rows()
    assert links == [(2, 1, "single_author")]
    names = got.table("source_authorships").select("name", "name_short").rows()
    assert names == [
        ("Wang, YX", "Wang, YX"),
        ("Zhang, JS", "Zhang, JS"),
        ("Zhang, JH", "Zhang, JH"),
        ("Li, M", "Li, M"),
    ]
    assert got.table("source_author_identifiers").is_empty()
    assert set(got.table("source_authorships")["is_corresponding"]) == {"unknown"}
    same_columns = [
        "title",
        "doi",
        "issn",
        "eissn",
        "publication_year",
        "first_page",
        "article_number",
        "index_editions",
    ]
    assert got.table("source_records").select(same_columns).equals(plain.table("source_records").select(same_columns))
    addresses = plain.table("source_addresses").filter(pl.col("address_role") == "author")
    assert got.table("source_addresses")["address"].to_list() == addresses["address"].to_list()
    values = dict(got.table("source_metrics").filter(pl.col("row") == 1).select("metric", "value").iter_rows())
    assert values == {"citations_wos_core": 5.0, "citations_wos_all": 7.0, "references_count": 2.0}


def test_numbers_of_the_isi_era_are_those_of_web_of_science(deliver: Deliver) -> None:
    texts = [
        wos_printed.tagged([{"UT": ut, "TI": "x"}])
        for ut in ("ISI:000700000000001", "000700000000001", "wos:000700000000001")
    ]
    assert {deliver(text).raw["record_id"][0] for text in texts} == {"wos:WOS:000700000000001"}


ALL = [
    {"AU": "Yang Xi\nChen An", "Z2": "杨汐\n陈岸", "TI": "A study", "Z1": "研究", "Z3": "海洋学报", "AR": "1900-0022(2018)12:7<3:T>2.0.TX;2-Y",
     "TC": "0", "Z8": "2", "ZR": "1", "Z9": "3", "UT": "CSCD:9900011"},
    {"Z2": "Yin Dehang", "TI": "Creep", "UT": "CSCD:9900012"},
    {"AU": "Silva, Ana", "X1": "Writing", "Y1": "Escrita", "ZS": "4", "UT": "SCIELO:S1999-00002018009900017"},
    {"AU": "Lerida, Joan M", "TI": "[Sailing home].", "FT": "Volver a vela", "UT": "MEDLINE:39900017", "PM": "39900017"},
    {"AU": "Wang, L", "TI": "Tide", "TC": "4", "UT": "WOS:000700000000003"},
]  # fmt: skip


@pytest.mark.parametrize("form", ["tab", "xlsx"])
def test_rows_of_other_databases(deliver: Deliver, form: str) -> None:
    columns = wos_printed.ALL_DATABASES
    got = (
        deliver(wos_printed.tab(ALL, columns))
        if form == "tab"
        else deliver({"savedrecs": wos_printed.sheet(ALL, columns)}, "savedrecs.xlsx")
    )
    assert got.found.kind == "all_databases"
    records = got.table("source_records").select("title", "title_other", "index_editions", "article_number").rows()
    assert records == [
        ("A study", "研究", "CSCD", None),
        ("Creep", None, "CSCD", None),
        ("Writing", "Escrita", "SciELO", None),
        ("[Sailing home].", "Volver a vela", "MEDLINE", None),
        ("Tide", None, None, None),
    ]
    byline = got.table("source_authorships").select("row", "name", "name_short", "name_native").rows()
    assert byline == [
        (1, "Yang Xi", None, "杨汐"),
        (1, "Chen An", None, "陈岸"),
        (2, "Yin Dehang", None, None),
        (3, "Silva, Ana", None, None),
        (4, "Lerida, Joan M", None, None),
        (5, "Wang, L", "Wang, L", None),
    ]
    metrics = got.table("source_metrics").select("row", "metric", "value").rows()
    assert metrics == [
        (1, "citations_cscd", 2.0),
        (1, "citations_rsci", 1.0),
        (1, "citations_wos_all", 3.0),
        (1, "citations_wos_core", 0.0),
        (3, "citations_scielo", 4.0),
        (5, "citations_wos_core", 4.0),
    ]


def test_full_records_of_cscd(deliver: Deliver) -> None:
    """Addresses, e-mail and keywords stand in the second language; references are wrapped."""
    row = {
        "AU": "Yang Xi\nChen An", "Z2": "杨汐\n陈岸", "TI": "A study", "Z1": "研究", "Z3": "海洋学报", "Z5": "潮汐; 海岸",
        "Z6": "[杨汐] 岭海大学化学学院, 岭海 599000.\n[杨汐; 陈岸] 海东大学, 海东.", "Z7": "yang@linghai.example",
        "CR": "Bloom D E, 2011, The global burden of\ndiseases: a report\n[李甲 Li Jia], 2005, [海洋学报, Acta\nOceanol], V21, P85",
        "UT": "CSCD:1",
    }  # fmt: skip
    whole = row | {"CR": row["CR"].replace("of\n", "of ").replace("Acta\n", "Acta ")}
    columns = [*wos_printed.ALL_DATABASES, "Z5", "Z6", "Z7", "CR"]
    for got in (deliver(wos_printed.tagged([row])), deliver(wos_printed.tab([whole], columns))):
        links = got.table("source_authorship_addresses").select("author_position", "address_position", "link").rows()
        assert sorted(links) == [(1, 1, "stated"), (1, 2, "stated"), (2, 2, "stated")]
        record = got.table("source_records").select("title_other", "venue", "keywords").row(0)
        assert record == ("研究", "海洋学报", "潮汐; 海岸")
        assert got.table("source_author_identifiers")["identifier_value"].to_list() == ["yang@linghai.example"]
        cited = got.table("source_cited_references").select("cited_author", "cited_venue", "cited_page").rows()
        assert cited == [
            ("Bloom D E", "The global burden of diseases: a report", None),
            ("[李甲 Li Jia]", "[海洋学报, Acta Oceanol]", "85"),
        ]


def test_inspec_rows_in_a_tab_delimited_file(deliver: Deliver) -> None:
    row = {
        "AU": "Gunlar, P.\nWang, L.",
        "C1": "Gunlar, P.; Wang, L.; Opt. Lab., Lund, Sweden",
        "BP": "41103-1",
        "EP": "41103-41103-3",
    }
    got = deliver(wos_printed.tab([row | {"UT": "INSPEC:9000017"}]))
    assert got.table("source_addresses")["address"].to_list() == ["Opt. Lab., Lund, Sweden"]
    assert got.table("source_authorship_addresses")["author_position"].to_list() == [1, 2]
    assert got.table("source_records").select("last_page", "index_editions").row(0) == ("41103-3", "Inspec")


def test_patents_among_records_are_patents_and_no_records(deliver: Deliver) -> None:
    patent = {
        "PT": "P",
        "PN": "CN100000001-A",
        "TI": "Pump",
        "AU": "WANG L",
        "AE": "LINGHAI PUMP CO (LING-C)",
        "UT": "DIIDW:2026000001",
    }
    got = deliver(wos_printed.tagged([patent, RECORDS[1]]))
    assert got.raw.height == 2 and got.found.kind == "core"
    for table in TABLES[:6]:
        assert set(got.table(table)["row"]) <= {2}, table
    assert deliver(wos_printed.tagged([patent])).found.kind == "derwent"
    patents = (
        got.table("source_patents").select("row", "source", "platform", "derwent_accession", "accession_number").rows()
    )
    assert patents == [(1, "wos", "derwent", "2026000001", "DIIDW:2026000001")]
    parties = got.table("source_patent_parties").select("party_role", "name", "party_code").rows()
    assert sorted(parties) == [("applicant", "LINGHAI PUMP CO", "LING-C"), ("inventor", "WANG L", None)]


def test_a_cell_cut_by_excel_loses_what_is_not_whole_and_says_so(deliver: Deliver) -> None:
    names = [f"Wang{n:04d}, L" for n in range(3000)]
    cut = "; ".join(names)[:32767]
    row = {
        "AU": cut,
        "AF": cut,
        "C1": f"[{names[0]}] {CHEM}; " + f"[{names[1]}] {BIO}; " * 600,
        "UT": "WOS:000700000000004",
        "TI": "x",
    }
    rows = wos_printed.sheet([row, RECORDS[1]])
    rows[1] = [cell[:32767] for cell in rows[1]]
    got = deliver({"savedrecs": rows}, "savedrecs.xlsx")
    assert got.raw["cut_cells"].to_list() == ["AU; AF; C1", None]
    assert got.table("source_records")["author_count"].to_list() == [None, 1]
    byline = got.table("source_authorships").filter(pl.col("row") == 1)
    assert byline["name"].to_list() == cut.split("; ")[:-1]
    assert set(got.table("source_addresses").filter(pl.col("row") == 1)["address"]) == {CHEM, BIO}


def test_files_glued_together(deliver: Deliver) -> None:
    tab, tagged = wos_printed.tab(RECORDS), wos_printed.tagged(RECORDS)
    with pytest.raises(SourceError, match="粘在了一起"):
        deliver(tab + tagged)
    with pytest.raises(SourceError, match="粘在了一起"):
        deliver(tagged + "\n" + tab)
    twice = deliver(tab + wos_printed.tab(RECORDS, [*reversed(wos_printed.CORE[1:]), "PT"][::-1]))
    assert (twice.raw.height, twice.rejected.height) == (4, 0)
    assert twice.raw["UT"].to_list() == [r["UT"] for r in RECORDS] * 2
    assert deliver(("\ufeff" + tagged) * 3).raw.height == 6


def test_lists_of_works_are_not_exports_and_labels_of_one_meaning_are_one_column(
    deliver: Deliver, tmp_path: Path
) -> None:
    labels = ["题名", "作者", "入藏号", "DOI", "ISSN", "卷", "期", "出版年"]
    claimed = write(
        tmp_path / "业绩.xlsx", {"s": [labels, ["x", "王磊", "WOS:000700000000001", "", "", "1", "2", "2020"]]}
    )
    with pytest.raises(SourceError):
        _recognise.recognise(claimed)
    rows = wos_printed.sheet(ALL[:2], wos_printed.ALL_DATABASES)
    rows = [["Article Title - Russian", *rows[0]], ["", *rows[1]], ["Название", *rows[2]]]
    got = deliver({"savedrecs": rows}, "x.xlsx")
    assert got.raw["Z1"].to_list() == ["研究", "Название"]


def test_other_sheets_of_a_workbook_are_left_alone(deliver: Deliver) -> None:
    rows = wos_printed.sheet(RECORDS)
    got = deliver({"说明": [["导出说明"], ["x"]], "a": rows, "b": rows}, "book.xlsx")
    assert got.raw["source_row"].to_list() == [1, 2, 3, 4]


def test_a_sheet_row_without_a_number_is_set_aside(deliver: Deliver) -> None:
    rows = wos_printed.sheet([RECORDS[0], RECORDS[1] | {"UT": ""}])
    got = deliver({"savedrecs": rows}, "x.xlsx")
    assert (got.raw.height, got.rejected["row"].to_list()) == (1, [2])
    assert "UT" in got.rejected["found"][0]
    with pytest.raises(SourceError, match="没有记录"):
        deliver({"savedrecs": rows[:1]}, "empty.xlsx")


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_damaged_references_are_accounted_for(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    printer = data.draw(st.sampled_from([wos_printed.bibtex, wos_printed.ris]))
    content = bytearray(printer(RECORDS * 3).encode())
    a = data.draw(st.integers(0, len(content)))
    content = content[:a] + content[data.draw(st.integers(a, len(content))) :]
    path = write(tmp_path_factory.mktemp("damage") / "file", bytes(content))
    try:
        found = _recognise.recognise(path)
        chunks = list(modules()[found.source].read(path, found, {"path_text": ""}))
    except SourceError as error:
        assert error.what
        return
    numbers = sorted(n for c in chunks for n in (*c.rows["source_row"], *c.rejected["row"]))
    assert numbers == list(range(1, len(numbers) + 1))
