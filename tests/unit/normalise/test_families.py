"""Families by priorities: the worked example of the patent offices, first filings, twins, wrong priorities."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines.core import schema
from pipelines.normalise import families


def frame(table: str, rows: list[dict[str, Any]]) -> pl.LazyFrame:
    return schema.table(table).conform(pl.DataFrame(rows, infer_schema_length=None)).lazy() if rows else empty(table)


def empty(table: str) -> pl.LazyFrame:
    return pl.DataFrame(schema=schema.table(table).polars).lazy()


def kin(
    priorities: dict[str, list[str]], patents: list[dict[str, Any]] | None = None, **tables: list[dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    rows = patents or [{"patent_id": f"{a}A", "application_id": a} for a in priorities]
    told = [
        {"patent_id": f"{a}A", "priority_position": n, "priority_id": p, "statement_scope": "publication"}
        for a, claimed in priorities.items()
        for n, p in enumerate(claimed, start=1)
    ]
    found = families.patent_kin(
        frame("patents", rows),
        frame("patent_priorities", told),
        frame("patent_parties", tables.get("parties", [])),
        frame("patent_classes", tables.get("classes", [])),
    )
    return {row["application_id"]: row for row in found.iter_rows(named=True)}


def groups(found: dict[str, dict[str, Any]], column: str) -> list[set[str]]:
    ids = sorted({row[column] for row in found.values()})
    return [{a for a, row in found.items() if row[column] == i} for i in ids]


def test_worked_example_is_one_extended_and_four_simple_families() -> None:
    found = kin({"D1": ["P1"], "D2": ["P1", "P2"], "D3": ["P2", "P1"], "D4": ["P2", "P3"], "D5": ["P3"]})
    assert groups(found, "extended_kin_id") == [{"D1", "D2", "D3", "D4", "D5"}]
    assert groups(found, "simple_kin_id") == [{"D1"}, {"D2", "D3"}, {"D4"}, {"D5"}]


def test_first_filing_belongs_to_those_that_claim_it() -> None:
    found = kin({"CN1": [], "WO2": ["CN1"], "US3": ["CN1"], "CN9": []})
    assert groups(found, "simple_kin_id") == [{"CN1", "WO2", "US3"}, {"CN9"}]
    assert groups(found, "extended_kin_id") == [{"CN1", "WO2", "US3"}, {"CN9"}]
    assert (found["CN1"]["priority_basis"], found["WO2"]["priority_basis"]) == ("own_application", "stated")


def test_first_filing_is_joined_even_when_it_claims_something_else() -> None:
    found = kin({"CN1": ["JP0"], "WO2": ["CN1"]})
    assert groups(found, "extended_kin_id") == [{"CN1", "WO2"}]
    assert len(groups(found, "simple_kin_id")) == 2


def filed(application: str, kind: str, title: str = "一种泵", day: str = "2024-03-01") -> dict[str, Any]:
    return {
        "patent_id": f"{application}A",
        "application_id": application,
        "authority": "CN",
        "patent_type": kind,
        "application_date": day,
        "title": title,
    }


def applied(*applications: str) -> list[dict[str, Any]]:
    return [
        {"patent_id": f"{a}A", "party_role": "applicant", "party_position": 1, "name": "岭海大学"} for a in applications
    ]


def test_invention_and_utility_model_of_one_day_are_twins_and_no_family() -> None:
    rows = [filed("CN1", "invention"), filed("CN2", "utility"), filed("CN3", "utility", "另一种泵")]
    found = kin({"CN1": [], "CN2": [], "CN3": []}, rows, parties=applied("CN1", "CN2", "CN3"))
    assert {a: row["twin_application_id"] for a, row in found.items()} == {"CN1": "CN2", "CN2": "CN1", "CN3": None}
    assert len(groups(found, "simple_kin_id")) == 3


def test_same_day_utility_model_that_a_platform_lists_in_the_family_claims_no_priority() -> None:
    rows = [filed("CN1", "invention"), filed("CN2", "utility"), filed("WO3", "invention", "A pump", "2025-02-01")]
    told = [
        {"patent_id": f"{a}A", "priority_position": 1, "priority_id": "CN1", "priority_date": "2024-03-01"}
        | {"statement_scope": "family"}
        for a in ("CN1", "CN2", "WO3")
    ]
    found = families.patent_kin(
        frame("patents", rows),
        frame("patent_priorities", told),
        frame("patent_parties", applied("CN1", "CN2")),
        empty("patent_classes"),
    )
    kept = {row["application_id"]: row for row in found.iter_rows(named=True)}
    assert groups(kept, "simple_kin_id") == [{"CN1", "WO3"}, {"CN2"}]
    assert kept["CN2"]["twin_application_id"] == "CN1"


def test_three_of_one_title_and_day_are_no_twins() -> None:
    rows = [filed("CN1", "invention"), filed("CN2", "utility"), filed("CN3", "utility")]
    found = kin({"CN1": [], "CN2": [], "CN3": []}, rows, parties=applied("CN1", "CN2", "CN3"))
    assert {row["twin_application_id"] for row in found.values()} == {None}


def test_large_family_of_unlike_classes_is_doubtful() -> None:
    names = [f"A{n:02d}" for n in range(31)]
    alike = [
        {"patent_id": f"{a}A", "class_scheme": "ipc", "class_position": 1, "class_code": "F04B1/00"} for a in names
    ]
    unlike = [row | {"class_code": f"{'ABCDEFGH'[n % 8]}0{n % 9}B1/00"} for n, row in enumerate(alike)]
    claims = {a: ["P"] for a in names}
    assert {row["is_family_doubtful"] for row in kin(claims, classes=alike).values()} == {False}
    assert {row["is_family_doubtful"] for row in kin(claims, classes=unlike).values()} == {True}
    assert {row["is_family_doubtful"] for row in kin(dict(list(claims.items())[:30]), classes=unlike).values()} == {
        False
    }
