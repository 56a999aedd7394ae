"""In front of every report that names persons."""

from __future__ import annotations

from pathlib import Path

from pipelines.core import objections
from pipelines.core.accesslog import log_access
from pipelines.core.store import Store
from pipelines.reporting import definition


def respected(place: Store, build_id: str, name: str, params: dict[str, str]) -> None:
    """Errors: DataCheckFailed when a report names persons and the build still has somebody who objected since."""
    if definition.load(name).personal:
        objections.ensure_respected(place, build_id, params.get("person_id"))


def reported(place: Store, build_id: str, name: str, params: dict[str, str], made: Path) -> None:
    """A report that names persons is an access to personal data."""
    if definition.load(name).personal:
        scope = "|".join(params.get(key, "*") for key in ("period", "unit_id"))
        log_access(place, f"报告 {name}", scope, 1, "学科服务报告", made, build_id)
