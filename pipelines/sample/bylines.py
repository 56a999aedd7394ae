"""Who signs a work, and with which addresses: supervisors with their students, colleagues, partners from elsewhere."""

from __future__ import annotations

from functools import lru_cache

from pipelines.sample import names, university
from pipelines.sample.draw import OUTSIDERS, Draw, Weighted
from pipelines.sample.model import Author, World
from pipelines.sample.names import Name
from pipelines.sample.people import Person
from pipelines.sample.university import OWN, Institution, Place
from pipelines.sample.vocabulary import Discipline

GUEST_SHARE = 0.06
Byline = tuple[list[Author], list[Place], list[int]]
TEAM_SIZES = {
    "engineering": Weighted((1, 2, 3, 4, 5, 6, 7), (2, 8, 20, 27, 23, 13, 7)),
    "science": Weighted((1, 2, 3, 4, 5, 6, 7, 8), (6, 14, 19, 20, 17, 12, 7, 5)),
    "life": Weighted((2, 3, 4, 5, 6, 7, 8, 9, 11, 14), (4, 9, 14, 18, 18, 14, 10, 7, 4, 2)),
    "social": Weighted((1, 2, 3, 4, 5), (22, 38, 27, 10, 3)),
}
# Department of an outsider: English and Chinese name by group of disciplines
DEPARTMENTS = {
    "engineering": (
        ("School of Engineering", "工程学院"),
        ("Department of Mechanical Engineering", "机械工程系"),
        ("School of Computer Science", "计算机学院"),
        ("", ""),
    ),
    "science": (
        ("School of Chemistry", "化学学院"),
        ("Department of Physics", "物理系"),
        ("School of Mathematics", "数学学院"),
        ("", ""),
    ),
    "life": (
        ("School of Life Science", "生命科学学院"),
        ("School of Medicine", "医学院"),
        ("Department of Biotechnology", "生物技术系"),
        ("", ""),
    ),
    "social": (("School of Management", "管理学院"), ("Department of Public Administration", "公共管理系"), ("", "")),
}


def byline(world: World, draw: Draw, college: str, discipline: Discipline, moment: str) -> Byline:
    """Authors, places and corresponding authors of a work led from one of our colleges."""
    lead = world.roster.lead(draw, college, moment)
    if lead is None:
        lead = next((n for n, p in enumerate(world.roster.staff) if p.active(moment)), 0)
    count = TEAM_SIZES[discipline.group].draw(draw)
    own = _own_team(world, draw, lead, college, moment, count)
    outsiders = 0 if count == 1 else sum(draw.chance(0.33) for _ in range(2)) if draw.chance(0.5) else 0
    own = _with_lead(own[: max(1, count - outsiders)], world.roster.staff[lead])
    if draw.chance(0.10) and count > 2:  # a second college of ours
        other = world.roster.lead(draw, draw.pick(list(world.roster.by_college)), moment)
        if other is not None and other != lead:
            own.append(world.roster.staff[other])
    signed = _signed(own, moment, draw)
    if len(signed) > 1 and draw.chance(GUEST_SHARE):  # somebody of ours whom the rosters do not hold
        name = draw.pick(world.roster.staff).name if draw.chance(0.2) else names.chinese(draw)
        at = draw.below(len(signed))
        if signed[at][2] is not world.roster.staff[lead]:
            signed[at] = (name, names.JOINED, None, list(signed[at][3]))
    for k in range(outsiders):
        name, place = outsider(world.seed, lead * 8 + draw.below(5), discipline.group)
        signed.insert(draw.between(1, len(signed)), (name, names.JOINED, None, [place]))
        if k == 0 and draw.chance(0.12):  # one of ours who also signs with the partner
            signed[0][3].append(place)
    return _numbered(signed, world.roster.staff[lead], draw)


def neighbours(world: World, draw: Draw, discipline: Discipline) -> Byline:
    """A work of a neighbour with a confusable name, delivered because the search was too wide."""
    near = [i.institution_id for i in university.institutions().values() if i.kind == "neighbour"]
    home = Place(draw.pick(near), (), draw.pick(DEPARTMENTS[discipline.group]))
    signed: list[tuple[Name, int, Person | None, list[Place]]] = []
    for _ in range(draw.between(1, 5)):
        name = (
            draw.pick(world.roster.staff).name if draw.chance(0.15) else names.chinese(draw)
        )  # namesakes of our people
        signed.append((name, names.JOINED, None, [home]))
    return _numbered(signed, None, draw)


