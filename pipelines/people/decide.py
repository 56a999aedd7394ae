"""From evidence to one answer per author: vetoes, points, margin over the second best. Doubt is asked, never guessed."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.people.evidence import NO_COLLEGE
from pipelines.people.scope import PLACE

# Points, in reading order. A link is made at MATCH_AT when it leads by MARGIN; measured on the sample's truth.
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
UNIT = {"same": 0.35, "college": 0.33, "unknown": 0.15, "other": 0.0}
DATE = {"active": 0.10, "recent": 0.05, "unknown": 0.05, "just_before": -0.12, "before": -0.30, "after": -0.30}
IDENTIFIER = {"orcid": 0.50, "email": 0.40, "record": 0.30}
COMPANY = {"supervisor": 0.15, "student": 0.15}
# No link to any address, and other institutions stand on the work too: a namesake may be theirs, the more so the commoner
# the name is among ours.
UNLINKED_MIXED = -0.08
UNLINKED_COMMON = -0.05  # for each further namesake on the roster, at most three
ONLY_NAMESAKE = 0.06  # nobody else of the roster, ever, writes the name so
MATCH_AT = 0.75
MARGIN = 0.20
SHOWN = 5

WORDS = {
    "native": "汉字相同", "full": "全拼相同", "english": "英文名相同", "former": "曾用名相同", "polyphone": "多音字读法相同",
    "swapped": "姓名倒置相同", "initials": "姓与缩写相符", "initial": "姓与首字母相符", "identifier": "姓名不符",
    "same": "同一单位", "college": "同一学院", "unknown": "不详", "other": "单位不同",
    "active": "在职在读", "recent": "离开三年内", "just_before": "到校前一年", "before": "到校之前", "after": "离开三年以上",
    "orcid": "ORCID 相同", "email": "邮箱相同", "record": "记录上有其邮箱或 ORCID", "conflict": "ORCID 不同",
    "supervisor": "与其导师合著", "student": "与其学生合著", "stated": "署名注明", "no_link": "记录未注明作者单位对应",
}  # fmt: skip


def scored(rows: pl.DataFrame, vetoes: pl.DataFrame) -> pl.DataFrame:
    """Points of each candidate, his best employment counting; vetoed ones are marked.

    Grain: one row per work, author position and candidate.
    """

    def points(column: str, table: dict[str, float]) -> pl.Expr:
        return pl.col(column).replace_strict(table, default=0.0, return_dtype=pl.Float64)

    lonely = (pl.col("namesakes") == 1) & pl.col("kind").is_in(["native", "full", "english", "former"])
    unlinked = (pl.col("link") == "unknown") & pl.col("mixed") & pl.col("identifier").is_null()
    further = (pl.col("namesakes").cast(pl.Int64) - 1).clip(0, 3)
    total = (
        points("kind", NAME)
        + points("unit", UNIT)
        + points("date", DATE)
        + points("identifier", IDENTIFIER)
        + points("company", COMPANY)
        + pl.when(lonely).then(ONLY_NAMESAKE).otherwise(0.0)
        + pl.when(unlinked).then(UNLINKED_MIXED + UNLINKED_COMMON * further).otherwise(0.0)
    )
    best = ["total", "date_points", "since", "unit_id"]
    return (
        rows.with_columns(total=total.round(3), date_points=points("date", DATE))
        .sort(*PLACE, "person_id", *best, descending=[False] * 3 + [True] * 4, nulls_last=True)
        .unique([*PLACE, "person_id"], keep="first", maintain_order=True)
        .join(vetoes, on=[*PLACE, "person_id"], how="left")
    )


def vetoes(pairs: pl.DataFrame, authors: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """What rules a candidate out whatever else speaks for him.

    Grain: one row per vetoed candidate (column veto, in words).
    """
    said = authors.select(*PLACE, author_native="native", author_umlaut="umlaut")
    known = persons.select("person_id", person_natives="native", person_umlaut="umlaut")
    both = pairs.join(said, on=PLACE).join(known, on="person_id", how="left")
    other_characters = (
        pl.col("author_native").is_not_null()
        & (pl.col("person_natives").list.len() > 0)
        & pl.col("person_natives").list.contains(pl.col("author_native")).not_()
    )
    veto = (
        pl.when(pl.col("identifier") == "conflict")
        .then(pl.lit("ORCID 不同"))
        .when(other_characters)
        .then(pl.lit("汉字姓名不同"))
        .when(pl.col("author_umlaut") & pl.col("person_umlaut").not_())
        .then(pl.lit("署名写出 ü，名册姓名没有"))
    )
    return both.with_columns(veto=veto).drop_nulls("veto").select(*PLACE, "person_id", "veto")


def with_native(pairs: pl.DataFrame, authors: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Raises `kind` to native where the record prints the person's own characters."""
    said = authors.select(*PLACE, author_native="native")
    known = persons.select("person_id", person_natives="native")
    equal = pl.col("person_natives").list.contains(pl.col("author_native")).fill_null(False)
    return (
        pairs.join(said, on=PLACE)
        .join(known, on="person_id", how="left")
        .with_columns(kind=pl.when(equal).then(pl.lit("native")).otherwise("kind"))
        .drop("author_native", "person_natives")
    )


