"""Makes work number i: it depends on the seed, on i and on the roster; nothing else is kept, so any size streams."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from pipelines.sample import bylines, citations, university, venues, vocabulary
from pipelines.sample.draw import ESI, FOLLOW_UPS, WORKS, Draw, Weighted
from pipelines.sample.model import Author, Work, World
from pipelines.sample.people import COLLEGE_SIZES
from pipelines.sample.university import OWN, Place
from pipelines.sample.venues import Journal
from pipelines.sample.vocabulary import Discipline, Term

_TYPES = ("international", "conference", "bilingual", "chinese", "thesis")
KINDS = {
    "engineering": Weighted(_TYPES, (50, 14, 13, 14, 9)),
    "science": Weighted(_TYPES, (68, 3, 10, 10, 9)),
    "life": Weighted(_TYPES, (52, 1, 13, 25, 9)),
    "social": Weighted(_TYPES, (22, 3, 10, 51, 14)),
}
YEARS = Weighted(tuple(range(2012, 2027)), (3, 3.4, 3.9, 4.4, 5, 5.6, 6.3, 7, 7.8, 8.6, 9.2, 9.6, 9.8, 10, 6))
FOLLOW_UP_SHARE, NEIGHBOUR_SHARE, OLD_SHARE = 0.06, 0.015, 0.012
RELATIONS = Weighted(
    ("conference_journal", "part_part", "correction_article", "reply", "near_title", "annual"), (45, 15, 10, 8, 14, 8)
)


def make(world: World, index: int) -> Work:
    """Work number `index`: an original, or a follow-up of the one before it."""
    if index and _follows(world, index) and not _follows(world, index - 1):
        return _follow_up(world, index, original(world, index - 1))
    return original(world, index)


def _follows(world: World, index: int) -> bool:
    return Draw.of(world.seed, FOLLOW_UPS, index).random() < FOLLOW_UP_SHARE


@lru_cache(maxsize=1)
def _choices() -> Weighted[tuple[str, Discipline]]:
    """College and discipline, by the size of the college."""
    found: list[tuple[str, Discipline]] = []
    weights: list[float] = []
    for college, size in COLLEGE_SIZES.items():
        fitting = [d for d in vocabulary.disciplines().values() if college in d.units]
        for d in fitting:
            found.append((college, d))
            weights.append(size / len(fitting) * (0.5 if d.group == "social" else 1.0))
    return Weighted(found, weights)


def original(world: World, index: int, kinds: tuple[str, ...] = ()) -> Work:
    """Work number `index` without a model; of one of `kinds` when some are named."""
    draw = Draw.of(world.seed, WORKS, index)
    college, discipline = _choices().draw(draw)
    kind = KINDS[discipline.group].draw(draw)
    old = draw.chance(OLD_SHARE)
    if kinds:
        kind, old = kind if kind in kinds else draw.pick(kinds), False
    year = draw.between(1988, 2001) if old else YEARS.draw(draw)
    month = draw.between(1, 8 if year == 2026 else 12)
    kind = "international" if old else kind
    review = kind == "international" and draw.chance(0.07)
    study = vocabulary.study(draw, discipline, review=review)
    if kind != "thesis" and draw.chance(NEIGHBOUR_SHARE):
        signed = bylines.neighbours(world, draw, discipline)
    else:
        signed = bylines.byline(world, draw, college, discipline, f"{year}-{month:02d}-15")
    work = Work(index, kind, study, study.title(), year, month, *signed)
    if review:
        work.document_type = "Review"
    if kind == "thesis" and not _thesis(world, work, draw):
        work.kind = "chinese"
    if work.kind != "thesis":
        appear(world, work, draw)
    return work


def appear(world: World, work: Work, draw: Draw) -> None:
    """Find a journal or conference for a work, then numbering, DOI, citations."""
    name = work.study.discipline.name
    if work.kind == "conference":
        work.conference = draw.pick(venues.conferences()[name])
        start = 10 + draw.below(900)
        work.document_type = "Proceedings Paper"
        work.first_page, work.last_page = str(start), str(start + draw.between(3, 7))
        if draw.chance(0.85):
            work.doi = f"10.5555/{work.conference.acronym.lower()}.{work.year}.{work.index:07d}"
        return
    work.journal = draw.pick(venues.journals(unlisted=world.hard)[name, work.kind])
    if work.kind == "international" and draw.chance(0.03):
        work.journal = venues.multidisciplinary()
    settle(world, work, draw)


def settle(world: World, work: Work, draw: Draw) -> None:
    """Numbering, DOI and citations of a work in its journal."""
    assert work.journal is not None
    _number(work, draw)
    if work.year > 2003 and draw.chance({"international": 0.96, "bilingual": 0.7, "chinese": 0.3}[work.kind]):
        work.doi = doi(work.journal, work.year, work.index)
    if work.kind == "international" and work.year == 2026 and work.month >= 5 and draw.chance(0.6):
        work.early_access = True
        work.volume = work.issue = work.first_page = work.last_page = work.article_number = ""
    if work.journal.in_wos:
        scope = work.journal.field if work.journal.field != "MUL" else work.study.discipline.field
        fate = Draw.of(world.seed, ESI, work.index)
        # a paper that names the bare university holds a push back (no college); libraries settle those first
        named = any(p.units for p in work.places)
        eligible = work.ours() and named and work.document_type in ("Article", "Review")
        work.story = citations.story(
            fate, scope, work.year, citations.share(scope, work.year, world.works) if eligible else 0.0
        )
        if world.hard:
            work.story = citations.quiet(work.story)


def doi(journal: Journal, year: int, index: int) -> str:
    """The DOI that a journal gives to work number `index`."""
    return f"{journal.doi_prefix}.{year}.{100000 + index * 7919 % 900000}{index // 900000 or ''}"


def _number(work: Work, draw: Draw) -> None:
    journal = work.journal
    assert journal is not None
    work.volume = str(max(1, work.year - journal.first_year + 1))
    if journal.by_article and work.year > 2003:
        work.article_number = f"{100000 + draw.below(39999)}" if draw.chance(0.8) else f"e{draw.between(2000, 9999)}"
        work.issue = str(work.month) if draw.chance(0.3) else ""
        return
    work.issue = str(work.month)
    start = (work.month - 1) * 240 + draw.between(1, 230)
    work.first_page, work.last_page = str(start), str(start + draw.between(4, 13))


def _thesis(world: World, work: Work, draw: Draw) -> bool:
    """Turn the work into a thesis of a student of its lead; False when no student has finished."""
    lead = work.authors[work.corresponding[0]].person
    if lead is None:
        return False
    for student in world.roster.candidates(world.roster.positions.get(lead.person_id, -1)):
        end = student.history[0].end
        if student.kind in ("phd", "master") and end and draw.chance(0.35):
            work.year, work.month = int(end[:4]), 6
            work.supervisors = [world.roster.staff[s] for s in student.supervisors]
            work.places = [Place(OWN, (university.college_of(student.history[0].unit_id),))]
            work.authors = [Author(student.name, student.style, student, (0,))]
            work.corresponding = [0]
            work.document_type = "博士" if student.kind == "phd" else "硕士"
            return True
    return False


def _follow_up(world: World, index: int, base: Work) -> Work:
    """A work that resembles the one before it and is not the same."""
    draw = Draw.of(world.seed, WORKS, index)
    relation = RELATIONS.draw(draw)
    if base.kind == "thesis" or not base.ours() or base.year < 2004:
        return original(world, index)
    work = replace(base, index=index, authors=list(base.authors), related=(base.index, relation))
    work.renumbered()
    work.document_type = "Article"
    work.kind = base.kind if base.kind != "conference" else "international"
    work.month = draw.between(1, 8)
    work.year = min(2026, base.year + (relation != "near_title"))
    if relation == "conference_journal":
        if base.kind != "conference":  # the base is a journal paper, so this one is its earlier conference version
            work.kind, work.year = "conference", base.year - 1
    else:
        _retitle(work, relation, draw)
    appear(world, work, draw)
    return work


def _retitle(work: Work, relation: str, draw: Draw) -> None:
    en, zh = work.title
    if relation == "part_part":
        work.title = Term(f"{en}. Part II: further results", f"{zh}(Ⅱ):进一步的结果")
    elif relation == "correction_article":
        work.title, work.document_type = Term(f"Correction to: {en}", f"《{zh}》一文的更正"), "Correction"
    elif relation == "reply":
        work.title, work.document_type = Term(f'Reply to comment on "{en}"', f"对“{zh}”一文讨论的答复"), "Letter"
    elif relation == "annual":
        topic = work.study.discipline.topics[0]
        work.title = Term(f"Annual report on {topic.en.lower()} {work.year}", f"{work.year}年{topic.zh}年度报告")
    else:
        work.study = work.study.varied(draw, "o")
        work.title = work.study.title()
