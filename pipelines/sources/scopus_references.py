"""Scopus rows to cited references and funding."""

from __future__ import annotations

import html
import re
from typing import Any

import polars as pl

from pipelines.sources import _values

KEYS = {"record_id": pl.String, "raw_id": pl.String}
_INITIALS = r"(?:[A-Z]{1,3}\.?[ -]?){1,4}"
_AUTHOR_ONLY = re.compile(rf"[^,()]{{1,60}}\s{_INITIALS}")  # since 2026 authors of one reference are joined by ';' too
_AUTHOR = rf"^([^,;()]{{1,60}}(?:, (?:[A-Z]\.[ -]?)+|\s{_INITIALS}))(?:[,;]|$)"
_YEAR = r"\((1[5-9]\d\d|20\d\d)\)"
_NEW = (
    rf", ([^,]+), (\d[^,]*)(?:, \d[^,]*)?(?:, (?:pp?\.|art\.) [^,]+)?, {_YEAR}\.?$"  # … Journal, 12, 3, pp. 1-9, (2020)
)
_OLD = rf"{_YEAR}\s+([^,]+), (\d[^\s,]*)"  # … (2006) Journal, 19 (3), p. 13
_ACRONYM = re.compile(r"[A-Z][A-Z0-9&.\- ]{1,14}")
_GRANTS = re.compile(r",?\s*\(([^()]*\d[^()]*)\)$")  # Funder, ACRONYM, (grant, grant)


def cited_references(raw: _values.Table) -> pl.DataFrame:
    """source_cited_references of Scopus.

    Grain: one row per raw_id and reference, in the order of the list. A part that the text does not say is null.
    """
    rows: list[tuple[Any, ...]] = []
    for record_id, raw_id, cell in _values.take(raw, "references").iter_rows():
        rows += [(record_id, raw_id, at, text) for at, text in enumerate(_references(cell), 1)]
    frame = pl.DataFrame(
        rows, schema=KEYS | {"reference_position": pl.Int64, "reference_text": pl.String}, orient="row"
    )
    text = pl.col("reference_text")
    doi = text.str.to_lowercase().str.extract(r"\b(10\.\d{4,9}/[^\s,;]+)", 1).str.strip_chars_end(".)")
    found = frame.with_columns(
        cited_author=text.str.extract(_AUTHOR, 1).str.strip_chars(),
        cited_year=text.str.extract(rf".*{_YEAR}", 1).cast(pl.Int64),
        cited_venue=pl.coalesce(text.str.extract(_NEW, 1), text.str.extract(_OLD, 2)).str.strip_chars(),
        cited_volume=pl.coalesce(text.str.extract(_NEW, 2), text.str.extract(_OLD, 3)).str.strip_chars(),
        cited_page=text.str.extract(r"\bpp?\. ([A-Za-z]{0,4}\d+)", 1),
        cited_doi=doi,
    )
    return _values.conform(found, "source_cited_references")


def funding(raw: _values.Table) -> pl.DataFrame:
    """source_funding of Scopus: `Funder, ACRONYM, (grant, grant); …`, and `grant, ACRONYM, Funder` of old files.

    Grain: one row per raw_id, funder and grant number, in the order of the field; a funder without a number has one row.
    """
    rows: list[tuple[Any, ...]] = []
    for record_id, raw_id, cell in _values.take(raw, "funding_details").iter_rows():
        named = [_funder(part) for part in _parts(cell)]
        pairs = [(funder, grant) for funder, grants in named if funder for grant in grants or (None,)]
        rows += [(record_id, raw_id, at, *pair) for at, pair in enumerate(dict.fromkeys(pairs), 1)]
    schema = KEYS | {"funding_position": pl.Int64, "funder": pl.String, "award_number": pl.String}
    return _values.conform(pl.DataFrame(rows, schema=schema, orient="row"), "source_funding")


def _references(cell: str | None) -> list[str]:
    found: list[str] = []
    held = ""
    for part in _parts(cell):
        held = f"{held}; {part}" if held else part
        if not _AUTHOR_ONLY.fullmatch(part):
            found.append(held)
            held = ""
    return [*found, held] if held else found


def _parts(cell: str | None) -> list[str]:
    parts = (" ".join(part.split()) for part in html.unescape(cell or "").split(";"))
    return [part for part in parts if part]


def _funder(part: str) -> tuple[str, list[str]]:
    """Name and grant numbers; the acronym goes unless it is all there is."""
    grants: list[str] = []
    if found := _GRANTS.search(part):
        grants, part = [grant.strip() for grant in found.group(1).split(",")], part[: found.start()]
    tokens = [token.strip() for token in part.split(",") if token.strip()]
    numbered = [token for token in tokens if re.search(r"\d", token) and not re.search(r"[a-z]{4}", token)]
    words = [token for token in tokens if token not in numbered]
    names = [token for token in words if not _ACRONYM.fullmatch(token)] or words[:1]
    name = ", ".join(names)
    half = len(name) // 2
    doubled = len(name) > 8 and name[:half] == name[half:]  # BibTeX of 2020 prints the name twice
    return name[:half] if doubled else name, grants or numbered
