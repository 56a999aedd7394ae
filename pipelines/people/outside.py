"""Authors on no roster: who of them is the same person, how surely, and how many stay open."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.core.names import surnames_from
from pipelines.core.text import short_hash
from pipelines.people import identifiers, outside_identifiers
from pipelines.people.outside_evidence import Surroundings, surroundings
from pipelines.people.outside_initials import attached
from pipelines.people.outside_mentions import mentions, name_shares, shortened
from pipelines.people.outside_rounds import clustered, in_shares
from pipelines.people.outside_scores import SHOWN, of_one_work
from pipelines.people.scope import PLACE

SURE, DOUBTFUL = 2.0, 1.0  # logarithms of odds: seven to one, three to one
PER_YEAR = 40  # works a year beyond which a cluster is taken for several people (indicators.md §3.2)


def author_clusters(
    work_authorships: pl.LazyFrame,
    works: pl.LazyFrame,
    work_addresses: pl.LazyFrame,
    affiliation_matches: pl.LazyFrame,
    person_matches: pl.LazyFrame,
    author_identifiers: pl.LazyFrame,
    clusters: pl.LazyFrame,
    *,
    surnames: pl.DataFrame,
) -> pl.DataFrame:
    """Authors whom no person of the roster was found for, those of one person together.

    Grain: one row per work and author position. The id is that of the cluster's first mention by work and position.
    """
    known = surnames_from(surnames)
    signed = mentions(work_authorships, works, person_matches)
    told = identifiers.of_works(author_identifiers.collect(), clusters.collect(), signed, known)
    usable, disputed = outside_identifiers.usable(told, signed)
    signed = signed.join(outside_identifiers.single(usable), on="mention", how="left").with_columns(
        given=pl.lit(None, pl.String)
    )
    shares = name_shares(signed["block"], known)
    outside = signed.filter("outside").join(shares.select("block", "short", "common"), on="block", how="left")
    around = surroundings(signed, usable, works, work_addresses, affiliation_matches)
    forms = shortened(shares.join(outside.select("block").unique(), on="block"))
    state = outside_identifiers.joined(attached(_by_name(outside, around), forms, around))
    return _answers(state, forms, disputed)


def author_cluster_shares(author_clusters: pl.LazyFrame, works: pl.LazyFrame) -> pl.DataFrame:
    """How many authors on no roster are resolved, over all works and for each subject category.

    Grain: one row per category ('' = all works). A work counts for each of its categories.
    """
    rows = author_clusters.join(works.select("work_id", "categories"), on="work_id", how="left").collect()
    each = rows.with_columns(subject_category=pl.col("categories").str.split("; ").list.unique())
    each = each.explode("subject_category", empty_as_null=True).drop_nulls("subject_category")
    every = pl.concat([rows.with_columns(subject_category=pl.lit("")), each.select(*rows.columns, "subject_category")])
    counted = every.group_by("subject_category").agg(
        authorships_count=pl.len().cast(pl.Int64),
        author_clusters_count=pl.col("author_cluster_id").n_unique().cast(pl.Int64),
        unresolved_count=(pl.col("decision") == "unresolved").sum().cast(pl.Int64),
    )
    told = counted.with_columns(unresolved_share=pl.col("unresolved_count") / pl.col("authorships_count"))
    return schema.table("author_cluster_shares").conform(told.sort("subject_category"))


def _by_name(outside: pl.DataFrame, around: Surroundings) -> pl.DataFrame:
    """Clusters within each written name.

    Grain: one row per mention.
    """
    nothing = pl.lit(None, pl.Float64)
    alone = pl.len().over("block") == 1
    parts = [
        outside.filter(alone).with_columns(cluster="mention", support=nothing, rival=nothing, shown=pl.lit(0, pl.Int64))
    ]
    for share in in_shares(outside.filter(~alone)):
        tokens = around.of(share.select("mention", "work", "author_position"))
        parts.append(clustered(share, tokens, of_one_work(share)))
    return pl.concat([p.select(parts[0].columns) for p in parts]).sort("mention")


def _answers(state: pl.DataFrame, forms: pl.DataFrame, disputed: pl.DataFrame) -> pl.DataFrame:
    """The table: ids, decisions, evidence.

    certain: nobody else has the name, or everything that was weighed is beyond SURE; unresolved: nearly as likely another
    cluster's, too many works a year, or an identifier in dispute; weak: between.
    Grain: one row per mention.
    """
    shared = pl.concat([forms["block"], forms["short"]]).unique().implode()
    yearly = pl.len().over("cluster", "year") > PER_YEAR
    counted = state.join(disputed.with_columns(disputed=True), on="mention", how="left", maintain_order="left")
    counted = counted.with_columns(
        pl.col("disputed").fill_null(False),
        names=pl.len().over("block"),
        size=pl.len().over("cluster"),
        crowded=(yearly & pl.col("year").is_not_null()).any().over("cluster"),
        odds=pl.min_horizontal(pl.col("support"), -pl.col("rival")),
    )
    alone = (pl.col("names") == 1) & ~pl.col("block").is_in(shared)
    decision = (
        pl.when(pl.col("crowded") | pl.col("disputed")).then(pl.lit("unresolved"))
        .when(alone | (pl.col("odds") >= SURE)).then(pl.lit("certain"))
        .when(pl.col("odds") < DOUBTFUL).then(pl.lit("unresolved"))
        .otherwise(pl.lit("weak"))
    )  # fmt: skip
    first = pl.concat_str(
        pl.col("work_id").first().over("cluster"), pl.lit(":"), pl.col("author_position").first().over("cluster")
    )
    named = counted.sort("mention").select(
        *PLACE,
        "name",
        author_cluster_id=pl.concat_str(pl.lit("a_"), short_hash(first, 12)),
        decision=decision,
        score=pl.when(alone).then(1.0).otherwise(_chance(pl.col("odds"))),
        evidence=_evidence(),
    )
    return schema.table("author_clusters").conform(named)


def _chance(odds: pl.Expr) -> pl.Expr:
    return (1 / (1 + (-odds).exp())).round(3)


def _evidence() -> pl.Expr:
    """What spoke for it, as a person reads it."""
    spoke = [((pl.col("shown") & bit) > 0).alias(zh) for zh, bit in SHOWN.items()]
    return pl.struct(
        pl.col("names").alias("同名署名"),
        pl.col("size").alias("同簇署名"),
        _chance(pl.col("support")).alias("归入的把握"),
        _chance(pl.col("rival")).alias("属于另一簇的可能"),
        pl.col("crowded").alias(f"一年超过 {PER_YEAR} 篇"),
        pl.col("disputed").alias("标识有争议"),
        *spoke,
    ).struct.json_encode()
