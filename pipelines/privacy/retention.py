"""Values about persons outside the university whose time is over: deleted, with a tombstone, so that they do not come in again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from pipelines.core import dictionaries, schema, store, subjects
from pipelines.ingest.screening import identifiers
from pipelines.privacy import deciding, rawrows


@dataclass(frozen=True)
class Purge:
    """Rows whose time is over, by source; `done` = they are gone. Originals that held nothing else are gone with them."""

    rows: dict[str, int]
    originals: int
    done: bool


def purge(place: store.Store, university: str, today: date, dry_run: bool) -> Purge:
    """Delete rows of raw/ that are older than the months of the dictionary `retention`; a table without months is kept.

    Errors: ConfigError when the dictionary is missing.
    """
    months = {
        line["table"]: int(line["months"])
        for line in dictionaries.load("retention", university).to_dicts()
        if line["months"]
    }
    counted: dict[str, int] = {}
    originals = 0
    for source, spec in schema.privacy()["sources"].items():
        if spec.get("table") not in months:
            continue
        last = pl.Series([today]).dt.offset_by(f"-{months[spec['table']]}mo")[0].isoformat()

        def over(row: dict[str, Any], ids: list[str], last: str = last) -> bool:
            return (row["delivered_at"] or "")[:10] < last and bool(row["delivered_at"])

        for file in rawrows.files(place, source):
            gone = rawrows.named(file, over)
            if gone.is_empty():
                continue
            counted[source] = counted.get(source, 0) + gone.height
            if dry_run:
                continue
            key = subjects.secret(place)
            hashes = [
                subjects.keyed(key, *one.split(":", 1))
                for row in gone.iter_rows(named=True)
                for one in identifiers(spec, row)
                if one.startswith("row:")  # this value is over, not the person
            ]
            deciding.bury(place, hashes, deciding.RETENTION, f"保存期 {months[spec['table']]} 个月已满")
            rawrows.remove(place, file, over)
            if file.original.exists():
                file.original.unlink()
                originals += 1
    return Purge(counted, originals, not dry_run)
