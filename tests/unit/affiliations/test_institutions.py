"""Institutions of an address: ours, known, printed; one key for one institution; country and town."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.affiliations import decided
from pipelines.affiliations.countries import address_countries
from pipelines.affiliations.institutions import address_institutions, institution_key
from pipelines.affiliations.split import words_from
from pipelines.core import dictionaries, ledger, schema
from pipelines.core.text import address_id

NAMES = ("institutions", "institution_aliases", "unit_aliases", "abbreviations", "countries")
KNOWN = {name: dictionaries.load(name, "linghai") for name in NAMES}
UNITS = schema.table("units").conform(dictionaries.load("units", "linghai")).lazy()
WORDS = words_from(KNOWN["abbreviations"])


def told(address: str) -> list[tuple[str | None, ...]]:
    """institution_id, institution_text, country_code, city of one address."""
    where = pl.LazyFrame({"address": [address]}).with_columns(address_id=address_id(pl.col("address")))
    nothing = pl.LazyFrame(schema=dict.fromkeys(ledger.STREAMS["decisions_addresses"], pl.String))
    found = address_institutions(
        decided(where, UNITS, nothing, **KNOWN).lazy(),
        address_countries(where, countries=KNOWN["countries"]).lazy(),
        **{name: KNOWN[name] for name in ("institutions", "abbreviations", "countries")},
    )
    assert found["institution_position"].to_list() == list(range(1, found.height + 1))
    return found.select("institution_id", "institution_text", "country_code", "city").rows()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "Linghai Univ, Sch Phys, Linghai 116024, Peoples R China",
            [("linghai", None, "CN", "Linghai")],
        ),
        (
            "Linghai Univ, Sch Phys, Linghai, Peoples R China; Harbourton Univ, Dept Chem, Harbourton, Peoples R China",
            [("linghai", None, "CN", "Harbourton"), (None, "Harbourton Univ", "CN", "Harbourton")],
        ),
        (
            "Dept Phys, Univ Harrow, Harrow Technol Ltd, Harrow HA1 3HP, England",
            [(None, "Univ Harrow", "GB", "Harrow"), (None, "Harrow Technol Ltd", "GB", "Harrow")],
        ),
        ("Dept Oncol, Canc Hosp Harrow, Harrow, England", [(None, "Canc Hosp Harrow", "GB", "Harrow")]),
        ("Max Harrow Gesell, Berlin, Germany", [(None, "Max Harrow Gesell", "DE", "Berlin")]),
        (
            "岭海大学物理学院,江原医科大学附属医院,岭海",
            [("linghai", None, "CN", None), (None, "江原医科大学", "CN", None)],
        ),
        ("江原市人民医院 肿瘤科, 江原 116000", [(None, "江原市人民医院", "CN", None)]),
        ("岭海大学物理学院岭海大学", [("linghai", None, "CN", None)]),
        ("岭海大学物理学院江原大学,岭海", [("linghai", None, "CN", None), (None, "江原大学", "CN", None)]),
        ("Linghai Univ, Sch Phys", [("linghai", None, "CN", None)]),
        ("Linghai Univ, Univ Hosp, Dept Oncol, Linghai, Peoples R China", [("linghai", None, "CN", "Linghai")]),
    ],
)
def test_institutions_of_an_address(address: str, expected: list[tuple[str | None, ...]]) -> None:
    assert told(address) == expected


def test_what_is_asked_names_no_partner() -> None:
    assert told("Linhai Univ, Sch Chem Engn, Peoples R China") == []


def test_spellings_of_one_institution_have_one_key_and_neighbours_have_not() -> None:
    one = institution_key("Univ Sci & Technol Harrow", WORDS)
    assert one == institution_key("University of Science and Technology, Harrow", WORDS).replace(",", "")
    assert one == institution_key("UNIVERSITY OF SCIENCE AND TECHNOLOGY HARROW", WORDS)
    assert one != institution_key("Harrow Univ Sci & Technol", WORDS)
    assert institution_key("江原 大学", WORDS) == institution_key("江原大學", WORDS) == "text:江原大学"
    assert institution_key("of", WORDS) == "text:of"
