"""Journals and conferences in which the sample's works appear."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipelines.sample import tables


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal with its names and habits. `kind`: international, bilingual (Chinese, indexed in English) or chinese."""

    journal_id: str
    discipline: str
    kind: str
    en: str
    zh: str
    issn: str
    eissn: str
    field: str
    j9: str
    iso: str
    ei_abbreviation: str
    publisher: str
    publisher_city: str
    publisher_address: str
    ei_publisher: str
    doi_prefix: str
    categories: str
    areas: str
    in_wos: bool
    in_ei: bool
    cn: str
    first_year: int
    by_article: bool


@dataclass(frozen=True, slots=True)
class Conference:
    """A yearly conference."""

    conference_id: str
    discipline: str
    name: str
    acronym: str
    in_ei: bool
    first_year: int


@cache
def journals() -> dict[tuple[str, str], tuple[Journal, ...]]:
    """Journals by discipline and kind."""
    named = {r["journal_id"]: r for r in tables.dictionary("journals")}
    found: dict[tuple[str, str], tuple[Journal, ...]] = {}
    for v in tables.rows("venues"):
        n = named[v["journal_id"]]
        printed = (
            v["j9"],
            v["iso"],
            v["ei_abbreviation"],
            v["publisher"],
            v["publisher_city"],
            v["publisher_address"],
            v["ei_publisher"],
        )
        journal = Journal(
            v["journal_id"], v["discipline"], v["kind"], n["title_en"], n["title_zh"], n["issn"], n["eissn"], n["esi_field"],
            *printed, v["doi_prefix"], v["categories"], v["areas"], v["in_wos"] == "1", v["in_ei"] == "1", v["cn"],
            int(v["first_year"]), v["paging"] == "article",
        )  # fmt: skip
        key = (v["discipline"], v["kind"])
        found[key] = (*found.get(key, ()), journal)
    return found


@cache
def multidisciplinary() -> Journal:
    """The one journal whose papers ESI assigns to fields one by one."""
    return journals()["*", "international"][0]


@cache
def conferences() -> dict[str, tuple[Conference, ...]]:
    """Conferences by discipline."""
    found: dict[str, tuple[Conference, ...]] = {}
    for r in tables.rows("conferences"):
        one = Conference(
            r["conference_id"], r["discipline"], r["name"], r["acronym"], r["in_ei"] == "1", int(r["first_year"])
        )
        found[r["discipline"]] = (*found.get(r["discipline"], ()), one)
    return found


def ordinal(number: int) -> str:
    """12th, 21st."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
