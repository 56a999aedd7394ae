"""Shared by all tests: the real files' folder (may be absent) and one small sample university taken from inbox to build."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.core.settings import PROJECT, Settings
from pipelines.core.store import Store

SHARED = PROJECT.parent / "shared"


@dataclass(frozen=True)
class Line:
    """A data folder after sample -> intake -> ingest -> build, and what each step said."""

    settings: Settings
    sample: Path
    arrived: object
    ingested: dict[str, object]
    build_id: str


@pytest.fixture(scope="session")
def shared() -> Path:
    """../shared with real vendor files; the test is skipped where it is absent."""
    if not SHARED.exists():
        pytest.skip("../shared (licensed real files) is not here")
    return SHARED


def drop(sample: Path, settings: Settings) -> None:
    """Put a sample's files into the inbox."""
    shutil.copytree(sample / "inbox", settings.data_dir / "inbox", dirs_exist_ok=True)


@pytest.fixture(scope="session")
def line(tmp_path_factory: pytest.TempPathFactory) -> Line:
    """The whole line on a small sample, once per session; tests must not change it."""
    from pipelines import runner, sample
    from pipelines.core import catalog

    root = tmp_path_factory.mktemp("line")
    settings = Settings(data_dir=root / "data", settle_seconds=0, university="linghai")
    sample.write(root / "data" / "sample", works=600, seed=7)
    drop(root / "data" / "sample", settings)
    arrived = runner.intake(settings)
    ingested = {source: runner.ingest(settings, source) for source in catalog.source_names()}
    report = runner.build(settings)
    assert report.build_id is not None
    return Line(settings, root / "data" / "sample", arrived, ingested, report.build_id)


@pytest.fixture
def own_line(line: Line, tmp_path: Path) -> Settings:
    """A copy of the line's data folder that a test may change."""
    shutil.copytree(line.settings.data_dir, tmp_path / "data", symlinks=True)
    return line.settings.model_copy(update={"data_dir": tmp_path / "data"})


@dataclass(frozen=True)
class Home:
    """Settings of an own data folder, and a way to drop files into its inbox."""

    settings: Settings
    place: Store

    def drop(self, relative: str, content: str | bytes) -> Path:
        path = self.place.inbox / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    settings = Settings(data_dir=tmp_path / "data", settle_seconds=0)
    return Home(settings, Store(settings.data_dir).prepare())


@pytest.fixture
def wos() -> Callable[..., str]:
    """Tagged text with the given UT numbers."""

    def text(*numbers: int, extra: str = "") -> str:
        records = "".join(
            f"PT J\nAU Lin, H\nTI An invented title {n}\nSO Invented Journal\nPY 2024\nUT WOS:{n:015d}\n{extra}ER\n\n"
            for n in numbers
        )
        return f"FN Clarivate Analytics Web of Science\nVR 1.0\n{records}EF\n"

    return text
