"""Bylines: one record's order of authors, everybody's knowledge of their roles, names and addresses."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines import dedup
from pipelines.core import names, schema

PRECEDENCE = pl.DataFrame({"field": ["*", "*", "*"], "source": ["wos", "ei", "cnki"], "rank": ["1", "2", "3"]})


def table(name: str, rows: list[dict[str, Any]]) -> pl.LazyFrame:
    known = schema.table(name)
    return known.conform(pl.DataFrame(rows, infer_schema_length=None)).lazy() if rows else known.empty().lazy()


def author(
    record_id: str, position: int, name: str, role: str = "unknown", evidence: str | None = None
) -> dict[str, Any]:
    base = {"record_id": record_id, "author_position": position, "name": name, "name_key": names.name_keys([name])[0]}
    return base | {"is_corresponding": role, "corresponding_evidence": evidence}


def link(record_id: str, position: int, address: int) -> dict[str, Any]:
    place = {"record_id": record_id, "author_position": position, "address_position": address}
    return place | {"address_role": "author", "link": "stated"}


def one_work(authors: list[dict[str, Any]]) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """records and clusters in which all these authors' records are one work."""
    ids = sorted({a["record_id"] for a in authors})
    records = table("records", [{"record_id": i, "source": i.split(":")[0]} for i in ids])
    clusters = table("clusters", [{"record_id": i, "work_id": "w_1", "anchor_record_id": ids[0]} for i in ids])
    return records, clusters


def byline(authors: list[dict[str, Any]], links: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    records, clusters = one_work(authors)
    found = dedup.work_authorships(
        records,
        table("authorships", authors),
        table("authorship_addresses", links or []),
        clusters,
        source_precedence=PRECEDENCE,
    ).collect()
    assert found.schema == schema.table("work_authorships").polars
    return found.rows(named=True)


def test_roles_and_native_names_come_from_all_records() -> None:
    found = byline(
        [
            author("wos:1", 1, "Wang, Lei"),
            author("wos:1", 2, "Shan, Xiaoming"),
            author("ei:1", 1, "Shan, Xiaoming", "yes", "EI corresponding author"),
            author("ei:1", 2, "Wang, L."),
            author("cnki:1", 1, "王磊"),
            author("cnki:1", 2, "单小明"),
        ],
        [link("wos:1", 1, 1)],
    )
    assert [(a["name"], a["name_native"], a["is_corresponding"], a["is_first"]) for a in found] == [
        ("Wang, Lei", "王磊", "unknown", True),
        ("Shan, Xiaoming", "单小明", "yes", False),
    ]
    assert found[1]["corresponding_evidence"] == "EI corresponding author（ei:1）"
    assert {a["record_id"] for a in found} == {"wos:1"}


def test_yes_beside_no_is_kept_as_a_conflict() -> None:
    found = byline([author("wos:1", 1, "Wang, Lei", "no"), author("ei:1", 1, "Wang, Lei", "yes", "mark")])
    assert found[0]["is_corresponding"] == "yes"
    assert found[0]["corresponding_evidence"] == "mark（ei:1）；另有记录不作通讯作者：wos:1"


def test_the_fullest_author_list_gives_the_byline() -> None:
    found = byline(
        [author("wos:1", 1, "Wang, Lei"), *(author("ei:1", i, n) for i, n in enumerate(["Wang, L", "Sun, Y"], 1))]
    )
    assert [a["name"] for a in found] == ["Wang, L", "Sun, Y"]


def test_polyphone_is_found_by_its_place_when_the_others_agree() -> None:
    latin, native = ["Ceng, Li", "Sun, Yu", "He, Yan"], ["曾立", "孙玉", "何燕"]
    authors = [author("wos:1", i, n) for i, n in enumerate(latin, 1)]
    authors += [author("cnki:1", i, n) for i, n in enumerate(native, 1)]
    assert [a["name_native"] for a in byline(authors, [link("wos:1", 1, 1)])] == native


def test_two_authors_of_one_key_are_told_apart_by_place_only() -> None:
    latin, native = ["Wang, Lei", "Wang, Lei", "Sun, Yu"], ["王磊", "王雷", "孙玉"]
    authors = [author("wos:1", i, n) for i, n in enumerate(latin, 1)]
    authors += [author("cnki:1", i, n) for i, n in enumerate(native, 1)]
    assert [a["name_native"] for a in byline(authors, [link("wos:1", 1, 1)])] == native


def test_addresses_of_all_records_find_their_author_or_none() -> None:
    authors = [
        author("wos:1", 1, "Wang, Lei"),
        author("wos:1", 2, "Sun, Yu"),
        author("ei:1", 1, "Sun, Yu"),
        author("ei:1", 2, "Zeta, Q"),
    ]
    records, clusters = one_work(authors)
    addresses = [
        {
            "record_id": r,
            "address_role": "author",
            "address_position": p,
            "address": f"{r} {p}",
            "address_id": f"{r}{p}",
        }
        for r, p in (("wos:1", 1), ("ei:1", 1), ("ei:1", 2), ("ei:1", 3))
    ]
    links = [link("wos:1", 1, 1), link("wos:1", 2, 1), link("ei:1", 1, 1), link("ei:1", 2, 2)]
    found = dedup.work_addresses(
        records,
        table("authorships", authors),
        table("addresses", addresses),
        table("authorship_addresses", links),
        clusters,
        source_precedence=PRECEDENCE,
    ).collect()
    assert found.schema == schema.table("work_addresses").polars
    said = found.select("record_id", "address_position", "author_position", "link").rows()
    assert set(said) == {
        ("wos:1", 1, 1, "stated"),
        ("wos:1", 1, 2, "stated"),
        ("ei:1", 1, 2, "stated"),
        ("ei:1", 2, None, None),
        ("ei:1", 3, None, None),
    }
    assert found.height == len(said)


def test_no_authors_no_byline() -> None:
    empty = {n: table(n, []) for n in ("records", "authorships", "authorship_addresses", "clusters")}
    made = dedup.work_authorships(*empty.values(), source_precedence=PRECEDENCE).collect()
    assert made.schema == schema.table("work_authorships").polars
