"""Pairs of clusters of one name: what both have in common, and the logarithm of the odds that they are one person."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.people.outside_evidence import KINDS, SCALE

LIFETIME = 60  # years between the first and the last work of one person, at most
SHOWN = {"合著者相同": 1, "地址相近": 2, "题目用词相近": 4, "标识相同": 8}  # what spoke for a step, as bits
ALIKE = {"地址相近": 0.5, "题目用词相近": 0.1}  # cosine from which on likeness is told
SIDE_BY_SIDE = 32  # clusters of a block that share a token and are compared with each other in one round
# What a person has one of; 'given' is what a full name adds to a short one. Two values are two persons.
SINGLE = ("given", "middle", "native", "orcid", "researcher_id", "scopus_author_id")


@dataclass(frozen=True)
class Weights:
    """What each kind of evidence adds to the logarithm of the odds; fitted on half of the names of public sets, then rounded."""

    base: float = -4.6
    common: float = -0.4  # for each logarithm of the share of authors with this name: two of a rare name are likely one
    company: float = 3.2  # co-authors in common: nearly all of it from one rare name
    company_at: float = 2.0
    strangers: float = -0.8  # both have co-authors, none in common
    place: float = 6.5
    place_power: float = 1.25
    elsewhere: float = -2.6  # both have addresses; like ones make up for it
    topic: float = 3.5
    topic_power: float = 0.75
    foremost: float = 1.0  # a cluster that holds most of the block draws those of whom little is known
    identifier: float = 12.0
    again: float = 0.5  # a token that comes back in a cluster counts more, by this power of how often


WEIGHTS = Weights()


def facts_of(state: pl.DataFrame) -> pl.DataFrame:
    """What is known of each cluster.

    Grain: one row per cluster.
    """
    return (
        state.group_by("cluster")
        .agg(
            pl.col("block").first(),
            pl.col("common").max(),
            pl.col("year").min().alias("since"),
            pl.col("year").max().alias("until"),
            pl.col(SINGLE).drop_nulls().min(),
            size=pl.len().cast(pl.Int64),
        )
        .with_columns(whole=pl.col("size").sum().over("block"))
    )


def held_by(state: pl.DataFrame, tokens: pl.DataFrame, weights: Weights) -> pl.DataFrame:
    """Tokens of each cluster; value = weight, more where the token comes back.

    Grain: one row per cluster and token.
    """
    again = pl.col("count").cast(pl.Float64).pow(weights.again)
    return (
        tokens.join(state.select("mention", "cluster", "block"), on="mention")
        .group_by("cluster", "block", "token")
        .agg(pl.col("weight").first(), count=pl.len())
        .with_columns(value=(pl.col("weight") * again).round().cast(pl.Int64))
    )


def scored(
    facts: pl.DataFrame, held: pl.DataFrame, apart: pl.DataFrame, weights: Weights, *, beside: bool = True
) -> pl.DataFrame:
    """Pairs that share something, or stand beside the greatest cluster of their name; none that are two persons.

    Grain: one row per pair (columns a < b, score, shown = what speaks for it, size, size_b).
    """
    hubs = facts.sort("block", "size", "cluster", descending=[False, True, False]).unique(
        "block", keep="first", maintain_order=True
    )
    pairs = _shared(held, hubs)
    if beside:
        pairs = pairs.join(_beside(facts, hubs), on=["a", "b"], how="full", coalesce=True)
    norms = held.group_by("cluster").agg(
        (pl.col("value").cast(pl.Int64) ** 2).filter(_is(kind)).sum().cast(pl.Float64).alias(f"norm_{kind}")
        for kind in KINDS
    )
    known = facts.join(norms, on="cluster", how="left")
    both = pairs.join(known, left_on="a", right_on="cluster").join(
        known.drop("block", "whole"), left_on="b", right_on="cluster", suffix="_b"
    )
    told = both.filter(~contradicted()).with_columns(score=_score(weights).round(4), shown=_shown())
    return told.select("a", "b", "score", "shown", "size", "size_b").join(apart, on=["a", "b"], how="anti")


def contradicted() -> pl.Expr:
    """Two values of what a person has one of, or works too far apart in time; one ORCID for both outweighs the ids of vendors."""
    differ = {c: (pl.col(c) != pl.col(f"{c}_b")).fill_null(False) for c in SINGLE}
    vendors = pl.any_horizontal(differ.pop("researcher_id"), differ.pop("scopus_author_id"))
    one = (pl.col("orcid") == pl.col("orcid_b")).fill_null(False)
    years = pl.max_horizontal("until", "until_b") - pl.min_horizontal("since", "since_b")
    return pl.any_horizontal(differ.values()) | (vendors & ~one) | (years > LIFETIME).fill_null(False)


def of_one_work(rows: pl.DataFrame) -> pl.DataFrame:
    """Pairs of mentions of one block that sign one work, and so are two persons (columns left, right)."""
    signed = rows.select("mention", "work", "block")
    both = signed.join(signed, on=["work", "block"], suffix="_b").filter(pl.col("mention") < pl.col("mention_b"))
    return both.select(left="mention", right="mention_b")


def two_persons(state: pl.DataFrame, rivals: pl.DataFrame) -> pl.DataFrame:
    """Pairs of clusters that hold two authors of one work.

    Grain: one row per pair (columns a < b).
    """
    place = state.select("mention", "cluster")
    both = rivals.join(place, left_on="left", right_on="mention").join(
        place, left_on="right", right_on="mention", suffix="_b"
    )
    ends = both.select(a=pl.min_horizontal("cluster", "cluster_b"), b=pl.max_horizontal("cluster", "cluster_b"))
    return ends.unique()


def _is(kind: str) -> pl.Expr:
    return pl.col("token") % len(KINDS) == KINDS.index(kind)


def _shared(held: pl.DataFrame, hubs: pl.DataFrame) -> pl.DataFrame:
    """What clusters of a block have in common. Where many share a token they are compared in groups, and each with the greatest:
    what is not compared in this round is in a later one, when clusters have become fewer.

    Grain: one row per pair.
    """
    group = ["block", "token"]
    common = held.filter(pl.len().over(group) > 1).sort(*group, "cluster")
    rows = common.with_columns(bucket=pl.int_range(pl.len()).over(group) // SIDE_BY_SIDE)
    left = rows.select(*group, "bucket", "weight", a="cluster", value_a="value")
    right = rows.select(*group, "bucket", b="cluster", value_b="value")
    near = left.join(right, on=[*group, "bucket"]).filter(pl.col("a") < pl.col("b")).drop("bucket")
    many = rows.filter(pl.col("bucket").max().over(group) > 0)
    great = many.join(hubs.select("cluster"), on="cluster", how="semi").select(
        *group, hub="cluster", hub_bucket="bucket", value_b="value"
    )
    far = many.join(great, on=group).filter(pl.col("bucket") != pl.col("hub_bucket"))
    ends = far.select(
        *group, "weight", pl.min_horizontal("cluster", "hub").alias("a"), pl.col("value").alias("value_a"),
        pl.max_horizontal("cluster", "hub").alias("b"), "value_b",
    )  # fmt: skip
    every = pl.concat([near, ends.select(near.columns)])
    product = pl.col("value_a") * pl.col("value_b")
    return every.group_by("a", "b").agg(
        shared_company=pl.col("weight").filter(_is("company")).sum(),
        shared_place=product.filter(_is("place")).sum(),
        shared_topic=product.filter(_is("topic")).sum(),
        shared_identifier=_is("identifier").any(),
    )


def _beside(facts: pl.DataFrame, hubs: pl.DataFrame) -> pl.DataFrame:
    """Each cluster beside the greatest of its block, whether they share anything or not."""
    both = facts.select("block", "cluster").join(hubs.select("block", hub="cluster"), on="block")
    return both.filter(pl.col("cluster") != pl.col("hub")).select(
        a=pl.min_horizontal("cluster", "hub"), b=pl.max_horizontal("cluster", "hub")
    )


def _both_have(kind: str) -> pl.Expr:
    return ((pl.col(f"norm_{kind}") > 0) & (pl.col(f"norm_{kind}_b") > 0)).fill_null(False)


def _like(kind: str) -> pl.Expr:
    """Cosine of what both clusters hold of a kind; 0 where one holds nothing."""
    length = (pl.col(f"norm_{kind}") * pl.col(f"norm_{kind}_b")).sqrt()
    return pl.when(_both_have(kind)).then(pl.col(f"shared_{kind}").fill_null(0) / length).otherwise(0.0)


def _shown() -> pl.Expr:
    """What speaks for a pair, as bits of SHOWN."""
    facts = (
        pl.col("shared_company") > 0,
        _like("place") > ALIKE["地址相近"],
        _like("topic") > ALIKE["题目用词相近"],
        pl.col("shared_identifier"),
    )
    return pl.sum_horizontal(
        pl.when(f.fill_null(False)).then(bit).otherwise(0) for f, bit in zip(facts, SHOWN.values(), strict=True)
    ).cast(pl.Int64)


def _score(w: Weights) -> pl.Expr:
    """Logarithm of the odds that two clusters are one person; evidence that either lacks says nothing."""
    met = pl.col("shared_company").fill_null(0)
    company = w.company * (1 - (met / (-SCALE * w.company_at)).exp())
    unmet = _both_have("company") & (met == 0)
    strangers = pl.when(unmet).then(w.strangers).otherwise(0.0)
    elsewhere = pl.when(_both_have("place")).then(w.elsewhere).otherwise(0.0)
    place = elsewhere + w.place * _like("place").pow(w.place_power)
    topic = w.topic * _like("topic").pow(w.topic_power)
    identifier = pl.when(pl.col("shared_identifier").fill_null(False)).then(w.identifier).otherwise(0.0)
    greater = pl.max_horizontal("size", "size_b")
    known = unmet & _both_have(
        "place"
    )  # the one draws those of whom little is known, not those who were seen elsewhere
    foremost = w.foremost * (1 + greater / (pl.col("whole") - greater + 1)).log()
    drawn = pl.when(known).then(0.0).otherwise(foremost)
    name = w.base + w.common * pl.max_horizontal("common", "common_b")
    return name + company + strangers + place + topic + drawn + identifier
