"""One printed record with the truth about it; and the spelling noise every database adds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from pipelines.sample.draw import Draw
from pipelines.sample.model import Author, Work
from pipelines.sample.university import OWN, ROOT, Place, Printed

Value = str | list[str]
NO_ADDRESS = 0.012  # share of records that a database delivers without any address


class Signed(NamedTuple):
    """Truth about one author position: the person (None = not on the roster) and own units (None = not ours)."""

    person_id: str | None
    units: tuple[str, ...] | None


class Addressed(NamedTuple):
    """Truth about one printed address."""

    role: str
    position: int
    printed: Printed


@dataclass(slots=True)
class Record:
    """A work as one database prints it."""

    source: str
    work: Work
    accession: str
    title: str
    fields: dict[str, Value]
    authors: list[Signed]
    addresses: list[Addressed] = field(default_factory=list)
    traits: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """A record has the traits of the work as its database saw it."""
        self.traits = self.traits or self.work.traits


def print_places(work: Work, printer: Callable[[Place, Draw], Printed], draw: Draw) -> tuple[list[Printed], list[int]]:
    """Each place printed once, in order; and for every place of the work the index of its printed form."""
    printed: list[Printed] = []
    at: list[int] = []
    for place in work.places:
        one = printer(place, draw)
        if place.noise == "slip":
            one = one._replace(text=_slip(one.text, draw))
        if one in printed:
            at.append(printed.index(one))
        else:
            at.append(len(printed))
            printed.append(one)
    return printed, at


def _slip(text: str, draw: Draw) -> str:
    """One character lost or two changed about, somewhere behind the first letters."""
    at = draw.between(2, max(2, len(text) * 2 // 3))
    if draw.chance(0.5) or at + 2 > len(text):
        return text[:at] + text[at + 1 :]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def unaddressed(found: Record, *columns: str) -> None:
    """Take the addresses out of a record: nobody's unit is told by it any more."""
    for column in columns:
        found.fields.pop(column, None)
    found.addresses = []
    found.authors = [Signed(a.person_id, None) for a in found.authors]


def signed(author: Author, printed: list[Printed], at: list[int]) -> Signed:
    """What is true of an author on this printed byline."""
    own = [u for p in author.places for u in printed[at[p]].units if printed[at[p]].institution_id == OWN]
    person = author.person.person_id if author.person else None
    finer = [u for u in own if u != ROOT] or own
    return Signed(person, tuple(dict.fromkeys(finer)) if own else None)


def noisy_title(title: str, draw: Draw) -> str:
    """Small differences between databases: hyphens, a dropped subtitle, a colon for a dash, a final point, a slip."""
    chance = draw.random()
    if chance < 0.03:
        return title.replace("-", " ", 1)
    if chance < 0.045 and ": " in title:
        return title.split(": ")[0]
    if chance < 0.06:
        return title.replace(": ", " - ", 1)
    if chance < 0.07:
        return title + "."
    if chance < 0.08:
        at = draw.between(len(title) // 2, len(title) - 2)
        return title[:at] + title[at + 1 :]
    if chance < 0.095:
        return title.replace("behavior", "behaviour").replace("modeling", "modelling").replace("fiber", "fibre")
    return title
