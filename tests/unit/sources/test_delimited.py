"""CSV whose quotation marks are broken: rows are mended or set aside, and the rows behind them stay."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.core.errors import SourceError
from pipelines.sources import _delimited, _text

SPEC = {"a": {"zh": "甲", "need": "required", "headers": ["A"]}, "b": {"zh": "乙"}, "c": {"zh": "丙"}}
HEAD = '"A","B","C"'
WHOLE = '"1","2","3"'
CELLS = st.text(alphabet=st.characters(categories=("L", "N", "P", "Zs"), include_characters='",\n'), max_size=12)


def read(tmp_path: Path, content: str | bytes, size: int = 5000) -> tuple[pl.DataFrame, list[tuple[int, str]]]:
    path = tmp_path / "a.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    parts = list(_delimited.frames(path, "utf-8", SPEC, "next", size))
    rows = pl.concat([rows for rows, _ in parts])
    return rows, [(bad[0], bad[3]) for _, set_aside in parts for bad in set_aside]


def cells(rows: pl.DataFrame) -> list[tuple[str | None, ...]]:
    return rows.select("a", "b", "c").rows()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('"x ""y""","2","3"', ('x "y"', "2", "3")),
        ('"x "y", z","2","3"', ('x "y", z', "2", "3")),
        ('"x "y" z",2,3', ('x "y" z', "2", "3")),
        ('"x\ny","2","3"', ("x\ny", "2", "3")),
        ('x,y\nz,"3"', ("x", "y z", "3")),
        ('x,"2"', ("x", "2", None)),
        ('"x","2","3",""', ("x", "2", "3")),
        ('5" pipe,2,3', ('5" pipe', "2", "3")),
        ('"x","2","98.5"%,', ("x", "2", "98.5%")),
        ('"x","98.5"%,"3"', ("x", "98.5%", "3")),
    ],
    ids=[
        "escaped",
        "not escaped",
        "not escaped, bare cells",
        "line break",
        "bare break",
        "short",
        "long",
        "inch",
        "percent",
        "percent inside",
    ],
)
def test_rows_are_read_or_mended(tmp_path: Path, line: str, expected: tuple[str | None, ...]) -> None:
    rows, bad = read(tmp_path, f"{HEAD}\n{line}\n{WHOLE}\n")
    assert (cells(rows), bad) == ([expected, ("1", "2", "3")], [])
    assert rows["source_row"].to_list() == [1, 2]


@pytest.mark.parametrize(
    ("line", "why"),
    [('"x","y', "引号不成对"), ('x,y,z,w,"v"', "5 列"), ('"x","y\nz', "引号不成对")],
    ids=["open quote", "too long", "open quote over two lines"],
)
def test_a_broken_row_is_set_aside_and_the_next_ones_stay(tmp_path: Path, line: str, why: str) -> None:
    rows, bad = read(tmp_path, f"{HEAD}\n{WHOLE}\n{line}\n{WHOLE}\n{HEAD}\n\n,,\n{WHOLE}\n")
    assert rows["source_row"].to_list() == [1, 3, 4]
    assert [(row, why in found) for row, found in bad] == [(2, True)]


def test_a_file_that_ends_inside_a_row_was_cut(tmp_path: Path) -> None:
    rows, bad = read(tmp_path, f'{HEAD}\n{WHOLE}\n"1","2')
    assert (rows.height, len(bad)) == (1, 1)
    rows, bad = read(tmp_path, "A,B,C\n1,2,3\n1,2")
    assert (rows.height, bad[0][0], "中间断开" in bad[0][1]) == (1, 2, True)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    rows, bad = read(tmp_path, f"{HEAD}\n".encode() + b'"\xff","2","3"\n' + WHOLE.encode())
    assert (rows["source_row"].to_list(), bad) == ([2], [(1, "含有无法解读的字节")])


def test_other_separators_unknown_columns_and_frames_of_bounded_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_text, "BLOCK", 16)
    path = tmp_path / "a.csv"
    path.write_text("A;B;C;New;\r\n" + "1;2,5;3;new;\r\n" * 25, encoding="utf-8", newline="")
    parts = list(_delimited.frames(path, "utf-8", SPEC, "next", 10))
    assert [rows.height for rows, _ in parts] == [10, 10, 5]
    assert parts[0][0].columns == ["a", "b", "c", "New", "source_row"]
    assert parts[2][0]["source_row"].to_list() == [21, 22, 23, 24, 25]
    assert set(parts[1][0]["b"]) == {"2,5"}


def test_a_missing_required_header_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="甲"):
        read(tmp_path, "B,C\n1,2\n")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_what_csv_writes_is_read_as_it_was(tmp_path: Path, table: list[tuple[str, ...]], quoting: int) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=quoting).writerows([("A", "B", "C"), *table])  # type: ignore[arg-type]
    rows, bad = read(tmp_path, buffer.getvalue())
    expected = [tuple(c.strip() or None for c in row) for row in table if any(c.strip() for c in row)]
    assert (cells(rows), bad) == (expected, [])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.text(alphabet='ab",\n;', max_size=40))
def test_whole_rows_survive_any_row_before_them(tmp_path: Path, noise: str) -> None:
    rows, bad = read(tmp_path, f"{HEAD}\n{noise}\n{WHOLE}\n{WHOLE}\n")
    assert cells(rows)[-2:] == [("1", "2", "3")] * 2
    assert sorted([*rows["source_row"], *(row for row, _ in bad)]) == list(range(1, rows.height + len(bad) + 1))


def test_a_header_label_with_bytes_that_are_no_text(tmp_path: Path) -> None:
    rows, bad = read(tmp_path, b'"A","B\xfe","C"\n"1","2","3"\n')
    assert (rows["a"].to_list(), rows["B\ufffd"].to_list(), bad) == (["1"], ["2"], [])
