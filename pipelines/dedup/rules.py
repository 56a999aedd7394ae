"""RULES and VETOES in reading order: why two records are one work, two works, related works, or a question for a librarian.

The first veto that holds speaks, unless its exception holds; then the first rule that holds. A missing value makes an
expression null, and null never holds: missing contradicts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, eq=False)
class Rule:
    """What decides, in an expression over the columns of similarity.compared; `zh` is the reason a librarian reads."""

    name: str
    zh: str
    when: pl.Expr
    score: float
    decision: str = "join"
    relation: str = ""
    contradicts: bool = True  # False: the pair alone proves nothing, but a third record may join the two


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
several = (
    pl.min_horizontal(pl.col("authors_short").list.len(), pl.col("authors_short_right").list.len()) >= 3
).fill_null(False)
# A title that many records share still names one work when the same three or more persons sign it.
generic = pl.col("is_generic") | (pl.col("is_shared") & ~(same_persons & several))
short = pl.col("is_short").fill_null(True)
across = pl.col("across_scripts").fill_null(False)
same_place = same("volume", "page") | (same("page", "last_page") & years_within(1))
# Volume and page both contradict, or the one that can be compared does.
other_place = (differs("volume") | differs("page")) & ~same("volume") & ~same("page")
# One year apart in two venues is how a conference paper and its journal version look.
same_moment = years_within(0) | (years_within(1) & ~unlike("venue", 0.85))
online = pl.any_horizontal(pl.col("is_early_access", "is_early_access_right").fill_null(False))
same_kind = pl.col("notice_same")
no_part = pl.col("numbers_same").fill_null(False)  # neither title has a number that the other lacks
same_venue = like("venue", 0.85)
# A word in place of a quite different one is another study, unless place or DOI say otherwise.
same_words = ~unlike("swap", 0.5)
# A column by one author in one year is one work only if it does not come out several times a year.
same_author_year = (
    like("title", 0.99)
    & like("authors", 0.8)
    & (pl.col("year_gap") == 0)
    & (((pl.col("repeats") == 1) & (pl.col("byline") >= 0.99) & (same_venue | ~generic)) | (~generic & ~short))
)
told = ~generic | same_author_year
forms = pl.concat_str(pl.min_horizontal("form", "form_right"), pl.lit("+"), pl.max_horizontal("form", "form_right"))
inside = (pl.col("title_inside") >= 0.98).fill_null(
    False
) & ~short  # one title holds the other: a subtitle more or less
same_text = like("title", 0.9) & like("authors", 0.5)
# The same text in a venue of another name, with nothing that says it is the same place.
elsewhere = same_text & unlike("venue", 0.85) & ~same("doi") & ~same_place & ~same("volume")

VETOES: tuple[Rule, ...] = (
    Rule(
        "notice_of_article",
        "一条是更正、撤稿、评论或答复，另一条不是同一类：不是同一篇",
        ~same_kind,
        0.9,
        "related",
        "correction_article",
    ),
    Rule(
        "different_part",
        "题名的序号不同（第一部分与第二部分、不同年度的报告）：不是同一篇",
        differs("numbers") & like("title", 0.8) & ~same("doi") & ~same_place,
        0.9,
        "related",
        "part_part",
    ),
    Rule(
        "preprint_of_article",
        "一条是预印本，另一条是正式发表：相关，不合并",
        forms.is_in(["journal+preprint", "conference+preprint"]).fill_null(False) & same_text & ~same("doi"),
        0.9,
        "related",
        "preprint_article",
    ),
    Rule(
        "conference_of_journal",
        "一条是会议论文，另一条是期刊论文，出版物与位置都不同：相关，不合并",
        (forms == "conference+journal").fill_null(False) & elsewhere,
        0.9,
        "related",
        "conference_journal",
    ),
    Rule(
        "other_form",
        "一条是学位论文、技术报告或未刊稿，另一条是正式发表：相关，不合并",
        (differs("form") & forms.str.contains("thesis|report")).fill_null(False) & elsewhere,
        0.9,
        "related",
        "other_version",
    ),
    Rule(
        "other_version",
        "题名、作者相同，出版物不同，年份相差两年以上或页码不同：另一版本，相关，不合并",
        same_text
        & unlike("venue", 0.7)
        & (~years_within(1) | differs("page"))
        & ~same("doi")
        & ~same_place
        & ~generic
        & ~short,
        0.9,
        "related",
        "other_version",
    ),
    Rule(
        "two_dois",
        "两个不同的 DOI，也不在 doi_twins 声明的成对情形之内：不合并",
        differs("doi") & ~pl.col("doi_twins"),
        0.95,
        "apart",
    ),
    Rule(
        "container_doi",
        "DOI 相同而题名、起始页或作者互相矛盾：DOI 属于整期或整册",
        same("doi") & unlike("title", 0.6) & ~inside & (differs("page") | unlike("authors", 0.3)),
        0.9,
        "apart",
    ),
    Rule(
        "two_numbers_of_one_source",
        "同一数据库给出两个入藏号，其余却像同一篇：请人工判断",
        pl.col("two_accessions") & same_text & (same("doi") | same_place | (same_venue & years_within(1))),
        0.6,
        "review",
    ),
    Rule(
        "two_works_of_one_source",
        "同一数据库给出两个入藏号：不是同一篇",
        pl.col("two_accessions"),
        0.9,
        "apart",
    ),
    Rule(
        "other_year",
        "题名、作者相同，年份相差两年以上，又没有 DOI 或卷页佐证",
        same_text & ~years_within(1) & ~same("doi") & ~same_place & ~same("page") & ~online,
        0.9,
        "apart",
    ),
    Rule(
        "generic_title",
        "题名是通用栏目名（编者按、书评等），又没有 DOI 或卷页佐证",
        (generic | short) & ~same("doi") & ~same_place & ~same_author_year,
        0.9,
        "apart",
        contradicts=False,
    ),
)

RULES: tuple[Rule, ...] = (
    Rule("doi_title", "DOI 相同，题名相近或一个含在另一个之中", same("doi") & (like("title", 0.8) | inside), 0.99),
    Rule(
        "doi_place",
        "DOI 相同，题名无法比较（缺题名或中英文），卷页或作者相同",
        same("doi") & pl.col("title_like").is_null() & (same_place | like("authors", 0.6)),
        0.97,
    ),
    Rule(
        "title_place",
        "题名相近，卷与起始页相同，作者不矛盾",
        (like("title", 0.85) | (inside & like("authors", 0.5))) & same_place & ~unlike("authors", 0.3),
        0.97,
    ),
    Rule(
        "title_venue_place",
        "题名几乎相同，同刊同卷同页；作者写法不同",
        like("title", 0.95) & same_venue & same_place & years_within(1) & ~generic & ~short,
        0.95,
    ),
    Rule(
        "title_authors_venue",
        "题名几乎相同，作者、出版物相同，年份相差不过一年",
        like("title", 0.93)
        & like("authors", 0.6)
        & same_venue
        & years_within(1)
        & ~other_place
        & no_part
        & same_words
        & told,
        0.95,
    ),
    Rule(
        "title_authors_year",
        "题名相同，作者相同，年份相同（出版物不明时可差一年），卷页不矛盾",
        like("title", 0.96)
        & like("authors", 0.6)
        & same_moment
        & ~other_place
        & no_part
        & same_words
        & (~generic | same_author_year),
        0.92,
    ),
    Rule(
        "title_venue_year",
        "长题名相同，出版物与年份相同，有一方没有作者",
        like("title", 0.97)
        & pl.col("authors_like").is_null()
        & same_venue
        & (pl.col("year_gap") == 0)
        & ~other_place
        & no_part
        & same_words
        & ~generic
        & ~short,
        0.9,
    ),
    Rule(
        "title_inside_authors",
        "一个题名含在另一个之中，作者相同，年份相同，卷页不矛盾",
        inside
        & like("authors", 0.8)
        & (pl.col("year_gap") == 0)
        & ~other_place
        & no_part
        & same_words
        & ~generic
        & ~unlike("venue", 0.3),
        0.9,
    ),
    Rule(
        "languages_place",
        "中英文题名：同刊同期同页，作者拼音相合；卷也相同时年份可差一年",
        across
        & same("page")
        & same_venue
        & ((same("volume") & years_within(1)) | (same("issue") & years_within(0)))
        & (like("authors", 0.6) | (like("authors", 0.5) & same("volume", "issue"))),
        0.95,
    ),
)

QUESTIONS: tuple[Rule, ...] = (
    Rule("doi_alone", "DOI 相同，其余不足以确认", same("doi"), 0.6, "review"),
    Rule(
        "languages_question",
        "中英文题名：位置相同而作者不全相合，或作者相合而位置不全",
        across & same("page") & same_venue & years_within(1) & (same("volume") | same("issue") | like("authors", 0.6)),
        0.5,
        "review",
    ),
    Rule(
        "languages_unplaced",
        "中英文题名：同刊，作者拼音全合，其中一条没有页码（网络首发、在线优先，或导出缺项）",
        across
        & same_venue
        & like("authors", 0.9)
        & same("first_author")
        & years_within(1)
        & (online | (same("volume") & pl.col("page_same").is_null())),
        0.5,
        "review",
    ),
    Rule(
        "title_question",
        "题名相近，作者相近，其余不足以确认",
        like("title", 0.9) & like("authors", 0.6) & same_moment & same_words & ~other_place & ~generic,
        0.5,
        "review",
    ),
)

DECISIVE = (*VETOES, *RULES, *QUESTIONS)
