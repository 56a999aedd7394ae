"""Unions: the newest delivery wins, whatever the order of files and rows."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest

from pipelines import normalise
from pipelines.core import schema

JOURNALS = pl.DataFrame(
    {
        "journal_id": ["J1", "J2"],
        "title_en": ["Acta Chimica Sinica", "Journal of Linghai Studies"],
        "title_zh": ["化学学报", "岭海学刊"],
        "issn": ["0567-7351", None],
        "eissn": [None, None],
        "esi_field": ["CHE", None],
    },
    schema_overrides={"eissn": pl.String},
)
ALIASES = pl.DataFrame({"alias": ["Acta Chim. Sin."], "journal_id": ["J1"]})
SURNAMES = pl.DataFrame(
    {"character": ["王"], "position": ["surname"], "readings": ["wang"], "rank": ["1"], "note": [None]},
    schema_overrides={"note": pl.String},
)


def source_record(record_id: str, raw_id: str, **values: Any) -> dict[str, Any]:
    base = {"record_id": record_id, "raw_id": raw_id, "source": "s", "batch_id": raw_id.split("/")[0]}
    return base | {"source_file": "f.txt", "source_row": 1, "record_hash": raw_id} | values


def table(name: str, rows: list[dict[str, Any]]) -> pl.LazyFrame:
    known = schema.table(name)
    return known.conform(pl.DataFrame(rows, infer_schema_length=None)).lazy() if rows else known.empty().lazy()


def union(rows: list[dict[str, Any]], authors: list[dict[str, Any]] | None = None) -> pl.DataFrame:
    delivered = table("source_records", rows)
    signed = table("source_authorships", authors or [])
    return normalise.records(
        delivered,
        normalise.record_deliveries(
            delivered, signed, table("source_addresses", []), table("source_authorship_addresses", [])
        ),
        signed,
        journals=JOURNALS,
        journal_aliases=ALIASES,
        surnames=SURNAMES,
    ).collect()


def test_newest_delivery_wins_in_any_order() -> None:
    rows = [
        source_record("s:1", "b1/1:1", delivered_at="2026-01-01", title="Old"),
        source_record("s:1", "b2/1:1", delivered_at="2026-03-01", title="New"),
        source_record("s:1", "b3/1:7", delivered_at="2026-02-01", title="Middle", volume="3"),
        source_record("s:2", "b1/1:2", delivered_at=None, title="Undated"),
    ]
    expected = union(rows)
    assert expected["title"].to_list() == ["New", "Undated"]
    for seed in range(10):
        shuffled = random.Random(seed).sample(rows, len(rows))
        assert union(shuffled).equals(expected)


def test_of_one_date_the_fuller_row_wins_then_content() -> None:
    rows = [
        source_record("s:1", "b1/1:1", delivered_at="2026-01-01", title="Thin"),
        source_record("s:1", "b2/1:1", delivered_at="2026-01-01", title="Full", volume="3"),
        source_record("s:2", "b1/1:2", delivered_at="2026-01-01", title="B", record_hash="bb"),
        source_record("s:2", "b2/1:2", delivered_at="2026-01-01", title="A", record_hash="aa"),
    ]
    assert union(rows)["title"].to_list() == ["Full", "A"]


@pytest.mark.parametrize(
    ("values", "journal_id"),
    [
        ({"issn": "0567-7351"}, "J1"),
        ({"eissn": "0567-7351"}, "J1"),
        ({"venue": "The Journal of Linghai Studies"}, "J2"),
        ({"venue": "岭海学刊"}, "J2"),
        ({"venue_abbreviation": "Acta Chim Sin"}, "J1"),
        ({"venue": "Unknown Letters"}, None),
        ({}, None),
    ],
)
def test_journal_by_issn_name_or_abbreviation(values: dict[str, Any], journal_id: str | None) -> None:
    assert union([source_record("s:1", "b1/1:1", **values)])["journal_id"].to_list() == [journal_id]


def test_author_keys_leave_out_groups() -> None:
    authors = [
        {"raw_id": "b1/1:1", "record_id": "s:1", "author_position": 2, "name": "Abel, K."},
        {"raw_id": "b1/1:1", "record_id": "s:1", "author_position": 1, "name": "王小明"},
        {"raw_id": "b1/1:1", "record_id": "s:1", "author_position": 3, "name": "Zeta Group", "is_group_author": True},
    ]
    found = union([source_record("s:1", "b1/1:1", title="T")], authors)
    assert found["authors_key"].to_list() == ["abel wang"]
    assert found["first_author_key"].to_list() == ["wang"]


TWO = [
    source_record("s:1", "b1/1:1", delivered_at="2026-01-01", title="Old", abstract="Told once", volume="3", issue="4"),
    source_record("s:1", "b2/1:1", delivered_at="2026-02-01", title="New", volume="5"),
]
SIGNED = [
    {"raw_id": "b1/1:1", "record_id": "s:1", "author_position": 1, "name": "Wang, L"},
    {"raw_id": "b2/1:1", "record_id": "s:1", "author_position": 1, "name": "Wang, Lei"},
]


def test_a_short_export_takes_nothing_away() -> None:
    found = union(TWO).row(0, named=True)
    assert (found["title"], found["abstract"]) == ("New", "Told once")
    assert (found["volume"], found["issue"]) == ("5", None)  # one delivery's place in the journal, never a mixture
    assert found["raw_id"] == "b2/1:1"


@pytest.mark.parametrize(
    ("located", "name"), [((), "Wang, Lei"), (("b1/1:1",), "Wang, L"), (("b1/1:1", "b2/1:1"), "Wang, Lei")]
)
def test_the_byline_is_the_newest_delivery_s_that_has_addresses(located: tuple[str, ...], name: str) -> None:
    rows, authors = table("source_records", TWO), table("source_authorships", SIGNED)
    places = table(
        "source_addresses",
        [
            {"raw_id": r, "record_id": "s:1", "address_role": "author", "address_position": 1, "address": "X"}
            for r in located
        ],
    )
    deliveries = normalise.record_deliveries(rows, authors, places, table("source_authorship_addresses", []))
    kept = normalise.authorships(authors, deliveries, surnames=SURNAMES).collect()
    assert kept.select("name").rows() == [(name,)]
    assert normalise.addresses(places, deliveries).collect().height == min(len(located), 1)
    assert deliveries.collect()["delivery_order"].to_list() == [1, 2]


def test_metrics_keep_history_and_the_newest_of_one_date() -> None:
    rows = table(
        "source_records",
        [
            source_record("s:1", "b1/1:1", delivered_at="2026-01-01"),
            source_record("s:1", "b2/1:1", delivered_at="2026-02-01"),
        ],
    )
    values = [
        {"raw_id": "b1/1:1", "metric": "citations", "value": 3.0, "as_of": "2026-01-01", "batch_id": "b1"},
        {"raw_id": "b2/1:1", "metric": "citations", "value": 5.0, "as_of": "2026-02-01", "batch_id": "b2"},
        {"raw_id": "b1/1:1", "metric": "references", "value": 9.0, "as_of": "2026-01-01", "batch_id": "b1"},
        {"raw_id": "b2/1:1", "metric": "references", "value": 8.0, "as_of": "2026-01-01", "batch_id": "b2"},
    ]
    source = table("source_metrics", [v | {"record_id": "s:1"} for v in values])
    kept = normalise.metrics(source, rows).collect().select("metric", "as_of", "value").rows()
    assert kept == [
        ("citations", "2026-01-01", 3.0),
        ("citations", "2026-02-01", 5.0),
        ("references", "2026-01-01", 8.0),
    ]


def test_empty_tables_keep_their_columns() -> None:
    empty = table("record_deliveries", [])
    found = union([])
    assert found.schema == schema.table("records").polars
    for name in ("author_identifiers", "addresses", "authorship_addresses"):
        made = getattr(normalise, name)(table(f"source_{name}", []), empty).collect()
        assert made.schema == schema.table(name).polars


def test_a_list_of_addresses_does_not_displace_links() -> None:
    """A later RIS has the addresses but does not say whose they are."""
    place = {"record_id": "s:1", "address_role": "author", "address_position": 1}
    places = [place | {"raw_id": r, "address": "X"} for r in ("b1/1:1", "b2/1:1")]
    links = [place | {"raw_id": "b1/1:1", "author_position": 1, "link": "stated"}]
    tables = (("source_authorships", SIGNED), ("source_addresses", places), ("source_authorship_addresses", links))
    deliveries = normalise.record_deliveries(table("source_records", TWO), *(table(n, rows) for n, rows in tables))
    assert deliveries.collect().sort("delivery_order")["gives_byline"].to_list() == [False, True]
