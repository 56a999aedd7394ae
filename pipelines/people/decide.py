"""From evidence to one answer per author: vetoes, points, margin over the second best. Doubt is asked, never guessed."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.people.evidence import NO_COLLEGE
from pipelines.people.points import (
    ASK_AT,
    CLAIM,
    COMPANY,
    DATE,
    IDENTIFIER,
    LEARNED_ID,
    LEARNED_MOST,
    MARGIN,
    MATCH_AT,
    NAME,
    ONLY_NAMESAKE,
    PARTNERS,
    UNIT,
    UNLINKED_COMMON,
    UNLINKED_MIXED,
    VENUE,
    VETOES,
    WORDS,
    points,
)
from pipelines.people.scope import PLACE

SHOWN = 5
FIRST, SECOND = ("kind", "unit", "date", "identifier", "claim", "company"), ("learned_id", "partners", "venue")
EVIDENCE = (*FIRST, *SECOND)
CODE = pl.Enum(sorted(WORDS))
VETO = pl.Enum(VETOES)


def with_base(pairs: pl.DataFrame) -> pl.DataFrame:
    """Adds `base`: points of name, unit and dates."""
    lonely = (pl.col("namesakes") == 1) & pl.col("kind").is_in(["native", "full", "english", "former"])
    only = pl.when(lonely).then(ONLY_NAMESAKE).otherwise(0.0)
    return pairs.with_columns(base=points("kind", NAME) + points("unit", UNIT) + points("date", DATE) + only)


def scored(rows: pl.DataFrame) -> pl.DataFrame:
    """Adds `total`: points of what the work itself says.

    Grain: one row per work, author position and candidate.
    """
    unlinked = (pl.col("link") == "unknown") & pl.col("mixed") & pl.col("identifier").is_null()
    further = (pl.col("namesakes").cast(pl.Int64) - 1).clip(0, 3)
    said = (
        pl.col("base")
        + points("identifier", IDENTIFIER)
        + points("claim", CLAIM)
        + points("company", COMPANY)
        + pl.when(unlinked).then(UNLINKED_MIXED + UNLINKED_COMMON * further).otherwise(0.0)
    )
    return rows.with_columns(total=said.round(3))


def compact(rows: pl.DataFrame) -> pl.DataFrame:
    """What the second round and the answers need; codes in one byte each, since millions of rows wait for it."""
    codes = [pl.col(c).cast(CODE) for c in FIRST]
    return rows.select(*PLACE, "person_id", *codes, pl.col("veto").cast(VETO), "unit_id", "total")


def taught(rows: pl.DataFrame) -> pl.DataFrame:
    """Raises or lowers `total` by what other works teach, within bounds; the columns that told it are told in one byte each."""
    learned = points("learned_id", LEARNED_ID) + points("partners", PARTNERS) + points("venue", VENUE)
    total = (pl.col("total") + learned.clip(upper_bound=LEARNED_MOST)).round(3)
    return rows.with_columns(*(pl.col(c).cast(CODE) for c in SECOND), total=total)


def with_vetoes(pairs: pl.DataFrame, authors: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Adds `veto`: what rules a candidate out whatever else speaks for him, in words."""
    said = authors.select(*PLACE, author_native="native", author_umlaut="umlaut")
    known = persons.select("person_id", person_natives="native", person_umlaut="umlaut")
    both = pairs.join(said, on=PLACE).join(known, on="person_id", how="left")
    other_characters = (
        pl.col("author_native").is_not_null()
        & (pl.col("person_natives").list.len() > 0)
        & pl.col("person_natives").list.contains(pl.col("author_native")).not_()
    )
    veto = (
        pl.when(pl.col("identifier") == "conflict")
        .then(pl.lit(VETOES[0]))
        .when(other_characters)
        .then(pl.lit(VETOES[1]))
        .when(pl.col("author_umlaut") & pl.col("person_umlaut").not_())
        .then(pl.lit(VETOES[2]))
    )
    shown = ["author_native", "author_umlaut", "person_natives", "person_umlaut"]
    return both.with_columns(veto=veto).drop(shown)


