"""What sources, tables, dictionaries and reports exist: file names only. Imports nothing heavy (DAG files use it)."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def source_names() -> tuple[str, ...]:
    """Names of schemas/sources/*.yml, sorted."""
    return _stems(PROJECT / "schemas" / "sources", "*.yml")


def table_names() -> tuple[str, ...]:
    """Names of schemas/tables/*.yml, sorted."""
    return _stems(PROJECT / "schemas" / "tables", "*.yml")


def report_names() -> tuple[str, ...]:
    """Names of reports/*/report.yml, sorted."""
    return tuple(sorted(p.parent.name for p in (PROJECT / "reports").glob("*/report.yml")))


def source_titles() -> dict[str, str]:
    """Source name to its Chinese name: the line `zh:` of schemas/sources/<source>.yml."""
    return {s: _line(PROJECT / "schemas" / "sources" / f"{s}.yml", "zh") or s for s in source_names()}


def report_titles() -> dict[str, str]:
    """Report name to its Chinese title: the line `title:` of reports/<name>/report.yml."""
    return {r: _line(PROJECT / "reports" / r / "report.yml", "title") or r for r in report_names()}


def report_schedule(name: str) -> str:
    """The event that a report waits for: the line `schedule:` of its report.yml; empty when it is made by hand only."""
    return _line(PROJECT / "reports" / name / "report.yml", "schedule")


def dictionary_files(university: str) -> dict[str, list[Path]]:
    """Dictionary name to its files: dictionaries/common/<name>.csv, then dictionaries/<university>/<name>.csv."""
    found: dict[str, list[Path]] = {}
    for folder in ("common", university):
        for path in sorted((PROJECT / "dictionaries" / folder).glob("*.csv")):
            found.setdefault(path.stem, []).append(path)
    return dict(sorted(found.items()))


def _stems(folder: Path, pattern: str) -> tuple[str, ...]:
    return tuple(sorted(p.stem for p in folder.glob(pattern)))


def _line(path: Path, key: str) -> str:
    """Value of one top-level key that stands on one line; YAML's own reader would be heavy for DAG files."""
    found = re.search(rf"^{key}:[ \t]*(.*?)[ \t]*(?: #.*)?$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1].strip("\"'") if found else ""
