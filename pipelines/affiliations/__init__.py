"""Addresses -> institutions and units: split, find candidates, decide."""

from __future__ import annotations

import json

import polars as pl

from pipelines.affiliations.candidates import dictionary_from
from pipelines.affiliations.decide import Decider, Match
from pipelines.core import schema


def affiliation_matches(
    addresses: pl.LazyFrame,
    units: pl.LazyFrame,
    decisions_addresses: pl.LazyFrame,
    *,
    institutions: pl.DataFrame,
    institution_aliases: pl.DataFrame,
    unit_aliases: pl.DataFrame,
    abbreviations: pl.DataFrame,
) -> pl.DataFrame:
    """What each distinct address names. A person's decision outranks the machine's.

    `institution_id` is set when the institution is certain, also where the department is still to be asked (review).
    Grain: one row per distinct address and match; an address without a match has one row (no_match or review).
    """
    known = dictionary_from(institutions, institution_aliases, units.collect(), unit_aliases, abbreviations)
    distinct = addresses.select("address_id", "address").drop_nulls().group_by("address_id").agg(pl.min("address"))
    decided = _decided(decisions_addresses)
    todo = (
        distinct.join(decided.select("address_id").unique(), on="address_id", how="anti").sort("address_id").collect()
    )
    machine = _rows(todo, Decider(known))
    human = decided.join(distinct, on="address_id", how="inner")
    both = pl.concat([machine.lazy(), human.select(machine.columns)]).with_columns(
        dictionary_version=pl.lit(known.version), match_position=pl.int_range(1, pl.len() + 1).over("address_id")
    )
    return schema.table("affiliation_matches").conform(both.sort("address_id", "match_position").collect())


def _rows(todo: pl.DataFrame, decider: Decider) -> pl.DataFrame:
    """The machine's answers, in the order of the addresses."""
    found: list[tuple[str, str, Match]] = [
        (key, address, match) for key, address in todo.iter_rows() for match in decider.decide(address)
    ]
    return pl.DataFrame(
        [(key, a, *m[:-1], json.dumps(m.evidence, ensure_ascii=False)) for key, a, m in found],
        schema=dict.fromkeys(
            ("address_id", "address", "institution_id", "unit_id", "matched_text", "method"), pl.String
        )
        | {"score": pl.Float64, "decision": pl.String, "evidence": pl.String},
        orient="row",
    )


def _decided(decisions: pl.LazyFrame) -> pl.LazyFrame:
    """Newest decision of a person on each address (several rows when it names several units); an undo leaves none."""
    newest = decisions.filter(pl.col("date") == pl.col("date").max().over("address_id"))
    last_file = newest.filter(
        pl.col("source_file").fill_null("") == pl.col("source_file").fill_null("").max().over("address_id")
    )
    said = pl.struct(
        人工=pl.col("reviewer"), 日期=pl.col("date"), 理由=pl.col("reason"), 文件=pl.col("source_file")
    ).struct.json_encode()
    return (
        last_file.filter(pl.col("decision").is_in(["match", "review", "no_match"]))
        .sort("address_id", pl.col("source_row").cast(pl.Int64, strict=False), "unit_id")
        .unique(["address_id", "institution_id", "unit_id"], keep="first", maintain_order=True)
        .select(
            "address_id",
            "institution_id",
            "unit_id",
            "decision",
            matched_text=pl.lit(""),
            method=pl.lit("reviewer"),
            score=pl.lit(1.0),
            evidence=said,
        )
    )
