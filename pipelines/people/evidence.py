"""What speaks for and against each candidate: unit, dates, identifiers, company. One column per kind of evidence."""

from __future__ import annotations

import polars as pl

from pipelines.core.names import Surnames, name_keys
from pipelines.people.scope import PLACE

# Units where nobody is employed for credit: a byline that names only these does not tell the college.
NO_COLLEGE = ("laboratory", "campus", "university")
RECENT_YEARS = 3  # a byline up to 36 months after leaving is usual: papers appear late


def with_colleges(authors: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Adds the units that can speak (own, else those listed and unlinked), everything above them, and their colleges."""
    spoken = pl.when(pl.col("units").list.len() > 0).then("units").otherwise("listed")
    authors = authors.with_columns(spoken=pl.when(pl.col("link") == "stated").then("units").otherwise(spoken))
    told = (
        authors.select(*PLACE, unit_id="spoken")
        .explode("unit_id", empty_as_null=True, keep_nulls=True)
        .drop_nulls("unit_id")
        .join(lines, on="unit_id")
        .group_by(PLACE)
        .agg(
            pl.col("above").explode(empty_as_null=True, keep_nulls=True).unique().sort().alias("around"),
            colleges=pl.col("college").unique().sort(),
            placed=pl.col("kind").is_in(NO_COLLEGE).not_().any(),
        )
    )
    nothing = pl.lit([], dtype=pl.List(pl.String))
    return authors.join(told, on=PLACE, how="left").with_columns(
        pl.col("around", "colleges").fill_null(nothing), pl.col("placed").fill_null(False)
    )


def employments(people: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Where and when everybody worked or studied, in years.

    Grain: one row per person, unit and start.
    """
    return people.select(
        "person_id",
        "unit_id",
        since=pl.col("valid_from").str.head(4).cast(pl.Int64, strict=False),
        until=pl.col("valid_to").str.head(4).cast(pl.Int64, strict=False),
    ).join(lines.select("unit_id", "college", "above"), on="unit_id", how="left")


def place_and_time(pairs: pl.DataFrame, authors: pl.DataFrame, jobs: pl.DataFrame) -> pl.DataFrame:
    """Unit and date evidence of every employment of every candidate, and the unit it would credit.

    Grain: one row per work, author position, candidate and employment.
    """
    said = authors.select(*PLACE, "publication_year", "link", "spoken", "around", "colleges", "placed", "mixed")
    rows = pairs.join(said, on=PLACE).join(jobs, on="person_id", how="left")
    year = pl.col("publication_year")
    same = pl.col("around").list.contains(pl.col("unit_id")) | (
        pl.col("above").list.set_intersection(pl.col("spoken")).list.len() > 0
    )
    unit = (
        pl.when(pl.col("unit_id").is_null())
        .then(pl.lit("unknown"))
        .when(same.fill_null(False))
        .then(pl.lit("same"))
        .when(pl.col("colleges").list.contains(pl.col("college")).fill_null(False))
        .then(pl.lit("college"))
        .when(pl.col("placed"))
        .then(pl.lit("other"))
        .otherwise(pl.lit("unknown"))
    )
    date = (
        pl.when(year.is_null() | (pl.col("since").is_null() & pl.col("until").is_null()))
        .then(pl.lit("unknown"))
        .when(year < pl.col("since") - 1)
        .then(pl.lit("before"))
        .when(year < pl.col("since"))
        .then(pl.lit("just_before"))
        .when(year <= pl.col("until").fill_null(9999))
        .then(pl.lit("active"))
        .when(year <= pl.col("until") + RECENT_YEARS)
        .then(pl.lit("recent"))
        .otherwise(pl.lit("after"))
    )
    return rows.with_columns(unit=unit, date=date)


def identifiers_of_works(
    author_identifiers: pl.DataFrame, clusters: pl.DataFrame, authors: pl.DataFrame, surnames: Surnames
) -> pl.DataFrame:
    """Identifiers of the records of each work with the author they belong to, null where that is not certain.

    Grain: one row per work, position, type and value.
    """
    told = author_identifiers.filter(pl.col("identifier_type").is_in(["orcid", "email"])).join(
        clusters.select("record_id", "work_id"), on="record_id"
    )
    unique = told.get_column("name").drop_nulls().unique().sort()
    keys = pl.DataFrame({"name": unique, "name_key_said": name_keys(unique.to_list(), surnames)}, strict=False)
    told = told.join(keys.cast(pl.String), on="name", how="left")
    byline = authors.select(*PLACE, "key", byline_record="record_id")
    alone = byline.filter(pl.len().over("work_id", "key") == 1)
    by_place = byline.select(
        "work_id", "author_position", record_id="byline_record", at_place=pl.col("author_position")
    )
    by_name = alone.select("work_id", name_key_said="key", by_name="author_position")
    return (
        told.join(by_place, on=["work_id", "record_id", "author_position"], how="left")
        .join(by_name, on=["work_id", "name_key_said"], how="left")
        .select(
            "work_id",
            pl.coalesce("at_place", "by_name").alias("author_position"),
            "identifier_type",
            value=pl.col("identifier_value").str.to_lowercase(),
        )
        .unique()
        .sort(pl.all())
    )


def persons_by_identifier(found: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Authors whose own ORCID or e-mail is a roster person's.

    Grain: one row per work, author position, person and type.
    """
    known = pl.concat(
        [
            persons.select("person_id", value="orcids", identifier_type=pl.lit("orcid")),
            persons.select("person_id", value="emails", identifier_type=pl.lit("email")),
        ]
    ).explode("value", empty_as_null=True, keep_nulls=True)
    known = known.with_columns(pl.col("value").str.to_lowercase()).drop_nulls("value")
    return found.join(known, on=["identifier_type", "value"]).select(
        "work_id", "author_position", "person_id", "identifier_type"
    )


def with_identifiers(pairs: pl.DataFrame, found: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Adds `identifier`: orcid | email (the author's own), record (on the record, owner unknown), conflict, or null."""
    agreed = persons_by_identifier(found, persons)
    own = (
        agreed.drop_nulls("author_position")
        .group_by(*PLACE, "person_id")
        .agg(own_identifier=pl.col("identifier_type").max())
    )
    on_record = (
        agreed.filter(pl.col("author_position").is_null()).select("work_id", "person_id", on_record=True).unique()
    )
    printed = found.filter(pl.col("identifier_type") == "orcid").drop_nulls("author_position")
    has_orcid = printed.group_by(PLACE).agg(printed_orcids=pl.col("value"))
    orcids = persons.select("person_id", orcids=pl.col("orcids").list.eval(pl.element().str.to_lowercase()))
    differs = (
        (pl.col("printed_orcids").list.len() > 0)
        & (pl.col("orcids").list.len() > 0)
        & (pl.col("printed_orcids").list.set_intersection("orcids").list.len() == 0)
    )
    return (
        pairs.join(own, on=[*PLACE, "person_id"], how="left")
        .join(on_record, on=["work_id", "person_id"], how="left")
        .join(has_orcid, on=PLACE, how="left")
        .join(orcids, on="person_id", how="left")
        .with_columns(
            identifier=pl.when(differs.fill_null(False))
            .then(pl.lit("conflict"))
            .when(pl.col("own_identifier").is_not_null())
            .then("own_identifier")
            .when(pl.col("on_record").fill_null(False))
            .then(pl.lit("record"))
        )
        .drop("own_identifier", "on_record", "printed_orcids", "orcids")
    )


def with_company(pairs: pl.DataFrame, supervisions: pl.DataFrame) -> pl.DataFrame:
    """Adds `company`: the person's supervisor or student is a candidate for another author of the same work."""
    here = pairs.filter(pl.col("kind").is_in(["native", "full", "english", "former"])).select(*PLACE, "person_id")
    links = supervisions.select("student_id", "supervisor_id").unique()
    met = (
        here.join(links, left_on="person_id", right_on="student_id")
        .join(here, left_on=["work_id", "supervisor_id"], right_on=["work_id", "person_id"], suffix="_tutor")
        .filter(pl.col("author_position") != pl.col("author_position_tutor"))
    )
    students = met.select("work_id", "author_position", "person_id", company=pl.lit("supervisor"))
    tutors = met.select(
        "work_id", author_position="author_position_tutor", person_id="supervisor_id", company=pl.lit("student")
    )
    both = pl.concat([students, tutors]).unique([*PLACE, "person_id"], keep="first", maintain_order=True)
    return pairs.join(both.sort(pl.all()), on=[*PLACE, "person_id"], how="left")
