"""Which way the percentiles of an InCites file run. The vendor turned them round without changing the label; only the values tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from pipelines.core.errors import SourceError
from pipelines.sources import incites_values

LOWER, HIGHER = "lower_is_better", "higher_is_better"
ZH = {LOWER: "越小越好", HIGHER: "越大越好"}
EDGE = {"is_top_1_percent": 1.0, "is_top_10_percent": 10.0}  # share of papers that a flag stands for
UNCITED = 5.0  # uncited papers stand within this distance of the worse end …
AGREEING = 0.9  # … at least this share of them
PAIRS, STRENGTH = 8, 0.3  # least pairs and least rank correlation that count as evidence
WEIGHED = 200_000  # rows looked at
PERCENTILES = ("percentile", "average_percentile")
BY = ("cnci", "times_cited", "citation_impact")  # what better papers have more of, the surest first
COLUMNS = (*PERCENTILES, *BY, *EDGE, "percent_top_10_percent_documents")


@dataclass
class Evidence:
    """Values of the rows that tell, gathered chunk by chunk."""

    frames: list[pl.DataFrame] = field(default_factory=list)
    rows: int = 0

    def add(self, rows: pl.DataFrame) -> None:
        """Take the columns that tell from some rows."""
        if self.rows < WEIGHED and any(c in rows.columns for c in PERCENTILES):
            have = [incites_values.number(pl.col(c)).alias(c) for c in COLUMNS if c in rows.columns]
            self.frames.append(rows.select(have))
            self.rows += rows.height

    def direction(self, where: str) -> tuple[str | None, str]:
        """The direction and why, in words; None when the file has no percentiles.

        Errors: SourceError when nothing tells, or the evidence disagrees.
        """
        frame = pl.concat(self.frames, how="diagonal") if self.frames else pl.DataFrame()
        columns = [c for c in PERCENTILES if c in frame.columns and frame[c].drop_nulls().len()]
        if not columns:
            return None, ""
        found = [e for column in columns for e in _tell(frame, column)]
        ways = {way for way, _ in found}
        words = "；".join(f"{said}，{ZH[way]}" for way, said in found)
        if len(ways) != 1:
            raise _undecided(where, words)
        return ways.pop(), words


def _tell(frame: pl.DataFrame, column: str) -> Iterable[tuple[str, str]]:
    """Every piece of evidence about one column."""
    values = frame.filter(pl.col(column).is_between(0, 100))
    for flag, share in EDGE.items():
        if flag in frame.columns:
            flagged = values.filter(pl.col(flag) == 1)[column]
            yield from _at_an_end(flagged, share, flagged.len(), f"有 {flagged.len()} 篇标为前 {share:g}%", good=True)
    if "times_cited" in frame.columns:
        uncited = values.filter(pl.col("times_cited") == 0)[column]
        yield from _at_an_end(uncited, UNCITED, uncited.len(), f"{uncited.len()} 行被引为 0", good=False)
    for other in (c for c in BY if c in frame.columns):
        pairs = values.drop_nulls([column, other])
        spread = pairs.height >= PAIRS and pairs[column].n_unique() > 2 and pairs[other].n_unique() > 2
        strength = pairs.select(pl.corr(column, other, method="spearman")).item() if spread else None
        if strength is not None and abs(strength) >= STRENGTH:
            name = {"cnci": "学科规范化引文影响力", "times_cited": "被引频次", "citation_impact": "引文影响力"}[other]
            yield LOWER if strength < 0 else HIGHER, f"与{name}的秩相关为 {strength:.2f}（{pairs.height} 行）"
            return


def _at_an_end(values: pl.Series, within: float, count: int, words: str, *, good: bool) -> Iterable[tuple[str, str]]:
    """Evidence of values that should lie at the good or at the bad end of the scale."""
    if not count:
        return
    low, high = float((values <= within).mean() or 0), float((values >= 100 - within).mean() or 0)  # type: ignore[arg-type]
    if max(low, high) >= AGREEING and low != high:
        at_low = low > high
        yield (LOWER if at_low == good else HIGHER), f"{words}，其百分位在 {'0' if at_low else '100'} 一端"


def _undecided(where: str, words: str) -> SourceError:
    return SourceError(
        "分不清百分位是越小越好还是越大越好",
        expected="文件里有能说明方向的数据：被引为 0 的论文、前 1% 或前 10% 标记，或足够多的被引频次",
        found=words or "百分位之外没有可对照的列，或行数太少",
        where=where,
        next_step="请在 InCites 导出时加上“被引频次”“前 10%”等列后重新放入；不用百分位时请去掉这一列",
    )
