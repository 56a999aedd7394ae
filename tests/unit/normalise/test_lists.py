"""Lists under one schema: newest field by field, editions that end where the next begins, several notices, corrected figures."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines.core import schema
from pipelines.normalise.claims import claimed_works
from pipelines.normalise.contracts import contracts
from pipelines.normalise.journals import issn_links, journal_ranks
from pipelines.normalise.retractions import retractions
from pipelines.normalise.scholars import people_lists
from pipelines.normalise.usage import usage

NONE = {
    "journals": schema.table("source_journal_ranks").empty().select(
        journal_id="raw_id", issn="issn", eissn="eissn", title_en="title", title_zh="title_other"
    ),
    "journal_aliases": pl.DataFrame(schema={"journal_id": pl.String, "alias": pl.String}),
}  # fmt: skip


def rows(table: str, *given: dict[str, Any]) -> pl.LazyFrame:
    wanted = schema.table(table)
    told = [{"raw_id": str(n), "batch_id": "b", "delivered_at": "2026-01-01", **row} for n, row in enumerate(given)]
    return wanted.conform(pl.DataFrame(told, infer_schema_length=None)).lazy()


def rank(title: str, edition: str = "2024", **more: Any) -> dict[str, Any]:
    known = {"rank_scheme": "jcr", "list_edition": edition, "category_kind": "journal", "title": title}
    return known | {"valid_from": f"{edition}-01-01", **more}


def test_newest_export_wins_field_by_field() -> None:
    given = rows(
        "source_journal_ranks",
        rank("A", issn="1900-0006", rank_text="Q2", rank_level="Q2", impact_factor=3.0, impact_factor_raw="3.0"),
        rank("A", issn="1900-0006", rank_text="Q1", rank_level="Q1", citation_indicator=0.5, delivered_at="2026-02-01"),
    )
    got = journal_ranks(given, **NONE).collect()
    assert got.select("rank_level", "impact_factor", "citation_indicator").rows() == [("Q1", 3.0, 0.5)]


def test_a_journal_without_issn_is_the_only_one_of_its_name() -> None:
    one = {"issn": "1900-0006", "impact_factor": 3.0}
    given = rows("source_journal_ranks", rank("Frontiers in X", **one), rank("Frontiers in X"), rank("Frontiers of X"))
    got = journal_ranks(given, **NONE).collect()
    assert got.select("title", "issn").rows() == [("Frontiers in X", "1900-0006"), ("Frontiers of X", None)]
    two = rank("Frontiers in X", issn="1900-0014")
    given = rows("source_journal_ranks", rank("Frontiers in X", **one), two, rank("Frontiers in X"))
    assert journal_ranks(given, **NONE).collect().height == 3  # which of the two cannot be told


def test_a_list_stands_until_the_next_edition() -> None:
    given = rows(
        "source_journal_ranks",
        *(rank("A", edition, rank_scheme="pku") for edition in ("2017", "2020", "2023")),
        rank("A", "2020", rank_scheme="jcr", valid_to="2020-12-31"),
    )
    got = journal_ranks(given, **NONE).collect()
    assert got.select("rank_scheme", "list_edition", "valid_to").sort("rank_scheme", "list_edition").rows() == [
        ("jcr", "2020", "2020-12-31"),
        ("pku", "2017", "2019-12-31"),
        ("pku", "2020", "2022-12-31"),
        ("pku", "2023", None),
    ]


def test_newest_linking_issn() -> None:
    old, new = {"issn": "1", "issn_l": "1"}, {"issn": "1", "issn_l": "2", "delivered_at": "2026-03-01"}
    got = issn_links(rows("source_issn_links", old, new)).collect()
    assert got.select("issn", "issn_l").rows() == [("1", "2")]


def test_notices_of_a_paper_stay_apart_and_are_renewed() -> None:
    given = rows(
        "source_retractions",
        {"retraction_id": "1", "doi": "d", "retraction_nature": "correction"},
        {"retraction_id": "2", "doi": "d", "retraction_nature": "retraction"},
        {"retraction_id": "1", "doi": "d", "retraction_nature": "retraction", "delivered_at": "2026-05-01"},
    )
    got = retractions(given).collect()
    assert got.select("retraction_id", "retraction_nature").rows() == [("1", "retraction"), ("2", "retraction")]


def test_people_of_two_lists_are_two_rows() -> None:
    person = {
        "list_edition": "2025",
        "name": "Wang, Lei",
        "affiliation": "Linghai University",
        "list_category": "Chemistry",
    }
    given = rows(
        "source_people_lists",
        person | {"list_name": "hcr"},
        person | {"list_name": "hcr"},
        person | {"list_name": "elsevier_cn"},
    )
    assert people_lists(given).collect()["list_name"].to_list() == ["elsevier_cn", "hcr"]


def test_corrected_figures_of_a_month_replace_the_old_ones() -> None:
    figure = {
        "report_code": "TR_J1",
        "counter_release": "5",
        "title": "A",
        "metric_type": "m",
        "usage_month": "2026-01",
    }
    given = rows(
        "source_usage",
        figure | {"usage_count": 9, "exported_at": "2026-05-01", "period_from": None},
        figure | {"usage_count": 7, "exported_at": "2026-02-01", "delivered_at": "2026-06-01"},
        figure | {"usage_count": 5, "counter_release": "5.1"},
    )
    assert usage(given).collect().select("counter_release", "usage_count").rows() == [("5", 9), ("5.1", 5)]


def test_claims_of_earlier_years_stay() -> None:
    claim = {"person_id": "1", "claim_id": "P1", "title": "A Title", "claimed_role": "first"}
    other = {"person_id": "1", "claim_id": "P2", "title": "B", "claimed_role": "participant"}
    changed = claim | {"claimed_role": "corresponding", "delivered_at": "2026-08-01"}
    got = claimed_works(rows("source_claimed_works", claim, other, changed)).collect()
    assert got.select("claim_id", "title_key", "claimed_role").rows() == [
        ("P1", "a title", "corresponding"),
        ("P2", "b", "participant"),
    ]


def test_contracts_of_two_periods_are_two_rows() -> None:
    contract = {"contract_number": "H1", "resource": "甲库", "amount": 5.0}
    years = [contract | {"valid_from": f"{y}-01-01", "valid_to": f"{y}-12-31"} for y in (2025, 2026, 2026)]
    assert contracts(rows("source_contracts", *years)).collect()["valid_from"].to_list() == ["2025-01-01", "2026-01-01"]
