"""Web of Science rows to tables: who is where, who is corresponding, and what stays unknown."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.sources.conftest import Deliver, Delivered, wos

PAIR = "AU Wang, L\n   Liu, H\nAF Wang, Lei\n   Liu, Hao\nPY 2020"
ADDRESS = "Linghai Univ, Sch Chem, Linghai 599000, Peoples R China"


def links(got: Delivered, role: str = "author") -> list[tuple[int, int, str]]:
    table = got.table("source_authorship_addresses").filter(pl.col("address_role") == role)
    return (
        table.select("author_position", "address_position", "link").sort("author_position", "address_position").rows()
    )


def addresses(got: Delivered, role: str = "author") -> list[str]:
    return got.table("source_addresses").filter(pl.col("address_role") == role)["address"].to_list()


def roles(got: Delivered) -> list[tuple[str, str | None]]:
    return got.table("source_authorships").select("is_corresponding", "corresponding_evidence").rows()


def test_brackets_link_by_the_exact_full_name(deliver: Deliver) -> None:
    got = deliver(
        wos(
            f"{PAIR}\nC1 [Wang, Lei; Liu, Hao] {ADDRESS}.\n   [Liu, Hao] Linghai Normal Univ, Linghai, Peoples R China."
        )
    )
    assert addresses(got) == [ADDRESS, "Linghai Normal Univ, Linghai, Peoples R China"]
    assert links(got) == [(1, 1, "stated"), (2, 1, "stated"), (2, 2, "stated")]


def test_plain_addresses_are_never_linked_by_position(deliver: Deliver) -> None:
    assert links(deliver(wos(f"{PAIR}\nC1 {ADDRESS}.\n   Other Univ, Dept A, Peoples R China."))) == []
    assert links(deliver(wos(f"{PAIR}\nC1 {ADDRESS}."))) == []


def test_a_single_author_has_every_plain_address(deliver: Deliver) -> None:
    got = deliver(wos(f"AU Wang, L\nAF Wang, Lei\nC1 {ADDRESS}.\n   Other Univ, Peoples R China."))
    assert links(got) == [(1, 1, "single_author"), (1, 2, "single_author")]


def test_mixed_lines_link_only_the_bracketed(deliver: Deliver) -> None:
    got = deliver(wos(f"{PAIR}\nC1 [Liu, Hao] {ADDRESS}.\n   Other Univ, Peoples R China."))
    assert links(got) == [(2, 1, "stated")]


def test_two_authors_of_one_name_are_not_told_apart(deliver: Deliver) -> None:
    got = deliver(
        wos(
            f"AU Wang, L\n   Wang, L\nAF Wang, Lei\n   Wang, Lei\nPY 2020\nC1 [Wang, Lei] {ADDRESS}.\n"
            f"RP Wang, L (corresponding author), {ADDRESS}."
        )
    )
    assert links(got) == []
    assert roles(got) == [("unknown", "RP short form fits 2 authors")] * 2


def test_addresses_of_the_1970s_and_of_inspec(deliver: Deliver) -> None:
    old = deliver(wos("AU BRELIK, I\nAF BRELIK, I\nC1 UNIV NORDHEIM,INST THEORET PHYS,N-7034 NORDHEIM,NORWAY."))
    assert addresses(old) == ["UNIV NORDHEIM,INST THEORET PHYS,N-7034 NORDHEIM,NORWAY"]
    text = "AU Degl'Alberti, R.\n   Gunlar, P.\nUT INSPEC:9000017\n"
    text += "C1 Degl'Alberti, R.; Gunlar, P.; Nonlinear\n   Opt. Lab., Lund, Sweden"
    inspec = deliver(wos(text))
    assert addresses(inspec) == ["Nonlinear Opt. Lab., Lund, Sweden"]
    assert links(inspec) == [(1, 1, "stated"), (2, 1, "stated")]


@pytest.mark.parametrize(
    "rp",
    [
        f"Liu, H (corresponding author), {ADDRESS}.",
        f"Liu, H (reprint author), {ADDRESS}.",
        f"Liu, H (通讯作者)，{ADDRESS}.",
        f"Liu, H (autor correspondente), {ADDRESS}.",
        f"Liu, H (auteur principal), {ADDRESS}.",
        f"Liu, H, {ADDRESS}.",
        "Liu, H (corresponding author), Linghai Univ, Sch Chem,\n   Linghai 599000, Peoples R China.",
    ],
    ids=["now", "until 2019", "Chinese site", "Portuguese site", "a word never seen", "ISI era", "wrapped"],
)
def test_rp_in_every_form(deliver: Deliver, rp: str) -> None:
    got = deliver(wos(f"{PAIR}\nRP {rp}"))
    assert roles(got) == [("no", "RP names others"), ("yes", "RP")]
    assert addresses(got, "reprint") == [ADDRESS]
    assert links(got, "reprint") == [(2, 1, "stated")]


def test_rp_with_several_names_and_several_blocks(deliver: Deliver) -> None:
    three = "AU Li, SY\n   Yu, J\n   Huang, HY\n   Zhao, Q\nAF Li, Suyin\n   Yu, Jing\n   Huang, Hanyu\n   Zhao, Qu\nPY 2021"
    got = deliver(
        wos(
            f"{three}\nRP Li, SY; Yu, J (通讯作者)，Donghai Univ Sci &amp; Technol, Donghai, Peoples R China.; Huang, HY (通讯作者)，{ADDRESS}."
        )
    )
    assert [r for r, _ in roles(got)] == ["yes", "yes", "yes", "no"]
    assert addresses(got, "reprint") == ["Donghai Univ Sci & Technol, Donghai, Peoples R China", ADDRESS]
    assert links(got, "reprint") == [(1, 1, "stated"), (2, 1, "stated"), (3, 2, "stated")]


def test_the_address_decides_between_two_authors_of_one_short_form(deliver: Deliver) -> None:
    two = "AU Wang, L\n   Wang, L\nAF Wang, Lei\n   Wang, Lin\nPY 2020"
    got = deliver(
        wos(
            f"{two}\nC1 [Wang, Lei] {ADDRESS}.\n   [Wang, Lin] Other Univ, Peoples R China.\nRP Wang, L (corresponding author), {ADDRESS}."
        )
    )
    assert roles(got) == [("yes", "RP name and address"), ("no", "RP names others")]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            "PY 2010\nRP Wang, L (reprint author), X Univ.",
            [("yes", "sole RP, first author, before 2016 (weak)"), ("unknown", None)],
        ),
        ("PY 2010\nRP Liu, H (reprint author), X Univ.", [("unknown", None), ("yes", "RP")]),
        ("PY 2020", [("unknown", None), ("unknown", None)]),
        ("PY 2020\nRP Nobody, Z (corresponding author), X Univ.", [("unknown", None), ("unknown", None)]),
        ("EA JAN 2021\nRP Liu, H (corresponding author), X Univ.", [("no", "RP names others"), ("yes", "RP")]),
    ],
    ids=["old, first author", "old, another", "no RP", "RP names nobody", "early access"],
)
def test_absence_is_unknown_unless_it_can_be_no(
    deliver: Deliver, fields: str, expected: list[tuple[str, str | None]]
) -> None:
    assert roles(deliver(wos(f"AU Wang, L\n   Liu, H\nAF Wang, Lei\n   Liu, Hao\n{fields}"))) == expected


def test_batch_hint_of_a_role_is_evidence(deliver: Deliver) -> None:
    got = deliver(
        wos("AU Wang, L\n   Liu, H\nAF Wang, Lei\n   Liu, Hao\nPY 2010"), role="corresponding", role_name="Liu, Hao"
    )
    assert roles(got) == [("unknown", None), ("yes", "batch.yml role=corresponding")]


def test_byline_persons_groups_books_and_nobody(deliver: Deliver) -> None:
    got = deliver(
        wos(
            "AU Wang, L\nAF Wang, Lei\nCA Linghai Collaboration",
            "CA Only Group",
            "BA Book, A\nBF Book, Author",
            "AU [Anonymous]",
        )
    )
    table = (
        got.table("source_authorships").select("row", "author_position", "name", "name_short", "is_group_author").rows()
    )
    assert table == [
        (1, 1, "Wang, Lei", "Wang, L", False),
        (1, 2, "Linghai Collaboration", None, True),
        (2, 1, "Only Group", None, True),
        (3, 1, "Book, Author", "Book, A", False),
    ]
    assert got.table("source_records")["author_count"].to_list() == [1, 0, 1, 0]


def test_native_names_of_all_databases_rows(deliver: Deliver) -> None:
    header = "PT\tAU\tZ2\tTI\tZ1\tUT\tZ8\tZ9\n"
    got = deliver(header + "J\tYang Xi; Chen An\t杨汐; 陈岸\tA study\t研究\tCSCD:1\t2\t0\n")
    assert got.found.kind == "all_databases"
    assert got.table("source_authorships").select("name", "name_native").rows() == [
        ("Yang Xi", "杨汐"),
        ("Chen An", "陈岸"),
    ]
    assert got.table("source_records").select("title", "title_other").row(0) == ("A study", "研究")
    values = dict(got.table("source_metrics").select("metric", "value").iter_rows())
    assert values == {"citations_cscd": 2.0, "citations_wos_all": 0.0}


def test_identifiers_belong_to_the_author_of_exactly_that_name(deliver: Deliver) -> None:
    got = deliver(
        wos(
            f"{PAIR}\nEM a@x.cn; b@x.cn\nOI Wang, Lei/0000-0002-1825-0097; Liu,\n   Hao/0000-0002-1694-233X; 刘, 浩/0000-0001-5109-3700\n"
            "RI Wang, Lei/ABC-1234-2020; Liu, Hao/ABC-1234-2020; , 老妖/AAY-8247-2020"
        )
    )
    table = got.table("source_author_identifiers").select("identifier_type", "identifier_value", "author_position")
    assert sorted(table.rows(), key=str) == sorted(
        [
            ("email", "a@x.cn", None),
            ("email", "b@x.cn", None),
            ("orcid", "0000-0001-5109-3700", None),
            ("orcid", "0000-0002-1694-233X", 2),
            ("orcid", "0000-0002-1825-0097", 1),
            ("researcher_id", "AAY-8247-2020", None),
            ("researcher_id", "ABC-1234-2020", None),
        ],
        key=str,
    )


def test_records(deliver: Deliver) -> None:
    got = deliver(
        wos(
            "TI On the beta\n   shore\nSO SEA\nLA English\nDT Article; Early Access\nEA SEP 2023\nDI 10.5555/ 9781999900022\n"
            "SN 0302-9743\nDA 2026-04-06\n"
            "WE Science Citation Index Expanded (SCI-EXPANDED); Conference Proceedings Citation Index - Science (CPCI-S)\nTC 0\nHC Y",
            "TI RETRACTED: x\nDT Article; Retracted Publication\nPY 2019\nBP 1123\nEP 31\nIS 03",
            "TI y\nDT Strange New Type\nPY 2001",
        )
    )
    first, second, third = got.table("source_records").sort("row").iter_rows(named=True)
    assert (first["title"], first["doi"], first["issn"], first["language"]) == (
        "On the beta shore",
        "10.5555/9781999900022",
        "0302-9743",
        "en",
    )
    assert (first["publication_year"], first["publication_year_basis"], first["is_early_access"]) == (
        2023,
        "early_access",
        True,
    )
    assert (first["document_type"], first["index_editions"], first["exported_at"]) == (
        "article",
        "SCI-EXPANDED; CPCI-S",
        "2026-04-06",
    )
    assert (second["is_retracted"], second["document_type"], second["last_page"], second["issue"]) == (
        True,
        "article",
        "1131",
        "3",
    )
    assert (third["document_type"], third["document_type_raw"], third["is_early_access"]) == (
        None,
        "Strange New Type",
        False,
    )
    metrics = got.table("source_metrics").select("row", "metric", "value", "as_of").rows()
    assert metrics == [(1, "citations_wos_core", 0.0, "2026-04-06"), (1, "is_highly_cited", 1.0, "2026-04-06")]


def test_tab_delimited_gives_the_same_tables(deliver: Deliver) -> None:
    tagged = deliver(
        wos(
            f"{PAIR}\nTI x\nC1 [Wang, Lei; Liu, Hao] {ADDRESS}.\n   [Liu, Hao] B Univ, Peoples R China.\n"
            f"RP Liu, H (corresponding author), {ADDRESS}."
        )
    )
    cells = [
        "J",
        "Wang, L; Liu, H",
        "Wang, Lei; Liu, Hao",
        "2020",
        "x",
        f"[Wang, Lei; Liu, Hao] {ADDRESS}; [Liu, Hao] B Univ, Peoples R China",
    ]
    header = "PT\tAU\tAF\tPY\tTI\tC1\tRP\tUT\n"
    tab = deliver(
        header + "\t".join([*cells, f"Liu, H (corresponding author), {ADDRESS}.", "WOS:000000000000001"]) + "\n"
    )
    for table in ("source_authorships", "source_addresses", "source_authorship_addresses"):
        assert tab.table(table).equals(tagged.table(table)), table
