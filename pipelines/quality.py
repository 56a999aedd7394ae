"""Figures of a build that show slow decay: rows, shares decided, duplicates, gaps, open questions; kept in the ledger build after build."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import duckdb
import polars as pl

from pipelines.core import ledger
from pipelines.partitions import Build

STREAM = "build_metrics"
Line = tuple[str, str, float, int]  # metric, part (source, or empty), value, number it is a share of


def measured(build: Build) -> pl.DataFrame:
    """Figures of all published builds that the ledger holds, and those of this one.

    Grain: one row per build, metric and part (columns of the ledger stream, text).
    """
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    lines = [
        {"build_id": build.build_id, "published_at": moment, "metric": metric, "part": part, "value": repr(value), "n_den": str(n)}
        for metric, part, value, n in _lines(build)
    ]  # fmt: skip
    shape = dict.fromkeys(ledger.STREAMS[STREAM], pl.String)
    known = ledger.read(build.home.ledger, STREAM).filter(pl.col("build_id") != build.build_id)
    return pl.concat([known, pl.DataFrame(lines, schema=shape)])


def keep(build: Build) -> None:
    """The figures of a build into the ledger, once; they outlive the build."""
    if build.build_id in set(ledger.read(build.home.ledger, STREAM)["build_id"]):
        return
    ledger.append(build.home.ledger, STREAM, _of(build))


def figures(build: Build) -> dict[str, dict[str, float]]:
    """What build.json says of the figures of this build: metric -> part (source, or empty) -> value."""
    found: dict[str, dict[str, float]] = {}
    for metric, part, value in _of(build).select("metric", "part", pl.col("value").cast(pl.Float64)).iter_rows():
        found.setdefault(metric, {})[part] = value
    return found


def _of(build: Build) -> pl.DataFrame:
    """Lines of this build as its database holds them."""
    library = build.home.build(build.build_id) / "library.duckdb"
    with duckdb.connect(str(library.resolve()), read_only=True) as connection:
        rows = connection.sql("select * from lake.build_metrics where build_id = ?", params=[build.build_id]).pl()
    return pl.DataFrame(rows)


def told(finding: dict[str, Any]) -> str:
    """A finding of a check in words: what is wrong, how often, and the first cases where the check words them."""
    cases = [str(row["words"]) for row in finding["rows"] if row.get("words")]
    more = "；……" if cases and finding["count"] > len(cases) else ""
    return f"{finding['words']}（{finding['count']} 行{'：' if cases else ''}{'；'.join(cases)}{more}）"


def _lines(build: Build) -> Iterator[Line]:
    yield from _deliveries(build)
    yield from _records(build)
    yield from _addresses(build)
    yield from _people(build)
    yield from _pairs(build)


def _deliveries(build: Build) -> Iterator[Line]:
    """Per source: rows of the live batches read, accepted and set aside."""
    totals: dict[str, dict[str, int]] = {}
    for batch in build.batches:
        of_source = totals.setdefault(batch["source"], dict.fromkeys(("read", "accepted", "quarantined"), 0))
        for file in batch["files"]:
            for key in of_source:
                of_source[key] += file[key]
    for source, count in sorted(totals.items()):
        yield "accepted", source, float(count["accepted"]), count["read"]
        yield "quarantined", source, float(count["quarantined"]), count["read"]
        yield from _share("accepted_share", source, count["accepted"], count["read"])


def _records(build: Build) -> Iterator[Line]:
    """Per source: records, what they lack, how many are one work with another of the same source; works in all."""
    home = build.scan("clusters").select("record_id", "work_id")
    placed = build.scan("addresses").select("record_id").unique().with_columns(has_address=pl.lit(True))
    columns = ("record_id", "source", "doi", "publication_year")
    records = build.scan("records").select(columns).join(home, on="record_id", how="left")
    counted = (
        records.join(placed, on="record_id", how="left")
        .with_columns(together=pl.len().over("source", "work_id"))
        .group_by("source")
        .agg(
            pl.len().alias("records"),
            duplicate_share=(pl.col("together") > 1).sum(),
            missing_doi_share=pl.col("doi").is_null().sum(),
            missing_year_share=pl.col("publication_year").is_null().sum(),
            missing_address_share=pl.col("has_address").is_null().sum(),
        )
        .sort("source")
        .collect()
    )
    delivered = dict(build.scan("source_records").group_by("source").len().collect().iter_rows())
    for row in counted.iter_rows(named=True):
        source, total = row.pop("source"), row.pop("records")
        yield "records", source, float(total), total
        yield "superseded", source, float(delivered.get(source, total) - total), delivered.get(source, total)
        for metric, count in row.items():
            yield from _share(metric, source, count, total)
    works = build.scan("works").select(pl.len()).collect().item()
    yield "works", "", float(works), works


def _addresses(build: Build) -> Iterator[Line]:
    """Distinct addresses: left to people, and of those of the university the ones that lead to a unit of it."""
    from pipelines.core import dictionaries

    institutions = dictionaries.load("institutions", build.university)
    own = institutions.filter(pl.col("kind") == "own")["institution_id"].implode()
    each = build.scan("affiliation_matches").group_by("address_id").agg(
        is_open=(pl.col("decision") == "review").any(),
        is_own=(pl.col("institution_id").is_in(own) & (pl.col("decision") == "match")).any(),
        has_unit=(pl.col("institution_id").is_in(own) & (pl.col("decision") == "match") & pl.col("unit_id").is_not_null()).any(),
    )  # fmt: skip
    counts = each.select(pl.len(), pl.col("is_open", "is_own", "has_unit").sum()).collect().row(0, named=True)
    yield "addresses_open", "", float(counts["is_open"] or 0), counts["len"]
    yield from _share("addresses_review_share", "", counts["is_open"], counts["len"])
    yield from _share("addresses_unit_share", "", counts["has_unit"], counts["is_own"])


def _people(build: Build) -> Iterator[Line]:
    """Authors of the university: decided, left to people, on no roster."""
    counts = dict(build.scan("person_matches").group_by("decision").len().collect().iter_rows())
    total = sum(counts.values())
    yield "people_open", "", float(counts.get("review", 0)), total
    for decision in ("match", "review", "no_match"):
        yield from _share(f"people_{decision}_share", "", counts.get(decision, 0), total)


def _pairs(build: Build) -> Iterator[Line]:
    """Pairs of records that only people can decide."""
    pairs = build.scan("pairs").select(pl.len(), waiting=(pl.col("decision") == "review").sum()).collect()
    total, waiting = pairs.row(0)
    yield "pairs_open", "", float(waiting or 0), total


def _share(metric: str, part: str, count: int | None, total: int | None) -> Iterator[Line]:
    """A share; nothing where there is nothing to take a share of: that is missing, not zero."""
    if total:
        yield metric, part, (count or 0) / total, total
