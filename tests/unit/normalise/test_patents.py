"""Union of patents: newest by field, applications once, differences visible, status changes as events with first_seen."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipelines import normalise
from pipelines.core import schema

MAY, JUNE, JULY = "2026-05-01T08:00:00", "2026-06-01T08:00:00", "2026-07-01T08:00:00"
PATENT = {
    "patent_id": "CN110900001A", "authority": "CN", "kind_code": "A", "is_grant": False, "publication_number": "CN110900001A",
    "source": "s", "platform": "incopat", "statement_scope": "publication", "batch_id": "b", "source_file": "f", "source_row": 1,
    "record_hash": "h", "delivered_at": MAY, "application_id": "CN201910100001.6", "application_basis": "stated",
}  # fmt: skip


def delivered(*rows: dict[str, Any]) -> pl.LazyFrame:
    numbered = [PATENT | {"raw_id": f"r{n}"} | row for n, row in enumerate(rows)]
    return schema.table("source_patents").conform(pl.DataFrame(numbered, infer_schema_length=None)).lazy()


def table(name: str, *rows: dict[str, Any]) -> pl.LazyFrame:
    declared = schema.table(name)
    return (
        declared.conform(pl.DataFrame(list(rows), infer_schema_length=None)).lazy() if rows else declared.empty().lazy()
    )


def events(source: pl.LazyFrame, *listed: dict[str, Any]) -> list[dict[str, Any]]:
    told = table("source_patent_events", *listed)
    return (
        normalise.patent_events(told, source, normalise.patents(source))
        .sort("first_seen", "event_date")
        .collect()
        .to_dicts()
    )


def test_the_newest_delivery_wins_field_by_field() -> None:
    got = normalise.patents(
        delivered(
            {"title": "旧名", "abstract": "摘要", "delivered_at": MAY},
            {"title": "新名", "abstract": None, "delivered_at": JUNE, "platform": "patsnap"},
        )
    ).collect()
    assert got.select("title", "abstract", "platform", "platforms").rows() == [
        ("新名", "摘要", "patsnap", "incopat+patsnap")
    ]


def test_what_derwent_says_of_a_family_only_fills_what_others_leave_empty() -> None:
    family = {"platform": "derwent", "statement_scope": "family", "title": "Sampler has tube", "pages_count": 9,
              "application_basis": "year_added", "delivered_at": JULY}  # fmt: skip
    got = normalise.patents(delivered({"title": "采样装置"}, family)).collect()
    assert got.select("title", "pages_count", "application_basis").rows() == [("采样装置", 9, "stated")]


def test_a_stated_application_stands_before_a_newer_one_that_only_repeats_the_number() -> None:
    bare = {
        "application_id": "CN110900001",
        "application_basis": "same_number",
        "delivered_at": JULY,
        "platform": "google_patents",
    }
    assert normalise.patents(delivered({}, bare)).collect()["application_id"].to_list() == ["CN201910100001.6"]


def test_a_grant_known_by_its_number_alone_joins_the_application_of_its_publication() -> None:
    grant = {
        "patent_id": "CN110900001B",
        "kind_code": "B",
        "application_id": "CN110900001",
        "application_basis": "same_number",
    }
    other = grant | {"patent_id": "CN112200002B", "application_id": "CN112200002"}
    got = normalise.patents(delivered({}, grant, other)).collect()
    assert got.select("patent_id", "application_id", "application_basis").rows() == [
        ("CN110900001A", "CN201910100001.6", "stated"),
        ("CN110900001B", "CN201910100001.6", "same_number"),
        ("CN112200002B", "CN112200002", "same_number"),
    ]
    assert got["application_id"].n_unique() == 2


def test_a_status_that_changes_between_two_deliveries_is_an_event_with_first_seen() -> None:
    source = delivered(
        {"legal_status": "pending", "legal_status_raw": "实质审查", "delivered_at": MAY},
        {
            "legal_status": "granted_active",
            "legal_status_raw": "授权",
            "delivered_at": JUNE,
            "status_as_of": "2026-05-20",
        },
        {
            "legal_status": "granted_active",
            "legal_status_raw": "授权",
            "delivered_at": JULY,
            "status_as_of": "2026-05-20",
        },
    )
    told = [
        (e["first_seen"], e["status_before"], e["legal_status"], e["event_date"], e["is_late_data"])
        for e in events(source)
    ]
    assert told == [
        (MAY, None, "pending", None, False),
        (JUNE, "pending", "granted_active", "2026-05-20", False),
    ]
    assert normalise.patents(source).collect()["legal_status"].to_list() == ["granted_active"]


def test_silence_is_no_lapse_and_the_order_of_files_does_not_count() -> None:
    first = {"legal_status": "granted_active", "legal_status_raw": "授权", "delivered_at": MAY}
    silent = {"legal_status": None, "delivered_at": JUNE}
    last = {"legal_status": "lapsed_fee", "legal_status_raw": "未缴年费", "delivered_at": JULY}
    one, two = events(delivered(first, silent, last)), events(delivered(last, first, silent))
    assert [(e["first_seen"], e["status_before"], e["legal_status"]) for e in one] == [
        (MAY, None, "granted_active"),
        (JULY, "granted_active", "lapsed_fee"),
    ]
    assert [(e["first_seen"], e["legal_status"]) for e in two] == [(e["first_seen"], e["legal_status"]) for e in one]


def test_two_platforms_that_disagree_are_a_difference_and_no_change() -> None:
    source = delivered(
        {"legal_status": "granted_active", "legal_status_raw": "授权", "delivered_at": MAY},
        {"legal_status": "pending", "legal_status_raw": "实审", "delivered_at": JUNE, "platform": "patsnap"},
    )
    assert [e["status_before"] for e in events(source)] == [None, None]
    differing = normalise.patent_differences(source, normalise.patents(source)).collect()
    assert differing.select("field_name", "platform", "value_text", "is_chosen").rows() == [
        ("legal_status", "incopat", "granted_active", False),
        ("legal_status", "patsnap", "pending", True),
    ]


def test_listed_events_keep_the_delivery_that_first_showed_them_and_late_ones_are_marked() -> None:
    pledge = {"event_date": "2026-04-15", "event_kind": "pledge", "event_text": "质押"}
    transfer = {"event_date": "2026-04-20", "event_kind": "transfer", "event_text": "权利转移"}
    got = events(
        delivered({"delivered_at": MAY}, {"delivered_at": JUNE}),
        {"raw_id": "r0", "patent_id": "CN110900001A"} | pledge,
        {"raw_id": "r1", "patent_id": "CN110900001A"} | pledge,
        {"raw_id": "r1", "patent_id": "CN110900001A"} | transfer,
    )
    assert [(e["event_kind"], e["first_seen"], e["is_late_data"], e["application_id"]) for e in got] == [
        ("pledge", MAY, False, "CN201910100001.6"),
        ("transfer", JUNE, True, "CN201910100001.6"),
    ]


def test_the_present_status_that_is_also_listed_is_one_event() -> None:
    text, day = "实质审查的生效", "2026-04-15"
    stated = {"legal_status": "pending", "legal_status_raw": text, "status_as_of": day, "delivered_at": MAY}
    listed = {
        "raw_id": "r0",
        "patent_id": "CN110900001A",
        "event_date": day,
        "event_kind": "status",
        "event_text": text,
    }
    assert [(e["event_text"], e["first_seen"]) for e in events(delivered(stated), listed)] == [(text, MAY)]


@pytest.mark.parametrize("newest_first", [True, False])
def test_parties_come_from_the_newest_delivery_that_has_the_role(newest_first: bool) -> None:
    source = delivered({"delivered_at": MAY}, {"delivered_at": JUNE})
    party = {"patent_id": "CN110900001A", "party_position": 1, "statement_scope": "publication"}
    told = [
        party | {"raw_id": "r0", "party_role": "applicant", "name": "旧申请人"},
        party | {"raw_id": "r0", "party_role": "inventor", "name": "林海澜"},
        party | {"raw_id": "r1", "party_role": "applicant", "name": "新申请人"},
    ]
    got = normalise.patent_parties(
        table("source_patent_parties", *(told[::-1] if newest_first else told)), source
    ).collect()
    assert got.select("party_role", "name").rows() == [("applicant", "新申请人"), ("inventor", "林海澜")]


def test_a_family_that_grows_has_one_id() -> None:
    member = {"family_kind": "simple"}
    told = [
        member | {"raw_id": "r0", "patent_id": p, "family_id": "CN110900001A"}
        for p in ("CN110900001A", "US20200230001A1")
    ] + [
        member | {"raw_id": "r1", "patent_id": p, "family_id": "AU2019000001A1"}
        for p in ("AU2019000001A1", "CN110900001A", "US20200230001A1")
    ]
    got = normalise.patent_families(
        table("source_patent_families", *told), delivered({"delivered_at": MAY}, {"delivered_at": JUNE})
    ).collect()
    assert set(got["family_id"]) == {"AU2019000001A1"}
    assert got.height == 3
