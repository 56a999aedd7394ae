"""Lists of scholars (HCR, 中国高被引学者, ESI authors) against the roster: initials are asked, a full name must be nobody else's."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.core.names import surnames_from
from pipelines.core.text import fold
from pipelines.people import candidates
from pipelines.people import theses as theses_
from pipelines.people.candidates import STUDENTS
from pipelines.people.company import STRONG
from pipelines.people.left_out import left_out

ROW = ["list_name", "list_edition", "list_category", "name", "affiliation"]
SHOWN = 5
YEARS_AFTER = 3  # a list of one year looks back on works of the years before


def list_matches(
    people_lists: pl.LazyFrame,
    people: pl.LazyFrame,
    roster_forms: pl.LazyFrame,
    objectors: pl.LazyFrame | None = None,
    *,
    surnames: pl.DataFrame,
    institutions: pl.DataFrame,
    institution_aliases: pl.DataFrame,
) -> pl.DataFrame:
    """Who of ours the names on lists of scholars are, where the list gives our university.

    Never linked by initials; by a full name only when exactly one member of staff of the time bears it.
    Grain: one row per list, edition, category, name and affiliation that names us.
    """
    known = surnames_from(surnames)
    rows = people_lists.select(*ROW, "affiliation_other", "name_native").collect()
    rows = rows.filter(_is_ours(rows, theses_.own_names(institutions, institution_aliases)))
    named = candidates.author_names(rows.with_columns(name_short=pl.lit(None, pl.String)), known).with_row_index("row")
    fitting = _fitting(named, people.collect(), roster_forms.collect())
    told = named.join(fitting, on="row", how="left").with_columns(pl.col("candidates_count").fill_null(0))
    one = (pl.col("candidates_count") == 1) & pl.col("short").not_()
    decision = (
        pl.when(pl.col("candidates_count") == 0)
        .then(pl.lit("no_match"))
        .when(one)
        .then(pl.lit("match"))
        .otherwise(pl.lit("review"))
    )
    method = (
        pl.when(pl.col("candidates_count") == 0)
        .then(pl.lit("none"))
        .when("short")
        .then(pl.lit("initials"))
        .when(one)
        .then(pl.lit("only_bearer"))
        .otherwise(pl.lit("namesakes"))
    )
    answered = told.with_columns(decision=decision, method=method).with_columns(
        person_id=pl.when(pl.col("decision") == "match").then(pl.col("candidate_ids"))
    )
    told = schema.table("list_matches").conform(answered.sort(ROW))
    return left_out(told, objectors)


def _is_ours(rows: pl.DataFrame, names: list[str]) -> pl.Series:
    """Whether an affiliation names us: a whole segment between commas or semicolons, never a part of one."""
    said = rows.select(text=pl.concat_str(["affiliation", "affiliation_other"], separator=";", ignore_nulls=True))
    unique = said.get_column("text").fill_null("").unique().to_list()
    ours = [text for text in unique if any(fold(part) in names for part in text.replace(",", ";").split(";") if part)]
    return said.get_column("text").is_in(ours).fill_null(False)


def _fitting(named: pl.DataFrame, people: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    """Members of staff at the time of the edition who write their names so.

    Grain: one row per row of `named` that has candidates.
    """
    staff = people.filter(pl.col("person_type").is_in(STUDENTS).fill_null(False).not_()).select(
        "person_id",
        "name_zh",
        since=pl.col("valid_from").str.head(4).cast(pl.Int64, strict=False),
        until=pl.col("valid_to").str.head(4).cast(pl.Int64, strict=False),
    )
    year = pl.col("list_edition").str.extract(r"((?:19|20)\d\d)").cast(pl.Int64, strict=False)
    keys = named.select("row", "short", "native", key="key", year=year)
    full = pl.col("form_kind").is_in([*STRONG, "swapped", "polyphone"]) | pl.col("short")
    then = (pl.col("since").fill_null(0) <= pl.col("year").fill_null(9999)) & (
        pl.col("until").fill_null(9999) + YEARS_AFTER >= pl.col("year").fill_null(0)
    )
    characters = pl.col("native").is_null() | (pl.col("native") == pl.col("name_zh"))
    found = (
        keys.join(forms.rename({"name_key": "key"}), on="key")
        .join(staff, on="person_id")
        .filter(full & then & characters)
        .select("row", "person_id")
        .unique()
        .sort("row", "person_id")
    )
    return found.group_by("row", maintain_order=True).agg(
        candidates_count=pl.len().cast(pl.Int64), candidate_ids=pl.col("person_id").head(SHOWN).str.join(";")
    )
