"""Numbers for a pair: how alike titles, authors and venues are.

Column by column, never pair by pair. A value that is missing on one side gives null: missing contradicts nothing. Titles come first:
where they are unlike, and neither DOI nor page is the same, nothing else can join two records and nothing else is compared.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from pipelines.dedup.agreement import agreement, authors_shared, numbers_same, symbols_same, twin_dois
from pipelines.dedup.prepare import LISTS

PROMISING = 0.75  # likeness of titles below which no rule asks for more
_WORD = r"\p{Han}|[[\p{L}\p{N}]--\p{Han}]+"  # a Chinese character, or a word of other letters
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
_SIDES = ("", "_right")
_NUMBERS = (
    "title_like", "title_inside", "title_head", "venue_like", "authors_shared", "authors_like", "byline", "swap_like"
)  # fmt: skip
_FLAGS = ("numbers_same", "symbols_same", "doi_twins", "doi_misprint")


def compared(frame: pl.DataFrame, pairs: pl.DataFrame, doi_twins: pl.DataFrame) -> pl.DataFrame:
    """Both records of each pair with their agreement.

    Grain: one row per pair, in the order given. Likenesses are shares 0-1; `<field>_same` is null where a side is missing.
    """
    facts = agreement(_sides(frame.drop(LISTS), pairs)).with_columns(blocks=pairs["blocks"])
    titled = facts.with_columns(title_like=_titles(facts)).with_columns(title_inside=_insides(facts))
    near = (
        (pl.col("title_like") >= PROMISING).fill_null(True)
        | (pl.col("title_inside") >= 0.9).fill_null(False)
        | pl.col("doi_same").fill_null(False)
        | pl.col("page_same").fill_null(False)
    )
    known = titled.with_columns(promising=near).with_row_index("place")
    rest = known.filter(~pl.col("promising"))
    promising = known.filter("promising")
    lists = _sides(frame.select(LISTS), pairs.filter(known["promising"]))
    detailed = _detailed(promising.hstack(lists), doi_twins).drop(lists.columns)
    empty = [pl.lit(None, pl.Float64).alias(c) for c in _NUMBERS if c not in rest.columns]
    plain = rest.with_columns(*empty, *(pl.lit(False).alias(c) for c in _FLAGS)).select(detailed.columns)
    return pl.concat([detailed, plain], how="vertical_relaxed").sort("place").drop("place", "promising")


def _sides(frame: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    left, right = frame[pairs["left"]], frame[pairs["right"]]
    return left.hstack([c.alias(f"{c.name}_right") for c in right])


def _detailed(titled: pl.DataFrame, doi_twins: pl.DataFrame) -> pl.DataFrame:
    """Pairs worth it, with everything else that can be compared."""
    shared = titled.with_columns(
        authors_shared=authors_shared(),
        symbols_same=symbols_same(),
        numbers_same=numbers_same(),
        doi_twins=twin_dois(doi_twins),
    )
    share = pl.col("authors_shared") / pl.col("fewer_authors")
    named = (pl.col("issn_same") | pl.col("journal_id_same") | pl.col("venue_pinyin_same")).fill_null(False)
    words = _alike(shared, "title_key", "title_key_right", fuzz.token_sort_ratio, pl.col("title_like") < 1)
    surnames = _alike(shared, "authors_key", "authors_key_right", fuzz.ratio, share.fill_null(0) < 1)
    alike = shared.with_columns(title_words=words, authors_ratio=surnames)
    return alike.with_columns(
        title_like=pl.max_horizontal("title_like", pl.col("title_words").sub(0.01)),
        title_head=_head_like(alike),
        authors_like=pl.max_horizontal(share, pl.when(pl.col("authors_ratio") >= 0.8).then("authors_ratio")),
        byline=pl.col("authors_shared") / pl.max_horizontal("authors_count", "authors_count_right"),
        venue_like=pl.when(named).then(1.0).otherwise(_venue_like(alike, ~named)),
        swap_like=_swap_like(alike),
        doi_misprint=_doi_misprint(alike),
    ).drop("title_words", "authors_ratio")


def _titles(frame: pl.DataFrame) -> pl.Series:
    """Best likeness among the titles of both records, main titles and those given in another language."""
    kinds = (("title_key", "title_is_han"), ("title_other_key", "other_is_han"))
    scores = [
        _alike(frame, ours, f"{theirs}_right", fuzz.ratio, pl.col(our_han) == pl.col(f"{their_han}_right")).alias(
            f"{ours}|{theirs}"
        )
        for ours, our_han in kinds
        for theirs, their_han in kinds
    ]
    return pl.DataFrame(scores).max_horizontal()


def _insides(frame: pl.DataFrame) -> pl.Series:
    """How far one main title holds the other: 1 = all its words, or its beginning."""
    within = _alike(frame, "title_key", "title_key_right", fuzz.token_set_ratio, ~pl.col("across_scripts"))
    return frame.select(pl.when("cut_off").then(1.0).otherwise(within)).to_series()


def _alike(
    frame: pl.DataFrame, ours: str, theirs: str, scorer: Callable[..., float], wanted: pl.Expr | None = None
) -> pl.Series:
    """Likeness 0-1 of two text columns; null where a side is missing or the comparison is not wanted."""
    asked = (pl.lit(True) if wanted is None else wanted.fill_null(False)) & pl.col(ours).is_not_null()
    state = frame.select(
        asked=asked & pl.col(theirs).is_not_null(), equal=(pl.col(ours) == pl.col(theirs)).fill_null(False)
    )
    places = (state["asked"] & ~state["equal"]).arg_true()
    left, right = (frame[c].gather(places).to_list() for c in (ours, theirs))
    scored = pl.Series(process.cpdist(left, right, scorer=scorer, workers=-1), dtype=pl.Float64).round(2) / 100
    scores = state.select(pl.when(pl.col("asked") & pl.col("equal")).then(1.0)).to_series()
    return scores.scatter(places, scored) if places.len() else scores


def _head_like(frame: pl.DataFrame) -> pl.Series:
    """Likeness of the shorter title and as much of the longer one's beginning, where the DOI is one and the titles differ in
    length: a database cuts titles off anywhere."""
    ours, theirs = pl.col("title_compact"), pl.col("title_compact_right")
    ours_shorter = ours.str.len_chars() <= theirs.str.len_chars()
    shorter, longer = (pl.when(ours_shorter).then(a).otherwise(b) for a, b in ((ours, theirs), (theirs, ours)))
    one_doi = pl.col("doi_same") & (ours != theirs)
    heads = frame.select(
        a=pl.when(one_doi).then(shorter), b=pl.when(one_doi).then(longer.str.head(shorter.str.len_chars()))
    )
    return _alike(heads, "a", "b", fuzz.ratio)


def _doi_misprint(frame: pl.DataFrame) -> pl.Series:
    """Whether two DOIs differ as a misprint does, by one character or a lost end: a reason to ask, never one to join."""
    asked = (~pl.col("doi_same") & pl.col("page_same").fill_null(True)).fill_null(False)
    places = frame.select(asked).to_series().arg_true()
    dois = frame.select("doi", "doi_right")[places]
    found = pl.Series([is_misprint(a, b) for a, b in dois.iter_rows()], dtype=pl.Boolean)
    flags = pl.repeat(False, frame.height, eager=True)
    return flags.scatter(places, found) if places.len() else flags


def is_misprint(left: str, right: str) -> bool:
    """One character more, less or other, or the end lost."""
    short, long = sorted((left, right), key=len)
    return (long.startswith(short) and len(short) * 2 > len(long)) or Levenshtein.distance(
        short, long, score_cutoff=1
    ) <= 1


def _swap_like(frame: pl.DataFrame) -> pl.Series:
    """Likeness of what each title has and the other lacks: a misspelling is near 1, copper for nickel near 0.

    Null where the titles are equal, far apart, or one holds the other.
    """
    near = pl.col("title_like").is_between(0.8, 0.995) | (pl.col("title_words") > 0.8)
    spelled = pl.col("title_compact").ne_missing(pl.col("title_compact_right"))
    pairs = _titles_of_one_script()
    places = frame.select((near & spelled).fill_null(False)).to_series().arg_true()
    titles = frame.select(*pairs)[places].with_row_index("place").drop_nulls().filter(pl.col("a") != pl.col("b"))
    titles = titles.with_columns(title_is_han=_han("a"))
    words = _other_words(titles.filter(~pl.col("title_is_han")))
    left = pl.concat([words, _other_characters(titles.filter("title_is_han"))])
    left = left.filter((pl.col("more") != "") & (pl.col("less") != ""))
    scored = process.cpdist(left["more"].to_list(), left["less"].to_list(), scorer=fuzz.ratio, workers=-1)
    scores = pl.repeat(None, frame.height, dtype=pl.Float64, eager=True)
    if left.is_empty():
        return scores
    return scores.scatter(places.gather(left["place"]), pl.Series(scored, dtype=pl.Float64).round(2) / 100)


def _venue_like(frame: pl.DataFrame, wanted: pl.Expr) -> pl.Series:
    """Likeness of venue names; 1 when one abbreviates the other word by word or by its initials. Venues come back: each pair of
    names is compared once."""
    values = frame.select(a=pl.when(wanted).then("venue_key"), b=pl.when(wanted).then("venue_key_right"))
    unique = values.drop_nulls().filter(_han("a") == _han("b")).unique()
    ratios = process.cpdist(unique["a"].to_list(), unique["b"].to_list(), scorer=fuzz.ratio, workers=-1)
    short = [1.0 if abbreviates(a, b) or abbreviates(b, a) else 0.0 for a, b in unique.iter_rows()]
    table = unique.with_columns(
        score=pl.max_horizontal(pl.Series(ratios, dtype=pl.Float64).round(2) / 100, pl.Series(short, dtype=pl.Float64))
    )
    return values.join(table, on=["a", "b"], how="left", maintain_order="left")["score"]


def _han(column: str) -> pl.Expr:
    return pl.col(column).str.contains(r"\p{Han}")


def _titles_of_one_script() -> tuple[pl.Expr, pl.Expr]:
    """The main titles, or between a Chinese and an English record the title that the one gives in the other's language."""
    one_script = ~pl.col("across_scripts")
    left_gives = pl.col("other_is_han") == pl.col("title_is_han_right")
    right_gives = pl.col("other_is_han_right") == pl.col("title_is_han")
    a = (
        pl.when(one_script)
        .then("title_key")
        .when(left_gives)
        .then("title_other_key")
        .when(right_gives)
        .then("title_key")
    )
    b = pl.when(one_script | left_gives).then("title_key_right").when(right_gives).then("title_other_key_right")
    return a.alias("a"), b.alias("b")


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
