"""Rows of patent sheets to publications and their legal events. Vocabulary of types, statuses and events: schemas/sources/patents.yml."""

from __future__ import annotations

from functools import reduce
from typing import Any

import polars as pl

from pipelines.core import schema
from pipelines.core.text import blank_to_null
from pipelines.sources import _patents, _values

SOURCE = "patents"
UNKNOWN = "unknown"
STATUS = "status"
# between two publications that only a blank keeps apart: CN107000000A CN107000000B
_BETWEEN = r"(\d[A-Z]\d?)[ ,]+([A-Z]{2}\d)"
_FIRST = r"^\s*([^;；|\n]+)"  # of several numbers in one cell the first is the row's own
_DATED = r"\d{4}[.\-/年]\d{1,2}[.\-/月]\d{1,2}日?|\b(?:19|20)\d{6}\b"
_ONE_NAME = r"(申请权|生效|名称|变更)、(专利权|变更|地址|注销)"  # 专利申请权、专利权的转移 is one event
_EVENT_MARKS = (";;", ";", "；", " | ", "|", "、")
_NUMBERS = (
    "publication_number", "id", "grant_number", "application_number", "patent_number", "kind", "authority", "application_date",
)  # fmt: skip
_COUNTS = (
    "claims_count", "pages_count", "cites_count", "cited_by_count", "simple_family_size", "extended_family_size",
)  # fmt: skip


def keyed(raw: _values.Table, *columns: str) -> pl.DataFrame:
    """A row per publication with patent_id, authority, serial, kind_code, is_grant, application_id, application_basis and the columns asked for.

    Espacenet puts publication and grant of one application into one row. patent_id is null where no number can be read; it is the
    application where no publication is known. `_nth` counts the publications of a row from 0, `_of` is how many there are.
    """
    frame = _values.take(raw, *dict.fromkeys((*_NUMBERS, *columns)))
    several = pl.coalesce("publication_number", "id", "grant_number").str.replace_all(_BETWEEN, "$1\n$2")
    numbers = _patents.split(several, (";", "；", "|"))
    listed = frame.with_columns(_stated=numbers, _nth=pl.int_ranges(0, numbers.list.len()), _of=numbers.list.len())
    frame = pl.concat(
        [listed.filter(pl.col("_of") > 0).explode("_stated", "_nth"), _unnumbered(listed)], how="vertical_relaxed"
    )
    # a kind in a column of its own belongs to the number
    bare = pl.col("_stated").str.contains(r"^[A-Za-z]{2}[\s\-/.,0-9]*\d{4}\s*$")
    lacks = bare & pl.col("kind").str.contains(r"^[A-Z]\d?$")
    frame = frame.with_columns(
        _published=pl.when(lacks).then(pl.col("_stated") + pl.col("kind")).otherwise("_stated"),
        _filed=pl.coalesce("application_number", "patent_number").str.extract(_FIRST, 1),
        _filed_on=_patents.iso_date(pl.col("application_date")),
    )
    known = _patents.with_application(_patents.with_publication(frame, "_published"), "_filed", "_filed_on")
    office = pl.col("application_id").str.extract(r"^(?:PCT/)?([A-Z]{2})", 1)
    known = known.with_columns(
        patent_id=pl.coalesce("patent_id", "application_id"), authority=pl.coalesce("authority_right", office)
    )
    return _patents.with_application_key(known)


def _unnumbered(listed: pl.DataFrame) -> pl.DataFrame:
    """Rows without a publication number."""
    without = listed.filter(pl.col("_of").is_null() | (pl.col("_of") == 0))
    return without.with_columns(_stated=pl.lit(None, pl.String), _nth=pl.lit(0, pl.Int64))


