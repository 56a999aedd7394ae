"""Everybody who signs, as mentions: name, block of names that may be one person's, and how common the name is."""

from __future__ import annotations

import polars as pl

from pipelines.core.names import Surnames, initials_of, is_pinyin, native_key, syllables
from pipelines.core.objections import METHOD
from pipelines.core.text import has_han
from pipelines.people.scope import PLACE

# How often a name occurs where the data are too few to say, as a share of all authors; weighed like so many mentions.
WEIGHED_AS = 5_000
OTHER_SURNAME = 1 / 5_000
GIVEN = {"initial": 1 / 20, "initials": 1 / 200, "syllable": 1 / 250, "syllables": 1 / 20_000, "other": 1 / 2_000}
# 'Smith, John F.' and 'John F. Smith': a letter after the given name, which other records leave out.
_MIDDLE = r"^(?:[^,]+,\s*[^\s,.]{2,}[^,]*?|[^\s,.]{2,}(?:\s[^\s,.]{2,})*?)[\s.]([A-Z])(?:\.|\s|$)"


def mentions(work_authorships: pl.LazyFrame, works: pl.LazyFrame, person_matches: pl.LazyFrame) -> pl.DataFrame:
    """All persons that sign, numbered in the order of work and position, and works numbered alike.

    `block` is the key without a middle letter; `outside` = nobody of the roster was found.
    Grain: one row per work and author position that is a person's.
    """
    # who objected is no outsider either
    known = (pl.col("decision") == "match") | (pl.col("method") == METHOD).fill_null(False)
    given = person_matches.filter(known).select(*PLACE, of_roster=True)
    signed = (
        work_authorships.filter(~pl.col("is_group_author").fill_null(False) & (pl.col("name_key").fill_null("") != ""))
        .join(given, on=PLACE, how="left")
        .join(works.select("work_id", year="publication_year"), on="work_id", how="left")
        .sort(PLACE)
        .select(
            *PLACE, "year", "record_id", "name_native", outside=pl.col("of_roster").is_null(), key="name_key",
            name=pl.coalesce("name", "name_short", "name_native"), work=pl.col("work_id").rle_id(),
        )
        .collect()
    )  # fmt: skip
    written = pl.coalesce("name_native", "name")
    han = signed.select(name_shown=written).filter(has_han(pl.col("name_shown"))).unique().sort("name_shown")
    natives = han.with_columns(native=pl.Series([native_key(n) for n in han["name_shown"]], dtype=pl.String))
    middle = pl.col("name").str.extract(_MIDDLE, 1).str.to_lowercase()
    middle = pl.when(pl.col("key").str.ends_with(middle) & (pl.col("key").str.len_chars() > 4)).then(middle)
    return (
        signed.with_columns(name_shown=written, middle=middle)
        .join(natives, on="name_shown", how="left", maintain_order="left")
        .with_columns(block=pl.when(pl.col("middle").is_null()).then("key").otherwise(pl.col("key").str.head(-1)))
        .drop("name_shown", "name_native")
        .with_row_index("mention")
    )


def name_shares(blocks: pl.Series, surnames: Surnames) -> pl.DataFrame:
    """How common each name is: `common` = logarithm of the share of authors who would bear it by chance.

    Surname and given name are counted apart, each with other partners only: a person who writes much makes no name common.
    `short`: the given name is missing or initials; `uses` = mentions.
    Grain: one row per block.
    """
    words = pl.col("block").str.splitn(" ", 2)
    counted = (
        blocks.alias("block").value_counts(name="uses").sort("block")
        .with_columns(surname=words.struct.field("field_0"), given=words.struct.field("field_1").fill_null(""))
    )  # fmt: skip
    heads = [(s, _surname_share(s, surnames)) for s in counted["surname"].unique().sort()]
    kinds = [(g, _given_kind(g)) for g in counted["given"].unique().sort()]
    usual = pl.DataFrame(heads, schema={"surname": pl.String, "usual_surname": pl.Float64}, orient="row")
    bodies = pl.DataFrame(
        [(given, kind, GIVEN[kind]) for given, kind in kinds],
        schema={"given": pl.String, "kind": pl.String, "usual_given": pl.Float64},
        orient="row",
    )
    counted = counted.join(usual, on="surname").join(bodies, on="given")
    own, total = pl.col("uses"), pl.col("uses").sum()

    def share(part: str) -> pl.Expr:
        others = pl.col("uses").sum().over(part) - own
        return ((others + WEIGHED_AS * pl.col(f"usual_{part}")) / (total - own + WEIGHED_AS)).log()

    short = pl.col("kind").is_in(["initial", "initials"])
    told = counted.select("block", "uses", "surname", "given", short=short, common=share("surname") + share("given"))
    return told.sort("block")


def shortened(shares: pl.DataFrame) -> pl.DataFrame:
    """Which short blocks ('wang x', 'wang xm') can stand for which full ones.

    Grain: one row per full block and short block that occurs.
    """
    given = shares.filter(~pl.col("short"))["given"].unique().sort()
    forms = [(g, sorted({i for f in initials_of(g) for i in (f, f[:1])})) for g in given]
    letters = pl.DataFrame(forms, schema={"given": pl.String, "letters": pl.List(pl.String)}, orient="row")
    full = shares.filter(~pl.col("short")).join(letters, on="given").explode("letters", empty_as_null=True)
    told = full.select("block", short=pl.concat_str("surname", pl.lit(" "), "letters"))
    return told.join(shares.filter("short").select(short="block"), on="short").unique()


def _surname_share(surname: str, known: Surnames) -> float:
    """Chinese surnames by rank: the first is borne by 6 of 100 people, the hundredth by 2 of 1,000."""
    rank = known.rank.get(surname)
    return 1 / (4 * (rank + 3)) if rank else OTHER_SURNAME


def _given_kind(given: str) -> str:
    if len(given) < 2:
        return "initial"
    if given in syllables():
        return "syllable"
    if not is_pinyin(given) and (len(given) == 2 or (len(given) == 3 and not set(given) & set("aeiou"))):
        return "initials"
    return "syllables" if is_pinyin(given) else "other"
