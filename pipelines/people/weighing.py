"""Two rounds over all authors: what each work says, then what certain links teach. Works go through in parts, memory stays bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from pipelines.people import candidates, company, decide, evidence, identifiers
from pipelines.people.candidates import STUDENTS, Forms
from pipelines.people.points import WEIGH_AT
from pipelines.people.scope import PLACE

PART = 100_000  # authors at a time; a common name has dozens of candidates


@dataclass(frozen=True)
class Weighing:
    """What is known of authors and persons before any link is made.

    found: identifiers of works; claimed: work_id, person_id; venues: work_id, venue_key.
    """

    authors: pl.DataFrame
    forms: pl.DataFrame
    persons: pl.DataFrame
    jobs: pl.DataFrame
    supervisions: pl.DataFrame
    found: pl.DataFrame
    claimed: pl.DataFrame
    venues: pl.DataFrame

    def rounds(self, said: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Authors with the crowd behind their name, and every candidate with all that speaks for and against.

        said: authors of whom somebody said who they are (person_id null = nobody of ours); their links are certain.
        """
        authors, first = self._first(self.found)
        links = self._links(authors, first, said)
        disputes = identifiers.disputed(self.found, links, self.persons, self.forms)
        if disputes.height:  # they proved something in the first round: once more without them
            found = self.found.join(disputes, on=identifiers.IDENTIFIER, how="anti")
            authors, first = self._first(found)
            links = self._links(authors, first, said)
            return authors, self._second(first, found, links)
        return authors, self._second(first, self.found, links)

    def _first(self, found: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        students = self.persons.filter(pl.col("person_type").is_in(STUDENTS)).get_column("person_id")
        forms = Forms(self.forms, self.jobs.select("person_id", "college"), self.supervisions, students)
        identified = identifiers.agreed(found, self.persons).drop_nulls("author_position")
        authors = candidates.with_crowds(self.authors, forms)
        return authors, _in_parts(authors, lambda part: self._weighed(part, forms, identified, found))

    def _weighed(
        self, authors: pl.DataFrame, forms: Forms, identified: pl.DataFrame, found: pl.DataFrame
    ) -> pl.DataFrame:
        """Candidates of some authors by what their works say; those whom nothing could make a link are left out."""
        here = authors.select("work_id").unique()
        mine = found.join(here, on="work_id", how="semi")
        pairs = candidates.candidates(authors, forms, identified.join(here, on="work_id", how="semi"))
        pairs = decide.with_native(pairs, authors, self.persons)
        pairs = decide.with_base(evidence.place_and_time(pairs, authors, self.jobs))
        pairs = company.with_company(pairs, self.supervisions, self.persons)
        pairs = company.with_claims(identifiers.with_identifiers(pairs, mine, self.persons), self.claimed)
        told = pl.col("identifier").is_not_null() | pl.col("claim").is_not_null()
        return decide.scored(
            decide.with_vetoes(pairs.filter((pl.col("base") >= WEIGH_AT) | told), authors, self.persons)
        )

    def _links(self, authors: pl.DataFrame, weighed: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
        """Certain links: of the machine where nobody decided, and of persons."""
        machine = decide.certain(decide.ranked(authors, weighed)).join(said, on=PLACE, how="anti")
        human = said.select(*PLACE, "person_id").drop_nulls()
        return pl.concat([machine, human.join(authors, on=PLACE, how="semi")]).sort(pl.all())

    def _second(self, first: pl.DataFrame, found: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
        shared, known = company.together(links), company.published_in(links, self.venues)

        def taught(part: pl.DataFrame) -> pl.DataFrame:
            here = part.select("work_id").unique()
            mine = links.join(here, on="work_id", how="semi")
            pairs = company.with_partners(part, mine, shared)
            pairs = company.with_venue(pairs, mine, self.venues.join(here, on="work_id", how="semi"), known)
            return decide.scored(pairs)

        learned = identifiers.learned(first, found, links)
        return _in_parts(learned, taught)


def _in_parts(frame: pl.DataFrame, make: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """A function of whole works over parts of them, in the order of works."""
    return pl.concat([make(part) for part in _parts(frame)])


def _parts(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Whole works in order, some PART rows at a time; one empty part when there is nothing."""
    ordered = frame.sort(PLACE)
    if ordered.height <= PART:
        yield ordered
        return
    part = pl.int_range(pl.len()).min().over("work_id") // PART
    yield from ordered.with_columns(part=part).partition_by("part", maintain_order=True, include_key=False)
