"""Identifiers of authors: whose they are by the roster, whose by other works, and which are disputed and prove nothing."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.core.names import Surnames, compatible, is_pinyin, name_keys, surnames_from
from pipelines.people import candidates
from pipelines.people.scope import PLACE

IDENTIFIER = ["identifier_type", "value"]
TYPES = ("orcid", "email", "researcher_id", "scopus_author_id")
SHOWN = 5  # works named for a question
OWNER_SHARE = 0.9  # of the linked works of an identifier, for it to be somebody's
ONE_PERSON_MOST = (
    2  # links to a second person from which on an identifier is disputed; a single one may be a wrong link
)


def of_works(
    author_identifiers: pl.DataFrame, clusters: pl.DataFrame, authors: pl.DataFrame, surnames: Surnames
) -> pl.DataFrame:
    """Identifiers of the records of each work with the author they belong to, null where that is not certain.

    Grain: one row per work, position, type and value (key_said = key of the name they stand beside).
    """
    told = (
        author_identifiers.filter(pl.col("identifier_type").is_in(TYPES))
        .join(clusters.select("record_id", "work_id"), on="record_id")
        .join(authors.select("work_id").unique(), on="work_id", how="semi")
    )
    unique = told.get_column("name").drop_nulls().unique().sort()
    keys = pl.DataFrame({"name": unique, "key_said": name_keys(unique.to_list(), surnames)}, strict=False)
    told = told.join(keys.cast(pl.String), on="name", how="left").with_columns(
        value=pl.col("identifier_value").str.to_lowercase()
    )
    byline = authors.select(*PLACE, "key", byline_record="record_id")
    by_place = byline.select(
        "work_id", "author_position", record_id="byline_record", at_place=pl.col("author_position")
    )
    found = told.join(by_place, on=["work_id", "record_id", "author_position"], how="left")
    found = found.join(
        _by_name(found, byline), on=["work_id", "key_said", "author_position"], how="left", nulls_equal=True
    )
    return (
        found.select("work_id", pl.coalesce("at_place", "by_name").alias("author_position"), *IDENTIFIER, "key_said")
        .sort(pl.all(), nulls_last=True)
        .unique(["work_id", "author_position", *IDENTIFIER], keep="first", maintain_order=True)
    )


def _by_name(found: pl.DataFrame, byline: pl.DataFrame) -> pl.DataFrame:
    """Which author a name of another record is: the only compatible one, else the compatible one at the same position."""
    said = ["work_id", "key_said", "author_position"]
    asked = found.filter(pl.col("at_place").is_null()).select(said).drop_nulls("key_said").unique()
    both = asked.join(byline.select("work_id", "key", place="author_position"), on="work_id")
    pairs = both.select("key_said", "key").unique().sort("key_said", "key")
    agree = [compatible(a, b) for a, b in pairs.iter_rows()]
    fitting = both.join(pairs.filter(pl.Series(agree, dtype=pl.Boolean)), on=["key_said", "key"])
    alone = pl.when(pl.len() == 1).then(pl.col("place").first())
    same = pl.col("place").filter(pl.col("place") == pl.col("author_position")).first()
    exact = pl.when((pl.col("key") == pl.col("key_said")).sum() == 1).then(
        pl.col("place").filter(pl.col("key") == pl.col("key_said")).first()
    )
    return fitting.group_by(said).agg(by_name=pl.coalesce(exact, alone, same))


def of_persons(persons: pl.DataFrame) -> pl.DataFrame:
    """Identifiers that the roster names.

    Grain: one row per person, type and value.
    """
    both = [
        persons.select("person_id", value="orcids", identifier_type=pl.lit("orcid")),
        persons.select("person_id", value="emails", identifier_type=pl.lit("email")),
    ]
    return pl.concat(both).explode("value", empty_as_null=True, keep_nulls=True).drop_nulls("value")


def disputed(found: pl.DataFrame, links: pl.DataFrame, persons: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    """Identifiers that stand for more than one person: shared, misprinted or mixed up by a database. They prove nothing.

    links: work_id, author_position, person_id that are certain. forms: key, person_id of the roster.
    Grain: one row per type and value (column dispute: roster | one_work | persons | names).
    """
    placed = found.drop_nulls("author_position")
    roster = of_persons(persons).group_by(IDENTIFIER).agg(n=pl.col("person_id").n_unique()).filter(pl.col("n") > 1)
    twice = placed.group_by("work_id", *IDENTIFIER).agg(n=pl.col("author_position").n_unique()).filter(pl.col("n") > 1)
    held = placed.join(links, on=PLACE).group_by(*IDENTIFIER, "person_id").agg(n=pl.col("work_id").n_unique())
    several = held.filter(pl.col("n") >= ONE_PERSON_MOST).group_by(IDENTIFIER).len().filter(pl.col("len") > 1)
    reasons = {"roster": roster, "one_work": twice, "persons": several, "names": _two_names(placed, forms)}
    told = [frame.select(*IDENTIFIER, dispute=pl.lit(reason)) for reason, frame in reasons.items()]
    return pl.concat(told).unique(IDENTIFIER, keep="first", maintain_order=True).sort(IDENTIFIER)


def _two_names(placed: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    """Identifiers beside two full names that contradict each other and are not two writings of one person of the roster."""
    names = placed.drop_nulls("key_said").select(*IDENTIFIER, name="key_said").unique()
    full = [name for name in names.get_column("name").unique().to_list() if _is_full(name)]
    names = names.filter(pl.col("name").is_in(full))
    names = names.filter(pl.len().over(IDENTIFIER) > 1)
    both = names.join(names, on=IDENTIFIER, suffix="_2").filter(pl.col("name") < pl.col("name_2"))
    unique = both.select("name", "name_2").unique().sort("name", "name_2")
    against = unique.filter(pl.Series([not compatible(a, b) for a, b in unique.iter_rows()], dtype=pl.Boolean))
    borne = forms.select("key", "person_id")
    one = (
        against.join(borne, left_on="name", right_on="key")
        .join(borne, left_on=["name_2", "person_id"], right_on=["key", "person_id"])
        .select("name", "name_2")
    )
    against = against.join(one, on=["name", "name_2"], how="anti")
    return both.join(against, on=["name", "name_2"], how="semi").select(IDENTIFIER).unique()


def _is_full(key: str) -> bool:
    given = key.partition(" ")[2]
    return len(given) > 3 or (len(given) > 1 and is_pinyin(given))


def agreed(found: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Identifiers on works that are a roster person's.

    Grain: one row per work, author position (null = on the record only), person and type.
    """
    return found.join(of_persons(persons), on=IDENTIFIER).select(*PLACE, "person_id", "identifier_type")


