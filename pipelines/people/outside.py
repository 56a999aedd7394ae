"""Authors on no roster: who of them is the same person, how surely, and how many stay open."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.core import schema
from pipelines.core.names import compatible, surnames_from
from pipelines.core.text import short_hash
from pipelines.people import identifiers
from pipelines.people.outside_evidence import Surroundings, surroundings
from pipelines.people.outside_initials import attached
from pipelines.people.outside_mentions import mentions, name_shares, shortened
from pipelines.people.outside_rounds import clustered
from pipelines.people.scope import PLACE

AT_A_TIME = 100_000  # mentions whose evidence is in memory together; blocks are independent of each other
SINGLE_IDS = ("orcid", "researcher_id", "scopus_author_id")
SURE = 2.0  # logarithm of the odds: seven to one
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
    usable, disputed = _identifiers(told, signed)
    signed = signed.join(_single(usable), on="mention", how="left").with_columns(given=pl.lit(None, pl.String))
    shares = name_shares(signed["block"], known)
    outside = signed.filter("outside").join(shares.select("block", "short", "common"), on="block", how="left")
    around = surroundings(signed, usable, works, work_addresses, affiliation_matches)
    forms = shortened(shares.join(outside.select("block").unique(), on="block"))
    state = attached(_by_name(outside, around), forms, around)
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


def _identifiers(told: pl.DataFrame, signed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Identifiers of mentions (mention, kind, value), and the mentions of which one is disputed: it stands on two authors of one
    work or on names that cannot be one person's, and says nothing in any work.

    Grain: one row per mention and identifier.
    """
    named = told.drop_nulls("author_position").join(signed.select("mention", *PLACE, "key"), on=PLACE)
    rows = named.select(
        "mention",
        "work_id",
        "key",
        kind="identifier_type",
        value=pl.concat_str("identifier_type", pl.lit(":"), "value"),
    )
    names = rows.select("value", "key").unique().sort("value", "key").group_by("value", maintain_order=True).agg("key")
    several = names.filter(pl.col("key").list.len() > 1)
    unlike = [v for v, keys in several.iter_rows() if any(not compatible(max(keys, key=len), k) for k in keys)]
    twice = rows.group_by("value", "work_id").agg(pl.col("mention").n_unique()).filter(pl.col("mention") > 1)
    bad = pl.concat([pl.DataFrame({"value": unlike}, schema={"value": pl.String}), twice.select("value")]).unique()
    good = rows.join(bad, on="value", how="anti").select("mention", "kind", "value").unique()
    return good, rows.join(bad, on="value", how="semi").select("mention").unique()


def _single(usable: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per mention with an identifier; where a mention has two of a kind, none is taken for a contradiction."""
    return usable.group_by("mention").agg(
        pl.when((pl.col("kind") == kind).sum() == 1)
        .then(pl.col("value").filter(pl.col("kind") == kind).min())
        .alias(kind)
        for kind in SINGLE_IDS
    )


def _by_name(outside: pl.DataFrame, around: Surroundings) -> pl.DataFrame:
    """Clusters within each written name.

    Grain: one row per mention.
    """
    nothing = pl.lit(None, pl.Float64)
    alone = pl.len().over("block") == 1
    parts = [outside.filter(alone).with_columns(cluster="mention", support=nothing, rival=nothing)]
    for share in _chunks(outside.filter(~alone)):
        twice = share.select("mention", "work", "block")
        rivals = twice.join(twice, on=["work", "block"], suffix="_b").filter(pl.col("mention") < pl.col("mention_b"))
        asked = share.select("mention", "work", "author_position")
        parts.append(clustered(share, around.of(asked), rivals.select(left="mention", right="mention_b")))
    return pl.concat([p.select(parts[0].columns) for p in parts]).sort("mention")


def _chunks(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Whole blocks, about so many mentions at a time."""
    sizes = rows.group_by("block").agg(size=pl.len()).sort("block")
    placed = sizes.select("block", share=pl.col("size").cum_sum() // AT_A_TIME)
    for _, share in rows.join(placed, on="block").group_by("share", maintain_order=False):
        yield share.drop("share").sort("mention")


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
        names=pl.len().over("block"), size=pl.len().over("cluster"),
        crowded=(yearly & pl.col("year").is_not_null()).any().over("cluster"), disputed=pl.col("disputed").fill_null(False),
        odds=pl.min_horizontal(pl.col("support"), -pl.col("rival")),
    )  # fmt: skip
    single = (pl.col("names") == 1) & ~pl.col("block").is_in(shared)
    open_ = (pl.col("odds").fill_null(SURE) < 1.0) | pl.col("crowded") | pl.col("disputed")
    decision = (
        pl.when(pl.col("crowded") | pl.col("disputed")).then(pl.lit("unresolved"))
        .when(single | (pl.col("odds").fill_null(0) >= SURE)).then(pl.lit("certain"))
        .when(open_).then(pl.lit("unresolved")).otherwise(pl.lit("weak"))
    )  # fmt: skip
    chance = (1 / (1 + (-pl.col("odds")).exp())).round(3)
    evidence = pl.struct(
        同名署名="names", 同簇署名="size", 归入的把握=(1 / (1 + (-pl.col("support")).exp())).round(3),
        属于另一簇的可能=(1 / (1 + (-pl.col("rival")).exp())).round(3), 年超四十篇="crowded", 标识有争议="disputed",
    )  # fmt: skip
    first = pl.concat_str(
        pl.col("work_id").first().over("cluster"), pl.lit(":"), pl.col("author_position").first().over("cluster")
    )
    named = counted.sort("mention").select(
        *PLACE, "name", author_cluster_id=pl.concat_str(pl.lit("a_"), short_hash(first, 12)), decision=decision,
        score=pl.when(single).then(1.0).otherwise(chance), evidence=evidence.struct.json_encode(),
    )  # fmt: skip
    return schema.table("author_clusters").conform(named.sort(PLACE))
