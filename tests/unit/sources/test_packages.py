"""Workbooks that would end the process or take all memory are refused before they are opened."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlsxwriter
import xlwt

from pipelines.core.errors import SourceError
from pipelines.sources import _packages, _recognise, _sheets


def book(path: Path, *cells: tuple[int, int]) -> Path:
    with xlsxwriter.Workbook(str(path)) as made:
        page = made.add_worksheet()
        for row, column in cells:
            page.write(row, column, "x")
    return path


def old_book(path: Path) -> Path:
    made = xlwt.Workbook()
    made.add_sheet("savedrecs").write(0, 0, "x")
    made.save(str(path))
    return path


def test_a_good_workbook_is_opened(tmp_path: Path) -> None:
    assert _packages.fault(book(tmp_path / "a.xlsx", (0, 0), (9, 3))) == ""
    assert _packages.fault(old_book(tmp_path / "a.xls")) == ""


def test_a_stray_value_in_the_last_cell_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", (0, 0), (1_048_575, 16_383))
    with pytest.raises(SourceError, match="打不开") as told:
        _sheets.grid(path)
    assert "17,179,869,184 个单元格" in str(told.value)


def test_a_million_rows_in_one_column_are_read(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", (0, 0), (1_048_575, 0))
    assert _sheets.grid(path).height == 1_048_576


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", (0, 0))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package, package.open("xl/bomb.xml", "w") as part:
        for _ in range(1100):
            part.write(b" " * (1 << 20))
    with pytest.raises(SourceError, match="打不开") as told:
        _sheets.heads(path)
    assert "解压后超过" in str(told.value)


def test_a_cell_beyond_the_last_column_of_an_old_sheet_is_refused(tmp_path: Path) -> None:
    path = old_book(tmp_path / "a.xls")
    data = path.read_bytes()
    at = data.index(b"\xfd\x00\x0a\x00\x00\x00\x00\x00")  # a text in row 0, column 0
    path.write_bytes(data[: at + 6] + b"\x11\x26" + data[at + 8 :])
    assert "超出工作表" in _packages.fault(path)


@pytest.mark.parametrize("cut", [600, 2000, 4000])
def test_a_cut_xls_is_refused_in_words(tmp_path: Path, cut: int) -> None:
    path = old_book(tmp_path / "a.xls")
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(SourceError) as told:
        _recognise.recognise(path)
    assert told.value.parts["下一步"]


def test_sectors_that_run_in_circles_are_refused(tmp_path: Path) -> None:
    """The first entry of the allocation table points at itself: the parser of workbooks would follow it for ever."""
    path = old_book(tmp_path / "a.xls")
    data = bytearray(path.read_bytes())
    table = 512 * (1 + int.from_bytes(data[76:80], "little"))
    first = int.from_bytes(data[48:52], "little")  # first sector of the directory
    data[table + 4 * first : table + 4 * first + 4] = first.to_bytes(4, "little")
    path.write_bytes(bytes(data))
    with pytest.raises(SourceError):
        _sheets.heads(path)


def test_a_part_that_holds_something_else_than_it_says(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", (0, 0))
    data = path.read_bytes()
    at = data.index(b"xl/worksheets/sheet1.xml") + 24
    path.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
    with pytest.raises(SourceError):
        _sheets.grid(path)
