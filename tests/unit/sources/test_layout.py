"""`schema diff`: a file's columns against the declared layout."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from pipelines import telling
from pipelines.core.errors import SourceError
from pipelines.sources import _layout

EI = ["Title", "Accession number", "Author", "Author affiliation", "Database"]
ROW = ["An invented title", "20261234567", "Lin, Hai(1)", "(1) Linghai University, China", "Compendex"]


def sheet(path: Path, labels: list[str], row: list[str] = ROW) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, labels)
        page.write_row(1, 0, row)
    return path


def states(path: Path) -> dict[str, tuple[str, str]]:
    return {row["column"]: (row["state"], row["note"]) for row in _layout.diff(path)["columns"]}


def test_present_absent_and_undeclared_columns(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", [*EI, "Corresponding authers"], [*ROW, "Lin, Hai"])
    found = states(path)
    assert found["title"][0] == found["database"][0] == "present"
    assert found["doi"][0] == "absent" and "查重" in found["doi"][1]
    assert found["Corresponding authers"] == ("undeclared", "可能是“通讯作者”（corresponding）")
    lines = list(telling.layout(_layout.diff(path)))
    assert lines[0].startswith("EI") and any(line.startswith("  未登记") for line in lines)


def test_a_table_without_a_required_header_is_compared_with_the_nearest_layout(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", ["Titel", *EI[1:], "Main Heading", "Treatment"], [*ROW, "", ""])
    told = _layout.diff(path)
    assert (told["source"], told["recognised"]) == ("ei", False)
    assert told["error"] != ""
    found = {row["column"]: row for row in told["columns"]}
    assert (found["title"]["state"], found["title"]["need"]) == ("absent", "必需")
    assert found["Titel"]["note"] == "可能是“题名”（title）"


def test_what_is_like_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("苹果,梨\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError, match="认不出"):
        _layout.diff(path)


def test_tags_of_a_text_file(tmp_path: Path) -> None:
    path = tmp_path / "savedrecs.txt"
    path.write_text("FN x\nVR 1.0\nPT J\nTI An invented title\nZX new\nUT WOS:1\nER\n\nEF\n", encoding="utf-8")
    found = states(path)
    assert (found["TI"][0], found["C1"][0], found["ZX"][0]) == ("present", "absent", "undeclared")
