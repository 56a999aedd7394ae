"""Who supervised whom: by the roster, and by theses whose author and advisor are certain; with what they published together."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.core.names import surnames_from
from pipelines.people import candidates
from pipelines.people import theses as theses_

PAIR = ["student_id", "supervisor_id"]


def supervision_network(
    supervisions: pl.LazyFrame,
    people: pl.LazyFrame,
    theses: pl.LazyFrame,
    contributors: pl.LazyFrame,
    clusters: pl.LazyFrame,
    works: pl.LazyFrame,
    roster_forms: pl.LazyFrame,
    person_matches: pl.LazyFrame,
    *,
    surnames: pl.DataFrame,
) -> pl.DataFrame:
    """Students and their supervisors, with years and works together.

    Grain: one row per student and supervisor, by the roster or by a thesis.
    """
    known = surnames_from(surnames)
    roster = supervisions.group_by(PAIR).agg(pl.col("valid_from").min(), pl.col("valid_to").max()).collect()
    forms = roster_forms.collect().rename({"name_key": "key", "form_kind": "kind"})
    persons = candidates.roster_persons(people.collect(), known)
    advisors = theses_.advisors(contributors, clusters, forms, persons, known)
    links = (
        person_matches.filter(pl.col("decision") == "match").select("work_id", "author_position", "person_id").collect()
    )
    written = _by_thesis(links, advisors, roster, theses, clusters)
    pairs = pl.concat([roster.select(PAIR), written.select(PAIR)]).unique()
    told = (
        pairs.join(roster.with_columns(in_roster=True), on=PAIR, how="left")
        .join(written, on=PAIR, how="left")
        .join(_together(pairs, links, works), on=PAIR, how="left")
        .with_columns(
            supervision_source=pl.when(pl.col("in_roster").fill_null(False) & pl.col("theses_count").is_not_null())
            .then(pl.lit("both"))
            .when(pl.col("in_roster").fill_null(False))
            .then(pl.lit("roster"))
            .otherwise(pl.lit("thesis")),
            theses_count=pl.col("theses_count").fill_null(0),
            works_together=pl.col("works_together").fill_null(0),
        )
    )
    return schema.table("supervision_network").conform(told.sort(PAIR))


def _by_thesis(
    links: pl.DataFrame, advisors: pl.DataFrame, roster: pl.DataFrame, theses: pl.LazyFrame, clusters: pl.LazyFrame
) -> pl.DataFrame:
    """Pairs that theses tell: the author is certain, and the advisor is his supervisor on the roster or nobody else can be meant.

    Grain: one row per student and supervisor (theses_count, degree_year = of the last one).
    """
    years = theses.join(clusters, on="record_id").group_by("work_id").agg(pl.col("degree_year").max()).collect()
    written = links.join(years, on="work_id").rename({"person_id": "student_id"})
    alone = pl.len().over("work_id", "contributor_position") == 1
    meant = advisors.with_columns(alone=alone).rename({"person_id": "supervisor_id"})
    both = written.join(meant, on="work_id").join(roster.select(*PAIR, in_roster=True), on=PAIR, how="left")
    certain = both.filter(
        (pl.col("alone") | pl.col("in_roster").fill_null(False)) & (pl.col("student_id") != pl.col("supervisor_id"))
    )
    return certain.group_by(PAIR).agg(
        theses_count=pl.col("work_id").n_unique().cast(pl.Int64), degree_year=pl.col("degree_year").max()
    )


def _together(pairs: pl.DataFrame, links: pl.DataFrame, works: pl.LazyFrame) -> pl.DataFrame:
    """Works that both certainly signed.

    Grain: one row per student and supervisor.
    """
    years = works.select("work_id", "publication_year").collect()
    mine = pairs.join(links.select("work_id", student_id="person_id"), on="student_id")
    both = mine.join(links.select("work_id", supervisor_id="person_id"), on=["work_id", "supervisor_id"])
    return (
        both.unique(["work_id", *PAIR])
        .join(years, on="work_id", how="left")
        .group_by(PAIR)
        .agg(
            works_together=pl.len().cast(pl.Int64),
            first_together=pl.col("publication_year").min(),
            last_together=pl.col("publication_year").max(),
        )
    )
