"""Clears what a taken batch leaves in the inbox: its batch.yml, folders that became empty."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from pipelines.core import catalog
from pipelines.intake import hints
from pipelines.intake.inbox import ignored


def clear(inbox: Path, folder: str, hints_file: str) -> None:
    """Remove the batch.yml (the batch keeps its text) when no file is left under it, then empty folders upwards."""
    if hints_file:
        path = inbox / hints_file
        if path.is_file() and not _waiting(path.parent, direct=path.parent == inbox):
            path.unlink()
    current = inbox / folder
    while current != inbox and inbox in current.parents and not _standing(inbox, current):
        try:
            current.rmdir()
        except FileNotFoundError:
            pass
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            return
        current = current.parent


def _standing(inbox: Path, folder: Path) -> bool:
    """inbox/<source> stays: people keep it as a place to drop files."""
    return folder.parent == inbox and folder.name in catalog.source_names()


def _waiting(folder: Path, direct: bool) -> bool:
    """Whether files are left that this batch.yml speaks for: at the top of the inbox, only those beside it."""
    for _, below, files in os.walk(folder):
        if any(not ignored(name) and name.lower() not in hints.NAMES for name in files):
            return True
        below[:] = [] if direct else [name for name in below if not ignored(name)]
    return False
