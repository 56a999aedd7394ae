"""Who signs with whom: supervisors and students by the roster, partners and journals as certain links of other works tell."""

from __future__ import annotations

import polars as pl

from pipelines.people.candidates import STUDENTS
from pipelines.people.points import WEIGH_AT
from pipelines.people.scope import PLACE

STRONG = ("native", "full", "english", "former")
ALONE = ("no_supervisor", "no_supervisor_undergraduate")
TEAM_MOST = 30  # works with more people of ours say nothing about who works with whom


def with_company(
    pairs: pl.DataFrame, supervisions: pl.DataFrame, persons: pl.DataFrame, advisors: pl.DataFrame, theses: pl.Series
) -> pl.DataFrame:
    """Adds `company`: supervisor or student may be another author of the work; a student signs without a supervisor.

    pairs: with kind, date and base (points of name, unit and dates). Supervisors who are not on the roster say nothing.
    advisors: those whom the advisors of theses can be, as theses.beside_authors gives them. theses: work_id of theses.
    """
    links = supervisions.select("student_id", "supervisor_id").unique()
    links = links.join(persons.select(supervisor_id="person_id"), on="supervisor_id", how="semi")
    firm = pl.col("kind").is_in(STRONG) & (pl.col("base") >= WEIGH_AT)
    here = pl.concat([pairs.select(*PLACE, "person_id", "date", firm=firm), advisors])
    met = (
        here.filter(pl.col("date") != "before")
        .join(links, left_on="person_id", right_on="student_id")
        .join(here, left_on=["work_id", "supervisor_id"], right_on=["work_id", "person_id"], suffix="_tutor")
        .filter(pl.col("author_position") != pl.col("author_position_tutor"))
    )
    students = met.group_by(*PLACE, "person_id").agg(
        company=pl.when(pl.col("firm_tutor").any()).then(pl.lit("supervisor")).otherwise(pl.lit("maybe_supervisor"))
    )
    tutors = met.filter(pl.col("firm") & (pl.col("date") != "after")).select(
        "work_id",
        author_position="author_position_tutor",
        person_id="supervisor_id",
        company=pl.lit("student"),
    )
    told = pl.concat([students, tutors]).unique([*PLACE, "person_id"], keep="first", maintain_order=True)
    taught = (
        links.select(person_id="student_id").unique().join(persons.select("person_id", "person_type"), on="person_id")
    )
    alone = taught.select(
        "person_id",
        alone=pl.when(pl.col("person_type") == "undergraduate")
        .then(pl.lit("no_supervisor_undergraduate"))
        .when(pl.col("person_type").is_in(STUDENTS[:2]))
        .then(pl.lit("no_supervisor")),
    )
    learners = persons.filter(pl.col("person_type").is_in(STUDENTS)).get_column("person_id")
    no_student = pl.col("work_id").is_in(theses.implode()) & pl.col("person_id").is_in(learners.implode()).not_()
    return (
        pairs.join(told, on=[*PLACE, "person_id"], how="left")
        .join(alone, on="person_id", how="left")
        .with_columns(company=pl.coalesce("company", "alone", pl.when(no_student).then(pl.lit("no_student"))))
        .drop("alone")
    )


def together(links: pl.DataFrame) -> pl.DataFrame:
    """How many works two persons certainly share.

    Grain: one row per person and partner.
    """
    small = links.filter(pl.len().over("work_id") <= TEAM_MOST).select("work_id", "person_id").unique()
    both = small.join(small, on="work_id", suffix="_partner").filter(pl.col("person_id") != pl.col("person_id_partner"))
    return both.group_by("person_id", partner="person_id_partner").agg(shared=pl.len().cast(pl.Int64))


def with_partners(pairs: pl.DataFrame, links: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    """Adds `partners`: a certain co-author of this work is a co-author of the person on other works too."""
    here = links.select("work_id", partner="person_id", partner_position="author_position")
    own = links.select("work_id", "person_id", linked=pl.lit(1, pl.Int64)).unique(["work_id", "person_id"])
    met = (
        pairs.select(*PLACE, "person_id")
        .join(here, on="work_id")
        .filter((pl.col("author_position") != pl.col("partner_position")) & (pl.col("person_id") != pl.col("partner")))
        .join(shared, on=["person_id", "partner"])
        .join(own, on=["work_id", "person_id"], how="left")
    )
    most = met.group_by(*PLACE, "person_id").agg(others=(pl.col("shared") - pl.col("linked").fill_null(0)).max())
    code = (
        pl.when(pl.col("others") >= 4)
        .then(pl.lit("partners_many"))
        .when(pl.col("others") >= 2)
        .then(pl.lit("partners_few"))
        .when(pl.col("others") == 1)
        .then(pl.lit("partners_once"))
    )
    return pairs.join(most.with_columns(partners=code).drop("others"), on=[*PLACE, "person_id"], how="left")


def published_in(links: pl.DataFrame, venues: pl.DataFrame) -> pl.DataFrame:
    """Where everybody certainly published.

    Grain: one row per person and venue.
    """
    both = links.join(venues.drop_nulls("venue_key"), on="work_id").unique(["work_id", "person_id"])
    return both.group_by("person_id", "venue_key").agg(works=pl.len().cast(pl.Int64))


def with_venue(pairs: pl.DataFrame, links: pl.DataFrame, venues: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Adds `venue`: the person published in this journal or conference before or after."""
    own = links.select("work_id", "person_id", linked=pl.lit(1, pl.Int64)).unique(["work_id", "person_id"])
    met = (
        pairs.select(*PLACE, "person_id")
        .join(venues, on="work_id")
        .join(known, on=["person_id", "venue_key"])
        .join(own, on=["work_id", "person_id"], how="left")
        .filter(pl.col("works") > pl.col("linked").fill_null(0))
    )
    return pairs.join(met.select(*PLACE, "person_id", venue=pl.lit("venue")), on=[*PLACE, "person_id"], how="left")


def with_claims(pairs: pl.DataFrame, claimed: pl.DataFrame) -> pl.DataFrame:
    """Adds `claim`: the person says of this work that it is his or hers."""
    said = claimed.select("work_id", "person_id", claim=pl.lit("claimed")).unique()
    return pairs.join(said, on=["work_id", "person_id"], how="left")


def claims(claimed_works: pl.LazyFrame, clusters: pl.LazyFrame, records: pl.LazyFrame) -> pl.DataFrame:
    """Works that people claim, known by accession number, DOI, or title and year.

    Grain: one row per work and person.
    """
    said = claimed_works.select("person_id", "accession_number", "doi", "title_key", "publication_year").collect()
    if said.is_empty():
        return pl.DataFrame(schema={"work_id": pl.String, "person_id": pl.String})
    shown = records.select("record_id", "accession_number", "doi", "title_key", "publication_year")
    known = shown.join(clusters.select("record_id", "work_id"), on="record_id").collect()
    ways = (["accession_number"], ["doi"], ["title_key", "publication_year"])
    found = [said.drop_nulls(way).join(known.drop_nulls(way), on=way).select("work_id", "person_id") for way in ways]
    return pl.concat(found).unique().sort("work_id", "person_id")


def venues(works: pl.LazyFrame) -> pl.DataFrame:
    """Journal or conference of each work.

    Grain: one row per work.
    """
    key = pl.coalesce("journal_id", pl.col("venue").str.to_lowercase())
    return works.select("work_id", venue_key=key).collect()
