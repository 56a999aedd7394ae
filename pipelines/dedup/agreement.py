"""Which stated values of two records agree or contradict: numbers, places, DOIs, sources. Cheap expressions, no likeness.

A value that is missing on one side gives null: missing contradicts nothing.
"""

from __future__ import annotations

import polars as pl

_SAME = ("doi", "volume_key", "issue_key", "last_page_key", "form", "first_author_key", "journal_id", "venue_pinyin")
NEAR_PAGES = 2
FURTHER_LATIN = 16  # characters of a subtitle; a bare '2018' at the end of a title is no subtitle
FURTHER_HAN = 8
CUT_LATIN = 30  # characters of a title cut off that still name it
CUT_HAN = 12
_SYMBOL = r"[a-z0-9]{2,}"


def agreement(sides: pl.DataFrame) -> pl.DataFrame:
    """Both records of each pair with what they agree on; `<field>_same` is null where a side is missing.

    Grain: as given; every column of the right record ends in '_right'.
    """
    return sides.with_columns(
        *((pl.col(c) == pl.col(f"{c}_right")).alias(f"{c.removesuffix('_key')}_same") for c in _SAME),
        page_same=_page_same(),
        page_near=_page_near(),
        year_gap=(pl.col("publication_year") - pl.col("publication_year_right")).abs(),
        issn_same=_issn_same(),
        notice_same=pl.col("notice").fill_null("") == pl.col("notice_right").fill_null(""),
        two_accessions=_two_accessions(),
        generic_same=pl.col("is_generic") == pl.col("is_generic_right"),
        is_generic=pl.col("is_generic") | pl.col("is_generic_right"),
        is_shared=pl.col("is_shared") | pl.col("is_shared_right"),
        is_short=pl.col("is_short") | pl.col("is_short_right"),
        repeats=pl.max_horizontal("repeats", "repeats_right"),
        across_scripts=pl.col("title_is_han") != pl.col("title_is_han_right"),
        fewer_authors=pl.when(pl.all_horizontal(pl.col("authors_count", "authors_count_right") > 0)).then(
            pl.min_horizontal("authors_count", "authors_count_right")  # without authors on one side none can be shared
        ),
        is_only_of_team=pl.col("is_only_of_team") & pl.col("is_only_of_team_right"),
        cut_off=_cut_off(),
    )


def _page_same() -> pl.Expr:
    """Whether the first pages agree; null where one is missing, holds the other ('S42' and '42', '382391' for 382-391), or is a
    page or two off, as databases count them from the title or the abstract."""
    ours, theirs = pl.col("page_key"), pl.col("page_key_right")
    held = [
        (short.str.len_chars() >= 2) & (long.str.starts_with(short) | long.str.ends_with(short))
        for short, long in ((ours, theirs), (theirs, ours))
    ]
    equal = ours == theirs
    return pl.when(equal | ~pl.any_horizontal(*held, _page_near())).then(equal)


def _page_near() -> pl.Expr:
    """Two different first pages, at most NEAR_PAGES apart."""
    ours, theirs = (pl.col(c).cast(pl.Int64, strict=False) for c in ("page_key", "page_key_right"))
    return (ours - theirs).abs().is_between(1, NEAR_PAGES).fill_null(False)


def _issn_same() -> pl.Expr:
    """Any ISSN of one side among those of the other; null unless both sides have one."""
    ours, theirs = ("issn", "eissn"), ("issn_right", "eissn_right")
    equal = pl.any_horizontal((pl.col(a) == pl.col(b)).fill_null(False) for a in ours for b in theirs)
    known = pl.any_horizontal(pl.col(a).is_not_null() for a in ours)
    return pl.when(known & pl.any_horizontal(pl.col(b).is_not_null() for b in theirs)).then(equal)


