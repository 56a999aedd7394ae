"""Stages party_matches and organisation_hints: who is matched, who is not, what is only asked."""

from __future__ import annotations

import json

import polars as pl

from pipelines.affiliations import decided
from pipelines.affiliations.hints import organisation_hints
from pipelines.affiliations.parties import party_matches
from pipelines.core import dictionaries, ledger, schema
from pipelines.core.text import address_id

NAMES = ("institutions", "institution_aliases", "unit_aliases", "abbreviations", "countries")
KNOWN = {name: dictionaries.load(name, "linghai") for name in NAMES}
LISTED = {name: frame for name, frame in KNOWN.items() if name != "countries"}
UNITS = schema.table("units").conform(dictionaries.load("units", "linghai")).lazy()


def nothing_said() -> pl.LazyFrame:
    return pl.LazyFrame(schema=dict.fromkeys(ledger.STREAMS["decisions_addresses"], pl.String))


def parties(*rows: tuple[str, str]) -> pl.LazyFrame:
    frame = pl.DataFrame(rows, schema=["party_role", "name"], orient="row").with_row_index("party_position", 1)
    return schema.table("patent_parties").conform(frame.with_columns(patent_id=pl.lit("CN1A"))).lazy()


def theses(*rows: tuple[str, str | None]) -> pl.LazyFrame:
    frame = pl.DataFrame(rows, schema={"university": pl.String, "department": pl.String}, orient="row")
    return (
        schema.table("theses")
        .conform(frame.with_columns(record_id=pl.format("pqdt:{}", pl.int_range(pl.len()))))
        .lazy()
    )


def told(frame: pl.DataFrame) -> dict[str, list[tuple[str | None, str | None, str]]]:
    found: dict[str, list[tuple[str | None, str | None, str]]] = {}
    for row in frame.iter_rows(named=True):
        found.setdefault(row["address"], []).append((row["institution_id"], row["unit_id"], row["decision"]))
    return found


def test_applicants_and_schools_of_theses_are_decided_as_addresses_are() -> None:
    held = parties(
        ("applicant", "岭海大学"),
        ("assignee_current", "岭海大学设计研究院有限公司"),
        ("applicant", "UNIV LINGHAI JIAOTONG"),
        ("inventor", "岭海大学物理学院"),
    )
    wrote = theses(
        ("Linghai University (People's Republic of China)", None), ("Linghai University", "School of Physics")
    )
    found = told(party_matches(wrote, held, UNITS, nothing_said(), **KNOWN))
    assert found == {
        "岭海大学": [("linghai", None, "match")],
        "岭海大学设计研究院有限公司": [(None, None, "no_match")],
        "UNIV LINGHAI JIAOTONG": [("linghai-jiaotong", None, "match")],
        "Linghai University (People's Republic of China)": [("linghai", None, "match")],
        "Linghai University, School of Physics": [("linghai", "U007", "match")],
    }


def test_a_list_of_institutions_asks_only_where_no_address_is_ours() -> None:
    records = schema.table("records").conform(
        pl.DataFrame(
            {
                "record_id": ["wos:1", "wos:2", "wos:3", "wos:4"],
                "organisations": [
                    "Donglin University; Linghai University",
                    "Linghai University",
                    "Linghai Jiaotong University",
                    None,
                ],
            }
        )
    )
    addresses = pl.DataFrame(
        [
            ("wos:1", "Fdn Coastal Res, Dept 7, Linghai, Peoples R China"),
            ("wos:2", "Linghai Univ, Sch Phys, Linghai, Peoples R China"),
            ("wos:3", "Linghai Jiaotong Univ, Linghai, Peoples R China"),
            ("wos:4", "Donglin Univ, Donglin, Peoples R China"),
        ],
        schema=["record_id", "address"],
        orient="row",
    ).with_columns(address_id=address_id(pl.col("address")))
    matches = decided(addresses.lazy(), UNITS, nothing_said(), **KNOWN)
    found = organisation_hints(records.lazy(), addresses.lazy(), matches.lazy(), UNITS, **LISTED)
    assert found["record_id"].to_list() == ["wos:1"]
    row = found.row(0, named=True)
    assert (row["institution_id"], row["decision"], row["matched_text"]) == ("linghai", "review", "Linghai University")
    assert json.loads(row["evidence"])["地址"] == ["Fdn Coastal Res, Dept 7, Linghai, Peoples R China"]
