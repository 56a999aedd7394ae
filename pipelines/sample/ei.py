"""Prints works as Engineering Village does: rows of the 48-column "Detailed" sheet, Compendex and some Inspec."""

from __future__ import annotations

import re

from pipelines.sample import tables, university
from pipelines.sample.draw import Draw
from pipelines.sample.model import Author, Work
from pipelines.sample.record import (
    NO_ADDRESS,
    Addressed,
    Record,
    Signed,
    Value,
    noisy_title,
    print_places,
    signed,
    unaddressed,
)
from pipelines.sample.venues import Conference, ordinal
from pipelines.sample.vocabulary import ei_text, title_case
from pipelines.sample.wos import email

_MARKS = re.compile(r"\([\d,]+\)$")
COLUMNS = tables.listed("ei_columns")
KINDS = {
    "": "Journal article (JA)",
    "Editorial Material": "Editorial (ED)",
    "Preprint": "Preprint (UP)",
    "Retraction": "Retracted (RE)",
}
NO_ABSTRACT = ("Editorial Material", "Meeting Abstract")
COPYRIGHTS = (
    "Compilation and indexing terms, Copyright 2026 Elsevier Inc.",
    "Copyright 2026, The Institution of Engineering and Technology",
)
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def record(work: Work, draw: Draw, *, inspec: bool = False) -> Record:
    """The Compendex row of a work, or its Inspec row."""
    printed, at = print_places(work, lambda place, d: university.ei(place, d, inspec=inspec), draw)
    authors, slips = list(work.authors), 0.0 if work.exact else 1.0
    if len(authors) > 2 and draw.chance(0.02 * slips):  # the order differs now and then
        k = draw.between(1, len(authors) - 2)
        authors[k], authors[k + 1] = authors[k + 1], authors[k]
    initials, swapped = draw.chance(0.12 * slips), draw.chance(0.01 * slips)
    title = ei_text(work.title.en)
    title = title_case(title) if draw.chance(0.3) else title
    title = title if work.exact else noisy_title(title, draw)
    written = [_name(a, initials, swapped, inspec) + _marks(a, at) for a in authors] + ["et al."] * work.cut
    accession = _accession(work, inspec)
    fields: dict[str, Value] = {
        "Title": title,
        "Accession number": accession,
        "Author": "; ".join(written),
        "Author affiliation": "; ".join(f"({n}) {p.text}" for n, p in enumerate(printed, 1)),
        "Document type": "Conference article (CA)" if work.conference else KINDS.get(work.document_type, KINDS[""]),
        "Abstract": "" if work.document_type in NO_ABSTRACT else ei_text(work.abstract().en),
        "Number of references": str(draw.between(9, 60)),
        "Database": "Inspec" if inspec else "Compendex",
        "Copyright": COPYRIGHTS[inspec],
        "Data Provider": "Engineering Village",
        "Language": "Chinese" if work.journal and work.journal.zh else "English",
    }  # fmt: skip
    if draw.chance(0.55) and not inspec:
        fields["Corresponding author"] = "; ".join(
            _corresponding(work, work.authors[c], draw) for c in work.corresponding[:1]
        )
    fields |= _venue(work, inspec, draw) | _subjects(work)
    if work.doi and not draw.chance(0.12 * slips):
        fields["DOI"] = work.doi
    truth = [signed(a, printed, at) for a in authors] + [Signed(None, None)] * work.cut
    found = Record("ei", work, accession, title, fields, truth)
    found.addresses = [Addressed("author", n, p) for n, p in enumerate(printed, 1)]
    if work.exact and work.kind == "bilingual" and draw.chance(0.25):
        fields["Title of translation"] = work.title.zh
        found.traits = (*found.traits, "chinese_title_given")
    if draw.chance(NO_ADDRESS):
        unaddressed(found, "Author affiliation", "Corresponding author")
        fields["Author"] = "; ".join(_MARKS.sub("", name) for name in written)
    return found


def _marks(author: Author, at: list[int]) -> str:
    """`(1,3)`: the numbers of an author's affiliations; nothing without any."""
    numbers = ",".join(str(n) for n in sorted(at[p] + 1 for p in author.places))
    return f"({numbers})" if numbers else ""


