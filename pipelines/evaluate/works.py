"""Deduplication measured against the sample's truth: pairs, pairs across languages, merges of two DOIs, errors by trait, intervals."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from pipelines.core.text import has_han
from pipelines.evaluate import dedup
from pipelines.evaluate.units import share

PAIR = dedup.PAIR


def work_scores(gold: pl.DataFrame, clusters: pl.DataFrame, pairs: pl.LazyFrame, twins: pl.DataFrame) -> dict[str, Any]:
    """Pair figures of a clustering.

    `gold`: record_id, cluster, title, doi, traits; `clusters`: record_id, work_id. precision, recall, f1 with 95 % intervals;
    recall_across: pairs with one title in Chinese and one not; two_doi_merges: joined pairs with two DOIs that are no declared
    twins, and how many of them are two works; missed_for_two_dois: true pairs apart whose DOIs are two and no twins, because one
    is misprinted; undecided_per_1000: open pairs per 1,000 records.
    Shares without a denominator are None.
    """
    told = _judged(gold, clusters)
    lost = told.filter(pl.col("is_true"), ~pl.col("is_found"), pl.col("two_dois")).filter(~_declared(twins))
    across = told.filter(pl.col("is_true"), pl.col("across"))
    merged = told.filter(pl.col("is_found"), pl.col("two_dois")).filter(~_declared(twins))
    asked = pairs.filter(pl.col("decision") == "review").select(pl.len()).collect().item()
    predicted = clusters.select("record_id", cluster="work_id")
    return {
        **dedup.pair_scores(predicted, gold),
        "intervals": dedup.intervals(predicted, gold),
        "pairs_across": across.height,
        "recall_across": share(across.filter(pl.col("is_found")).height, across.height),
        "two_doi_merges": merged.height,
        "two_doi_merges_wrong": merged.filter(~pl.col("is_true")).height,
        "missed_for_two_dois": lost.height,
        "undecided_per_1000": round(1000 * asked / gold.height, 2) if gold.height else None,
    }


def swallowed(told: pl.DataFrame, known: pl.DataFrame) -> int:
    """Works that a database delivered and of which it has no record in the build: another work's record took their place.

    Only databases that the build has read are looked at; both frames have source and true_work.
    """
    read = told.join(known.select("source").unique(), on="source", how="semi")
    return read.unique(["source", "true_work"]).join(known, on=["source", "true_work"], how="anti").height


def by_trait(gold: pl.DataFrame, clusters: pl.DataFrame, pairs: pl.LazyFrame) -> list[dict[str, Any]]:
    """Errors by cause: for each trait the pairs in which either record has it; a pair with several traits counts for each.

    Grain: one row per trait and side of the truth that occurs: pairs (true or joined), missed, wrongly joined, open; worst first.
    """
    told = _judged(gold, clusters)
    asked = pairs.filter(pl.col("decision") == "review").select(*PAIR, is_open=pl.lit(True)).collect()
    open_pairs = _sides(asked, gold, clusters).join(asked, on=PAIR)
    every = pl.concat([told.with_columns(is_open=pl.lit(False)), open_pairs.select(*told.columns, "is_open")])
    every = every.group_by(PAIR).agg(
        pl.col("is_true", "is_found", "is_open").any(), traits=pl.col("traits").list.unique().first()
    )
    marked = every.explode("traits", empty_as_null=True).with_columns(pl.col("traits").fill_null("（无）"))
    counted = marked.group_by(trait="traits").agg(
        true_pairs=pl.col("is_true").sum(),
        missed=(pl.col("is_true") & ~pl.col("is_found")).sum(),
        missed_open=(pl.col("is_true") & ~pl.col("is_found") & pl.col("is_open")).sum(),
        false_merges=(~pl.col("is_true") & pl.col("is_found")).sum(),
        open_apart=(~pl.col("is_true") & pl.col("is_open")).sum(),
    )
    recall = (1 - pl.col("missed") / pl.col("true_pairs")).round(4)
    return (
        counted.with_columns(recall=pl.when(pl.col("true_pairs") > 0).then(recall))
        .sort(pl.col("false_merges") + pl.col("missed"), "trait", descending=[True, False])
        .to_dicts()
    )


def _judged(gold: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per pair that is true or was joined."""
    truth = dedup.true_pairs(gold)
    found = dedup.true_pairs(
        clusters.select("record_id", cluster="work_id").join(gold.select("record_id"), on="record_id")
    )
    return _sides(pl.concat([truth, found]).unique(maintain_order=True), gold, clusters)


def _sides(pairs: pl.DataFrame, gold: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """What both records of a pair are, in truth and as found."""
    facts = gold.join(clusters.select("record_id", "work_id"), on="record_id").select(
        "record_id", "cluster", "work_id", "doi", "traits", han=has_han(pl.col("title"))
    )
    left = facts.rename({c: f"left_{c}" for c in facts.columns}).rename({"left_record_id": "left_id"})
    right = facts.rename({c: f"right_{c}" for c in facts.columns}).rename({"right_record_id": "right_id"})
    return (
        pairs.select(PAIR)
        .join(left, on="left_id")
        .join(right, on="right_id")
        .select(
            *PAIR, "left_cluster", "left_doi", "right_doi",
            is_true=pl.col("left_cluster") == pl.col("right_cluster"),
            is_found=pl.col("left_work_id") == pl.col("right_work_id"),
            across=(pl.col("left_han") != pl.col("right_han")).fill_null(False),
            two_dois=(pl.col("left_doi") != pl.col("right_doi")).fill_null(False),
            traits=pl.col("left_traits").list.set_union("right_traits"),
        )
    )  # fmt: skip


def _declared(twins: pl.DataFrame) -> pl.Expr:
    """Whether two DOIs stand in a declared relation: the patterns fit, and what they capture agrees."""
    lines = twins.select("pattern_left", "pattern_right").iter_rows()
    patterns = [(re.compile(a), re.compile(b)) for a, b in lines]

    def declared(pair: dict[str, str]) -> bool:
        both = (pair["left_doi"], pair["right_doi"])
        fits = [(a.fullmatch(x), b.fullmatch(y)) for a, b in patterns for x, y in (both, both[::-1])]
        return any(m and n and (not m.groups() or not n.groups() or m.groups() == n.groups()) for m, n in fits)

    return pl.struct("left_doi", "right_doi").map_elements(declared, return_dtype=pl.Boolean)
