"""What an export holds: schemas/exports/<name>.yml as frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import polars as pl
import yaml

from pipelines.core.errors import ConfigError
from pipelines.core.schema import POLARS_TYPES, SCHEMAS


@dataclass(frozen=True)
class Column:
    """One column: of the mart, in Chinese, what it means, how its codes are printed, whether its changes are told."""

    name: str
    zh: str
    type: str
    meaning: str
    words: dict[str, str] = field(default_factory=dict, hash=False)
    compare: bool = True


@dataclass(frozen=True)
class Export:
    """One export: title, grain in words, mart, order of rows, columns."""

    name: str
    zh: str
    grain: str
    table: str
    order: tuple[str, ...]
    exclude_document_types: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def polars(self) -> dict[str, pl.DataType]:
        """Types of the exported columns; codes that are printed in words are text."""
        return {c.name: POLARS_TYPES["text" if c.words else c.type] for c in self.columns}


@cache
def load(name: str) -> Export:
    """The declaration of an export. Errors: ConfigError when there is none."""
    path = SCHEMAS / "exports" / f"{name}.yml"
    if not path.exists():
        raise ConfigError(f"没有名为 {name} 的导出", where=str(path), next_step="请恢复该文件")
    spec = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Export(
        name,
        spec["zh"],
        spec["grain"],
        spec["table"],
        tuple(spec["order"]),
        tuple(spec.get("exclude_document_types", ())),
        tuple(_column(n, c) for n, c in spec["columns"].items()),
    )


def _column(name: str, spec: dict[str, Any]) -> Column:
    words = {str(k).lower(): str(v) for k, v in spec.get("words", {}).items()}
    return Column(name, spec["zh"], spec["type"], str(spec["meaning"]), words, spec.get("compare", True))


def in_words(rows: pl.DataFrame, export: Export) -> pl.DataFrame:
    """Rows with codes as words; a code without a word stays as it is."""
    spoken = {
        c.name: pl.col(c.name).cast(pl.String).replace(list(c.words), list(c.words.values()))
        for c in export.columns
        if c.words
    }
    return rows.with_columns(**spoken)
