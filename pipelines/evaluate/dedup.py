"""Deduplication measured against labelled sets: the stages of the build run on them unchanged."""

from __future__ import annotations

import math
import random
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines import dedup, normalise
from pipelines.core import dictionaries, ledger, schema
from pipelines.evaluate.labelled import LabelledSet, read

PAIR = ["left_id", "right_id"]
DRAWS = 1000  # bootstrap over clusters; the seed is fixed, so figures repeat
_SHOWN = ("title", "authors", "publication_year", "venue", "volume", "issue", "first_page", "doi")


@dataclass(frozen=True)
class Measured:
    """A labelled set with what the stages made of it."""

    labelled: LabelledSet
    tables: tuple[pl.LazyFrame, pl.LazyFrame]  # records, authorships
    pairs: pl.DataFrame
    clusters: pl.DataFrame
    seconds: float  # blocking to clusters, reading and normalising left out


def measure(directory: Path, university: str) -> Measured:
    """The stages run on one labelled set (`records.csv.gz`, `clusters.csv`) with the dictionaries of a university."""
    labelled = read(directory)
    tables = normalised(labelled, university)
    start = time.perf_counter()
    pairs, clusters = run(tables, university)
    return Measured(labelled, tables, pairs, clusters, time.perf_counter() - start)


