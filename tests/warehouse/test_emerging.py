"""Emerging topics: what makes a micro topic emerging, the four numbers, and words where nothing was exported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import warehouse_sql as sql
from test_golden import write

RECORDS = [{"record_id": "wos:1", "source": "wos", "exported_at": "2026-11-01"}]
COLUMNS = "level, status, nodes_count, joined_count, joined_three_count, breadth_percent, own_works, world_works"


def exported(kind: str, topics: dict[str, tuple[int, int, float]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An export of micro topics: papers in each of 2023-2025, in each of 2020-2022, share of top 1 %."""
    filters = "Schema: Citation Topics" + ("\nOrganization Name: [Linghai University]" if kind == "own" else "")
    context = {"context_id": kind, "entity_kind": "research_area", "subject_schema": "CT", "filters": filters}
    rows = [
        {"context_id": kind, "entity_kind": "research_area", "entity_name": topic, "publication_year": year}
        | {"metric": metric, "value": value}
        for topic, (last, previous, top) in topics.items()
        for year in range(2020, 2026)
        for metric, value in (
            ("documents", last if year > 2022 else previous),
            ("percent_top_1_percent_documents", top),
        )
    ]
    return context | {"batch_id": "b", "source_file": f"{kind}.csv"}, rows


WORLD = {
    "4.1.1 Fast": (200, 50, 2.0),
    "4.1.2 Slow": (200, 190, 2.0),
    "4.2.3 Small": (30, 25, 2.0),
    "5.1.4 Ordinary": (400, 100, 0.5),
    "6.1.5 Alone": (100, 50, 1.0),
}


def covered(folder: Path, exports: list[tuple[dict[str, Any], list[dict[str, Any]]]]) -> Any:
    tables = {
        "incites_exports": [context for context, _ in exports],
        "incites_metrics": [row for _, rows in exports for row in rows],
    }
    write(folder, records=RECORDS, **{name: rows for name, rows in tables.items() if rows})
    return sql.build(folder, ["marts.emerging_coverage"])


def test_four_numbers_with_numerator_and_denominator(tmp_path: Path) -> None:
    own = {"4.1.1 Fast": (1, 0, 0.0), "5.1.4 Ordinary": (9, 9, 0.0)}
    connection = covered(tmp_path, [exported("world", WORLD), exported("own", own)])
    emerging = connection.execute("select topic from library.marts.emerging_topic where is_emerging order by all")
    assert emerging.fetchall() == [("4.1.1 Fast",), ("6.1.5 Alone",)]
    found = {
        row[0]: row[1:]
        for row in connection.execute(f"select {COLUMNS} from library.marts.emerging_coverage").fetchall()
    }
    world = 3 * 200 + 2 * 50 + 3 * 100 + 2 * 50
    assert found == dict.fromkeys(("macro", "meso", "micro"), ("ok", 2, 1, 1, 50.0, 3.0, world))


@pytest.mark.parametrize(
    ("kinds", "status"), [((), "not_applicable"), (("own",), "not_applicable"), (("world",), "missing")]
)
def test_without_input_words_and_no_number(tmp_path: Path, kinds: tuple[str, ...], status: str) -> None:
    connection = covered(tmp_path, [exported(kind, WORLD) for kind in kinds])
    rows = connection.execute(
        "select status, words is not null, breadth_percent, depth_percent from library.marts.emerging_coverage"
    ).fetchall()
    assert rows == [(status, True, None, None)] * 3
