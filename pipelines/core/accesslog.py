"""Who read personal data, what of it, when and what for: appended to the ledger, never its content."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from pipelines.core import ledger
from pipelines.core.store import Store


def log_access(
    place: Store, what: str, scope: str, rows: int, purpose: str, path: Path | None = None, build_id: str | None = None
) -> None:
    """One line: what was taken (in words), its scope (a year, a unit, a pseudonym; never a name), how many rows, what for."""
    line = {
        "who": getpass.getuser(), "what": what, "scope": scope, "rows": str(rows), "purpose": purpose or None,
        "file": path.name if path else None, "build_id": build_id, "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip
    shape = dict.fromkeys(ledger.STREAMS["access"], pl.String)
    ledger.append(place.ledger, "access", pl.DataFrame([line], schema=shape))
