"""Clusters of authors measured against labelled mentions: the stage of the build runs on them unchanged."""

from __future__ import annotations

import resource
import time
from pathlib import Path
from typing import Any

import polars as pl

from pipelines import people
from pipelines.core import dictionaries
from pipelines.core.errors import SourceError
from pipelines.core.names import name_keys
from pipelines.evaluate.author_mentions import MentionSet, read
from pipelines.evaluate.dedup import pair_scores
from pipelines.evaluate.units import share

ENDING = ".jsonl.gz"
PLACE = ["work_id", "author_position"]


def evaluate(directory: Path, university: str, only: str | None = None, errors: bool = False) -> dict[str, Any]:
    """Figures of each labelled set of a folder.

    Errors: SourceError when there is no set, or none of the name asked for.
    """
    sets = {p.name.removesuffix(ENDING): p for p in sorted(directory.glob(f"*{ENDING}"))}
    wanted = {name: path for name, path in sets.items() if only in (None, name)}
    if not wanted:
        raise SourceError(
            "没有找到标注集", where=str(directory), expected=only or f"*{ENDING}", found="、".join(sets) or "无"
        )
    return {name: figures(read(path), university, errors) for name, path in wanted.items()}


def figures(labelled: MentionSet, university: str, errors: bool = False) -> dict[str, Any]:
    """precision, recall, f1 over pairs of mentions, the same by B³ (each mention counts once), for Chinese and other names apart.

    seconds: the stage alone; unresolved_share: mentions left open; peak_mb: of this process.
    """
    start = time.perf_counter()
    answered = people.author_clusters(**labelled.tables, surnames=dictionaries.load("surnames", university))
    seconds = time.perf_counter() - start
    told = labelled.gold.unique("mention").join(
        answered.select(*PLACE, "author_cluster_id", "decision"), on=PLACE, how="left"
    )
    found: dict[str, Any] = scores(told) | {
        "subsets": {
            "chinese": scores(told.filter("chinese")),
            "other": scores(told.filter(~pl.col("chinese"))),
        },
        "by_decision": _by_decision(told),
        "seconds": round(seconds, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    return found | ({"causes": causes(told, labelled.tables)} if errors else {})


def scores(told: pl.DataFrame) -> dict[str, Any]:
    """Figures of mentions with person and author_cluster_id. A share without a denominator is None."""
    ids = pl.col("mention").cast(pl.String).alias("record_id")
    pairs = pair_scores(told.select(ids, cluster="author_cluster_id"), told.select(ids, cluster="person"))
    sized = _sized(told).select(
        precision=(pl.col("both") / pl.col("found")).mean(), recall=(pl.col("both") / pl.col("true")).mean()
    )
    precision, recall = sized.row(0)
    f1 = 2 * precision * recall / (precision + recall) if told.height else None
    return {
        **{name: pairs[name] for name in ("precision", "recall", "f1")},
        "bcubed_precision": precision,
        "bcubed_recall": recall,
        "bcubed_f1": f1,
        "mentions": told.height,
        "people": told["person"].n_unique(),
        "clusters": told["author_cluster_id"].n_unique(),
        "unresolved_share": share(told.filter(pl.col("decision") == "unresolved").height, told.height),
    }


def sample_scores(scholar_works: pl.DataFrame, works: pl.DataFrame, author_clusters: pl.DataFrame) -> dict[str, Any]:
    """Figures of candidates and peers of the sample whose files are in the build (mentions = 0 where they are not delivered)."""
    signed = scholar_works.rename({"accession_number": "accession_wos", "scholar_id": "person"})
    told = signed.join(works.select("work_id", "accession_wos"), on="accession_wos").join(author_clusters, on=PLACE)
    return scores(told.with_row_index("mention"))


def causes(told: pl.DataFrame, tables: dict[str, pl.LazyFrame]) -> list[dict[str, Any]]:
    """Wrong pairs by what the two mentions have in common.

    Grain: one row per kind (false_merge | miss) and cause, most pairs first; names = how many names it concerns.
    """
    facts = told.join(_facts(tables), on=PLACE, how="left").select(
        "mention", "name", "person", "author_cluster_id", "key", "company", "addresses"
    )
    pairs = []
    for side, other in (("person", "author_cluster_id"), ("author_cluster_id", "person")):
        both = facts.join(facts, on=side, suffix="_b").filter(pl.col("mention") < pl.col("mention_b"))
        kind = "miss" if side == "person" else "false_merge"
        pairs.append(both.filter(pl.col(other) != pl.col(f"{other}_b")).select(pl.lit(kind).alias("kind"), *_told()))
    counted = pl.concat(pairs).group_by("kind", "cause").agg(pairs=pl.len(), names=pl.col("name").n_unique())
    return counted.sort("pairs", "kind", "cause", descending=[True, False, False]).to_dicts()


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """A row per set and subset, as staff read it."""
    parts = [(name, "全部", told) for name, told in found.items()]
    parts += [(name, zh, told["subsets"][key]) for name, told in found.items() for key, zh in SUBSETS.items()]
    return [
        {"标注集": name, "姓名": zh, **{label: _figure(told.get(key)) for key, label in LABELS.items()}}
        for name, zh, told in sorted(parts, key=lambda part: part[0])
    ]


SUBSETS = {"chinese": "中文姓名", "other": "其他姓名"}
LABELS = {
    "precision": "对 P", "recall": "对 R", "f1": "对 F1", "bcubed_precision": "B³ P", "bcubed_recall": "B³ R",
    "bcubed_f1": "B³ F1", "mentions": "署名", "clusters": "簇", "unresolved_share": "未定",
}  # fmt: skip


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:.4f}"


def _sized(told: pl.DataFrame) -> pl.DataFrame:
    return told.with_columns(
        both=pl.len().over("person", "author_cluster_id"), found=pl.len().over("author_cluster_id"),
        true=pl.len().over("person"),
    )  # fmt: skip


def _by_decision(told: pl.DataFrame) -> list[dict[str, Any]]:
    """How pure the clusters of certain, weak and unresolved mentions are, and how much of the person they hold."""
    return (
        _sized(told)
        .group_by("decision")
        .agg(
            mentions=pl.len(),
            bcubed_precision=(pl.col("both") / pl.col("found")).mean(),
            bcubed_recall=(pl.col("both") / pl.col("true")).mean(),
        )
        .sort("decision")
        .to_dicts()
    )


def _facts(tables: dict[str, pl.LazyFrame]) -> pl.DataFrame:
    """Grain: one row per author (key, company = keys of the others, addresses)."""
    signed = tables["work_authorships"].select(*PLACE, "name").collect()
    unique = signed["name"].unique().sort()
    keys = pl.DataFrame({"name": unique, "key": name_keys(unique.to_list())})
    named = signed.join(keys, on="name")
    everybody = named.group_by("work_id").agg(everybody=pl.col("key"))
    places = tables["work_addresses"].group_by(PLACE).agg(addresses=pl.col("address_id")).collect()
    own = pl.concat_list("key")
    return (
        named.join(everybody, on="work_id")
        .with_columns(company=pl.col("everybody").list.set_difference(own))
        .join(places, on=PLACE, how="left")
        .select(*PLACE, "key", "company", "addresses")
    )


def _told() -> tuple[pl.Expr, pl.Expr]:
    def compared(column: str, zh: str) -> pl.Expr:
        lacking = (pl.col(column).list.len().fill_null(0) == 0) | (pl.col(f"{column}_b").list.len().fill_null(0) == 0)
        common = pl.col(column).list.set_intersection(f"{column}_b").list.len() > 0
        said = pl.when(lacking).then(pl.lit("一方没有")).when(common).then(pl.lit("有相同")).otherwise(pl.lit("全不同"))
        return pl.concat_str(pl.lit(zh), said)

    written = pl.when(pl.col("key") == pl.col("key_b")).then(pl.lit("同一写法")).otherwise(pl.lit("写法不同"))
    parts = [written, compared("company", "合著者"), compared("addresses", "地址")]
    return pl.col("name"), pl.concat_str(parts, separator="，").alias("cause")
