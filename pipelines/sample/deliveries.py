"""What a library receives of a work in hard mode: its record as a database sees it, the same record later, a second number."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import NamedTuple

from pipelines.sample import habits
from pipelines.sample.draw import HABITS, Draw
from pipelines.sample.model import Work, World
from pipelines.sample.record import Record

TWICE, FINAL = 0.035, 0.5  # shares delivered again by the next search, and in their final form after an early one
SECOND = {"wos": 0.0005, "ei": 0.0015}
NUMBER = {"wos": "UT", "ei": "Accession number"}
CITED = {"wos": ("TC", "Z9"), "scopus": ("Cited by",)}
Printer = Callable[[Work, Draw], Record]


class Delivery(NamedTuple):
    """The record; what the next export says of it, if anything; the same work under a second accession number."""

    record: Record
    later: Record | None
    second: Record | None


def delivered(world: World, work: Work, source: str, draw: Draw, printer: Printer) -> Delivery:
    """Everything that one database delivers of a work; outside hard mode its record alone."""
    if not world.hard:
        return Delivery(printer(work, draw), None, None)
    sight = Draw.of(world.seed, HABITS, work.index * 8 + habits.SOURCES.index(source))
    seen = habits.seen(work, source, sight)
    found = printer(seen, draw)
    return Delivery(found, _later(work, seen, found, sight, draw, printer), _second(work, source, sight, draw, printer))


def _later(work: Work, seen: Work, found: Record, sight: Draw, draw: Draw, printer: Printer) -> Record | None:
    if seen.early_access and not work.early_access:
        return _final(work, seen, found, draw, printer) if sight.chance(FINAL) else None
    if not sight.chance(TWICE):
        return None
    again = copy(found)
    again.fields = dict(found.fields)
    more = sight.below(7)
    for column in CITED.get(found.source, ()):
        if str(found.fields.get(column, "")).isdigit():
            again.fields[column] = str(int(str(found.fields[column])) + more)
    again.traits = (*found.traits, "delivered_twice")
    return again


def _final(work: Work, seen: Work, found: Record, draw: Draw, printer: Printer) -> Record:
    """The record after the issue came out: the same title and byline, the same number, now with volume and pages."""
    final = copy(seen)
    final.year, final.month, final.early_access = work.year, work.month, False
    final.volume, final.issue, final.doi = work.volume, work.issue, work.doi if seen.doi else ""
    final.first_page, final.last_page, final.article_number = work.first_page, work.last_page, work.article_number
    kept = [t for t in seen.traits if t not in ("early_access", "online_first")]
    final.traits = (*kept, "delivered_twice")
    again = printer(final, draw)
    if found.source in NUMBER:
        _numbered(again, found.accession)
    return again


def _second(work: Work, source: str, sight: Draw, draw: Draw, printer: Printer) -> Record | None:
    if not sight.chance(SECOND.get(source, 0.0)) or work.kind == "preprint":
        return None
    seen = habits.seen(work, source, sight)
    seen.traits = (*seen.traits, "second_number")
    found = printer(seen, draw)
    _numbered(found, f"{found.accession[:-1]}{(int(found.accession[-1]) + 5) % 10}")
    return found


def _numbered(found: Record, accession: str) -> None:
    found.accession = accession
    found.fields[NUMBER[found.source]] = accession
