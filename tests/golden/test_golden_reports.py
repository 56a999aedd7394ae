"""HTML and numbers of the ESI push for an invented university, as reviewed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "esi_push"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from published_push import publish

    return publish(tmp_path_factory.mktemp("golden"))


@pytest.mark.parametrize("unit_id", ["U01", "U02", "U03"])
def test_push_is_as_reviewed(unit_id: str, published: Any, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    files = published.make(tmp_path, unit_id)
    # the style sheet is one file of ours: repeating it in every expected page would hide the changes that matter
    html = re.sub(r"<style>.*?</style>", "<style></style>", files.html.read_text(encoding="utf-8"), flags=re.S)
    for name, text in ((f"{unit_id}.html", html), (f"{unit_id}.json", files.json.read_text(encoding="utf-8"))):
        if request.config.getoption("--update-golden", default=False):
            HERE.mkdir(exist_ok=True)
            (HERE / name).write_text(text, encoding="utf-8")
        assert text == (HERE / name).read_text(encoding="utf-8"), f"{name} 与审定稿不同；确属有意则 make golden"
