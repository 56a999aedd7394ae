"""Writes what a librarian gathers for talent profiles in one direction: the peer pool's records, and the candidates' own.

The files stand beside the inbox, in candidates/: personal data of people elsewhere never mix with the university's own deliveries.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from pipelines.sample import incites, pqdt, scopus, tables, wos
from pipelines.sample.draw import SCHOLARLY, Draw
from pipelines.sample.incites import Documents, Tally
from pipelines.sample.model import Work, World
from pipelines.sample.pqdt import Thesis
from pipelines.sample.record import Record
from pipelines.sample.scholars import THIS_YEAR, Scholar, direction, papers, pool
from pipelines.sample.scopus import ScopusSeries
from pipelines.sample.series import WosSeries
from pipelines.sample.sheets import Sheet
from pipelines.sample.truth import Truth
from pipelines.sample.university import institutions
from pipelines.sample.vocabulary import study

PEOPLE, STAYS = (tables.listed(f"candidates_{name}") for name in ("people", "stays"))
SEARCHED, COLLECTED = "2026-08-28", "2026-08-30"
WINDOW = (THIS_YEAR - 10, THIS_YEAR - 1)  # ten complete years
POOL = (3, 1)  # direction papers in the window, and in its last three years, that make somebody a peer


def write(folder: Path, world: World, truth: Truth, size: int) -> int:
    """One direction; returns the number of files."""
    about, _, query = direction()
    home = folder / about.name
    found = pool(world)
    hits = WosSeries(home / "direction" / "wos", size, _nowhere)
    values = Documents(home / "direction" / "incites" / "Incites Documents.csv")
    own = WosSeries(home / "persons" / "wos", size, _nowhere)
    scopus_rows = ScopusSeries(home / "persons" / "scopus", size, _nowhere)
    cited = wos.references(world.seed)
    tallies: dict[int, Tally] = {}
    inside: set[int] = set()
    for work, matched in papers(world, found):
        draw = Draw.of(world.seed, SCHOLARLY, work.index)
        printed = wos.record(work, draw, cited)
        if matched:
            inside.add(work.index)
            hits.add(printed, draw)
        _measure(work, printed, values if matched else None, tallies)
        if any(found[int(a.person.person_id[1:])].candidate for a in work.authors if a.person):
            own.add(printed, draw)
            scopus_rows.add(scopus.record(work, draw), draw)
    for series in (hits, own, scopus_rows):
        series.close()
    values.close(f"Research Area: [{about.topics[0].en}]")
    _researchers(home / "direction" / "incites" / "Incites Researchers.xlsx", found, tallies)
    candidates = [s for s in found if s.candidate]
    _people(home / "persons" / "候选人信息表.xlsx", candidates, found)
    theses = [_thesis(s, found, world) for s in candidates]
    (home / "persons" / "pqdt").mkdir(parents=True, exist_ok=True)
    (home / "persons" / "pqdt" / "ProQuestDocuments-2026-08-30.ris").write_bytes(pqdt.ris_text(theses).encode())
    _note(home, world, query, hits.records, found)
    _tell(found, inside, truth)
    return hits.files + own.files + scopus_rows.files + 5


def _nowhere(found: Record, file: str, row: int) -> None:
    """The truth about these records is told by person, not by file and row."""


def _measure(work: Work, printed: Record, values: Documents | None, tallies: dict[int, Tally]) -> None:
    """InCites's indicators of a paper, into the list of the direction and the sums of its scholars."""
    story = work.story
    if story is None or work.early_access or not WINDOW[0] <= work.year <= WINDOW[1]:
        return
    journal = work.journal.journal_id if work.journal else ""
    shown = incites.value(int(story.tc * 0.985), story.fields[-1], work.year, journal)
    if values:
        values.add(printed, story.fields[-1], shown)
    for position, author in enumerate(work.authors):
        if author.person:
            tally = tallies.setdefault(int(author.person.person_id[1:]), Tally())
            tally.add(shown, story.listed[-1])
            tally.first += position == 0
            tally.corresponding += position in work.corresponding


