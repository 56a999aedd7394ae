"""一张表 and the reconciliation of claims on the published sample, by the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines import runner
from pipelines.cli import app
from pipelines.core.settings import Settings
from tests.conftest import Line


@pytest.fixture
def call(own_line: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("XUEHENG_DATA_DIR", str(own_line.data_dir))
    monkeypatch.setenv("XUEHENG_UNIVERSITY", "linghai")
    return lambda *arguments: CliRunner().invoke(app, [*arguments, "--json"])


def test_every_work_of_ours_stands_in_the_table(call: Any, own_line: Settings) -> None:
    told = json.loads(call("export", "one-table", "--format", "parquet").stdout)
    works = runner.sql(
        own_line, "select count(distinct work_id) from indicators.work_college join lake.works using (work_id) "
        "where document_type is distinct from 'thesis'"
    )[1][0][0]  # fmt: skip
    assert told["works"] == works > 300
    table = pl.read_parquet(told["files"][0])
    assert table["作品号"].n_unique() == works
    whole = (
        table.drop_nulls("本行份额")
        .group_by("作品号")
        .agg(pl.col("本行份额").sum(), pl.col("本校份额（按作者）").first())
    )
    assert whole.filter((pl.col("本行份额") - pl.col("本校份额（按作者）")).abs() > 1e-4).is_empty()


def test_claims_agree_with_the_truth(call: Any, line: Line) -> None:
    told = json.loads(call("reconcile", "claims").stdout)
    truth = pl.read_parquet(line.sample / "truth" / "claims.parquet")
    given = truth.drop_nulls("claim_id")
    assert told["claims"]["合计"] == given.height
    book = openpyxl.load_workbook(told["files"][0], read_only=True)
    assert book.sheetnames == ["汇总", "一致", "角色不一致", "待核", "已报未收", "库有未报", "说明"]
    outcome = {
        row[1]: name for name in book.sheetnames[1:5] for row in book[name].iter_rows(min_row=2, values_only=True)
    }
    kinds = given.with_columns(outcome=pl.col("claim_id").replace_strict(outcome))
    assert set(kinds.filter(pl.col("kind") == "not_delivered")["outcome"]) == {"已报未收"}
    assert "一致" not in set(kinds.filter(pl.col("kind").is_in(["position", "colleague", "co_first"]))["outcome"])
    right = kinds.filter(pl.col("kind") == "right")["outcome"]
    assert (right == "一致").mean() > 0.8 and (right == "角色不一致").mean() < 0.02
    unclaimed = {(r[2], r[14]) for r in book["库有未报"].iter_rows(min_row=2, values_only=True)}
    assert len(unclaimed) == told["library"]["库有未报"] > 0


def test_a_unit_and_a_year_narrow_the_table(call: Any) -> None:
    told = json.loads(call("export", "one-table", "--year", "2025", "--unit", "U001", "--format", "csv").stdout)
    table = pl.read_csv(told["files"][0], infer_schema_length=0)
    assert set(table["计入年份"]) <= {"2025"} and set(table["单位代码"]) <= {"U001"}
    assert Path(told["files"][0]).stat().st_mode & 0o077 == 0
    assert call("export", "one-table", "--unit", "nothing").exit_code == 2
