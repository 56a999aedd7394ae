"""A people.duckdb that holds the mart of deep indexing alone. Every person and title is invented."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.core.schema import POLARS_TYPES
from pipelines.core.store import Store
from pipelines.exporting import changes, declared

ROW: dict[str, Any] = {
    "work_id": "w1", "author_position": 1, "unit_order": 1, "unit_id": "U01", "unit_name_zh": "化工学院", "unit_basis": "byline",
    "title": "Invented dunes", "document_type": "article", "document_type_zh": "论文", "publication_year": 2025, "credited_year": 2025,
    "volume": "3", "person_id": "100001", "person_name_zh": "白一", "name_byline": "Bai, Yi", "decision": "match",
    "is_first": True, "is_corresponding": "yes_weak", "share": 0.5,
}  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Store:
    return Store(tmp_path / "data").prepare()


@pytest.fixture
def people(tmp_path: Path) -> Callable[..., Path]:
    """Write people.duckdb with rows that differ from ROW as told; called again it stands for the next build."""

    def write(*rows: dict[str, Any]) -> Path:
        export = declared.load("one_table")
        shape = {c.name: POLARS_TYPES[c.type] for c in export.columns}
        shape |= {k: pl.String() for k in changes.KEY if k not in shape}
        shape |= {"unit_order": pl.Int64(), "document_type": pl.String()}
        frame = pl.DataFrame([dict.fromkeys(shape) | ROW | row for row in rows], schema=shape)
        path = tmp_path / "people.duckdb"
        path.unlink(missing_ok=True)
        with duckdb.connect(str(path)) as connection:
            connection.execute("create schema marts")
            connection.register("frame", frame.to_arrow())
            connection.execute("create table marts.deep_index as select * from frame")
        return path

    return write
