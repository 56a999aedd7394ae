"""Deduplication: against bib-dedupe on a labelled set, and against its own growth from ten thousand to a million records."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from pathlib import Path

from measure import Run, run, say

CONTESTANTS = Path(__file__).parent / "contestants"
OURS, PEER = "学衡", "bib-dedupe"
SCRIPTS = {OURS: "xueheng_clusters.py", PEER: "bib_dedupe_clusters.py"}


@dataclass(frozen=True)
class Duel:
    """Both tools on one labelled set, warm, loading left out: what each round took, and the clusters it ended with."""

    name: str
    records: int
    runs: dict[str, Run]
    scores: dict[str, dict[str, float]]  # precision, recall, f1

    def median(self, name: str, figure: str = "seconds") -> float:
        """Median of the rounds, in seconds of the wall or (cpu) of all cores."""
        return statistics.median(self.runs[name].said[figure])


@dataclass(frozen=True)
class Growth:
    """One process per size, smallest first. `said`: records, pairs, seconds, peak_mb."""

    runs: list[Run]

    @property
    def points(self) -> list[tuple[int, float]]:
        """Records and seconds of each size."""
        return [(int(r.said["records"]), float(r.said["seconds"])) for r in self.runs]

    @property
    def series(self) -> dict[str, list[tuple[int, float]]]:
        """Both clocks by name, for the plot."""
        names = {"CPU seconds": "cpu", "wall seconds, other work on the machine": "seconds"}
        return {zh: [(r.said["records"], r.said[figure]) for r in self.runs] for zh, figure in names.items()}

    def exponent(self, least: int = 0, figure: str = "seconds") -> float | None:
        """Slope of log seconds over log records from the first size of at least `least` on; None for a single size."""
        said = [r.said for r in self.runs if r.said["records"] >= least * 0.95]
        points = [(math.log(s["records"]), math.log(s[figure])) for s in said]
        if len(points) < 2:
            return None
        slope, _ = statistics.linear_regression([x for x, _ in points], [y for _, y in points])
        return slope


@dataclass(frozen=True)
class Deduplication:
    """Both parts; a part that could not be measured is None."""

    duel: Duel | None
    growth: Growth


def measured(python: Path, peer: Path | None, directory: Path, sizes: list[int], rounds: int) -> Deduplication:
    """The duel where labelled set and peer are there, then the growth."""
    duel = None
    if peer is None or not directory.exists():
        say("没有安装 bib-dedupe（.ci/bench-peers），或没有标注集，这一项略去")
    else:
        duel = _duel(python, peer, directory, rounds)
    runs = []
    for size in sizes:
        runs.append(run([str(python), str(CONTESTANTS / "xueheng_scale.py"), str(size)]))
        say(
            f"查重 {runs[-1].said['records']:,} 条：{runs[-1].said['seconds']:.1f} 秒，{runs[-1].said['peak_mb']:,.0f} MB"
        )
    return Deduplication(duel, Growth(runs))


def _duel(python: Path, peer: Path, directory: Path, rounds: int) -> Duel:
    from pipelines.evaluate import comparison, labelled

    runs, scores = {}, {}
    given = labelled.read(directory)
    for name, interpreter in ((OURS, python), (PEER, peer)):
        command = [str(interpreter), str(CONTESTANTS / SCRIPTS[name]), str(directory), str(rounds)]
        runs[name] = run(command)
        scores[name] = comparison.scores(runs[name].said["clusters"][""], given.gold)
        say(
            f"{directory.name}  {name}：{statistics.median(runs[name].said['seconds']):.2f} 秒，F1 {scores[name]['f1']:.4f}"
        )
    return Duel(directory.name, given.records.height, runs, scores)
