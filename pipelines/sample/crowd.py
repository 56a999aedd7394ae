"""The people of hard mode: 6,000 staff and 200,000 students who share a few thousand names. Students are made when asked for."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import overload

from pipelines.sample import names, people
from pipelines.sample.draw import CROWD, Draw, Weighted
from pipelines.sample.names import Name
from pipelines.sample.people import Person, Roster

FULL_WORKS, FULL_STAFF, FULL_STUDENTS = 300_000, 6_000, 200_000
COMMON_NAMES, COMMON_STAFF, COMMON_STUDENTS, SAME_COLLEGE = 3_000, 0.3, 0.5, 0.006
KINDS = Weighted(("phd", "master", "undergraduate"), (14, 40, 46))
_ENTRIES = 12  # entry years that are tried for a tutor in post


class Students(Sequence[Person]):
    """Students by number. Only tutors and entry years are held: five bytes a student."""

    def __init__(self, seed: int, staff: list[Person], count: int) -> None:
        self._seed, self._staff = seed, staff
        self._tutors, self._entries = _enrolled(seed, staff, count)
        self._pool = _pool(seed)
        self._made = lru_cache(maxsize=4096)(self._make)

    def __len__(self) -> int:
        return len(self._tutors)

    @overload
    def __getitem__(self, at: int) -> Person: ...
    @overload
    def __getitem__(self, at: slice) -> list[Person]: ...
    def __getitem__(self, at: int | slice) -> Person | list[Person]:
        """Student number `at`: the same person every time."""
        if isinstance(at, slice):
            return [self._made(n) for n in range(*at.indices(len(self)))]
        return self._made(at)

    def __iter__(self) -> Iterator[Person]:
        return (self._make(n) for n in range(len(self)))

    def entry(self, number: int) -> int:
        """Year in which a student came."""
        return 2000 + self._entries[number]

    def tutor(self, number: int) -> int:
        """Position of a student's supervisor among the staff."""
        return self._tutors[number]

    def _make(self, number: int) -> Person:
        draw = Draw.of(self._seed, CROWD, (1 << 40) + number)
        tutor = self._tutors[number]
        name = self._pool.draw(draw) if draw.chance(COMMON_STUDENTS) else names.chinese(draw)
        kind = KINDS.draw(draw)
        second = draw.below(len(self._staff)) if draw.chance(0.07) else tutor
        both = tuple(dict.fromkeys((tutor, second)))
        return people.student(draw, number, name, kind, self.entry(number), both, self._staff)


class Crowd(Roster):
    """A roster whose students are many: those of a supervisor are chosen by year before they are made."""

    students: Students

    def students_at(self, lead: int, moment: str) -> list[Person]:
        """Up to a dozen students of a supervisor who may sign on the date."""
        year = int(moment[:4])
        near = [n for n in self.students_of.get(lead, ()) if 0 <= year - self.students.entry(n) <= 6]
        start = (year * 7 + lead) % max(1, len(near))
        chosen = [self.students[n] for n in (near[start:] + near[:start])[:12]]
        return people.signing(chosen, moment)

    def candidates(self, lead: int) -> list[Person]:
        """Students of a supervisor whose theses may be found."""
        return [self.students[n] for n in self.students_of.get(lead, ())[:40:3]]


def roster(seed: int, works: int) -> Crowd:
    """The people for a hard sample of so many works; all of them from 300,000 works on."""
    count = round(min(FULL_STAFF, 900 * (works / 2000) ** 0.4, 12 + 3 * works))
    draw = Draw.of(seed, CROWD, 0)
    plain = people.staff(draw, count)
    pool = _pool(seed)
    for n, person in enumerate(plain):
        if draw.chance(COMMON_STAFF):
            person.name = pool.draw(draw)
        if n and draw.chance(SAME_COLLEGE):  # namesakes in one college: hired side by side
            person.name = plain[n - 1].name
            person.history = person.roster = plain[n - 1].history
    share = min(1.0, works / FULL_WORKS) ** 0.8
    students = Students(seed, plain, round(max(count * 2, FULL_STUDENTS * share)))
    of: dict[int, array[int]] = {}
    for n in range(len(students)):
        of.setdefault(students.tutor(n), array("i")).append(n)
    return Crowd(plain, students, people.by_college(plain), of, {p.person_id: n for n, p in enumerate(plain)})


@lru_cache(maxsize=2)
def _pool(seed: int) -> Weighted[Name]:
    """A few thousand names that many people bear."""
    draw = Draw.of(seed, CROWD, 1)
    return Weighted([names.chinese(draw) for _ in range(COMMON_NAMES)], [1 / (n + 300) for n in range(COMMON_NAMES)])


def _enrolled(seed: int, staff: list[Person], count: int) -> tuple[array[int], bytearray]:
    draw = Draw.of(seed, CROWD, 2)
    tutors = people.tutors(staff)
    found, entries = array("i"), bytearray()
    for _ in range(count):
        entry = 2009 + int(18 * draw.random() ** 0.8)
        tutor = tutors.draw(draw)
        for _ in range(_ENTRIES):
            if staff[tutor].active(f"{entry}-09-01"):
                break
            tutor = tutors.draw(draw)
        found.append(tutor)
        entries.append(entry - 2000)
    return found, entries
