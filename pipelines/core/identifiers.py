"""Identifiers and pages as vendors write them, cleaned as Polars expressions. Unusable values become null, never a guess."""

from __future__ import annotations

from functools import reduce

import polars as pl

_DOI = r"(10\.[0-9]{4,9}/\S+)"
_ESCAPED = {f"%{ord(c):02x}": c for c in "/()<>[];:#"}  # as DOIs are copied from the address line of a browser
_DOI_END = ".,;:'\"”’<>，。；、"
_ELSEVIER = r"^(10\.1016/j\.[a-z]+\.[0-9]{4}\.[0-9]{2}\.[0-9]{3})[0-9]{4}-[0-9]{3}[0-9x]$"
_GLUED = r"^(.*[a-z0-9])([0-9]{4}-[0-9]{3}[0-9x])$"
_ISSN = r"(\d{4})[-‐–—]?(\d{3}[\dXx])(?:\D|$)"
_ORCID = r"(\d{4}-?\d{4}-?\d{4}-?\d{3}[\dXx])(?:\D|$)"


def doi(raw: pl.Expr, *issns: pl.Expr) -> pl.Expr:
    """DOI in lower case without prefix, blanks, closing punctuation, and without an ISSN that the vendor glued to its end.

    An ISSN is taken off only when it is the record's own (`issns`) and follows a letter or digit, or in Elsevier's own pattern:
    many DOIs hold an ISSN by right.
    """
    text = unescape(raw).str.replace_all(r"\s+", "").str.to_lowercase().str.replace_many(_ESCAPED)
    found = _strip_end(text.str.extract(_DOI, 1))
    if issns:
        tail = found.str.extract(_GLUED, 2)
        own = pl.any_horizontal((tail == i.str.to_lowercase()).fill_null(False) for i in issns)
        found = pl.when(own).then(found.str.extract(_GLUED, 1)).otherwise(found)
    return pl.coalesce(found.str.extract(_ELSEVIER, 1), found)


def issn(raw: pl.Expr) -> pl.Expr:
    """NNNN-NNNC of the first ISSN in a text; null when the check digit is wrong. Excel takes zeros off the front: they come back."""
    short = raw.str.extract(r"^\s*(\d{5,7})(?:\.0)?\s*$", 1).str.zfill(8)
    parts = [pl.coalesce(short, raw).str.extract(_ISSN, n) for n in (1, 2)]
    value = pl.concat_str(parts).str.to_uppercase()
    total = reduce(lambda a, b: a + b, (_digit(value, i) * (8 - i) for i in range(8)))
    return pl.when(total % 11 == 0).then(pl.concat_str([value.str.slice(0, 4), value.str.slice(4)], separator="-"))


def isbn(raw: pl.Expr) -> pl.Expr:
    """ISBNs of a text, digits and X only, joined by '; '."""
    found = raw.str.to_uppercase().str.extract_all(r"(?:97[89][- ]?)?\d(?:[- ]?\d){8}[- ]?[\dX]")
    bare = found.list.eval(pl.element().str.replace_all(r"[- ]", "")).list.unique(maintain_order=True)
    return pl.when(bare.list.len() > 0).then(bare.list.join("; "))


def orcid(raw: pl.Expr) -> pl.Expr:
    """NNNN-NNNN-NNNN-NNNC of the first ORCID in a text; null when the check digit (ISO 7064 mod 11-2) is wrong."""
    value = raw.str.extract(_ORCID, 1).str.replace_all("-", "", literal=True).str.to_uppercase()
    total = reduce(lambda a, b: (a + b) * 2, (_digit(value, i) for i in range(15)), pl.lit(0))
    parts = [value.str.slice(4 * i, 4) for i in range(4)]
    return pl.when((12 - total % 11) % 11 == _digit(value, 15)).then(pl.concat_str(parts, separator="-"))


def first_page(pages: pl.Expr) -> pl.Expr:
    """First page of '541-548', '1106-1111+1117', 'S12–S20'."""
    return _page(pages.str.extract(r"^\s*(?i:pp?\.?\s*)?([^-–—~+,;，；\s]+)", 1))


def last_page(pages: pl.Expr) -> pl.Expr:
    """Last page of a range, expanded: 123-8 gives 128. A single page is its own last page; '2076-+' has none."""
    first = first_page(pages)
    written = _page(pages.str.extract(r"[-–—~]\s*([^-–—~+,;，；\s]+)", 1))
    alone = ~pages.str.contains(r"[-–—~]")
    return pl.when(alone).then(first).otherwise(expand(first, written))


def expand(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    """Last page written in full: 1123, 31 gives 1131; anything but two runs of digits stays as it is."""
    digits = r"^\d+$"
    short = first.str.contains(digits) & last.str.contains(digits) & (last.str.len_chars() < first.str.len_chars())
    kept = first.str.len_chars().cast(pl.Int64) - last.str.len_chars().cast(pl.Int64)
    return pl.when(short).then(pl.concat_str([first.str.slice(0, kept), last])).otherwise(last)


def unescape(text: pl.Expr) -> pl.Expr:
    """The five entities that vendors leave in addresses, names and identifiers."""
    return text.str.replace_many(["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"], ["&", "<", ">", '"', "'"])


def _page(text: pl.Expr) -> pl.Expr:
    page = text.str.strip_chars(" .+")
    return pl.when(page != "").then(page)


def _digit(value: pl.Expr, place: int) -> pl.Expr:
    """Digit at a place, X counts ten; null when there is none."""
    return value.str.slice(place, 1).replace("X", "10").cast(pl.Int64, strict=False)


def _strip_end(text: pl.Expr) -> pl.Expr:
    """Closing punctuation off; a closing bracket only when none was opened."""
    bare = text.str.strip_chars_end(_DOI_END)
    for opening, closing in ("()", "[]"):
        bare = bare.str.replace(rf"^([^\{opening}]*?)\{closing}[\{closing}{_DOI_END}]*$", "$1")
    return bare.str.extract(f"^{_DOI}$", 1)
