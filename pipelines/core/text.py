"""Written text to match keys: one folding for titles, venues, addresses, as a str function and as Polars expressions.

Keys are for matching only and are never printed. `fold` and `folded` give the same key (a property test keeps them equal).
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from functools import partial

import polars as pl

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi",
    "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi",
    "ω": "omega",
}  # fmt: skip
# Letters that compatibility decomposition leaves whole, as catalogues spell them out.
LIGATURES = {
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ß": "ss",
    "ı": "i",
    "ŋ": "n",
}
SPELLED = {letter: f" {name} " for letter, name in GREEK.items()} | LIGATURES

# Only tags that bibliographic records carry: a bare "<" is more often "less than".
_TAGS = (
    r"(?i)</?(?:sub|sup|inf|sc|i|b|u|em|strong|p|br|div|span|font|title|tt|hi|italic|bold|small|ovl|(?:mml|jats|m|ce):[a-z0-9-]+)"
    r"(?:\s[^<>]*)?/?>"
)
_MARK = r"\p{M}+"
_NO_KEY = r"[^\p{L}\p{N}]+"
_SPACE = r"\s+"
_HAN = r"\p{Han}"


def fold(text: str) -> str:
    """Match key of a text: entities and tags gone, NFKC, Greek spelled out, no accents, lower case, punctuation = one blank."""
    plain = unicodedata.normalize("NFKC", re.sub(_TAGS, "", _unescape(text)))
    low = unicodedata.normalize("NFKD", plain.lower()).lower()
    spelled = "".join(SPELLED.get(c, c) for c in low)
    kinds = ((c, unicodedata.category(c)[0]) for c in spelled)
    return " ".join("".join(c if kind in "LN" else " " for c, kind in kinds if kind != "M").split())


def folded(text: pl.Expr) -> pl.Expr:
    """`fold` over a column; null stays null, a text without letters and digits becomes null."""
    plain = text.map_batches(_unescape_all, return_dtype=pl.String).str.replace_all(_TAGS, "").str.normalize("NFKC")
    low = plain.str.to_lowercase().str.normalize("NFKD").str.to_lowercase()
    bare = low.str.replace_many(list(SPELLED), list(SPELLED.values())).str.replace_all(_MARK, "")
    return blank_to_null(bare.str.replace_all(_NO_KEY, " ").str.strip_chars(" "))


def compact(key: pl.Expr) -> pl.Expr:
    """A folded key without blanks: 'on line' and 'online' agree."""
    return key.str.replace_all(" ", "", literal=True)


def blank_to_null(text: pl.Expr) -> pl.Expr:
    """Empty text becomes null."""
    return pl.when(text != "").then(text)


def has_han(text: pl.Expr) -> pl.Expr:
    """Whether a text holds Chinese characters."""
    return text.str.contains(_HAN)


def short_hash(text: pl.Expr, length: int) -> pl.Expr:
    """First `length` hex digits of SHA-256 over UTF-8; null stays null."""
    return text.map_batches(partial(_hash_all, length=length), return_dtype=pl.String)


def address_id(address: pl.Expr) -> pl.Expr:
    """Id of an address text: 16 hex digits; runs of white space do not count."""
    return short_hash(address.str.replace_all(_SPACE, " ").str.strip_chars(" "), 16)


def _unescape(text: str) -> str:
    """Entities resolved; vendors escape up to twice (`&amp;lt;`)."""
    return html.unescape(html.unescape(text)) if "&" in text else text


def _unescape_all(column: pl.Series) -> pl.Series:
    marked = column.str.contains("&", literal=True).fill_null(False)
    if not marked.any():
        return column
    values = column.filter(marked).unique()
    plain = pl.Series([_unescape(v) for v in values], dtype=pl.String)
    return column.replace(values, plain)


def _hash_all(column: pl.Series, length: int) -> pl.Series:
    values = column.drop_nulls().unique()
    hashes = pl.Series(
        [hashlib.sha256(v.encode()).hexdigest()[:length] for v in values],
        dtype=pl.String,
    )
    return column.replace(values, hashes)
