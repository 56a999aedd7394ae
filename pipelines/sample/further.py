"""What the library delivers beside Web of Science, Compendex and CNKI: one object takes the works as they stream by.

A source whose reader does not exist is left out, so that nothing lands in the inbox that nobody can read.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.core import catalog
from pipelines.sample import deliveries, patent_files, patents, pqdt, scopus
from pipelines.sample.draw import SCOPUS, Draw
from pipelines.sample.incites import Incites
from pipelines.sample.lists import Lists
from pipelines.sample.model import Work, World
from pipelines.sample.record import Record
from pipelines.sample.scopus import ScopusSeries
from pipelines.sample.truth import Truth

LISTS = {"journals", "retractions", "scholars"}  # sources that read the lists


class Further:
    """The further sources that have a reader, or those asked for."""

    def __init__(
        self, world: World, inbox: Path, truth: Truth, size: int, sources: tuple[str, ...] | None = None
    ) -> None:
        self.world, self.inbox, self.truth = world, inbox, truth
        self.sources = frozenset(catalog.source_names() if sources is None else sources)
        self._scopus = (
            ScopusSeries(inbox / "scopus", size, truth.record, world.hard) if "scopus" in self.sources else None
        )
        self._incites = Incites(inbox / "incites", world, truth) if "incites" in self.sources else None
        self._lists = Lists(inbox / "lists", world, truth) if self.sources >= LISTS else None

    def work(self, work: Work) -> None:
        """A work as it is, before any database prints it."""
        if self._scopus is None:
            return
        draw = Draw.of(self.world.seed, SCOPUS, work.index)
        if scopus.holds(work, draw):
            sent = deliveries.delivered(self.world, work, "scopus", draw, scopus.record)
            self._scopus.add(sent.record, draw, sent.later)

    def indexed(self, found: Record) -> None:
        """A record as Web of Science printed it."""
        if self._incites:
            self._incites.add(found)
        if self._lists:
            self._lists.add(found)

    def close(self) -> tuple[int, dict[str, int]]:
        """Write what depends on the whole; returns files and records by source."""
        files, records = 0, {}
        if self._scopus:
            self._scopus.close()
            files, records["scopus"] = files + self._scopus.files, self._scopus.records
        if self._incites:
            files, records["incites"] = files + self._incites.close(), self._incites.documents
        if self._lists:
            written, records["lists"] = self._lists.close()
            files += written
        if "pqdt" in self.sources:
            written, records["pqdt"] = pqdt.write(self.inbox / "pqdt", pqdt.theses(self.world), self.truth)
            files += written
        if "patents" in self.sources:
            found = patents.families(self.world)
            written, records["patents"] = patent_files.write(self.inbox / "patents", found, self.truth)
            files += written
        return files, records
