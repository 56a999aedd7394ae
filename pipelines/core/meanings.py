"""What the tables and columns of both databases mean: schemas/fields.yml by name, and schemas/warehouse/ for what SQL makes itself.

A relation is named by its folder of warehouse/ (marts.work, marts_personal.work_author); a table of lake or a dictionary by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pipelines.core import schema
from pipelines.core.schema import Field

GRAIN = re.compile(r"^-- grain: one row per (.*)$", re.MULTILINE)
NAME_ENDS = re.compile(r"[：，；。（]")


@cache
def _declared(name: str) -> dict[str, Any]:
    return schema.load(schema.SCHEMAS / "warehouse" / f"{name}.yml")


def _field(name: str, spec: Mapping[str, Any], kind: str = "") -> Field:
    return Field(name=name, type=kind, **spec)


def column(relation: str, name: str) -> Field | None:
    """Meaning of a column of a relation of warehouse/: what is said of it there, of its name, or of the field; None = nothing."""
    declared = _declared("columns")
    spec = declared["relations"].get(relation, {}).get(name) or declared["columns"].get(name)
    return _field(name, spec) if spec else schema.fields().get(name)


def dictionary_column(dictionary: str, name: str) -> Field | None:
    """Meaning of a column of lake.<dictionary>_dictionary."""
    declared = _declared("dictionaries")
    own = declared["dictionaries"].get(dictionary, {}).get("columns", {})
    spec = own.get(name) or declared["columns"].get(name)
    return _field(name, spec) if spec else schema.fields().get(name)


def dictionary(name: str) -> tuple[str, tuple[str, ...]]:
    """Chinese name and key of a dictionary; its own name and no key where it is not declared."""
    declared = _declared("dictionaries")["dictionaries"].get(name, {})
    return declared.get("zh", name), tuple(declared.get("key", ()))


def links() -> dict[str, str]:
    """Column name to the table.column of which it names a row."""
    found: dict[str, str] = _declared("links")["columns"]
    return found


def personal_columns() -> set[str]:
    """Columns that may never stand in library.duckdb."""
    made = {name for name, spec in _declared("columns")["columns"].items() if spec.get("personal")}
    return made | {name for name, f in schema.fields().items() if f.personal}


def relation_name(head: str) -> str:
    """Chinese name of a relation: the first line of its comment up to the first stop."""
    return NAME_ENDS.split(head.splitlines()[0], maxsplit=1)[0].strip()


def relation_key(sql: str, columns: Sequence[str]) -> tuple[str, ...]:
    """Key of a relation, from its grain line; empty where that is told in words."""
    found = GRAIN.search(sql)
    names = tuple(n.strip() for n in found[1].split(",")) if found else ()
    return names if set(names) <= set(columns) else ()


def grain(key: Sequence[str], told: Mapping[str, Field | None]) -> str:
    """What a row is, in Chinese, from the key: 一行一个：ESI期 × 学科."""
    names = [f.zh if (f := told.get(k)) else k for k in key]
    return f"一行一个：{' × '.join(names)}" if names else ""


def comment(field: Field) -> str:
    """Comment of a column: name, meaning, unit."""
    unit = f"；单位 {field.unit}" if field.unit else ""
    return f"{field.zh}。{field.meaning}{unit}"
