"""A labelled set through the command: figures, errors with their evidence, peers."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.core.errors import ConfigError
from pipelines.evaluate import comparison

HEADER = "rid,entrytype,title,author,year,journal,booktitle,volume,number,pages,doi,abstract"
ROWS = (
    'r1,article,Thermal fatigue of welded copper joints under load,"Lin, Hai; Sun, Bo",2020,Journal of Joints,,5,1,10-19,10.5555/a.1,',
    'r2,article,Thermal fatigue of welded copper joints under load,"Lin, H.; Sun, B.",2020,J. Joints,,5,1,10-19,10.5555/a.1,',
    'r3,article,A wholly other report on river sediment budgets,"Wu, Qi; Ma, Li",2011,River Letters,,2,4,77-80,,',
    'r4,article,Notes on the migration of arctic birds in spring,"Xu, An; He, Yi",1999,Bird Notes,,9,2,5-9,,',
)


@pytest.fixture
def labelled_set(tmp_path: Path) -> Path:
    """Four records; r1 and r2 are one work, and the labels also say (wrongly) that r3 and r4 are."""
    (tmp_path / "records.csv.gz").write_bytes(gzip.compress("\n".join((HEADER, *ROWS)).encode()))
    (tmp_path / "clusters.csv").write_text("cluster,rid\nc1,r1\nc1,r2\nc2,r3\nc2,r4\n", encoding="utf-8")
    return tmp_path


def test_the_command_prints_what_is_promised(labelled_set: Path) -> None:
    result = CliRunner().invoke(app, ["eval", "dedup", str(labelled_set), "--errors", "--json"])
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert {"precision", "recall", "f1", "block_recall", "undecided_per_1000", "seconds", "peak_mb"} <= set(told)
    assert (told["precision"], told["recall"], told["block_recall"]) == (1.0, 0.5, 0.5)
    [wrong] = told["errors"]
    assert (wrong["kind"], wrong["cause"]) == ("miss", "not_compared")
    assert {wrong["left"]["title"][:7], wrong["right"]["title"][:7]} == {"A wholl", "Notes o"}
    words = CliRunner().invoke(app, ["eval", "dedup", str(labelled_set), "--errors"]).stdout
    assert "准确率" in words and "漏并" in words


def test_causes_are_counted_and_sorted() -> None:
    wrong = [{"kind": "miss", "cause": "a"}, {"kind": "miss", "cause": "b"}, {"kind": "miss", "cause": "b"}]
    assert comparison.causes(wrong) == {"miss": {"b": 2, "a": 1}}


def test_clusters_of_a_peer_are_scored_like_ours() -> None:
    ids = [f"gold:r{n}" for n in range(1, 5)]
    gold = pl.DataFrame({"record_id": ids, "cluster": ["c1", "c1", "c2", "c2"]})
    told = comparison.scores([["r1", "r2", "r3"]], gold)
    assert (told["precision"], told["recall"]) == (1 / 3, 1 / 2)
    assert comparison.scores([], gold)["precision"] is None


def test_a_peer_that_is_not_known_or_not_there_is_told(labelled_set: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="没有名为"):
        comparison.compare(labelled_set, "linghai", ("nobody",))
    monkeypatch.setattr(comparison, "PROJECT", labelled_set)
    with pytest.raises(ConfigError, match="没有安装"):
        comparison.compare(labelled_set, "linghai", ("splink",))
