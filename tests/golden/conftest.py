"""`--update-golden` rewrites the expected files (make golden); read the difference before committing it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "unit" / "reporting"), str(TESTS / "warehouse")]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden/ from what the code makes now")
