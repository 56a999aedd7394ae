"""Raw rows of every Web of Science format in the form of tagged text, which the table functions know; patents are left out."""

from __future__ import annotations

import re
from functools import cache

import polars as pl

from pipelines.core import identifiers, schema
from pipelines.sources import _values
from pipelines.sources._values import PROVENANCE, Table

LISTED = ("AU", "AF", "BA", "BF", "BE", "GP", "CA", "Z2")  # one value per line in tagged text
ADDRESSES = ("C1", "Z6")
SPLIT = (*LISTED, *ADDRESSES, "CR")
SECOND = {"C1": "Z6", "EM": "Z7", "DE": "Z5", "AB": "Z4", "SO": "Z3"}  # fields of the second language, CSCD
BYLINE = ("AU", "AF", "BA", "Z2")
JOINED = ("tab", "sheet")  # formats that join values by '; '
_OUTSIDE_BRACKETS = r"(?:\[[^\]]*\]|[^;\[])+"
_REFERENCE_END = r";\s+"  # a blank follows: DOIs hold semicolons too (2.0.CO;2)
_BARE = r"^(?:0\d{14}|A\d{4}[A-Z0-9]{10})$"  # a number of the Core Collection without its prefix
NOBODY = r"(?i)^\[?anonymous\]?$"


def take(raw: Table, *columns: str) -> pl.DataFrame:
    """The named columns of the rows that are no patents, as tagged text has them; a column that is not there is null.

    A field of the second language stands in where the first is empty.
    """
    second = {name: SECOND[name] for name in columns if name in SECOND}
    also = ("file_format", "cut_cells", "PT", "UT", *(("AF", "Affiliation") if {"C1", "RP"} & set(columns) else ()))
    rows = _values.take(raw, *columns, *second.values(), *also).filter(~is_patent())
    formats = set(rows["file_format"].unique())
    if formats.intersection(JOINED):
        rows = rows.with_columns(_tagged(name) for name in (*columns, *second.values()) if name in SPLIT)
    if "CR" in columns and rows.select(_is_of("CSCD").any()).item():
        rows = rows.with_columns(CR=pl.when(_is_of("CSCD")).then(_unwrapped_references()).otherwise("CR"))
    if "bibtex" in formats and "Affiliation" in rows.columns:
        rows = _of_affiliation(rows)
    rows = rows.with_columns(pl.coalesce(name, other).alias(name) for name, other in second.items())
    return rows.select(list(dict.fromkeys((*PROVENANCE, *columns))))


def is_patent() -> pl.Expr:
    """Rows of Derwent Innovations Index."""
    return pl.col("PT").eq("P").fill_null(False) | _is_of("DIIDW")


def is_inspec() -> pl.Expr:
    """Rows of Inspec, whose C1 is one list of authors and address."""
    return _is_of("INSPEC")


def is_cut(*names: str) -> pl.Expr:
    """Whether Excel cut the cell of any of these columns; needs cut_cells."""
    listed = pl.col("cut_cells").str.split("; ")
    return pl.any_horizontal(listed.list.contains(name) for name in names).fill_null(False)


def accession() -> pl.Expr:
    """UT in its one form: ISI: of old exports is WOS:, a bare number of the Core Collection gets its prefix."""
    number = pl.col("UT").str.strip_chars().str.to_uppercase().str.replace(r"^ISI:\s*", "WOS:")
    return pl.when(number.str.contains(_BARE)).then(pl.lit("WOS:") + number).otherwise(number)


def lines(column: str) -> pl.Expr:
    """Values of a field that has one per line."""
    return _values.items(identifiers.unescape(pl.col(column)), "\n")


def people() -> pl.Expr:
    """Persons of the byline (columns BYLINE): authors, else authors of the book, else the native list; [Anonymous] is nobody."""
    persons = pl.coalesce(lines(column) for column in BYLINE).list.eval(
        pl.element().filter(~pl.element().str.contains(NOBODY))
    )
    return pl.when(persons.list.len() > 0).then(persons)


@cache
def markers() -> tuple[str, ...]:
    """The words in brackets that follow the names of corresponding authors."""
    return tuple(schema.source("wos").spec["reprint_markers"])


