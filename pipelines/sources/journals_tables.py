"""Rows of journal lists to journal_ranks and issn_links."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import polars as pl

from pipelines.core import identifiers, schema
from pipelines.sources import _listed, _values
from pipelines.sources._values import unwrap

SOURCE = "journals"
_RANK = r"(\d+)\s*/\s*(\d+)"
_NUMERALS = {"一": "1", "二": "2", "三": "3", "四": "4"}
_EDITIONS = r"\s*[-–(（]\s*((?:SCIE|SSCI|AHCI|ESCI|SCI)(?:\s*[,;/]\s*(?:SCIE|SSCI|AHCI|ESCI))*)\s*[)）]?\s*$"
_PARTS = ("category", "quartile", "category_rank", "category_percentile")
_AREAS = ("major", "major_en", "major_zone", "is_top")
_FIELDS = ("minor", "minor_en", "minor_zone")
_YES = ("是", "y", "yes", "top", "√", "1", "true", "top期刊")
_NO = ("否", "n", "no", "0", "false")


def ranks(raw: _values.Table) -> pl.DataFrame:
    """source_journal_ranks.

    Grain: one row per delivered row and category that ranks the journal; a list without categories gives one row per journal.
    """
    frame = _journals(raw)
    kinds = set(frame["list_kind"])
    parts = [
        *([_jcr(frame)] if "jcr" in kinds else []),
        *([_zones(frame)] if kinds & {"cas", "xinrui"} else []),
        *([_lists(frame)] if kinds - {"jcr", "cas", "xinrui"} else []),
    ]
    table = schema.table("source_journal_ranks")
    every = pl.concat(parts, how="diagonal_relaxed") if parts else table.empty()
    return _values.conform(_with_validity(every), "source_journal_ranks").sort("source_row", maintain_order=True)


def links(raw: _values.Table) -> pl.DataFrame:
    """source_issn_links, from either form of the table: an ISSN per row, or all ISSNs of an ISSN-L.

    Grain: one row per delivered ISSN.
    """
    names = _listed.numbered(raw.lazy().collect_schema().names(), "issn")
    frame = _values.take(raw, "list_kind", *names, "issn_l", *_values.DELIVERY).filter(pl.col("list_kind") == "issn_l")
    index = [c for c in frame.columns if c not in names]
    pairs = frame.unpivot(names, index=index, variable_name="_column", value_name="_issn")
    pairs = pairs.with_columns(issn=identifiers.issn(pl.col("_issn")), issn_l=identifiers.issn(pl.col("issn_l")))
    return _values.conform(pairs.drop_nulls("issn"), "source_issn_links").sort("source_row", maintain_order=True)


def linked() -> pl.Expr:
    """Whether a row of the ISSN-L table has both numbers with right check digits."""
    return identifiers.issn(pl.col("issn")).is_not_null() & identifiers.issn(pl.col("issn_l")).is_not_null()


def version(text: str) -> str:
    """Code of the version that a text names: extended, core, basic, upgraded; '' for none."""
    patterns: dict[str, str] = _spec()["versions"]
    return next((code for code, pattern in patterns.items() if re.search(pattern, text)), "")


def _journals(raw: _values.Table) -> pl.DataFrame:
    """Rows of ranked lists with names and numbers of the journal cleaned; 'N/A' and its like are empty cells."""
    spec = schema.source(SOURCE).spec
    have = raw.lazy().collect_schema().names()
    several = [n for base in (*_PARTS, *_AREAS, *_FIELDS) for n in _listed.numbered(have, base)]
    frame = _values.take(raw, *spec["columns"], *several, *_values.DELIVERY).filter(pl.col("list_kind") != "issn_l")
    frame = frame.with_columns(_values.present(pl.exclude("source_row", *_values.PROVENANCE), spec["absent"]))
    pair = pl.col("issn").str.splitn("/", 2).struct
    title, other = unwrap(pl.col("title")), unwrap(pl.col("title_zh"))
    return frame.with_columns(
        list_edition=pl.col("edition"),
        title=pl.coalesce(title, other, "short_title"),
        title_other=pl.when(title.is_not_null() & (title != other)).then(other),
        issn=identifiers.issn(pair.field("field_0")),
        eissn=pl.coalesce(identifiers.issn(pl.col("eissn")), identifiers.issn(pair.field("field_1"))),
        index_editions=pl.col("index_editions").str.replace_all(r"\s*[;；,，/]\s*", "; "),
        venue_abbreviation=pl.when(pl.col("title").is_not_null()).then("short_title"),
    )


def _jcr(frame: pl.DataFrame) -> pl.DataFrame:
    """One row per category; a journal without categories stands once, with its impact factor."""
    rows = frame.filter(pl.col("list_kind") == "jcr")
    one = pl.col("list_title").str.extract(r"Selected Categories:\s*'?([^;']+?)'?\s+Selected", 1)
    rows = rows.with_columns(category=pl.coalesce("category", one))
    long = _per_category(_one_per_item(rows), _PARTS)
    quartile = pl.col("quartile").str.extract(r"([1-4一二三四])", 1).replace(_NUMERALS)
    return long.with_columns(
        rank_scheme=pl.lit("jcr"),
        category_kind=pl.when(pl.col("category").is_null()).then(pl.lit("journal")).otherwise(pl.lit("category")),
        list_category=unwrap(pl.col("category").str.replace(_EDITIONS, "")),
        index_editions=pl.coalesce(pl.col("category").str.extract(_EDITIONS, 1), "index_editions"),
        rank_text=pl.col("quartile"),
        rank_level=pl.lit("Q") + quartile,
        rank_percentile=_values.number(pl.col("category_percentile")),
        impact_factor_raw=pl.col("impact_factor"),
        **_place("category_rank"),
    ).with_columns(
        _values.number(pl.col(c)) for c in ("impact_factor", "impact_factor_5", "citation_indicator", "total_cites")
    )  # fmt: skip


def _zones(frame: pl.DataFrame) -> pl.DataFrame:
    """大类 and 小类 of 中科院 and 新锐, each a row; Top is said of the 大类."""
    rows = frame.filter(pl.col("list_kind").is_in(["cas", "xinrui"]))
    major = _per_category(rows, _AREAS).with_columns(
        category_kind=pl.lit("major"),
        list_category=_bilingual("major_en", "major"),
        zone="major_zone",
        is_top=_yes("is_top"),
    )
    minor = _per_category(rows, _FIELDS).with_columns(
        category_kind=pl.lit("minor"),
        list_category=_bilingual("minor_en", "minor"),
        zone="minor_zone",
        is_top=pl.lit(None, pl.Boolean),
    )
    both = pl.concat([major, minor], how="diagonal_relaxed").drop_nulls("list_category")
    since = str(schema.source(SOURCE).spec["only_upgraded_from"])
    version = pl.coalesce("list_version", _version(pl.col("zone")))
    upgraded = (version == "upgraded") | (pl.col("list_edition").str.slice(0, 4) >= since)
    cas = pl.when(version == "basic").then(pl.lit("cas_basic")).when(upgraded).then(pl.lit("cas_upgraded"))
    return both.with_columns(
        rank_scheme=pl.when(pl.col("list_kind") == "xinrui")
        .then(pl.lit("xinrui"))
        .otherwise(cas.otherwise(pl.lit("cas"))),
        rank_text=pl.col("zone"),
        rank_level=pl.col("zone").str.extract(r"^\D*?([1-4一二三四])", 1).replace(_NUMERALS),
        warning_reason=pl.coalesce("warning_reason", "warning_level"),
        **_place("zone"),
    )


def _lists(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists on which a journal stands or not, some with a level."""
    rows = frame.filter(~pl.col("list_kind").is_in(["jcr", "cas", "xinrui"]))
    spec = schema.source(SOURCE).spec
    kind = pl.col("list_kind")
    grade = _first_of(spec["grades"], pl.col("grade"))
    stated = pl.coalesce(_version(pl.col("list_class")), "list_version")
    level = (
        pl.when(kind.is_in(["ccf", "cast"])).then(grade)
        .when(kind == "warning").then(_first_of(spec["warnings"], pl.col("warning_level")))
        .when(kind == "xinrui_conferences").then(pl.col("conference_zone").str.extract(r"([1-4])", 1))
        .when(kind.is_in(["cssci", "cscd", "pku", "istic"])).then(stated)
    )  # fmt: skip
    listed = pl.coalesce("list_name", "short_title")
    is_conference = (kind == "xinrui_conferences") | pl.col("list_name").str.contains("会议|(?i)conference").fill_null(
        False
    )
    return rows.with_columns(
        rank_scheme=pl.when((kind == "ccf") & level.str.starts_with("T")).then(pl.lit("ccf_t")).otherwise(kind),
        category_kind=pl.lit("list"),
        list_category=unwrap(pl.col("category")),
        rank_text=pl.coalesce("grade", "warning_level", "conference_zone", "list_class"),
        rank_level=level,
        venue_kind=pl.when(is_conference).then(pl.lit("conference")).when(listed.is_not_null()).then(pl.lit("journal")),
        is_top=_yes("is_top"),
    )


