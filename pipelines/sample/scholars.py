"""A direction of research with its scholars elsewhere: careers from doctorate to now, groups, namesakes, and their papers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines.sample import citations, names, university, works
from pipelines.sample.bylines import DEPARTMENTS
from pipelines.sample.draw import SCHOLARLY, SCHOLARS, Draw, Weighted
from pipelines.sample.model import Author, Work, World
from pipelines.sample.names import Name
from pipelines.sample.people import Person, orcid
from pipelines.sample.university import Institution, Place
from pipelines.sample.vocabulary import Discipline, Study, Term, disciplines, study

DISCIPLINE, OBJECTS = "environment", 6  # the direction: works on the first objects of a discipline
THIS_YEAR = 2026
FIRST_INDEX = 6_000_000  # numbers of these works, far from those of the university's own
MOST, FEWEST, CANDIDATES = 400, 24, 12
STAGES = Weighted(((1, 5), (6, 10), (11, 15), (16, 34)), (24, 30, 22, 24))
NAMESAKE, ELSEWHERE = 0.03, 0.22  # scholars with the name of another; papers outside the direction


@dataclass(frozen=True, slots=True)
class Stay:
    """A position somewhere from one year to another; `end` 0 while it lasts."""

    institution_id: str
    department: tuple[str, str]
    start: int
    end: int
    post: str


@dataclass(slots=True)
class Scholar:
    """Somebody who is not of the university. `advisor` is the number of another scholar, or -1; `quality` lifts citations."""

    number: int
    person: Person
    doctorate: int
    stays: tuple[Stay, ...]
    advisor: int
    quality: int
    rate: float
    candidate: bool = False
    works: list[tuple[Work, int]] = field(default_factory=list)  # with the position on the byline

    def stay(self, year: int) -> Stay:
        """Where the scholar was."""
        return next((s for s in reversed(self.stays) if s.start <= year), self.stays[0])

    @property
    def academic_age(self) -> int:
        """Years since the doctorate, the present one included."""
        return THIS_YEAR - self.doctorate + 1


def direction() -> tuple[Discipline, tuple[Term, ...], str]:
    """Discipline, objects and the search string."""
    about = disciplines()[DISCIPLINE]
    objects = about.terms["o"][:OBJECTS]
    return about, objects, "TS=(" + " OR ".join(f'"{t.en}"' for t in objects) + ")"


def pool(world: World) -> list[Scholar]:
    """One scholar to twenty works, some hundred at most; candidates come from all stages."""
    count = min(MOST, max(FEWEST, world.works // 20))
    found = [_scholar(world, n, count) for n in range(count)]
    draw = Draw.of(world.seed, SCHOLARS, 10**6)
    for scholar in found:
        if draw.chance(NAMESAKE):
            scholar.person.name = draw.pick(found).person.name
    stages = sorted(found, key=lambda s: (s.academic_age, s.number))
    for k in range(CANDIDATES):
        stages[k * len(stages) // CANDIDATES].candidate = True
    chinese = [s for s in found if s.candidate and s.person.name.zh]
    first, second, third = (chinese * 3)[:3]
    second.person.name = first.person.name  # two candidates with one name
    next(s for s in found if not s.candidate).person.name = third.person.name  # and a candidate with a stranger's
    return found


def _scholar(world: World, number: int, count: int) -> Scholar:
    draw = Draw.of(world.seed, SCHOLARS, number)
    low, high = STAGES.draw(draw)
    doctorate = THIS_YEAR + 1 - draw.between(low, high)
    first, second = draw.pick(_homes()), draw.pick(_homes())
    name = names.chinese(draw) if first.country == "China" or draw.chance(0.5) else names.foreign(draw, first.country)
    person = Person(f"X{number:05d}", "scholar", name, (), ())
    person.style = (
        draw.pick((names.JOINED, names.JOINED, names.HYPHEN, names.SPACED)) if len(name.given) > 1 else names.JOINED
    )
    if draw.chance(0.7):
        person.orcid = orcid(60_000 + number)
    if draw.chance(0.5):
        person.researcher_id = f"XQ{chr(65 + number % 26)}-{1000 + number}-{draw.between(2018, 2025)}"
    person.email = f"x{number}@{first.institution_id}.example"
    advisor = draw.below(count) if draw.chance(0.4) else -1
    rate = 0.12 + 0.6 * draw.random() ** 2
    quality = 1 + draw.below(4)
    return Scholar(number, person, doctorate, _stays(draw, first, second, doctorate), advisor, quality, rate)


def _stays(draw: Draw, first: Institution, second: Institution, doctorate: int) -> tuple[Stay, ...]:
    """Doctoral student, then a post, then perhaps another elsewhere."""
    here, there = draw.pick(DEPARTMENTS["science"]), draw.pick(DEPARTMENTS["engineering"])
    stays = [Stay(first.institution_id, here, doctorate - 5, doctorate, "博士生")]
    moved = doctorate + draw.between(2, 4)
    if moved >= THIS_YEAR or draw.chance(0.3):
        return (*stays, Stay(first.institution_id, here, doctorate, 0, "助理教授"))
    return (
        *stays,
        Stay(first.institution_id, here, doctorate, moved, "博士后"),
        Stay(second.institution_id, there, moved, 0, "教授"),
    )


def papers(world: World, found: list[Scholar]) -> Iterator[tuple[Work, bool]]:
    """Every paper of the pool with whether the search finds it; the scholars' own lists fill up on the way."""
    about, objects, _ = direction()
    index = FIRST_INDEX
    for lead in found:
        draw = Draw.of(world.seed, SCHOLARLY, lead.number)
        first = max(lead.doctorate - 2, THIS_YEAR - 14)
        years = [y for y in range(first, THIS_YEAR + 1) if draw.chance(lead.rate)]
        years += [draw.between(max(first, THIS_YEAR - 3), THIS_YEAR - 1)] * draw.chance(0.7)
        for year in sorted(years):
            inside = not draw.chance(ELSEWHERE)
            work = _paper(world, found, lead, year, index, draw, _study(draw, about, objects, inside))
            index += 1
            for position, author in enumerate(work.authors):
                if author.person is not None:
                    found[int(author.person.person_id[1:])].works.append((work, position))
            yield work, inside


