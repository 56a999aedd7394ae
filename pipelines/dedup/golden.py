"""Clusters to works: each field from the record that the precedence names, with the record that gave it."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipelines.core import schema
from pipelines.core.text import has_han
from pipelines.dedup.rules import VETOES

_DERIVED = {
    "work_id", "sources", "records_count", "title_zh", "title_en", "publication_year", "publication_year_basis",
    "is_early_access", "is_retracted", "index_editions",
}  # fmt: skip
_IDENTITY = "accession_"
_PLAIN = tuple(c for c in schema.table("works").polars if c not in _DERIVED and not c.startswith(_IDENTITY))
_WAYS = {
    "title_zh": (("title", True), ("title_other", True)),
    "title_en": (("title", False), ("title_other", False)),
}


Order = tuple[tuple[str, int | None], ...]


def order_of(precedence: pl.DataFrame, field: str) -> Order:
    """Ranks of sources for a field, smaller first: lines of field '*', overruled by the field's own.

    A source may be named with an edition ('x/Inspec'). Without a rank it never gives the field; unlisted sources come last.
    """
    lines = precedence.filter(pl.col("field").is_in(["*", field])).sort(pl.col("field") != "*", "source")
    ranks: dict[str, int | None] = dict(lines.select("source", pl.col("rank").cast(pl.Int64)).iter_rows())
    return tuple(sorted(ranks.items()))


def ranked(frame: pl.LazyFrame, order: Order) -> pl.LazyFrame:
    """Frame (with source, index_editions) plus rank, and never = this record must not give the field."""
    table = pl.LazyFrame(list(order), schema={"source": pl.String, "rank": pl.Int64}, orient="row")
    listed = table.with_columns(listed=pl.lit(True))
    edition = pl.concat_str("source", pl.lit("/"), "index_editions")
    joined = (
        frame.with_columns(_edition=edition)
        .join(listed, on="source", how="left")
        .join(listed, left_on="_edition", right_on="source", how="left", suffix="_edition")
    )
    own = pl.col("listed_edition").fill_null(False)
    named = joined.with_columns(
        rank=pl.when(own).then("rank_edition").otherwise("rank"),
        never=pl.when(own)
        .then(pl.col("rank_edition").is_null())
        .otherwise(pl.col("listed") & pl.col("rank").is_null()),
    )
    return named.with_columns(pl.col("never").fill_null(False)).drop(
        "_edition", "listed", "listed_edition", "rank_edition"
    )


def works(records: pl.LazyFrame, clusters: pl.LazyFrame, *, source_precedence: pl.DataFrame) -> pl.LazyFrame:
    """Golden records.

    Grain: one row per work. A field comes from the first record that has it, in the order of source_precedence.
    """
    members = _members(records, clusters)
    frame = _totals(members)
    for values in _by_profile(members, source_precedence, _first_value):
        frame = frame.join(values, on="work_id", how="left", maintain_order="left")
    return frame.select(list(schema.table("works").polars)).lazy()


def work_field_sources(
    records: pl.LazyFrame, clusters: pl.LazyFrame, *, source_precedence: pl.DataFrame
) -> pl.LazyFrame:
    """Which record gave each field of a work.

    Grain: one row per work and field that has a value.
    """
    members = _members(records, clusters)
    parts = [schema.table("work_field_sources").empty().lazy()]
    for givers in _by_profile(members, source_precedence, _first_giver):
        for field in sorted(set(givers.columns) - {"work_id"}):
            named = givers.lazy().select("work_id", field_name=pl.lit(field), record_id=pl.col(field))
            parts.append(named.drop_nulls("record_id"))
    return pl.concat(parts)


def related(pairs: pl.LazyFrame, clusters: pl.LazyFrame) -> pl.LazyFrame:
    """Works that belong together without being the same: versions, parts, corrections.

    Grain: one row per pair of works, left < right.
    """
    relations = pl.DataFrame(
        [(v.name, v.relation) for v in VETOES if v.relation], schema=["veto", "relation"], orient="row"
    ).lazy()
    home = clusters.select("record_id", "work_id")
    linked = (
        pairs.filter(pl.col("decision") == "related")
        .join(relations, on="veto")
        .join(home.rename({"record_id": "left_id", "work_id": "left_work"}), on="left_id")
        .join(home.rename({"record_id": "right_id", "work_id": "right_work"}), on="right_id")
        .filter(pl.col("left_work") != pl.col("right_work"))
        .sort("left_id", "right_id")
    )
    named = linked.select(
        "relation", "evidence",
        left_id=pl.min_horizontal("left_work", "right_work"),
        right_id=pl.max_horizontal("left_work", "right_work"),
    )  # fmt: skip
    kept = named.unique(["left_id", "right_id"], keep="first", maintain_order=True)
    return kept.select(list(schema.table("related").polars)).sort("left_id", "right_id")


def _members(records: pl.LazyFrame, clusters: pl.LazyFrame) -> pl.DataFrame:
    """Records with their work and everything a work can take from them."""
    kept = [
        "record_id",
        "source",
        "accession_number",
        "title_other",
        "is_early_access",
        "is_retracted",
        "index_editions",
    ]
    columns = [*kept, *(c for c in _PLAIN if c not in kept), "publication_year", "publication_year_basis"]
    joined = records.select(columns).join(clusters.select("record_id", "work_id"), on="record_id").collect()
    years = pl.col("publication_year_basis") == "stated"
    return joined.with_columns(
        *(_in_script(way).alias(field) for field, way in _WAYS.items()),
        *(_accession(c).alias(c) for c in schema.table("works").polars if c.startswith(_IDENTITY)),
        _stated_year=pl.when(years).then("publication_year"),
    )


def _in_script(ways: tuple[tuple[str, bool], ...]) -> pl.Expr:
    return pl.coalesce(pl.when(has_han(pl.col(c)) == is_han).then(pl.col(c)) for c, is_han in ways)


def _accession(column: str) -> pl.Expr:
    """accession_<source> is the accession number that this source gives."""
    return pl.when(pl.col("source") == column.removeprefix(_IDENTITY)).then("accession_number")


def _by_profile(members: pl.DataFrame, precedence: pl.DataFrame, pick: Callable[[str], pl.Expr]) -> list[pl.DataFrame]:
    """For each group of fields with one order of sources: work_id and what `pick` takes of each field."""
    fields = [*_PLAIN, *_WAYS, "publication_year", "publication_year_basis"]
    fields += [c for c in members.columns if c.startswith(_IDENTITY) and c != "accession_number"]
    profiles: dict[Order, list[str]] = {}
    for field in fields:
        profiles.setdefault(order_of(precedence, field), []).append(field)
    found = []
    for order, chosen in profiles.items():
        given = ranked(members.lazy(), order).with_columns(pl.when(~pl.col("never")).then(pl.col(chosen)))
        ordered = given.sort("work_id", "rank", "is_early_access", "record_id", nulls_last=True).collect()
        found.append(ordered.group_by("work_id", maintain_order=True).agg(pick(f).alias(f) for f in chosen))
    return found


def _first_value(field: str) -> pl.Expr:
    if field == "publication_year":
        return pl.coalesce(pl.col("_stated_year").first(ignore_nulls=True), pl.col(field).first(ignore_nulls=True))
    if field == "publication_year_basis":
        dated = pl.col("publication_year").is_not_null()
        stated = pl.when(pl.col("_stated_year").is_not_null().any()).then(pl.lit("stated"))
        return pl.coalesce(stated, pl.col(field).filter(dated).first())
    return pl.col(field).first(ignore_nulls=True)


def _first_giver(field: str) -> pl.Expr:
    ways = {"publication_year": ("_stated_year", "publication_year")}
    ways["publication_year_basis"] = ways["publication_year"]
    return pl.coalesce(
        pl.when(pl.col(c).is_not_null()).then("record_id").first(ignore_nulls=True) for c in ways.get(field, (field,))
    )


def _totals(members: pl.DataFrame) -> pl.DataFrame:
    """What all records of a work say together.

    Grain: one row per work, sorted.
    """
    editions = pl.col("index_editions").str.split("; ")
    return (
        members.lazy()
        .group_by("work_id")
        .agg(
            sources=pl.col("source").unique().sort().str.join("+"),
            records_count=pl.len().cast(pl.Int64),
            is_early_access=pl.col("is_early_access").all(ignore_nulls=True)
            & pl.col("is_early_access").is_not_null().any(),
            is_retracted=pl.col("is_retracted").any(ignore_nulls=True),
            index_editions=editions.explode(empty_as_null=True).drop_nulls().unique().sort().str.join("; "),
        )
        .with_columns(index_editions=pl.when(pl.col("index_editions") != "").then("index_editions"))
        .sort("work_id")
        .collect()
    )
