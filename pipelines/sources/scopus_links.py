"""`Authors with affiliations` of Scopus: whose affiliation each is, and where one affiliation ends when several are joined by ', '."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pipelines.sources import scopus_names
from pipelines.sources.scopus_names import Author

_POSTCODE = re.compile(r"[\dA-Z][\dA-Z -]{1,9}")
_MAIL = re.compile(r"e-?mails?\s*:\s*(\S+@[^\s,]+)", re.I)


@dataclass(frozen=True)
class Located:
    """Addresses of a record in order, and pairs of author and address position (both from 1)."""

    addresses: list[str]
    links: list[tuple[int, int]]
    stated: bool  # whether the record says anything about who is where


class Places:
    """Words that end an affiliation: countries in every spelling known."""

    def __init__(self, rows: Iterable[Mapping[str, str | None]]) -> None:
        spellings = [n for row in rows for n in (row["name"] or "", *(row["aliases"] or "").split(";"))]
        self._names = {name.casefold() for name in spellings if name}

    def cut(self, text: str) -> list[str]:
        """Affiliations of a text: each ends with a country that no other country follows ('Linghai, Georgia, United States')."""
        tokens = text.split(", ")
        is_country = [token.strip().casefold() in self._names for token in tokens]
        parts: list[str] = []
        begin = 0
        for at in range(len(tokens)):
            following = tokens[at + 1] if at + 1 < len(tokens) else ""
            if (
                is_country[at]
                and following
                and not is_country[at + 1]
                and at > begin
                and not _POSTCODE.fullmatch(following)
            ):
                parts.append(", ".join(tokens[begin : at + 1]))
                begin = at + 1
        return [*parts, ", ".join(tokens[begin:])]


def locate(authors: list[Author], with_affiliations: str | None, affiliations: str | None, places: Places) -> Located:
    """Addresses and links of a record.

    A part of the cell belongs to the author at its position when there are as many parts as authors; else to the one author
    whose name it begins with; else to nobody.
    """
    listed = _listed(affiliations)
    parts = _whole(_listed(with_affiliations, distinct=False), authors)
    if not parts:
        return Located(listed, [], False)
    at_place = len(parts) == len(authors)
    longest_first = sorted(listed, key=len, reverse=True)
    owned: list[tuple[int, str]] = []
    for number, part in enumerate(parts):
        owner = number if at_place else _owner(part, authors)
        rest = _without_name(part, authors[owner] if owner is not None else None)
        owned += [(-1 if owner is None else owner, address) for address in _cut(rest, longest_first, places) if address]
    known = set(listed)
    used = list(dict.fromkeys(address for _, address in owned))
    # where the cell Affiliations is shortened (2025), departments stand only here
    pieces = {piece for address in used if ";" in address for piece in address.split("; ")}
    others = [t for t in listed if t not in pieces and not any(address.endswith(t) for address in used)]
    addresses = listed if known.issuperset(used) else used + others
    position = {address: at for at, address in enumerate(addresses, 1)}
    links = dict.fromkeys((owner + 1, position[address]) for owner, address in owned if owner >= 0)
    return Located(addresses, list(links), True)


def _whole(parts: list[str], authors: list[Author]) -> list[str]:
    """Parts of which one belongs to each author: what does not begin with the next author goes on with an affiliation that
    holds a semicolon. The parts as they are where that does not come out even."""
    if len(parts) <= len(authors):
        return parts
    joined: list[str] = []
    for part in parts:
        following = authors[len(joined)] if len(joined) < len(authors) else None
        if joined and not (following and _prefix(part, following)):
            joined[-1] += f"; {part}"
        else:
            joined.append(part)
    return joined if len(joined) == len(authors) else parts


def _listed(cell: str | None, distinct: bool = True) -> list[str]:
    parts = [" ".join(part.split()).strip(" ,") for part in html.unescape(cell or "").split(";")]
    filled = [part for part in parts if part]
    return list(dict.fromkeys(filled)) if distinct else filled


def _owner(part: str, authors: list[Author]) -> int | None:
    fitting = [at for at, author in enumerate(authors) if _prefix(part, author)]
    return fitting[0] if len(fitting) == 1 else None


def _without_name(part: str, author: Author | None) -> str:
    """The affiliations of a part: behind the author's name in whatever spelling it has here."""
    if author and (name := _prefix(part, author)):
        return part[len(name) :].lstrip(", ")
    found = re.match(r"[^,]+(?:,\s(?:[^\W\d_]{1,3}\.[-‐ ]?)+)?(?:,\s|$)", part)
    return part[found.end() :] if found else part