def _study(draw: Draw, about: Discipline, objects: tuple[Term, ...], inside: bool) -> Study:
    found = study(draw, about)
    others = [t for t in about.terms["o"] if t not in objects]
    found.terms["o"] = draw.pick(objects) if inside else draw.pick(others)
    found.terms["q"] = draw.pick(
        [t for t in others if t != found.terms["o"]]
    )  # beside the object, never of the direction
    return found


def _paper(world: World, found: list[Scholar], lead: Scholar, year: int, index: int, draw: Draw, about: Study) -> Work:
    """A paper of a scholar with neighbours in the pool, strangers, and in the first years the advisor."""
    team = {lead.number: lead}
    for step in (1, 2, -1):
        other = found[(lead.number + step) % len(found)]
        if draw.chance(0.3) and other.doctorate - 4 <= year:
            team[other.number] = other
    if lead.advisor >= 0 and year <= lead.doctorate + 3 and draw.chance(0.8):
        team[lead.advisor] = found[lead.advisor]
    places: list[Place] = []
    authors: list[Author] = []
    for scholar in team.values():
        stay = scholar.stay(year)
        authors.append(_author(scholar.person.name, scholar.person.style, scholar.person, stay, places))
    for _ in range(draw.between(0, 3)):
        guest = names.chinese(draw) if draw.chance(0.6) else names.foreign(draw, "Germany")
        authors.insert(draw.between(1, len(authors)), _author(guest, names.JOINED, None, lead.stay(year), places))
    at = next(n for n, a in enumerate(authors) if a.person is lead.person)
    if draw.chance(0.45):  # the lead stands last and corresponds
        authors.append(authors.pop(at))
        at = len(authors) - 1
    month = draw.between(1, 8 if year == THIS_YEAR else 12)
    work = Work(index, "international", about, about.title(), year, month, authors, places, [at])
    works.appear(world, work, draw)
    if work.story is not None:
        scope = work.story.fields[-1]
        fates = [citations.story(draw, scope, year, 0.012 * lead.quality) for _ in range(lead.quality)]
        work.story = max((work.story, *fates), key=lambda s: s.tc)
    return work


def _author(name: Name, style: int, person: Person | None, stay: Stay, places: list[Place]) -> Author:
    place = Place(stay.institution_id, (), stay.department)
    if place not in places:
        places.append(place)
    return Author(name, style, person, (places.index(place),))


def _homes() -> list[Institution]:
    return [i for i in university.institutions().values() if i.kind not in ("own", "neighbour") and "Univ" in i.en]
