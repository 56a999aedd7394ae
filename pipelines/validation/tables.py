"""Rules of schemas/tables/*.yml on a finished table: cheap Polars checks; `fail` stops the build, `warn` is told."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines.core.errors import DataCheckFailed
from pipelines.core.schema import TableSchema


def check_table(table: pl.LazyFrame, declared: TableSchema) -> list[str]:
    """Warnings in words; DataCheckFailed, with the first bad rows, for a rule of severity `fail`."""
    warnings: list[str] = []
    for rule in declared.rules:
        bad = _offenders(table, rule).select(declared.key).head(3).collect()
        if bad.is_empty():
            continue
        count = _offenders(table, rule).select(pl.len()).collect().item()
        words = f"{declared.zh}（{declared.name}）：{count} 行不符合规则 {_words(rule)}"
        if rule["severity"] == "fail":
            raise DataCheckFailed(
                words,
                found="；".join(str(row) for row in bad.to_dicts()),
                safe="已发布的数据保持不变",
                next_step="请把本条信息交给维护人员；原始文件都在 landing/ 中",
            )
        warnings.append(words)
    return warnings


def _offenders(table: pl.LazyFrame, rule: dict[str, Any]) -> pl.LazyFrame:
    check = rule["check"]
    if check == "not_null":
        return table.filter(pl.col(rule["column"]).is_null())
    if check == "unique":
        return table.filter(pl.struct(rule["columns"]).is_duplicated())
    if check == "in_set":
        return table.filter(~pl.col(rule["column"]).is_in(rule["values"]))
    if check == "between":
        return table.filter(~pl.col(rule["column"]).is_between(rule["min"], rule["max"]))
    raise ValueError(f"unknown check {check}")


def _words(rule: dict[str, Any]) -> str:
    columns = rule.get("column") or "+".join(rule.get("columns", ()))
    name = {"not_null": "不能为空", "unique": "不能重复", "in_set": "取值范围", "between": "数值范围"}[rule["check"]]
    detail = rule.get("values") or [rule[k] for k in ("min", "max") if k in rule]
    return f"{columns} {name}{' ' + str(detail) if detail else ''}"
