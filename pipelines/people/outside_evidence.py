"""What stands around a mention, as numbered tokens: co-authors, words of its addresses, words of the work, identifiers."""

from __future__ import annotations

import math
from typing import NamedTuple

import polars as pl

from pipelines.core.text import folded
from pipelines.people.scope import PLACE

KINDS = ("company", "place", "topic", "identifier")  # a token's kind is its number modulo four
COMPANY = 30  # co-authors looked at: a byline of hundreds is the same for all who sign it
COMMON_WORD = 0.10  # a word that stands in one work of ten says nothing
WORDS = 16  # the rarest of a work; the others are common and cost most of the time
STEM = 5  # vendors cut words at their end ('Univ', 'Technol'): what is left after so many letters is not compared
SCALE = 100  # weights are whole numbers, so that sums do not depend on their order


class Surroundings(NamedTuple):
    """Weighed tokens of all works; weight = logarithm of how rare, in hundredths."""

    company: pl.DataFrame  # work, author_position, token, weight
    topic: pl.DataFrame  # work, token, weight
    linked: pl.DataFrame  # mention, address
    place: pl.DataFrame  # address, token, weight
    identifier: pl.DataFrame  # mention, token, weight

    def of(self, asked: pl.DataFrame) -> pl.DataFrame:
        """Tokens of some mentions (mention, work, author_position).

        Grain: one row per mention and token.
        """
        company = (
            asked.join(self.company, on="work", suffix="_of")
            .filter(pl.col("author_position") != pl.col("author_position_of"))
            .select("mention", "token", "weight")
        )
        topic = asked.join(self.topic, on="work").select("mention", "token", "weight")
        near = asked.join(self.linked, on="mention").join(self.place, on="address").select("mention", "token", "weight")
        told = asked.join(self.identifier, on="mention").select("mention", "token", "weight")
        return pl.concat([company.unique(), topic, near.unique(), told])


def surroundings(
    signed: pl.DataFrame,
    identifiers: pl.DataFrame,
    works: pl.LazyFrame,
    work_addresses: pl.LazyFrame,
    affiliation_matches: pl.LazyFrame,
) -> Surroundings:
    """Evidence for everybody; `signed` = all mentions, `identifiers`: mention, value."""
    whole = max(2, signed["work"].n_unique())
    numbers = signed.select("work_id", "work").unique()
    first = signed.filter(pl.col("author_position") <= COMPANY).select("work", "author_position", value="block")
    company = first.join(_weighed(first.select("work", "value").unique(), whole, "company"), on="value").drop("value")
    topic = _topic(works, numbers, whole)
    linked = work_addresses.select(*PLACE, "address_id").drop_nulls().unique().collect()
    named = linked.select("address_id").unique().sort("address_id").with_row_index("address")
    kept = linked.join(named, on="address_id").join(signed.select("mention", *PLACE), on=PLACE)
    place = _places(affiliation_matches, named, kept.group_by("address").agg(works=pl.len()), whole)
    contacts = identifiers.join(_weighed(identifiers, whole, "identifier"), on="value")
    return Surroundings(
        company,
        topic,
        kept.select("mention", "address"),
        place,
        contacts.select("mention", "token", "weight").unique(),
    )


def _weighed(uses: pl.DataFrame, whole: int, kind: str, count: pl.Expr | None = None) -> pl.DataFrame:
    """Number and weight of each value.

    Grain: one row per value.
    """
    times = pl.len() if count is None else count
    weight = (SCALE * (whole / times.cast(pl.Float64)).log()).round().cast(pl.Int64)
    numbered = pl.int_range(pl.len(), dtype=pl.UInt32) * len(KINDS) + KINDS.index(kind)
    return uses.group_by("value").agg(weight=weight).sort("value").with_columns(token=numbered)


def _topic(works: pl.LazyFrame, numbers: pl.DataFrame, whole: int) -> pl.DataFrame:
    """The rarest words of title, keywords and venue; the venue is also a token as a whole.

    Grain: one row per work and token.
    """
    said = works.join(numbers.lazy(), on="work_id").select(
        "work",
        text=folded(pl.concat_str("title", "title_en", "keywords", "venue", separator=" ", ignore_nulls=True)),
        venue=pl.concat_str(pl.lit("v:"), folded(pl.col("venue"))),
    ).collect()  # fmt: skip
    single = said.select("work", value=pl.col("text").str.split(" ").list.unique()).explode("value", empty_as_null=True)
    every = pl.concat([single.filter(pl.col("value").str.len_chars() > 2), said.select("work", value="venue")])
    every = every.drop_nulls()
    usual = _weighed(every, whole, "topic").filter(pl.col("weight") > -SCALE * math.log(COMMON_WORD))
    met = usual.join(every.group_by("value").agg(met=pl.len()).filter(pl.col("met") > 1).select("value"), on="value")
    rows = every.join(met, on="value").select("work", "token", "weight")
    return (
        rows.sort("work", "weight", "token", descending=[False, True, False])
        .filter(pl.int_range(pl.len()).over("work") < WORDS)
    )  # fmt: skip


def _places(affiliation_matches: pl.LazyFrame, named: pl.DataFrame, uses: pl.DataFrame, whole: int) -> pl.DataFrame:
    """Words of each address, cut to their stem, and the institutions found in it.

    Grain: one row per address and token.
    """
    told = (
        affiliation_matches.rename({"address": "text"})
        .join(named.lazy(), on="address_id")
        .select("address", "institution_id", "text")
        .collect()
    )
    texts = told.select("address", "text").unique("address").select("address", value=folded(pl.col("text")))
    words = texts.select("address", value=pl.col("value").str.split(" ")).explode("value", empty_as_null=True)
    institutions = told.select("address", value=pl.concat_str(pl.lit("i:"), "institution_id"))
    cut = words.with_columns(pl.col("value").str.head(STEM))
    every = pl.concat([cut, institutions]).drop_nulls().unique().join(uses, on="address")
    usual = _weighed(every, whole, "place", pl.col("works").sum()).filter(pl.col("weight") > 0)
    return every.join(usual, on="value").select("address", "token", "weight")
