"""Clusters under initials ('Wang, XM') beside the clusters of the full names they can stand for."""

from __future__ import annotations

import polars as pl

from pipelines.people.outside_evidence import Surroundings
from pipelines.people.outside_rounds import both_sides, in_shares, merged, seated
from pipelines.people.outside_scores import WEIGHTS, facts_of, held_by, of_one_work, scored, two_persons

LEAD = 1.0  # by how much the likeliest full name leads the next


def attached(state: pl.DataFrame, forms: pl.DataFrame, around: Surroundings) -> pl.DataFrame:
    """The mentions with clusters of initials joined to that of one full name, where it is likely and leads all others.

    First two letters, then one. `state` has block and short; `forms`: block, short = the short block it can stand behind.
    Grain: as given.
    """
    letters = pl.col("short").str.splitn(" ", 2).struct.field("field_1").str.len_chars()
    for passing in (forms.filter(letters > 1), forms.filter(letters == 1)):
        one = passing.sort("block", "short").unique("block", keep="first", maintain_order=True)
        state = _attached(state, one.rename({"short": "initials"}), around) if one.height else state
    return state


def _attached(state: pl.DataFrame, forms: pl.DataFrame, around: Surroundings) -> pl.DataFrame:
    full = state.join(forms, on="block").with_columns(given="block")
    brief = state.filter("short").join(forms.select("initials").unique(), left_on="block", right_on="initials")
    both = pl.concat([full, brief.with_columns(initials="block").select(full.columns)]).with_columns(block="initials")
    found = [_likeliest(share, around) for share in in_shares(both)]
    if not found:
        return state
    stars, doubt = (pl.concat(parts) for parts in zip(*found, strict=True))
    told = state.join(doubt, on="cluster", how="left", maintain_order="left")
    return merged(told.with_columns(rival=pl.max_horizontal("rival", "doubt")).drop("doubt"), stars)


def _likeliest(both: pl.DataFrame, around: Surroundings) -> tuple[pl.DataFrame, pl.DataFrame]:
    """For clusters of initials (given is null) the full name they join, and for those that stay how likely one was.

    Grain: one row per cluster that joins or is joined; one row per cluster that stays (columns cluster, doubt).
    """
    facts = facts_of(both).with_columns(whole=pl.lit(10**9))  # initials say nothing of who is foremost
    apart = two_persons(both, of_one_work(both))
    pairs = both_sides(scored(facts, held_by(both, _common(both, around), WEIGHTS), apart, WEIGHTS, beside=False))
    names = facts.select("cluster", "given")
    likely = (
        pairs.join(names.filter(pl.col("given").is_null()).select(a="cluster"), on="a")
        .join(names.drop_nulls("given").rename({"cluster": "b"}), on="b")
        .sort("a", "score", "b", descending=[False, True, False])
    )
    other = pl.col("score").filter(pl.col("given") != pl.col("given").first()).max()
    best = likely.group_by("a", maintain_order=True).agg(
        pl.col("b", "score", "shown").first(), lead=pl.col("score").first() - other
    )
    sure = best.filter((pl.col("score") >= 0) & (pl.col("lead").fill_null(LEAD) >= LEAD))
    middle = sure.select(a="b", root="b", score=pl.lit(float("inf")), shown=pl.lit(0, pl.Int64)).unique()
    near = pl.concat([middle, sure.select("a", "b", "score", "shown").rename({"b": "root"})])
    stars = seated(near, facts, apart)
    doubt = best.select(cluster="a", doubt=pl.col("score").clip(upper_bound=0.0)).join(stars, on="cluster", how="anti")
    return stars.with_columns(step=pl.when(pl.col("step").is_finite()).then("step")), doubt


def _common(both: pl.DataFrame, around: Surroundings) -> pl.DataFrame:
    """Tokens of initials, and of full names those that initials of the same block hold."""
    place = ["mention", "work", "author_position", "block", "given"]
    rows = around.of(both.select("mention", "work", "author_position")).join(both.select(place), on="mention")
    brief = rows.filter(pl.col("given").is_null())
    known = rows.drop_nulls("given").join(brief.select("block", "token").unique(), on=["block", "token"], how="semi")
    return pl.concat([brief, known]).select("mention", "token", "weight")