def _per_category(rows: pl.DataFrame, parts: tuple[str, ...]) -> pl.DataFrame:
    """Columns category, category_2 … to one row each; a row without any stays once."""
    names = [n for part in parts for n in _listed.numbered(rows.columns, part)]
    suffixes = list(dict.fromkeys(n.removeprefix(p) for p in parts for n in _listed.numbered(rows.columns, p)))
    rest = [c for c in rows.columns if c not in names]
    long = []
    for suffix in suffixes:
        have = [p for p in parts if f"{p}{suffix}" in rows.columns]
        lacking = [pl.lit(None, pl.String).alias(p) for p in parts if p not in have]
        given = rows.select(*rest, *(pl.col(f"{p}{suffix}").alias(p) for p in have), *lacking)
        stated = pl.any_horizontal(pl.col(p).is_not_null() for p in parts if p != "is_top")
        long.append(given.select(*rest, *parts).filter(pl.lit(suffix == "") | stated))
    stacked = pl.concat(long).with_columns(_empty=pl.all_horizontal(pl.col(p).is_null() for p in parts))
    several = ~pl.col("_empty") | pl.col("_empty").all().over("raw_id")
    return stacked.filter(several).drop("_empty")


def _one_per_item(rows: pl.DataFrame) -> pl.DataFrame:
    """A cell of several categories with as many quartiles and ranks, one row each; other cells stay as they are."""
    parts = ("category", "quartile", "category_rank")
    lists = rows.with_columns(pl.col(p).str.split(";").list.eval(pl.element().str.strip_chars()) for p in parts)
    count = pl.col("category").list.len()
    same = (count > 1) & pl.all_horizontal((pl.col(p).list.len() == count).fill_null(True) for p in parts[1:])
    marked = lists.with_columns(_same=same.fill_null(False))
    if not marked["_same"].any():
        return rows
    filled = [pl.coalesce(pl.col(p), pl.lit(None, pl.String).repeat_by(count)).alias(p) for p in parts]
    split = marked.filter("_same").drop("_same").with_columns(filled).explode(*parts)
    return pl.concat([rows.filter(~marked["_same"]), split]).sort("source_row", maintain_order=True)


