"""Journals and conferences in which the sample's works appear."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from zlib import crc32

from pipelines.sample import tables, vocabulary


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


# Journals that no dictionary of the university lists (hard mode): English and Chinese name, J9, ISO; {t} a topic of the discipline
_UNLISTED = {
    "international": (
        ("Calder {t} Review", "", "CALDER {s} REV", "Calder {i} Rev."),
        ("Westmark Journal of {t}", "", "WESTMARK J {s}", "Westmark J. {i}"),
    ),
    "bilingual": (("Nanling {t} Studies", "南岭{t}研究", "NANLING {s} STUD", "Nanling {i} Stud."),),
    "chinese": (("{t} Herald (Donglin)", "{t}学刊(东麟版)", "{s} HERALD DONGLIN", "{i} Her. (Donglin)"),),
}
_TOPICS_USED = {"international": 4, "bilingual": 2, "chinese": 4}
LISTED_TIMES = {
    "international": 1,
    "bilingual": 2,
    "chinese": 1,
}  # listed journals take that many places among the unlisted
RENAMED_IN = 2016


@cache
def journals(unlisted: bool = False) -> dict[tuple[str, str], tuple[Journal, ...]]:
    """Journals by discipline and kind; in hard mode also those that the dictionaries do not list."""
    found = _listed()
    if not unlisted:
        return found
    return {
        (d, kind): (*listed * LISTED_TIMES.get(kind, 1), *_invented(d, kind, listed[0])) if d != "*" else listed
        for (d, kind), listed in found.items()
    }


def former(journal: Journal) -> Journal:
    """The journal under the title it bore before RENAMED_IN; itself when it always had its title."""
    if crc32(journal.journal_id.encode()) % 6 or journal.first_year >= RENAMED_IN - 5:
        return journal
    topic = vocabulary.disciplines()[journal.discipline].topics[-1]
    names = (f"{topic.en} Communications of Seaport", f"海港{topic.zh}通讯" if journal.zh else "")
    short = " ".join(w[:5] for w in topic.en.split() if w != "and")
    iso = f"{' '.join(f'{w}.' for w in short.split())} Commun. Seaport"
    return replace(
        journal, en=names[0], zh=names[1], j9=f"{short.upper()} COMMUN SEAPORT", iso=iso, ei_abbreviation=iso
    )


def current(journal: Journal) -> Journal:
    """The journal under its present title."""
    found = journals(unlisted=True)[journal.discipline, journal.kind]
    return next((j for j in found if j.journal_id == journal.journal_id), journal)


def has_editions(journal: Journal) -> bool:
    """Whether the journal comes out in an international and a German edition, each with its own DOI and pages."""
    return journal.kind == "international" and crc32(journal.journal_id.encode()) % 29 == 3


def registered_twice(journal: Journal) -> bool:
    """Whether articles of the journal have a Chinese DOI (ISTIC) beside the one at Crossref."""
    return crc32(journal.journal_id.encode()) % 4 == 1


def _invented(discipline: str, kind: str, like: Journal) -> tuple[Journal, ...]:
    found = []
    for number, topic in enumerate(vocabulary.disciplines()[discipline].topics[: _TOPICS_USED[kind]]):
        words = [w for w in topic.en.split() if w != "and"]
        forms = {"s": " ".join(w[:5].upper() for w in words), "i": " ".join(f"{w[:5]}." for w in words)}
        for k, (en, zh, j9, iso) in enumerate(_UNLISTED[kind]):
            name = f"{like.journal_id[:-1]}u{number}{k}"
            short = iso.format_map(forms)
            found.append(
                replace(
                    like, journal_id=name, en=en.format(t=topic.en), zh=zh.format(t=topic.zh), issn=_issn(name), eissn=_issn(f"{name}e"),
                    j9=j9.format_map(forms), iso=short, ei_abbreviation=short, doi_prefix=f"10.5555/{name}",
                    first_year=1970 + crc32(name.encode()) % 30, by_article=kind == "international" and number % 2 == 0,
                )
            )  # fmt: skip
    return tuple(found)


def _issn(name: str) -> str:
    """A well-formed ISSN of a block that is not issued."""
    digits = f"76{crc32(name.encode()) % 100000:05d}"
    check = -sum(int(d) * w for d, w in zip(digits, range(8, 1, -1), strict=True)) % 11
    return f"{digits[:4]}-{digits[4:]}{'X' if check == 10 else check}"


@cache
def _listed() -> dict[tuple[str, str], tuple[Journal, ...]]:
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
