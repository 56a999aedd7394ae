"""One compact frame of what blocking and comparing need; row number = position in order of record_id."""

from __future__ import annotations

import polars as pl

from pipelines.core import names
from pipelines.core.text import blank_to_null, compact, folded, has_han
from pipelines.dedup.signatures import AUTHOR_SETS, author_sets

# A title that several first authors share says nothing about identity, listed or not.
GENERIC_FIRST_AUTHORS = 4
# A short title that comes back in several years is a column ('Book review column', '研究动态').
COLUMN_YEARS = 3
COLUMN_LATIN = 24
COLUMN_HAN = 10
# Shorter titles ('Introduction', '前言') agree by chance. Counted in characters without blanks.
SHORT_LATIN = 16
SHORT_HAN = 6
RARE_TOKENS = 5
LISTS = (*AUTHOR_SETS, "numbers", "part_numbers")  # columns that are looked at only where titles promise something

_ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "xi": "11",
}
_HAN_NUMBERS = {"一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "上": "1", "下": "2"}
_ROMAN_NUMBER = r"i{1,3}|iv|v|vi{1,3}|ix|xi"
_NUMBER = rf"\b(?:\d+|{_ROMAN_NUMBER})\b"
# A number that says which of several texts this is: 'part 2', 'report no 14', or a Roman numeral that is no letter.
_PART = (
    r"\b(?:parts?|pts?|vol|volumes?|nos?|numbers?|chapters?|phases?|stages?|stud(?:y|ies)|papers?|sections?|series|reports?"
    rf"|lectures?|notes?|steps?|issues?|sessions?|supplements?) (?:\d+|{_ROMAN_NUMBER})\b|\b(?:ii|iii|iv|vi|vii|viii|ix|xi)\b|\bi$"
)
_HAN_PART = r"[第之卷篇部（( ]([一二三四五六上下])(?:[）)篇部卷报 ]|$)"

# What a title says about its own kind, in its key. Order counts: 'reply to comment' is a reply. A retracted article is no notice.
# '… 的讨论' alone is how research titles end: a notice names a text ('… 一文的讨论').
_NOTICES = {
    "retraction": r"^(?:retraction (?:of|to|note|notice|statement)\b|retraction$|notice of retraction|withdrawal|撤稿|撤回)"
    r"|^关于撤[销稿回]|撤[销稿回](?:启事|声明|通知|公告)$",
    "correction": r"^(?:\w+ )?(?:erratum|errata|corrigend|correction|addendum|publisher s note|expression of concern)"
    r"|^(?:勘误|更正|订正)|(?:勘误|更正|订正)(?:启事|声明)?$",
    "reply": r"^(?:(?:authors?|the authors|in) )?(?:s )?(?:reply|repl(?:y|ies)|response|rejoinder)\b(?: to|$)|^(?:答复|回复|答)[ :：《]"
    r"|^对.*(?:答复|回复|回应|答辩)$|一文的?(?:答复|回复|回应)$",
    "comment": r"^(?:comments?|commentary|remarks?|letter) (?:on|to|of|regarding)\b|^(?:评|评论|商榷|讨论)[ :：《]|商榷$"
    r"|一文的?(?:讨论|评论|质疑|评述)$",
}
_DISCUSSION = r"(?i)^discussion (?:of|on):? ?[\"“‘'«:]"  # 'Discussion on teaching reform' is a research title
_PREPRINT = r"arxiv|biorxiv|medrxiv|chemrxiv|chinaxiv|ssrn|research square|preprint|预印本"
_REPORT = (
    r"\b(?:tech(?:nical)? (?:rep|report)|research report|working paper|unpublished|manuscript)\b|技术报告|工作论文"
)
_THESIS = r"\b(?:ph ?d|doctoral|master s?) (?:thesis|dissertation)\b|\bdissertation\b|学位论文"
_CONFERENCE = r"\b(?:proceedings|conference|symposium|workshop|congress)\b|会议|论文集|年会"


def prepared(
    records: pl.LazyFrame, authorships: pl.LazyFrame, generic_titles: pl.DataFrame, surnames: pl.DataFrame
) -> pl.DataFrame:
    """Records with the keys that pairs are made of and compared by.

    Grain: one row per record, sorted by record_id; `row` counts from 0, `content` is all that is compared as one number.
    """
    title, other = _title(), pl.col("title_other_key")
    # 网络首发 is numbered from 1 until it has an issue: such a page is no place
    unplaced = pl.col("is_early_access").fill_null(False) & pl.col("volume").is_null() & pl.col("issue").is_null()
    keyed = records.select(
        "record_id", "source", "accession_number", "doi", title, other, "journal_id", "issn", "eissn",
        "venue_key", "venue", "conference", "authors_key", "first_author_key", "is_early_access", "document_type",
        publication_year=_year(),
        accession_kind=accession_kind(),
        title_compact=compact(title),
        other_compact=compact(other),
        title_is_han=has_han(title),
        other_is_han=has_han(other),
        volume_key=pl.col("volume").str.extract(r"(\d+)"),  # 'PP', '(Jul)' are no volumes
        issue_key=pl.coalesce(pl.col("issue").str.extract(r"(\d+)"), folded(pl.col("issue"))),
        page_key=pl.when(~unplaced).then(_page(pl.coalesce("first_page", "article_number"))),
        last_page_key=pl.when(~unplaced).then(_page(pl.col("last_page"))),
        numbers=_numbers(_spaced(title)),
        part_numbers=_part_numbers(_spaced(title)),
        notice=pl.coalesce(_notice(title), pl.when(pl.col("title").str.contains(_DISCUSSION)).then(pl.lit("comment")), _notice_type()),
    )  # fmt: skip
    collected = keyed.collect()
    if not collected["record_id"].is_sorted():
        collected = collected.sort("record_id")
    frame = collected.with_row_index("row").with_columns(
        form=_form(),
        is_generic=_listed(generic_titles),
        is_shared=pl.col("title_key").is_in(_shared_titles(collected).implode()).fill_null(False),
        is_short=_length() < _by_script(SHORT_HAN, SHORT_LATIN),
        repeats=_how_many("title_compact", "venue_key", "publication_year", "source"),
        venue_pinyin=_venue_pinyin(collected["venue"]),
    )
    signed = frame.drop("venue").join(
        author_sets(authorships, frame.select("record_id", "row"), surnames),
        on="row",
        how="left",
        maintain_order="left",
    )
    told = signed.with_columns(_team()).with_columns(is_only_of_team=_only_of_team())
    said = pl.struct(pl.exclude("row", "team", *AUTHOR_SETS))  # codes are ranks among all names of this run
    return told.with_columns(content=said.hash()).drop("names")


def _how_many(*columns: str) -> pl.Expr:
    """Records that agree in all these columns, an empty one included."""
    return pl.len().over(pl.struct(columns).hash())


def _team() -> pl.Expr:
    """All who sign a record, by surname and initial, as one number; null without authors."""
    persons = pl.col("authors_short")
    return pl.when(persons.is_not_null()).then(persons.hash()).alias("team")


def _only_of_team() -> pl.Expr:
    """Whether the source knows no other text of the same authors in the same journal."""
    journal = pl.coalesce("journal_id", "issn", "eissn", "venue_pinyin", "venue_key")
    known = journal.is_not_null() & pl.col("team").is_not_null()
    return pl.when(known).then(pl.len().over(pl.struct(journal.alias("journal"), "team", "source").hash()) == 1)


def _length() -> pl.Expr:
    return pl.col("title_compact").str.len_chars()


def _by_script(han: int, latin: int) -> pl.Expr:
    return pl.when("title_is_han").then(han).otherwise(latin)


def _listed(generic_titles: pl.DataFrame) -> pl.Expr:
    known = generic_titles.get_column("title_key").drop_nulls().implode()
    return pl.col("title_key").is_in(known).fill_null(False)


def _shared_titles(records: pl.DataFrame) -> pl.Series:
    """Titles that the records themselves show to be no single work's: several first authors share one and none of them has most
    of its records, or it comes back over the years (a short one, a column, in fewer)."""
    several = records.group_by("title_key").agg(records=pl.len()).drop_nulls().filter(pl.col("records") >= COLUMN_YEARS)
    told = records.join(several, on="title_key").group_by("title_key").agg(
        pl.col("records", "title_is_han", "title_compact").first(),
        authors=pl.col("first_author_key").n_unique(),
        most=pl.col("first_author_key").unique_counts().max(),
        years=pl.col("publication_year").drop_nulls().n_unique(),
    )  # fmt: skip
    scattered = (pl.col("authors") >= GENERIC_FIRST_AUTHORS) & (pl.col("most") * 2 <= pl.col("records"))
    column = (_length() < _by_script(COLUMN_HAN, COLUMN_LATIN)) & (pl.col("years") >= COLUMN_YEARS)
    return told.filter(scattered | column | (pl.col("years") >= 2 * COLUMN_YEARS))["title_key"]


def accession_kind() -> pl.Expr:
    """Source and shape of the accession number: one platform serves several databases, each with numbers of its own form."""
    number = pl.col("accession_number")
    return pl.concat_str(
        "source", number.str.extract(r"^([^\d:]*)").fill_null(""), number.str.len_chars(), separator="/"
    )


def _title() -> pl.Expr:
    """Title key; a citation string without a year field may begin with its year."""
    bare = pl.col("title_key").str.replace(r"^(?:19|20)\d\d ", "")
    return pl.when(pl.col("publication_year").is_null()).then(bare).otherwise("title_key").alias("title_key")


def _year() -> pl.Expr:
    """Year, else the year in the DOI of a first release ('j.cnki.11-2109.20190611.1024' was released on 11 June 2019)."""
    released = pl.col("doi").str.extract(r"/j\.cnki\.[^/]+?\.((?:19|20)\d\d)[01]\d[0-3]\d\.\d+$")
    return pl.coalesce("publication_year", released.cast(pl.Int64)).alias("publication_year")


def _page(page: pl.Expr) -> pl.Expr:
    return blank_to_null(compact(folded(page)).str.strip_chars_start("0"))


def _spaced(title: pl.Expr) -> pl.Expr:
    """Chinese titles with blanks around letters and digits: '为例ⅲ' ends in a word of its own."""
    apart = title.str.replace_all(r"(\p{Han})([a-z0-9])", "$1 $2").str.replace_all(r"([a-z0-9])(\p{Han})", "$1 $2")
    return pl.when(has_han(title)).then(apart).otherwise(title)


def _numbers(title: pl.Expr) -> pl.Expr:
    """Numbers, Roman numerals and part marks of a title, sorted: the parts of a series differ in nothing else."""
    found = title.str.extract_all(_NUMBER).list.eval(pl.element().replace(_ROMAN))
    return pl.concat_list(found, _han_parts(title)).list.unique().list.sort()


def _part_numbers(title: pl.Expr) -> pl.Expr:
    """Those of the numbers that number a part."""
    marks = title.str.extract_all(_PART).list.eval(pl.element().str.extract(r"(\S+)$").replace(_ROMAN))
    return pl.concat_list(marks, _han_parts(title)).list.unique().list.sort()


def _han_parts(title: pl.Expr) -> pl.Expr:
    return title.str.extract_all(_HAN_PART).list.eval(pl.element().str.extract(_HAN_PART, 1).replace(_HAN_NUMBERS))


def _notice(title: pl.Expr) -> pl.Expr:
    kind = pl.lit(None, dtype=pl.String)
    for name, pattern in reversed(_NOTICES.items()):
        kind = pl.when(title.str.contains(pattern)).then(pl.lit(name)).otherwise(kind)
    return kind


def _notice_type() -> pl.Expr:
    kind = pl.col("document_type")
    return pl.when(kind.is_in(["correction", "retraction"])).then(kind)


def _form() -> pl.Expr:
    """preprint | thesis | report | conference | journal; null where nothing says so."""
    kind, venue = pl.col("document_type"), pl.col("venue_key")
    article = kind.is_in(["article", "review"]) & pl.col("conference").is_null()
    return (
        pl.when((kind == "preprint") | venue.str.contains(_PREPRINT))
        .then(pl.lit("preprint"))
        .when((kind == "thesis") | venue.str.contains(_THESIS))
        .then(pl.lit("thesis"))
        .when(venue.str.contains(_REPORT))
        .then(pl.lit("report"))
        .when((kind == "proceedings_paper") | venue.str.contains(_CONFERENCE))
        .then(pl.lit("conference"))
        .when(article & pl.col("issn").is_not_null())
        .then(pl.lit("journal"))
        .when(venue.str.contains(r"\b(?:j|journal|transactions|letters|acta)\b|学报"))
        .then(pl.lit("journal"))
        .when(venue.is_not_null() & pl.col("volume_key").is_not_null())
        .then(pl.lit("journal"))
    )


def _venue_pinyin(written: pl.Series) -> pl.Series:
    """Name of a Chinese journal in pinyin letters: from its characters, or as printed before a slash ('Yantu Lixue/Rock …')."""
    once = written.alias("name").unique().drop_nulls().to_frame()
    letters = [names.pinyin_of_title(name) for name in once["name"]]
    table = once.with_columns(pl.Series("pinyin", letters, dtype=pl.String))
    return written.alias("name").to_frame().join(table, on="name", how="left", maintain_order="left")["pinyin"]


def rare_tokens(frame: pl.DataFrame) -> pl.DataFrame:
    """The rarest words of each title that occur in some other title too; Chinese titles by pairs of characters.

    Grain: one row per record that has any; `rare` holds up to RARE_TOKENS words as numbers, ascending.
    """
    title, token = pl.col("title"), pl.col("token")
    doubles = [start.str.extract_all(r"\p{Han}{2}") for start in (title, title.str.slice(1))]
    titles = pl.concat([frame.lazy().select("row", title=c) for c in ("title_key", "title_other_key")]).drop_nulls()
    latin = titles.filter(~has_han(title)).select("row", token=title.str.split(" "))
    chinese = titles.filter(has_han(title)).select("row", token=pl.concat_list(doubles))
    words = [part.explode("token").drop_nulls().select("row", token.hash()) for part in (latin, chinese)]
    tokens = pl.concat(words).unique().collect()
    counts = tokens.group_by("token").agg(count=pl.len()).filter(pl.col("count") > 1)
    shared = tokens.join(counts, on="token").sort("row", "count", "token")
    return shared.group_by("row", maintain_order=True).agg(rare=token.head(RARE_TOKENS).sort())
