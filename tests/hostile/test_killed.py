"""A true SIGKILL in the middle of intake and of ingest: the next run completes, nothing is lost or doubled."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from pipelines.core import ledger
from pipelines.core.settings import PROJECT
from pipelines.ingest import ingest, manifests
from pipelines.intake import intake

FILES = 60
PROGRAM = """
import sys
from pathlib import Path
from pipelines.core.settings import Settings
from pipelines.ingest import ingest
from pipelines.intake import intake, landing
settings = Settings(data_dir=Path(sys.argv[1]), settle_seconds=0)
said = lambda *_: print("step", flush=True)
if sys.argv[2] == "intake":
    bring = landing._bring
    landing._bring = lambda *a: said() or bring(*a)
    intake(settings)
else:
    ingest(settings, "wos", progress=said)
"""


def killed_after(root: Path, what: str, steps: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(root), what], cwd=PROJECT, stdout=subprocess.PIPE
    ) as process:
        for _ in range(steps):
            assert process.stdout is not None and process.stdout.readline() == b"step\n"
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.slow
@pytest.mark.parametrize("steps", [1, 7, 33, FILES])
def test_killed_and_run_again(home, wos, steps):
    texts = {f"wos/{n}.txt": wos(n + 1) for n in range(FILES)}
    for name, text in texts.items():
        home.drop(name, text)
    killed_after(home.place.root, "intake", steps)
    present = {
        hashlib.sha256(p.read_bytes()).hexdigest()
        for folder in (home.place.inbox, home.place.landing)
        for p in folder.rglob("*.txt")
    }
    assert present == {hashlib.sha256(t.encode()).hexdigest() for t in texts.values()}
    intake(home.settings)
    assert ledger.read(home.place.ledger, "files")["fate"].to_list() == ["accepted"] * FILES
    killed_after(home.place.root, "ingest", min(steps, FILES - 1))
    assert manifests(home.settings) == []
    ingest(home.settings, "wos")
    [batch] = manifests(home.settings)
    rows = pl.concat([pl.read_parquet(p) for p in batch["parquet"]])
    assert sorted(rows["UT"]) == [f"WOS:{n + 1:015d}" for n in range(FILES)]
