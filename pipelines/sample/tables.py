"""Reads the sample's own word lists (data/) and the dictionaries of its fictional university."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipelines.core.catalog import PROJECT

UNIVERSITY = "linghai"
OWN = "linghai"
DATA = Path(__file__).parent / "data"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Lines of data/<name>.csv."""
    return _csv(DATA / f"{name}.csv")


@cache
def dictionary(name: str) -> tuple[dict[str, str], ...]:
    """Lines of dictionaries/linghai/<name>.csv: the sample prints the units, institutions and journals that librarians see."""
    return _csv(PROJECT / "dictionaries" / UNIVERSITY / f"{name}.csv")


@cache
def document(name: str) -> dict[str, Any]:
    """Content of data/<name>.yml."""
    content: dict[str, Any] = yaml.safe_load((DATA / f"{name}.yml").read_text(encoding="utf-8"))
    return content


def _csv(path: Path) -> tuple[dict[str, str], ...]:
    with path.open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


@cache
def listed(name: str) -> tuple[str, ...]:
    """One list of data/columns.yml."""
    return tuple(part.strip() for part in document("columns")[name].split(";"))
