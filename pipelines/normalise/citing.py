"""What works cite, by subject: references to journals, journals to subject categories. The base of interdisciplinarity."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema

LISTED = "category"  # rows of a journal list that state a subject category


def work_categories(records: pl.LazyFrame, clusters: pl.LazyFrame, *, source_precedence: pl.DataFrame) -> pl.DataFrame:
    """Subject categories of works, in the scheme of the source that decides their field `categories`.

    Grain: one row per work and category.
    """
    ours = _deciding(records, source_precedence).join(clusters.select("record_id", "work_id"), on="record_id")
    named = ours.select("work_id", subject_category=_parts(pl.col("categories"))).explode(
        "subject_category", empty_as_null=True
    )
    found = named.filter(pl.col("subject_category").is_not_null(), pl.col("subject_category") != "").unique()
    return schema.table("work_categories").conform(found.sort("work_id", "subject_category").collect())


def reference_categories(
    cited_references: pl.LazyFrame,
    clusters: pl.LazyFrame,
    records: pl.LazyFrame,
    journal_ranks: pl.LazyFrame,
    *,
    source_precedence: pl.DataFrame,
) -> pl.DataFrame:
    """References of works by the subject category of the cited journal; a reference of m categories gives 1/m to each.

    A journal is known by its abbreviation or title in our own records or in a journal list with categories. Of the records of
    one work the one with most references counts. References whose journal is not known stand in the row without a category.
    Grain: one row per work and category (null = not matched).
    """
    journals = _journals(_deciding(records, source_precedence), journal_ranks)
    cited = (
        _of_fullest(cited_references, clusters)
        .group_by("work_id", "cited_venue")
        .agg(references=pl.len())
        .with_columns(venue=_key(pl.col("cited_venue")))
        .group_by("work_id", "venue")
        .agg(pl.col("references").sum())
        .join(journals, on="venue", how="left")
    )
    told = (
        cited.explode("categories", empty_as_null=True)
        .with_columns(share=pl.col("references") / pl.col("count").fill_null(1))
        .group_by("work_id", subject_category="categories")
        .agg(references_weight=pl.col("share").sum())
    )
    table = schema.table("reference_categories")
    return table.conform(told.sort("work_id", "subject_category", nulls_last=True).collect(engine="streaming"))


def _deciding(records: pl.LazyFrame, source_precedence: pl.DataFrame) -> pl.LazyFrame:
    """Records with categories of the first source that is named for this field."""
    rows = source_precedence.filter(pl.col("field").is_in(["categories", "*"])).with_columns(
        general=pl.col("field") == "*", order=pl.col("rank").cast(pl.Int64, strict=False)
    )
    first = rows.sort("general", "order").get_column("source").head(1).to_list()
    return records.filter(pl.col("source").is_in(first), pl.col("categories").is_not_null())


def _journals(records: pl.LazyFrame, journal_ranks: pl.LazyFrame) -> pl.LazyFrame:
    """Categories of journals by every written form; what our records say stands before what a list says.

    Grain: one row per written form (venue, categories, count).
    """
    said = records.select("venue", "venue_abbreviation", category=_parts(pl.col("categories")), listed=pl.lit(False))
    listed = journal_ranks.filter(pl.col("category_kind") == LISTED, pl.col("list_category").is_not_null()).select(
        "venue_abbreviation", venue="title", category=_parts(pl.col("list_category")), listed=pl.lit(True)
    )
    forms = pl.concat(
        [
            frame.select("category", "listed", venue=_key(pl.col(form)))
            for frame in (said, listed)
            for form in ("venue", "venue_abbreviation")
        ]
    )
    known = forms.filter(pl.col("venue").is_not_null(), pl.col("venue") != "").explode("category", empty_as_null=True)
    known = known.filter(pl.col("category").is_not_null(), pl.col("category") != "")
    ours = known.filter(pl.col("listed") == pl.col("listed").min().over("venue"))
    return (
        ours.group_by("venue")
        .agg(categories=pl.col("category").unique().sort())
        .with_columns(count=pl.col("categories").list.len())
    )


def _of_fullest(cited_references: pl.LazyFrame, clusters: pl.LazyFrame) -> pl.LazyFrame:
    """References of the record with most of them, of each work.

    Grain: one row per work and reference (work_id, cited_venue).
    """
    counts = (
        cited_references.group_by("record_id")
        .agg(count=pl.len())
        .join(clusters.select("record_id", "work_id"), on="record_id")
    )
    fullest = counts.sort("work_id", "count", "record_id", descending=[False, True, False]).unique(
        "work_id", keep="first", maintain_order=True
    )
    return cited_references.select("record_id", "cited_venue").join(
        fullest.select("record_id", "work_id"), on="record_id"
    )


def _parts(categories: pl.Expr) -> pl.Expr:
    return categories.str.to_uppercase().str.split(";").list.eval(pl.element().str.strip_chars())


def _key(venue: pl.Expr) -> pl.Expr:
    """`J. Am. Chem. Soc.` and `J AM CHEM SOC` are one journal."""
    return venue.str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()
