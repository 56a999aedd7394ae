"""Quadrants: limits of each mode, ties, hollow points, points without citations, the normalised twin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import warehouse_sql as sql
from test_indicator import library


def journals(folder: Path, shapes: dict[str, tuple[int, float | None]], cnci: float | None = None) -> Any:
    """Journals with a number of papers of 2024 and a mean of citations."""
    works, metrics = [], []
    for journal, (papers, mean) in shapes.items():
        for n in range(papers):
            work = f"{journal}{n:02d}"
            works.append({"work_id": work, "publication_year": 2024, "journal_id": journal})
            for metric, value in (("citations_wos_core", mean), ("incites_cnci", cnci)):
                if value is not None:
                    told = {"record_id": f"wos:{work}", "metric": metric, "value": value, "as_of": "2026-11-01"}
                    metrics.append(told)
    library(folder, works, metrics, "indicators.year_window")
    return sql.build(folder, ["marts.quadrant", "marts.quadrant_threshold"])


def classes(connection: Any, mode: str, columns: str = "quadrant") -> dict[str, Any]:
    rows = connection.execute(
        f"select entity_id, {columns} from library.marts.quadrant"
        f" where entity_type = 'journal' and scope = 'ALL' and window_id = '5y' and mode = '{mode}'"
    ).fetchall()
    return {key: values[0] if len(values) == 1 else tuple(values) for key, *values in rows}


def test_absolute_limits_count_what_lies_on_them(tmp_path: Path) -> None:
    found = classes(journals(tmp_path, {"a": (20, 24), "b": (20, 23.99), "c": (19, 24), "d": (19, 23)}), "absolute")
    assert found == {"a": "高产高引", "b": "高产低引", "c": "低产高引", "d": "低产低引"}


def test_rank_takes_all_that_tie_at_the_limit_and_falls_back_to_the_median(tmp_path: Path) -> None:
    policy = "policy,value,meaning\nquadrant_top_output,2,\nquadrant_top_impact,2,\nquadrant_n_min,3,\n"
    policy += "quadrant_output,20,\nquadrant_impact,24,\n"
    (tmp_path / "counting_policy_dictionary.csv").write_text(policy, encoding="utf-8")
    # z is lucky with one paper: it sets no limit, and is drawn hollow
    connection = journals(tmp_path, {"a": (6, 1), "b": (5, 4), "c": (5, 9), "d": (3, 2), "z": (1, 90)})
    assert classes(connection, "rank", "quadrant, mode_used, is_hollow") == {
        "a": ("高产低引", "rank", False),
        "b": ("高产高引", "rank", False),
        "c": ("高产高引", "rank", False),
        "d": ("低产低引", "rank", False),
        "z": ("低产高引", "rank", True),
    }
    folder = tmp_path / "few"
    folder.mkdir()
    few = journals(folder, {"a": (6, 1), "b": (3, 4)})
    limits = "select mode_used, output_mark, impact_mark, entities_count from library.marts.quadrant_threshold"
    where = " where entity_type = 'journal' and scope = 'ALL' and window_id = '5y' and mode = 'rank'"
    assert few.execute(limits + where).fetchall() == [("median", 4.5, 2.5, 2)]


def test_percent_of_ten_is_the_first_of_ten(tmp_path: Path) -> None:
    connection = journals(tmp_path, {f"j{n}": (n, n) for n in range(3, 13)})
    marks = "select output_mark, impact_mark from library.marts.quadrant_threshold"
    where = " where entity_type = 'journal' and scope = 'ALL' and window_id = '5y' and mode = 'percent'"
    assert connection.execute(marks + where).fetchall() == [(12, 10)]


@pytest.mark.parametrize(("cnci", "disagrees"), [(0.4, True), (1.0, False), (None, None)])
def test_without_citations_no_class_and_the_normalised_twin_may_disagree(
    tmp_path: Path, cnci: float | None, disagrees: bool | None
) -> None:
    connection = journals(tmp_path, {"a": (20, 30), "b": (20, None)}, cnci)
    found = classes(connection, "absolute", "quadrant, is_disagreeing")
    assert found["a"] == ("高产高引", disagrees)
    assert found["b"][0] is None
