"""Prints works as Scopus does: the CSV of 2024 and later, authors with ids and with their affiliations."""

from __future__ import annotations

import csv
from typing import TextIO
from zlib import crc32

from pipelines.sample import names, tables, university
from pipelines.sample.draw import Draw
from pipelines.sample.ei import MONTHS
from pipelines.sample.model import Author, Work
from pipelines.sample.record import NO_ADDRESS, Addressed, Record, Value, noisy_title, print_places, signed, unaddressed
from pipelines.sample.series import Series
from pipelines.sample.venues import ordinal
from pipelines.sample.vocabulary import ei_text
from pipelines.sample.wos import email

COLUMNS = tables.listed("scopus_columns")
FROM = 2024  # the library exports the last years only
SHARE, TWO_IDS = (
    0.85,
    0.03,
)  # of the works of a year that Scopus holds; of our people whose works Scopus keeps under two ids
TYPES = {
    "Proceedings Paper": "Conference paper",
    "Correction": "Erratum",
    "Editorial Material": "Editorial",
    "Retraction": "Retracted",
}


def holds(work: Work, draw: Draw) -> bool:
    """Whether the library's Scopus export holds a work."""
    if work.year < FROM or work.kind in ("chinese", "thesis", "preprint") or work.document_type == "Meeting Abstract":
        return False
    return draw.chance(SHARE)


def record(work: Work, draw: Draw) -> Record:
    """The Scopus row of a work."""
    printed, at = print_places(work, university.ei, draw)
    title = ei_text(work.title.en) if work.exact else noisy_title(ei_text(work.title.en), draw)
    ids = [author_id(a, work) for a in work.authors]
    short = [brief(a) for a in work.authors]
    named = []
    for a, name in zip(work.authors, short, strict=True):
        here = dict.fromkeys(printed[at[p]].text for p in a.places)
        named.append(", ".join([name, *here]))
    eid = f"2-s2.0-9{(work.numbered_year or work.year) % 100:02d}{work.index * 48271 % 10**8:08d}"
    fields: dict[str, Value] = {
        "Authors": "; ".join(short),
        "Author full names": "; ".join(f"{_full(a)} ({n})" for a, n in zip(work.authors, ids, strict=True)),
        "Author(s) ID": "; ".join(ids),
        "Title": title,
        "Year": str(work.year),
        "Volume": work.volume, "Issue": work.issue, "Art. No.": work.article_number,
        "Page start": work.first_page, "Page end": work.last_page,
        "Cited by": str(int(work.story.tc * 1.08) if work.story else draw.below(4)),
        "DOI": work.doi if draw.chance(0.97) or work.exact else "",
        "Affiliations": "; ".join(p.text for p in printed),
        "Authors with affiliations": "; ".join(named),
        "Abstract": ei_text(work.abstract().en),
        "Author Keywords": "; ".join(ei_text(k.en) for k in work.study.keywords()),
        "Index Keywords": "; ".join(ei_text(k.en).capitalize() for k in reversed(work.study.keywords(3))),
        "Language of Original Document": "Chinese" if work.journal and work.journal.zh else "English",
        "Document Type": TYPES.get(work.document_type, work.document_type),
        "Publication Stage": "Article in press" if work.early_access else "Final",
        "Open Access": "All Open Access; Gold Open Access" if draw.chance(0.25) else "",
        "Source": "Scopus",
        "EID": eid,
    }  # fmt: skip
    fields["Correspondence Address"] = _correspondence(work, [p.text for p in printed], at)
    fields["Link"] = f"https://www.scopus.com/inward/record.uri?eid={eid}&partnerID=40&md5={crc32(eid.encode()):032x}"
    fields |= _venue(work)
    found = Record("scopus", work, eid, title, fields, [signed(a, printed, at) for a in work.authors])
    found.addresses = [Addressed("author", n, p) for n, p in enumerate(printed, 1)]
    if draw.chance(NO_ADDRESS):
        unaddressed(found, "Affiliations", "Correspondence Address")
        fields["Authors with affiliations"] = "; ".join(short)
    return found


def author_id(author: Author, work: Work) -> str:
    """Scopus author id: eleven digits of a block that is not issued; a few people have two."""
    if author.person is not None:
        key = author.person.person_id
        if crc32(f"two {key}".encode()) % 1000 < TWO_IDS * 1000 and work.year % 2:
            key = f"{key} again"
    else:
        home = work.places[author.places[0]].institution_id if author.places else ""
        key = f"{(work.exact and author.name.zh) or author.name.full()} {home}"  # one id, however the name is spelt
    return f"99{crc32(key.encode()) % 10**9:09d}"


def brief(author: Author) -> str:
    """`Wang X.`, `Wang X.-M.` after `Wang, Xiao-Ming`: the form of 2024 and later, without a comma."""
    family, _, given = _full(author).partition(", ")
    initials = "".join("-".join(f"{part[0]}." for part in word.split("-") if part) for word in given.split())
    return f"{family} {initials}"


def _full(author: Author) -> str:
    plain = author.style if author.style != names.INITIALS else names.JOINED
    return author.name.full(plain) if author.name.zh else author.name.accented()


def _correspondence(work: Work, printed: list[str], at: list[int]) -> str:
    """`X.M. Wang; School of …, China; email: a@b`, one after another."""
    parts = []
    for c in work.corresponding:
        author = work.authors[c]
        family, _, initials = brief(author).rpartition(" ")
        parts.append(f"{initials} {family}")
        parts += [printed[at[author.places[0]]]] if author.places else []
        address = email(work, author)
        parts += [f"email: {address}"] if address else []
    return "; ".join(parts)


def _venue(work: Work) -> dict[str, Value]:
    if work.conference:
        meeting = work.conference
        name = f"{ordinal(work.year - meeting.first_year + 1)} {meeting.name}, {meeting.acronym} {work.year}"
        return {
            "Source title": f"Proceedings - {name}",
            "Conference name": name,
            "Conference date": f"12 {MONTHS[work.month - 1]} {work.year} through 15 {MONTHS[work.month - 1]} {work.year}",
            "Conference location": "Linghai",
            "Conference code": str(100000 + work.year * 31 % 90000),
            "Publisher": "Orient Science Press",
            "ISBN": f"9787{work.year}{meeting.first_year % 900 + 100:03d}{work.year % 100:02d}",
        }
    journal = work.journal
    assert journal is not None
    return {
        "Source title": journal.en,
        "Abbreviated Source Title": journal.iso,
        "Publisher": journal.ei_publisher,
        "ISSN": journal.issn.replace("-", ""),
    }


class ScopusSeries(Series):
    """scopus.csv, scopus (1).csv …: UTF-8 with BOM, every cell quoted."""

    _out: TextIO

    def open(self, number: int) -> str:
        """A file with the header."""
        name = "scopus.csv" if number == 1 else f"scopus ({number - 1}).csv"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._out = (self.folder / name).open("w", encoding="utf-8-sig", newline="")
        self._rows = csv.writer(self._out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        self._rows.writerow(COLUMNS)
        return name

    def put(self, found: Record) -> None:
        """One row."""
        self._rows.writerow([found.fields.get(c, "") for c in COLUMNS])

    def end(self) -> None:
        """Close the text."""
        self._out.close()
