"""The round trip of address and author sheets: out, filled in, back as .xls or .xlsx, rebuilt, taken back, contradicted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import xlwt

from pipelines import runner, telling
from pipelines.core.errors import ConfigError
from pipelines.core.settings import Settings

HEAD = 2


def sheet_of(settings: Settings, kind: str) -> Any:
    return openpyxl.load_workbook(runner.review_export(settings, kind, 200)["file"])


def table(settings: Settings, name: str) -> pl.DataFrame:
    return pl.read_parquet(sorted((settings.data_dir / "current" / "tables" / name).glob("*.parquet")))


def cells(sheet: Any, row: int) -> dict[str, str]:
    heads = [cell.value for cell in sheet[HEAD]]
    return {h: str(c.value or "") for h, c in zip(heads, sheet[row], strict=True)}


def fill(sheet: Any, row: int, **values: str) -> None:
    found = {cell.value: cell.column for cell in sheet[HEAD]}
    for name, value in {"审核人": "馆员甲", "日期": "2026-11-20", **values}.items():
        sheet.cell(row, found[name]).value = value


def drop(settings: Settings, book: Any, name: str) -> Any:
    book.save(settings.data_dir / "inbox" / name)
    return runner.intake(settings)


def as_old_excel(book: Any, path: Path) -> None:
    """What WPS leaves when it saves as .xls, numbers in place of texts that look like numbers."""
    old = xlwt.Workbook()
    for sheet in book.worksheets:
        page = old.add_sheet(sheet.title)
        for r, row in enumerate(sheet.iter_rows(values_only=True)):
            for c, value in enumerate(row):
                if value is not None:
                    page.write(r, c, int(value) if str(value).isdigit() and len(str(value)) < 5 else value)
    old.save(str(path))


def test_one_text_settles_its_addresses_and_can_be_taken_back(own_line: Settings) -> None:
    book = sheet_of(own_line, "addresses")
    asked = cells(book["待核"], HEAD + 1)
    fill(book["待核"], HEAD + 1, 判定="U007 物理学院", 理由="看了主页")
    before = table(own_line, "affiliation_matches")
    as_old_excel(book, own_line.data_dir / "inbox" / "地址.xls")
    assert runner.intake(own_line).decisions == 1
    runner.build(own_line)
    found = table(own_line, "affiliation_matches").filter(pl.col("method") == "reviewer")
    assert found.height == int(asked["地址"]) and set(found["unit_id"]) == {"U007"}
    assert set(before.join(found, on="address_id", how="semi")["decision"]) >= {"review"}
    book = sheet_of(own_line, "addresses")
    assert cells(book["已判"], HEAD + 1)["文字"] == asked["文字"]
    assert asked["文字"] not in [cells(book["待核"], r)["文字"] for r in range(HEAD + 1, book["待核"].max_row + 1)]
    fill(book["已判"], HEAD + 1, 判定="撤销", 日期="2026-11-21")
    assert drop(own_line, book, "撤销.xlsx").decisions == 1
    runner.build(own_line)
    again = table(own_line, "affiliation_matches")
    assert again.sort(again.columns).equals(before.sort(before.columns))


def test_one_author_row_settles_its_works_and_contradictions_are_told(own_line: Settings) -> None:
    path = Path(runner.review_export(own_line, "people", 200)["file"])
    assert path.stat().st_mode & 0o777 == 0o600
    book = openpyxl.load_workbook(path)
    asked = cells(book["待核"], HEAD + 1)
    [choice] = [v for v in book["待核"].data_validations.dataValidation if str(v.sqref) == f"B{HEAD + 1}"]
    first = choice.formula1.strip('"').split(",")[0]
    assert first.split()[0] in asked["候选1"]
    fill(book["待核"], HEAD + 1, 判定=first)
    as_old_excel(book, own_line.data_dir / "inbox" / "作者.xls")
    assert runner.intake(own_line).decisions == 1
    assert (own_line.data_dir / "landing" / "review").stat().st_mode & 0o077 == 0
    runner.build(own_line)
    found = table(own_line, "person_matches").filter(pl.col("method") == "reviewer")
    assert found.height == int(asked["作品数"]) and set(found["person_id"]) == {first.split()[0]}

    book = sheet_of(own_line, "people")
    fill(book["已判"], HEAD + 1, 判定="都不是", 审核人="馆员乙")
    assert drop(own_line, book, "另一人.xlsx").decisions == 1
    now = runner.status(own_line)
    assert len(now["review"]["people"]["conflicts"]) == 1
    assert any("互相矛盾" in line and "馆员乙" in line for line in telling.status(now))
    assert now["review"]["addresses"]["open"] and now["review"]["people"]["works_held_up"]
    runner.build(own_line)
    assert table(own_line, "person_matches").filter(pl.col("method") == "reviewer").is_empty()
    book = sheet_of(own_line, "people")
    assert cells(book["冲突"], HEAD + 1)["记录号"] == asked["记录号"]


def test_wrong_choices_are_told_row_by_row_and_an_old_sheet_loses_nothing(own_line: Settings) -> None:
    book = sheet_of(own_line, "addresses")
    fill(book["待核"], HEAD + 1, 判定="U404 没有的学院")
    fill(book["待核"], HEAD + 2, 判定="U001；U002")
    gone = {"文字": "Sch Nowhere At All", "层次": "单位"}
    fill(book["补充"], HEAD + 1, 判定="U001", **gone)
    report = drop(own_line, book, "地址.xlsx")
    assert report.decisions == 1 and "2 行没有采用" in report.words()
    told = next((own_line.data_dir / "quarantine" / "review").glob("*/说明.txt")).read_text(encoding="utf-8")
    assert "U404" in told and "库中没有这一条" in told
    people = sheet_of(own_line, "people")
    fill(people["待核"], HEAD + 1, 判定="都不是；不确定")
    assert "1 行没有采用" in drop(own_line, people, "作者.xlsx").words()


def test_a_sheet_of_people_is_for_those_who_may_read_people(
    own_line: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.review.exporting.os.access", lambda path, mode: False)
    with pytest.raises(ConfigError, match="含个人信息"):
        runner.review_export(own_line, "people", 10)
    with pytest.raises(ConfigError, match="没有名为"):
        runner.review_export(own_line, "nobody", 10)
