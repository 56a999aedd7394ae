"""Writes ProQuest exports of theses: our people's doctorates from abroad, and namesakes of theirs; the sheet and RIS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from pipelines.sample import names, sheets, tables, university
from pipelines.sample.draw import THESES, Draw
from pipelines.sample.model import World
from pipelines.sample.names import Name
from pipelines.sample.people import Person
from pipelines.sample.truth import Truth
from pipelines.sample.university import COUNTRIES_EI, Institution, institutions
from pipelines.sample.vocabulary import Discipline, Study, cnki_text, disciplines, study, wos_text

COLUMNS = tables.listed("pqdt_columns")
RETURNED, WENT, NAMESAKE = (
    0.09,
    0.012,
    0.01,
)  # staff with a doctorate from abroad; our graduates who took one there; strangers
MOST = 400  # theses in a delivery, whatever the size of the university
TWICE = 5  # theses that stand in both files
DATABASES = "ProQuest Dissertations & Theses A&I,ProQuest Dissertations & Theses Global"
RIGHTS = "Database copyright ProQuest LLC; ProQuest does not claim copyright in the individual underlying works."


@dataclass(frozen=True, slots=True)
class Thesis:
    """A thesis; `person_id` is empty when its author is nobody of ours."""

    number: int
    author: Name
    person_id: str
    work: Study
    year: int
    home: Institution
    department: str
    advisors: tuple[Name, ...]
    degree: str = "Ph.D."

    @property
    def store_id(self) -> str:
        """ProQuest's document id: ten digits of a block that is not issued."""
        return f"99{self.number:08d}"

    @property
    def order(self) -> str:
        """Dissertation number."""
        return f"999{self.number:05d}"


def theses(world: World) -> Iterator[Thesis]:
    """Theses of staff who came back, of graduates who went abroad, and of strangers with the same names."""
    number = 0
    for person in (*world.roster.staff, *world.roster.students):
        draw = Draw.of(world.seed, THESES, crc32(person.person_id.encode()))
        year = _year(person, draw)
        if not year or year > 2026:
            continue
        stranger = draw.chance(NAMESAKE / (RETURNED + NAMESAKE))
        number += 1
        yield thesis(number, person.name, "" if stranger else person.person_id, year, draw, _discipline(person, draw))
        if number == MOST:
            return


def _year(person: Person, draw: Draw) -> int:
    """When a person took a doctorate abroad; 0 for most people."""
    first = person.history[0]
    if person.kind in ("staff", "postdoc"):
        hired = int(first.start[:4])
        return hired - draw.below(3) if hired > 1996 and draw.chance(RETURNED) else 0
    return int(first.end[:4]) + draw.between(4, 6) if first.end and draw.chance(WENT) else 0


def thesis(number: int, author: Name, person_id: str, year: int, draw: Draw, about: Discipline) -> Thesis:
    """A thesis written abroad."""
    home = draw.pick([i for i in institutions().values() if i.country != "China" and "Univ" in i.en])
    tutors = tuple(names.foreign(draw, home.country) for _ in range(1 + draw.chance(0.2)))
    department = about.topics[0].en
    return Thesis(number, author, person_id, study(draw, about), year, home, department, tutors)


def write(folder: Path, found: Iterable[Thesis], truth: Truth) -> tuple[int, int]:
    """The sheet takes the first half, RIS the rest and a few again; returns files and records."""
    every = list(found)
    if not every:
        return 0, 0
    half = (len(every) + 1) // 2
    sheet, ris = every[:half], every[max(0, half - TWICE) :]
    write_sheet(folder / "ProQuestDocuments-2026-08-21.xlsx", sheet)
    (folder / "ProQuestDocuments-2026-08-21.ris").write_bytes(ris_text(ris).encode())
    for name, part in (("ProQuestDocuments-2026-08-21.xlsx", sheet), ("ProQuestDocuments-2026-08-21.ris", ris)):
        for row, t in enumerate(part, 1):
            truth.add("theses", name, row, t.store_id, t.person_id or None, t.year, t.home.en, _plain(t.advisors))
    return 2, len(sheet) + len(ris)


def write_sheet(path: Path, found: Sequence[Thesis]) -> int:
    """The 2016-17 layout: no university, advisor or degree; most cells begin with a blank, authors take several lines."""
    return sheets.table(path, "Export Data", COLUMNS, ([_cells(t).get(c, "") for c in COLUMNS] for t in found))


