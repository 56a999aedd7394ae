"""Stopped between any two steps: nothing is lost, and the next run completes it. The stop acts as SIGKILL: nothing runs after it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import polars as pl
import pytest

from pipelines.core import ledger
from pipelines.intake import intake, landing

STEPS = [
    (Path, "rename"), (Path, "replace"), (Path, "unlink"), (Path, "chmod"), (Path, "rmdir"), (Path, "mkdir"), (Path, "write_text"),
    (os, "replace"), (os, "fsync"), (shutil, "rmtree"), (shutil, "copyfile"),
]  # fmt: skip


class Killed(BaseException):
    """Not an Exception: no handler of ours may catch it."""


class Fuse:
    """Lets so many writing steps pass, then lets none pass any more."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, passes: int) -> None:
        self.left = passes
        self.blown = False
        for owner, name in STEPS:
            monkeypatch.setattr(owner, name, self._guarded(getattr(owner, name)))

    def _guarded(self, step):
        def run(*args, **kwargs):
            if self.left == 0:
                self.blown = True
                raise Killed
            self.left -= 1
            return step(*args, **kwargs)

        return run


def sums(*folders: Path) -> set[str]:
    found = [p for f in folders for p in f.rglob("*") if p.is_file() and not p.is_symlink()]
    return {hashlib.sha256(p.read_bytes()).hexdigest() for p in found}


EVERY = [pytest.param(disk, 1, marks=pytest.mark.slow) for disk in (False, True)]


@pytest.mark.parametrize(("other_disk", "stride"), [(False, 3), (True, 7), *EVERY])
def test_a_stop_between_any_two_steps_loses_nothing(tmp_path, wos, monkeypatch, other_disk, stride):
    from pipelines.core.settings import Settings

    monkeypatch.setattr(os, "fsync", lambda handle: None)  # still counted as a step; the disk need not wait
    stops = 0
    for passes in range(0, 400, stride):
        root = tmp_path / f"{passes}"
        settings = Settings(data_dir=root, settle_seconds=0)
        delivered = {
            "wos/五月/a.txt": wos(1),
            "wos/五月/b.txt": wos(2),
            "wos/五月/b copy.txt": wos(2),
            "wos/五月/bad.txt": "not an export",
            "loose.txt": wos(3),
        }
        for name, text in delivered.items():
            (root / "inbox" / name).parent.mkdir(parents=True, exist_ok=True)
            (root / "inbox" / name).write_text(text)
        (root / "inbox/wos/五月/batch.yml").write_text("hits: 2\n")
        originals = {hashlib.sha256(t.encode()).hexdigest() for t in delivered.values()}
        with monkeypatch.context() as patch:
            if other_disk:
                patch.setattr(landing, "_rename", lambda source, target: False)
            fuse = Fuse(patch, passes)
            try:
                intake(settings)
            except Killed:
                stops += 1
        assert originals <= sums(root / "inbox", root / "landing", root / "quarantine"), f"lost after {passes} steps"
        intake(settings)
        intake(settings)
        _all_is_well(root, originals)
        shutil.rmtree(root)
        if not fuse.blown:
            break
    assert 30 < stops * stride < 399


def _all_is_well(root: Path, originals: set[str]) -> None:
    assert [p for p in (root / "inbox").rglob("*") if p.is_file()] == []
    assert not list(root.glob("*/.coming-*"))
    assert not [*root.glob("landing/**/.*"), *root.glob("quarantine/**/.*")]
    lines = ledger.read(root / "ledger", "files")
    accepted = lines.filter(pl.col("fate") == "accepted")
    assert accepted.height == 3 and accepted["sha256"].n_unique() == 3
    assert lines.filter(pl.col("fate") == "refused").height == 1
    assert set(lines["fate"]) <= {"accepted", "refused", "duplicate"}
    assert set(lines["sha256"]) == originals
    for folder in root.glob("landing/*/*"):
        subprocess.run(["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"], cwd=folder, check=True)
        account = landing.read_account(folder)
        if account.inbox_folder != ".":
            assert account.hints == {"hits": 2}
