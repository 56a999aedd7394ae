"""Names as Scopus writes them: `Wang L.`, `Wang, L.`, `L. Wang`, `Wang, Lei (57200000000)`, and the broken cells of 2025."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from pipelines.core import text

NOBODY = re.compile(r"^\[?no author (?:name|id) available\]?\.?$|^\[无作者|^et al\.?$", re.I)
GROUP = re.compile(
    r"\b(?:group|consortium|collaboration|committee|network|investigators|society|association|initiative)\b", re.I
)
_INITIALS = re.compile(r"(?:[^\W\d_]{1,3}\.[-‐]?)+")
_BEFORE = re.compile(r"^((?:[^\W\d_]{1,3}\.[-‐ ]?)+)\s*(\S.*)$")  # 'L.N. Wilson'
_SUFFIX = re.compile(r"^(?:Jr|Sr|II|III|IV)\.?$")
_ID = re.compile(r"^(.*?)\s*[(（](\d{5,})[)）]\s*$")


@dataclass(frozen=True)
class Author:
    """One person or group of a byline: fullest name, short name, Scopus author id where the record gives it."""

    name: str
    short: str
    scopus_id: str | None = None


def byline(authors: str | None, full: str | None, ids: str | None, listed: bool) -> tuple[list[Author], list[str]]:
    """The authors in order, and ids that cannot be said to be any one's. `listed`: the cell is separated by ';' (RIS, BibTeX)."""
    entries = split(authors, listed)
    shorts = [short_form(entry) for entry in entries]
    named = [_identified(entry) for entry in split(full, True)]
    whole = [entry if listed and "," in entry else "" for entry in entries]  # BibTeX since 2023 has full names
    names = named or [
        (_full_of_broken(entry) or full_name or short, None)
        for entry, full_name, short in zip(entries, whole, shorts, strict=True)
    ]
    numbers = [
        number for part in re.split(r"[;,]", ids or "") if (number := part.strip()).isdigit() and len(number) > 4
    ]
    placed = [number for _, number in names]
    loose: list[str] = []
    if not any(placed):  # ids stand beside the names only since 2023
        placed = list(numbers) if len(numbers) == len(names) else [None] * len(names)
        loose = [] if any(placed) else numbers
    if len(shorts) != len(names):
        shorts = [short_form(name) for name, _ in names]
    return [Author(name, short, number) for (name, _), short, number in zip(names, shorts, placed, strict=True)], loose


def _identified(entry: str) -> tuple[str, str | None]:
    """Name and id of `Wang, Lei (57200000000)`."""
    found = _ID.match(entry)
    return (found.group(1), found.group(2)) if found else (entry, None)


def split(cell: str | None, listed: bool) -> list[str]:
    """Entries of a cell: by ';', else (before 2023) by ', '; a suffix belongs to the name before it."""
    plain = html.unescape(cell or "").strip()
    if listed or ";" in plain or _broken(plain):
        parts = plain.split(";")
    else:
        parts = []
        for part in re.split(r",\s+", plain):
            if _SUFFIX.match(part) and parts:
                parts[-1] += f", {part}"
            else:
                parts.append(part)
    return [name for part in parts if (name := " ".join(part.split()).strip(" ,")) and not NOBODY.match(name)]


def short_form(name: str) -> str:
    """`Family, I.I.` of every spelling: `Wang W.T.`, `Wang, W.T.`, `W.T., Wang, Wei Tao`; a name without initials stays."""
    if _broken(name):
        initials, family, *_ = [part.strip() for part in name.split(",", 2)]
        return f"{family}, {initials}"
    if "," in name:
        family, given = (part.strip() for part in name.split(",", 1))
        head, _, suffix = given.partition(", ")
        if not _SUFFIX.match(head):
            return (
                name
                if _INITIALS.fullmatch(head)
                else f"{family}, {_abbreviated(head)}" + (f", {suffix}" if suffix else "")
            )
        return f"{short_form(family)}, {given}"
    family, _, last = name.rpartition(" ")
    return f"{family}, {last}" if family and _INITIALS.fullmatch(last) else name


def key(name: str) -> tuple[str, str]:
    """Family name in plain letters and initials in lower case, of `Wang, W.T.`, `W.T. Wang` or a full name."""
    if "," in name:
        family, given = name.split(",", 1)
        given = re.sub(r",\s*(?:Jr|Sr|II|III|IV)\.?$", "", given)
    elif before := _BEFORE.match(name):
        given, family = before.groups()
    else:
        family, _, given = name.rpartition(" ")
        if not family or not _INITIALS.fullmatch(given):
            family, given = name, ""
    words = text.fold(given).split()
    return letters(re.sub(r"\s(?:Jr|Sr|II|III|IV)\.?$", "", family)), "".join(word[0] for word in words)


def letters(name: str) -> str:
    """A name without blanks, marks and accents."""
    return text.fold(name).replace(" ", "")


def _broken(cell: str) -> bool:
    """Whether a cell has the order of the 2025 fault: initials, family name, full given name."""
    parts = cell.split(";")[0].split(", ")
    return len(parts) >= 3 and bool(_INITIALS.fullmatch(parts[0]))


def _full_of_broken(part: str) -> str:
    return part.split(",", 1)[1].strip() if _broken(part) else ""


def _abbreviated(given: str) -> str:
    """Initials of written-out given names: 'Wei Tao' gives 'W.T.'; 'Jean-Pierre' gives 'J.-P.'."""
    words = [re.split(r"[-‐]", word) for word in given.split()]
    return "".join("-".join(f"{part[0]}." for part in word if part) for word in words)
