"""Cells of raw text to values: lists, unwrapped lines, languages, document types, dates. Shared by the sources' table functions."""

from __future__ import annotations

import html

import polars as pl

from pipelines.core import schema

PROVENANCE = ("record_id", "raw_id")
DELIVERY = ("batch_id", "source_file", "source_row", "record_hash", "delivered_at")
LANGUAGES = {
    "english": "en", "chinese": "zh", "中文": "zh", "中文;": "zh", "英文": "en", "german": "de", "french": "fr", "spanish": "es",
    "portuguese": "pt", "russian": "ru", "japanese": "ja", "korean": "ko", "italian": "it", "polish": "pl", "turkish": "tr",
    "czech": "cs", "slovene": "sl", "croatian": "hr", "hungarian": "hu", "dutch": "nl", "ukrainian": "uk", "persian": "fa",
    "arabic": "ar", "chi": "zh", "eng": "en",
}  # fmt: skip
STATUS = {"early access", "retracted publication", "withdrawn publication", "publication with expression of concern"}
GENERAL = "journal article"  # MEDLINE calls reviews and case reports so too: another type of the list says more
CORRESPONDING = ("corresponding", "corresponding author", "通讯", "通讯作者", "通信作者")
Table = pl.LazyFrame | pl.DataFrame


def take(raw: Table, *columns: str) -> pl.DataFrame:
    """The named columns of the raw rows with record_id and raw_id; a column that is not there is null (hints of batch.yml)."""
    frame = raw.lazy()
    have = frame.collect_schema().names()
    wanted = list(dict.fromkeys((*PROVENANCE, *columns)))
    return frame.select(pl.col(n) if n in have else pl.lit(None, dtype=pl.String).alias(n) for n in wanted).collect()


def conform(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """The frame as schemas/tables/<table>.yml says."""
    return schema.table(table).conform(frame)


def unwrap(text: pl.Expr) -> pl.Expr:
    """Soft-wrapped lines joined by one blank, runs of white space folded; '' becomes null."""
    # only what is not one plain blank already: matching every blank of an abstract costs ten times as much
    joined = text.str.replace_all(r"\s*[\n\t\r\u{a0}\u{3000}]\s*|  +", " ").str.strip_chars()
    return pl.when(joined != "").then(joined)


def present(text: pl.Expr, absent: list[str]) -> pl.Expr:
    """The text trimmed; null where it is a word by which the vendor says that there is none ('n/a', '-'), in either case."""
    trimmed = text.str.strip_chars()
    return pl.when(~trimmed.str.to_lowercase().is_in([str(word).lower() for word in absent])).then(trimmed)


def items(text: pl.Expr, mark: str) -> pl.Expr:
    """Parts of a text between marks, trimmed, empty parts dropped; null when none is left."""
    parts = text.str.split(mark).list.eval(pl.element().str.strip_chars()).list.drop_nulls()
    filled = parts.list.eval(pl.element().filter(pl.element() != ""))
    return pl.when(filled.list.len() > 0).then(filled)


def in_order(frame: pl.DataFrame, column: str, position: str) -> pl.DataFrame:
    """One row per item of a list column, numbered from 1 within raw_id; rows without items are left out."""
    numbered = frame.filter(pl.col(column).list.len() > 0).with_columns(
        pl.int_ranges(1, pl.col(column).list.len() + 1).alias(position)
    )
    return numbered.explode(column, position)


def language(stated: pl.Expr, title: pl.Expr) -> pl.Expr:
    """Language code of the stated language; else zh for a title with Chinese characters; else null."""
    name = stated.str.to_lowercase().str.strip_chars(" ;；").str.split(";").list.first().str.strip_chars()
    code = name.replace_strict(LANGUAGES, default=None, return_dtype=pl.String)
    by_script = pl.when(title.str.contains(r"\p{Han}")).then(pl.lit("zh"))
    return pl.coalesce(code, by_script)


def document_type(raw: pl.Series, source: str, document_types: pl.DataFrame) -> pl.Series:
    """Code of each document type as delivered, by the dictionary: the whole text, else its first part that is no status.

    'Article; Early Access' is an article. A type that is not in the dictionary stays null; document_type_raw keeps it.
    """
    known = document_types.filter(pl.col("source").is_in([source, "*"]))
    codes = dict(known.sort("source").select("raw", "document_type").iter_rows())
    found = {text: _code(text.lower(), codes) for text in raw.drop_nulls().unique()}
    return raw.replace_strict(found, default=None, return_dtype=pl.String)


def number(text: pl.Expr) -> pl.Expr:
    """A count as delivered: '1,234', '12', '12.0'; anything else is null, never zero."""
    plain = text.str.replace_all(r"[,，\s]", "").str.extract(r"^([-+]?[0-9]{1,15}(?:\.[0-9]+)?)$", 1)
    return plain.cast(pl.Float64, strict=False)


def searched_as_corresponding() -> pl.Expr:
    """Whether batch.yml says that the file holds the works of one corresponding author (role)."""
    return pl.col("hint_role").str.strip_chars().str.to_lowercase().is_in(CORRESPONDING).fill_null(False)


def iso_date(text: pl.Expr) -> pl.Expr:
    """YYYY-MM-DD where a text begins so; else null."""
    return text.str.extract(r"^\s*(\d{4}-\d{2}-\d{2})", 1)


def _code(text: str, codes: dict[str, str]) -> str | None:
    parts = [part.strip() for part in text.split(";")]
    real = [part for part in parts if part and part not in STATUS]
    tried = [text.strip(), "; ".join(real), *sorted(real, key=GENERAL.__eq__)]
    return next((codes[t] for t in tried if t in codes), None)


def unescaped(column: pl.Series) -> pl.Series:
    """A column with HTML entities resolved; only distinct values that hold one are looked at."""
    marked = column.filter(column.str.contains("&", literal=True).fill_null(False)).unique()
    return column.replace({text: html.unescape(html.unescape(text)) for text in marked}) if len(marked) else column
