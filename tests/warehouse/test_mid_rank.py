"""Percentile of a person in a pool: ties share the middle, small and zero-inflated pools have no score."""

from __future__ import annotations

from pathlib import Path

import pytest
import warehouse_sql as sql


def scores(values: list[float | None], columns: str) -> list[tuple[object, ...]]:
    connection = sql.database(Path("/nonexistent"))
    connection.execute("create table pool (pool_id varchar, person_id integer, value double)")
    connection.executemany("insert into pool values ('p', ?, ?)", [[n, v] for n, v in enumerate(values)])
    return connection.execute(f"select {columns} from library.main.mid_rank('pool') order by person_id").fetchall()


def test_worked_example() -> None:
    assert [row[0] for row in scores([0.2, 0.9, 0.9, 1.4, 3.0], "raw_score")] == [10, 40, 40, 70, 90]


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ([float(n) for n in range(29)], "suppressed"),
        ([float(n) for n in range(30)], "low_n"),
        ([float(n) for n in range(100)], "ok"),
        ([0.0] * 61 + [float(n) for n in range(1, 40)], "zero_inflated"),
        ([0.0] * 60 + [float(n) for n in range(1, 41)], "ok"),
    ],
)
def test_state_of_a_pool(values: list[float | None], status: str) -> None:
    rows = scores([*values, None], "status, score is null")
    assert set(rows[:-1]) == {(status, status in ("suppressed", "zero_inflated"))}
    assert rows[-1] == ("missing", True)