def patents(raw: _values.Table) -> pl.DataFrame:
    """source_patents of sheets.

    Grain: one row per raw_id.
    """
    texts = (
        "title",
        "title_zh",
        "title_en",
        "abstract",
        "abstract_zh",
        "abstract_en",
        "vendor_id",
        "url",
        "grant_number",
    )
    dates = ("publication_date", "grant_date", "earliest_priority_date", "status_date")
    words = (
        "patent_type",
        "legal_status",
        "current_status",
        "validity",
        "legal_events",
        "simple_family_id",
        "extended_family_id",
    )
    frame = keyed(raw, "platform", *texts, *dates, *words, *_COUNTS, *_values.DELIVERY).drop_nulls("patent_id")
    frame = frame.with_columns(
        pl.lit(SOURCE).alias("source"),
        pl.lit(_patents.PUBLICATION).alias("statement_scope"),
        *(_values.unwrap(pl.col(c)).alias(c) for c in texts),
        *(_values.number(pl.col(c)).alias(c) for c in _COUNTS),
        publication_number="_stated",
        application_number=pl.coalesce("application_number", "patent_number"),
        published_date=_published(),
        application_date="_filed_on",
        grant_date=_patents.iso_date(pl.col("grant_date")),
        accession_number="vendor_id",
    )
    frame = _with_titles(_with_type(_with_status(frame)))
    granted = pl.when("is_grant").then("published_date")
    families = {c: family_id(c) for c in ("simple_family_id", "extended_family_id")}
    return _patents.first_of(
        frame.with_columns(**families, grant_date=pl.coalesce("grant_date", granted)), "source_patents"
    )


def _published() -> pl.Expr:
    """Date of the publication; a list of granted patents names the grant and nothing else."""
    lone = pl.coalesce("publication_number", "id").is_null() & pl.col("grant_number").is_not_null()
    granted = pl.when(lone).then(_patents.iso_date(pl.col("grant_date")))
    return pl.coalesce(granted, _patents.iso_date(_own(pl.col("publication_date"))))


def _own(cell: pl.Expr) -> pl.Expr:
    """Of a cell with a value for each publication of the row that of the publication; the cell itself where there is one."""
    parts = cell.str.strip_chars().str.replace_all(r"[\s;；|]+", " ").str.split(" ")
    nth = pl.when(parts.list.len() == pl.col("_of")).then(parts.list.get(pl.col("_nth"), null_on_oob=True))
    return pl.when(pl.col("_of") > 1).then(nth).otherwise(cell)


def events(raw: _values.Table) -> pl.DataFrame:
    """source_patent_events: dated statements of legal status, and undated ones of transfers, pledges and their like.

    Grain: one row per raw_id, publication, event date and text. The present status alone is no event here: the union compares deliveries.
    """
    cells = ("current_status", "legal_status", "legal_events")
    frame = keyed(raw, *cells).drop_nulls("patent_id")
    text = pl.concat_str(*cells, separator="\n", ignore_nulls=True).str.replace_all(_ONE_NAME, "$1\u0001$2")
    parts = (
        frame.select("raw_id", "patent_id", part=_patents.split(text, _EVENT_MARKS)).explode("part").drop_nulls("part")
    )
    told = parts.with_columns(
        event_date=_patents.iso_date(pl.col("part").str.extract(f"({_DATED})", 1)),
        event_text=_words_of(pl.col("part")),
    ).with_columns(event_kind=_kind(pl.col("event_text")), legal_status=_status_of(pl.col("event_text")))
    kept = told.filter(pl.col("event_date").is_not_null() | (pl.col("event_kind") != STATUS)).drop_nulls("event_text")
    return _patents.first_of(kept, "source_patent_events")


def family_marks(platform: str) -> list[str]:
    """Separators of cells of several values of a platform."""
    marks: dict[str, list[str]] = _spec()["separators"]
    return marks.get(platform, marks["default"])


def _spec() -> dict[str, Any]:
    return schema.source(SOURCE).spec


def _with_titles(frame: pl.DataFrame) -> pl.DataFrame:
    """title as the document has it, else its translation; title_other is the first other wording."""
    title = pl.coalesce("title", "title_zh", "title_en")
    other = [pl.when(pl.col(c) != title).then(c) for c in ("title_zh", "title_en")]
    return frame.with_columns(
        title=title,
        title_other=pl.coalesce(*other),
        abstract=pl.coalesce("abstract", "abstract_zh", "abstract_en"),
    )


