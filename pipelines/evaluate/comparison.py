"""A labelled set of deduplication: our figures, our errors one by one, and the figures of peers run in their own environments."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core.errors import ConfigError, StageError
from pipelines.core.settings import PROJECT
from pipelines.evaluate import dedup
from pipelines.evaluate.labelled import LabelledSet


@dataclass(frozen=True)
class Peer:
    """Another tool: its environment below .tools/peers and its script below tests/bench/contestants."""

    environment: str
    script: str


PEERS = {"bib-dedupe": Peer("bib-dedupe", "bib_dedupe_clusters.py"), "splink": Peer("splink", "splink_clusters.py")}


def compare(directory: Path, university: str, peers: tuple[str, ...] = (), *, errors: bool = False) -> dict[str, Any]:
    """Our figures as `dedup.evaluate` gives them; `errors`: each wrong pair with its evidence; `peers`: their figures by name.

    Errors: SourceError for a set that cannot be read, ConfigError for a peer that is not known or not installed.
    """
    for name in peers:
        _python(name)  # before the work, not after it
    measured = dedup.measure(directory, university)
    figures = dedup.evaluate(measured)
    if errors:
        figures["errors"] = wrong_pairs(measured)
        figures["causes"] = causes(figures["errors"])
    if peers:
        figures["peers"] = {name: peer_figures(directory, measured.labelled, name) for name in peers}
    return figures


def wrong_pairs(measured: dedup.Measured) -> list[dict[str, Any]]:
    """Each false merge and each miss: what decided, the compared values, and what both records print.

    A pair without `decision` was never compared: a miss of blocking, or a merge by way of other records.
    """
    records, authorships = measured.tables
    wrong = dedup.errors(measured.pairs, measured.clusters, measured.labelled.gold)
    shown = dedup.side_by_side(wrong, records.collect(), authorships.collect())
    told = ("title", "authors", "publication_year", "venue", "volume", "issue", "first_page", "doi")
    return [
        {
            **{k: row[k] for k in ("kind", "left_id", "right_id", "decision", "rule", "veto", "score")},
            "cause": _cause(row),
            "evidence": json.loads(row["evidence"] or "{}"),
            **{side: {name: row[f"{name}_{side}"] for name in told} for side in ("left", "right")},
        }
        for row in shown.iter_rows(named=True)
    ]


def _cause(row: dict[str, Any]) -> str:
    """What made the error, for sorting: the rule or veto, or that the pair was not compared, or came by closure."""
    if row["decision"] is None:
        return "not_compared" if row["kind"] == "miss" else "closure"
    if row["kind"] == "false_merge" and row["decision"] != "join":
        return "closure"
    if row["kind"] == "miss" and row["decision"] == "join":
        return "conflict_in_cluster"
    return str(row["rule"] or row["veto"] or "no_rule")


def peer_figures(directory: Path, labelled: LabelledSet, name: str, rounds: int = 0) -> dict[str, Any]:
    """Figures of a peer on a set; of one that gives clusters at several thresholds, those of the best, which only labels tell."""
    said = _run(name, directory, rounds)
    scored = {threshold: scores(clusters, labelled.gold) for threshold, clusters in said["clusters"].items()}
    best = max(scored, key=lambda t: scored[t]["f1"] or 0.0)
    figures: dict[str, Any] = {
        **scored[best],
        "undecided_per_1000": 1000 * said["undecided"] / max(1, labelled.gold.height),
        "seconds": statistics.median(said["seconds"]),
        "peak_mb": said["peak_mb"],
    }
    if len(scored) > 1:
        figures |= {"threshold": best, "f1_by_threshold": {t: s["f1"] for t, s in scored.items()}}
    return figures


def causes(wrong: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Errors counted by kind and cause, most frequent first."""
    kinds = sorted({w["kind"] for w in wrong})
    return {kind: dict(Counter(w["cause"] for w in wrong if w["kind"] == kind).most_common()) for kind in kinds}


def scores(clusters: list[list[str]], gold: pl.DataFrame) -> dict[str, Any]:
    """Pair figures of clusters, given as lists of the set's own record ids."""
    return dedup.pair_scores(_clustering(clusters, gold), gold)


def _clustering(clusters: list[list[str]], gold: pl.DataFrame) -> pl.DataFrame:
    """Clusters of a peer over all records of the set; a record it does not name is alone."""
    rows = [(f"gold:{rid}", str(number)) for number, rids in enumerate(clusters) for rid in rids]
    named = pl.DataFrame(rows, schema={"record_id": pl.String, "cluster": pl.String}, orient="row")
    joined = gold.select("record_id").join(named, on="record_id", how="left")
    return joined.with_columns(pl.coalesce("cluster", "record_id"))


def _python(name: str) -> Path:
    if name not in PEERS:
        raise ConfigError(f"没有名为 {name} 的对照工具", expected="、".join(PEERS))
    python = PROJECT / ".tools" / "peers" / PEERS[name].environment / "bin" / "python"
    if not python.exists():
        raise ConfigError(f"对照工具 {name} 还没有安装", where=str(python), next_step="先运行 .ci/bench-peers")
    return python


def _run(name: str, directory: Path, rounds: int) -> dict[str, Any]:
    script = PROJECT / "tests" / "bench" / "contestants" / PEERS[name].script
    command = [str(_python(name)), str(script), str(directory.resolve()), str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise StageError(f"对照工具 {name} 没有运行完", found=done.stderr[-800:], where=" ".join(command))
    said: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return said
