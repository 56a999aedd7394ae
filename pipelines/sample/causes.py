"""Why an address or a person is hard to decide: codes in truth/addresses.parquet and truth/persons.parquet, column `traits`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain

from pipelines.sample import university
from pipelines.sample.people import Person, Roster
from pipelines.sample.university import OWN, ROOT, Printed

ADDRESS_TRAITS = {
    "no_unit": "地址没有单位",
    "old_unit": "当年已改名、合并或拆分的单位",
    "several_units": "一个地址写了几个单位",
    "glued_units": "几个单位连写",
    "known_alias": "字典里有的别名",
    "unknown_alias": "字典里没有的别名",
    "misspelt": "拼写有错",
    "hospital_alone": "只写医院名，不写学校",
    "campus": "写了校区",
    "neighbour_university": "近名的别校",
}
PERSON_TRAITS = {
    "namesake_in_unit": "同一学院有同名人",
    "namesake_elsewhere": "外学院有同名人",
    "namesake_staff_student": "教工与学生同名",
    "pinyin_namesake": "汉字不同而拼音相同",
    "moved": "调动过单位",
    "left": "已离校",
    "former_name": "有曾用名",
}


@lru_cache(maxsize=65_536)
def of_address(printed: Printed, year: int) -> tuple[str, ...]:
    """Traits of one printed address in the year of its work."""
    text, home, unit_ids = printed
    if home != OWN:
        kind = university.institutions()[home].kind
        marks = ["neighbour_university"] if kind == "neighbour" else []
        return tuple(marks if _named(text, home) else [*marks, "misspelt"])
    marks = []
    if unit_ids == (ROOT,):
        marks.append("no_unit")
    elif len(unit_ids) > 1:
        marks.append("glued_units" if text.count("岭海大学") > 1 else "several_units")
    found = university.units()
    if any(found[u].end and found[u].end < f"{year}-01-01" for u in unit_ids):
        marks.append("old_unit")
    if any(found[u].kind == "campus" for u in unit_ids):
        marks.append("campus")
    if not _named(text, OWN):
        marks.append("hospital_alone" if "Cent Hosp" in text or "中心医院" in text else "misspelt")
        return tuple(marks)
    ways = {_written(text, u) for u in unit_ids if u != ROOT}
    return tuple(dict.fromkeys([*marks, *sorted(ways - {""})]))


def of_people(roster: Roster) -> Iterator[tuple[Person, list[str]]]:
    """Everybody with the traits of a person, among all that the rosters hold."""
    names: Counter[str] = Counter()
    sounds: dict[str, set[str]] = {}
    homes: Counter[tuple[str, str]] = Counter()
    kinds: dict[str, int] = {}
    for person in chain(roster.staff, roster.students):
        name = person.name.zh
        names[name] += 1
        homes[name, _college(person)] += 1
        kinds[name] = kinds.get(name, 0) | (1 if _is_student(person) else 2)
        sounds.setdefault(_sound(person), set()).add(name)
    for person in chain(roster.staff, roster.students):
        name = person.name.zh
        here = homes[name, _college(person)]
        facts = {
            "namesake_in_unit": here > 1,
            "namesake_elsewhere": names[name] > here,
            "namesake_staff_student": kinds[name] == 3,
            "pinyin_namesake": len(sounds[_sound(person)]) > 1,
            "moved": len({university.college_of(p.unit_id) for p in person.history}) > 1,
            "left": bool(person.history[-1].end),
            "former_name": bool(person.former_name),
        }
        yield person, [trait for trait, holds in facts.items() if holds]


def _sound(person: Person) -> str:
    return " ".join((person.name.family, *person.name.given))


def _college(person: Person) -> str:
    return university.college_of(person.history[-1].unit_id)


def _is_student(person: Person) -> bool:
    return person.kind in ("phd", "master", "undergraduate")


def _named(text: str, institution_id: str) -> bool:
    home = university.institutions()[institution_id]
    names = (home.zh, home.en, home.wos, home.en.replace("University", "Univ."))
    return any(n and (n in text or n.upper() in text) for n in names)


def _written(text: str, unit_id: str) -> str:
    """How a unit stands in an address: '' by its name, else the kind of alias, else misspelt."""
    for kind, forms in _forms(unit_id):
        if any(f in text or f.upper() in text for f in forms):
            return kind
    return "misspelt"


@cache
def _forms(unit_id: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    unit = university.units()[unit_id]
    kinds = (("", (unit.zh, unit.en)), ("known_alias", _all(unit.aliases)), ("unknown_alias", _all(unit.unknown)))
    return tuple((kind, tuple(f for n in names for f in _spellings(n))) for kind, names in kinds)


def _all(aliases: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(name for group in aliases.values() for name in group)


def _spellings(name: str) -> tuple[str, ...]:
    """In full, in the abbreviations of Web of Science, in those of Inspec."""
    short = university.abbreviated(name)
    return (name, short, short.replace("Engn", "Eng.").replace("Sch ", "Sch. of "))
