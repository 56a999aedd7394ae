"""Every folder tests/warehouse/<relation>/<case>/: tables in (CSV), table out (expect.csv names the columns that matter)."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import warehouse_sql as sql

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("*/*/expect.csv"))
ROUNDED = 4


def printed(value: Any) -> str:
    """A value as a CSV cell: null empty, floats rounded, booleans lower case."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{round(value, ROUNDED):g}"
    if isinstance(value, date):
        return value.isoformat()[:10]
    return str(value)


@pytest.mark.parametrize("expect", CASES, ids=lambda p: f"{p.parent.parent.name}/{p.parent.name}")
def test_case(expect: Path) -> None:
    relation = expect.parent.parent.name
    with expect.open(encoding="utf-8", newline="") as handle:
        rows = [tuple(row) for row in csv.reader(handle)]
    header, wanted = rows[0], rows[1:]
    connection = sql.build(expect.parent, [relation])
    found = connection.execute(f"select {', '.join(header)} from {sql.address(relation)}").fetchall()
    assert sorted(tuple(printed(v) for v in row) for row in found) == sorted(wanted)


def test_every_relation_runs_on_an_empty_lake(tmp_path: Path) -> None:
    relations = sql.all_relations()
    connection = sql.build(tmp_path, relations)
    counts = {r: connection.execute(f"select count(*) from {sql.address(r)}").fetchall()[0][0] for r in relations}
    assert set(counts.values()) == {0}
    connection.execute("use library")
    for path in sorted((sql.WAREHOUSE / "checks").glob("*.sql")):
        assert connection.execute(path.read_text(encoding="utf-8")).fetchall() == [], path.name


FILES = [
    p for p in sorted(sql.WAREHOUSE.rglob("*.sql")) if p.parent.name != "cookbook"
]  # questions have heads of their own


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_head_of_file_says_what_and_grain(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.parent.name == "checks":
        assert re.fullmatch(r"-- severity: (fail|warn)", lines[0])
        assert re.match(r"-- .*[\u4e00-\u9fff]", lines[1])
        return
    assert re.match(r"-- .*[\u4e00-\u9fff]", lines[0])
    assert lines[1].startswith("-- grain: one row per ")


@pytest.mark.parametrize("relation", [f"{f}.{p.stem}" for f in sql.FOLDERS for p in (sql.WAREHOUSE / f).glob("*.sql")])
def test_needs_line_names_what_the_file_reads_in_its_own_folder(relation: str) -> None:
    folder = relation.split(".")[0]
    text = sql.relation_file(relation).read_text(encoding="utf-8")
    line = re.search(r"^-- needs: (.*)$", text, re.MULTILINE)
    declared = set(line.group(1).split(", ")) if line else set()
    assert declared == {n.split(".")[1] for n in sql.needed(relation) if n.split(".")[0] == folder}


def test_layers_read_only_the_layers_below() -> None:
    allowed = {"indicators": ["indicators"], "marts": ["indicators", "marts"], "views": ["marts", "views"]}
    for relation in sql.all_relations():
        folder = relation.split(".")[0]
        if folder in allowed:
            assert {n.split(".")[0] for n in sql.needed(relation)} <= set(allowed[folder]), relation
