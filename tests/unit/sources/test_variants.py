"""Vendor files in forms that people make of them, and that vendors have changed: the tables stay the same or nothing is claimed."""

from __future__ import annotations

import polars as pl
import pytest

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
