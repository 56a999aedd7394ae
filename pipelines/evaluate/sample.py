"""Figures of a build against the sample university's truth: works, units, people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import dictionaries
from pipelines.evaluate import dedup, people, units

WORST = 200  # errors listed at most, per kind


def figures(
    scan: Callable[[str], pl.LazyFrame], truth: Path, university: str, with_errors: bool = False
) -> dict[str, Any]:
    """{works: {precision, recall, f1, …}, units: {…}, people: {…}}, and `errors` when asked for.

    `scan` gives a table of the build; `truth` is the folder that the sample writer made. Shares without denominator are None.
    """
    told = {name: pl.read_parquet(truth / f"{name}.parquet") for name in ("records", "addresses", "authorships")}
    records = scan("records").select("record_id", "title", *units.RECORD).collect()
    clusters = scan("clusters").select("record_id", "work_id").collect()
    gold = told["records"].join(records.select("record_id", *units.RECORD), on=units.RECORD)
    gold = gold.select("record_id", cluster="true_work")
    institutions = dictionaries.load("institutions", university)
    own = institutions.filter(pl.col("kind") == "own").get_column("institution_id").item()
    tables = {name: scan(name).collect() for name in ("addresses", "affiliation_matches", "units")}
    people_tables = {name: scan(name).collect() for name in ("work_authorships", "person_matches")}
    found: dict[str, Any] = {
        "works": dedup.pair_scores(clusters.rename({"work_id": "cluster"}), gold) | _asked(scan, gold.height),
        "units": units.unit_scores(told["addresses"], records, **tables, own=own),
        "people": people.people_scores(told["authorships"], records, **people_tables),
    }
    if with_errors:
        rows = people.joined(told["authorships"], records, **people_tables)
        wrong = rows.filter((pl.col("decision") == "match") & pl.col("person_id").ne_missing(pl.col("true_person")))
        pairs = scan("pairs").collect()
        found["errors"] = {
            "works": dedup.errors(pairs, clusters, gold).head(WORST).to_dicts(),
            "units": _wrong_units(told["addresses"], records, tables, own),
            "people": wrong.head(WORST).to_dicts(),
        }
    return found


def _asked(scan: Callable[[str], pl.LazyFrame], records: int) -> dict[str, float | None]:
    asked = scan("pairs").filter(pl.col("decision") == "review").select(pl.len()).collect().item()
    return {"undecided_per_1000": round(1000 * asked / records, 2) if records else None}


def _wrong_units(
    truth: pl.DataFrame, records: pl.DataFrame, tables: dict[str, pl.DataFrame], own: str
) -> list[dict[str, Any]]:
    rows = units.joined(truth, records, **tables, own=own)
    return rows.filter(pl.col("meant").list.sort() != pl.col("said").list.sort()).head(WORST).to_dicts()