def _researchers(path: Path, found: Sequence[Scholar], tallies: dict[int, Tally]) -> None:
    rows = []
    for number, tally in sorted(tallies.items()):
        person, home = found[number].person, institutions()[found[number].stays[-1].institution_id]
        ids = [person.researcher_id, person.orcid]
        rows.append([person.name.full(person.style), home.en, *incites.researcher(tally), *ids])
    incites.write_entities(path, "Incites Researchers", incites.RESEARCHERS, rows)


def _people(path: Path, candidates: Sequence[Scholar], found: Sequence[Scholar]) -> None:
    """What candidates say of themselves: identifiers, doctorate, positions; where it was read, and when."""
    with Sheet(path, "候选人") as sheet:
        sheet.add(PEOPLE)
        stays = sheet.beside("履历")
        stays.add(STAYS)
        for s in candidates:
            person = s.person
            school = institutions()[s.stays[0].institution_id]
            page = f"https://people.{s.stays[-1].institution_id}.example/{person.person_id.lower()}"
            advisor = found[s.advisor].person.name.native() if s.advisor >= 0 else ""
            ids = (person.orcid, person.researcher_id, _scopus_id(s))
            doctorate = ("博士", school.zh or school.en, s.doctorate, advisor)
            names = (person.name.native(), person.name.full())
            sheet.add([_number(s), *names, *ids, *doctorate, person.email, page, COLLECTED])
            for stay in s.stays:
                home = institutions()[stay.institution_id]
                department = stay.department[1 if home.zh else 0]
                stays.add([_number(s), stay.start, stay.end or None, home.zh or home.en, department, stay.post])


def _scopus_id(scholar: Scholar) -> str:
    """The id that Scopus gives the scholar's works."""
    return (
        scopus.author_id(scholar.works[0][0].authors[scholar.works[0][1]], scholar.works[0][0]) if scholar.works else ""
    )


def _thesis(scholar: Scholar, found: Sequence[Scholar], world: World) -> Thesis:
    about, _, _ = direction()
    draw = Draw.of(world.seed, SCHOLARLY, 10**7 + scholar.number)
    home = institutions()[scholar.stays[0].institution_id]
    advisors = (found[scholar.advisor].person.name,) if scholar.advisor >= 0 else ()
    name, number = scholar.person.name, 900_000 + scholar.number
    return Thesis(
        number,
        name,
        scholar.person.person_id,
        study(draw, about),
        scholar.doctorate,
        home,
        about.topics[0].en,
        advisors,
    )


def _note(home: Path, world: World, query: str, hits: int, found: Sequence[Scholar]) -> None:
    """The direction as it was searched: what makes a pool reproducible."""
    about, _, _ = direction()
    told = {
        "direction": about.topics[0].zh,
        "direction_en": about.topics[0].en,
        "esi_field": about.field,
        "database": "Web of Science Core Collection",
        "search": query,
        "years": list(WINDOW),
        "document_types": ["Article", "Review"],
        "search_date": SEARCHED,
        "hits": hits,
        "pool": {"direction_papers": POOL[0], "in_last_three_years": POOL[1]},
        "candidates": [_number(s) for s in found if s.candidate],
        "retain_until": "2028-08-30",
    }
    (home / "direction.yml").write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _tell(found: Sequence[Scholar], inside: set[int], truth: Truth) -> None:
    for s in found:
        person = s.person
        hit = [w.year for w, _ in s.works if w.index in inside and WINDOW[0] <= w.year <= WINDOW[1]]
        peer = len(hit) >= POOL[0] and sum(y >= WINDOW[1] - 2 for y in hit) >= POOL[1]
        ids = (person.orcid or None, person.researcher_id or None, _scopus_id(s) or None)
        advisor = f"X{s.advisor:05d}" if s.advisor >= 0 else None
        who = (
            person.person_id,
            _number(s) if s.candidate else None,
            person.name.native(),
            person.name.full(person.style),
        )
        truth.add("scholars", *who, *ids, s.doctorate, s.academic_age, advisor, peer)
        for work, position in s.works:
            at = (position + 1, position in work.corresponding, work.index in inside, work.year)
            truth.add("scholar_works", person.person_id, work.accession(), work.doi or None, *at)


def _number(scholar: Scholar) -> str:
    return f"C{scholar.number:04d}"
