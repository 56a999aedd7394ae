"""The data dictionary of a build: what stands in its databases, as one Chinese page with a search field, and how large it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.catalogue import facts, page
from pipelines.catalogue.sizes import sizes

__all__ = ["PAGE", "sizes", "write"]

PAGE = "dictionary.html"


def write(folder: Path, told: dict[str, Any]) -> Path:
    """Write dictionary.html beside the databases of a build; `told` gives build_id and sizes. Returns the file."""
    target = folder / PAGE
    page.write(target, facts.tables(folder), told)
    return target
