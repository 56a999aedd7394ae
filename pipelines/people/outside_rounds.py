"""Mentions to clusters, in rounds: who are each other's best partner become one, with all whose best partner is one of them."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.people.outside_scores import LIFETIME, SINGLE, WEIGHTS, Weights, facts_of, held_by, scored, two_persons

AT_A_TIME = 100_000  # mentions whose evidence is in memory together; blocks do not depend on each other
ROUNDS = 30  # every round with a join makes a block smaller; what is still open after so many stays as it is


def in_shares(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Whole blocks, about so many mentions at a time."""
    sizes = rows.group_by("block").agg(size=pl.len()).sort("block")
    placed = sizes.select("block", share=pl.col("size").cum_sum() // AT_A_TIME)
    for _, share in rows.join(placed, on="block").sort("share", "mention").group_by("share", maintain_order=True):
        yield share.drop("share")


def clustered(
    members: pl.DataFrame, tokens: pl.DataFrame, rivals: pl.DataFrame, weights: Weights = WEIGHTS
) -> pl.DataFrame:
    """Adds `cluster` (its least mention), `support` (the weakest step that brought the mention in; null: others came to it),
    `shown` (what spoke for the steps) and `rival` (score of the likeliest cluster, as great or greater, that it was not joined with).

    members: mention, block, common, year and what a person has one of; tokens: mention, token, weight; rivals: left, right =
    mentions that are two persons. A block in which nothing is joined is done.
    Grain: one row per mention.
    """
    nothing = pl.lit(None, pl.Float64)
    state = members.with_columns(cluster="mention", support=nothing, rival=nothing, shown=pl.lit(0, pl.Int64))
    done = []
    for _ in range(ROUNDS):
        facts, apart = facts_of(state), two_persons(state, rivals)
        pairs = scored(facts, held_by(state, tokens, weights), apart, weights)
        stars = _stars(pairs.filter(pl.col("score") >= 0), facts, apart)
        state = state.drop("rival").join(_best_rivals(pairs), on="cluster", how="left", maintain_order="left")
        moving = pl.col("block").is_in(state.join(stars, on="cluster", how="semi")["block"].unique().implode())
        done.append(state.filter(~moving))
        state = merged(state.filter(moving), stars)
        if state.is_empty():
            break
        tokens = tokens.join(state.select("mention"), on="mention", how="semi")
    return pl.concat([*done, state.select(done[0].columns)]).sort("mention")


def both_sides(pairs: pl.DataFrame) -> pl.DataFrame:
    """Each pair seen from both sides."""
    turned = pairs.select("score", "shown", a="b", b="a", size="size_b", size_b="size")
    return pl.concat([pairs.select(turned.columns), turned])


def _best_rivals(pairs: pl.DataFrame) -> pl.DataFrame:
    """Score of the best partner that is no smaller: a stray mention does not make a great cluster doubtful."""
    greater = both_sides(pairs).filter(pl.col("size_b") >= pl.col("size"))
    return greater.group_by(cluster="a").agg(rival=pl.col("score").max())


def _stars(pairs: pl.DataFrame, facts: pl.DataFrame, apart: pl.DataFrame) -> pl.DataFrame:
    """Who joins whom in this round. Whoever contradicts somebody nearer to the middle waits: nobody comes in by a chain.

    Grain: one row per cluster that joins (columns cluster, into = number of the star, step = score, shown, size).
    """
    best = (
        both_sides(pairs).sort("a", "score", "b", descending=[False, True, False])
        .unique("a", keep="first", maintain_order=True)
    )  # fmt: skip
    back = best.select(b="a", next="b")
    middle = best.join(back, on="b").filter(pl.col("next") == pl.col("a")).select("a", root=pl.min_horizontal("a", "b"))
    near = best.join(middle.rename({"a": "b"}), on="b").select("a", "root", "score", "shown")
    return seated(near, facts, apart)


def seated(near: pl.DataFrame, facts: pl.DataFrame, apart: pl.DataFrame) -> pl.DataFrame:
    """Of those who would join one star (a, root, score, shown) all who contradict nobody before them.

    Grain: one row per cluster that joins (columns cluster, into, step, shown, size).
    """
    ranked = near.join(
        facts.select("cluster", "size", "since", "until", *SINGLE), left_on="a", right_on="cluster"
    ).sort("root", "score", "size", "a", descending=[False, True, True, False])
    years = (pl.col("until").cum_max() - pl.col("since").cum_min()).over("root")
    first = [(pl.col(c) == pl.col(c).drop_nulls().first().over("root")).fill_null(True) for c in SINGLE]
    alike = ranked.filter(*first, (years <= LIFETIME).fill_null(True)).with_columns(
        place=pl.int_range(pl.len()).over("root")
    )
    seat = alike.select("a", "root", "place")
    clash = apart.join(seat, on="a").join(seat.rename({"a": "b"}), on=["b", "root"], suffix="_b")
    later = clash.select("root", place=pl.max_horizontal("place", "place_b"))
    staying = alike.join(later, on=["root", "place"], how="anti")
    return staying.filter(pl.len().over("root") > 1).select("size", "shown", cluster="a", into="root", step="score")


def merged(state: pl.DataFrame, stars: pl.DataFrame) -> pl.DataFrame:
    """All of a star take its least number. `support` of those who came to a greater cluster: the weakest step of theirs."""
    greatest = (pl.col("size") == pl.col("size").max().over("into")) & (pl.col("size") > 1)
    came = stars.select(
        "cluster",
        into=pl.col("cluster").min().over("into"),
        step=pl.when(~greatest).then("step"),
        spoke=pl.when(~greatest).then("shown"),
    )
    joined = state.join(came, on="cluster", how="left", maintain_order="left")
    return joined.with_columns(
        cluster=pl.coalesce("into", "cluster"),
        support=pl.min_horizontal("support", "step"),
        shown=pl.col("shown") | pl.col("spoke").fill_null(0),
    ).drop("into", "step", "spoke")
