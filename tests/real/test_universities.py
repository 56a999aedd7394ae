"""University level on the real exports: C3 hidden, names and a public registry only."""

from __future__ import annotations

import pytest

from pipelines.evaluate import universities
from tests.conftest import SHARED

REGISTRY = SHARED / "gold" / "affiliations" / "registry"
pytestmark = pytest.mark.skipif(not REGISTRY.exists(), reason="../shared (licensed real files) is not here")


@pytest.mark.slow
def test_the_twenty_most_frequent_universities() -> None:
    exports = universities.read(SHARED / "exports" / "wos")
    figures = universities.scores(exports, "linghai", 20, universities.registered(REGISTRY))
    assert figures["precision"] >= 0.99
    assert figures["recall"] >= 0.95