@lru_cache(maxsize=8192)
def outsider(seed: int, number: int, group: str) -> tuple[Name, Place]:
    """A recurring partner: the same number is the same person."""
    draw = Draw.of(seed, OUTSIDERS, number)
    home = draw.pick(_partners())
    name = names.chinese(draw) if home.country == "China" else names.foreign(draw, home.country)
    plain = home.zh.endswith(("公司", "研究院", "研究所", "科学院", "医院"))
    return name, Place(home.institution_id, (), ("", "") if plain else draw.pick(DEPARTMENTS[group]))


@lru_cache(maxsize=1)
def _partners() -> tuple[Institution, ...]:
    every = [i for i in university.institutions().values() if i.kind != "own"]
    chinese = [i for i in every if i.country == "China"]
    return (*every, *chinese)


def _own_team(world: World, draw: Draw, lead: int, college: str, moment: str, count: int) -> list[Person]:
    """First author, others, and the lead in the last place, as groups write."""
    roster = world.roster
    students = roster.students_at(lead, moment)
    members = roster.by_college.get(college, [lead])
    at = members.index(lead) if lead in members else 0
    circle = [roster.staff[members[(at + k) % len(members)]] for k in (1, 2, 3, 5, 8) if len(members) > k]
    colleagues = [p for p in circle if p.active(moment) and p is not roster.staff[lead]]
    others = draw.some(students, max(0, count - 2)) + draw.some(colleagues, 2)
    if count == 1 or not others:
        return [roster.staff[lead]]
    team = others[: count - 1]
    return [roster.staff[lead], *team] if draw.chance(0.3) else [*team, roster.staff[lead]]


def _with_lead(team: list[Person], lead: Person) -> list[Person]:
    return team if any(p is lead for p in team) else [*team[:-1], lead]


def _signed(own: list[Person], moment: str, draw: Draw) -> list[tuple[Name, int, Person | None, list[Place]]]:
    shared = draw.random()  # most teams sign in one manner
    found: dict[str, tuple[Name, int, Person | None, list[Place]]] = {}
    for person in own:
        style = person.style if draw.chance(0.93) else draw.pick((names.JOINED, names.HYPHEN, names.INITIALS))
        name = person.name
        if person.former_name and moment < f"{person.history[0].start[:3]}9":
            name = Name(person.former_name, name.family, name.given, name.english, name.umlaut)
        found[person.person_id] = (name, style, person, [_home(person, moment, shared)])
    return list(found.values())


def _home(person: Person, moment: str, shared: float) -> Place:
    """The units a person signs with: college, department, key laboratory, campus or the bare university."""
    unit = person.unit_at(moment)
    if moment[:4] in ("2016", "2017", "2020") and shared > 0.8:  # old names live on for a year
        unit = person.unit_at(f"{int(moment[:4]) - 1}-01-01")
    if person.laboratory and shared < 0.35:
        return Place(OWN, (person.laboratory,)) if shared < 0.15 else Place(OWN, (unit, person.laboratory))
    if shared > 0.965:
        return Place(OWN)
    if shared > 0.94:
        return Place(OWN, (unit, "U702"))
    if shared > 0.55:
        return Place(OWN, (university.college_of(unit),))
    return Place(OWN, (unit,))


def _numbered(signed: list[tuple[Name, int, Person | None, list[Place]]], lead: Person | None, draw: Draw) -> Byline:
    places: list[Place] = []
    authors: list[Author] = []
    for name, style, person, homes in signed:
        for home in homes:
            if home not in places:
                places.append(home)
        authors.append(Author(name, style, person, tuple(dict.fromkeys(places.index(h) for h in homes))))
    corresponding = [n for n, a in enumerate(authors) if a.person is lead and lead is not None] or [len(authors) - 1]
    if len(authors) > 2 and draw.chance(0.14):
        corresponding.append((corresponding[0] + 1) % len(authors))
    return authors, places, corresponding
