"""The fictional university, its neighbours and partners: units with dates, and how each database prints an address."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from pipelines.sample import tables
from pipelines.sample.draw import Draw
from pipelines.sample.tables import OWN as OWN

COUNTRIES_WOS = {"China": "Peoples R China"}
COUNTRIES_EI = {
    "USA": "United States",
    "England": "United Kingdom",
    "Scotland": "United Kingdom",
    "Russia": "Russian Federation",
    "South Korea": "Korea, Republic of",
}
COUNTRIES_ESI = {"China": "CHINA MAINLAND"}
ROOT = "U000"
KNOWN_ALIAS, UNKNOWN_ALIAS, MISSPELT, NO_UNIT = 0.10, 0.025, 0.012, 0.03  # shares of printed addresses of ours


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the university with its dates and the other names it is printed under, by language."""

    unit_id: str
    zh: str
    en: str
    kind: str
    parent: str
    start: str
    end: str
    change: str
    successor: str
    aliases: dict[str, tuple[str, ...]] = field(hash=False, default_factory=dict)
    unknown: dict[str, tuple[str, ...]] = field(hash=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class Institution:
    """A university, hospital, academy or company."""

    institution_id: str
    zh: str
    en: str
    kind: str
    country: str
    city: str
    city_zh: str
    postcode: str
    wos: str


class Place(NamedTuple):
    """Where an author works, before any database prints it: own units (finest only) or a department of elsewhere."""

    institution_id: str
    units: tuple[str, ...] = ()
    department: tuple[str, str] = ("", "")
    noise: str = ""  # hard mode: "slip" in the printed address, "glued" to the next one


class Printed(NamedTuple):
    """One printed address with its truth."""

    text: str
    institution_id: str
    units: tuple[str, ...]


@cache
def units() -> dict[str, Unit]:
    """Every unit by id, closed ones too."""
    aliases = _by_unit(tables.dictionary("unit_aliases"))
    unknown = _by_unit(tables.rows("unknown_aliases"))
    found = {}
    for r in tables.dictionary("units"):
        uid = r["unit_id"]
        basic = (
            uid,
            r["name_zh"],
            r["name_en"],
            r["unit_kind"],
            r["parent_id"],
            r["valid_from"],
            r["valid_to"],
            r["change"],
            r["successor_id"],
        )
        found[uid] = Unit(*basic, aliases.get(uid, {}), unknown.get(uid, {}))
    return found


@cache
def institutions() -> dict[str, Institution]:
    """Every institution by id."""
    places = {r["institution_id"]: r for r in tables.rows("places")}
    found = {}
    for r in tables.dictionary("institutions"):
        p = places[r["institution_id"]]
        names = (r["institution_id"], r["name_zh"], r["name_en"], r["kind"], r["country"])
        found[r["institution_id"]] = Institution(*names, p["city"], p["city_zh"], p["postcode"], p["wos_name"])
    return found


@cache
def college_of(unit_id: str) -> str:
    """The college, hospital or laboratory directly below the university that a unit belongs to, as it was."""
    unit = units()[unit_id]
    return unit_id if unit.parent in ("", ROOT) else college_of(unit.parent)


@cache
def current(unit_id: str) -> str:
    """The unit that stands in for a merged or renamed one today; a split unit stays itself."""
    unit = units()[unit_id]
    return current(unit.successor) if unit.successor else unit_id


def colleges_of(unit_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Today's colleges (and hospital) of printed units."""
    found = {current(college_of(u)) for u in unit_ids}
    return tuple(sorted(u for u in found if units()[u].kind in ("college", "hospital")))


@cache
def abbreviated(name: str) -> str:
    """A name in the address abbreviations of Web of Science: Sch Chem Engn."""
    short = {r["word"]: r["abbreviation"] for r in tables.rows("wos_abbreviations")}
    return " ".join(
        short.get(w, w) for w in name.replace(",", "").split() if w not in ("of", "The", "the", "for", "in")
    )


def wos(place: Place, draw: Draw) -> Printed:
    """`Linghai Univ, Sch Chem Engn, Linghai 599000, Peoples R China`."""
    home = institutions()[place.institution_id]
    country = COUNTRIES_WOS.get(home.country, home.country)
    tail = f"{home.city} {home.postcode}".strip()
    if place.institution_id != OWN:
        parts = [home.wos, abbreviated(place.department[0]), tail, country]
        return Printed(", ".join(p for p in parts if p), place.institution_id, ())
    chain, printed = _own_names(place, "en", draw)
    if "U801" in {college_of(u) for u in printed} and draw.chance(0.25):
        return Printed(f"Linghai Cent Hosp, {tail}, {country}", OWN, ("U801",))
    names = [abbreviated(n) for n in chain]
    head = "Linghai Unvi" if draw.chance(0.002) else home.wos
    return Printed(", ".join([head, *names, tail, country]), OWN, printed)


def wos_upper(place: Place) -> Printed:
    """`LINGHAI UNIV,SCH CHEM ENGN,LINGHAI 599000,PEOPLES R CHINA`: records of the 1980s and 1990s."""
    printed = wos(Place(place.institution_id, place.units[:1], place.department), _QUIET)
    return Printed(printed.text.upper().replace(", ", ","), printed.institution_id, printed.units)


def ei(place: Place, draw: Draw, *, inspec: bool = False) -> Printed:
    """`School of Chemical Engineering, Linghai University, Linghai, China`, finest unit first."""
    home = institutions()[place.institution_id]
    country = COUNTRIES_EI.get(home.country, home.country)
    city = f"{home.city}, {home.postcode}" if home.postcode and draw.chance(0.6) else home.city
    if place.institution_id != OWN:
        chain: tuple[str, ...] = (place.department[0],) if place.department[0] else ()
        units_printed: tuple[str, ...] = ()
    else:
        names, units_printed = _own_names(place, "en", draw)
        chain = tuple(reversed(names))
    if inspec:
        short = [f"{abbreviated(n).replace('Engn', 'Eng.').replace('Sch ', 'Sch. of ')}" for n in chain]
        return Printed(
            ", ".join([*short, home.en.replace("University", "Univ."), home.city, country]),
            place.institution_id,
            units_printed,
        )
    return Printed(", ".join([*chain, home.en, city, country]), place.institution_id, units_printed)


def cnki(place: Place, draw: Draw) -> Printed:
    """`岭海大学化工学院过程装备与控制系`: no blanks, widest unit first."""
    home = institutions()[place.institution_id]
    if place.institution_id != OWN:
        return Printed(f"{home.zh}{place.department[1]}" if home.zh else home.en, place.institution_id, ())
    names, printed = _own_names(place, "zh", draw)
    if printed == ("U801",) and draw.chance(0.2):
        return Printed("岭海市中心医院", OWN, printed)
    return Printed(home.zh + "".join(names), OWN, printed)


def _own_names(place: Place, language: str, draw: Draw) -> tuple[list[str], tuple[str, ...]]:
    """Names from wide to fine, and the units they stand for."""
    if not place.units or draw.chance(NO_UNIT):
        return [], (ROOT,)
    names: list[str] = []
    for unit_id in place.units:
        unit = units()[unit_id]
        if unit.parent not in ("", ROOT):
            names.append(_name(units()[unit.parent], language, draw))
        names.append(_name(unit, language, draw))
    return names, place.units


def _name(unit: Unit, language: str, draw: Draw) -> str:
    chance = draw.random()
    plain = unit.zh if language == "zh" else unit.en
    if chance < KNOWN_ALIAS and unit.aliases.get(language):
        return draw.pick(unit.aliases[language])
    if KNOWN_ALIAS < chance < KNOWN_ALIAS + UNKNOWN_ALIAS and unit.unknown.get(language):
        return draw.pick(unit.unknown[language])
    if chance > 1 - MISSPELT and language == "en":
        at = draw.between(len(plain) // 2, len(plain) - 3)
        return plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :]
    return plain


def _by_unit(lines: tuple[dict[str, str], ...]) -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for r in lines:
        if (
            "Central Hospital" not in r["alias"] and "中心医院" not in r["alias"]
        ):  # those stand without the university's name
            known = found.setdefault(r["unit_id"], {})
            known[r["language"]] = (*known.get(r["language"], ()), r["alias"])
    return found


class _Quiet(Draw):
    """Draws that choose the plainest form."""

    def random(self) -> float:
        """Always the middle."""
        return 0.5


_QUIET = _Quiet()