def with_identifiers(pairs: pl.DataFrame, found: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Adds `identifier`: orcid | email (the author's own), record (on the record, owner unknown), conflict, or null."""
    same = agreed(found, persons)
    own = (
        same.drop_nulls("author_position")
        .group_by(*PLACE, "person_id")
        .agg(own_identifier=pl.col("identifier_type").max())
    )
    on_record = same.filter(pl.col("author_position").is_null()).select("work_id", "person_id", on_record=True).unique()
    printed = found.filter(pl.col("identifier_type") == "orcid").drop_nulls("author_position")
    has_orcid = printed.group_by(PLACE).agg(printed_orcids=pl.col("value"))
    differs = (
        (pl.col("printed_orcids").list.len() > 0)
        & (pl.col("orcids").list.len() > 0)
        & (pl.col("printed_orcids").list.set_intersection("orcids").list.len() == 0)
    )
    return (
        pairs.join(own, on=[*PLACE, "person_id"], how="left")
        .join(on_record, on=["work_id", "person_id"], how="left")
        .join(has_orcid, on=PLACE, how="left")
        .join(persons.select("person_id", "orcids"), on="person_id", how="left")
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


def owners(found: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Whose an identifier is, as the certain links of other works tell.

    Grain: one row per type and value (owner, works).
    """
    held = found.drop_nulls("author_position").join(links, on=PLACE)
    counted = held.group_by(*IDENTIFIER, "person_id").agg(works=pl.col("work_id").n_unique().cast(pl.Int64))
    share = pl.col("works") / pl.col("works").sum().over(IDENTIFIER)
    return counted.filter(share >= OWNER_SHARE).select(*IDENTIFIER, "works", owner="person_id")


def learned(pairs: pl.DataFrame, found: pl.DataFrame, links: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    """Adds `learned_id`: the author's identifier is this person's on other works (twice, once), or another's.

    found, links: of the works of `pairs`; owners: of all works. The work itself never counts. E-mail addresses are lent,
    so they speak for nobody else.
    """
    here = found.drop_nulls("author_position").join(owners, on=IDENTIFIER)
    here = here.join(links.select(*PLACE, linked="person_id"), on=PLACE, how="left")
    others = pl.col("works") - (pl.col("linked") == pl.col("owner")).fill_null(False).cast(pl.Int64)
    here = here.with_columns(others=others).filter(pl.col("others") > 0)
    both = pairs.select(*PLACE, "person_id").join(here.select(*PLACE, *IDENTIFIER, "owner", "others"), on=PLACE)
    mine = pl.col("person_id") == pl.col("owner")
    theirs = mine.not_() & (pl.col("others") > 1) & (pl.col("identifier_type") != "email")
    said = both.group_by(*PLACE, "person_id").agg(own=pl.col("others").filter(mine).max(), other=theirs.any())
    code = (
        pl.when(pl.col("own") > 1)
        .then(pl.lit("learned_twice"))
        .when(pl.col("own") == 1)
        .then(pl.lit("learned_once"))
        .when(pl.col("other"))
        .then(pl.lit("learned_other"))
    )
    said = said.with_columns(learned_id=code).drop("own", "other")
    return pairs.join(said, on=[*PLACE, "person_id"], how="left")


def disputed_identifiers(
    person_matches: pl.LazyFrame,
    work_authorships: pl.LazyFrame,
    author_identifiers: pl.LazyFrame,
    clusters: pl.LazyFrame,
    people: pl.LazyFrame,
    roster_forms: pl.LazyFrame,
    *,
    surnames: pl.DataFrame,
) -> pl.DataFrame:
    """Identifiers that stand for several persons, for all their works at once: one question each.

    Grain: one row per identifier type and value.
    """
    known = surnames_from(surnames)
    matched = person_matches.select(*PLACE, "person_id", "decision").collect()
    here = matched.lazy().select("work_id").unique()
    columns = [*PLACE, "name", "name_short", "name_native", "record_id"]
    signed = work_authorships.join(here, on="work_id", how="semi").select(columns).sort(PLACE).collect()
    authors = candidates.author_names(signed, known)
    found = of_works(author_identifiers.collect(), clusters.collect(), authors, known)
    links = matched.filter(pl.col("decision") == "match").select(*PLACE, "person_id")
    persons = candidates.roster_persons(people.collect(), known)
    forms = roster_forms.collect().rename({"name_key": "key", "form_kind": "kind"})
    held = found.join(links, on=PLACE, how="left")
    told = held.group_by(IDENTIFIER).agg(
        works_count=pl.col("work_id").n_unique().cast(pl.Int64),
        work_ids=pl.col("work_id").unique().sort().head(SHOWN).str.join(";"),
        names_seen=pl.col("key_said").drop_nulls().unique().sort().str.join(";"),
        person_ids=pl.col("person_id").drop_nulls().unique().sort().str.join(";"),
    )
    rows = disputed(found, links, persons, forms).join(told, on=IDENTIFIER).rename({"value": "identifier_value"})
    return schema.table("disputed_identifiers").conform(rows.sort("identifier_type", "identifier_value"))
