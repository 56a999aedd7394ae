"""Identifiers of authors on no roster: which are beyond dispute, and whom they join across different writings of a name."""

from __future__ import annotations

import polars as pl

from pipelines.core.names import compatible
from pipelines.people.outside_rounds import merged, seated
from pipelines.people.outside_scores import SHOWN, WEIGHTS, facts_of, two_persons
from pipelines.people.scope import PLACE

SINGLE_IDS = ("orcid", "researcher_id", "scopus_author_id")  # a person has one of each; of e-mail addresses many


def usable(told: pl.DataFrame, signed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Identifiers of mentions (mention, kind, value), and the mentions of which one is disputed: it stands on two authors of one
    work or on names that cannot be one person's, and says nothing in any work.

    Grain: one row per mention and identifier; one row per mention.
    """
    named = told.drop_nulls("author_position").join(signed.select("mention", *PLACE, "key"), on=PLACE)
    whole = pl.concat_str("identifier_type", pl.lit(":"), "value")
    rows = named.select("mention", "work_id", "key", kind="identifier_type", value=whole)
    names = rows.select("value", "key").unique().sort("value", "key").group_by("value", maintain_order=True).agg("key")
    several = names.filter(pl.col("key").list.len() > 1)
    unlike = [v for v, keys in several.iter_rows() if any(not compatible(max(keys, key=len), k) for k in keys)]
    twice = rows.group_by("value", "work_id").agg(pl.col("mention").n_unique()).filter(pl.col("mention") > 1)
    bad = pl.concat([pl.DataFrame({"value": unlike}, schema={"value": pl.String}), twice.select("value")]).unique()
    good = rows.join(bad, on="value", how="anti").select("mention", "kind", "value").unique()
    return good, rows.join(bad, on="value", how="semi").select("mention").unique()


def single(identifiers: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per mention with an identifier; where a mention has two of a kind, neither is taken for a contradiction."""
    return identifiers.group_by("mention").agg(
        pl.when((pl.col("kind") == k).sum() == 1).then(pl.col("value").filter(pl.col("kind") == k).min()).alias(k)
        for k in SINGLE_IDS
    )


def joined(state: pl.DataFrame) -> pl.DataFrame:
    """Clusters that bear one identifier become one, however the name is written ('Wang, Wei', 'Wei, Wang'), unless they
    contradict each other.

    Grain: as given.
    """
    for kind in SINGLE_IDS:
        facts = facts_of(state)
        borne = facts.drop_nulls(kind).filter(pl.len().over(kind) > 1)
        if borne.is_empty():
            continue
        near = borne.select(
            a="cluster",
            root=pl.col("cluster").min().over(kind),
            score=pl.lit(WEIGHTS.identifier),
            shown=pl.lit(SHOWN["标识相同"], pl.Int64),
        )
        rows = state.join(borne.select("cluster"), on="cluster", how="semi").select("mention", "work")
        twice = rows.join(rows, on="work", suffix="_b").filter(pl.col("mention") < pl.col("mention_b"))
        apart = two_persons(state, twice.select(left="mention", right="mention_b"))
        state = merged(state, seated(near, facts, apart))
    return state
