"""Match keys of journals and proceedings, and the journal they stand for in the dictionary."""

from __future__ import annotations

import polars as pl

from pipelines.core.text import folded

_PLACE = r"\s*[(（\[][^)）\]]*[)）\]]"  # 'Materials (Basel)', 'Journal of Applied Physiology (1985)'
_SUBTITLE = (
    r"\s(?:[:=—–]|&[mn]dash;)\s.*$"  # catalogue punctuation, blank on both sides: 'Cancer : official journal of …'
)
_WEIGHTLESS = r"\b(?:the|of|and|for|in|on|an|a|de|der|des|la|le|les|und|fur|et)\b"
_BLANKS = r" {2,}"


def venue_key(venue: pl.Expr) -> pl.Expr:
    """Folded name without places in brackets, subtitle and words of no weight; a name of nothing else keeps them."""
    return venue.map_batches(_venue_keys, return_dtype=pl.String)


def _venue_keys(written: pl.Series) -> pl.Series:
    """Venues come back by the hundred: each different name is folded once."""
    name = pl.col("name")
    plain = folded(name.str.replace_all(_PLACE, "").str.replace(_SUBTITLE, ""))
    bare = plain.str.replace_all(_WEIGHTLESS, " ").str.replace_all(_BLANKS, " ").str.strip_chars(" ")
    once = written.alias("name").unique().to_frame().with_columns(key=pl.when(bare != "").then(bare).otherwise(plain))
    return written.alias("name").to_frame().join(once, on="name", how="left", maintain_order="left")["key"]


def with_journal_id(records: pl.LazyFrame, journals: pl.DataFrame, journal_aliases: pl.DataFrame) -> pl.LazyFrame:
    """Add journal_id: by print or electronic ISSN, else by name or abbreviation."""
    by_issn = _unambiguous(pl.concat([_pairs(journals, "issn"), _pairs(journals, "eissn")]))
    written = [_pairs(journals, "title_en"), _pairs(journals, "title_zh"), _pairs(journal_aliases, "alias")]
    by_name = _unambiguous(pl.concat(written).with_columns(venue_key(pl.col("key"))))
    keys = {"issn": by_issn, "eissn": by_issn, "venue_key": by_name, "_abbreviation_key": by_name}
    found = records.with_columns(_abbreviation_key=venue_key(pl.col("venue_abbreviation")))
    for column, lookup in keys.items():
        renamed = lookup.lazy().rename({"key": column, "journal_id": f"_by_{column}"})
        found = found.join(renamed, on=column, how="left")
    ways = [f"_by_{column}" for column in keys]
    return found.with_columns(journal_id=pl.coalesce(ways)).drop("_abbreviation_key", *ways)


def _pairs(dictionary: pl.DataFrame, column: str) -> pl.DataFrame:
    return dictionary.select(key=pl.col(column).cast(pl.String), journal_id=pl.col("journal_id").cast(pl.String))


def _unambiguous(pairs: pl.DataFrame) -> pl.DataFrame:
    """Keys that name one journal; a key of two journals names none."""
    known = pairs.drop_nulls().unique()
    return known.filter(pl.len().over("key") == 1).sort("key")