def _prefix(part: str, author: Author) -> str:
    """The longest spelling of a name that a part begins with; '' when it begins with none."""
    spellings = {author.name, author.short, author.short.replace(", ", " ", 1), author.name.replace(", ", " ", 1)}
    spellings |= {author.name.replace(" ", ", ", 1)} if "," not in author.name else set()
    fitting = [s for s in spellings if part == s or part.startswith(f"{s},")]
    return max(fitting, key=len, default="")


def _cut(rest: str, longest_first: list[str], places: Places) -> list[str]:
    """Affiliations joined by ', ': those of the cell Affiliations where they use up the text, else what ends with one of them
    (2025: the cell leaves departments out), else up to each country."""
    return (_from_list(rest, longest_first) or _ending(rest, longest_first) or places.cut(rest)) if rest else []


def _from_list(rest: str, longest_first: list[str]) -> list[str]:
    """The text as affiliations of the list, the longest first, without going back more often than there are entries."""
    stack: list[tuple[str, list[str]]] = [(rest, [])]
    seen: set[str] = set()
    while stack:
        text, found = stack.pop()
        if not text:
            return found
        if text in seen:
            continue
        seen.add(text)
        fitting = [a for a in longest_first if text == a or text.startswith(f"{a}, ")]
        stack += [(text[len(a) :].removeprefix(", "), [*found, a]) for a in reversed(fitting)]
    return []


def _ending(rest: str, listed: list[str]) -> list[str]:
    """Parts of the text that each end with an affiliation of the list; nothing when a part does not."""
    parts: list[str] = []
    while rest:
        padded = f", {rest}, "
        ends = [at + len(a) for a in listed if (at := padded.find(f", {a}, ")) >= 0]
        if not ends:
            return []
        parts.append(rest[: min(ends)])
        rest = rest[min(ends) :].removeprefix(", ")
    return parts


@dataclass(frozen=True)
class Corresponding:
    """A person of the cell Correspondence Address: name, address, e-mail, positions of the authors it may be."""

    name: str
    address: str
    email: str | None
    fits: tuple[int, ...]


def correspondence(cell: str | None, authors: list[Author]) -> list[Corresponding]:
    """People of `Wang, W.T.; address; email: a@b` and of `L.N. Wilson; address; email: …; J.D. Gardner; …`."""
    keys = [_keys(author) for author in authors] if cell else []
    people: list[Corresponding] = []
    for part in html.unescape(cell or "").split(";"):
        text = " ".join(part.split())
        mail = _MAIL.match(text)
        last = people[-1] if people else None
        if mail and last:
            people[-1] = replace(last, email=mail.group(1).lower().rstrip("."))
        elif text and not mail and (last is None or last.email or _fitting(text, keys)):
            people.append(Corresponding(text, "", None, _fitting(text, keys)))
        elif text and not mail and last:
            people[-1] = replace(last, address=f"{last.address}; {text}".removeprefix("; "))
    return people


def _keys(author: Author) -> set[tuple[str, str]]:
    spelled = (author.name, author.short)
    return {scopus_names.key(name) for name in spelled} | {(scopus_names.letters(author.name), "")}


def _fitting(text: str, keys: list[set[tuple[str, str]]]) -> tuple[int, ...]:
    """Positions of the authors that a text names: same family name, initials that agree; those that agree wholly if any do."""
    family, initials = scopus_names.key(text)
    # the whole name too: old files have `Lindau Konrad` among the authors and `Lindau, Konrad` here
    exact = [at for at, own in enumerate(keys, 1) if own & {(family, initials), (scopus_names.letters(text), "")}]
    if exact or not family:
        return tuple(exact)
    return tuple(
        at
        for at, own in enumerate(keys, 1)
        if any(f == family and i and initials and (i.startswith(initials) or initials.startswith(i)) for f, i in own)
    )
