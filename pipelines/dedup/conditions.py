"""What rules are made of: agreement of two records in words, as expressions over the columns of similarity.compared.

A missing value makes an expression null or, where it says so, contradicts nothing.
"""

from __future__ import annotations

import polars as pl


def same(*fields: str) -> pl.Expr:
    """All the fields are given on both sides and equal."""
    return pl.all_horizontal(pl.col(f"{f}_same").fill_null(False) for f in fields)


def differs(field: str) -> pl.Expr:
    """The field is given on both sides and different."""
    return pl.col(f"{field}_same").eq(False).fill_null(False)


def like(field: str, least: float) -> pl.Expr:
    """Likeness of the field is at least this."""
    return (pl.col(f"{field}_like") >= least).fill_null(False)


def unlike(field: str, most: float) -> pl.Expr:
    """Likeness is known and below this."""
    return (pl.col(f"{field}_like") < most).fill_null(False)


def years_within(gap: int) -> pl.Expr:
    """Years at most this far apart; an unknown year contradicts nothing."""
    return (pl.col("year_gap") <= gap).fill_null(True)


same_persons = (pl.col("byline") >= 0.8).fill_null(False)
whole_byline = (pl.col("byline") >= 0.99).fill_null(False)
several = (pl.col("fewer_authors") >= 3).fill_null(False)
# A title that many records share still names one work when the same three or more persons sign it.
generic = pl.col("is_generic") | (pl.col("is_shared") & ~(same_persons & several))
short = pl.col("is_short").fill_null(True)
across = pl.col("across_scripts").fill_null(False)
same_place = same("volume", "page") | (same("page", "last_page") & years_within(1))
# Volume and page both contradict, or the one that can be compared does.
other_place = (differs("volume") | differs("page")) & ~same("volume") & ~same("page")
# A page may be misprinted within one volume, but then the title must be the same to the letter, and be no notice's: an article
# can have two corrections.
place_fits = ~other_place & (~differs("page") | (like("title", 0.98) & pl.col("notice").is_null()))
# One year apart in two venues is how a conference paper and its journal version look.
same_moment = years_within(0) | (years_within(1) & ~unlike("venue", 0.85))
online = pl.any_horizontal(pl.col("is_early_access", "is_early_access_right").fill_null(False))
same_venue = like("venue", 0.85)
# A translated notice may not call itself one; at one DOI or page no article stands beside its own notice.
same_kind = pl.col("notice_same") | (across & (same("page") | (same("doi") & ~differs("page"))))
no_part = pl.col("numbers_same").fill_null(False)  # neither title has a number that the other lacks
# A word in place of a quite different one is another study, unless place or DOI say otherwise; 'reply' and 'response' are one.
same_words = ~unlike("swap", 0.65) | (pl.col("notice_same") & pl.col("notice").is_not_null())
# A column by one author in one year is one work only if it does not come out several times a year.
same_author_year = (
    like("title", 0.99)
    & like("authors", 0.8)
    & (pl.col("year_gap") == 0)
    & (
        ((pl.col("repeats") == 1) & whole_byline & (same_venue | ~generic) & ~differs("page") & ~differs("issue"))
        | (~generic & ~short)
    )
)
told = ~generic | same_author_year
forms = pl.concat_str(pl.min_horizontal("form", "form_right"), pl.lit("+"), pl.max_horizontal("form", "form_right"))
# One title holds the other, or its beginning: a subtitle more or less, a title cut off.
inside = (pl.col("title_inside") >= 0.98).fill_null(False) & ~short
cut_off = (pl.col("title_head") >= 0.9).fill_null(False) & unlike("title", 0.85)  # alike in length: a word swapped
same_text = like("title", 0.9) & like("authors", 0.5)
# The same text in a venue of another name, with nothing that says it is the same place.
elsewhere = same_text & unlike("venue", 0.85) & ~same("doi") & ~same_place & ~same("volume")
# Chinese journals are not abbreviated: another name is another journal.
other_journal = unlike("venue", 0.8) & pl.col("title_is_han") & pl.col("title_is_han_right")
other_publication = (
    same_text & unlike("venue", 0.7) & (~years_within(1) | differs("page") | other_journal) & ~same("doi") & ~same_place
)
same_issue = (same("volume") & years_within(1)) | (
    same("issue") & (years_within(0) | (whole_byline & years_within(1) & ~differs("volume")))
)
other_doi = differs("doi") & ~pl.col("doi_twins")

# A Chinese and an English record of one journal that could be one text, had both a page.
unplaced_translation = (
    across
    & same_venue
    & years_within(1)
    & pl.col("page_same").is_null()
    & ~differs("volume")
    & ~differs("issue")
    & pl.col("symbols_same").fill_null(True)
    & ~unlike("title", 0.5)
)
