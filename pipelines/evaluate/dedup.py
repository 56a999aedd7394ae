"""Deduplication measured against labelled sets: the stages of the build run on them unchanged."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines import dedup, normalise
from pipelines.core import dictionaries, identifiers, ledger, schema
from pipelines.core.errors import SourceError

_COLUMNS = ("rid", "entrytype", "title", "author", "year", "journal", "booktitle", "volume", "number", "pages", "doi")
_ENTRY_TYPES = {"article": "article", "inproceedings": "proceedings_paper", "conference": "proceedings_paper"}
_INITIALS = re.compile(r"(?:[A-Za-z]\.?[- ]?){1,3}|[A-Z]{2,3}|(?:[a-z]\.){1,3}|jr\.?|Jr\.?")
_GLUED = re.compile(r"(?<=[A-Za-z]\.)(?=[^\W\d_]{2,}|[A-Z]['’])")  # 'Aziz A. A.Kenney L. S.'
_SEPARATORS = re.compile(r"\s*;\s*|\s+and\s+|\s*&\s*|,\s*and\s+", re.IGNORECASE)


@dataclass(frozen=True)
class GoldSet:
    """A labelled set in the shape of source tables; `gold` has record_id and cluster for every record."""

    records: pl.DataFrame
    authorships: pl.DataFrame
    gold: pl.DataFrame


def pair_scores(predicted: pl.DataFrame, gold: pl.DataFrame) -> dict[str, float | int | None]:
    """Pair precision, recall and F1 of one clustering against another, over unordered pairs of records in one cluster.

    Both frames have record_id and cluster and hold the same records. A share without a denominator is None.
    """
    both = predicted.select("record_id", found="cluster").join(gold.select("record_id", true="cluster"), on="record_id")
    hits, said, meant = (_pairs_within(both, keys) for keys in (["found", "true"], ["found"], ["true"]))
    precision, recall = hits / said if said else None, hits / meant if meant else None
    f1 = 2 * hits / (said + meant) if said + meant else None
    return {"precision": precision, "recall": recall, "f1": f1, "true_pairs": meant, "found_pairs": said, "hits": hits}


def _pairs_within(frame: pl.DataFrame, keys: list[str]) -> int:
    size = pl.col("size").cast(pl.Int64)
    return int(frame.group_by(keys).agg(size=pl.len()).select((size * (size - 1) // 2).sum()).item())


def true_pairs(gold: pl.DataFrame) -> pl.DataFrame:
    """Unordered pairs of records that share a cluster.

    Grain: one row per pair, left_id < right_id.
    """
    side = gold.select("cluster", left_id="record_id")
    joined = side.join(gold.select("cluster", right_id="record_id"), on="cluster")
    return joined.filter(pl.col("left_id") < pl.col("right_id")).select("left_id", "right_id")


def evaluate(directory: Path, university: str) -> dict[str, Any]:
    """Figures of one labelled set (`records.csv.gz`, `clusters.csv`) with the dictionaries of a university.

    precision, recall, f1, block_recall: shares; undecided_per_1000: pairs left to people per 1,000 records (counted as not
    joined); seconds: blocking to clusters, reading and normalising left out.
    """
    gold_set = read(directory)
    tables = normalised(gold_set, university)
    start = time.perf_counter()
    pairs, clusters = run(tables, university)
    seconds = time.perf_counter() - start
    scores = pair_scores(clusters.select("record_id", cluster="work_id"), gold_set.gold)
    truth = true_pairs(gold_set.gold)
    proposed = truth.join(pairs, on=["left_id", "right_id"], how="semi").height
    asked = pairs.filter(pl.col("decision") == "review").height
    return scores | {
        "block_recall": proposed / truth.height if truth.height else None,
        "undecided_per_1000": 1000 * asked / max(1, gold_set.records.height),
        "candidates": pairs.height,
        "lost_to_two_dois": truth.join(pairs.filter(pl.col("veto") == "two_dois"), on=["left_id", "right_id"]).height,
        "seconds": seconds,
    }


def errors(pairs: pl.DataFrame, clusters: pl.DataFrame, gold: pl.DataFrame) -> pl.DataFrame:
    """Wrong merges and misses, each with what the pairs table says about it.

    Grain: one row per wrong pair; kind = false_merge | miss.
    """
    found = true_pairs(clusters.select("record_id", cluster="work_id"))
    truth = true_pairs(gold)
    key = ["left_id", "right_id"]
    wrong = pl.concat(
        [
            found.join(truth, on=key, how="anti").with_columns(kind=pl.lit("false_merge")),
            truth.join(found, on=key, how="anti").with_columns(kind=pl.lit("miss")),
        ]
    )
    return wrong.join(pairs, on=key, how="left").sort("kind", *key)


def normalised(gold_set: GoldSet, university: str) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """`records` and `authorships` of a labelled set, by the build's own stages."""
    names = {n: dictionaries.load(n, university) for n in ("journals", "journal_aliases", "surnames")}
    rows, authors = gold_set.records.lazy(), gold_set.authorships.lazy()
    records = normalise.records(rows, authors, **names)
    authorships = normalise.authorships(authors, rows, surnames=names["surnames"])
    return records.collect().lazy(), authorships.collect().lazy()


