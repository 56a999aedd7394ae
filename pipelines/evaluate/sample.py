"""Figures of a build against the sample university's truth: works, units, people, authors on no roster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import dictionaries
from pipelines.evaluate import author_clusters, dedup, people, units, works

WORST = 200  # errors listed at most, per kind


def figures(
    scan: Callable[[str], pl.LazyFrame], truth: Path, university: str, with_errors: bool = False
) -> dict[str, Any]:
    """{works: {precision, recall, f1, …}, units: {…}, people: {…}, author_clusters: {…}, traits: {works: […], units: […], people: […]}}.

    `traits` tells the errors by cause. With `errors` the wrong answers themselves are listed, with what speaks for each.
    `scan` gives a table of the build; `truth` is the folder that the sample writer made. Shares without denominator are None.
    """
    names = ("records", "addresses", "authorships", "persons", "scholar_works")
    told = {name: pl.read_parquet(truth / f"{name}.parquet") for name in names}
    records = scan("records").select("record_id", "title", "doi", *units.RECORD).collect()
    clusters = scan("clusters").select("record_id", "work_id").collect()
    known = told["records"].drop("title").join(records, on=units.RECORD)
    gold = known.select("record_id", "title", "doi", "traits", cluster="true_work")
    twins = dictionaries.load("doi_twins", university)
    institutions = dictionaries.load("institutions", university)
    own = institutions.filter(pl.col("kind") == "own").get_column("institution_id").item()
    tables = {name: scan(name).collect() for name in ("addresses", "affiliation_matches", "units")}
    people_tables = {name: scan(name).collect() for name in ("work_authorships", "person_matches")}
    placed = units.joined(told["addresses"], records, **tables, own=own)
    signed = people.joined(told["authorships"], records, **people_tables)
    found: dict[str, Any] = {
        "works": works.work_scores(gold, clusters, scan("pairs"), twins)
        | {"swallowed": works.swallowed(told["records"], known)},
        "units": units.unit_scores(told["addresses"], records, **tables, own=own),
        "people": people.people_scores(told["authorships"], records, **people_tables),
        "author_clusters": author_clusters.sample_scores(
            told["scholar_works"], *(scan(name).collect() for name in ("works", "author_clusters"))
        ),
        "traits": {
            "works": works.by_trait(gold, clusters, scan("pairs")),
            "units": units.by_trait(placed),
            "people": people.by_trait(signed, told["persons"]),
        },
    }
    if with_errors:
        wrong = signed.filter((pl.col("decision") == "match") & pl.col("person_id").ne_missing(pl.col("true_person")))
        pairs = scan("pairs").collect()
        found["errors"] = {
            "works": dedup.errors(pairs, clusters, gold).head(WORST).to_dicts(),
            "units": placed.filter(pl.col("meant").list.sort() != pl.col("said").list.sort()).head(WORST).to_dicts(),
            "people": wrong.head(WORST).to_dicts(),
        }
    return found
