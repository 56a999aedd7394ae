"""一张表: years that stay, changes field by field, rows withdrawn, scopes, formulas, rights, the line in the ledger."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from pipelines.core import ledger
from pipelines.core.errors import ConfigError
from pipelines.core.store import Store
from pipelines.exporting import ExportReport, Request, claims, one_table

People = Callable[..., Path]


def export(place: Store, people: Path, **wanted: Any) -> ExportReport:
    return one_table(place, people, "b1", Request(**wanted))


def sheet(report: ExportReport, name: str) -> list[dict[str, Any]]:
    rows = list(openpyxl.load_workbook(report.files[0], read_only=True)[name].iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_a_first_export_says_so_and_prints_words(place: Store, people: People) -> None:
    report = export(place, people({}))
    (row,) = sheet(report, "一张表")
    assert (row["变化"], row["计入年份"], row["第一作者"], row["通讯作者"]) == ("首次导出", 2025, "是", "是（弱证据）")
    assert (row["归属依据"], row["人员类别"], row["本行份额"]) == ("署名", None, 0.5)
    assert (report.added, report.changed, report.withdrawn, report.credited) == (0, 0, 0, 1)
    told = dict(openpyxl.load_workbook(report.files[0])["说明"].iter_rows(values_only=True, max_col=2))
    assert "首次导出时定下" in told["列：计入年份"]


def test_a_later_year_or_page_is_changed_never_new(place: Store, people: People) -> None:
    export(place, people({}))
    later = people({"publication_year": 2026, "credited_year": 2026, "volume": "4", "first_page": "17"})
    report = export(place, later, year=None)
    (row,) = sheet(report, "一张表")
    assert (row["变化"], row["计入年份"], row["出版年"]) == ("变更", 2025, 2026)
    assert row["变化内容"] == "出版年：2025 → 2026；卷：3 → 4；起始页：（空） → 17"
    assert (report.added, report.changed, report.credited) == (0, 1, 0)
    assert export(place, later, year=2026).rows == 0
    assert export(place, later, year=2025).rows == 1


def test_what_was_told_is_not_told_again(place: Store, people: People) -> None:
    export(place, people({}))
    changed = people({"volume": "4"}, {"work_id": "w2"})
    second = export(place, changed)
    assert (second.added, second.changed, second.withdrawn) == (1, 1, 0)
    third = export(place, changed)
    assert (third.added, third.changed, third.withdrawn) == (0, 0, 0)
    against_first = export(place, changed, since=ledger.read(place.ledger, "one_table_exports")["export_id"][0])
    assert (against_first.added, against_first.changed) == (1, 1)


def test_rows_that_are_gone_are_withdrawn_with_the_reason(place: Store, people: People) -> None:
    export(place, people({}, {"work_id": "w2"}, {"work_id": "w3", "author_position": 2}), unit="U01")
    moved = {"unit_id": "U02", "unit_name_zh": "材料学院"}
    report = export(place, people({}, {"work_id": "w2", **moved}, {"work_id": "w3"}), unit="U01")
    gone = {row["作品号"]: row["变化内容"] for row in sheet(report, "变化") if row["变化"] == "撤下"}
    assert gone == {"w2": "这位作者现归 材料学院"}
    assert report.changed == 1  # the person of w3 stands at another place of the byline: the same row


def test_a_work_merged_away_keeps_its_year_and_row(place: Store, people: People) -> None:
    export(place, people({}))
    alias = {"old_work_id": "w1", "work_id": "w9", "cause": "merged", "build_id": "b2", "date": "2026-01-01"}
    columns = dict.fromkeys(ledger.STREAMS["work_id_aliases"], pl.String)
    ledger.append(place.ledger, "work_id_aliases", pl.DataFrame([alias], schema=columns))
    report = export(place, people({"work_id": "w9", "credited_year": 2027, "publication_year": 2027}))
    (row,) = sheet(report, "一张表")
    assert (row["变化"], row["计入年份"], row["变化内容"]) == ("变更", 2025, "出版年：2025 → 2027")
    assert report.withdrawn == 0


def test_an_author_who_is_recognised_is_a_change(place: Store, people: People) -> None:
    export(place, people({"person_id": None, "person_name_zh": None, "decision": "review"}))
    (row,) = sheet(export(place, people({})), "一张表")
    assert row["变化"] == "变更"
    assert "工号/学号：（空） → 100001" in row["变化内容"] and "作者认定：待核 → 认定" in row["变化内容"]


def test_a_narrower_scope_may_be_compared_with_a_wider_export_not_the_other_way(place: Store, people: People) -> None:
    rows = people({}, {"work_id": "w2", "unit_id": "U02"}, {"work_id": "w3", "credited_year": 2024})
    wide, narrow = export(place, rows), export(place, rows, unit="U02")
    assert export(place, rows, unit="U01", year=2025, since=wide.export_id).rows == 1
    with pytest.raises(ConfigError, match="不包含"):
        export(place, rows, since=narrow.export_id)
    with pytest.raises(ConfigError, match="没有编号为"):
        export(place, rows, since="nothing")
    with pytest.raises(ConfigError, match="没有单位"):
        export(place, rows, unit="U77")


def test_no_cell_is_a_formula_and_identifiers_are_text(place: Store, people: People, tmp_path: Path) -> None:
    rows = people({"title": '=HYPERLINK("http://x.example")', "volume": "007", "funding": "+1-2"})
    book = export(place, rows)
    cells = {c.value: c.data_type for c in openpyxl.load_workbook(book.files[0])["一张表"][2]}
    assert cells['=HYPERLINK("http://x.example")'] == "s"  # 's' text, 'f' formula
    assert cells["007"] == "s" and cells["100001"] == "s"
    plain = export(place, rows, form="csv", out=tmp_path / "t.csv")
    text = pl.read_csv(plain.files[0], infer_schema_length=0)
    assert text["题名"][0].startswith("'=HYPERLINK") and text["基金"][0] == "'+1-2" and text["卷"][0] == "007"
    assert {Path(f).name for f in plain.files} == {"t.csv", "t-变化.csv", "t-说明.csv"}


def test_files_are_the_users_alone_and_access_is_logged(place: Store, people: People) -> None:
    report = export(place, people({}), form="parquet", purpose="学院核对")
    assert {stat.S_IMODE(Path(f).stat().st_mode) for f in report.files} == {0o600}
    assert stat.S_IMODE((place.ledger / "one_table_rows").stat().st_mode) == 0o700
    (line,) = ledger.read(place.ledger, "access").to_dicts()
    assert (line["what"], line["scope"], line["rows"], line["purpose"]) == ("一张表", "*|*", "1", "学院核对")
    assert pl.read_parquet(report.files[0])["题名"].to_list() == ["Invented dunes"]


def test_an_unknown_format_and_no_claims_are_told(place: Store, people: People) -> None:
    with pytest.raises(ConfigError, match="没有 pdf 这种格式"):
        export(place, people({}), form="pdf")
    assert ledger.read(place.ledger, "one_table_exports").is_empty()
    with pytest.raises(ConfigError, match="还没有收到业绩系统"):
        claims(place, _without_claims(place), "b1")


def test_theses_are_not_in_the_table(place: Store, people: People) -> None:
    assert export(place, people({}, {"work_id": "w2", "document_type": "thesis"})).works == 1


def _without_claims(place: Store) -> Path:
    import duckdb

    path = place.root / "empty.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts; create schema lake; create table lake.claimed_works (a varchar)")
        connection.execute("create table marts.claim_reconciliation (claim_number bigint)")
    return path
