"""Two rounds over all authors: what each work says, then what certain links teach. Works go through in parts, memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from pipelines.people import candidates, company, decide, evidence, identifiers
from pipelines.people.candidates import STUDENTS, Forms
from pipelines.people.points import WEIGH_AT
from pipelines.people.scope import PLACE

PART = 50_000  # authors at a time; a common name has dozens of candidates
OFTEN = 2  # certain links from which on partners of a person can be known


class Part(NamedTuple):
    """Authors of some works, with the crowd behind each name, and their candidates with all that speaks for and against.

    Candidates wait packed: millions of rows, each with the number of its author and codes instead of texts.
    """

    authors: pl.DataFrame
    packed: pl.DataFrame

    @classmethod
    def of(cls, authors: pl.DataFrame, weighed: pl.DataFrame, persons: pl.Enum) -> Part:
        """Pack the candidates of some authors."""
        rows = authors.select(*PLACE, row=pl.int_range(pl.len(), dtype=pl.UInt32))
        packed = rows.join(weighed, on=PLACE).drop(PLACE)
        return cls(
            authors, packed.with_columns(pl.col("person_id").cast(persons), pl.col("unit_id").cast(pl.Categorical))
        )

    @property
    def weighed(self) -> pl.DataFrame:
        """One row per work, author position and candidate."""
        rows = self.authors.select(*PLACE, row=pl.int_range(pl.len(), dtype=pl.UInt32))
        return rows.join(self.packed, on="row").drop("row").with_columns(pl.col("person_id", "unit_id").cast(pl.String))


@dataclass(frozen=True)
class Weighing:
    """What is known of authors and persons before any link is made.

    found: identifiers of works; claimed: work_id, person_id; venues: work_id, venue_key; advisors: work_id, author_position below
    zero, person_id, date, firm; theses: work_id.
    """

    authors: pl.DataFrame
    forms: pl.DataFrame
    persons: pl.DataFrame
    jobs: pl.DataFrame
    supervisions: pl.DataFrame
    found: pl.DataFrame
    claimed: pl.DataFrame
    venues: pl.DataFrame
    advisors: pl.DataFrame
    theses: pl.Series

    def rounds(self, said: pl.DataFrame) -> list[Part]:
        """Every author's candidates after both rounds.

        said: authors of whom somebody said who they are (person_id null = nobody of ours); their links are certain.
        """
        students = self.persons.filter(pl.col("person_type").is_in(STUDENTS)).get_column("person_id")
        forms = Forms(self.forms, self.jobs.select("person_id", "college"), self.supervisions, students)
        crowded = candidates.with_crowds(self.authors, forms)
        ids = pl.Enum(self.persons.get_column("person_id"))
        parts = [Part.of(rows, self._weighed(rows, forms, self.found), ids) for rows in _parts(crowded)]
        disputes = identifiers.disputed(self.found, self._links(parts, said), self.persons, self.forms)
        # They proved something in the first round: their works once more without them.
        found = self.found.join(disputes, on=identifiers.IDENTIFIER, how="anti")
        touched = self.found.join(disputes, on=identifiers.IDENTIFIER, how="semi").select("work_id").unique()
        parts = [self._again(part, forms, found, touched, ids) for part in parts]
        return self._second(parts, found, self._links(parts, said), ids)

    def _again(self, part: Part, forms: Forms, found: pl.DataFrame, touched: pl.DataFrame, ids: pl.Enum) -> Part:
        authors = part.authors.join(touched, on="work_id", how="semi")
        if authors.is_empty():
            return part
        kept = part.weighed.join(touched, on="work_id", how="anti")
        return Part.of(part.authors, pl.concat([kept, self._weighed(authors, forms, found)]), ids)

    def _weighed(self, authors: pl.DataFrame, forms: Forms, found: pl.DataFrame) -> pl.DataFrame:
        """Candidates of some authors by what their works say; those whom nothing could make a link are left out.

        Grain: one row per work, author position and candidate.
        """
        here = authors.select("work_id").unique()
        mine = found.join(here, on="work_id", how="semi")
        beside = self.advisors.join(here, on="work_id", how="semi")
        identified = identifiers.agreed(mine, self.persons).drop_nulls("author_position")
        pairs = candidates.candidates(authors, forms, identified, beside)
        pairs = decide.with_native(pairs, authors, self.persons)
        pairs = decide.with_base(evidence.place_and_time(pairs, authors, self.jobs))
        pairs = company.with_company(pairs, self.supervisions, self.persons, beside, self.theses)
        pairs = company.with_claims(identifiers.with_identifiers(pairs, mine, self.persons), self.claimed)
        told = pl.col("identifier").is_not_null() | pl.col("claim").is_not_null()
        kept = pairs.filter((pl.col("base") >= WEIGH_AT) | told)
        return decide.compact(decide.scored(decide.with_vetoes(kept, authors, self.persons)))

    def _links(self, parts: list[Part], said: pl.DataFrame) -> pl.DataFrame:
        """Certain links: of the machine where nobody decided, and of persons."""
        machine = pl.concat([decide.certain(decide.ranked(part.authors, part.weighed)) for part in parts]).join(
            said, on=PLACE, how="anti"
        )
        human = said.select(*PLACE, "person_id").drop_nulls().join(self.authors, on=PLACE, how="semi")
        return pl.concat([machine, human]).sort(pl.all())

    def _second(self, parts: list[Part], found: pl.DataFrame, links: pl.DataFrame, ids: pl.Enum) -> list[Part]:
        """Candidates with what the certain links of other works teach."""
        shared, known = company.together(links), company.published_in(links, self.venues)
        owners = identifiers.owners(found, links)
        often = links.group_by("person_id").len().filter(pl.col("len") >= OFTEN).get_column("person_id").implode()

        def taught(part: Part) -> Part:
            here = part.authors.select("work_id").unique()
            mine = links.join(here, on="work_id", how="semi")
            pairs = identifiers.learned(part.weighed, found.join(here, on="work_id", how="semi"), mine, owners)
            pairs = company.with_partners(pairs, mine, shared)
            pairs = company.with_venue(pairs, mine, self.venues.join(here, on="work_id", how="semi"), known)
            alone = pl.col("company").cast(pl.String).is_in(company.ALONE).fill_null(False)
            pairs = pairs.with_columns(learnable=pl.col("person_id").is_in(often) | alone)
            return Part.of(part.authors, decide.taught(pairs), ids)

        return [taught(part) for part in parts]


def homes(parts: list[Part]) -> pl.DataFrame:
    """Where each candidate would be credited without a printed unit.

    Grain: one row per work, author position and candidate.
    """
    standing = pl.col("veto").is_null()
    return pl.concat([part.weighed.filter(standing).select(*PLACE, "person_id", "unit_id") for part in parts])


def _parts(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Whole works in order, some PART rows at a time; one empty part when there is nothing."""
    ordered = frame.sort(PLACE)
    if ordered.height <= PART:
        yield ordered
        return
    part = pl.int_range(pl.len()).min().over("work_id") // PART
    yield from ordered.with_columns(part=part).partition_by("part", maintain_order=True, include_key=False)
