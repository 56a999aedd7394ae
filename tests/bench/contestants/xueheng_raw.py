"""Xueheng: landing files into raw Parquet, as `xueheng ingest wos` does it.

That is more than reading: checksum and recognition of each file, the rules of schemas/sources/wos.yml, an id and a hash for
every row, the account of the batch.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from clock import listed, measured

from pipelines import runner
from pipelines.core.settings import Settings

SETTINGS = Settings(data_dir=Path(sys.argv[2]), settle_seconds=0, university="linghai")


def deliver() -> None:
    """Drop the files and let intake record them: a delivery is in landing/ before the clock starts."""
    folder = runner.home(SETTINGS).inbox / "wos"
    folder.mkdir()
    for number, path in enumerate(listed(), 1):  # files of two samples have the same names
        shutil.copyfile(path, folder / f"{number:04d} {path.name}")
    runner.intake(SETTINGS)


def ingest() -> int:
    """Rows accepted."""
    return int(sum(batch.accepted for batch in runner.ingest(SETTINGS, "wos").batches))


deliver()
measured(ingest)
