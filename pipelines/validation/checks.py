"""Rules of schemas/sources/*.yml on raw rows, in Polars: the fast gate in front of raw/.

A rule is one line of YAML: {check, column | columns, severity: fail | warn, kind?, format?, ...its own values}.
Row checks look at one row: a row that breaks a `fail` rule is set aside, a `warn` is counted. Batch checks look at figures of a
whole file or batch: `fail` refuses it, `warn` is told. A missing value breaks `not_null` only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipelines.core.errors import ConfigError
from pipelines.core.schema import SourceSchema
from pipelines.validation.verdict import FAIL, WARN, Finding

SHOWN = 120  # characters of a cell that are quoted back
FIRST = 5  # rows named in a finding


@dataclass(frozen=True)
class Rule:
    """One rule as declared. `kind` and `format` limit it to files of that kind; empty means all."""

    check: str
    severity: str
    columns: tuple[str, ...]
    values: Mapping[str, Any] = field(hash=False)
    kinds: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()

    def applies(self, kind: str, file_format: str) -> bool:
        return (not self.kinds or kind in self.kinds) and (not self.formats or file_format in self.formats)


@dataclass(frozen=True)
class RowCheck:
    """How a row breaks a rule, and what it should be, in words."""

    broken: Callable[[Rule], pl.Expr]
    expected: Callable[[Rule], str]


def _text(rule: Rule) -> pl.Expr:
    return pl.col(rule.columns[0]).cast(pl.String)


def _blank(text: pl.Expr) -> pl.Expr:
    return text.is_null() | (text.str.strip_chars() == "")


def _outside(rule: Rule) -> pl.Expr:
    number = _text(rule).str.strip_chars().str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False)
    low, high = rule.values.get("min", float("-inf")), rule.values.get("max", float("inf"))
    return _text(rule).is_not_null() & ~number.is_between(low, high).fill_null(False)


ROW_CHECKS: dict[str, RowCheck] = {
    "not_null": RowCheck(
        lambda r: pl.all_horizontal(_blank(pl.col(c).cast(pl.String)) for c in r.columns),
        lambda r: "不能为空",
    ),
    "matches": RowCheck(
        lambda r: _text(r).str.contains(f"^(?:{r.values['pattern']})$").not_().fill_null(False),
        lambda r: str(r.values.get("words") or f"符合格式 {r.values['pattern']}"),
    ),
    "in_set": RowCheck(
        lambda r: _text(r).is_in([str(v) for v in r.values["values"]]).not_().fill_null(False),
        lambda r: "只能是：" + "、".join(str(v) for v in r.values["values"]),
    ),
    "between": RowCheck(
        _outside,
        lambda r: f"数值在 {r.values.get('min', '…')} 与 {r.values.get('max', '…')} 之间",
    ),
    "max_length": RowCheck(
        lambda r: (_text(r).str.len_chars() > r.values["max"]).fill_null(False),
        lambda r: f"不超过 {r.values['max']} 个字符",
    ),
}
BATCH_CHECKS = ("unique", "row_count_drop")


def rules(source: SourceSchema) -> tuple[Rule, ...]:
    """Rules of a source. Errors: ConfigError for a check that does not exist or lacks its values."""
    return tuple(_rule(source.name, line) for line in source.spec.get("rules") or ())


def _rule(source: str, line: Mapping[str, Any]) -> Rule:
    known = (*ROW_CHECKS, *BATCH_CHECKS)
    where = f"schemas/sources/{source}.yml"
    if line.get("check") not in known or line.get("severity") not in (FAIL, WARN):
        raise ConfigError(
            "规则写错了",
            expected=f"check 为 {'、'.join(known)} 之一，severity 为 fail 或 warn",
            found=str(dict(line)),
            where=where,
        )
    columns = line.get("columns") or ([line["column"]] if "column" in line else [])
    values = {k: v for k, v in line.items() if k not in ("check", "severity", "column", "columns", "kind", "format")}
    if line["check"] in ROW_CHECKS and not columns:
        raise ConfigError("规则没有写明列", found=str(dict(line)), where=where)
    return Rule(
        line["check"], line["severity"], tuple(columns), values, _many(line.get("kind")), _many(line.get("format"))
    )


def _many(value: Any) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)


def label(source: SourceSchema, column: str) -> str:
    """A column as the librarian knows it: its first declared header, else its own name."""
    declared = (source.spec.get("columns") or {}).get(column)
    if isinstance(declared, Mapping):
        declared = declared.get("zh") or declared.get("headers")
    first = declared if isinstance(declared, str) else next(iter(declared), None) if declared else None
    return f"{first}（{column}）" if first and first != column else column


@dataclass(frozen=True)
class Sorted:
    """Rows after the row rules: good ones; bad ones, if any, with problem, expected, found, next_step; warnings per rule."""

    good: pl.DataFrame
    bad: pl.DataFrame
    warned: dict[Rule, tuple[int, tuple[int, ...]]]


def sort_rows(rows: pl.DataFrame, wanted: Iterable[Rule], source: SourceSchema) -> Sorted:
    """Put rows that break a `fail` rule aside. One look over the columns when nothing is wrong."""
    row_rules = [r for r in wanted if r.check in ROW_CHECKS]
    strangers = sorted({c for r in row_rules for c in r.columns} - set(rows.columns))
    if strangers:
        raise ConfigError("规则用到未声明的列", found="、".join(strangers), where=f"schemas/sources/{source.name}.yml")
    broken = [ROW_CHECKS[r.check].broken(r).alias(_mark(n)) for n, r in enumerate(row_rules)]
    marks = rows.select(broken)
    sums = marks.sum().row(0) if row_rules and rows.height else (0,) * len(row_rules)
    warned = {
        r: (int(total), tuple(rows["source_row"].filter(marks[_mark(n)]).head(FIRST)))
        for n, (r, total) in enumerate(zip(row_rules, sums, strict=True))
        if r.severity == WARN and total
    }
    failing = [n for n, (r, total) in enumerate(zip(row_rules, sums, strict=True)) if r.severity == FAIL and total]
    if not failing:
        return Sorted(rows, rows.clear(), warned)
    bad_mark = marks.select(pl.any_horizontal(_mark(n) for n in failing)).to_series()
    reasons = _reasons(rows, marks, [(n, row_rules[n]) for n in failing], source)
    return Sorted(rows.filter(~bad_mark), pl.concat([rows, reasons], how="horizontal").filter(bad_mark), warned)


def _mark(number: int) -> str:
    return f"__rule_{number}"


def _reasons(
    rows: pl.DataFrame, marks: pl.DataFrame, failing: list[tuple[int, Rule]], source: SourceSchema
) -> pl.DataFrame:
    """The first broken rule of each row, in words."""
    problem = expected = found = pl.lit(None, pl.String)
    for n, rule in reversed(failing):
        names = "、".join(label(source, c) for c in rule.columns)
        cell = pl.col(rule.columns[0]).cast(pl.String).fill_null("（空）").str.slice(0, SHOWN)
        hit = pl.col(_mark(n))
        problem = pl.when(hit).then(pl.lit(f"{names} 不符合规则")).otherwise(problem)
        expected = pl.when(hit).then(pl.lit(ROW_CHECKS[rule.check].expected(rule))).otherwise(expected)
        found = pl.when(hit).then(pl.when(cell == "").then(pl.lit("（空）")).otherwise(cell)).otherwise(found)
    step = pl.lit("请在来源数据库核对这一行，改正后重新导出并放入收件箱")
    both = pl.concat([rows, marks], how="horizontal")
    return both.select(
        problem.alias("problem"), expected.alias("expected"), found.alias("found"), step.alias("next_step")
    )


def warning(rule: Rule, count: int, rows: tuple[int, ...], file: str, source: SourceSchema) -> Finding:
    """A `warn` rule that rows broke. No cell is quoted: these words also go to logs and pages."""
    names = "、".join(label(source, c) for c in rule.columns)
    return Finding(
        rule.check,
        WARN,
        f"{count} 行没有{names}" if rule.check == "not_null" else f"{count} 行的{names}不合常规",
        expected="" if rule.check == "not_null" else ROW_CHECKS[rule.check].expected(rule),
        where=f"{file}，第 {'、'.join(str(r) for r in rows)} 行{' 等' if count > len(rows) else ''}",
        safe="这些行照常使用",
        count=count,
        rows=rows,
    )


def keys(rows: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Row number and a hash of the rule's columns, null when one of them is empty: what `repeated` counts."""
    whole = pl.all_horizontal(pl.col(c).is_not_null() for c in rule.columns)
    key = pl.concat_str([pl.col(c).cast(pl.String) for c in rule.columns], separator="\x1f").hash()
    return rows.select("source_row", pl.when(whole).then(key).alias("key"))


