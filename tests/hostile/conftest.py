"""A data folder with an inbox to drop files into; Web of Science text made of invented records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.core.settings import Settings
from pipelines.core.store import Store


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
