"""Writes what staff claim in the performance system for two years: mostly right, some roles too high, slips in titles, works not delivered."""

from __future__ import annotations

from pathlib import Path

from pipelines.sample import sheets, tables, works
from pipelines.sample.draw import CLAIMS, Draw
from pipelines.sample.model import Author, Work, World
from pipelines.sample.truth import Truth
from pipelines.sample.vocabulary import cnki_text, wos_text

COLUMNS = tables.listed("roster_claims")
YEARS = (2024, 2025)
NAME = "业绩系统导出_20260901.xlsx"
SHARE = 0.72  # of what staff wrote is claimed
FURTHER = 0.06  # works that no database delivered, to one that was
FIRST, CO_FIRST, CORRESPONDING, PARTICIPANT = "第一作者", "共同第一作者", "通讯作者", "参与"
BOTH = "第一作者兼通讯作者"
KINDS = ("right", "role_too_high", "co_first", "typo", "title_only", "position", "colleague", "twice")
WEIGHTS = (70, 6, 2, 6, 8, 3, 3, 2)

Row = tuple[str | int | None, ...]


class Claims:
    """Takes works as they stream by; the sheet and its truth are written at the end."""

    def __init__(self, world: World, truth: Truth) -> None:
        self.world, self.truth = world, truth
        self._rows: list[Row] = []

    def add(self, work: Work) -> None:
        """What the authors of a work claim of it."""
        if work.year not in YEARS or work.kind in ("thesis", "preprint") or not work.ours() or work.related:
            return
        draw = Draw.of(self.world.seed, CLAIMS, work.index)
        for position, author in enumerate(work.authors, 1):
            person = author.person
            if person is None or person.kind not in ("staff", "postdoc"):
                continue
            if draw.chance(SHARE):
                self._claim(work, position, author, draw)
            else:
                self.truth.add("claims", None, person.person_id, work.key, "unclaimed", _role(work, position), position)

    def write(self, folder: Path) -> int:
        """The sheet; returns its rows. With works that nobody delivered: numbers behind the last one of the sample."""
        count = max(2, round(FURTHER * len(self._rows)))
        index, found = self.world.works, 0
        while found < count and index < self.world.works + 100 * count:
            work = works.original(self.world, index, ("international", "chinese", "bilingual"))
            index += 1
            lead = next((a for a in work.authors if a.person and a.person.kind == "staff"), None)
            if lead is None or work.year not in YEARS:
                continue
            found += 1
            self._put(work, lead, _role(work, work.authors.index(lead) + 1), 0, "not_delivered", _title(work), work.doi)
        return sheets.table(folder / NAME, "论文", COLUMNS, self._rows)

    def _claim(self, work: Work, position: int, author: Author, draw: Draw) -> None:
        kind = KINDS[_place(draw)]
        role, title, doi = _role(work, position), _title(work), work.doi
        if kind == "role_too_high" and role == PARTICIPANT:
            role = FIRST if draw.chance(0.5) else CORRESPONDING
        elif kind == "co_first" and position > 1:
            role = CO_FIRST
        elif kind == "typo":
            title, doi = _slip(title, draw), ""
        elif kind == "title_only":
            doi = ""
        elif kind == "position":
            position += 1
        elif kind == "colleague":
            self._colleague(work, author, draw)
            kind = "right"
        elif kind != "twice":
            kind = "right"
        self._put(work, author, role, position, kind, title, doi)
        if kind == "twice":
            self._put(work, author, role, position, kind, title, "")

    def _colleague(self, work: Work, author: Author, draw: Draw) -> None:
        """Somebody of the staff who is not on the byline claims the work as well."""
        other = draw.pick(self.world.roster.staff)
        signing = {a.person.person_id for a in work.authors if a.person}
        names = {a.name.zh for a in work.authors}
        if other.person_id not in signing and other.name.zh not in names:
            stranger = author._replace(person=other, name=other.name)
            self._put(work, stranger, PARTICIPANT, 0, "colleague", _title(work), work.doi)

    def _put(self, work: Work, author: Author, role: str, position: int, kind: str, title: str, doi: str) -> None:
        person = author.person
        assert person is not None
        claim = f"YJ{len(self._rows) + 1:06d}"
        where = _venue(work)
        indexed = (
            work.accession() if doi and work.journal and work.journal.in_wos and work.kind == "international" else ""
        )
        date = f"{work.year}-{work.month:02d}"
        self._rows.append(
            (
                claim, person.person_id, person.name.zh, title, where, date, doi, indexed, role, position or None,
                "审核通过" if len(self._rows) % 9 else "待审核",
            )
        )  # fmt: skip
        true = work.key if kind != "not_delivered" else None
        self.truth.add("claims", claim, person.person_id, true, kind, role, position or None)


def _place(draw: Draw) -> int:
    at, place = draw.random() * sum(WEIGHTS), 0
    while at >= WEIGHTS[place]:
        at -= WEIGHTS[place]
        place += 1
    return place


def _role(work: Work, position: int) -> str:
    first, corresponding = position == 1, position - 1 in work.corresponding
    return BOTH if first and corresponding else FIRST if first else CORRESPONDING if corresponding else PARTICIPANT


def _title(work: Work) -> str:
    return cnki_text(work.title.zh) if work.kind in ("chinese", "bilingual") else wos_text(work.title.en)


def _venue(work: Work) -> str:
    if work.journal:
        return work.journal.zh or work.journal.en
    return work.conference.acronym if work.conference else ""


def _slip(title: str, draw: Draw) -> str:
    """One character lost, as who types a title by hand loses it."""
    at = draw.between(3, max(3, len(title) - 3))
    return title[:at] + title[at + 1 :]
