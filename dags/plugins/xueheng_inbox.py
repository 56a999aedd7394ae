"""Watches the inbox: fires when the files lying in it have stopped changing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from stat import S_ISREG
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

PATIENCE = 60.0  # seconds after which settled files no longer wait for a neighbour that is still being copied
AGAIN = 60.0  # seconds after which files that still lie there are told of again; doubles each time, up to a day
Marks = dict[str, tuple[int, int]]  # path -> size, time of last change


class InboxTrigger(BaseEventTrigger):
    """Fires once for every new set of settled files. The event carries their number, never their names.

    Folder and settle time default to the platform's settings, read where the trigger runs.
    """

    def __init__(self, folder: str | None = None, settle: float | None = None, poll: float = 1.0) -> None:
        super().__init__()
        self.folder, self.settle, self.poll = folder, settle, poll

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Importable by the triggerer, since Airflow puts the plugins folder on the path."""
        return "xueheng_inbox.InboxTrigger", {"folder": self.folder, "settle": self.settle, "poll": self.poll}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look every `poll` seconds; never ends, so one watcher serves every delivery."""
        folder, settle = await asyncio.to_thread(self._place)
        clock = asyncio.get_running_loop().time
        since: dict[str, tuple[tuple[int, int], float]] = {}  # path -> mark, when this mark was first seen
        told: Marks = {}
        told_at, again = 0.0, AGAIN
        while True:
            marks = await asyncio.to_thread(look, folder)
            now = clock()
            since = {p: since[p] if p in since and since[p][0] == m else (m, now) for p, m in marks.items()}
            settled = {p: m for p, (m, seen) in since.items() if now - seen > settle}
            told = {p: m for p, m in told.items() if marks.get(p) == m}
            fresh = settled.keys() - told.keys()
            waited = max((now - since[p][1] for p in fresh), default=0.0)
            if fresh and (len(settled) == len(marks) or waited > settle + PATIENCE):
                again = AGAIN
            elif told and now - told_at > again:  # an intake that failed, or could not take them yet
                again = min(2 * again, 86400.0)
            else:
                await asyncio.sleep(self.poll)
                continue
            told, told_at = settled, now
            yield TriggerEvent({"files": len(settled)})

    def _place(self) -> tuple[Path, float]:
        from pipelines.core.settings import Settings

        settings = Settings()
        settle = settings.settle_seconds if self.settle is None else self.settle
        return Path(self.folder or settings.data_dir / "inbox"), settle


def look(folder: Path) -> Marks:
    """Size and time of last change of every file below the inbox; hidden files are a copying program's own."""
    found: Marks = {}
    for path in folder.rglob("*"):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        try:
            stat = path.stat()
        except FileNotFoundError:  # moved away while we looked
            continue
        if S_ISREG(stat.st_mode):
            found[str(path)] = (stat.st_size, stat.st_mtime_ns)
    return found