def _cells(t: Thesis) -> dict[str, str]:
    subject = _subject(t)
    words = [wos_text(k.en) for k in t.work.keywords()]
    ids = (f"{t.number + 2_900_000_000}", f"{t.number + 79_000_000}", "189128", t.order, t.order)
    native = f"\n{t.author.zh}" if t.author.zh and t.number % 3 == 0 else ""
    name, family, given = t.author.full(), t.author.surname(), t.author.forename()
    return {
        "Title": wos_text(t.work.title().en),
        "Abstract": wos_text(t.work.abstract(Draw.of(0, THESES, t.number)).en),
        "StoreId": t.store_id,
        "AlternateTitle": f" {cnki_text(t.work.title().zh)}" if native else "",
        "ArticleType": "Dissertations & Theses",
        "Authors": f" {name}\n{family}\n{given}\n{name}{native}",
        "copyright": f" {RIGHTS}",
        "digitalObjectIdentifier": f" {' , '.join(ids)}",
        "documentType": " Dissertation/Thesis",
        "entryDate": f" {t.year}",
        "isbn": f" {_isbn(t)}",
        "language": " English",
        "languageOfSummary": " English",
        "pubdate": str(t.year),
        "pubtitle": "PQDT - Global",
        "year": str(t.year),
        "DocumentURL": f"https://search.proquest.com/docview/{t.store_id}?accountid=99999",
        "classification": f" {subject}",
        "classificationCodes": f" {subject}",
        "majorClassificationCodes": f" {subject}",
        "subjectClassifications": f" {subject}",
        "subjectTerms": f" {subject[5:]}",
        "subjects": f" (UMI)AAI{t.order} , {' , '.join(words)}",
        "Database": DATABASES,
    }


def ris_text(found: Iterable[Thesis]) -> str:
    """RIS with CRLF and three blank lines between records; the university in PB, advisors in A3, the degree in M3."""
    return "".join("\r\n".join(f"{tag}  - {text}" for tag, text in _ris(t)) + "\r\n\r\n\r\n\r\n" for t in found)


def _ris(t: Thesis) -> list[tuple[str, str]]:
    place = f"{COUNTRIES_EI.get(t.home.country, t.home.country)} -- {t.home.city}"
    year = str(t.year)
    url = f"https://www.proquest.com/dissertations-theses/docview/{t.store_id}/se-2?accountid=99999"
    subject = _subject(t)
    return [
        ("TY", "THES"), ("T1", wos_text(t.work.title().en)), ("AN", t.store_id),
        ("AB", wos_text(t.work.abstract(Draw.of(0, THESES, t.number)).en)),
        ("JF", "ProQuest Dissertations and Theses"), ("AU", t.author.full()), *(("A3", a.accented()) for a in t.advisors),
        ("Y1", year), ("PY", year), ("DA", year), ("SP", str(90 + t.number * 37 % 160)), ("CY", place), ("PB", t.home.en),
        ("PP", place), ("SN", _isbn(t)), *(("KW", wos_text(k.en)) for k in t.work.keywords(3)), ("KW", f"{subject[:4]}:{subject[5:]}"),
        ("UR", url), ("LA", "English"), ("DB", "ProQuest Dissertations & Theses Global"), ("N1", f"Copyright - {RIGHTS}"),
        ("N1", "最近更新 - 2026-07-28"), ("M1", t.order), ("M3", t.degree), ("ER", ""),
    ]  # fmt: skip


def _subject(t: Thesis) -> str:
    """`0542 Chemical engineering`: a code of the sample's own."""
    return f"0{crc32(t.department.encode()) % 899 + 100} {t.department.capitalize()}"


def _isbn(t: Thesis) -> str:
    digits = f"979{8_000_000_00 + t.number % 10**8:09d}"
    check = -sum(int(d) * (1, 3)[n % 2] for n, d in enumerate(digits)) % 10
    return f"{digits}{check}"


def _discipline(person: Person, draw: Draw) -> Discipline:
    college = university.current(university.college_of(person.history[-1].unit_id))
    fitting = [d for d in disciplines().values() if college in d.units]
    return draw.pick(fitting or list(disciplines().values()))


def _plain(advisors: tuple[Name, ...]) -> str:
    return "; ".join(a.accented() for a in advisors)
