"""Databases of the invented university and the push of its first college, once per session."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "warehouse")]


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from published_push import publish

    return publish(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="session")
def push(published: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return published.make(tmp_path_factory.mktemp("push"))