def answers(authors: pl.DataFrame, weighed: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """One answer per author.

    Grain: one row per work and author position.
    """
    standing = weighed.filter(pl.col("veto").is_null()).sort(
        *PLACE, "total", "person_id", descending=[False, False, True, False]
    )
    place = pl.int_range(pl.len()).over(PLACE)
    ranked = standing.with_columns(place=place, second=pl.col("total").shift(-1).over(PLACE))
    first = ranked.filter(pl.col("place") == 0).with_columns(margin=pl.col("total") - pl.col("second").fill_null(0.0))
    lists = ranked.group_by(PLACE).agg(
        candidates_count=pl.len().cast(pl.Int64),
        candidate_ids=pl.col("person_id").filter(pl.col("place") < SHOWN).str.join(";"),
    )
    refused = weighed.drop_nulls("veto").group_by(PLACE).agg(vetoed=pl.col("veto").unique().sort().str.join("、"))
    every = (
        authors.select(*PLACE, "link", "units", "crowd")
        .join(first.drop("link"), on=PLACE, how="left")
        .join(lists, on=PLACE, how="left")
        .join(refused, on=PLACE, how="left")
    )
    return _shaped(_twice_in_a_work(_decided(every)), lines)


def _decided(every: pl.DataFrame) -> pl.DataFrame:
    certain = (pl.col("total") >= MATCH_AT) & (pl.col("margin") >= MARGIN)
    # A weak form alone, or somebody long gone, is no question worth a librarian's time.
    askable = (pl.col("total") >= 0.4) | (pl.col("crowd") > 0)
    decision = (
        pl.when(certain.fill_null(False))
        .then(pl.lit("match"))
        .when(askable.fill_null(False))
        .then(pl.lit("review"))
        .otherwise(pl.lit("no_match"))
    )
    return every.with_columns(decision=decision)


def _twice_in_a_work(every: pl.DataFrame) -> pl.DataFrame:
    """One person cannot be two authors of one work: both places are asked."""
    taken = (pl.col("decision") == "match").sum().over("work_id", "person_id")
    twice = pl.col("person_id").is_not_null() & (pl.col("decision") == "match") & (taken > 1)
    return every.with_columns(twice=twice, decision=pl.when(twice).then(pl.lit("review")).otherwise("decision"))


def _shaped(every: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The table's columns; the unit for credit with its basis; evidence as a readable JSON object."""
    kinds = dict(lines.select("unit_id", "kind").iter_rows())
    vague = [unit for unit, kind in kinds.items() if kind in NO_COLLEGE]
    matched = pl.col("decision") == "match"
    printed = pl.col("units").list.first()
    at_home = pl.col("units").list.set_intersection(pl.concat_list("above").fill_null([])).list.first()
    home = pl.when(matched).then("unit_id")
    own = pl.coalesce(pl.when(matched).then(at_home), printed)
    credited = pl.when(own.is_null() | own.is_in(vague)).then(pl.coalesce(home, own)).otherwise(own)
    basis = (
        pl.when(credited.is_null()).then(None).when(credited == own).then(pl.lit("署名")).otherwise(pl.lit("人事 hr"))
    )
    parts = [
        _said("姓名", "kind"), _said("单位", "unit"), _said("日期", "date"), _said("标识", "identifier"), _said("合著", "company"),
        _said("署名地址", pl.when(pl.col("link") == "stated").then(pl.lit("stated")).otherwise(pl.lit("no_link"))),
        _pair("归属依据", basis), _pair("已排除", pl.col("vetoed")),
        _pair("疑问", pl.when("twice").then(pl.lit("同一人出现两次"))),
        _pair("同名人数", pl.when(pl.col("crowd") > 0).then(pl.col("crowd").cast(pl.String))),
    ]  # fmt: skip
    method = pl.concat_str("kind", "unit", "date", "identifier", "company", separator="+", ignore_nulls=True)
    shaped = every.with_columns(
        unit_id=credited,
        method=pl.when(pl.col("kind").is_null()).then(pl.lit("none")).otherwise(method),
        score=pl.col("total").clip(0.0, 1.0).fill_null(0.0),
        margin=pl.col("margin").clip(0.0, 1.0).fill_null(0.0),
        candidates_count=pl.col("candidates_count").fill_null(pl.col("crowd")),
        evidence=pl.concat_str(pl.lit("{"), pl.concat_list(parts).list.drop_nulls().list.join(", "), pl.lit("}")),
        person_id=pl.when(matched).then("person_id"),
    )
    return schema.table("person_matches").conform(shaped)


def _said(label: str, code: str | pl.Expr) -> pl.Expr:
    value = pl.col(code) if isinstance(code, str) else code
    return _pair(label, value.replace_strict(WORDS, default=None, return_dtype=pl.String))


def _pair(label: str, value: pl.Expr) -> pl.Expr:
    """'"label": "value"', null where there is no value; values hold no quotation marks."""
    return pl.when(value.is_not_null()).then(pl.concat_str(pl.lit(f'"{label}": "'), value, pl.lit('"')))
