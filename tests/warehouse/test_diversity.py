"""Diversity by the worked example, similarity of categories, gates on references that are matched."""

from __future__ import annotations

from pathlib import Path

import pytest
import warehouse_sql as sql
from test_golden import write
from test_indicator import library


def test_worked_example() -> None:
    connection = sql.database(Path("/nonexistent"))
    connection.execute(
        "create table shares as select 'g' as group_id, * from (values ('a', .5), ('b', .3), ('c', .2)) t(subject_category, weight)"
    )
    alike = "('a', 'b', .4), ('a', 'c', .1), ('b', 'c', .2), ('d', 'e', 0)"
    connection.execute(f"create table half as select * from (values {alike}) t(l, r, s)")
    both = (
        "select l as category_left, r as category_right, s as similarity from half union all select r, l, s from half"
    )
    connection.execute(f"create table alike as {both}")
    found = connection.execute(
        "select rao_stirling, effective_categories, div, simpson, gini from library.main.diversity('shares', 'alike')"
    ).fetchall()
    assert found[0] == pytest.approx((0.456, 1.8382, 0.368, 0.62, 0.2), abs=5e-5)


def test_one_category_has_no_diversity() -> None:
    connection = sql.database(Path("/nonexistent"))
    connection.execute("create table shares as select 'g' as group_id, 'a' as subject_category, 3.0 as weight")
    connection.execute("create table alike as select 'a' as category_left, 'a' as category_right, 1.0 as similarity")
    found = connection.execute(
        "select categories_count, rao_stirling, effective_categories, div from library.main.diversity('shares', 'alike')"
    ).fetchall()
    assert found == [(1, 0, 1, 0)]


def test_similarity_is_the_cosine_of_what_categories_cite(tmp_path: Path) -> None:
    write(
        tmp_path,
        work_categories=[{"work_id": f"w{c}", "subject_category": c} for c in "ABC"],
        reference_categories=[
            {"work_id": w, "subject_category": c, "references_weight": n}
            for w, c, n in (("wA", "A", 3), ("wA", "B", 4), ("wB", "B", 2), ("wC", "C", 7), ("wC", None, 5))
        ],
    )
    connection = sql.build(tmp_path, ["indicators.category_similarity"])
    rows = connection.execute("select * from library.indicators.category_similarity order by all").fetchall()
    found = {left + right: round(value, 4) for left, right, value in rows}
    assert found == {
        "AA": 1, "AB": 0.8, "AC": 0, "BA": 0.8, "BB": 1, "BC": 0, "CA": 0, "CB": 0, "CC": 1
    }  # fmt: skip


@pytest.mark.parametrize(
    ("matched", "unmatched", "status"), [(12, 8, "ok"), (12, 9, "suppressed"), (9, 0, "suppressed"), (0, 0, "missing")]
)
def test_works_count_only_with_enough_matched_references(
    tmp_path: Path, matched: int, unmatched: int, status: str
) -> None:
    works = [{"work_id": f"w{n:02d}", "publication_year": 2024} for n in range(10)]
    told = [
        {"work_id": work["work_id"], "subject_category": category, "references_weight": count}
        for work in works
        for category, count in (("A", matched / 2), ("B", matched / 2), (None, unmatched))
        if count
    ]
    categories = [{"work_id": work["work_id"], "subject_category": "A"} for work in works]
    write(tmp_path, work_categories=categories, **({"reference_categories": told} if told else {}))
    connection = library(tmp_path, works)
    row = connection.execute(
        "select status, value from library.marts.indicator where indicator_id = 'div.rs_mean'"
        " and entity_type = 'university' and window_id = '5y'"
    ).fetchall()
    # one vector only: A and B are not known to be alike, so half of the pairs are of distance one
    assert row == [(status, 0.5 if status == "ok" else None)]