def _with_type(frame: pl.DataFrame) -> pl.DataFrame:
    """patent_type as stated, else by kind code and, for a Chinese application, by the digit that tells its type."""
    patterns: dict[str, str] = _spec()["patent_types"]
    stated = pl.coalesce(*(pl.when(pl.col("patent_type").str.contains(p)).then(pl.lit(t)) for t, p in patterns.items()))
    digit = pl.col("application_id").str.extract(r"^CN(?:\d{4}(\d)\d{7}|\d\d(\d)\d{5})\.", 1)
    kinds = {"1": "invention", "8": "invention", "2": "utility", "9": "utility", "3": "design"}
    by_number = digit.replace_strict(kinds, default=None, return_dtype=pl.String)
    return frame.with_columns(patent_type=pl.coalesce(stated, "patent_type_right", by_number))


def _with_status(frame: pl.DataFrame) -> pl.DataFrame:
    """legal_status in normal form: of the stated status, of the mere validity, else of the newest dated event that tells one."""
    told = events(frame).drop_nulls(["event_date", "legal_status"]).sort("event_date", maintain_order=True)
    newest = told.group_by("raw_id").agg(
        _told=pl.col("legal_status").last(), _words=pl.col("event_text").last(), _since=pl.col("event_date").last()
    )
    joined = frame.join(newest, on="raw_id", how="left", maintain_order="left")
    # a history in the cell of the status: its newest statement counts, 驳回 of 2020 is not the end before 授权 of 2022
    history = (pl.col("legal_status").str.count_matches(_DATED) > 1) & pl.col("_told").is_not_null()
    joined = joined.with_columns(_now=pl.when(history.fill_null(False)).then(None).otherwise("legal_status"))
    past = history.fill_null(False) & pl.col("current_status").is_null()
    stated = pl.coalesce("current_status", "_now", "validity")
    known = pl.when(~past).then(pl.coalesce(*(_status_of(pl.col(c)) for c in ("current_status", "_now", "validity"))))
    by_event = known.is_null() & pl.col("_told").is_not_null()
    return joined.with_columns(
        legal_status=pl.coalesce(known, "_told", pl.when(stated.is_not_null()).then(pl.lit(UNKNOWN))),
        legal_status_raw=_values.unwrap(pl.when(by_event).then("_words").otherwise(stated)),
        status_as_of=pl.coalesce(_patents.iso_date(pl.col("status_date")), pl.when(by_event).then("_since")),
    )


def _status_of(text: pl.Expr) -> pl.Expr:
    """The first code of `statuses` that a text matches: what ends a patent stands before what made it."""
    patterns: dict[str, str] = _spec()["statuses"]
    parts = text.str.replace_many([*_EVENT_MARKS], ["\n"] * len(_EVENT_MARKS))
    found = [
        pl.when(parts.str.contains(f"(?m){pattern}")).then(pl.lit(code)) for code, pattern in patterns.items()
    ]  # fmt: skip
    return pl.coalesce(*found)


def _kind(text: pl.Expr) -> pl.Expr:
    """Kind of an event by its words; an ending status (全部无效) stays a status of its own kind of event."""
    patterns: dict[str, str] = _spec()["events"]
    start: Any = pl
    chosen = reduce(
        lambda chain, item: chain.when(text.str.contains(item[1])).then(pl.lit(item[0])), patterns.items(), start
    )
    kind: pl.Expr = chosen.otherwise(pl.lit(STATUS))
    return kind


def _words_of(part: pl.Expr) -> pl.Expr:
    """An event without its date and what joins them."""
    return _values.unwrap(
        part.str.replace_all("\u0001", "、", literal=True)
        .str.replace(_DATED, "")
        .str.strip_chars(" :：,，;；|()（）[]-\t\n")
    )


def family_id(column: str) -> pl.Expr:
    """A family id as the platform writes it, without a decimal point of Excel."""
    return blank_to_null(pl.col(column).str.strip_chars().str.replace(r"\.0$", ""))
