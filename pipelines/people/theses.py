"""Theses: which are ours, and who of ours their advisors can be. An advisor is no author, but as good a witness as a co-author."""

from __future__ import annotations

import polars as pl

from pipelines.core.names import Surnames, native_key, parse
from pipelines.core.text import fold, folded
from pipelines.people.company import STRONG
from pipelines.people.scope import PLACE


def own_names(institutions: pl.DataFrame, aliases: pl.DataFrame) -> list[str]:
    """Every name of the own university, folded."""
    own = institutions.filter(pl.col("kind") == "own")
    known = aliases.join(own.select("institution_id"), on="institution_id", how="semi").get_column("alias")
    names = [*own.get_column("name_zh").to_list(), *own.get_column("name_en").to_list(), *known.to_list()]
    return sorted({fold(name) for name in names if name})


def own_theses(theses: pl.LazyFrame, clusters: pl.LazyFrame, names: list[str]) -> pl.LazyFrame:
    """Works that are theses of the own university.

    Grain: one row per work.
    """
    ours = theses.filter(folded(pl.col("university")).is_in(names))
    return ours.join(clusters, on="record_id").select("work_id").unique()


def advisors(
    contributors: pl.LazyFrame, clusters: pl.LazyFrame, forms: pl.DataFrame, persons: pl.DataFrame, surnames: Surnames
) -> pl.DataFrame:
    """Staff whom the advisors of a thesis can be, by their characters or a full form of their name.

    Grain: one row per work, contributor_position and person.
    """
    told = (
        contributors.filter(pl.col("contributor_role") == "advisor")
        .join(clusters.select("record_id", "work_id"), on="record_id")
        .select("work_id", "contributor_position", written=pl.coalesce("name_native", "name"))
        .drop_nulls("written")
        .unique()
        .collect()
    )
    unique = told.get_column("written").unique().sort().to_list()
    keys = pl.DataFrame(
        [(n, parse(n, surnames).key, native_key(n)) for n in unique],
        schema={"written": pl.String, "key": pl.String, "said": pl.String},
        orient="row",
    )
    staff = persons.filter(pl.col("person_type").is_in(["phd", "master", "undergraduate"]).fill_null(False).not_())
    borne = forms.filter(pl.col("kind").is_in(STRONG)).join(staff.select("person_id", "native"), on="person_id")
    found = told.join(keys, on="written").join(borne, on="key")
    agrees = (
        (pl.col("said") == "") | (pl.col("native").list.len() == 0) | pl.col("native").list.contains(pl.col("said"))
    )
    return (
        found.filter(agrees.fill_null(True))
        .select("work_id", "contributor_position", "person_id")
        .unique()
        .sort("work_id", "contributor_position", "person_id")
    )


def beside_authors(advisors: pl.DataFrame) -> pl.DataFrame:
    """Advisors as witnesses among the candidates of a work: positions below zero are nobody's on a byline.

    Grain: one row per work, position and person (columns as company.with_company wants them).
    """
    place = -pl.col("contributor_position")
    here = advisors.select("work_id", place.alias("author_position"), "person_id")
    return here.with_columns(date=pl.lit("active"), firm=pl.lit(True)).select(*PLACE, "person_id", "date", "firm")
