"""Xueheng: one report of the newest period for one college, from the published build."""

from __future__ import annotations

from clock import measured

from pipelines import runner
from pipelines.core.settings import PROJECT, Settings

NAME = "esi_push"
SETTINGS = Settings()


def one_report() -> int:
    """PDF, web page, sheet and JSON of one college."""
    query = (PROJECT / "reports" / NAME / "queries" / "default_period.sql").read_text(encoding="utf-8")
    _, rows = runner.sql(SETTINGS, query)
    period = str(rows[0][0])
    unit = runner.report_targets(SETTINGS, NAME, {"period": period})[0]["unit_id"]
    runner.report(SETTINGS, NAME, {"period": period, "unit_id": unit})
    return 1


measured(one_report)