def evaluate(measured: Measured) -> dict[str, Any]:
    """Figures of one labelled set.

    precision, recall, f1, block_recall: shares, an undecided pair counts as not joined; intervals: 95 % bootstrap over clusters;
    undecided_per_1000: pairs left to people per 1,000 records; doi_veto_pairs: true pairs that two different DOIs keep apart;
    seconds: as measured; peak_mb: of this process.
    """
    labelled, pairs = measured.labelled, measured.pairs
    found = measured.clusters.select("record_id", cluster="work_id")
    truth = true_pairs(labelled.gold)
    proposed = truth.join(pairs, on=PAIR, how="semi").height
    asked = pairs.filter(pl.col("decision") == "review").height
    return pair_scores(found, labelled.gold) | {
        "block_recall": proposed / truth.height if truth.height else None,
        "undecided_per_1000": 1000 * asked / max(1, labelled.records.height),
        "doi_veto_pairs": doi_veto_pairs(pairs, labelled.gold).height,
        "intervals": intervals(found, labelled.gold),
        "records": labelled.records.height,
        "candidates": pairs.height,
        "seconds": measured.seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def pair_scores(predicted: pl.DataFrame, gold: pl.DataFrame) -> dict[str, float | int | None]:
    """Pair precision, recall and F1 of one clustering against another, over unordered pairs of records in one cluster.

    Both frames have record_id and cluster and hold the same records. A share without a denominator is None.
    """
    both = predicted.select("record_id", found="cluster").join(gold.select("record_id", true="cluster"), on="record_id")
    hits, said, meant = (_pairs_within(both, keys) for keys in (["found", "true"], ["found"], ["true"]))
    precision, recall, f1 = _shares(hits, said, meant)
    return {"precision": precision, "recall": recall, "f1": f1, "true_pairs": meant, "found_pairs": said, "hits": hits}


def _shares(hits: float, said: float, meant: float) -> tuple[float | None, float | None, float | None]:
    f1 = 2 * hits / (said + meant) if said + meant else None
    return hits / said if said else None, hits / meant if meant else None, f1


def _pairs_within(frame: pl.DataFrame, keys: list[str]) -> int:
    return int(frame.group_by(keys).agg(size=pl.len()).select(_pairs_of("size").sum()).item())


def _pairs_of(size: str) -> pl.Expr:
    count = pl.col(size).cast(pl.Int64)
    return count * (count - 1) // 2


def intervals(predicted: pl.DataFrame, gold: pl.DataFrame) -> dict[str, list[float] | None]:
    """95 % intervals of precision, recall and F1: true clusters drawn with replacement; a pair across two clusters counts half
    for each. Clusters with the same counts are drawn together, so that a trial costs as little for a million records."""
    both = predicted.select("record_id", found="cluster").join(gold.select("record_id", true="cluster"), on="record_id")
    cells = both.group_by("true", "found").agg(size=pl.len())
    cells = cells.with_columns(
        pl.col("size").cast(pl.Float64), whole=pl.col("size").sum().over("found").cast(pl.Float64)
    )
    clusters = cells.group_by("true").agg(
        hits=(pl.col("size") * (pl.col("size") - 1) / 2).sum(),
        said=(pl.col("size") * (pl.col("size") - 1 + pl.col("whole") - pl.col("size")) / 2).sum(),
        meant=pl.col("size").sum() * (pl.col("size").sum() - 1) / 2,
    )
    counted = clusters.filter((pl.col("said") > 0) | (pl.col("meant") > 0))
    kinds = counted.group_by("hits", "said", "meant").len().sort("hits", "said", "meant").rows()
    dice = random.Random(0)
    trials: list[tuple[float | None, float | None, float | None]] = []
    for _ in range(DRAWS if kinds else 0):
        times = [_times(dice, count) for *_, count in kinds]
        hits, said, meant = (sum(kind[n] * t for kind, t in zip(kinds, times, strict=True)) for n in range(3))
        trials.append(_shares(hits, said, meant))
    columns = zip(*trials, strict=True) if trials else ((), (), ())
    return dict(zip(("precision", "recall", "f1"), map(_middle, columns), strict=True))


def _times(dice: random.Random, mean: int) -> int:
    """How often a thing that occurs `mean` times is drawn: Poisson, from the normal curve where that is as good."""
    if mean > 50:
        return max(0, round(dice.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, dice.random()
    while product > limit:
        count, product = count + 1, product * dice.random()
    return count


def _middle(values: tuple[float | None, ...]) -> list[float] | None:
    known = sorted(v for v in values if v is not None)
    if not known:
        return None
    return [known[int(len(known) * 0.025)], known[min(len(known) - 1, int(len(known) * 0.975))]]


def true_pairs(gold: pl.DataFrame) -> pl.DataFrame:
    """Unordered pairs of records that share a cluster.

    Grain: one row per pair, left_id < right_id.
    """
    side = gold.select("cluster", left_id="record_id")
    joined = side.join(gold.select("cluster", right_id="record_id"), on="cluster")
    return joined.filter(pl.col("left_id") < pl.col("right_id")).select(PAIR)


def doi_veto_pairs(pairs: pl.DataFrame, gold: pl.DataFrame) -> pl.DataFrame:
    """True pairs whose records give two different DOIs that no dictionary declares as twins: never joined without a librarian.

    Grain: one row per pair, with what the pairs table says of it.
    """
    return (
        true_pairs(gold)
        .join(pairs.filter(pl.col("veto").is_in(["two_dois", "two_dois_one_place"])), on=PAIR)
        .sort(PAIR)
    )


def errors(pairs: pl.DataFrame, clusters: pl.DataFrame, gold: pl.DataFrame) -> pl.DataFrame:
    """Wrong merges and misses, each with what the pairs table says about it.

    Grain: one row per wrong pair; kind = false_merge | miss. Without blocks the pair was never compared: a false merge of this
    kind came by closure.
    """
    found = true_pairs(clusters.select("record_id", cluster="work_id"))
    truth = true_pairs(gold)
    wrong = pl.concat(
        [
            found.join(truth, on=PAIR, how="anti").with_columns(kind=pl.lit("false_merge")),
            truth.join(found, on=PAIR, how="anti").with_columns(kind=pl.lit("miss")),
        ]
    )
    return wrong.join(pairs, on=PAIR, how="left").sort("kind", *PAIR)


def side_by_side(wrong: pl.DataFrame, records: pl.DataFrame, authorships: pl.DataFrame) -> pl.DataFrame:
    """Pairs with what both records print: <field>_left, <field>_right.

    Grain: as given.
    """
    signed = authorships.sort("author_position").group_by("record_id").agg(authors=pl.col("name").str.join("; "))
    told = records.join(signed, on="record_id", how="left").select("record_id", *_SHOWN)
    shown = wrong
    for side in ("left", "right"):
        names = {c: f"{c}_{side}" for c in _SHOWN}
        shown = shown.join(told.rename({"record_id": f"{side}_id", **names}), on=f"{side}_id", how="left")
    return shown


def normalised(labelled: LabelledSet, university: str) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """`records` and `authorships` of a labelled set, by the build's own stages."""
    names = {n: dictionaries.load(n, university) for n in ("journals", "journal_aliases", "surnames")}
    rows, authors = labelled.records.lazy(), labelled.authorships.lazy()
    deliveries = normalise.record_deliveries(
        rows, authors, *(schema.table(f"source_{t}").empty().lazy() for t in ("addresses", "authorship_addresses"))
    )
    records = normalise.records(rows, deliveries, authors, **names)
    authorships = normalise.authorships(authors, deliveries, surnames=names["surnames"])
    return records.collect().lazy(), authorships.collect().lazy()


def run(tables: tuple[pl.LazyFrame, pl.LazyFrame], university: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`pairs` and `clusters` from nothing but the records: no decisions, an empty ledger."""
    records, authorships = tables
    twins, generic, surnames, precedence = (
        dictionaries.load(n, university) for n in ("doi_twins", "generic_titles", "surnames", "source_precedence")
    )
    decisions = _no_history("decisions_dedup")
    pairs = dedup.pairs(records, authorships, decisions, doi_twins=twins, generic_titles=generic, surnames=surnames)
    clusters = dedup.clusters(records, pairs.lazy(), _no_history("work_ids"), source_precedence=precedence)
    return pairs, clusters


def _no_history(stream: str) -> pl.LazyFrame:
    return pl.LazyFrame(schema=dict.fromkeys(ledger.STREAMS[stream], pl.String))
