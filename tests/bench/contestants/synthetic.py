"""Records of a wanted size with the truth beside them: a work in one to three databases, as the databases differ.

Words are drawn as unevenly as in life and become more with the square root of the text, journals with the works, so that blocks
grow as they do there; every name is made up.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.core import schema
from pipelines.evaluate.labelled import LabelledSet

SURNAMES, GIVEN = 700, 4_000
COPIES = (0.45, 0.35, 0.20)  # works in one, two, three databases
SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "qi",
    "ro",
    "su",
    "ta",
    "ve",
    "wi",
    "xo",
    "yu",
)


def labelled(size: int, seed: int = 1) -> LabelledSet:
    """About `size` records. Grain of the tables: as source_records, source_authorships; gold has a row per record."""
    dice = np.random.default_rng(seed)
    works = round(size / sum(n * share for n, share in enumerate(COPIES, 1)))
    copies = dice.choice([1, 2, 3], works, p=COPIES)
    work = np.repeat(np.arange(works), copies)
    source = np.concatenate([dice.permutation(3)[:n] for n in copies])
    said = _works(dice, works)[work].with_columns(work=pl.Series(work), source_no=pl.Series(source))
    return LabelledSet(_records(dice, said), _authorships(said), _gold(said))


def _works(dice: np.random.Generator, works: int) -> pl.DataFrame:
    """One row per work: what it prints."""
    vocabulary = np.array([_word(n) for n in range(round(40 * (works * 10) ** 0.5))])
    words = np.split(vocabulary[_uneven(dice, len(vocabulary), works * 10)], works)
    lengths = dice.integers(7, 11, works)
    groups = max(1, works // 4)  # a group writes several works
    names = _uneven(dice, SURNAMES, groups * 8) + SURNAMES * dice.integers(0, GIVEN, groups * 8)
    team = np.split(names, groups)
    many = dice.integers(1, 9, works)
    members = [team[t][:m] for t, m in zip(dice.integers(0, groups, works), many, strict=True)]
    years = dice.integers(1995, 2026, works)
    return pl.DataFrame(
        {
            "title": [" ".join(w[:n]).capitalize() for w, n in zip(words, lengths, strict=True)],
            "members": [m.tolist() for m in members],
            "journal": _uneven(dice, max(100, works // 15), works),
            "publication_year": years,
            "issue": dice.integers(1, 13, works),
            "page": dice.integers(1, 3000, works),
            "has_doi": dice.random(works) < 0.75,
        }
    )


def _records(dice: np.random.Generator, said: pl.DataFrame) -> pl.DataFrame:
    n = said.height
    slip, lacks = pl.Series(dice.random(n) < 0.03), pl.Series(dice.random(n) < 0.3)
    shown = pl.when(pl.col("source_no") == 1).then(pl.col("title").str.to_uppercase()).otherwise("title")
    rows = said.with_columns(slip=slip, lacks=lacks).select(
        record_id=_record_id(),
        raw_id=_record_id(),
        record_hash=_record_id(),
        source=pl.format("s{}", "source_no"),
        accession_number=pl.format("{}{}", "source_no", pl.col("work").cast(pl.String).str.zfill(9)),
        title=pl.when("slip").then(shown.str.replace(" ", "")).otherwise(shown),
        publication_year="publication_year",
        venue=pl.format("Journal of {} Studies", pl.col("journal").map_elements(_word, pl.String)),
        volume=(pl.col("publication_year") - 1980).cast(pl.String),
        issue=pl.col("issue").cast(pl.String),
        first_page=pl.col("page").cast(pl.String),
        doi=pl.when(pl.col("has_doi") & ~pl.col("lacks")).then(pl.format("10.5555/x.{}", "work")),
        document_type=pl.lit("article"),
    )
    return schema.table("source_records").conform(rows)


def _authorships(said: pl.DataFrame) -> pl.DataFrame:
    surname = (pl.col("members") % SURNAMES).map_elements(_word, pl.String).str.to_titlecase()
    given = (pl.col("members") // SURNAMES).map_elements(_word, pl.String).str.to_titlecase()
    shown = pl.when(pl.col("source_no") == 0).then(given.str.head(1) + ".").otherwise(given)
    rows = (
        said.select("work", "source_no", "members", record_id=_record_id())
        .with_columns(author_position=pl.int_ranges(1, pl.col("members").list.len() + 1))
        .explode("members", "author_position")
        .select(
            "record_id", "author_position", raw_id="record_id", name=pl.format("{}, {}", surname, shown),
            is_corresponding=pl.lit("unknown"),
        )
    )  # fmt: skip
    return schema.table("source_authorships").conform(rows)


def _gold(said: pl.DataFrame) -> pl.DataFrame:
    return said.select(record_id=_record_id(), cluster=pl.col("work").cast(pl.String))


def _record_id() -> pl.Expr:
    return pl.format("s{}:{}", "source_no", "work")


def _uneven(dice: np.random.Generator, kinds: int, size: int) -> np.ndarray:
    """Numbers below `kinds`, the small ones far more often."""
    return (kinds * dice.random(size) ** 2.5).astype(np.int64)


def _word(number: int) -> str:
    """A made-up word, another for each number."""
    letters, number = [], number + len(SYLLABLES)
    while number:
        number, rest = divmod(number, len(SYLLABLES))
        letters.append(SYLLABLES[rest])
    return "".join(letters)
