"""Staff and students of the fictional university: careers with dates, supervisors, identifiers, habits of writing one's name."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from pipelines.sample import names, university
from pipelines.sample.draw import PEOPLE, Draw, Weighted
from pipelines.sample.names import Name

TODAY = 2026.67  # the rosters were exported in September 2026
COLLEGE_SIZES = {
    "U001": 11, "U002": 7, "U003": 9, "U004": 9, "U005": 6, "U006": 7, "U007": 5, "U008": 4, "U009": 5, "U010": 6, "U011": 7, "U012": 4,
    "U013": 5, "U014": 5, "U015": 4, "U016": 5, "U017": 5, "U018": 4, "U019": 2, "U020": 2, "U021": 2, "U022": 3, "U801": 8, "U601": 1,
}  # fmt: skip
SPLIT_ON, FORMER_OF_SPLIT = "2016-06-30", "U032"
RANKS = Weighted(("教授", "副教授", "讲师", "助理研究员", "工程师"), (28, 36, 24, 8, 4))


@dataclass(frozen=True, slots=True)
class Post:
    """A unit and the time spent in it, ISO dates; end is empty while it lasts."""

    unit_id: str
    start: str
    end: str = ""


@dataclass(slots=True)
class Person:
    """A member of the university. `history` is what happened, `roster` what the personnel office wrote down."""

    person_id: str
    kind: str
    name: Name
    history: tuple[Post, ...]
    roster: tuple[Post, ...]
    rank: str = ""
    email: str = ""
    orcid: str = ""
    researcher_id: str = ""
    former_name: str = ""
    style: int = names.JOINED
    laboratory: str = ""
    supervisors: tuple[int, ...] = ()

    def unit_at(self, moment: str) -> str:
        """Unit on an ISO date; the last one for somebody who has left."""
        for post in self.history:
            if not post.end or moment <= post.end:
                return post.unit_id
        return self.history[-1].unit_id

    def active(self, moment: str) -> bool:
        """Whether the person belongs to the university on an ISO date."""
        return self.history[0].start <= moment and (not self.history[-1].end or moment <= self.history[-1].end)


@dataclass
class Roster:
    """Everybody, and who may write papers together."""

    staff: list[Person]
    students: Sequence[Person]
    by_college: dict[str, list[int]]
    students_of: Mapping[int, Sequence[int]]
    positions: dict[str, int] = field(default_factory=dict)
    _ends: dict[str, list[float]] = field(default_factory=dict)

    def students_at(self, lead: int, moment: str) -> list[Person]:
        """Students of a supervisor who may sign on the date."""
        return signing((self.students[n] for n in self.students_of.get(lead, ())), moment)

    def candidates(self, lead: int) -> list[Person]:
        """Students of a supervisor whose theses may be found."""
        return [self.students[n] for n in self.students_of.get(lead, ())]

    def lead(self, draw: Draw, college: str, moment: str) -> int | None:
        """A productive member of a college who is active on the date (index into staff)."""
        members = self.by_college.get(college, [])
        if not members:
            return None
        ends = self._ends.setdefault(college, list(accumulate(1 / (4 + rank) for rank in range(len(members)))))
        for _ in range(8):
            found = members[bisect(ends, draw.random() * ends[-1])]
            if self.staff[found].active(moment):
                return found
        return next((m for m in members if self.staff[m].active(moment)), None)


def roster(seed: int, works: int) -> Roster:
    """The people for a sample of so many works: 900 staff for 2,000 works, about 6,600 for 300,000."""
    count = round(min(900 * (works / 2000) ** 0.4, 12 + 3 * works))
    draw = Draw.of(seed, PEOPLE, 0)
    everybody = staff(draw, count)
    weights = tutors(everybody)
    students = [_student(draw, n, everybody, weights) for n in range(round(count * 10 / 3))]
    students_of: dict[int, list[int]] = {}
    for n, student in enumerate(students):
        for tutor in student.supervisors:
            students_of.setdefault(tutor, []).append(n)
    positions = {p.person_id: n for n, p in enumerate(everybody)}
    return Roster(everybody, students, by_college(everybody), students_of, positions)


def staff(draw: Draw, count: int) -> list[Person]:
    """So many members of staff, with deliberate namesakes in other colleges beside those that chance makes."""
    sizes = Weighted(tuple(COLLEGE_SIZES), tuple(COLLEGE_SIZES.values()))
    found = [_staff(draw, n, sizes.draw(draw)) for n in range(count)]
    for person in found:
        if draw.chance(0.012):
            person.name = draw.pick(found).name
    return found


def by_college(staff: list[Person]) -> dict[str, list[int]]:
    """Positions of the staff of each college, past members too."""
    found: dict[str, list[int]] = {}
    for n, person in enumerate(staff):
        for college in dict.fromkeys(university.college_of(p.unit_id) for p in person.history):
            found.setdefault(college, []).append(n)
    return found


def tutors(staff: list[Person]) -> Weighted[int]:
    """Positions of those who supervise; some have many students."""
    found = [
        n
        for n, p in enumerate(staff)
        if p.rank in ("教授", "副教授") and university.college_of(p.unit_at("2030")) != "U601"
    ]
    return Weighted(found, [1 / (5 + n % 97) for n in range(len(found))])


def signing(students: Iterable[Person], moment: str) -> list[Person]:
    """Those who study on the date, or did a year before: a graduate may still sign."""
    earlier = f"{int(moment[:4]) - 1}{moment[4:]}"
    return [s for s in students if s.active(moment) or s.active(earlier)]


def _staff(draw: Draw, number: int, college: str) -> Person:
    name = names.chinese(draw)
    hired = 1984 + int(42 * draw.random() ** 0.62)
    start = f"{hired}-{draw.pick(('03', '07', '09'))}-01"
    departments = [u.unit_id for u in university.units().values() if u.parent == college and not u.end]
    home = draw.pick(departments) if departments and draw.chance(0.55) else college
    end = ""
    if hired < 1990 or draw.chance(0.07):
        end = f"{min(2026, max(hired + 2, draw.between(2008, 2026)))}-{draw.pick(('06-30', '12-31'))}"
    history, shown = _career(draw, home, college, start, end)
    person = Person(
        f"{hired}{number % 10000:04d}{number // 10000 or ''}", "staff", name, history, shown, RANKS.draw(draw)
    )
    if person.rank == "助理研究员" and draw.chance(0.5):
        person.kind, person.rank = "postdoc", "博士后"
    person.laboratory = _laboratory(draw, college)
    if draw.chance(0.9):
        person.email = (
            f"{''.join(name.given).replace('ü', 'v').lower()}{name.family[0].lower()}{number}@linghai.example"
        )
    if draw.chance(0.45):
        person.orcid = orcid(number)
    if draw.chance(0.2):
        letters = "".join(chr(65 + draw.below(26)) for _ in range(3))
        person.researcher_id = f"{letters}-{draw.between(1000, 9999)}-{draw.between(2018, 2025)}"
    if draw.chance(0.015):
        person.former_name = name.zh[0] + names.chinese(draw).zh[-1]
    person.style = _style(draw, name)
    return person


def _career(draw: Draw, home: str, college: str, start: str, end: str) -> tuple[tuple[Post, ...], tuple[Post, ...]]:
    """What happened and what the roster shows: splits are kept as two rows, a merger sometimes, a renaming seldom; few people move."""
    former = {
        "U001": ("U031", "2018-06-30", 0.35, 0.4),
        "U005": ("U032", SPLIT_ON, 1.0, 0.7),
        "U006": ("U032", SPLIT_ON, 1.0, 0.7),
        "U010": ("U033", "2019-12-31", 1.0, 0.1),
    }
    if college in former:
        old, until, share, shown = former[college]
        if start < until and draw.chance(share):
            if end and end <= until:
                return (Post(old, start, end),), (Post(old, start, end),)
            history = (
                Post(old, start, until),
                Post(home, university.units()[college].start if college != "U001" else "2018-07-01", end),
            )
            return history, history if draw.chance(shown) else (Post(home, start, end),)
    if draw.chance(0.05) and start < "2018":
        other = draw.pick([u for u in COLLEGE_SIZES if u not in (college, "U601") and u not in former])
        moved = draw.between(max(2012, int(start[:4]) + 2), 2022)
        if not end or int(end[:4]) > moved:
            history = (Post(home, start, f"{moved}-08-31"), Post(other, f"{moved}-09-01", end))
            return history, history
    return (Post(home, start, end),), (Post(home, start, end),)


def _student(draw: Draw, number: int, staff: list[Person], tutors: Weighted[int]) -> Person:
    name = names.chinese(draw)
    kind = Weighted(("phd", "master", "undergraduate"), (30, 60, 10)).draw(draw)
    entry = 2009 + int(18 * draw.random() ** 0.8)
    tutor = tutors.draw(draw)
    for _ in range(12):
        if staff[tutor].active(f"{entry}-09-01"):
            break
        tutor = tutors.draw(draw)
    second = tutors.draw(draw)
    both = (tutor, second) if draw.chance(0.07) and second != tutor else (tutor,)
    return student(draw, number, name, kind, entry, both, staff)


def student(
    draw: Draw, number: int, name: Name, kind: str, entry: int, supervisors: tuple[int, ...], staff: list[Person]
) -> Person:
    """A student of one or two supervisors, in the college where the first one was then."""
    years = {"phd": draw.pick((4, 4, 5, 6)), "master": 3, "undergraduate": 4}[kind]
    end = f"{entry + years}-06-30" if entry + years <= 2026 else ""
    college = university.college_of(staff[supervisors[0]].unit_at(f"{entry}-09-01"))
    post = (Post(college, f"{entry}-09-01", end),)
    person = Person(
        f"{entry}{ {'phd': 1, 'master': 2, 'undergraduate': 3}[kind] }{number:05d}",
        kind,
        name,
        post,
        post,
        supervisors=supervisors,
    )
    if draw.chance(0.25):
        person.email = f"s{person.person_id}@mail.linghai.example"
    if draw.chance(0.12):
        person.orcid = orcid(20000 + number)
    person.style = _style(draw, name)
    return person


def _style(draw: Draw, name: Name) -> int:
    if name.english and draw.chance(0.6):
        return names.ENGLISH
    return draw.pick((names.JOINED,) * 8 + (names.HYPHEN, names.SPACED)) if len(name.given) > 1 else names.JOINED


def _laboratory(draw: Draw, college: str) -> str:
    shares = {
        "U011": ("U901", 0.25),
        "U012": ("U901", 0.4),
        "U015": ("U901", 0.2),
        "U002": ("U902", 0.3),
        "U003": ("U902", 0.15),
    }
    lab, share = shares.get(college, ("", 0.0))
    return lab if draw.chance(share) else ""


def orcid(number: int) -> str:
    """A well-formed ORCID of a block that is not issued (0000-0008-…)."""
    digits = f"00000008{number * 4793 % 10**7:07d}"
    total = 0
    for d in digits:
        total = (total + int(d)) * 2
    check = (12 - total % 11) % 11
    text = digits + ("X" if check == 10 else str(check))
    return "-".join(text[i : i + 4] for i in range(0, 16, 4))
