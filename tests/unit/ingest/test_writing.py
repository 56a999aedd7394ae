"""Rows set aside, for programs and for people."""

from __future__ import annotations

import csv

import polars as pl
import pytest

from pipelines.ingest.writing import Aside, PartWriter, plain_cells


def rejected(*rows):
    names = ("row", "text", "expected", "found", "next_step")
    return pl.DataFrame(rows, schema=dict(zip(names, (pl.Int64, *(pl.String,) * 4), strict=True)), orient="row")


def test_a_vendor_formula_does_not_run_in_excel():
    assert plain_cells(["=1+1", "+8", "-x", "@a", "\tx", "plain", None, 3, ""]) == [
        "'=1+1", "'+8", "'-x", "'@a", "'\tx", "plain", "", "3", "",
    ]  # fmt: skip


def test_long_names_and_commas_survive(tmp_path):
    name = "检" * 80 + ".txt"
    with Aside(tmp_path / "q", name, "其余不受影响") as aside:
        aside.add_unread(rejected((7, "a,b\nc", "应为甲", "实际\n乙", "重导")))
    [line] = csv.DictReader(aside.listing.open(encoding="utf-8-sig", newline=""))
    assert (line["行号"], line["实际"], line["下一步"]) == ("7", "实际\n乙", "重导")
    assert len(aside.listing.name.encode()) <= 255


def test_a_failure_leaves_no_half_written_file(tmp_path):
    with pytest.raises(ZeroDivisionError), PartWriter(tmp_path / "a.parquet") as writer:
        writer.write(pl.DataFrame({"a": ["1"]}))
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