def marker_pattern(words: tuple[str, ...]) -> str:
    """`(corresponding author), ` in any of these words, brackets and commas of either width."""
    return rf"(?i)\s*[(（]\s*(?:{'|'.join(re.escape(w) for w in words)})\s*[)）]\s*[,，]?\s*"


def bracketed(line: str, names: list[str]) -> str:
    """`Family, Given; Family, Given, Org, City` as `[Family, Given; Family, Given] Org, City`.

    `names` are the record's authors, longest first. Where a name among them is nobody's, names and address cannot be told apart:
    the line stays as it is and links nobody.
    """
    parts = line.split("; ")
    known = set(names)
    first = next((n for n, part in enumerate(parts[:-1]) if part not in known), len(parts) - 1)
    rest = "; ".join(parts[first:])
    last = next((name for name in names if rest.startswith(f"{name}, ")), None)
    return f"[{'; '.join([*parts[:first], last])}] {rest[len(last) + 2 :]}" if last else line


def _is_of(database: str) -> pl.Expr:
    return pl.col("UT").str.starts_with(f"{database}:").fill_null(False)


def _tagged(name: str) -> pl.Expr:
    """A column as it is in tagged text, for rows of the formats that join values."""
    joined = pl.col("file_format").is_in(JOINED)
    return (
        pl.when(joined & ~is_inspec() if name in ADDRESSES else joined)
        .then(_as_lines(name))
        .otherwise(name)
        .alias(name)
    )


def _unwrapped_references() -> pl.Expr:
    """References of CSCD rows, which are wrapped: only a line that begins with an author and a year begins a reference."""
    begins = r"\n((?:\[[^\]\n]*\]|[^,\n]{1,80}), (?:1[4-9]|20)\d\d\b)"
    return pl.col("CR").str.replace_all(begins, "\x1e$1").str.replace_many(["\n", "\x1e"], [" ", "\n"])


def _as_lines(name: str) -> pl.Expr:
    """Values joined by '; ' as lines. Of a cell that was cut, the last value is not whole: it goes."""
    text = identifiers.unescape(pl.col(name))
    if name in ADDRESSES:
        parts = text.str.extract_all(_OUTSIDE_BRACKETS)
    elif name == "CR":
        parts = _references(text)
    else:
        parts = text.str.split(";")
    whole = pl.when(is_cut(name)).then(parts.list.head(parts.list.len() - 1)).otherwise(parts)
    rows = whole.list.eval(pl.element().str.strip_chars()).list.join("\n")
    return pl.when(rows != "").then(rows)


def _references(text: pl.Expr) -> pl.Expr:
    """References joined by '; ', which inside [...] separates names of one reference."""
    marked = text.str.replace_all(_REFERENCE_END, "\n")
    return marked.str.replace_all(r"(\[[^\[\]\n]*)\n([^\[\]\n]*\])", "$1; $2").str.split("\n")


def _of_affiliation(rows: pl.DataFrame) -> pl.DataFrame:
    """C1 and RP out of the BibTeX field Affiliation: corresponding authors first, then addresses with their authors in front."""
    cells = rows.select("Affiliation", "AF").iter_rows()
    split = [_affiliation(text, authors or "") if text else (None, None) for text, authors in cells]
    found = pl.DataFrame(split, schema={"_RP": pl.String, "_C1": pl.String}, orient="row")
    of_bibtex = pl.col("file_format") == "bibtex"
    return rows.hstack(found).with_columns(
        pl.when(of_bibtex).then(f"_{name}").otherwise(pl.col(name)).alias(name)
        for name in ("RP", "C1")
        if name in rows.columns
    )


def _affiliation(text: str, authors: str) -> tuple[str | None, str | None]:
    every = [line.strip() for line in text.split("\n") if line.strip()]
    role = re.compile(rf"^[^()（）]+{marker_pattern(markers()).removeprefix('(?i)')}", re.I)
    corresponding = [line for line in every if role.match(line)]
    names = sorted(filter(None, authors.split("\n")), key=len, reverse=True)
    addresses = [bracketed(line, names) for line in every if not role.match(line)]
    return "; ".join(corresponding) or None, "\n".join(addresses) or None
