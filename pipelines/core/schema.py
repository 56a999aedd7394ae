"""Reads schemas/*.yml into frozen dataclasses and Polars types. The only schema store."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from pipelines.core.errors import ConfigError
from pipelines.core.settings import PROJECT

SCHEMAS = PROJECT / "schemas"
POLARS_TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "int": pl.Int64(),
    "float": pl.Float64(),
    "bool": pl.Boolean(),
    "date": pl.Date(),
    "datetime": pl.Datetime("us"),
    "list": pl.List(pl.String()),
}


@dataclass(frozen=True)
class Field:
    """One canonical column: type, Chinese name, meaning, unit, and whether it is personal data."""

    name: str
    type: str
    zh: str
    meaning: str
    unit: str = ""
    personal: bool = False  # never in library.duckdb


@dataclass(frozen=True)
class TableSchema:
    """One table: grain, key, access class (public | internal | personal), ordered fields, rules."""

    name: str
    zh: str
    grain: str
    access: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    rules: tuple[dict[str, Any], ...] = ()
    in_database: str = ""  # SQL condition of the rows that go into the database; the others stay in Parquet alone

    @property
    def polars(self) -> dict[str, pl.DataType]:
        """Column name to Polars type, in order."""
        return {f.name: POLARS_TYPES[f.type] for f in self.fields}

    def empty(self) -> pl.DataFrame:
        """The table without rows."""
        return pl.DataFrame(schema=self.polars)

    def conform(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Frame with exactly this table's columns, in order and type; columns it lacks become null."""
        missing = [pl.lit(None, dtype=t).alias(n) for n, t in self.polars.items() if n not in frame.columns]
        return frame.with_columns(missing).select([pl.col(n).cast(t) for n, t in self.polars.items()])


@dataclass(frozen=True)
class SourceSchema:
    """What a vendor delivers: formats with their header variants, keys and rules (schemas/sources/<source>.yml)."""

    name: str
    zh: str
    delivery: str
    spec: dict[str, Any] = field(hash=False)


def load(path: Path) -> dict[str, Any]:
    """Content of one file of schemas/. ConfigError when it cannot be read or holds no mapping."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError("读不到结构定义文件", where=str(path), found=str(error), next_step="请恢复该文件") from error
    if not isinstance(content, dict):
        raise ConfigError("结构定义文件不是键值表", where=str(path), next_step="请对照同目录其他文件修改")
    return content


@cache
def fields() -> dict[str, Field]:
    """Every canonical column by name."""
    return {name: Field(name=name, **spec) for name, spec in load(SCHEMAS / "fields.yml").items()}


@cache
def table(name: str) -> TableSchema:
    """Schema of a table; ConfigError when it is not declared or names an unknown field."""
    path = SCHEMAS / "tables" / f"{name}.yml"
    spec = load(path)
    unknown = [f for f in spec["fields"] if f not in fields()]
    if unknown:
        raise ConfigError(
            "表用到未声明的字段", found=", ".join(unknown), where=str(path), next_step="请先写入 fields.yml"
        )
    return TableSchema(
        name=name,
        zh=spec["zh"],
        grain=spec["grain"],
        access=spec["access"],
        key=tuple(spec["key"]),
        fields=tuple(fields()[f] for f in spec["fields"]),
        rules=tuple(spec.get("rules", ())),
        in_database=spec.get("in_database", ""),
    )


@cache
def privacy() -> dict[str, Any]:
    """schemas/privacy.yml: forbidden columns, and by source what says who a row is about."""
    return load(SCHEMAS / "privacy.yml")


@cache
def source(name: str) -> SourceSchema:
    """Schema of a source."""
    spec = load(SCHEMAS / "sources" / f"{name}.yml")
    return SourceSchema(name=name, zh=spec["zh"], delivery=spec["delivery"], spec=spec)
