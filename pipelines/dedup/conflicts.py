"""Where the records of one work say different things: kept beside the golden record, never averaged away."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.core.text import compact, folded

# What is compared, and how a value is read: 'v 12' and '12' are one volume, '0044' and '44' one page.
_DIGITS = r"(\d+)"
_READ = {
    "doi": pl.col("doi"),
    "publication_year": pl.col("publication_year").cast(pl.String),
    "volume": pl.coalesce(pl.col("volume").str.extract(_DIGITS), "volume"),
    "issue": pl.coalesce(pl.col("issue").str.extract(_DIGITS), "issue"),
    "first_page": compact(folded(pl.col("first_page"))).str.strip_chars_start("0"),
    "document_type": pl.col("document_type"),
}


def work_conflicts(
    records: pl.LazyFrame,
    authorships: pl.LazyFrame,
    authorship_addresses: pl.LazyFrame,
    clusters: pl.LazyFrame,
    work_field_sources: pl.LazyFrame,
) -> pl.LazyFrame:
    """Values in which records of one work differ, each with the record that states it.

    corresponding_author: who is stated to be it; author_address_link: how many of a record's authors it ties to an address
    ('5/5', '0/4'): a database without links does not contradict one that has them, but it cannot confirm them either.

    Grain: one row per work, field and record, where records of the work differ in the field.
    """
    homes = clusters.select("record_id", "work_id").filter(pl.len().over("work_id") > 1)
    stated = records.join(homes, on="record_id")
    said = [
        stated.select("work_id", "record_id", field_name=pl.lit(f), field_value=pl.col(f).cast(pl.String), read=read)
        for f, read in _READ.items()
    ]
    said += [_corresponding(authorships, homes), _links(authorships, authorship_addresses, homes)]
    told = pl.concat(said).drop_nulls("read")
    differing = told.filter(pl.col("read").n_unique().over("work_id", "field_name") > 1)
    kept = work_field_sources.select("work_id", "field_name", kept_id="record_id")
    marked = differing.join(kept, on=["work_id", "field_name"], how="left")
    known = marked.with_columns(is_kept=pl.col("record_id") == pl.col("kept_id"))
    wanted = schema.table("work_conflicts")
    return known.select(list(wanted.polars)).sort(wanted.key)


def _corresponding(authorships: pl.LazyFrame, homes: pl.LazyFrame) -> pl.LazyFrame:
    """Corresponding authors that each record states, by surname and initial: databases write given names differently."""
    stated = authorships.filter(pl.col("is_corresponding") == "yes").join(homes, on="record_id")
    words = pl.col("name_key").str.splitn(" ", 2).struct
    key = pl.concat_str(words.field("field_0"), words.field("field_1").str.head(1).fill_null(""), separator=" ")
    people = stated.select("work_id", "record_id", "name", key=key)
    return people.group_by("work_id", "record_id").agg(
        field_name=pl.lit("corresponding_author"),
        field_value=pl.col("name").unique().sort().str.join("; "),
        read=pl.col("key").unique().sort().str.join("; "),
    )


def _links(authorships: pl.LazyFrame, authorship_addresses: pl.LazyFrame, homes: pl.LazyFrame) -> pl.LazyFrame:
    """Share of each record's authors that it ties to an address; records differ when some tie authors and others none."""
    tied = authorship_addresses.group_by("record_id").agg(tied=pl.col("author_position").n_unique())
    counted = authorships.group_by("record_id").agg(authors=pl.len())
    shares = counted.join(homes, on="record_id").join(tied, on="record_id", how="left").with_columns(
        pl.col("tied").fill_null(0)
    )  # fmt: skip
    return shares.select(
        "work_id",
        "record_id",
        field_name=pl.lit("author_address_link"),
        field_value=pl.format("{}/{}", "tied", "authors"),
        read=(pl.col("tied") > 0).cast(pl.String),
    )
