"""What databases do to bylines."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from pipelines.core.catalog import PROJECT
from pipelines.sample import names
from pipelines.sample.draw import Draw
from pipelines.sample.model import Author, Work
from pipelines.sample.names import Name


def scrambled(work: Work, draw: Draw) -> bool:
    """Another order: two neighbours, or the alphabet."""
    if len(work.authors) < 2:
        return False
    order = list(range(len(work.authors)))
    if draw.chance(0.4):
        order.sort(key=lambda n: work.authors[n].name.full())
    else:
        k = draw.below(len(order) - 1)
        order[k], order[k + 1] = order[k + 1], order[k]
    return _keep(work, order)


def one_missing(work: Work, draw: Draw) -> bool:
    """One author is not printed."""
    if len(work.authors) < 3:
        return False
    lost = draw.between(1, len(work.authors) - 1)
    return _keep(work, [n for n in range(len(work.authors)) if n != lost])


def first_ones(work: Work, draw: Draw) -> bool:
    """Only the first three, and 'et al.' after them."""
    if len(work.authors) < 4:
        return False
    work.cut = True
    return _keep(work, list(range(3)))


def none_at_all(work: Work, draw: Draw) -> bool:
    """The byline is missing."""
    if not work.authors:
        return False
    work.authors, work.corresponding, work.places = [], [], []
    return True


def initials_only(work: Work, draw: Draw) -> bool:
    """Given names cut to initials, in the manner of one database."""
    style = draw.pick((names.INITIALS, names.INITIALS, names.BARE, names.DASHED, names.LOWER))
    return _restyle(work, lambda author: style)


def other_style(work: Work, draw: Draw) -> bool:
    """Xiao-Ming, Xiao Ming, Xiao-ming for Xiaoming."""
    style = draw.pick((names.HYPHEN, names.SPACED, names.JOINED, names.HALF))
    return _restyle(work, lambda author: style if author.name.zh else author.style)


def reversed_order(work: Work, draw: Draw) -> bool:
    """Given name in the place of the surname, for all or for one."""
    one = draw.below(max(1, len(work.authors))) if draw.chance(0.5) else -1
    return _rename(work, lambda n, name: _turned(name) if one in (-1, n) else name)


def other_reading(work: Work, draw: Draw) -> bool:
    """A character with two readings, read the other way: 单 Dan for Shan, 乐 Yue for Le."""
    return _rename(work, lambda n, name: _read_otherwise(name, draw))


def umlaut(work: Work, draw: Draw) -> bool:
    """Lü as Lu, Lv, Lyu or Lü."""
    return _respell(work, draw.pick(("u", "v", "yu", "ü")))


def umlaut_plain(work: Work, draw: Draw) -> bool:
    """Lü as Lu, Lv or Lyu, where only ASCII is printed."""
    return _respell(work, draw.pick(("u", "v", "yu")))


def _respell(work: Work, written: str) -> bool:
    return _rename(
        work, lambda n, name: replace(name, umlaut=written) if "ü" in name.family + "".join(name.given) else name
    )


def _turned(name: Name) -> Name:
    if not name.zh:
        return name
    return replace(name, family=name.forename(), given=(name.surname(),), umlaut="u")


def _read_otherwise(name: Name, draw: Draw) -> Name:
    if not name.zh:
        return name
    surname, given = _readings()
    family = [r for r in surname.get(name.zh[: 2 if name.zh[:2] in surname else 1], ()) if r != name.family]
    if family:
        return replace(name, family=family[0])
    characters = name.zh[-len(name.given) :]
    for n, (character, reading) in enumerate(zip(characters, name.given, strict=False)):
        others = [r for r in given.get(character, ()) if r != reading]
        if others:
            return replace(name, given=(*name.given[:n], others[0], *name.given[n + 1 :]))
    return name


@cache
def _readings() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Readings of characters in surnames and in given names, from the project's own dictionary."""
    found: tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]] = ({}, {})
    with (PROJECT / "dictionaries/common/surnames.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            readings = tuple(row["readings"].split(";"))
            if len(readings) > 1:
                found[row["position"] == "given"][row["character"]] = readings
    return found


def _keep(work: Work, order: list[int]) -> bool:
    used = sorted({p for n in order for p in work.authors[n].places})  # nobody's address goes with him
    work.authors = [
        work.authors[n]._replace(places=tuple(used.index(p) for p in work.authors[n].places)) for n in order
    ]
    work.places = [work.places[p] for p in used]
    work.corresponding = [order.index(c) for c in work.corresponding if c in order]
    return True


def _restyle(work: Work, style: Callable[[Author], int]) -> bool:
    changed = [a._replace(style=style(a)) for a in work.authors]
    return _authors(work, changed)


def _rename(work: Work, rename: Callable[[int, Name], Name]) -> bool:
    changed = [a._replace(name=rename(n, a.name)) for n, a in enumerate(work.authors)]
    return _authors(work, changed)


def _authors(work: Work, changed: list[Author]) -> bool:
    if changed == work.authors:
        return False
    work.authors = changed
    return True
