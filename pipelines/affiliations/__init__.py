"""Addresses -> institutions and units: split, find candidates, decide."""

from __future__ import annotations

import json

import polars as pl

from pipelines.affiliations.candidates import Dictionary, dictionary_from
from pipelines.affiliations.decide import Decider
from pipelines.affiliations.pieces import Match
from pipelines.affiliations.places import places_from
from pipelines.affiliations.reviewed import Reviewed
from pipelines.core import schema

# What `Decider` says of an address, in the order of its columns.
_READ = (
    *("address_id", "address", "institution_id", "unit_id", "matched_text", "method", "score", "decision", "evidence"),
)


def address_readings(
    addresses: pl.LazyFrame,
    units: pl.LazyFrame,
    *,
    institutions: pl.DataFrame,
    institution_aliases: pl.DataFrame,
    unit_aliases: pl.DataFrame,
    abbreviations: pl.DataFrame,
    countries: pl.DataFrame,
) -> pl.DataFrame:
    """What the machine reads from each distinct address, before any answer of a person.

    `institution_id` is set when the institution is certain, also where the department is still to be asked (review).
    Grain: one row per distinct address and match; an address without a match has one row (no_match or review).
    """
    known = dictionary_from(institutions, institution_aliases, units.collect(), unit_aliases, abbreviations)
    distinct = addresses.select("address_id", "address").drop_nulls().group_by("address_id").agg(pl.min("address"))
    read = _rows(distinct.sort("address_id").collect(), Decider(known, places_from(countries)))
    return schema.table("address_readings").conform(_numbered(read, known))


def affiliation_matches(
    address_readings: pl.LazyFrame,
    units: pl.LazyFrame,
    decisions_addresses: pl.LazyFrame,
    *,
    institutions: pl.DataFrame,
    institution_aliases: pl.DataFrame,
    unit_aliases: pl.DataFrame,
    abbreviations: pl.DataFrame,
    countries: pl.DataFrame,
) -> pl.DataFrame:
    """What each distinct address names: the machine's reading, a person's decision before it. Only answered addresses are read again.

    Grain: one row per distinct address and match; an address without a match has one row (no_match or review).
    """
    known = dictionary_from(institutions, institution_aliases, units.collect(), unit_aliases, abbreviations)
    reviewed = Reviewed(known, _own_names(institutions), Decider(known, places_from(countries)).decide)
    reviewed.learn(decisions_addresses.collect())
    machine = address_readings.sort("address_id", "match_position").select(*_READ).collect()
    told = _numbered(reviewed.applied(machine), known).join(_paths(units.collect(), known), on="unit_id", how="left")
    outside = pl.col("evidence").str.json_path_match("$['未识别机构'][0]")
    return schema.table("affiliation_matches").conform(
        told.with_columns(institution_text=pl.when(pl.col("institution_id").is_null()).then(outside)).sort(
            "address_id", "match_position"
        )
    )


def decided(
    texts: pl.LazyFrame,
    units: pl.LazyFrame,
    decisions_addresses: pl.LazyFrame,
    *,
    institutions: pl.DataFrame,
    institution_aliases: pl.DataFrame,
    unit_aliases: pl.DataFrame,
    abbreviations: pl.DataFrame,
    countries: pl.DataFrame,
) -> pl.DataFrame:
    """Both steps for texts (address_id, address) that no stage has read. Grain: as affiliation_matches."""
    known = {
        "institutions": institutions,
        "institution_aliases": institution_aliases,
        "unit_aliases": unit_aliases,
        "abbreviations": abbreviations,
        "countries": countries,
    }
    read = address_readings(texts, units, **known)
    return affiliation_matches(read.lazy(), units, decisions_addresses, **known)


def _numbered(rows: pl.DataFrame, known: Dictionary) -> pl.DataFrame:
    return rows.with_columns(
        dictionary_version=pl.lit(known.version), match_position=pl.int_range(1, pl.len() + 1).over("address_id")
    )


def _paths(units: pl.DataFrame, known: Dictionary) -> pl.DataFrame:
    """Names from the university down to the unit, joined by '>'.

    Grain: one row per unit.
    """
    named = {i: zh or en or i for i, zh, en in units.select("unit_id", "name_zh", "name_en").iter_rows()}
    lines = {i: [*reversed(known.ancestors(i)), i] for i in named}
    paths = [(i, ">".join(named.get(u, u) for u in line)) for i, line in sorted(lines.items())]
    return pl.DataFrame(paths, schema={"unit_id": pl.String, "unit_path": pl.String}, orient="row")


def _own_names(institutions: pl.DataFrame) -> tuple[str, str]:
    """Chinese and English name of our university."""
    own = institutions.filter(pl.col("kind") == "own").sort("institution_id").select("name_zh", "name_en").head(1)
    zh, en = own.row(0) if own.height else ("", "")
    return zh or "", en or ""


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