def run(tables: tuple[pl.LazyFrame, pl.LazyFrame], university: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`pairs` and `clusters` from nothing but the records: no decisions, an empty ledger."""
    records, authorships = tables
    load = {n: dictionaries.load(n, university) for n in ("doi_twins", "generic_titles", "source_precedence")}
    precedence = load.pop("source_precedence")
    pairs = dedup.pairs(records, authorships, _no_history("decisions_dedup"), **load)
    clusters = dedup.clusters(records, pairs.lazy(), _no_history("work_ids"), source_precedence=precedence)
    return pairs, clusters


def _no_history(stream: str) -> pl.LazyFrame:
    return pl.LazyFrame(schema=dict.fromkeys(ledger.STREAMS[stream], pl.String))


def read(directory: Path) -> GoldSet:
    """A labelled set as source tables; a record that no cluster lists is alone."""
    try:
        rows = pl.read_csv(directory / "records.csv.gz", infer_schema_length=0, null_values=[""])
        listed = pl.read_csv(directory / "clusters.csv", infer_schema_length=0)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise SourceError("读不到标注集", where=str(directory), found=str(error)) from error
    missing = [c for c in _COLUMNS if c not in rows.columns]
    if missing:
        raise SourceError("标注集缺少列", where=str(directory), found="、".join(missing), expected="、".join(_COLUMNS))
    rows = rows.with_columns(record_id=pl.format("gold:{}", "rid"))
    records = schema.table("source_records").conform(_records(rows))
    gold = rows.join(listed, on="rid", how="left").select("record_id", cluster=pl.coalesce("cluster", "rid"))
    return GoldSet(records, _authorships(rows), gold)


def _records(rows: pl.DataFrame) -> pl.DataFrame:
    year = pl.col("year").str.extract(r"((?:1[5-9]|20)\d\d)").cast(pl.Int64)
    return rows.select(
        "record_id", "title", "volume",
        raw_id=pl.col("record_id"), record_hash=pl.col("record_id"), source=pl.lit("gold"),
        publication_year=year,
        venue=pl.coalesce("journal", "booktitle"),
        conference=pl.when(pl.col("journal").is_null()).then("booktitle"),
        issue=pl.col("number"),
        first_page=identifiers.first_page(pl.col("pages")),
        last_page=identifiers.last_page(pl.col("pages")),
        doi=identifiers.doi(pl.col("doi")),
        document_type=pl.col("entrytype").str.to_lowercase().replace_strict(_ENTRY_TYPES, default=None, return_dtype=pl.String),
    )  # fmt: skip


def _authorships(rows: pl.DataFrame) -> pl.DataFrame:
    split = [
        (record, i, name)
        for record, text in rows.select("record_id", "author").iter_rows()
        for i, name in enumerate(author_names(text or ""), 1)
    ]
    frame = pl.DataFrame(
        split, schema={"record_id": pl.String, "author_position": pl.Int64, "name": pl.String}, orient="row"
    )
    return schema.table("source_authorships").conform(frame.with_columns(raw_id=pl.col("record_id")))


def author_names(text: str) -> list[str]:
    """Single names of an author field: 'A, B and C, D', 'A B; C D', 'Aziz A. A.Kenney L. S.', 'kearns, m., m. li,'."""
    if " and " not in text and ";" not in text and len(_GLUED.split(text)) > 1 and "," not in text:
        return [n.strip() for n in _GLUED.split(text) if n.strip()]
    names: list[str] = []
    for segment in _SEPARATORS.split(text):
        names += _by_commas([p.strip() for p in segment.split(",") if p.strip()])
    return names


def _by_commas(parts: list[str]) -> list[str]:
    """'Surname, Given' is one name; a longer list alternates surnames and initials, or lists whole names."""
    if (len(parts) == 2 and " " not in parts[0].strip(" .")) or (len(parts) == 2 and _INITIALS.fullmatch(parts[1])):
        return [", ".join(parts)]
    if len(parts) == 2 and "." not in parts[0]:
        return [", ".join(parts)]
    names: list[str] = []
    open_surname = False
    for part in parts:
        if open_surname and _INITIALS.fullmatch(part):
            names[-1] += f", {part}"
            open_surname = False
        else:
            names.append(part)
            open_surname = "." not in part
    return names