def repeated(keys: pl.DataFrame, file: str, names: str, severity: str = WARN) -> Finding | None:
    """Rows of one file that share a key. `keys` has columns source_row and key; a null key is no key."""
    twice = keys.filter(pl.col("key").is_not_null() & pl.col("key").is_duplicated()).sort("source_row")
    if twice.is_empty():
        return None
    first = tuple(twice["source_row"].head(FIRST))
    return Finding(
        "unique",
        severity,
        f"{twice['key'].n_unique()} 个{names}在同一文件中出现不止一次，共 {twice.height} 行",
        where=f"{file}，第 {'、'.join(str(r) for r in first)} 行{' 等' if twice.height > len(first) else ''}",
        safe="各行都已保留，合并记录时以最新、最完整的一行为准" if severity == WARN else "文件未被接受",
        count=twice.height,
        rows=first,
    )


def row_count_drop(rule: Rule, what: str, now: int, before: int, before_batch: str) -> Finding | None:
    """Fewer rows than the last batch by more than `max_share`."""
    share = float(rule.values.get("max_share", 0.2))
    if before == 0 or now >= before * (1 - share):
        return None
    return Finding(
        "row_count_drop",
        rule.severity,
        f"{what}的行数比上一批少了 {(before - now) / before:.0%}",
        expected=f"不少于 {before} 行的 {1 - share:.0%}（上一批 {before_batch}）",
        found=f"{now} 行",
        safe="本批照常使用" if rule.severity == WARN else "本批未被接受，继续使用上一批",
        next_step="请确认导出时没有漏选；确属正常时无需处理"
        if rule.severity == WARN
        else "请重新导出完整数据后放入收件箱",
        count=before - now,
    )
