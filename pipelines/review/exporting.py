"""A review workbook written to disk; one that names people is for the owner of the personal database alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.builds import Build
from pipelines.core import objections, store
from pipelines.core.accesslog import log_access
from pipelines.core.errors import ConfigError
from pipelines.review.kinds import Kind
from pipelines.review.workbook import workbook

PURPOSE = "人工核对作者归属"


def export(build: Build, kinds: Mapping[str, Kind], name: str, limit: int, out: Path | None = None) -> dict[str, Any]:
    """Questions of one kind as a workbook; where it was written, how many are listed and how many are left.

    Errors: ConfigError for an unknown kind, or one that names people where people.duckdb may not be read.
    """
    if name not in kinds:
        raise ConfigError(f"没有名为 {name} 的核对", expected="、".join(kinds))
    kind, people = kinds[name], build.home.build(build.build_id) / "people.duckdb"
    if kind.personal and not os.access(people, os.R_OK):
        raise ConfigError(
            f"{kind.layout.zh}的核对表含个人信息，只有能读取人员库的人可以导出",
            where=str(people),
            next_step="请让管理人员库的同事导出",
        )
    if kind.personal:
        objections.ensure_respected(build.home, build.build_id)
    groups = kind.groups(build, limit)
    made_at = datetime.strptime(build.build_id[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    listed = tuple(f"{one} {title}" for one, title in kind.choices(build).items()) if kind.listed else ()
    path = out or build.home.root / "review" / f"{name}-{build.build_id}.xlsx"
    with store.atomic_path(path) as temporary:
        temporary.touch(0o600 if kind.personal else 0o666)
        temporary.write_bytes(workbook(kind, groups, build.build_id, made_at, listed))
    if kind.personal:
        cases = sum(len(g.cases) for g in groups)
        log_access(build.home, f"{kind.layout.zh}核对表", name, cases, PURPOSE, path, build.build_id)
    return {
        "file": str(path),
        "build_id": build.build_id,
        "sheets": {g.sheet: {"listed": len(g.cases), "found": g.found, "left": g.left} for g in groups},
    }