def _name(author: Author, initials: bool, swapped: bool, inspec: bool) -> str:
    name = author.name
    if inspec:
        return f"{name.forename(author.style)} {name.surname()}"
    if initials:
        return f"{name.surname()}, {'.'.join(name.initials(author.style))}."
    if swapped and name.zh:
        return f"{name.forename(author.style)}, {name.surname()}"
    return name.full(author.style) if name.zh else name.accented()


def _corresponding(work: Work, author: Author, draw: Draw) -> str:
    family = author.name.surname() if author.name.zh else author.name.family
    entities = family.encode("ascii", "xmlcharrefreplace").decode()  # M&#252;ller: the vendor escapes this column only
    short = f"{entities}, {'.'.join(author.name.initials(author.style))}."
    address = email(work, author)
    return f"{short} ({address})" if address and draw.chance(0.8) else short


def _accession(work: Work, inspec: bool) -> str:
    if inspec:
        return str(10_000_000 + work.index * 7919 % 89_999_999)
    return f"{work.year}{1 + work.month * 4:02d}{work.index * 48271 % 10**8:08d}"


def _venue(work: Work, inspec: bool, draw: Draw) -> dict[str, Value]:
    month = MONTHS[work.month - 1]
    slips = 0.0 if work.exact else 1.0
    year = min(2026, work.year + draw.chance(0.02 * slips))  # printed a year later than elsewhere
    found: dict[str, Value] = {"Volume": work.volume, "Issue": work.issue, "Article number": work.article_number}
    if inspec:
        found["Publication date"] = f"{month[:3]}. {work.year}" if len(month) > 4 else f"{month} {work.year}"
    else:
        found |= {
            "Issue date": f"{month} {year}" if work.month % 3 else str(year),
            "Publication year": str(year),
        }
    if work.first_page:
        last = work.last_page
        if (
            not work.exact
            and work.index % 29 == 0
            and len(last) == len(work.first_page) > 2
            and last[:-2] == work.first_page[:-2]
        ):
            last = last[-2:]  # 1123-30
        found["Pages"] = f"{work.first_page}-{last}"
    if draw.chance(0.03 * slips):
        found |= {"Pages": "", "Issue": ""}
    if work.conference:
        return found | _meeting(work, work.conference)
    journal = work.journal
    assert journal is not None
    source = f"{journal.zh}/{journal.en}" if journal.zh and work.index % 3 == 0 else journal.en
    return found | {
        "Source": source,
        "Abbreviated source title": journal.ei_abbreviation,
        "Publisher": journal.ei_publisher,
        "ISSN": journal.issn if inspec else journal.issn.replace("-", ""),
        "E-ISSN": journal.eissn if inspec else journal.eissn.replace("-", ""),
    }


def _meeting(work: Work, meeting: Conference) -> dict[str, Value]:
    month = MONTHS[work.month - 1]
    name = f"{ordinal(work.year - meeting.first_year + 1)} {meeting.name}, {meeting.acronym} {work.year}"
    return {
        "Source": f"Proceedings - {meeting.name}",
        "Monograph title": f"Proceedings - {name}",
        "Publisher": "Orient Science Press",
        "Conference name": name,
        "Conference date": f"{month} 12, {work.year}  -  {month} 15, {work.year}",
        "Conference location": "Linghai, China",
        "Conference code": str(100000 + work.year * 31 % 90000),
        "ISBN13": f"9787{work.year}{meeting.first_year % 900 + 100:03d}{work.year % 100:02d}",
    }


def _subjects(work: Work) -> dict[str, Value]:
    words = [ei_text(k.en) for k in work.study.keywords()]
    first, second = work.study.discipline.topics[:2]
    return {
        "Main Heading": words[0].capitalize() if words[0].islower() else words[0],
        "Controlled/Subject terms": " - ".join(w.capitalize() if w.islower() else w for w in words[1:4]),
        "Uncontrolled terms": " - ".join(words),
        "Classification code": f"{800 + len(words[0])}.1 {first.en} - {900 + len(words[1])} {second.en}",
    }
