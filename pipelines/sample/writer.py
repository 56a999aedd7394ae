"""Writes the sample: a librarian's inbox in the true vendor formats, and the truth beside it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipelines.core.errors import ConfigError
from pipelines.sample import (
    candidates,
    causes,
    citations,
    claims,
    cnki,
    crowd,
    deliveries,
    ei,
    esi,
    families,
    people,
    roster,
    university,
    works,
    wos,
)
from pipelines.sample.draw import PRINTING, Draw
from pipelines.sample.esi import Archive
from pipelines.sample.further import Further
from pipelines.sample.model import Work, World, work_key
from pipelines.sample.names import inverted_zh
from pipelines.sample.series import CnkiSeries, EiSeries, Series, WosSeries
from pipelines.sample.truth import Truth

Progress = Callable[[int, int], None]
FILE_SIZE = 500
UNSEARCHED = 0.04  # chance that the Web of Science search missed a listed paper
UNSEARCHED_MOST = 0.01  # of all listed papers: above 2 % without a college a push is held


@dataclass(frozen=True)
class SampleReport:
    """What was written."""

    directory: str
    works: int
    seed: int
    files: int
    records: dict[str, int]
    rosters: dict[str, int]
    esi_files: int
    esi_periods: tuple[str, ...] = citations.PERIODS
    truth: dict[str, int] = field(default_factory=dict)


def write(
    directory: Path,
    *,
    works: int = 2000,
    seed: int = 1,
    hard: bool = False,
    progress: Progress | None = None,
    file_size: int = FILE_SIZE,
) -> SampleReport:
    """Write inbox/, truth/ and sample.json below a directory; a sample that stands there is replaced.

    `hard` makes works resemble one another and databases differ as they do in life: see families, habits and deliveries.

    Deterministic: the same works and seed give the same bytes. Memory holds the people and the listed papers, never the works.
    Errors: ConfigError when the directory holds something else.
    """
    _clear(directory)
    world = World(seed, works, (crowd if hard else people).roster(seed, works), hard)
    truth = Truth(directory / "truth")
    line = _Line(world, directory / "inbox", truth, file_size)
    for index in range(works):
        line.work(index)
        if progress and index % 200 == 0:
            progress(index, works)
    line.close()
    esi_files = line.archive.write(directory / "inbox" / "esi", seed, esi.size(works))
    further_files, further = line.further.close()
    further_files += candidates.write(directory / "candidates", world, truth, file_size)
    rosters = roster.write(directory / "inbox" / "roster", world.roster)
    rosters["claims"] = line.claims.write(directory / "inbox" / "roster")
    _persons(truth, world)
    files = line.wos.files + line.ei.files + line.cnki.files + esi_files + len(rosters) + further_files
    records = {"wos": line.wos.records, "ei": line.ei.records, "cnki": line.cnki.records} | further
    report = SampleReport(str(directory), works, seed, files, records, rosters, esi_files, truth=truth.close())
    shown = asdict(report) | {"directory": directory.name}
    (directory / "sample.json").write_text(json.dumps(shown, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if progress:
        progress(works, works)
    return report


class _Line:
    """Takes works one by one, prints them for each database and notes the truth."""

    def __init__(self, world: World, inbox: Path, truth: Truth, size: int) -> None:
        self.world, self.truth, self.archive = world, truth, Archive()
        self.further = Further(world, inbox, truth, size)
        self.claims = claims.Claims(world, truth)
        self.wos = WosSeries(inbox / "wos", size, truth.record, world.hard)
        self.ei = EiSeries(inbox / "ei", size, truth.record, world.hard)
        self.cnki = CnkiSeries(inbox / "cnki", size, truth.record, world.hard)
        self._cited = wos.references(world.seed)
        self._listed = self._missed = 0  # papers on ESI lists, and those of them that the search missed

    def work(self, index: int) -> None:
        """One work into one to three databases."""
        work = (families if self.world.hard else works).make(self.world, index)
        if work.related:
            self.truth.add("related", work_key(work.related[0]), work.key, work.related[1])
        self.further.work(work)
        self.claims.add(work)
        chosen = _databases(work, self._draw(index, 0))
        if "wos" in chosen:
            self._wos(work)
        if "ei" in chosen:
            draw = self._draw(index, 2)
            self._deliver(self.ei, "ei", work, draw, ei.record)
            if draw.chance(0.03):
                self.ei.add(ei.record(work, draw, inspec=True), draw)
        if "cnki" in chosen:
            draw = self._draw(index, 3)
            self._deliver(self.cnki, "cnki", work, draw, cnki.record)

    def close(self) -> None:
        """Finish the files at hand."""
        for series in (self.wos, self.ei, self.cnki):
            series.close()

    def _deliver(self, series: Series, source: str, work: Work, draw: Draw, printer: deliveries.Printer) -> None:
        """The record of a work into the files of a database; in hard mode all that the database delivers of it."""
        sent = deliveries.delivered(self.world, work, source, draw, printer)
        series.add(sent.record, draw, sent.later)
        if sent.second:
            series.add(sent.second, draw)

    def _wos(self, work: Work) -> None:
        draw = self._draw(work.index, 1)
        sent = deliveries.delivered(self.world, work, "wos", draw, lambda w, d: wos.record(w, d, self._cited))
        found = sent.record
        listed = work.story is not None and (any(work.story.listed) or any(work.story.hot))
        missed = listed and draw.chance(UNSEARCHED) and self._missed < UNSEARCHED_MOST * self._listed
        self._listed, self._missed = self._listed + listed, self._missed + missed
        exported = not missed
        if exported:
            self.wos.add(found, draw, sent.later)
            if sent.second:
                self.wos.add(sent.second, draw)
            self.further.indexed(found)
        if listed:
            self.archive.add(found)
            self._esi_truth(work, exported)
        if exported and work.story and work.ours() and citations.near(work.story, work.year):
            self.truth.add("near", *_near(work, work.story))

    def _esi_truth(self, work: Work, exported: bool) -> None:
        story = work.story
        assert story is not None
        colleges = sorted({c for p in work.places for c in university.colleges_of(p.units)})
        for kind, held in (("highly_cited", story.listed), ("hot", story.hot)):
            for period, change, reason in citations.changes(held, story, work.year):
                n = citations.PERIODS.index(period)
                limit = citations.threshold(story.fields[n], work.year, period)
                shown = reason if kind == "highly_cited" else ""
                row = (
                    period,
                    kind,
                    work.accession(),
                    work.key,
                    change,
                    shown,
                    story.fields[n],
                    story.cites[n],
                    limit,
                    exported,
                    ";".join(colleges) or None,
                )
                self.truth.add("esi", *row)

    def _draw(self, index: int, kind: int) -> Draw:
        return Draw.of(self.world.seed, PRINTING, index * 4 + kind)


def _near(work: Work, story: citations.Story) -> tuple[str | int, ...]:
    """A paper close to the newest threshold: what ESI counts for it, which no export says, and what Web of Science does."""
    period, field = citations.PERIODS[-1], story.fields[-1]
    limit = citations.threshold(field, work.year, period)
    return (period, work.accession(), work.key, field, work.year, story.cites[-1], story.tc, limit)


def _databases(work: Work, draw: Draw) -> set[str]:
    """Which databases hold a work; at least one."""
    found = set()
    chance = draw.random
    if work.kind == "preprint":
        return {"ei", "wos"} if chance() < 0.35 else {"ei"}
    if work.document_type == "Meeting Abstract":
        return {"ei", "wos"} if chance() < 0.3 else {"wos"}
    if work.conference:
        found |= {"ei"} if work.conference.in_ei and chance() < 0.95 else set()
        found |= {"wos"} if chance() < 0.45 else set()
        return found or {"wos"}
    if work.kind in ("chinese", "thesis"):
        return {"cnki"}
    journal = work.journal
    assert journal is not None
    if journal.in_wos and (chance() < 0.96 or (work.story and any(work.story.listed))):
        found.add("wos")
    if journal.in_ei and work.year > 2001 and chance() < (0.9 if work.kind == "international" else 0.8):
        found.add("ei")
    if work.kind == "bilingual" and (chance() < 0.97 or not found):
        found.add("cnki")
    return found or {"wos"}


def _persons(truth: Truth, world: World) -> None:
    for person, traits in causes.of_people(world.roster):
        for post in person.history:
            truth.add(
                "persons",
                person.person_id,
                person.kind,
                person.name.zh,
                inverted_zh(person.name),
                post.unit_id,
                post.start,
                post.end or None,
                traits,
            )


def _clear(directory: Path) -> None:
    if (directory / "sample.json").exists():
        for part in ("inbox", "truth", "candidates"):
            shutil.rmtree(directory / part, ignore_errors=True)
    elif directory.exists() and any(directory.iterdir()):
        raise ConfigError(
            "目标文件夹里已有别的文件，样例不会覆盖它们", where=str(directory), next_step="请换一个空文件夹"
        )
