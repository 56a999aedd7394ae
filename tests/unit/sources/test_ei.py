"""EI: numbers link authors and affiliations, entities are resolved before splitting, Inspec is not Compendex."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipelines.core.errors import SourceError
from tests.unit.sources.conftest import Deliver, Delivered

HEADER = [
    "Title", "Accession number", "Author", "Author affiliation", "Corresponding author", "Source", "Pages",
    "Issue date", "Publication date", "Publication year", "ISSN", "DOI", "Document type", "Number of references",
    "Funding details", "Database",
]  # fmt: skip


def row(**cells: Any) -> list[Any]:
    base = {"Title": "T", "Accession number": "20201234567890", "Author": "Wang, Lei(1)", "Database": "Compendex"}
    return [(base | {k.replace("_", " "): v for k, v in cells.items()}).get(h, "") for h in HEADER]


def ei(deliver: Deliver, *rows: list[Any], header: list[str] = HEADER, **hints: Any) -> Delivered:
    return deliver(
        {"Detailed Results": [header, *rows]}, "Engineering_Village_detailed_8-19-2020_152257496.xlsx", **hints
    )


def test_numbers_link_and_affiliations_may_hold_semicolons_and_brackets(deliver: Deliver) -> None:
    got = ei(
        deliver,
        row(
            Author="Marchal, Thomas(1,2); Aldeia, Joaquim Carlos(1); Gavard, Olivier(2); Zubira, J.",
            Author_affiliation="(1) Université de Linghai; Team (CORAL), Linghai, China; (2) AlmenTech &amp; Co, Linghai, China",
        ),
    )
    assert got.table("source_addresses")["address"].to_list() == [
        "Université de Linghai; Team (CORAL), Linghai, China",
        "AlmenTech & Co, Linghai, China",
    ]
    links = got.table("source_authorship_addresses").select("author_position", "address_position", "link").rows()
    assert links == [(1, 1, "stated"), (1, 2, "stated"), (2, 1, "stated"), (3, 2, "stated")]
    assert got.table("source_authorships")["name"].to_list() == [
        "Marchal, Thomas",
        "Aldeia, Joaquim Carlos",
        "Gavard, Olivier",
        "Zubira, J.",
    ]


@pytest.mark.parametrize(
    ("authors", "named", "expected"),
    [
        ("Masotti, Silvio(1); Bientoni, Paolo(1)", "Masotti, S. (silvio@x.com)", ["yes", "unknown"]),
        ("Marovi, I.(1); Vadelna, R.(1)", "Marovi&#263;, I. (igorm@x.rs); Vadelna, R.", ["yes", "yes"]),
        ("Anhai Wang(1); Xiaolan Yan(1)", "Wang, A.", ["yes", "unknown"]),
        ("Wang, Lei(1); Wang, Lin(1)", "Wang, L.", ["unknown", "unknown"]),
        ("Aldeia, Joaquim Carlos(1); Aldeia, Jose(1)", "Aldeia, J.C.", ["yes", "unknown"]),
        ("Wang, Lei(1)", "Nobody, Z.", ["unknown"]),
        ("Wang, Lei(1); Liu, Hao(1)", "", ["unknown", "unknown"]),
    ],
    ids=["initials", "lost letters", "un-inverted", "two fit", "all initials", "nobody", "not named"],
)
def test_corresponding_authors(deliver: Deliver, authors: str, named: str, expected: list[str]) -> None:
    got = ei(deliver, row(Author=authors, Corresponding_author=named))
    assert got.table("source_authorships")["is_corresponding"].to_list() == expected


def test_mail_belongs_to_the_author_it_stands_beside(deliver: Deliver) -> None:
    got = ei(
        deliver,
        row(
            Author="Masotti, Silvio(1); Liu, H.(1)",
            Corresponding_author="Masotti, S. (Silvio@X.com); Nobody, Z. (z@x.com)",
        ),
    )
    table = got.table("source_author_identifiers").select("identifier_value", "author_position").rows()
    assert sorted(table) == [("silvio@x.com", 1), ("z@x.com", None)]


def test_compendex_and_inspec(deliver: Deliver) -> None:
    got = ei(
        deliver,
        row(
            Publication_year="2011",
            Issue_date="September 2011",
            ISSN="03029743",
            Pages="541-548",
            Document_type="Conference article (CA)",
        ),
        row(
            Accession_number="15094425",
            Publication_date="Jan. 2001",
            ISSN="0332-7353",
            Database="Inspec",
            Document_type="Article in Press (IP)",
        ),
    )
    first, second = got.table("source_records").sort("row").iter_rows(named=True)
    assert (first["index_editions"], first["publication_year"], first["publication_year_basis"]) == (
        "Compendex",
        2011,
        "stated",
    )
    assert (first["issn"], first["first_page"], first["last_page"], first["document_type"]) == (
        "0302-9743",
        "541",
        "548",
        "proceedings_paper",
    )
    assert (second["index_editions"], second["publication_year"], second["publication_year_basis"]) == (
        "Inspec",
        2001,
        "date",
    )
    assert (second["is_early_access"], first["exported_at"]) == (True, "2020-08-19")


def test_funding_with_text_encoded_twice_is_repaired(deliver: Deliver) -> None:
    got = ei(
        deliver,
        row(Funding_details="Number: 1, Sponsor: PromociÃ³n, "),
        row(Accession_number="2", Funding_details="Sponsor: São Paulo"),
    )
    assert got.table("source_records").sort("row")["funding"].to_list() == [
        "Number: 1, Sponsor: Promoción",
        "Sponsor: São Paulo",
    ]


def test_references_are_a_metric_and_missing_is_no_row(deliver: Deliver) -> None:
    got = ei(
        deliver,
        row(Number_of_references="13"),
        row(Accession_number="2"),
        row(Accession_number="3", Number_of_references=0),
    )
    assert got.table("source_metrics").select("row", "metric", "value", "as_of").rows() == [
        (1, "references_count", 13.0, "2020-08-19"),
        (3, "references_count", 0.0, "2020-08-19"),
    ]


def test_header_variants_order_and_extra_columns(deliver: Deliver) -> None:
    header = [
        "Database",
        "Authors",
        "Accession Number",
        "TITLE",
        "Main heading",
        "New column",
        "Author affiliations",
        "Corresponding authors",
    ]
    got = ei(
        deliver, ["Compendex", "Wang, Lei(1)", "2020", "T", "H", "kept", "(1) Linghai University", ""], header=header
    )
    assert got.raw.select("title", "accession_number", "main_heading", "New column").row(0) == (
        "T",
        "2020",
        "H",
        "kept",
    )
    assert got.table("source_addresses")["address"].to_list() == ["Linghai University"]


def test_rows_without_a_number_are_set_aside_and_an_empty_sheet_is_refused(deliver: Deliver) -> None:
    got = ei(deliver, row(), row(Accession_number=""))
    assert got.rejected["row"].to_list() == [2] and "入藏号" in got.rejected["found"][0]
    with pytest.raises(SourceError, match="只有表头"):
        ei(deliver)


def test_role_of_batch_yml_is_evidence(deliver: Deliver) -> None:
    got = ei(deliver, row(Author="Wang, Lei(1); Liu, Hao(1)"), role="corresponding", role_name="Liu, Hao")
    assert got.table("source_authorships").select(pl.col("is_corresponding")).to_series().to_list() == [
        "unknown",
        "yes",
    ]