def numbers_same() -> pl.Expr:
    """False when each title has a number, or a part's number, that the other lacks. When only one side has more: true where the
    numbers stand in further words of that title and number no part ('… report of the 5th workshop, Turku, 2004'), else null."""
    more, less = _lacking("numbers")
    more_parts, less_parts = _lacking("part_numbers")
    contrary = (_some(more) & _some(less)) | (_some(more_parts) & _some(less_parts))
    no_part = ~_some(more.list.set_intersection("part_numbers")) & ~_some(
        less.list.set_intersection("part_numbers_right")
    )
    length, other = (pl.col(f"title_compact{side}").str.len_chars().cast(pl.Int64) for side in ("", "_right"))
    longer = pl.when(_some(more)).then(length - other).otherwise(other - length)
    further = no_part & (longer >= pl.when("title_is_han").then(FURTHER_HAN).otherwise(FURTHER_LATIN))
    spelled = pl.col("title_compact") == pl.col("title_compact_right")
    alike = spelled | ~(_some(more) | _some(less)) | further
    return pl.when(spelled).then(True).when(contrary).then(False).when(alike).then(True)


def _lacking(column: str) -> tuple[pl.Expr, pl.Expr]:
    """What the left list has and the right one lacks, and the other way round."""
    ours, theirs = pl.col(column), pl.col(f"{column}_right")
    return ours.list.set_difference(theirs), theirs.list.set_difference(ours)


def _some(values: pl.Expr) -> pl.Expr:
    return values.list.len() > 0


def _cut_off() -> pl.Expr:
    """One title is the beginning of the other, long enough to be no chance: a database cut it off or dropped the subtitle."""
    ours, theirs = pl.col("title_compact"), pl.col("title_compact_right")
    least = pl.when("title_is_han").then(CUT_HAN).otherwise(CUT_LATIN)
    long = pl.min_horizontal(ours.str.len_chars(), theirs.str.len_chars()) >= least
    return (long & (ours.str.starts_with(theirs) | theirs.str.starts_with(ours))).fill_null(False)


def _two_accessions() -> pl.Expr:
    """One vendor gave two numbers of the same kind: it holds them for two works."""
    same_kind = pl.col("accession_kind") == pl.col("accession_kind_right")
    return (same_kind & (pl.col("accession_number") != pl.col("accession_number_right"))).fill_null(False)


def symbols_same() -> pl.Expr:
    """Between a Chinese and an English title: whether every formula, acronym and number of the Chinese one ('Ti-6Al-4V', '5G')
    stands in the English one; null where it has none."""
    han = pl.when("title_is_han").then("title_key").otherwise("title_key_right")
    latin = pl.when("title_is_han").then("title_key_right").otherwise("title_key")
    symbols = pl.when("across_scripts").then(han.str.extract_all(_SYMBOL))
    lacking = symbols.list.set_difference(latin.str.split(" ")).list.len()
    return pl.when(symbols.list.len() > 0).then(lacking == 0)


def authors_shared() -> pl.Expr:
    """How many persons sign both: by full name or by surname and initial, whichever finds more; between a Chinese and an English
    record in any reading of the characters; null where a side has none."""
    found = []
    for kind in ("full", "short"):
        sides = []
        for side in ("", "_right"):
            plain, readings = pl.col(f"authors_{kind}{side}"), pl.col(f"readings_{kind}{side}")
            sides.append(pl.when(pl.col("across_scripts")).then(pl.coalesce(readings, plain)).otherwise(plain))
        found.append(sides[0].list.set_intersection(sides[1]).list.len())
    return pl.min_horizontal(pl.max_horizontal(found), "fewer_authors")


def twin_dois(twins: pl.DataFrame) -> pl.Expr:
    """Two different DOIs that the dictionary declares as possible twins; numbers captured by the patterns must agree."""
    fits = [pl.lit(False)]
    for left, right in twins.select("pattern_left", "pattern_right").iter_rows():
        fits += [_fits(left, right, "doi", "doi_right"), _fits(left, right, "doi_right", "doi")]
    return pl.any_horizontal(fits).fill_null(False) & (pl.col("doi") != pl.col("doi_right")).fill_null(False)


def _fits(left: str, right: str, ours: str, theirs: str) -> pl.Expr:
    fit = pl.col(ours).str.contains(f"^(?:{left})$") & pl.col(theirs).str.contains(f"^(?:{right})$")
    if "(" in left.replace("(?:", "") and "(" in right.replace("(?:", ""):
        return fit & (pl.col(ours).str.extract(f"^(?:{left})$") == pl.col(theirs).str.extract(f"^(?:{right})$"))
    return fit & ~pl.col(theirs).str.contains(f"^(?:{left})$")
