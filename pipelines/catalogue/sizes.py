"""How large the published databases are beside the Parquet of the same tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.core import catalog, schema

MARTS = {"library": "marts", "people": "marts_personal"}


def sizes(folder: Path) -> dict[str, Any]:
    """Bytes of each database and of the Parquet that holds the same: its tables of lake and its marts.

    Grain: one entry per database. times = database / Parquet; null without Parquet. Dictionaries and indicators stand in the database
    alone, and of tables with `in_database` the Parquet holds more: neither is taken off.
    """
    return {name: _size(folder, name) for name in MARTS if (folder / f"{name}.duckdb").exists()}


def _size(folder: Path, name: str) -> dict[str, Any]:
    tables = [t for t in catalog.table_names() if not t.startswith("source_")]
    held = [t for t in tables if (schema.table(t).access == "personal") == (name == "people")]
    files = [f for t in held for f in (folder / "tables" / t).glob("*.parquet")]
    files += (folder / MARTS[name]).glob("*.parquet")
    parquet = sum(f.stat().st_size for f in files)
    database = (folder / f"{name}.duckdb").stat().st_size
    times = round(database / parquet, 2) if parquet else None
    return {"database_bytes": database, "parquet_bytes": parquet, "times": times}
