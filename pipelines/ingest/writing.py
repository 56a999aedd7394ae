"""Writes rows as they come: raw Parquet in row groups, rows set aside as Parquet and as a table that Excel opens."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.core.store import write_parquet
from pipelines.intake import names
from pipelines.sources import RECORD

ASIDE = {
    "source_file": pl.String,
    "source_row": pl.Int64,
    "problem": pl.String,
    "expected": pl.String,
    "found": pl.String,
    "next_step": pl.String,
    "text": pl.String,
}
HEADER = ("文件", "行号", "发生了什么", "应为", "实际", "影响", "下一步")
UNREAD, WITHHELD = "这一行读不出来", "这一行的人不收录"
LIVE = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")  # what begins a formula, in full width too
DICTIONARY = 24  # bytes that values have on average in columns that are written with a dictionary
SHOWN = 300  # characters of a cell in the table for people


class PartWriter:
    """One Parquet file from frames that come one after another; the file appears when the block ends well.

    A vendor column that first shows up in a later frame opens a second part; the parts are joined at the end.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._first: pl.DataFrame | None = None  # a file of one frame, as most are, is written in one go
        self._parts: list[Path] = []
        self._writer: pq.ParquetWriter | None = None
        self._columns: list[str] = []
        self._pool: ThreadPoolExecutor | None = None
        self._coming: Future[None] | None = None  # the frame being written while the next one is read

    def write(self, frame: pl.DataFrame) -> None:
        """Append rows."""
        if self._first is None and not self._parts:
            self._first = frame
            return
        if self._first is not None:
            first, self._first = self._first, None
            self._pass_on(first)
        self._pass_on(frame)

    def _pass_on(self, frame: pl.DataFrame) -> None:
        """Hand a frame to the writing thread; at most one waits."""
        self._pool = self._pool or ThreadPoolExecutor(1)
        if self._coming is not None:
            self._coming.result()
        self._coming = self._pool.submit(self._append, frame)

    def _append(self, frame: pl.DataFrame) -> None:
        table = frame.to_arrow(compat_level=pl.CompatLevel.newest())  # text as it lies in memory, without a copy
        if self._writer is None or frame.columns != self._columns:
            self._open(frame, table.schema)
        assert self._writer is not None
        self._writer.write_table(table, row_group_size=max(table.num_rows, 1))

    def _open(self, frame: pl.DataFrame, columns: pa.Schema) -> None:
        self._shut()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_name(f".{self.path.name}.{len(self._parts)}.tmp")
        self._parts.append(part)
        self._writer = pq.ParquetWriter(
            part,
            columns,
            compression="zstd",
            compression_level=1,
            write_statistics=False,  # raw files are read whole: statistics over abstracts would only cost time
            use_dictionary=_short(frame),
            store_schema=False,  # text is text, whatever it looked like in memory
        )
        self._columns = frame.columns

    def _shut(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._wait(error is None)
            self._shut()
            if error is None:
                self._finish()
        finally:
            for part in self._parts:
                part.unlink(missing_ok=True)

    def _wait(self, well: bool) -> None:
        """The writing thread ends; what went wrong in it is raised, unless something else already is."""
        if self._pool is not None:
            self._pool.shutdown()
        if self._coming is not None and well:
            self._coming.result()

    def _finish(self) -> None:
        if self._first is not None:
            write_parquet(self._first, self.path)
        elif len(self._parts) == 1:
            with self._parts[0].open("rb+") as handle:
                os.fsync(handle.fileno())
            self._parts[0].replace(self.path)
        elif self._parts:
            write_parquet(pl.concat([pl.scan_parquet(p) for p in self._parts], how="diagonal"), self.path)


def _short(frame: pl.DataFrame) -> list[str]:
    """Columns of short text, which repeats; a dictionary of abstracts would be given up after it was made."""
    lengths = frame.select(pl.col(pl.String).str.len_bytes().mean())
    return [name for name in lengths.columns if (lengths[name][0] or 0) < DICTIONARY]


class Aside:
    """Rows of one file that were not accepted: `<file>.rows.parquet` for programs, `<file>.说明.csv` for people."""

    def __init__(self, folder: Path, file: str, safe: str) -> None:
        self.file, self.safe = file, safe
        short = names.shortened(file, names.LONGEST)
        self.listing = folder / f"{short}.说明.csv"
        self.rows = 0
        self.first_rows: list[int] = []
        self.first_reason = ""
        self._writer = PartWriter(folder / f"{short}.rows.parquet")
        self._table: IO[str] | None = None

    def add_unread(self, rejected: pl.DataFrame) -> None:
        """Rows that the reader could not read: row, text, expected, found, next_step."""
        if rejected.height:
            columns = [pl.col(c).cast(pl.String) for c in ("expected", "found", "next_step", "text")]
            self._add(rejected.select(pl.col("row").alias("source_row"), pl.lit(UNREAD).alias("problem"), *columns))

    def add_withheld(self, rows: pl.DataFrame) -> None:
        """Rows about persons of whom nothing may come in: row, expected, found, next_step; their cells are not kept."""
        if rows.height:
            columns = [pl.col(c).cast(pl.String) for c in ("expected", "found", "next_step", "text")]
            self._add(rows.select(pl.col("row").alias("source_row"), pl.lit(WITHHELD).alias("problem"), *columns))

    def add_broken(self, bad: pl.DataFrame) -> None:
        """Rows that break a rule, with the reasons of checks.sort_rows; their cells are kept as JSON."""
        if bad.height:
            cells = bad.drop("source_row", "problem", "expected", "found", "next_step", RECORD, strict=False)
            text = [
                json.dumps({k: v for k, v in row.items() if v is not None}, ensure_ascii=False)
                for row in cells.to_dicts()
            ]
            reasons = bad.select("source_row", "problem", "expected", "found", "next_step")
            self._add(reasons.with_columns(pl.Series("text", text, dtype=pl.String)))

    def _add(self, rows: pl.DataFrame) -> None:
        typed = rows.with_columns(pl.lit(self.file).alias("source_file")).select(
            pl.col(name).cast(dtype) for name, dtype in ASIDE.items()
        )
        self._writer.write(typed)
        self.first_reason = self.first_reason or f"{typed['problem'][0]}（{typed['expected'][0] or ''}）"
        self.first_rows += typed["source_row"].head(5 - len(self.first_rows)).to_list()
        self.rows += typed.height
        if self._table is None:
            self.listing.parent.mkdir(parents=True, exist_ok=True)
            self._table = self.listing.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._table).writerow(HEADER)
        shown = typed.select(
            "source_file", "source_row", "problem", "expected", "found", pl.lit(self.safe), "next_step"
        )
        csv.writer(self._table).writerows(plain_cells(row) for row in shown.iter_rows())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._table is not None:
            self._table.close()
        self._writer.__exit__(kind, error, trace)
        if error is not None:
            self.listing.unlink(missing_ok=True)


def plain_cells(row: Iterable[Any]) -> list[str]:
    """Cells that a spreadsheet takes as text: a vendor's `=…` must not run as a formula on a librarian's desk."""
    texts = ["" if cell is None else str(cell)[:SHOWN] for cell in row]
    return [f"'{text}" if text.startswith(LIVE) else text for text in texts]
