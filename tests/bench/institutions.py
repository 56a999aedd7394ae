"""Institutions of addresses: against a rapidfuzz.process.extractOne loop over the registry, on a labelled set."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measure import Run, run, say

from pipelines.evaluate import affiliations
from pipelines.evaluate.affiliations import Answer, Labelled

CONTESTANTS = Path(__file__).parent / "contestants"
SET = "springer2023"
LOOPED = 150  # addresses that the loop is given: it needs about a second for a few of them
CUTS = range(50, 101, 2)


@dataclass(frozen=True)
class Institutions:
    """What both took, and their figures; those of the loop at the cut of its score that the labels like best."""

    addresses: int
    ours: Run
    loop: Run
    looped: int
    scores: dict[str, dict[str, Any]]
    cut: int

    @property
    def ratio(self) -> float:
        """How many times as many addresses per CPU second."""
        return (self.loop.said["cpu"] / self.looped) / (self.ours.said["cpu"] / self.addresses)

    @property
    def per_second(self) -> float:
        """Our addresses per CPU second, one core."""
        return self.addresses / self.ours.said["cpu"]


def measured(python: Path, gold: Path, looped: int = LOOPED) -> Institutions | None:
    """Both on one labelled set; None where the set is not there."""
    labelled = gold / f"{SET}.jsonl.gz"
    if not labelled.exists():
        say("没有地址的标注集，这一项略去")
        return None
    rows = affiliations.read(labelled)
    ours = run([str(python), str(CONTESTANTS / "xueheng_institutions.py"), str(gold / "registry"), str(labelled)])
    say(f"{SET}  学衡：{len(rows) / ours.said['cpu']:,.0f} 条每 CPU 秒")
    loop = run([str(python), str(CONTESTANTS / "extract_one.py"), str(gold / "registry"), str(labelled), str(looped)])
    say(f"{SET}  extractOne：{looped / loop.said['cpu']:,.1f} 条每 CPU 秒")
    found = [frozenset(ids) for ids in ours.said["found"]]
    cut = max(CUTS, key=lambda c: _scores(rows, _above(loop, c))["f1"] or 0.0)
    scores = {
        "学衡": _scores(rows, found),
        f"学衡，前 {looped} 条": _scores(rows, found[:looped]),
        f"extractOne（≥ {cut}），前 {looped} 条": _scores(rows, _above(loop, cut)),
    }
    return Institutions(len(rows), ours, loop, looped, scores, cut)


def _above(loop: Run, cut: float) -> list[frozenset[str]]:
    return [frozenset([i]) if score >= cut else frozenset() for i, score in loop.said["found"]]


def _scores(rows: list[Labelled], found: list[frozenset[str]]) -> dict[str, Any]:
    pairs = zip(rows, found, strict=False)
    return affiliations.scores([(r, Answer(f, False, ())) for r, f in pairs if r.known and r.labels])
