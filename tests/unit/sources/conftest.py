"""Helpers of the source tests: a file from text or rows, its raw rows as the ingest hands them to the table functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from pipelines.core import dictionaries
from pipelines.sources import _recognise, modules, record_ids


class Delivered:
    """One file, read: its module, raw rows with the columns that ingest adds, and the rows set aside."""

    def __init__(self, path: Path, hints: Mapping[str, Any]) -> None:
        self.found = _recognise.recognise(path)
        self.module: ModuleType = modules()[self.found.source]
        chunks = list(self.module.read(path, self.found, {"path_text": str(path), **hints}))
        rows = pl.concat([c.rows for c in chunks], how="diagonal_relaxed")
        self.rejected = pl.concat([c.rejected for c in chunks])
        added = [
            pl.format("b/1:{}", "source_row").alias("raw_id"),
            pl.lit("b").alias("batch_id"),
            pl.lit(path.name).alias("source_file"),
            pl.lit("h").alias("record_hash"),
            pl.lit("2026-11-22T08:00:00").alias("delivered_at"),
        ]
        added += [pl.lit(str(value)).alias(f"hint_{key}") for key, value in hints.items()]
        rows = rows.with_columns(added)
        self.raw = rows.with_columns(record_ids(self.module, rows))

    def table(self, name: str) -> pl.DataFrame:
        """A table of this source; the source row is kept as `row`."""
        function = getattr(self.module, name)
        needs = function.__kwdefaults__ or {n: dictionaries.load(n, "linghai") for n in _keywords(function)}
        made: pl.DataFrame = function(self.raw.lazy(), **needs)
        return made.with_columns(row=pl.col("raw_id").str.extract(r":(\d+)$", 1).cast(pl.Int64))


def _keywords(function: Any) -> list[str]:
    code = function.__code__
    return list(code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount])


Deliver = Callable[..., Delivered]


@pytest.fixture
def deliver(tmp_path: Path) -> Deliver:
    """deliver(content, name=..., **hints): content is text, bytes, or {sheet: rows} for .xlsx."""

    def make(content: str | bytes | dict[str, list[list[Any]]], name: str = "file.txt", **hints: Any) -> Delivered:
        return Delivered(write(tmp_path / name, content), hints)

    return make


def write(path: Path, content: str | bytes | dict[str, list[list[Any]]]) -> Path:
    """A file with this content."""
    if isinstance(content, dict):
        book = xlsxwriter.Workbook(str(path))
        for sheet, rows in content.items():
            page = book.add_worksheet(sheet)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    page.write(r, c, cell)
        book.close()
    else:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def wos(*records: str, head: str = "FN Clarivate Analytics Web of Science\nVR 1.0\n", end: str = "EF") -> str:
    """Tagged text from record bodies without PT and ER; a record without UT gets one."""
    bodies = []
    for number, body in enumerate(records, 1):
        ut = "" if "\nUT " in f"\n{body}" else f"UT WOS:{number:015d}\n"
        bodies.append(f"PT J\n{body.strip(chr(10))}\n{ut}ER\n\n")
    return head + "".join(bodies) + end
