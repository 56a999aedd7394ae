"""Publishes the invented university and makes the push of its colleges."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import university
import warehouse_sql

from pipelines.core.settings import PROJECT
from pipelines.reporting import report
from pipelines.reporting.report import ReportFiles

BUILD = {"build_id": "20260520T020000Z", "git": {"commit": "0123456789abcdef", "dirty": False}}
FONTS = PROJECT / ".fonts"
CONTACT = "图书馆学科服务部，ask@lib.example.edu"


@dataclass(frozen=True)
class Published:
    """Paths of the two databases."""

    library: Path
    people: Path

    def make(self, out: Path, unit_id: str = "U01", period: str = "2026-05", fonts: Path = FONTS) -> ReportFiles:
        params = {"period": period, "unit_id": unit_id}
        return report.make(self.library, self.people, "esi_push", params, out, BUILD, fonts, CONTACT)


def publish(folder: Path, **choices: object) -> Published:
    """Databases of the invented university in a folder."""
    tables = folder / "tables"
    tables.mkdir(parents=True)
    university.write(tables, **choices)  # type: ignore[arg-type]
    warehouse_sql.build(tables, warehouse_sql.all_relations(), folder).close()
    return Published(folder / "library.duckdb", folder / "people.duckdb")
