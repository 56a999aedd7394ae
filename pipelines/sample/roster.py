"""Writes the rosters as a personnel office and a graduate school would: staff, students, units, mail recipients."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipelines.sample import names, sheets, tables, university
from pipelines.sample.people import Person, Roster

STAFF = tables.listed("roster_staff")
STUDENTS = tables.listed("roster_students")
UNITS = tables.listed("roster_units")
RECIPIENTS = tables.listed("roster_recipients")
KINDS = {"staff": "在编教师", "postdoc": "博士后", "phd": "博士", "master": "硕士", "undergraduate": "本科"}
UNIT_KINDS = {
    "university": "学校",
    "college": "学院",
    "department": "系",
    "laboratory": "实验室",
    "hospital": "医院",
    "campus": "校区",
    "office": "机关直属",
}
CHANGES = {"renamed": "更名", "merged": "合并", "split": "拆分", "closed": "撤销", "": ""}


def write(folder: Path, people: Roster) -> dict[str, int]:
    """The four sheets; returns rows per sheet."""
    return {
        "staff": sheets.table(folder / "教职工名单_20260901.xlsx", "教职工", STAFF, _staff(people.staff)),
        "students": sheets.table(folder / "学生名单_20260901.xlsx", "学生", STUDENTS, _students(people)),
        "units": sheets.table(folder / "单位表_20260901.xlsx", "单位", UNITS, _units()),
        "recipients": sheets.table(folder / "报告收件人.xlsx", "收件人", RECIPIENTS, _recipients(people)),
    }


def _staff(staff: list[Person]) -> Iterator[tuple[str, ...]]:
    for number, p in enumerate(staff):
        for n, post in enumerate(p.roster):
            unit = university.units()[post.unit_id]
            shown = (
                p.person_id,
                p.name.zh,
                _english(p, number),
                p.former_name,
                post.unit_id,
                unit.zh,
                p.rank,
                KINDS[p.kind],
            )
            contact = (p.email, p.orcid) if n == len(p.roster) - 1 else (p.email, "")
            yield (*shown, post.start, post.end, *contact)


def _students(people: Roster) -> Iterator[tuple[str, ...]]:
    for number, p in enumerate(people.students):
        post = p.roster[0]
        tutors = ";".join(people.staff[s].person_id for s in p.supervisors)
        yield (
            p.person_id,
            p.name.zh,
            _english(p, number),
            post.unit_id,
            KINDS[p.kind],
            post.start,
            post.end,
            tutors,
            p.email,
        )


def _english(person: Person, number: int) -> str:
    """Offices are not of one mind: surname first, surname last, capitals, or nothing."""
    name, kind = person.name, number * 7 % 10
    if name.english and kind < 7:
        return f"{name.english} {name.surname()}"
    if kind < 6:
        return names.inverted_zh(name)
    if kind < 8:
        return f"{name.forename()} {name.surname()}"
    return f"{name.surname().upper()} {name.forename()}" if kind < 9 else ""


def _units() -> Iterator[tuple[str, ...]]:
    for u in university.units().values():
        yield (u.unit_id, u.zh, u.en, UNIT_KINDS[u.kind], u.parent, u.start, u.end, CHANGES[u.change], u.successor)


def _recipients(people: Roster) -> Iterator[tuple[str, ...]]:
    for unit in university.units().values():
        if unit.end or unit.kind not in ("college", "hospital"):
            continue
        members = [
            people.staff[m] for m in people.by_college.get(unit.unit_id, ()) if not people.staff[m].roster[-1].end
        ]
        for person in [m for m in members if m.email][:2]:
            yield (unit.unit_id, "esi_push", "学院版", person.name.zh, person.email, "2025-01-01", "")
    yield ("U000", "esi_push", "学校版", "科研秘书", "research@linghai.example", "2025-01-01", "")
