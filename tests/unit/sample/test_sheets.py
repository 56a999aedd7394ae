"""The sample's workbooks open in other people's readers and hold what was put in."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import fastexcel
import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.sample.sheets import Sheet

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from("\n<&>\"' "), min_size=1)


def test_sheets_numbers_gaps_merges_and_properties(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.xlsx"
    with Sheet(path, "Sheet0", creator="Apache POI") as sheet:
        sheet.skip(2)
        sheet.add(["R&D", None, 0, 1.5, "", " two\nlines "])
        sheet.merge(0, 1)
        sheet.beside("Result Summary").add(["Schema: X"])
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Sheet0", "Result Summary"]
    assert [c.value for c in book["Sheet0"][3]] == ["R&D", None, 0, 1.5, None, " two\nlines "]
    assert str(next(iter(book["Sheet0"].merged_cells.ranges))) == "A3:B3"
    assert (book.properties.creator, book.properties.created.year) == ("Apache POI", 2026)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(TEXT, min_size=30, max_size=30), min_size=1, max_size=3))
def test_every_text_comes_back(rows: list[list[str]]) -> None:
    target = BytesIO()
    with Sheet(target, "x") as sheet:
        for row in rows:
            sheet.add(row)
    read = fastexcel.read_excel(target.getvalue()).load_sheet(0, header_row=None, dtypes="string").to_polars().rows()
    assert [list(r) for r in read] == rows
