"""Figures of a build against the sample university's truth: works, units, people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import dictionaries
from pipelines.evaluate import dedup, people, units, works

WORST = 200  # errors listed at most, per kind


def figures(
    scan: Callable[[str], pl.LazyFrame], truth: Path, university: str, with_errors: bool = False
) -> dict[str, Any]:
    """{works: {precision, recall, f1, …}, traits: […], units: {…}, people: {…}}, and `errors` when asked for.

    `traits` is empty unless the sample is of hard mode. `scan` gives a table of the build; `truth` is the folder that the sample
    writer made. Shares without denominator are None.
    """
    told = {name: pl.read_parquet(truth / f"{name}.parquet") for name in ("records", "addresses", "authorships")}
    records = scan("records").select("record_id", "title", "doi", *units.RECORD).collect()
    clusters = scan("clusters").select("record_id", "work_id").collect()
    gold = told["records"].drop("title").join(records, on=units.RECORD)
    gold = gold.select("record_id", "title", "doi", "traits", cluster="true_work")
    twins = dictionaries.load("doi_twins", university)
    institutions = dictionaries.load("institutions", university)
    own = institutions.filter(pl.col("kind") == "own").get_column("institution_id").item()
    tables = {name: scan(name).collect() for name in ("addresses", "affiliation_matches", "units")}
    people_tables = {name: scan(name).collect() for name in ("work_authorships", "person_matches")}
    found: dict[str, Any] = {
        "works": works.work_scores(gold, clusters, scan("pairs"), twins),
        "traits": works.by_trait(gold, clusters, scan("pairs")) if gold["traits"].explode().count() else [],
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


def _wrong_units(
    truth: pl.DataFrame, records: pl.DataFrame, tables: dict[str, pl.DataFrame], own: str
) -> list[dict[str, Any]]:
    rows = units.joined(truth, records, **tables, own=own)
    return rows.filter(pl.col("meant").list.sort() != pl.col("said").list.sort()).head(WORST).to_dicts()