def _with_validity(rows: pl.DataFrame) -> pl.DataFrame:
    """valid_from is the first day of the edition; a list for its years ends with them, one that stands until the next is open."""
    by_year = [kind for kind, rule in _spec()["validity"].items() if rule == "year"]
    years = pl.col("list_edition").str.extract_all(r"\d{4}")
    return rows.with_columns(
        valid_from=years.list.first() + pl.lit("-01-01"),
        valid_to=pl.when(pl.col("list_kind").is_in(by_year)).then(years.list.last() + pl.lit("-12-31")),
    ) if rows.height else rows  # fmt: skip


def _place(column: str) -> dict[str, pl.Expr]:
    """rank_position and rank_total of '1/333' or '4 [625/778]'."""
    found = [pl.col(column).str.extract(_RANK, n).cast(pl.Int64, strict=False) for n in (1, 2)]
    return {"rank_position": found[0], "rank_total": found[1]}


def _bilingual(english: str, chinese: str) -> pl.Expr:
    """'HISTORY 历史学': both names where they stand in two columns, else as printed."""
    return unwrap(pl.concat_str([pl.col(english), pl.col(chinese)], separator=" ", ignore_nulls=True))


def _yes(column: str) -> pl.Expr:
    word = pl.col(column).str.to_lowercase()
    return pl.when(word.is_in(_YES)).then(True).when(word.is_in(_NO)).then(False)


def _version(text: pl.Expr) -> pl.Expr:
    return text.map_batches(_versions, return_dtype=pl.String)


def _versions(texts: pl.Series) -> pl.Series:
    found = {text: version(text) or None for text in texts.drop_nulls().unique()}
    return texts.replace_strict(found, default=None, return_dtype=pl.String)


def _first_of(patterns: dict[str, str], text: pl.Expr) -> pl.Expr:
    """The first code whose pattern a text holds."""
    return pl.coalesce(pl.when(text.str.contains(p)).then(pl.lit(code)) for code, p in patterns.items())


@cache
def _spec() -> dict[str, Any]:
    return schema.source(SOURCE).spec
