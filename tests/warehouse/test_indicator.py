"""Values of the indicator row that have a right answer by formula: intervals, h and g, growth, fractional counts."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import duckdb
import pytest
import warehouse_sql as sql
from test_golden import write

OWN = {"institution_id": "own", "name_zh": "岭海大学", "name_en": "Linghai University", "kind": "own"}
Rows = list[dict[str, Any]]


def library(
    folder: Path, works: Rows, metrics: Rows | None = None, relation: str = "marts.indicator"
) -> duckdb.DuckDBPyConnection:
    """Works of one author and one address of ours, each with a record of Web of Science; the relations up to one."""
    ids = [str(work["work_id"]) for work in works]
    write(
        folder,
        institutions_dictionary=[OWN],
        units=[{"unit_id": "U0", "name_zh": "岭海大学", "unit_kind": "university"}],
        works=[
            {"title": w, "document_type": "article", "sources": "wos"} | row for w, row in zip(ids, works, strict=True)
        ],
        work_authorships=[
            {"work_id": w, "author_position": 1, "is_first": "true", "is_corresponding": "yes", "record_id": f"wos:{w}"}
            for w in ids
        ],
        work_addresses=[
            {"work_id": w, "record_id": f"wos:{w}", "address_role": "author", "address_position": 1}
            | {"author_position": 1, "address_id": "a", "link": "stated"}
            for w in ids
        ],
        affiliation_matches=[{"address_id": "a", "match_position": 1, "institution_id": "own", "decision": "match"}],
        clusters=[{"record_id": f"wos:{w}", "work_id": w} for w in ids],
        records=[{"record_id": f"wos:{w}", "source": "wos", "exported_at": "2026-11-01"} for w in ids],
        **({"metrics": metrics} if metrics else {}),
    )
    return sql.build(folder, [relation])


def row(connection: duckdb.DuckDBPyConnection, indicator: str, columns: str, window: str = "all") -> tuple[Any, ...]:
    found = connection.execute(
        f"select {columns} from library.marts.indicator where entity_type = 'university'"
        f" and indicator_id = '{indicator}' and window_id = '{window}' and counting = 'full'"
    ).fetchall()
    assert len(found) == 1
    return found[0]


def cited(values: list[float], metric: str = "citations_wos_core") -> tuple[Rows, Rows]:
    works = [{"work_id": f"w{n:04d}", "publication_year": 2024} for n in range(len(values))]
    told = [
        {"record_id": f"wos:w{n:04d}", "metric": metric, "value": v, "as_of": "2026-11-01"}
        for n, v in enumerate(values)
    ]
    return works, told


@pytest.mark.parametrize(
    ("citations", "h", "g"),
    [
        ([50, 18, 11, 7, 6, 5, 5, 1, 0], 5, 9),
        ([0, 0, 0], 0, 0),
        ([1], 1, 1),
        ([10, 0, 0, 0], 1, 3),
        ([4, 4, 4, 4, 4], 4, 4),
        ([3, 3, 3, 1, 1, 1, 1], 3, 3),
    ],
)
def test_h_and_g(tmp_path: Path, citations: list[float], h: int, g: int) -> None:
    assert h_and_g(library(tmp_path, *cited(citations), "indicators.entity_h")) == (h, g)


def h_and_g(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    found = connection.execute(
        "select h_index, g_index from library.indicators.entity_h"
        " where entity_type = 'university' and window_id = 'all' and source_kind = 'wos'"
    ).fetchall()
    return found[0][0], found[0][1]


def test_h_and_g_by_distribution_equal_those_by_definition(tmp_path: Path) -> None:
    draw = random.Random(4)
    for n in range(2):
        values = sorted((int(draw.paretovariate(0.7)) - 1 for _ in range(60)), reverse=True)
        folder = tmp_path / str(n)
        folder.mkdir()
        connection = library(folder, *cited([float(v) for v in values]), "indicators.entity_h")
        h = max((k for k in range(1, 61) if values[k - 1] >= k), default=0)
        g = max((k for k in range(1, 61) if sum(values[:k]) >= k * k), default=0)
        assert h_and_g(connection) == (h, g)


@pytest.mark.parametrize(("k", "n", "low", "high"), [(3, 12, 0.0889, 0.5323), (30, 120, 0.1811, 0.3344)])
def test_wilson(k: int, n: int, low: float, high: float) -> None:
    connection = sql.database(Path("/nonexistent"))
    found = connection.execute("select library.main.wilson_low(?, ?), library.main.wilson_high(?, ?)", [k, n, k, n])
    assert [round(v, 4) for v in found.fetchall()[0]] == [low, high]


@pytest.mark.parametrize(("last", "previous", "expected"), [(12, 6, 0.8931), (3, 0, 2.0), (0, 3, -2.0), (1, 1, 0.0)])
def test_growth_of_three_years(tmp_path: Path, last: int, previous: int, expected: float) -> None:
    years = [2023] * last + [2021] * previous
    works = [{"work_id": f"w{n}", "publication_year": year} for n, year in enumerate(years)]
    value, last_count, previous_count = row(library(tmp_path, works), "out.growth", "value, n_num, n_den", "3y")
    assert (round(value, 4), last_count, previous_count) == (expected, last, previous)


def test_windows_hold_complete_years_only(tmp_path: Path) -> None:
    works = [{"work_id": f"w{year}", "publication_year": year} for year in range(2014, 2027)]
    connection = library(tmp_path, works)
    counts = {w: row(connection, "out.works", "value, year_from, year_to", w) for w in ("3y", "5y", "10y", "all")}
    assert counts == {
        "3y": (3, 2023, 2025),
        "5y": (5, 2021, 2025),
        "10y": (10, 2016, 2025),
        "all": (13, None, None),
    }


def test_bootstrap_is_the_same_every_time_and_covers_the_mean(tmp_path: Path) -> None:
    draw = random.Random(1)
    works, told = cited([draw.lognormvariate(0, 1) for _ in range(40)], "incites_cnci")
    first = row(library(tmp_path, works, told), "imp.cnci", "value, ci_low, ci_high, ci_basis")
    again = row(library(tmp_path, works, told), "imp.cnci", "value, ci_low, ci_high, ci_basis")
    assert first == again
    value, low, high, basis = first
    assert low < value < high and basis == "bootstrap"


def test_limit_of_the_bootstrap_agrees_with_draws(tmp_path: Path) -> None:
    draw = random.Random(2)
    values = [draw.lognormvariate(0, 1) for _ in range(150)]
    works, told = cited(values, "incites_cnci")
    policies = [{"policy": "bootstrap_max_n", "value": n, "meaning": ""} for n in (200, 100)]
    found = {}
    for policy in policies:
        folder = tmp_path / str(policy["value"])
        folder.mkdir()
        write(folder, counting_policy_dictionary=[policy])
        found[policy["value"]] = row(library(folder, works, told), "imp.cnci", "ci_low, ci_high, ci_basis")
    mean = sum(values) / len(values)
    error = math.sqrt(sum((v - mean) ** 2 for v in values)) / len(values)
    assert (found[200][2], found[100][2]) == ("bootstrap", "limit")
    # 1,000 draws know a bound to about 0.09 of the standard error
    assert all(abs(found[200][side] - found[100][side]) < 0.25 * error for side in (0, 1))


@pytest.mark.parametrize(("n", "status"), [(4, "suppressed"), (5, "low_n"), (9, "low_n"), (10, "ok")])
def test_small_numbers_are_not_shown_or_flagged(tmp_path: Path, n: int, status: str) -> None:
    found = row(library(tmp_path, *cited([2.0] * n, "incites_cnci")), "imp.cnci", "value, n_num, n_den, status")
    assert found == ((None, None, n, status) if status == "suppressed" else (2.0, 2.0 * n, n, status))


def test_old_values_are_stale_and_still_shown(tmp_path: Path) -> None:
    works, told = cited([2.0] * 10, "incites_cnci")
    for metric in told:
        metric["as_of"] = "2026-07-01"
    assert row(library(tmp_path, works, told), "imp.cnci", "value, status, as_of") == (2.0, "stale", "2026-07-01")


def test_zero_missing_and_not_applicable_are_three_things(tmp_path: Path) -> None:
    works, told = cited([0.0] * 10)
    works[0]["sources"] = "wos+scopus"
    told.append({"record_id": "wos:w0000", "metric": "citations_cnki", "value": 3, "as_of": "2026-11-01"})
    connection = library(tmp_path, works, told)
    assert row(connection, "cit.wos_total", "value, status") == (0, "ok")
    assert row(connection, "imp.cnci", "value, status, n_missing") == (None, "missing", 10)
    assert row(connection, "cit.cnki_total", "value, status") == (None, "not_applicable")


def persons(folder: Path, years: dict[str, list[int]], types: dict[str, str]) -> duckdb.DuckDBPyConnection:
    """Works of one year each by persons of the roster, every one first author and alone."""
    works = [
        {"work_id": f"{person}{n:02d}", "publication_year": year}
        for person, listed in years.items()
        for n, year in enumerate(listed)
    ]
    told = [
        {"record_id": f"wos:{w['work_id']}", "metric": "citations_wos_core", "value": 9, "as_of": "2026-11-01"}
        for w in works
    ]
    library(folder, works, told, "indicators.year_window")
    matches = [
        {"work_id": w["work_id"], "author_position": 1, "person_id": str(w["work_id"])[0], "decision": "match"}
        for w in works
    ]
    people = [{"person_id": p, "name_zh": p, "person_type": kind, "unit_id": "U0"} for p, kind in types.items()]
    write(folder, people=people, person_matches=matches)
    return sql.build(folder, ["marts_personal.person_indicator"])


def test_indicators_of_persons_are_those_of_staff_and_mind_the_academic_age(tmp_path: Path) -> None:
    years = {"a": [2015, *[2024] * 6], "b": [2023, 2024, 2025], "c": [2024]}
    connection = persons(tmp_path, years, {"a": "staff", "b": "postdoc", "c": "phd"})
    found = connection.execute(
        "select person_id, indicator_id, value, status from people.marts.person_indicator"
        " where indicator_id in ('out.growth', 'cit.wos_m') order by all"
    ).fetchall()
    assert found == [
        ("a", "cit.wos_m", pytest.approx(7 / 12), "ok"),
        ("a", "out.growth", pytest.approx(math.log2(7)), "ok"),
        ("b", "cit.wos_m", 0.75, "low_n"),
        ("b", "out.growth", None, "not_applicable"),
    ]
