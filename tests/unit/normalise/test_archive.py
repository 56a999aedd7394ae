"""ESI is an archive with revisions, rosters are snapshots."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines import normalise
from pipelines.core import schema


def table(name: str, rows: list[dict[str, Any]]) -> pl.LazyFrame:
    known = schema.table(name)
    return known.conform(pl.DataFrame(rows, infer_schema_length=None)).lazy() if rows else known.empty().lazy()


def paper(batch: str, day: str, period: str, number: str, cites: int) -> dict[str, Any]:
    return {
        "raw_id": f"{batch}/1:{number}",
        "batch_id": batch,
        "delivered_at": day,
        "period": period,
        "list_kind": "hot",
        "accession_number": number,
        "citations_esi_count": cites,
    }


def test_esi_revisions_count_deliveries_and_keep_periods() -> None:
    rows = [
        paper("b1", "2026-05-10", "2026-05", "A", 10),
        paper("b1", "2026-05-10", "2026-05", "B", 11),
        paper("b2", "2026-05-20", "2026-05", "A", 12),
        paper("b3", "2026-07-10", "2026-07", "A", 20),
    ]
    for order in (rows, rows[::-1]):
        found = normalise.esi_documents(table("source_esi_documents", order)).collect()
        kept = found.select("period", "accession_number", "revision", "citations_esi_count").rows()
        assert kept == [("2026-05", "A", 2, 12), ("2026-05", "B", 1, 11), ("2026-07", "A", 1, 20)]


def test_threshold_of_all_years_has_one_row() -> None:
    cell = {"period": "2026-05", "esi_field": "CHE", "threshold_kind": "author", "threshold_year": None}
    rows = [
        cell | {"raw_id": "b1/1:1", "batch_id": "b1", "delivered_at": "2026-05-01", "threshold_value": 5.0},
        cell | {"raw_id": "b2/1:1", "batch_id": "b2", "delivered_at": "2026-05-02", "threshold_value": 6.0},
    ]
    found = normalise.esi_thresholds(table("source_esi_thresholds", rows)).collect()
    assert found.select("revision", "threshold_value").rows() == [(2, 6.0)]


def test_rankings_keep_each_institution() -> None:
    row = {"period": "2026-05", "esi_field": "CHE", "batch_id": "b1", "delivered_at": "2026-05-01"}
    rows = [
        row | {"raw_id": "b1/1:1", "institution": "LINGHAI UNIVERSITY", "rank": 3, "citations_count": 9},
        row | {"raw_id": "b1/1:2", "institution": "OTHER UNIVERSITY", "rank": 4, "citations_count": 8},
    ]
    assert normalise.esi_institutions(table("source_esi_institutions", rows)).collect().height == 2


def person(batch: str, day: str, number: str, kind: str, unit: str) -> dict[str, Any]:
    return {
        "raw_id": f"{batch}/1:{number}{unit}",
        "batch_id": batch,
        "delivered_at": day,
        "person_id": number,
        "person_type": kind,
        "name_zh": "李雷",
        "unit_id": unit,
    }


def test_people_are_the_newest_staff_and_the_newest_student_delivery() -> None:
    rows = [
        person("b1", "2026-01-01", "T1", "staff", "U1"),
        person("b1", "2026-01-01", "T2", "staff", "U1"),
        person("b2", "2026-02-01", "T1", "staff", "U1"),
        person("b2", "2026-02-01", "T1", "staff", "U2"),
        person("b1", "2026-01-01", "S1", "phd", "U1"),
    ]
    found = normalise.people(table("source_people", rows)).collect()
    assert found.select("person_id", "unit_id").rows() == [("S1", "U1"), ("T1", "U1"), ("T1", "U2")]


def test_roster_unit_stands_over_the_dictionary() -> None:
    known = pl.DataFrame(
        {"unit_id": ["U1", "U9"], "name_zh": ["旧名", "老学院"], "name_en": ["School of Chemistry", None]}
    )
    rows = [{"raw_id": "b/1:1", "batch_id": "b", "delivered_at": "2026-01-01", "unit_id": "U1", "name_zh": "化学学院"}]
    found = normalise.units(table("source_units", rows), units_dictionary=known).collect()
    assert found.select("unit_id", "name_zh", "name_en").rows() == [
        ("U1", "化学学院", "School of Chemistry"),
        ("U9", "老学院", None),
    ]
    alone = normalise.units(table("source_units", []), units_dictionary=known).collect()
    assert alone["unit_id"].to_list() == ["U1", "U9"]


def test_supervisions_and_recipients_are_snapshots() -> None:
    old = {"raw_id": "a", "batch_id": "b1", "delivered_at": "2026-01-01", "student_id": "S1", "supervisor_id": "T1"}
    new = {"raw_id": "b", "batch_id": "b2", "delivered_at": "2026-02-01", "student_id": "S2", "supervisor_id": "T1"}
    found = normalise.supervisions(table("source_supervisions", [old, new])).collect()
    assert found["student_id"].to_list() == ["S2"]
    mail = {
        "raw_id": "a",
        "batch_id": "b1",
        "delivered_at": "2026-01-01",
        "unit_id": "U1",
        "report": "esi_push",
        "email": "a@b.cn",
    }
    assert normalise.recipients(table("source_recipients", [mail, mail])).collect().height == 1
