"""Every entry of people.yml is one test: a small roster, one work, who its authors are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from pipelines.core import dictionaries, schema
from pipelines.core.ledger import STREAMS
from pipelines.people import person_matches, roster_forms

CASES = yaml.safe_load(Path(__file__).with_name("people.yml").read_text(encoding="utf-8"))
UNITS = [
    {"unit_id": "u0", "unit_kind": "university"},
    {"unit_id": "c1", "unit_kind": "college", "parent_id": "u0"},
    {"unit_id": "c2", "unit_kind": "college", "parent_id": "u0"},
    {"unit_id": "d1", "unit_kind": "department", "parent_id": "c1"},
    {"unit_id": "old", "unit_kind": "college", "parent_id": "u0", "successor_id": "c1"},
    {"unit_id": "lab", "unit_kind": "laboratory", "parent_id": "u0"},
    {"unit_id": "h1", "unit_kind": "hospital", "parent_id": "u0"},
]
INSTITUTIONS = pl.DataFrame(
    {"institution_id": ["ours"], "kind": ["own"], "name_zh": ["我校"], "name_en": ["Our University"]}
)
ALIASES = pl.DataFrame({"institution_id": ["ours"], "alias": ["Our Univ"]})
DECISIONS = dict.fromkeys(STREAMS["decisions_people"], pl.String)


def table(name: str, rows: list[dict[str, Any]]) -> pl.LazyFrame:
    declared = schema.table(name)
    named = [{column: row.get(column) for column in declared.polars} for row in rows]
    return pl.LazyFrame(named, schema=declared.polars)


def address_of(unit: str | None) -> str:
    return f"a-{unit or 'university'}"


def person(line: dict[str, Any]) -> dict[str, Any]:
    return line | {
        "person_id": line["id"],
        "person_type": line.get("type", "staff"),
        "name_zh": line["zh"],
        "name_en": line.get("en"),
        "former_names": line.get("former"),
        "unit_id": line["unit"],
        "valid_from": f"{line['since']}-01-01",
        "valid_to": f"{line['until']}-12-31" if "until" in line else None,
    }


def frames(case: dict[str, Any]) -> dict[str, pl.LazyFrame]:
    bylines, printed, identifiers = [], [], []
    for position, author in enumerate(case["authors"], 1):
        here = {"work_id": "w", "record_id": "r", "author_position": position}
        bylines.append(here | {"name": author["name"], "name_native": author.get("native"), "is_group_author": False})
        at = author.get("at")
        units = [] if at is None else ["elsewhere"] if at == "elsewhere" else (at or [None])
        printed += [
            here | {"address_role": "author", "address_position": position * 10 + n, "address_id": address_of(u)}
            for n, u in enumerate(units)
        ]
        if "orcid" in author:
            identifiers.append(
                here | {"name": author["name"], "identifier_type": "orcid", "identifier_value": author["orcid"]}
            )
    for n, unit in enumerate(case.get("listed", []), 1):
        printed.append(
            {
                "work_id": "w",
                "record_id": "r",
                "address_role": "author",
                "address_position": n,
                "address_id": address_of(unit),
            }
        )
    identifiers += [
        {"record_id": "r", "identifier_type": "email", "identifier_value": e} for e in case.get("emails", [])
    ]
    matches = [
        {"address_id": address_of(u), "match_position": 1, "institution_id": "ours", "unit_id": u, "decision": "match"}
        for u in [None, *(row["unit_id"] for row in UNITS)]
    ] + [{"address_id": "a-elsewhere", "match_position": 1, "institution_id": "theirs", "decision": "match"}]
    people = [person(p) for p in case["roster"]]
    return {
        "work_authorships": table("work_authorships", bylines),
        "work_addresses": table("work_addresses", printed),
        "works": table("works", [{"work_id": "w", "publication_year": case.get("year", 2020)}]),
        "affiliation_matches": table("affiliation_matches", matches),
        "units": table("units", UNITS),
        "people": table("people", people),
        "supervisions": table(
            "supervisions", [{"student_id": s, "supervisor_id": t} for s, t in case.get("supervisions", [])]
        ),
        "author_identifiers": table("author_identifiers", identifiers),
        "clusters": table("clusters", [{"record_id": "r", "work_id": "w"}]),
        "records": table("records", [{"record_id": "r", "doi": "10.5555/w"}]),
        "claimed_works": table("claimed_works", [{"person_id": p, "doi": "10.5555/w"} for p in case.get("claims", [])]),
        "theses": table("theses", [{"record_id": "r", "university": case["thesis"]}] if "thesis" in case else []),
        "contributors": table(
            "contributors",
            [
                {"record_id": "r", "contributor_role": "advisor", "contributor_position": n, "name": name}
                for n, name in enumerate(case.get("advisors", []), 1)
            ],
        ),
        "decisions_people": pl.LazyFrame(schema=DECISIONS),
    }


def match(tables: dict[str, pl.LazyFrame]) -> pl.DataFrame:
    surnames = dictionaries.load("surnames", "linghai")
    forms = roster_forms(tables["people"], surnames=surnames).lazy()
    return person_matches(
        *tables.values(), forms, surnames=surnames, institutions=INSTITUTIONS, institution_aliases=ALIASES
    )


@pytest.mark.parametrize("case", CASES, ids=[c["because"][:50] for c in CASES])
def test_people(case: dict[str, Any]) -> None:
    rows = {row["author_position"]: row for row in match(frames(case)).iter_rows(named=True)}
    for position, expected in case["expect"].items():
        row = rows.get(position)
        found = "none" if row is None else row["person_id"] or row["decision"]
        assert found == expected, (case["because"], row)
    for position, unit in case.get("units", {}).items():
        assert rows[position]["unit_id"] == unit
