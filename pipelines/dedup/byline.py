"""Authors of a work: the byline of its fullest record, with what the other records know about the same persons."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.core.names import compatible
from pipelines.core.text import has_han
from pipelines.dedup.golden import order_of, ranked
from pipelines.dedup.signatures import initialled, turned

_AUTHOR = ["record_id", "author_position"]
_PLACE = ["work_id", "author_position"]


def work_authorships(
    records: pl.LazyFrame,
    authorships: pl.LazyFrame,
    authorship_addresses: pl.LazyFrame,
    clusters: pl.LazyFrame,
    *,
    source_precedence: pl.DataFrame,
) -> pl.LazyFrame:
    """Authors of each work with the roles and native names of all its records.

    Grain: one row per work and author position. A stated 'yes' of any record wins over 'unknown'; a 'no' beside it is kept
    in the evidence.
    """
    authors = _authors(records, authorships, authorship_addresses, clusters, source_precedence)
    told = authors.join(_mapped(authors).rename({"author_position": "position"}), on=["record_id", "position"])
    told = told.sort("work_id", "work_position", "place")
    native = pl.coalesce("name_native", pl.when(has_han(pl.col("name"))).then("name"))
    stated, denied = pl.col("is_corresponding") == "yes", pl.col("is_corresponding") == "no"
    says = pl.concat_str(
        pl.col("corresponding_evidence").fill_null("未注明依据"), pl.lit("（"), "record_id", pl.lit("）")
    )
    roles = told.group_by("work_id", "work_position", maintain_order=True).agg(
        name_native=native.first(ignore_nulls=True),
        yes=stated.any(),
        no=denied.any(),
        said=says.filter(stated).str.join("；"),
        denials=pl.col("record_id").filter(denied).str.join("、"),
    )
    conflict = pl.concat_str("said", pl.lit("；另有记录不作通讯作者："), "denials")
    evidence = pl.when(pl.col("yes") & pl.col("no")).then(conflict).when("yes").then("said")
    named = roles.select(
        "work_id", "name_native", author_position="work_position",
        is_corresponding=pl.when("yes").then(pl.lit("yes")).when("no").then(pl.lit("no")).otherwise(pl.lit("unknown")),
        corresponding_evidence=evidence,
    )  # fmt: skip
    byline = authors.filter(pl.col("place") == 0).select(
        "work_id", "record_id", "name", "name_short", "name_key", "is_group_author", author_position="position"
    )
    whole = byline.join(named, on=_PLACE, how="left").with_columns(is_first=pl.col("author_position") == 1)
    return whole.select(list(schema.table("work_authorships").polars)).sort(_PLACE).lazy()


def work_addresses(
    records: pl.LazyFrame,
    authorships: pl.LazyFrame,
    addresses: pl.LazyFrame,
    authorship_addresses: pl.LazyFrame,
    clusters: pl.LazyFrame,
    *,
    source_precedence: pl.DataFrame,
) -> pl.LazyFrame:
    """Addresses of all records of a work, each with the author of the work it belongs to.

    Grain: one row per work, record, address and author. author_position is null where the record links no author, or one who
    cannot be found in the work's byline with certainty.
    """
    authors = _authors(records, authorships, authorship_addresses, clusters, source_precedence)
    links = authorship_addresses.join(_mapped(authors).lazy(), on=_AUTHOR, how="left").select(
        "record_id", "address_role", "address_position", "work_position",
        link=pl.when(pl.col("work_position").is_not_null()).then("link"),
    )  # fmt: skip
    linked = (
        addresses.join(clusters.select("record_id", "work_id"), on="record_id")
        .join(links, on=["record_id", "address_role", "address_position"], how="left")
        .rename({"work_position": "author_position"})
    )
    wanted = schema.table("work_addresses")
    once = linked.sort(*wanted.key, "link", nulls_last=True).unique(wanted.key, keep="first", maintain_order=True)
    return once.select(list(wanted.polars))


def _authors(
    records: pl.LazyFrame,
    authorships: pl.LazyFrame,
    authorship_addresses: pl.LazyFrame,
    clusters: pl.LazyFrame,
    precedence: pl.DataFrame,
) -> pl.DataFrame:
    """All authors of all records with work_id; place 0 = the record that gives the byline: most authors, then stated links."""
    counts = authorships.group_by("record_id").agg(authors=pl.len())
    links = authorship_addresses.select("record_id").unique().with_columns(has_links=pl.lit(True))
    order = ["authors", "has_links", "rank", "record_id"]
    ordered = (
        ranked(records.select("record_id", "source", "index_editions"), order_of(precedence, "byline"))
        .join(clusters.select("record_id", "work_id"), on="record_id")
        .join(counts, on="record_id")
        .join(links, on="record_id", how="left")
        .with_columns(pl.col("has_links").fill_null(False))
        .sort("work_id", *order, descending=[False, True, True, False, False], nulls_last=True)
        .with_columns(place=pl.int_range(pl.len()).over("work_id"), records=pl.len().over("work_id"))
    )
    kept = ordered.select("record_id", "work_id", "authors", "place", "records")
    return (
        authorships.join(kept, on="record_id")
        .rename({"author_position": "position"})
        .sort("record_id", "position")
        .collect()
    )


def _mapped(authors: pl.DataFrame) -> pl.DataFrame:
    """Position in the work's byline of every author of every record, where it is certain.

    Grain: one row per record and author that was found (columns record_id, author_position, work_position).
    """
    own = authors.filter(pl.col("place") == 0).select("record_id", "position", work_position="position")
    key = pl.col("name_key")
    shared = authors.filter((pl.col("records") > 1) & (pl.col("name_key") != "")).select(
        "record_id", "work_id", "position", "authors", "place", "name_key",
        turned=turned(key),
        surname=key.str.splitn(" ", 2).struct.field("field_0"),
        initial=initialled(key),
    )  # fmt: skip
    theirs = shared.filter(pl.col("place") > 0)
    ours = shared.filter(pl.col("place") == 0).rename({"position": "work_position"}).drop("record_id", "place")
    found = own.clear()
    for proposed in (
        theirs.join(ours, on=["work_id", "turned"], suffix="_ours"),
        _compatible(theirs.join(ours, on=["work_id", "initial"], suffix="_ours")),
    ):
        found = pl.concat([found, _certain(proposed, found)])
    places = theirs.join(ours, left_on=["work_id", "position", "authors"], right_on=["work_id", "work_position", "authors"],
                         suffix="_ours").with_columns(work_position="position")  # fmt: skip
    found = pl.concat([found, _certain(_in_order(places, found), found)])
    return pl.concat([own, found]).rename({"position": "author_position"}).sort("record_id", "author_position")


def _compatible(proposed: pl.DataFrame) -> pl.DataFrame:
    """Proposals whose names can be one person's; asked once per pair of keys."""
    keys = proposed.select("name_key", "name_key_ours").unique()
    fits = pl.Series("fits", [compatible(a, b) for a, b in keys.iter_rows()], dtype=pl.Boolean)
    return proposed.join(keys.hstack([fits]).filter("fits"), on=["name_key", "name_key_ours"], how="semi")


def _in_order(places: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Same place in two bylines of one length: taken when the surname agrees, or when half the authors were found by name
    and each of them stands in the same place (one spelling differs, the order does not)."""
    order = found.group_by("record_id").agg(
        hits=pl.len(), straight=(pl.col("position") == pl.col("work_position")).all()
    )
    known = places.join(order, on="record_id", how="left")
    steady = pl.col("straight") & (pl.col("hits") * 2 >= pl.col("authors"))
    return known.filter((pl.col("surname") == pl.col("surname_ours")) | steady.fill_null(False))


def _certain(proposed: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Proposals that are the only one for both authors, neither of whom was found before."""
    theirs, ours = ["record_id", "position"], ["record_id", "work_position"]
    free = proposed.join(found, on=theirs, how="anti").join(found, on=ours, how="anti")
    only = free.filter((pl.len().over(theirs) == 1) & (pl.len().over(ours) == 1))
    return only.select("record_id", "position", "work_position")
