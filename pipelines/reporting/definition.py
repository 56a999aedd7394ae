"""Reads reports/<name>/report.yml: parameters, datasets with their columns, notes. All that is wrong is told at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipelines.core import schema
from pipelines.core.errors import ConfigError
from pipelines.core.settings import PROJECT

REPORTS = PROJECT / "reports"
REQUIRED = ("title", "edition", "owner", "access", "schedule", "template", "file", "parameters", "targets", "datasets")
PERIOD = re.compile(r"(\d{4})-?(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Parameter:
    """One parameter of a report; `default` is SQL text that gives its value when the caller gives none."""

    name: str
    zh: str
    kind: str
    default: str


@dataclass(frozen=True)
class Dataset:
    """One query; `labels` adds to the Chinese names of schemas/fields.yml; `sheet` empty = not in the workbook."""

    name: str
    zh: str
    query: Path
    one_row: bool
    sheet: str
    labels: dict[str, str]

    def label(self, column: str) -> str:
        """Chinese name of a column. ConfigError when nobody named it."""
        known = schema.fields().get(column)
        found = self.labels.get(column) or (known.zh if known else None)
        if found is None:
            raise ConfigError(
                f"报告查询的列 {column} 没有中文名",
                where=str(self.query),
                next_step="请写入 report.yml 的 columns，或 schemas/fields.yml",
            )
        return found


@dataclass(frozen=True)
class Figure:
    """One chart: which columns of which dataset."""

    name: str
    kind: str
    dataset: str
    label: str
    value: str
    title: str


@dataclass(frozen=True)
class Definition:
    """One report.yml."""

    name: str
    folder: Path
    title: str
    edition: str
    owner: str
    personal: bool
    template: str
    file: str
    parameters: tuple[Parameter, ...]
    targets: str
    gates: str
    datasets: tuple[Dataset, ...]
    figures: tuple[Figure, ...]
    notes: dict[str, str]
    sources: tuple[str, ...]  # sources whose incomplete searches are told on the report; empty = all


def load(name: str, root: Path = REPORTS) -> Definition:
    """The definition of a report. Errors: ConfigError listing all that is missing."""
    folder = root / name
    path = folder / "report.yml"
    if not path.exists():
        known = "、".join(sorted(p.parent.name for p in root.glob("*/report.yml")))
        raise ConfigError(f"没有名为 {name} 的报告", expected=known, where=str(root))
    try:
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ConfigError("report.yml 读不出来", where=str(path), found=str(error)) from error
    wrong = _faults(folder, spec if isinstance(spec, dict) else {})
    if wrong:
        raise ConfigError(
            "report.yml 不完整", found="；".join(wrong), where=str(path), next_step="请对照 reports/README.md"
        )
    return Definition(
        name=name,
        folder=folder,
        title=spec["title"],
        edition=spec["edition"],
        owner=spec["owner"],
        personal=spec["access"] == "personal",
        template=spec["template"],
        file=spec["file"],
        parameters=tuple(
            Parameter(key, p["zh"], p["kind"], _sql(folder, p.get("default"))) for key, p in spec["parameters"].items()
        ),
        targets=_sql(folder, spec["targets"]),
        gates=_sql(folder, spec.get("gates")),
        datasets=tuple(_dataset(folder, key, d) for key, d in spec["datasets"].items()),
        figures=tuple(Figure(name=key, **f) for key, f in spec.get("figures", {}).items()),
        notes=spec.get("notes", {}),
        sources=tuple(spec.get("sources", ())),
    )


def _faults(folder: Path, spec: dict[str, Any]) -> list[str]:
    wrong = [f"缺 {key}" for key in REQUIRED if not spec.get(key)]
    if spec.get("access") not in (None, "public", "internal", "personal"):
        wrong.append("access 应为 public、internal 或 personal")
    datasets = spec.get("datasets") or {}
    files = [spec.get("targets"), spec.get("gates"), spec.get("template")]
    files += [p.get("default") for p in (spec.get("parameters") or {}).values()]
    for key, dataset in datasets.items():
        wrong += [f"数据集 {key} 缺 {k}" for k in ("zh", "query") if not dataset.get(k)]
        files.append(dataset.get("query"))
    for key, figure in (spec.get("figures") or {}).items():
        wrong += [f"图 {key} 缺 {k}" for k in ("kind", "dataset", "label", "value", "title") if not figure.get(k)]
        if figure.get("dataset") not in datasets:
            wrong.append(f"图 {key} 的数据集没有声明")
    return wrong + [f"没有文件 {f}" for f in files if f and not (folder / f).exists()]


def _dataset(folder: Path, name: str, spec: dict[str, Any]) -> Dataset:
    return Dataset(
        name=name,
        zh=spec["zh"],
        query=folder / spec["query"],
        one_row=spec.get("rows") == "one",
        sheet=spec.get("sheet", ""),
        labels=spec.get("columns", {}),
    )


def _sql(folder: Path, file: str | None) -> str:
    return (folder / file).read_text(encoding="utf-8") if file else ""


def normal(parameter: Parameter, value: str) -> str:
    """A parameter value in its one form: 202605 and 2026-05 are the period 2026-05. ConfigError when it is no period."""
    if parameter.kind != "period":
        return value
    match = PERIOD.fullmatch(value.strip())
    if match is None:
        raise ConfigError(f"{parameter.zh}写法不对", expected="例如 2026-05 或 202605", found=value)
    return f"{match[1]}-{match[2]}"
