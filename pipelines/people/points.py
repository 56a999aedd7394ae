"""What each kind of evidence is worth, and what it is called for a reader. One table; the reasons stand beside the figures.

Points are shares of a natural logarithm of odds (0.06 per unit), so the lead over the second best is a ratio of odds: MARGIN is
about 27 to 1. A name and a place are needed for a link, nothing that is learned from other works makes one alone.
"""

from __future__ import annotations

import polars as pl

NAME = {
    "native": 0.50,  # the same Han characters
    "full": 0.45,
    "english": 0.42,
    "former": 0.42,
    "polyphone": 0.36,
    "swapped": 0.36,
    "initials": 0.22,
    "initial": 0.10,
    "identifier": 0.05,  # the name is not the person's, only an identifier is
}
UNIT = {"same": 0.35, "college": 0.33, "sibling": 0.22, "unknown": 0.15, "other": 0.0}
DATE = {"active": 0.10, "recent": 0.05, "unknown": 0.05, "just_before": -0.12, "before": -0.30, "after": -0.30}
IDENTIFIER = {"orcid": 0.50, "email": 0.40, "record": 0.30}
CLAIM = {"claimed": 0.20}
# Students sign with their supervisors: one who signs without his is seldom the author, the less so the commoner the name.
COMPANY = {
    "supervisor": 0.18,
    "student": 0.15,
    "maybe_supervisor": 0.06,
    "no_supervisor": -0.22,
    "no_supervisor_undergraduate": -0.26,
    "no_student": -0.14,  # a thesis by somebody who is no student of ours on the roster
}
# Learned from links of the first round, which stand without them: bounded, and more from two works than from one.
LEARNED_ID = {"learned_twice": 0.35, "learned_once": 0.18, "learned_other": -0.30}
PARTNERS = {"partners_many": 0.19, "partners_few": 0.14, "partners_once": 0.07}
VENUE = {"venue": 0.04}
LEARNED_MOST = 0.40
# No link to any address, and other institutions stand on the work too: a namesake may be theirs, the more so the commoner
# the name is among ours.
UNLINKED_MIXED = -0.08
UNLINKED_COMMON = -0.05  # for each further namesake on the roster, at most three
ONLY_NAMESAKE = 0.06  # nobody else of the roster, ever, writes the name so
MATCH_AT = 0.75
MARGIN = 0.20
ASK_AT = 0.40  # a weak form alone, or somebody long gone, is no question worth a librarian's time
WEIGH_AT = 0.30  # name, unit and dates below this are not weighed further: nothing could make them a link

WORDS = {
    "native": "汉字相同", "full": "全拼相同", "english": "英文名相同", "former": "曾用名相同", "polyphone": "多音字读法相同",
    "swapped": "姓名倒置相同", "initials": "姓与缩写相符", "initial": "姓与首字母相符", "identifier": "姓名不符",
    "same": "同一单位", "college": "同一学院", "sibling": "同一学院的另一系所", "unknown": "不详", "other": "单位不同",
    "active": "在职在读", "recent": "离开三年内", "just_before": "到校前一年", "before": "到校之前", "after": "离开三年以上",
    "orcid": "ORCID 相同", "email": "邮箱相同", "record": "记录上有其邮箱或 ORCID", "conflict": "ORCID 不同",
    "supervisor": "与其导师合著", "student": "与其学生合著", "maybe_supervisor": "合著者可能是其导师",
    "no_supervisor": "导师不在作者之列", "no_supervisor_undergraduate": "本科生，导师不在作者之列",
    "no_student": "学位论文，而其人不是学生",
    "learned_twice": "作者标识在其两件以上其他作品中出现", "learned_once": "作者标识在其另一件作品中出现",
    "learned_other": "作者标识在他人作品中出现", "partners_many": "与常年合著者同署（四件以上）",
    "partners_few": "与合著者同署（两三件）", "partners_once": "与合著者同署（一件）", "venue": "曾在同一刊物发文",
    "claimed": "本人已认领", "stated": "署名注明", "no_link": "记录未注明作者单位对应",
}  # fmt: skip

VETOES = ("ORCID 不同", "汉字姓名不同", "署名写出 ü，名册姓名没有")


def points(column: str, table: dict[str, float]) -> pl.Expr:
    """Points of a column of codes; 0 where there is none."""
    return pl.col(column).cast(pl.String).replace_strict(table, default=0.0, return_dtype=pl.Float64)