def with_native(pairs: pl.DataFrame, authors: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Raises `kind` to native where the record prints the person's own characters."""
    said = authors.select(*PLACE, author_native="native").drop_nulls()
    known = persons.select("person_id", "native").explode("native", empty_as_null=True, keep_nulls=True).drop_nulls()
    equal = known.select("person_id", author_native="native", is_native=True).unique()
    return (
        pairs.join(said, on=PLACE, how="left")
        .join(equal, on=["person_id", "author_native"], how="left")
        .with_columns(kind=pl.when("is_native").then(pl.lit("native")).otherwise("kind"))
        .drop("author_native", "is_native")
    )


def ranked(authors: pl.DataFrame, weighed: pl.DataFrame) -> pl.DataFrame:
    """The best candidate of each author with his lead, and a decision.

    A person who is certain at one place of a work is no candidate for another; certain at two, both are asked.
    Grain: one row per work and author position of `authors`.
    """
    standing = weighed.filter(pl.col("veto").is_null())
    crowds = authors.select(*PLACE, "crowd", "placed")
    sure = _decided(_best(standing, crowds)).filter(pl.col("decision") == "match")
    once = sure.filter(pl.len().over("work_id", "person_id") == 1)
    taken = once.select("work_id", "person_id", at="author_position")
    free = standing.join(taken, on=["work_id", "person_id"], how="left")
    free = free.filter(pl.col("at").is_null() | (pl.col("at") == pl.col("author_position"))).drop("at")
    best = _best(free, crowds)
    return _twice_in_a_work(_decided(authors.select(*PLACE, "crowd").join(best, on=PLACE, how="left")))


def _best(standing: pl.DataFrame, crowds: pl.DataFrame) -> pl.DataFrame:
    """The candidate with most points and his lead over the best of the others, and over those of a crowd nobody looked at.

    Partners speak for him only against those of whom certain links could have taught partners too.
    """
    ordered = standing.sort(*PLACE, "total", "person_id", descending=[False, False, True, False])
    placed = ordered.with_columns(place=pl.int_range(pl.len()).over(PLACE))
    if "partners" not in placed.columns:
        placed = placed.with_columns(partners=pl.lit(None, CODE), learnable=pl.lit(True))
    others = pl.col("total").filter(pl.col("place") > 0)
    untaught = pl.col("total").filter((pl.col("place") > 0) & pl.col("learnable").not_())
    rivals = placed.group_by(PLACE).agg(second=others.max(), untaught=untaught.max())
    first = placed.filter(pl.col("place") == 0).join(rivals, on=PLACE).join(crowds, on=PLACE, how="left")
    # Of a crowd not everybody was looked at: a student of another college, without his supervisor, stands for the rest.
    unseen = points("kind", NAME) + DATE["active"] + COMPANY["no_supervisor"]
    unseen = unseen + pl.when("placed").then(UNIT["other"]).otherwise(UNIT["unknown"])
    rest = pl.when(pl.col("crowd") > 0).then(unseen).otherwise(0.0)
    second = pl.max_horizontal(pl.col("second"), pl.col("untaught") + points("partners", PARTNERS), rest)
    return first.with_columns(margin=(pl.col("total") - second).round(3)).drop(
        "crowd", "placed", "place", "second", "untaught", "learnable"
    )


def _decided(every: pl.DataFrame) -> pl.DataFrame:
    certain = (pl.col("total") >= MATCH_AT) & (pl.col("margin") >= MARGIN)
    crowd = pl.col("crowd") > 0 if "crowd" in every.columns else pl.lit(False)
    askable = (pl.col("total") >= ASK_AT) | (pl.col("total").is_null() & crowd)
    decision = (
        pl.when(certain.fill_null(False))
        .then(pl.lit("match"))
        .when(askable.fill_null(False))
        .then(pl.lit("review"))
        .otherwise(pl.lit("no_match"))
    )
    return every.with_columns(decision=decision)


def _twice_in_a_work(every: pl.DataFrame) -> pl.DataFrame:
    """One person cannot be two authors of one work: both places are asked."""
    taken = (pl.col("decision") == "match").sum().over("work_id", "person_id")
    twice = pl.col("person_id").is_not_null() & (pl.col("decision") == "match") & (taken > 1)
    return every.with_columns(twice=twice, decision=pl.when(twice).then(pl.lit("review")).otherwise("decision"))


def certain(answers: pl.DataFrame) -> pl.DataFrame:
    """Links that stand by what their own work says.

    Grain: one row per work and author position.
    """
    return answers.filter(pl.col("decision") == "match").select(*PLACE, "person_id")


def answers(authors: pl.DataFrame, weighed: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """One answer per author.

    Grain: one row per work and author position.
    """
    standing = weighed.filter(pl.col("veto").is_null())
    ordered = standing.sort(*PLACE, "total", "person_id", descending=[False, False, True, False])
    lists = ordered.group_by(PLACE, maintain_order=True).agg(
        candidates_count=pl.len().cast(pl.Int64), candidate_ids=pl.col("person_id").head(SHOWN).str.join(";")
    )
    refused = (
        weighed.drop_nulls("veto")
        .group_by(PLACE)
        .agg(vetoed=pl.col("veto").cast(pl.String).unique().sort().str.join("、"))
    )
    every = (
        ranked(authors, weighed)
        .with_columns(pl.col(EVIDENCE).cast(pl.String))
        .join(authors.select(*PLACE, "link", "units"), on=PLACE, how="left")
        .join(lines.select("unit_id", "above"), on="unit_id", how="left")
        .join(lists, on=PLACE, how="left")
        .join(refused, on=PLACE, how="left")
    )
    return _shaped(every, lines)


def _shaped(every: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The table's columns; the unit for credit with its basis; evidence as a readable JSON object."""
    kinds = dict(lines.select("unit_id", "kind").iter_rows())
    vague = [unit for unit, kind in kinds.items() if kind in NO_COLLEGE]
    matched = pl.col("decision") == "match"
    printed = pl.col("units").list.first()
    at_home = pl.col("units").list.set_intersection(pl.concat_list("above").fill_null([])).list.first()
    home = pl.when(matched).then("unit_id")
    own = pl.coalesce(pl.when(matched).then(at_home), printed)
    credited = pl.when(own.is_null() | own.is_in(vague)).then(pl.coalesce(home, own)).otherwise(own)
    basis = (
        pl.when(credited.is_null()).then(None).when(credited == own).then(pl.lit("署名")).otherwise(pl.lit("人事 hr"))
    )
    parts = [
        _said("姓名", "kind"), _said("单位", "unit"), _said("日期", "date"), _said("标识", "identifier"),
        _said("认领", "claim"), _said("合著", "company"), _said("其他作品标识", "learned_id"),
        _said("其他作品合著", "partners"), _said("刊物", "venue"),
        _said("署名地址", pl.when(pl.col("link") == "stated").then(pl.lit("stated")).otherwise(pl.lit("no_link"))),
        _pair("归属依据", basis), _pair("已排除", pl.col("vetoed")),
        _pair("疑问", pl.when("twice").then(pl.lit("同一人出现两次"))),
        _pair("同名人数", pl.when(pl.col("crowd") > 0).then(pl.col("crowd").cast(pl.String))),
    ]  # fmt: skip
    method = pl.concat_str(*EVIDENCE, separator="+", ignore_nulls=True)
    shaped = every.with_columns(
        unit_id=credited,
        method=pl.when(pl.col("kind").is_null()).then(pl.lit("none")).otherwise(method),
        score=pl.col("total").clip(0.0, 1.0).fill_null(0.0),
        margin=pl.col("margin").clip(0.0, 1.0).fill_null(0.0),
        candidates_count=pl.col("candidates_count").fill_null(pl.col("crowd")),
        evidence=pl.concat_str(pl.lit("{"), pl.concat_list(parts).list.drop_nulls().list.join(", "), pl.lit("}")),
        person_id=pl.when(matched).then("person_id"),
    )
    return schema.table("person_matches").conform(shaped)


def _said(label: str, code: str | pl.Expr) -> pl.Expr:
    value = pl.col(code) if isinstance(code, str) else code
    return _pair(label, value.replace_strict(WORDS, default=None, return_dtype=pl.String))


def _pair(label: str, value: pl.Expr) -> pl.Expr:
    """'"label": "value"', null where there is no value; values hold no quotation marks."""
    return pl.when(value.is_not_null()).then(pl.concat_str(pl.lit(f'"{label}": "'), value, pl.lit('"')))
