"""What a work is in truth, before any database prints it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from pipelines.sample import university
from pipelines.sample.citations import Story
from pipelines.sample.draw import ABSTRACTS, Draw
from pipelines.sample.names import Name
from pipelines.sample.people import Person, Roster
from pipelines.sample.university import Place
from pipelines.sample.venues import Conference, Journal
from pipelines.sample.vocabulary import Study, Term

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


class Author(NamedTuple):
    """One name on the byline: a person of the roster or somebody from elsewhere; `places` index the work's places."""

    name: Name
    style: int
    person: Person | None
    places: tuple[int, ...]


@dataclass(slots=True)
class Work:
    """One work, whatever databases print it. `related` names an earlier work and how this one hangs on it."""

    index: int
    kind: str
    study: Study
    title: Term
    year: int
    month: int
    authors: list[Author]
    places: list[Place]
    corresponding: list[int]
    journal: Journal | None = None
    conference: Conference | None = None
    volume: str = ""
    issue: str = ""
    first_page: str = ""
    last_page: str = ""
    article_number: str = ""
    doi: str = ""
    document_type: str = "Article"
    early_access: bool = False
    story: Story | None = None
    related: tuple[int, str] | None = None
    supervisors: list[Person] = field(default_factory=list)
    traits: tuple[str, ...] = ()  # what makes the work, or its print in one database, hard: codes of traits.TRAITS
    titles: dict[str, Term] = field(default_factory=dict)  # titles of notices differ by database
    numbered_year: int = 0  # year in the accession number when the printed year is another
    neighbour_doi: str = ""  # DOI of the article beside it in the issue
    cut: bool = False  # the byline ends with "et al."
    exact: bool = False  # printers add no slips of their own: habits have told what differs

    @property
    def key(self) -> str:
        """Name of the work in the truth tables."""
        return work_key(self.index)

    def ours(self) -> bool:
        """Whether the university stands on the byline."""
        return any(p.institution_id == university.OWN for p in self.places)

    def abstract(self) -> Term:
        """The same abstract in every database."""
        return self.study.abstract(Draw.of(0, ABSTRACTS, self.index))

    def accession(self) -> str:
        """Accession number in Web of Science: 15 digits of a block that is not issued."""
        if self.kind == "preprint":
            return f"PPRN:9{self.index:07d}"
        year = self.numbered_year or self.year
        return f"WOS:9{year % 100:02d}{self.index * 48271 % 10**9:09d}{self.index % 1000:03d}"

    def renumbered(self) -> None:
        """Forget everything that belongs to another appearance."""
        self.volume = self.issue = self.first_page = self.last_page = self.article_number = self.doi = ""
        self.journal = self.conference = self.story = None
        self.early_access = False


def work_key(index: int) -> str:
    """W0000017."""
    return f"W{index:07d}"


@dataclass(eq=False)
class World:
    """What all works share."""

    seed: int
    works: int
    roster: Roster
    hard: bool = False
