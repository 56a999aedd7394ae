"""What people said about cases, line by line in the ledger, and what of it stands: the last word of each, unless they disagree."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import polars as pl

WITHDRAWN = "撤销"  # takes back what was said of the case before it
SAME, DIFFERENT, UNSURE = "同一", "不同", "不确定"
UNIT, SCHOOL_ONLY, NOT_OURS, EACH = "单位", "只到学校", "不是本校", "逐条判"
PERSON, NOBODY, SEVERAL = "本人", "都不是", "不止一人"
PAIR = ("left_id", "right_id")


def standing(lines: pl.DataFrame, key: Sequence[str], chosen: Sequence[str] = ()) -> pl.DataFrame:
    """What stands of a ledger stream, its lines given in order of arrival.

    `chosen` are columns that belong to the answer beside `decision`: which unit, which person. The date a person wrote counts
    first, then arrival. 撤销 takes back all lines before it, whoever wrote them. Of one person the last line counts; of several
    persons the newest date; two different answers of one date are a conflict and decide nothing.
    Grain: one row per case that has an answer (columns of `key`, decision and `chosen` or null, conflict, reviewer, date, history).
    """
    answer = ("decision", *chosen)
    ordered = (
        lines.with_columns(pl.col("date", "reviewer", "reason", *key, *chosen).fill_null(""))
        .with_row_index("line")
        .sort("date", "line")
    )
    placed = ordered.with_columns(place=pl.int_range(pl.len()))
    taken_back = pl.when(pl.col("decision") == WITHDRAWN).then("place").max().over(*key).fill_null(-1)
    alive = placed.filter(pl.col("place") > taken_back)
    own = alive.group_by(*key, "reviewer", maintain_order=True).last()
    newest = own.filter(pl.col("date") == pl.col("date").max().over(*key)).sort("place")
    one = pl.struct(answer).n_unique() == 1
    said = newest.group_by(*key).agg(
        *(pl.when(one).then(pl.col(c).first()).alias(c) for c in answer),
        conflict=~one,
        reviewer=pl.col("reviewer").unique(maintain_order=True).str.join("、"),
        date=pl.col("date").first(),
    )
    words = pl.concat_str("date", "reviewer", *answer, "reason", separator=" ")
    line = words.str.replace_all(" +", " ").str.strip_chars_end()
    history = placed.group_by(*key).agg(history=line.unique(maintain_order=True).str.join("；"))
    return said.join(history, on=key).sort(key)


def pairwise(lines: pl.DataFrame) -> pl.DataFrame:
    """What stands about pairs of records: each pair with its smaller id left, and no answer against the others.

    A = B, B = C and A ≠ C cannot all be true: the three are a conflict and decide nothing. Grain: as `standing`.
    """
    sides = lines.filter(pl.col("left_id") != pl.col("right_id")).with_columns(
        left_id=pl.min_horizontal(PAIR), right_id=pl.max_horizontal(PAIR)
    )
    said = standing(sides, PAIR)
    decided = said.filter(~pl.col("conflict"))
    joined = decided.filter(pl.col("decision") == SAME).select(PAIR).rows()
    parted = decided.filter(pl.col("decision") == DIFFERENT).select(PAIR).rows()
    against = pl.DataFrame(sorted(_contradicted(joined, parted)), schema=dict.fromkeys(PAIR, pl.String), orient="row")
    marked = said.join(against.with_columns(against=pl.lit(True)), on=PAIR, how="left", maintain_order="left")
    conflict = pl.col("conflict") | pl.col("against").fill_null(False)
    return marked.with_columns(
        conflict=conflict, decision=pl.when(~conflict).then("decision"), by_closure=pl.col("against").fill_null(False)
    ).drop("against")


def _contradicted(joined: Iterable[tuple[str, str]], parted: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Pairs said to differ whose records are joined by way of others, and the pairs of that way."""
    neighbours: dict[str, list[str]] = {}
    for left, right in joined:
        neighbours.setdefault(left, []).append(right)
        neighbours.setdefault(right, []).append(left)
    found: set[tuple[str, str]] = set()
    for left, right in parted:
        if way := _way(neighbours, left, right):
            found |= {(left, right), *(_ordered(a, b) for a, b in itertools.pairwise(way))}
    return found


def _way(neighbours: dict[str, list[str]], start: str, end: str) -> list[str]:
    """A shortest chain of joined records from one to another; empty when there is none."""
    before: dict[str, str] = {start: start}
    waiting = [start] if start in neighbours and end in neighbours else []
    for node in waiting:
        for other in sorted(neighbours[node]):
            if other not in before:
                before[other] = node
                waiting.append(other)
        if end in before:
            break
    if end not in before:
        return []
    way = [end]
    while way[-1] != start:
        way.append(before[way[-1]])
    return way


def _ordered(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)
