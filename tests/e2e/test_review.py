"""The round trip of a review: questions out, answers back through the inbox, rebuilt, taken back, rebuilt."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from pipelines import runner, telling
from pipelines.core.errors import ConfigError
from pipelines.core.settings import Settings
from tests.conftest import Line

HEAD = 2


def sheet_of(settings: Settings) -> tuple[Path, Any]:
    path = Path(runner.review_export(settings, "dedup", 200)["file"])
    return path, openpyxl.load_workbook(path)


def fill(sheet: Any, row: int, **cells: str) -> None:
    found = {cell.value: cell.column for cell in sheet[HEAD]}
    for name, value in cells.items():
        sheet.cell(row, found[name]).value = value


def works(settings: Settings) -> dict[str, str]:
    files = sorted((settings.data_dir / "current" / "tables" / "clusters").glob("*.parquet"))
    return dict(pl.read_parquet(files).select("record_id", "work_id").iter_rows())


def partition(of: dict[str, str]) -> set[frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for record_id, work_id in of.items():
        groups.setdefault(work_id, set()).add(record_id)
    return {frozenset(g) for g in groups.values()}


def two_articles(settings: Settings) -> tuple[str, str]:
    """Two records of one source with two DOIs, each alone in its work: no rule would ever join them."""
    _, rows = runner.sql(
        settings,
        """
        select records.record_id from lake.records as records
        inner join lake.clusters as clusters on records.record_id = clusters.record_id
        inner join lake.works as works on clusters.work_id = works.work_id
        where records.source = 'wos' and records.doi is not null and works.records_count = 1
        order by 1 limit 2
        """,
    )
    return str(rows[0][0]), str(rows[1][0])


def joined(settings: Settings) -> tuple[str, str]:
    """Two records that a rule joined, and nothing else is in their work."""
    groups = sorted(sorted(g) for g in partition(works(settings)) if len(g) == 2)
    return groups[0][0], groups[0][1]


def test_answers_join_and_part_records_and_can_be_taken_back(own_line: Settings) -> None:
    before = works(own_line)
    one, other = two_articles(own_line)
    left, right = joined(own_line)
    path, book = sheet_of(own_line)
    who = {"审核人": "馆员甲", "日期": "2026-11-20"}
    fill(book["补充"], 3, 判定="同一", 记录甲=other, 记录乙=one, 理由="同一篇的两个登记号", **who)
    fill(book["补充"], 4, 判定="不同", 记录甲=left, 记录乙=right, **who)
    fill(book["补充"], 5, 判定="同一", 记录甲="wos:WOS:0", 记录乙=one, **who)
    returned = own_line.data_dir / "inbox" / "核对表 2.xlsx"
    book.save(returned)
    shutil.copy(returned, path.with_name("kept.xlsx"))
    report = runner.intake(own_line)
    assert report.decisions == 2 and "1 行没有采用" in report.words()
    assert runner.build(own_line).build_id
    now = works(own_line)
    assert now[one] == now[other] and now[left] != now[right]
    told = list(telling.explanation(runner.explain(own_line, one)))
    assert any("馆员" in line for line in told)

    shutil.copy(path.with_name("kept.xlsx"), own_line.data_dir / "inbox" / "又一次.xlsx")
    assert runner.intake(own_line).counts == {"duplicate": 1}
    assert runner.build(own_line).build_id is None  # nothing new, nothing built

    _, book = sheet_of(own_line)
    answered = book["已判"]
    assert answered.max_row == HEAD + 2
    for row in (HEAD + 1, HEAD + 2):
        fill(answered, row, 判定="撤销", 审核人="馆员乙", 日期="2026-11-21")
    book.save(own_line.data_dir / "inbox" / "撤销.xlsx")
    assert runner.intake(own_line).decisions == 2
    runner.build(own_line)
    assert partition(works(own_line)) == partition(before)
    assert works(own_line)[one] == before[one] and works(own_line)[left] == before[left]
    _, rows = sheet_of(own_line)
    assert "已判" not in rows.sheetnames


def test_a_sheet_is_not_withdrawn_but_answered_again(line: Line) -> None:
    with pytest.raises(ConfigError, match="不能整批撤回"):
        runner.withdraw(line.settings, "review", "20261122T000000Z-00000000", "放错了")


def test_contradictions_are_told_and_stay_open(own_line: Settings) -> None:
    one, other = two_articles(own_line)
    for who, decision in (("馆员甲", "同一"), ("馆员乙", "不同")):
        _, book = sheet_of(own_line)
        fill(book["补充"], 3, 判定=decision, 审核人=who, 日期="2026-11-20", 记录甲=one, 记录乙=other)
        book.save(own_line.data_dir / "inbox" / f"{who}.xlsx")
        assert runner.intake(own_line).decisions == 1
    now = runner.status(own_line)
    [conflict] = now["review"]["dedup"]["conflicts"]
    assert {conflict["left_id"], conflict["right_id"]} == {one, other}
    assert any("互相矛盾" in line and "馆员甲" in line and "馆员乙" in line for line in telling.status(now))
    _, book = sheet_of(own_line)
    shown = [str(cell.value) for cell in book["冲突"][HEAD + 1]]
    assert one in shown and other in shown and any("请再判" in text for text in shown)
