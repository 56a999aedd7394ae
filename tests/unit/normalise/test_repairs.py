"""What cleaning changed is told, and nothing else is."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines import normalise
from pipelines.core import schema


def repairs(*rows: dict[str, Any], authors: list[dict[str, Any]] | None = None) -> list[tuple[Any, ...]]:
    def table(name: str, given: list[dict[str, Any]]) -> pl.LazyFrame:
        known = schema.table(name)
        return known.conform(pl.DataFrame(given, infer_schema_length=None)).lazy() if given else known.empty().lazy()

    records = table("source_records", [{"record_id": f"s:{n}", "raw_id": f"b/1:{n}"} | r for n, r in enumerate(rows)])
    signed = table("source_authorships", authors or [])
    deliveries = normalise.record_deliveries(
        records, signed, table("source_addresses", []), table("source_authorship_addresses", [])
    )
    found = normalise.repairs(records, deliveries, signed).collect()
    return found.select("record_id", "field_name", "repair_rule", "value_after").rows()


def test_written_form_is_no_repair() -> None:
    assert repairs({"doi": "10.1000/a", "doi_raw": "https://doi.org/10.1000/A"}, {"title": "Café in São Paulo"}) == []


def test_a_doi_is_told_with_its_reason() -> None:
    glued = "10.1016/j.invent.2021.10.1370360-3199"
    assert repairs(
        {"doi": "10.1016/j.invent.2021.10.137", "doi_raw": glued},
        {"doi": None, "doi_raw": "无"},
        {"doi": "10.7330/978", "doi_raw": "10.7330/ 978"},
        {"doi": "10.1000/a/b", "doi_raw": "10.1000/a%2Fb"},
    ) == [
        ("s:0", "doi", "去掉末尾粘连的 ISSN", "10.1016/j.invent.2021.10.137"),
        ("s:1", "doi", "不是可用的 DOI", None),
        ("s:2", "doi", "去掉中间的空白", "10.7330/978"),
        ("s:3", "doi", "还原网址转义", "10.1000/a/b"),
    ]


def test_mended_texts_and_names_are_told() -> None:
    authors = [{"record_id": "s:0", "raw_id": "b/1:0", "author_position": 2, "name": "MÃ¼ller, K"}]
    assert repairs({"title": "Î±-Fe2O3"}, authors=authors) == [
        ("s:0", "author_2", "UTF-8 被读成西文", "Müller, K"),
        ("s:0", "title", "UTF-8 被读成西文", "α-Fe2O3"),
    ]
