"""Mojibake: text that was decoded with the wrong encoding, mended only when the way back is certain."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl
from ftfy import fix_encoding_and_explain

# Letters that begin a wrongly decoded sequence; a text without them is left alone without a further look.
_LATIN = r"[\u00c2-\u00f4\u0152\u0160\u017d][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u2122]"
_GBK_AS_LATIN = r"[\u00b0-\u00f7][\u00a1-\u00fe][\u00b0-\u00f7][\u00a1-\u00fe]"
SUSPICIOUS = rf"{_LATIN}|{_GBK_AS_LATIN}|\p{{Han}}{{3}}"  # a regular expression of Polars
_LATIN_TRACES = re.compile(_LATIN)
_HAN = re.compile(r"[\u4e00-\u9fff]")
EXPLAINED = pl.Struct({"text": pl.String, "rule": pl.String})
LEAST = 3  # Chinese characters below which a chance agreement of two encodings is thinkable


@dataclass(frozen=True)
class Repair:
    """A mended text and how it was mended, for the table of repairs."""

    text: str
    rule: str


def mojibake(text: str) -> Repair | None:
    """The text as it was meant; None when nothing is wrong or the way back is not certain."""
    if "\ufffd" in text:
        return None  # characters are lost: nothing can bring them back
    for rule, through, back in (
        ("GBK 被读成西文", "latin-1", "gb2312"),
        ("GBK 被读成西文", "cp1252", "gb2312"),
        ("UTF-8 被读成 GBK", "gb18030", "utf-8"),
    ):
        if back == "gb2312" and _is_utf8(text, through):
            continue  # bytes that are UTF-8 are so by intent: accented letters make everyday Chinese characters by chance
        if meant := _way_back(text, through, back):
            return Repair(meant, rule)
    if not _LATIN_TRACES.search(text):
        return None
    mended = fix_encoding_and_explain(text)
    if mended.text == text or _is_worse(text, mended.text):
        return None
    return Repair(mended.text, "UTF-8 被读成西文")


def _is_utf8(text: str, through: str) -> bool:
    """Whether the bytes of the text are UTF-8."""
    try:
        text.encode(through).decode("utf-8")
    except UnicodeError:
        return False
    return True


def _way_back(text: str, through: str, back: str) -> str | None:
    """Text encoded and decoded again, when that is exact and gives more Chinese than it could by chance."""
    try:
        meant = text.encode(through).decode(back)
    except UnicodeError:
        return None
    before, after = len(_HAN.findall(text)), len(_HAN.findall(meant))
    foreign = [c for c in meant if ord(c) > 127 and not _HAN.match(c) and c not in "，。：；、（）《》“”‘’—－·　"]
    same_kind = after > before and _is_common(meant) if back == "gb2312" else before > after
    return meant if meant != text and after >= LEAST and same_kind and not foreign else None


def _is_common(text: str) -> bool:
    """Whether nearly all characters are of the 3,755 everyday ones (GB 2312 level 1: first byte up to 0xD7)."""
    level_one = [c.encode("gb2312")[0] <= 0xD7 for c in _HAN.findall(text)]
    return bool(sum(level_one) >= 0.8 * len(level_one))


def _is_worse(text: str, mended: str) -> bool:
    """Whether mending brought control or private characters, or took Chinese characters away."""
    odd = any(not c.isprintable() and c not in "\n\t\u00ad\u200b" for c in mended)
    return odd or len(_HAN.findall(mended)) < len(_HAN.findall(text))


def repaired(text: pl.Expr) -> pl.Expr:
    """`mojibake` over a column: the mended text, else the text as it is."""
    return text.map_batches(_repair_all, return_dtype=pl.String)


def explained(text: pl.Expr) -> pl.Expr:
    """The mended text and how it was mended, as a struct of text and rule; both null where nothing was mended."""
    return text.map_batches(_explain_all, return_dtype=EXPLAINED)


def _repair_all(column: pl.Series) -> pl.Series:
    found = _found(column)
    return column.replace(list(found), [r.text for r in found.values()]) if found else column


def _explain_all(column: pl.Series) -> pl.Series:
    found = _found(column)
    rows = [
        {"text": r.text, "rule": r.rule} if (r := found.get(text)) else {"text": None, "rule": None} for text in column
    ]
    return pl.Series(column.name, rows, dtype=EXPLAINED)


def _found(column: pl.Series) -> dict[str, Repair]:
    values = column.filter(column.str.contains(SUSPICIOUS).fill_null(False)).unique()
    repairs = ((text, mojibake(text)) for text in values)
    return {text: repair for text, repair in repairs if repair is not None}
