"""What sources, tables, dictionaries and reports exist: file names only. Imports nothing heavy (DAG files use it)."""

from __future__ import annotations

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


def dictionary_files(university: str) -> dict[str, list[Path]]:
    """Dictionary name to its files: dictionaries/common/<name>.csv, then dictionaries/<university>/<name>.csv."""
    found: dict[str, list[Path]] = {}
    for folder in ("common", university):
        for path in sorted((PROJECT / "dictionaries" / folder).glob("*.csv")):
            found.setdefault(path.stem, []).append(path)
    return dict(sorted(found.items()))


def _stems(folder: Path, pattern: str) -> tuple[str, ...]:
    return tuple(sorted(p.stem for p in folder.glob(pattern)))
