"""Numbers for a pair: how alike titles, authors and venues are, and which stated values agree or contradict.

Column by column over unique pairs of values; never pair by pair. A value that is missing on one side gives null:
missing contradicts nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from pipelines.core.text import compact

_SAME = ("doi", "volume_key", "issue_key", "last_page_key", "form", "first_author_key", "journal_id", "venue_pinyin")
MISPRINT = "≈"  # in doi_twins: the right DOI is the left one misprinted
NEAR_PAGES = 2
FURTHER_LATIN = 16  # characters of a subtitle; a bare '2018' at the end of a title is no subtitle
FURTHER_HAN = 8
CUT_LATIN = 30  # characters of a title cut off that still name it
CUT_HAN = 12
_WORD = r"\p{Han}|[[\p{L}\p{N}]--\p{Han}]+"  # a Chinese character, or a word of other letters
_SYMBOL = r"[a-z0-9]{2,}"
_ORDINALS = {
    " first ": " 1st ",
    " second ": " 2nd ",
    " third ": " 3rd ",
    " fourth ": " 4th ",
    " fifth ": " 5th ",
    " sixth ": " 6th ",
    " seventh ": " 7th ",
    " eighth ": " 8th ",
    " ninth ": " 9th ",
    " tenth ": " 10th ",
}
_TITLE_SIDES = (
    ("title_key", "title_key_right"),
    ("title_key", "title_other_key_right"),
    ("title_other_key", "title_key_right"),
    ("title_other_key", "title_other_key_right"),
)


def compared(frame: pl.DataFrame, pairs: pl.DataFrame, doi_twins: pl.DataFrame) -> pl.DataFrame:
    """Both records of each pair with their agreement.

    Grain: one row per pair, in the order given. Likenesses are shares 0-1; `<field>_same` is null where a side is missing.
    """
    left, right = frame[pairs["left"]], frame[pairs["right"]]
    sides = left.hstack([c.alias(f"{c.name}_right") for c in right]).with_columns(blocks=pairs["blocks"])
    facts = sides.with_columns(
        *((pl.col(c) == pl.col(f"{c}_right")).alias(f"{c.removesuffix('_key')}_same") for c in _SAME),
        page_same=_page_same(),
        page_near=_page_near(),
        year_gap=(pl.col("publication_year") - pl.col("publication_year_right")).abs(),
        issn_same=_issn_same(),
        notice_same=pl.col("notice").fill_null("") == pl.col("notice_right").fill_null(""),
        numbers_same=_numbers_same(),
        two_accessions=_two_accessions(),
        is_generic=pl.col("is_generic") | pl.col("is_generic_right"),
        is_shared=pl.col("is_shared") | pl.col("is_shared_right"),
        is_short=pl.col("is_short") | pl.col("is_short_right"),
        repeats=pl.max_horizontal("repeats", "repeats_right"),
        across_scripts=pl.col("title_is_han") != pl.col("title_is_han_right"),
        fewer_authors=pl.min_horizontal("authors_count", "authors_count_right"),
        doi_twins=_doi_twins(doi_twins),
    )
    shared = facts.with_columns(authors_shared=_authors_shared(), symbols_same=_symbols_same())
    alike = shared.with_columns(
        title_like=_best(shared, _TITLE_SIDES, fuzz.ratio),
        title_words=_best(shared, _TITLE_SIDES[:1], fuzz.token_sort_ratio),
        title_inside=pl.when(_cut_off()).then(1.0).otherwise(_best(shared, _TITLE_SIDES[:1], fuzz.token_set_ratio)),
        title_head=_head_like(shared),
        venue_like=_venue_like(shared),
        authors_ratio=_alike(shared, "authors_key", "authors_key_right", fuzz.ratio),
    )
    named = pl.col("issn_same") | pl.col("journal_id_same") | pl.col("venue_pinyin_same")
    return alike.with_columns(
        title_like=pl.max_horizontal("title_like", pl.col("title_words").sub(0.01)),
        authors_like=_authors_like(),
        byline=pl.col("authors_shared") / pl.max_horizontal("authors_count", "authors_count_right"),
        swap_like=_swap_like(alike),
        doi_misprint=_doi_misprint(alike, doi_twins),
        venue_like=pl.when(named).then(1.0).otherwise("venue_like"),
    ).drop("title_words", "authors_ratio")


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


def _numbers_same() -> pl.Expr:
    """False when each title has a number the other lacks. When only one side has more: true where the numbers stand in further
    words of that title and number no part ('… report of the 5th workshop, Turku, 2004'), else null."""
    ours, theirs = pl.col("numbers"), pl.col("numbers_right")
    more, less = ours.list.set_difference(theirs), theirs.list.set_difference(ours)
    some_more, some_less = more.list.len() > 0, less.list.len() > 0
    parts = (
        more.list.set_intersection("part_numbers").list.len()
        + less.list.set_intersection("part_numbers_right").list.len()
    )
    length, other = pl.col("title_compact").str.len_chars(), pl.col("title_compact_right").str.len_chars()
    longer = pl.when(some_more).then(length.cast(pl.Int64) - other).otherwise(other.cast(pl.Int64) - length)
    spelled = pl.col("title_compact") == pl.col("title_compact_right")
    told = (parts == 0) & (longer >= pl.when("title_is_han").then(FURTHER_HAN).otherwise(FURTHER_LATIN))
    return (
        pl.when(spelled | ~(some_more | some_less) | (told & ~(some_more & some_less)))
        .then(True)
        .when(some_more & some_less)
        .then(False)
    )


def _cut_off() -> pl.Expr:
    """One title is the beginning of the other, long enough to be no chance: a database cut it off or dropped the subtitle."""
    ours, theirs = pl.col("title_compact"), pl.col("title_compact_right")
    least = pl.when("title_is_han").then(CUT_HAN).otherwise(CUT_LATIN)
    long = pl.min_horizontal(ours.str.len_chars(), theirs.str.len_chars()) >= least
    return (long & (ours.str.starts_with(theirs) | theirs.str.starts_with(ours))).fill_null(False)


def _symbols_same() -> pl.Expr:
    """Between a Chinese and an English title: whether every formula, acronym and number of the Chinese one ('Ti-6Al-4V', '5G')
    stands in the English one; null where it has none."""
    han = pl.when("title_is_han").then("title_key").otherwise("title_key_right")
    latin = pl.when("title_is_han").then("title_key_right").otherwise("title_key")
    symbols = pl.when("across_scripts").then(han.str.extract_all(_SYMBOL))
    lacking = symbols.list.set_difference(latin.str.split(" ")).list.len()
    return pl.when(symbols.list.len() > 0).then(lacking == 0)


def _two_accessions() -> pl.Expr:
    """One vendor gave two numbers of the same kind: it holds them for two works."""
    same_kind = pl.col("accession_kind") == pl.col("accession_kind_right")
    return (same_kind & (pl.col("accession_number") != pl.col("accession_number_right"))).fill_null(False)


def _authors_shared() -> pl.Expr:
    """How many persons sign both: by full name or by surname and initial, whichever finds more; between a Chinese and an English
    record in any reading of the characters."""
    found = []
    for kind in ("full", "short"):
        sides = []
        for side in ("", "_right"):
            plain, readings = pl.col(f"authors_{kind}{side}"), pl.col(f"readings_{kind}{side}")
            sides.append(pl.when(pl.col("across_scripts")).then(pl.coalesce(readings, plain)).otherwise(plain))
        found.append(sides[0].list.set_intersection(sides[1]).list.len())
    fewer = pl.min_horizontal("authors_count", "authors_count_right")
    return pl.min_horizontal(pl.max_horizontal(found), fewer)


def _authors_like() -> pl.Expr:
    """Best of: shared persons over the shorter list, likeness of all surnames."""
    share = pl.col("authors_shared") / pl.col("fewer_authors")
    return pl.max_horizontal(share, pl.when(pl.col("authors_ratio") >= 0.8).then("authors_ratio"))


def _best(frame: pl.DataFrame, sides: tuple[tuple[str, str], ...], scorer: Callable[..., float]) -> pl.Series:
    scores = [_alike(frame, a, b, scorer).alias(f"{a}|{b}") for a, b in sides]
    return pl.DataFrame(scores).max_horizontal()


def _alike(frame: pl.DataFrame, ours: str, theirs: str, scorer: Callable[..., float]) -> pl.Series:
    """Likeness 0-1 of two text columns; null where a side is missing or the two are in different scripts."""
    values = frame.select(a=pl.min_horizontal(ours, theirs), b=pl.max_horizontal(ours, theirs)).with_columns(
        known=pl.col("a").is_not_null() & pl.col("b").is_not_null() & (_han("a") == _han("b"))
    )
    missing = pl.any_horizontal(pl.col(ours).is_null(), pl.col(theirs).is_null())
    pairs = values.with_columns(known=pl.col("known") & ~frame.select(missing).to_series())
    unique = pairs.filter("known").select("a", "b").unique()
    scored = process.cpdist(unique["a"].to_list(), unique["b"].to_list(), scorer=scorer, workers=-1)
    table = unique.with_columns(score=pl.Series(scored, dtype=pl.Float64).round(2) / 100)
    joined = pairs.join(table, on=["a", "b"], how="left", maintain_order="left")
    return joined.select(pl.when("known").then("score")).to_series()


def _head_like(frame: pl.DataFrame) -> pl.Series:
    """Likeness of the shorter title and as much of the longer one's beginning, where the DOI is one and the titles differ in
    length: a database cuts titles off anywhere."""
    ours, theirs = pl.col("title_compact"), pl.col("title_compact_right")
    shorter = pl.when(ours.str.len_chars() <= theirs.str.len_chars()).then(ours).otherwise(theirs)
    longer = pl.when(ours.str.len_chars() <= theirs.str.len_chars()).then(theirs).otherwise(ours)
    one_doi = pl.col("doi_same") & (ours != theirs)
    heads = frame.select(
        a=pl.when(one_doi).then(shorter), b=pl.when(one_doi).then(longer.str.head(shorter.str.len_chars()))
    )
    return _alike(heads, "a", "b", fuzz.ratio)


def _doi_misprint(frame: pl.DataFrame, twins: pl.DataFrame) -> pl.Series:
    """Whether two DOIs differ as a misprint does, by one character or a lost end; never where the dictionary does not say so."""
    declared = MISPRINT in twins["pattern_right"]
    asked = (pl.lit(declared) & ~pl.col("doi_same") & pl.col("page_same").fill_null(True)).fill_null(False)
    dois = frame.select(a=pl.min_horizontal("doi", "doi_right"), b=pl.max_horizontal("doi", "doi_right"), asked=asked)
    unique = dois.filter("asked").select("a", "b").unique()
    steps = process.cpdist(unique["a"].to_list(), unique["b"].to_list(), scorer=Levenshtein.distance, workers=-1)
    cut = pl.col("b").str.starts_with(pl.col("a")) & (pl.col("a").str.len_chars() > pl.col("b").str.len_chars() // 2)
    table = unique.with_columns(misprint=cut | (pl.Series(steps, dtype=pl.Int64) <= 1))
    joined = dois.join(table, on=["a", "b"], how="left", maintain_order="left")
    return joined.select(pl.col("asked") & pl.col("misprint").fill_null(False)).to_series()


def _swap_like(frame: pl.DataFrame) -> pl.Series:
    """Likeness of what each title has and the other lacks: a misspelling is near 1, copper for nickel near 0.

    Null where the titles are equal, far apart, or one holds the other.
    """
    values = frame.select(
        a="title_key",
        b="title_key_right",
        near=pl.col("title_like").is_between(0.8, 0.995) | (pl.col("title_words") > 0.8),
    )
    spelled = compact(pl.col("a")) != compact(pl.col("b"))
    unique = values.filter("near").select("a", "b").drop_nulls().unique().filter(spelled)
    chinese = unique.filter(_han("a") & _han("b"))
    left = pl.concat([_other_words(unique.filter(~(_han("a") & _han("b")))), _other_characters(chinese)])
    left = left.filter((pl.col("more") != "") & (pl.col("less") != ""))
    scored = process.cpdist(left["more"].to_list(), left["less"].to_list(), scorer=fuzz.ratio, workers=-1)
    table = left.select("a", "b", score=pl.Series(scored, dtype=pl.Float64).round(2) / 100)
    joined = values.join(table, on=["a", "b"], how="left", maintain_order="left")
    return joined.select(pl.when("near").then("score")).to_series()


def _other_words(titles: pl.DataFrame) -> pl.DataFrame:
    """Titles a and b with the words that the other lacks, in alphabetical order."""
    ours, theirs = (pl.col(c).str.replace_many(_ORDINALS).str.extract_all(_WORD) for c in ("a", "b"))
    return titles.with_columns(
        more=ours.list.set_difference(theirs).list.sort().list.join(""),
        less=theirs.list.set_difference(ours).list.sort().list.join(""),
    )


def _other_characters(titles: pl.DataFrame) -> pl.DataFrame:
    """Chinese titles a and b with what stands between their common beginning and their common end: characters come back
    too often in one title to be compared as a set."""
    middles = [_middles(a, b) for a, b in titles.select("a", "b").iter_rows()]
    return titles.with_columns(
        more=pl.Series([m for m, _ in middles], dtype=pl.String),
        less=pl.Series([m for _, m in middles], dtype=pl.String),
    )


def _middles(a: str, b: str) -> tuple[str, str]:
    shorter = min(len(a), len(b))
    start = next((i for i in range(shorter) if a[i] != b[i]), shorter)
    end = next((i for i in range(shorter - start) if a[-1 - i] != b[-1 - i]), shorter - start)
    return a[start : len(a) - end], b[start : len(b) - end]


def _han(column: str) -> pl.Expr:
    return pl.col(column).str.contains(r"\p{Han}")


def _venue_like(frame: pl.DataFrame) -> pl.Series:
    """Likeness of venue names; 1 when one abbreviates the other word by word or by its initials."""
    values = frame.select(a="venue_key", b="venue_key_right")
    unique = values.drop_nulls().filter(_han("a") == _han("b")).unique()
    ratios = process.cpdist(unique["a"].to_list(), unique["b"].to_list(), scorer=fuzz.ratio, workers=-1)
    short = [1.0 if abbreviates(a, b) or abbreviates(b, a) else 0.0 for a, b in unique.iter_rows()]
    table = unique.with_columns(
        score=pl.max_horizontal(pl.Series(ratios, dtype=pl.Float64).round(2) / 100, pl.Series(short, dtype=pl.Float64))
    )
    return values.join(table, on=["a", "b"], how="left", maintain_order="left")["score"]


@lru_cache(maxsize=100_000)
def abbreviates(short: str, long: str) -> bool:
    """'j nutr' for 'journal nutrition', 'vldb j' for 'very large data bases journal'."""
    words, rest = short.split(), long.split()
    place = 0
    for word in words:
        width = _matched(word, rest[place:])
        if width == 0:
            return False
        place += width
    return place == len(rest) or (place >= 3 and len(words) >= 3) or (place >= 4 and len(words) == 1)


def _matched(word: str, rest: list[str]) -> int:
    """How many of the next words one word of an abbreviation stands for; 0 = none."""
    if rest and (rest[0].startswith(word) or (len(word) > 3 and word[0] == rest[0][0] and _contracts(word, rest[0]))):
        return 1
    if 2 <= len(word) <= len(rest) and all(w.startswith(c) for c, w in zip(word, rest, strict=False)):
        return len(word)
    return 0


def _contracts(word: str, full: str) -> bool:
    """'natl' for 'national': its letters in order, ending alike."""
    letters = iter(full)
    return word[-1] == full[-1] and all(c in letters for c in word)


def _doi_twins(twins: pl.DataFrame) -> pl.Expr:
    """Two different DOIs that the dictionary declares as possible twins; numbers captured by the patterns must agree."""
    fits = [pl.lit(False)]
    patterns = twins.filter(pl.col("pattern_right") != MISPRINT)
    for left, right in patterns.select("pattern_left", "pattern_right").iter_rows():
        fits += [_fits(left, right, "doi", "doi_right"), _fits(left, right, "doi_right", "doi")]
    return pl.any_horizontal(fits).fill_null(False) & (pl.col("doi") != pl.col("doi_right")).fill_null(False)


def _fits(left: str, right: str, ours: str, theirs: str) -> pl.Expr:
    fit = pl.col(ours).str.contains(f"^(?:{left})$") & pl.col(theirs).str.contains(f"^(?:{right})$")
    if "(" in left.replace("(?:", "") and "(" in right.replace("(?:", ""):
        return fit & (pl.col(ours).str.extract(f"^(?:{left})$") == pl.col(theirs).str.extract(f"^(?:{right})$"))
    return fit & ~pl.col(theirs).str.contains(f"^(?:{left})$")
