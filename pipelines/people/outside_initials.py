"""Clusters under initials ('Wang, XM') beside the clusters of the full names they can stand for."""

from __future__ import annotations

import polars as pl

from pipelines.people.outside_evidence import Surroundings
from pipelines.people.outside_rounds import both_sides, merged, seated
from pipelines.people.outside_scores import WEIGHTS, facts_of, held_by, scored, two_persons

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
    brief = brief.with_columns(initials="block")
    both = pl.concat([full, brief.select(full.columns)]).with_columns(block="initials")
    rows = around.of(brief.select("mention", "work", "author_position")).join(
        brief.select("mention", "block"), on="mention"
    )
    known = around.of(full.select("mention", "work", "author_position")).join(
        both.select("mention", "block"), on="mention"
    )
    known = known.join(rows.select("block", "token").unique(), on=["block", "token"], how="semi")
    facts = facts_of(both).drop("whole").with_columns(whole=pl.lit(10**9))  # initials say nothing of who is foremost
    twice = both.select("mention", "work", "block")
    rivals = twice.join(twice, on=["work", "block"], suffix="_b").filter(pl.col("mention") < pl.col("mention_b"))
    apart = two_persons(both, rivals.select(left="mention", right="mention_b"))
    tokens = pl.concat([rows.drop("block"), known.drop("block")])
    pairs = both_sides(scored(facts, held_by(both, tokens, WEIGHTS), apart, WEIGHTS, beside=False))
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
    stars = seated(
        pl.concat([middle, sure.select("a", "score", "shown", root="b").select(middle.columns)]), facts, apart
    )
    doubt = best.select(cluster="a", other=pl.when(pl.col("score") < 0).then("score").otherwise(0.0))
    told = state.join(doubt.join(stars, on="cluster", how="anti"), on="cluster", how="left", maintain_order="left")
    told = told.with_columns(rival=pl.max_horizontal("rival", "other")).drop("other")
    return merged(told, stars.with_columns(step=pl.when(pl.col("step").is_finite()).then("step")))
