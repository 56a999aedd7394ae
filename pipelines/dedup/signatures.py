"""Who signs a record, as sets of numbers: full names, surnames with initials, and all readings of Chinese names."""

from __future__ import annotations

import polars as pl

from pipelines.core import names

# Bits of the persons who sign: two records without a common bit in both have no common author. Each is the OR over persons.
AUTHOR_MARKS = ("author_mark", "author_mark_2")
AUTHOR_SETS = ("authors_full", "authors_short", "readings_full", "readings_short")


def turned(name_key: pl.Expr) -> pl.Expr:
    """Surname and given name in alphabetical order: the same for 'wang lei' and 'lei wang'."""
    words = name_key.str.splitn(" ", 2)
    surname, given = words.struct.field("field_0"), words.struct.field("field_1").fill_null("")
    return pl.concat_str(pl.min_horizontal(surname, given), pl.lit(" "), pl.max_horizontal(surname, given))


def initialled(name_key: pl.Expr) -> pl.Expr:
    """Surname and first initial."""
    words = name_key.str.splitn(" ", 2)
    return pl.concat_str(
        words.struct.field("field_0"), pl.lit(" "), words.struct.field("field_1").str.head(1).fill_null("")
    )


def author_sets(authorships: pl.LazyFrame, rows: pl.DataFrame, surnames: pl.DataFrame) -> pl.DataFrame:
    """Who signs each record; `rows` gives the row number of a record_id.

    authors_full: full names turned to one order, authors_short: surnames with first initials, both as ascending codes that hold for
    this run; readings_*: with the other readings of polyphones (单 Shan, Dan), null where there is none; names: one number for
    all written keys, the same in every run.

    Grain: one row per record that is signed.
    """
    key = pl.col("name_key")
    persons = authorships.filter(~pl.col("is_group_author").fill_null(False) & key.is_not_null() & (key != ""))
    written = persons.select("record_id", "name", "name_key").collect().join(rows, on="record_id").drop("record_id")
    other = _readings(written["name"], surnames)
    keys = pl.concat([written["name_key"], other["name_key"]]).unique().to_frame()
    codes = keys.select(
        "name_key",
        *(_marks(seed).alias(mark) for seed, mark in enumerate(AUTHOR_MARKS)),
        full=turned(key).rank("dense"),
        short=initialled(key).rank("dense"),
        names=key.hash(),
    )
    signed = written.join(codes, on="name_key").drop("name_key")
    counted = signed.group_by("row").agg(
        pl.col("full").n_unique().alias("authors_count"),
        *(pl.col(mark).bitwise_or() for mark in AUTHOR_MARKS),
        pl.col("names").sum(),
    )
    told = signed.select("row", "name").join(other, on="name").join(codes, on="name_key").select("row", "full", "short")
    polyphonic = pl.concat([told, signed.select("row", "full", "short").join(told, on="row", how="semi")])
    sets = [
        _sets(signed, "full", "authors_full"),
        _sets(signed, "short", "authors_short"),
        _sets(polyphonic, "full", "readings_full"),
        _sets(polyphonic, "short", "readings_short"),
    ]
    for part in sets:
        counted = counted.join(part, on="row", how="left")
    return counted


def _sets(signed: pl.DataFrame, code: str, name: str) -> pl.DataFrame:
    """Codes of each row, ascending, each once."""
    once = signed.select("row", pl.col(code).alias(name)).unique().sort("row", name)
    return once.group_by("row", maintain_order=True).agg(name)


def _marks(seed: int) -> pl.Expr:
    """Two of 64 bits for a person, one by the full name and one by surname and initial."""
    key = pl.col("name_key")
    bits = [pl.lit(2, pl.UInt64).pow(way.hash(seed) % 64) for way in (turned(key), initialled(key))]
    return bits[0] | bits[1]


def _readings(written: pl.Series, surnames: pl.DataFrame) -> pl.DataFrame:
    """Keys under which other databases may write a name in Han characters that hold a polyphone.

    Grain: one row per written name and key.
    """
    several = surnames.filter(pl.col("readings").str.contains(";")).get_column("character")
    polyphones = "|".join(sorted(several, key=len, reverse=True))
    known = names.surnames_from(surnames)
    once = written.drop_nulls().unique().sort()
    found = once.filter(once.str.contains(polyphones or "^$"))
    forms = [
        (name, form)
        for name in found
        for form, kind in names.written_forms(name, surnames=known).items()
        if kind in ("full", "polyphone")
    ]
    return pl.DataFrame(forms, schema={"name": pl.String, "name_key": pl.String}, orient="row")
