"""Figures against truth, on tables small enough to count by hand."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.core import schema
from pipelines.evaluate.people import by_trait, people_scores
from pipelines.evaluate.units import share, unit_scores

WHERE = {"source": "wos", "source_file": "a.txt", "source_row": 1}
RECORDS = pl.DataFrame([WHERE | {"record_id": "r"}])
UNITS = schema.table("units").conform(pl.DataFrame({"unit_id": ["u0", "u1"], "unit_kind": ["university", "college"]}))


def units(*rows: tuple[str | None, str | None, str | None, str | None, str]) -> dict[str, float | int | None]:
    """rows: true institution, true units, said institution, said unit, decision — one printed address each."""
    places = [
        {"record_id": "r", "address_role": "author", "address_position": n, "address_id": f"a{n}"}
        for n in range(len(rows))
    ]
    truth = [
        WHERE | {"address_role": "author", "address_position": n, "institution_id": i, "unit_ids": u}
        for n, (i, u, *_) in enumerate(rows)
    ]
    said = [
        {"address_id": f"a{n}", "match_position": 1, "institution_id": i, "unit_id": u, "decision": d}
        for n, (_, _, i, u, d) in enumerate(rows)
    ]
    text = {"institution_id": pl.String, "unit_ids": pl.String}
    return unit_scores(
        pl.DataFrame(truth, schema_overrides=text),
        RECORDS,
        schema.table("addresses").conform(pl.DataFrame(places)),
        schema.table("affiliation_matches").conform(pl.DataFrame(said)),
        UNITS,
        "us",
    )


def test_units_count_each_named_unit_and_the_bare_university() -> None:
    found = units(
        ("us", "u1", "us", "u1", "match"), ("us", "u0", "us", None, "match"), ("us", "u1", "us", None, "review")
    )
    assert found["precision"] == 1.0
    assert found["recall"] == pytest.approx(2 / 3)
    assert found["asked_share"] == pytest.approx(1 / 3)


def test_wrong_unit_and_foreign_address_cost_precision() -> None:
    found = units(
        ("us", "u1", "us", "u0", "match"), ("them", None, "us", "u1", "match"), ("them", None, "them", None, "match")
    )
    assert (found["precision"], found["recall"]) == (0.0, 0.0)
    assert found["institution_precision"] == 0.5


def people(*rows: tuple[str | None, str | None, str]) -> dict[str, float | int | None]:
    """rows: true person, said person, decision — one author of ours each."""
    byline = [{"work_id": "w", "record_id": "r", "author_position": n, "name": "x"} for n in range(len(rows))]
    truth = [WHERE | {"author_position": n, "person_id": t, "unit_ids": "u1"} for n, (t, _, _) in enumerate(rows)]
    said = [{"work_id": "w", "author_position": n, "person_id": p, "decision": d} for n, (_, p, d) in enumerate(rows)]
    return people_scores(
        pl.DataFrame(truth, schema_overrides={"person_id": pl.String}),
        RECORDS,
        schema.table("work_authorships").conform(pl.DataFrame(byline)),
        schema.table("person_matches").conform(pl.DataFrame(said, schema_overrides={"person_id": pl.String})),
    )


def test_people_links_right_wrong_asked_and_to_nobody_of_ours() -> None:
    found = people(
        ("p1", "p1", "match"),
        ("p2", "p1", "match"),
        ("p3", None, "review"),
        (None, "p1", "match"),
        ("p4", None, "no_match"),
    )
    assert found["precision"] == pytest.approx(1 / 3)
    assert found["recall"] == pytest.approx(1 / 4)
    assert found["decided_share"] == pytest.approx(3 / 4)


def test_people_errors_are_told_by_trait() -> None:
    rows = pl.DataFrame(
        {
            "true_person": ["p1", "p2", None],
            "person_id": ["p1", None, "p3"],
            "is_ours": [True, True, False],
            "decision": ["match", "review", "match"],
        }
    )
    persons = pl.DataFrame(
        {"person_id": ["p1", "p2", "p3"], "traits": [["moved"], ["moved", "left"], []]},
        schema_overrides={"traits": pl.List(pl.String)},
    )
    told = {r["trait"]: (r["authors"], r["wrong"], r["missed"], r["asked"]) for r in by_trait(rows, persons)}
    assert told == {"moved": (2, 0, 1, 1), "left": (1, 0, 1, 1), "（无）": (0, 1, 0, 0)}


def test_a_share_of_nothing_is_unknown_not_zero() -> None:
    assert share(0, 0) is None
    assert people((None, None, "no_match"))["precision"] is None
