"""What the byline says of each candidate: unit and dates. One column per kind of evidence."""

from __future__ import annotations

import polars as pl

from pipelines.people.points import DATE, UNIT, points
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
            narrow=(pl.col("kind") == "department").all(),
        )
    )
    nothing = pl.lit([], dtype=pl.List(pl.String))
    return authors.join(told, on=PLACE, how="left").with_columns(
        pl.col("around", "colleges").fill_null(nothing), pl.col("placed", "narrow").fill_null(False)
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
    """Unit and date evidence of each candidate by the employment that fits best, and the unit it would credit.

    Grain: one row per work, author position and candidate.
    """
    keyed = authors.with_columns(spoken_key=pl.col("spoken").list.join("|").rank("dense"))
    said = keyed.select(*PLACE, "publication_year", "link", "mixed", "spoken_key")
    rows = pairs.join(said, on=PLACE).join(jobs.drop("college", "above"), on="person_id", how="left")
    rows = rows.join(_units(rows, keyed, jobs), on=["spoken_key", "unit_id"], how="left", nulls_equal=True)
    rows = rows.with_columns(date=_date())
    weighed = rows.with_columns(date_points=points("date", DATE), place=points("unit", UNIT) + points("date", DATE))
    best = ["place", "date_points", "since", "unit_id"]
    kept = [*pairs.columns, "link", "mixed", "unit", "date", "unit_id"]
    return (
        weighed.sort(*PLACE, "person_id", *best, descending=[False] * 3 + [True] * 4, nulls_last=True)
        .unique([*PLACE, "person_id"], keep="first", maintain_order=True)
        .select(kept)
    )


def _units(rows: pl.DataFrame, authors: pl.DataFrame, jobs: pl.DataFrame) -> pl.DataFrame:
    """How the units that occur stand to one another; far fewer than the pairs of authors and persons they are asked for.

    Grain: one row per kind of byline (spoken_key) and unit of an employment.
    """
    shown = authors.select("spoken_key", "spoken", "around", "colleges", "placed", "narrow").unique("spoken_key")
    asked = rows.select("spoken_key", "unit_id").unique().join(shown, on="spoken_key")
    employed = jobs.select("unit_id", "college", "above").unique("unit_id")
    return asked.join(employed, on="unit_id", how="left").select("spoken_key", "unit_id", unit=_unit())


def _unit() -> pl.Expr:
    """How the unit of an employment stands to the units of the byline."""
    around = pl.col("around").list.contains(pl.col("unit_id"))
    within = pl.col("above").list.contains(pl.col("spoken").list.first())
    for more in (1, 2):
        within = within | pl.col("above").list.contains(pl.col("spoken").list.get(more, null_on_oob=True))
    college = pl.col("colleges").list.contains(pl.col("college")).fill_null(False)
    # Both name a department and not the same one, although their colleges are one today.
    apart = pl.col("narrow") & (pl.col("above").list.len() > 1)
    return (
        pl.when(pl.col("unit_id").is_null())
        .then(pl.lit("unknown"))
        .when(around.fill_null(False) | within.fill_null(False))
        .then(pl.lit("same"))
        .when(college & apart.fill_null(False))
        .then(pl.lit("sibling"))
        .when(college)
        .then(pl.lit("college"))
        .when(pl.col("placed"))
        .then(pl.lit("other"))
        .otherwise(pl.lit("unknown"))
    )


def _date() -> pl.Expr:
    """How the year of the work stands to the years of an employment."""
    year, since, until = pl.col("publication_year"), pl.col("since"), pl.col("until")
    return (
        pl.when(year.is_null() | (since.is_null() & until.is_null()))
        .then(pl.lit("unknown"))
        .when(year < since - 1)
        .then(pl.lit("before"))
        .when(year < since)
        .then(pl.lit("just_before"))
        .when(year <= until.fill_null(9999))
        .then(pl.lit("active"))
        .when(year <= until + RECENT_YEARS)
        .then(pl.lit("recent"))
        .otherwise(pl.lit("after"))
    )
