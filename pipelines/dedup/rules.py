"""RULES and VETOES in reading order: why two records are one work, two works, related works, or a question for a librarian.

The first veto that holds speaks, unless its exception holds; then the first rule that holds. A missing value makes an
expression null, and null never holds: missing contradicts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.dedup.conditions import (
    across,
    cut_off,
    differs,
    elsewhere,
    forms,
    generic,
    inside,
    like,
    no_part,
    online,
    other_doi,
    other_place,
    other_publication,
    place_fits,
    same,
    same_author_year,
    same_issue,
    same_kind,
    same_moment,
    same_place,
    same_text,
    same_venue,
    same_words,
    short,
    told,
    unlike,
    unplaced_translation,
    whole_byline,
    years_within,
)


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
    # One misprinted year or page gives way where many other pairs say that the two groups are one work.
    outvoted: bool = False


VETOES: tuple[Rule, ...] = (
    Rule(
        "notice_of_article",
        "一条是更正、撤稿、评论或答复，另一条是它所说的文章或另一类：相关，不合并",
        ~same_kind & (pl.col("title_inside") >= 0.9),
        0.9,
        "related",
        "correction_article",
    ),
    Rule(
        "other_kind",
        "一条是更正、撤稿、评论或答复，另一条不是同一类：不是同一篇",
        ~same_kind,
        0.9,
        "apart",
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
        outvoted=True,
    ),
    Rule(
        "other_form",
        "一条是学位论文、技术报告或未刊稿，另一条是正式发表：相关，不合并",
        (differs("form") & forms.str.contains("thesis|report")).fill_null(False) & elsewhere,
        0.9,
        "related",
        "other_version",
        outvoted=True,
    ),
    Rule(
        "translation",
        "中文与英文各自发表（刊物不同，或卷期页不同）：译文，相关，不合并",
        across
        & like("title", 0.9)
        & like("authors", 0.6)
        & ~same("doi")
        & ~same("page")
        & (differs("journal_id") | (differs("page") & ~same("volume") & ~same("issue")))
        & ~generic,
        0.9,
        "related",
        "translation",
    ),
    Rule(
        "other_version",
        "题名、作者相同，出版物不同，年份相差两年以上或页码不同：另一版本，相关，不合并",
        other_publication & like("title", 0.95) & same_words & no_part & ~generic & ~short,
        0.9,
        "related",
        "other_version",
        outvoted=True,
    ),
    Rule(
        "other_study",
        "题名近似而有别，作者相同，出版物不同，年份相差两年以上或页码不同：不是同一篇",
        other_publication & ~generic & ~short,
        0.9,
        "apart",
        outvoted=True,
    ),
    Rule(
        "two_dois_one_place",
        "两个不同的 DOI，其余却像同一篇（登记了两次，或有一个印错）：请人工判断",
        other_doi
        & (like("title", 0.97) | (across & ~unlike("title", 0.6)))
        & like("authors", 0.6)
        & same_venue
        & years_within(1)
        & (same_place | (pl.col("doi_misprint") & ~other_place & (same("page") | ~across)))
        & ~generic,
        0.6,
        "review",
    ),
    Rule(
        "two_dois",
        "两个不同的 DOI，也不在 doi_twins 声明的成对情形之内：不合并",
        other_doi,
        0.95,
        "apart",
    ),
    Rule(
        "container_doi",
        "DOI 相同而题名、起始页或作者互相矛盾：DOI 属于整期或整册",
        same("doi") & unlike("title", 0.6) & ~inside & ~cut_off & (differs("page") | unlike("authors", 0.3)),
        0.9,
        "apart",
    ),
    Rule(
        "neighbours_doi",
        "DOI 相同而页码不同，题名换了词：其中一条印了相邻文章的 DOI",
        same("doi") & unlike("swap", 0.5) & differs("page"),
        0.9,
        "apart",
    ),
    Rule(
        "two_numbers_of_one_source",
        "同一数据库给出两个入藏号，其余却像同一篇：请人工判断",
        pl.col("two_accessions")
        & like("title", 0.98)
        & like("authors", 0.5)
        & (same("doi") | same_place | (same_venue & years_within(1) & ~differs("page") & ~differs("volume")))
        & ~generic
        & no_part,
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
        outvoted=True,
    ),
    Rule(
        "generic_title",
        "题名是通用栏目名（编者按、书评等），又没有 DOI 或卷页佐证",
        (generic | short)
        & ~same("doi")
        & ~(same_place & ~differs("volume"))
        & ~same_author_year
        & ~(across & same_issue & same("page") & same_venue),
        0.9,
        "apart",
        contradicts=False,
    ),
)

RULES: tuple[Rule, ...] = (
    Rule(
        "doi_title",
        "DOI 相同，题名相近或一个含在另一个之中",
        same("doi") & ((like("title", 0.8) & (same_words | same("page"))) | (inside & ~differs("page"))),
        0.99,
    ),
    Rule(
        "doi_cut_title",
        "DOI 相同，一个题名是另一个的开头，作者或起始页相同",
        same("doi") & cut_off & ((like("authors", 0.5) & ~differs("page")) | same("page")),
        0.97,
    ),
    Rule(
        "doi_place",
        "DOI 相同，题名无法比较（缺题名或中英文），卷页或作者相同",
        same("doi") & pl.col("title_like").is_null() & (same_place | (like("authors", 0.6) & ~differs("page"))),
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
        & place_fits
        & no_part
        & same_words
        & told,
        0.95,
    ),
    Rule(
        "title_authors_year",
        "题名相同，作者相同，年份相同（出版物不明时可差一年），卷页不矛盾",
        like("title", 0.96) & like("authors", 0.6) & same_moment & place_fits & no_part & same_words & told,
        0.92,
    ),
    Rule(
        "title_venue_year",
        "长题名相同，出版物与年份相同，有一方没有作者",
        like("title", 0.97)
        & pl.col("authors_like").is_null()
        & same_venue
        & (pl.col("year_gap") == 0)
        & place_fits
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
        & ~differs("page")
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
        & same_issue
        & ~unlike("title", 0.5)
        & (like("authors", 0.6) | (like("authors", 0.5) & same("volume", "issue"))),
        0.95,
    ),
    Rule(
        "languages_near_page",
        "中英文题名：同刊同期，起始页只差一两页，作者全同，符号不矛盾",
        across
        & pl.col("page_near")
        & same_venue
        & (same("volume", "issue") | (same("issue") & (pl.col("year_gap") == 0)))
        & whole_byline
        & (pl.col("fewer_authors") >= 2)
        & pl.col("symbols_same").fill_null(True)
        & ~unlike("title", 0.5),
        0.85,
    ),
    Rule(
        "languages_only",
        "中英文题名：同刊，作者全同，两库都只有这个团队的这一篇，其中一条没有页码，符号不矛盾",
        unplaced_translation
        & whole_byline
        & (pl.col("fewer_authors") >= 2)
        & pl.col("is_only_of_team").fill_null(False),
        0.85,
    ),
    Rule(
        "languages_unsigned",
        "中英文题名：同刊同期，起止页相同，有一方没有作者，同是或同不是栏目名",
        across
        & same("page")
        & same_venue
        & same_issue
        & pl.col("authors_like").is_null()
        & same("generic")
        & ~differs("last_page")
        & ~unlike("title", 0.5),
        0.9,
    ),
)

QUESTIONS: tuple[Rule, ...] = (
    Rule("doi_alone", "DOI 相同，其余不足以确认", same("doi"), 0.6, "review"),
    Rule(
        "languages_question",
        "中英文题名：位置相同而作者不全相合，或作者相合而位置不全",
        across
        & same("page")
        & same_venue
        & years_within(1)
        & (same("volume") | same("issue") | like("authors", 0.6))
        & (~unlike("authors", 0.3) | (pl.col("fewer_authors") < 2)),
        0.5,
        "review",
    ),
    Rule(
        "languages_unplaced",
        "中英文题名：同刊，作者拼音全合，其中一条没有页码（网络首发、在线优先，或导出缺项）",
        unplaced_translation & like("authors", 0.9) & same("first_author"),
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
