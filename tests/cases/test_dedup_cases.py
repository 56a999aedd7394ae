"""Every case of dedup.yml is one test: from source rows to works by the build's own stages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from pipelines import dedup, normalise
from pipelines.core import dictionaries, ledger, schema

SPEC = yaml.safe_load(Path(__file__).with_name("dedup.yml").read_text(encoding="utf-8"))
ALIASES = pl.DataFrame(schema={"alias": pl.String, "journal_id": pl.String})


def tables(case: dict[str, Any]) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Records and authorships of a case."""
    rows, authors = [], []
    for number, given in enumerate(case["records"]):
        row = dict(given)
        named = row.pop("authors", "")
        record = f"{row['source']}:{number}"
        accession = None if row["source"] == "cnki" else f"N:{number}"
        rows.append({"record_id": record, "raw_id": record, "record_hash": record, "accession_number": accession} | row)
        authors += [
            {"record_id": record, "raw_id": record, "author_position": place, "name": name.strip()}
            for place, name in enumerate(named.split(";"), 1)
            if name.strip()
        ]
    records = schema.table("source_records").conform(pl.DataFrame(rows, infer_schema_length=None)).lazy()
    authorships = schema.table("source_authorships").conform(pl.DataFrame(authors, infer_schema_length=None)).lazy()
    surnames = dictionaries.load("surnames", "common")
    journals = pl.DataFrame(SPEC["journals"])
    addresses = schema.table("source_addresses").empty().lazy()
    links = schema.table("source_authorship_addresses").empty().lazy()
    deliveries = normalise.record_deliveries(records, authorships, addresses, links)
    return (
        normalise.records(
            records, deliveries, authorships, journals=journals, journal_aliases=ALIASES, surnames=surnames
        ),
        normalise.authorships(authorships, deliveries, surnames=surnames),
    )


def history(stream: str) -> pl.LazyFrame:
    return pl.LazyFrame(schema=dict.fromkeys(ledger.STREAMS[stream], pl.String))


def outcome(case: dict[str, Any]) -> tuple[str | dict[str, str], pl.DataFrame]:
    """What became of the records, and the pairs table that says why."""
    records, authorships = tables(case)
    named = {n: dictionaries.load(n, "common") for n in ("doi_twins", "generic_titles", "surnames")}
    pairs = dedup.pairs(records, authorships, history("decisions_dedup"), **named)
    precedence = dictionaries.load("source_precedence", "common")
    clusters = dedup.clusters(records, pairs.lazy(), history("work_ids"), source_precedence=precedence)
    if clusters["work_id"].n_unique() == 1:
        return "same", pairs
    linked = dedup.related(pairs.lazy(), clusters.lazy()).collect()
    if linked.height:
        return {"related": linked["relation"][0]}, pairs
    return ("review" if "review" in pairs["decision"].to_list() else "different"), pairs


@pytest.mark.parametrize("case", SPEC["cases"], ids=[c["because"][:60] for c in SPEC["cases"]])
def test_case(case: dict[str, Any]) -> None:
    found, pairs = outcome(case)
    assert found == case["expect"], (case["because"], pairs.select("blocks", "rule", "veto", "evidence").rows())
