"""Labelled addresses through the command: figures by hand, a question is no match, silence where nothing is meant."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.core.errors import ConfigError, SourceError
from pipelines.evaluate import affiliations

HEADS = ["ror", "status", "name", "country", "city", "types", "other_names", "relationships", "domains", "release"]
REGISTRY = (
    (
        "a1",
        "active",
        "University of Norum",
        "NO",
        "Norum",
        "education",
        "Norum Univ@en || 诺鲁姆大学@zh",
        "child:a2",
        "",
        "",
    ),
    ("a2", "active", "Kappelin Laboratory", "NO", "Norum", "facility", "", "", "", ""),
    ("a3", "active", "Trove College", "NO", "Vik", "education", "", "", "", ""),
    ("a4", "active", "Trove College", "SE", "Lund", "education", "", "", "", ""),
)
STRINGS = (
    {"string": "Dept Phys, Univ Norum, Norum, Norway", "labels": ["https://ror.org/a1"], "in_registry": True},
    {"string": "Kappelin Laboratory, Univ Norum, Norway", "labels": ["https://ror.org/a2"], "in_registry": True},
    {"string": "Trove College", "labels": ["https://ror.org/a3"], "in_registry": True},
    {"string": "诺鲁姆大学物理学院", "labels": ["https://ror.org/a1; https://ror.org/a2"], "in_registry": True},
    {"string": "Univ Norum, Norway", "labels": ["https://ror.org/zz"], "in_registry": False},
    {"string": "12 Main Street", "labels": [], "in_registry": None},
    {"string": "Norum University, Norway", "labels": [], "in_registry": None},
)


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """Four institutions and seven strings."""
    (tmp_path / "registry").mkdir()
    lines = ["\t".join(row) for row in (HEADS, *REGISTRY)]
    (tmp_path / "registry" / "part1.tsv.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    written = "\n".join(json.dumps(row, ensure_ascii=False) for row in STRINGS)
    (tmp_path / "small.jsonl.gz").write_bytes(gzip.compress(written.encode()))
    return tmp_path


def test_figures_are_those_counted_by_hand(gold: Path) -> None:
    """Found: a1, a1 (for a2), a question, a1 of two; so 2 of 3 found are right, and 2 of 5 meant are found."""
    figures = affiliations.evaluate(gold, errors=True)["sets"]["small"]
    assert figures["strings"] == 4
    assert figures["precision"] == pytest.approx(2 / 3)
    assert figures["recall"] == pytest.approx(2 / 5)
    assert figures["f1"] == pytest.approx(4 / 8)
    assert figures["exact"] == pytest.approx(1 / 4)
    assert figures["asked"] == 1
    assert (figures["without_institution"], figures["specificity"]) == (2, 0.5)
    assert figures["han"]["strings"] == 1
    assert figures["causes"] == {"same_house": 2, "asked": 1, "named_where_none": 1}


def test_the_command_prints_json_and_a_table(gold: Path) -> None:
    said = CliRunner().invoke(app, ["eval", "affiliations", str(gold), "--set", "small", "--json"])
    assert said.exit_code == 0
    assert json.loads(said.stdout)["sets"]["small"]["strings"] == 4
    shown = CliRunner().invoke(app, ["eval", "affiliations", str(gold), "--errors"])
    assert shown.exit_code == 0
    assert "same_house" in shown.stdout


def test_what_is_missing_is_said(gold: Path) -> None:
    with pytest.raises(ConfigError, match="nothing"):
        affiliations.evaluate(gold, ("nothing",))
    (gold / "broken.jsonl.gz").write_bytes(gzip.compress(b"{"))
    with pytest.raises(SourceError):
        affiliations.evaluate(gold, ("broken",))
    (gold / "registry" / "part1.tsv.gz").unlink()
    with pytest.raises(SourceError, match="名录"):
        affiliations.evaluate(gold, ("small",))
