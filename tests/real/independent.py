"""Authorships read a second time, by loops over raw text, without a line of the readers: what the two must agree on.

One Authorship per author: position, full name, the addresses the record states as this author's, and whether the record names
the author as corresponding. `sure` is False where the raw text leaves it open (two authors of one name): nothing is compared.
"""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl

MARKER = re.compile(
    r"\s*[(（](?:reprint author|corresponding author|通讯作者|autor correspondente|autor correspondiente)[)）]\s*[,，]\s*",
    re.I,
)
NEW_VALUE = {"AU", "AF", "C1"}  # in these a continuation line is a new value; elsewhere it is a wrapped line


@dataclass(frozen=True)
class Authorship:
    """What raw text says of one author of one record."""

    key: str
    position: int
    name: str
    addresses: frozenset[str]
    corresponding: str  # yes | no | unknown
    sure: bool = True


def squeeze(text: str) -> str:
    """Text with single blanks."""
    return " ".join(text.split())


def wos(path: Path) -> Iterator[Authorship]:
    """Authorships of a tagged file."""
    for fields in _tagged(path):
        yield from _wos_record(fields)


def _tagged(path: Path) -> Iterator[dict[str, list[str]]]:
    fields: dict[str, list[str]] = {}
    tag = ""
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if line.startswith("   ") and tag:
            if tag in NEW_VALUE:
                fields[tag].append(line.strip())
            else:
                fields[tag][-1] += " " + line.strip()
        elif line[:2] == "ER":
            yield fields
            fields, tag = {}, ""
        elif len(line) > 2 and line[2] == " ":
            tag = line[:2]
            fields.setdefault(tag, []).append(line[3:].strip())


def _wos_record(fields: dict[str, list[str]]) -> Iterator[Authorship]:
    short, full = fields.get("AU", []), fields.get("AF", fields.get("AU", []))
    lines = [html.unescape(line) for line in fields.get("C1", [])]
    named = _reprint_names(html.unescape(" ".join(fields.get("RP", []))))
    early = re.search(r"\b(?:19|20)\d\d\b", " ".join(fields.get("EA", [])))
    year = int(fields["PY"][0]) if fields.get("PY") else int(early[0]) if early else 0
    understood = bool(named) and all(n.casefold() in [s.casefold() for s in [*short, *full]] for n in named)
    for position, (abbreviated, name) in enumerate(zip(short, full, strict=True), 1):
        held, plain = set(), []
        for line in lines:
            match = re.match(r"\[(.*?)\]\s*(.*)", line)
            if not match:
                plain.append(line)
            elif name in re.split(r";\s*", match[1]):
                held.add(_place(match[2]))
        if len(full) == 1 and not fields.get("CA"):
            held |= {_place(line) for line in plain}
        is_named = abbreviated.casefold() in [n.casefold() for n in named]
        role = "yes" if is_named else "no" if understood and year >= 2016 else "unknown"
        twins = full.count(name) > 1 or [s.casefold() for s in short].count(abbreviated.casefold()) > 1
        # names that are nobody's short form are matched by other means: whom they mean is not compared
        odd = bool(named) and not understood
        yield Authorship(fields["UT"][0], position, html.unescape(name), frozenset(held), role, not twins and not odd)


def _reprint_names(text: str) -> list[str]:
    """Names in RP: what stands before each marker; without a marker `Family, I, address`."""
    text = squeeze(text)
    if not text:
        return []
    marks = list(MARKER.finditer(text))
    if not marks:
        parts = text.split(", ")
        return [", ".join(parts[:2])] if len(parts) > 2 else []
    names, start = [], 0
    for number, mark in enumerate(marks):
        before = text[start : mark.start()]
        if number:
            before = re.split(r"\.;\s*", before)[-1]
        names += [n.strip() for n in before.split(";") if n.strip()]
        start = mark.end()
    return names


def _place(text: str) -> str:
    return squeeze(text).rstrip(".")


def ei(path: Path) -> Iterator[Authorship]:
    """Authorships of an Engineering Village workbook."""
    rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    header = [str(cell) for cell in next(rows)]
    for row in rows:
        cells = {
            name: html.unescape(str(cell)) for name, cell in zip(header, row, strict=False) if cell not in (None, "")
        }
        if cells.get("Accession number") and cells.get("Author"):
            yield from _ei_record(cells)


def _ei_record(cells: dict[str, str]) -> Iterator[Authorship]:
    authors = [a.strip() for a in cells["Author"].split(";") if a.strip()]
    listed = re.split(r";\s*(?=\(\d+\)\s)", cells.get("Author affiliation", ""))
    places = {
        m[1]: squeeze(m[2]).strip(" ;.") for m in (re.match(r"\((\d+)\)\s*(.*)", p.strip(), re.S) for p in listed) if m
    }
    named = [
        re.sub(r"\s*\([^()]*\)\s*$", "", n).strip(" ,")
        for n in cells.get("Corresponding author", "").split(";")
        if n.strip()
    ]
    for position, written in enumerate(authors, 1):
        match = re.match(r"(.*?)\s*\(((?:\d+,?\s*)+)\)$", written)
        name, numbers = (match[1], re.findall(r"\d+", match[2])) if match else (written, [])
        held = {places[n] for n in numbers if n in places}
        if not numbers and len(authors) == 1:
            held = set(places.values())
        fits = [n for n in named if _same_person(n, name)]
        several = any(sum(_same_person(n, re.sub(r"\s*\([\d, ]+\)$", "", a)) for a in authors) > 1 for n in fits)
        family = name.split(",")[0].casefold()
        near = (
            any(n.split(",")[0].casefold()[:3] == family[:3] for n in named) and not fits
        )  # letters lost, other spellings
        yield Authorship(
            cells["Accession number"], position, squeeze(name), frozenset(held), "yes" if fits else "unknown",
            "," in name and not several and not near,
        )  # fmt: skip


def _same_person(one: str, other: str) -> bool:
    """Same family name, and one's initials begin the other's."""
    if "," not in one or "," not in other:
        return one.casefold() == other.casefold()
    (family, given), (theirs, their_given) = (n.split(",", 1) for n in (one, other))
    first, second = (re.sub(r"[^a-z ]", " ", g.casefold()).split() for g in (given, their_given))
    a, b = "".join(w[0] for w in first), "".join(w[0] for w in second)
    return (
        family.strip().casefold() == theirs.strip().casefold()
        and bool(a and b)
        and (a.startswith(b) or b.startswith(a))
    )


def scopus(path: Path) -> Iterator[Authorship]:
    """Authorships of a Scopus CSV: the author's part of `Authors with affiliations` is the author's, by position in that cell."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        for cells in csv.DictReader(handle):
            if cells.get("EID") and cells.get("Authors") and "No author name" not in cells["Authors"]:
                yield from _scopus_record(cells)


def _scopus_record(cells: dict[str, str]) -> Iterator[Authorship]:
    parts = [html.unescape(p).strip() for p in cells.get("Authors with affiliations", "").split("; ") if p.strip()]
    full = [re.sub(r"\s*\(\d+\)$", "", n.strip()) for n in cells.get("Author full names", "").split("; ") if n.strip()]
    authors = cells["Authors"]
    names = full or [n.strip() for n in (authors.split("; ") if "; " in authors else re.split(r"(?<=\.),\s", authors))]
    for position, name in enumerate(names, 1):
        rest = parts[position - 1] if len(parts) == len(names) else None
        yield Authorship(
            cells["EID"], position, html.unescape(name), frozenset({rest} if rest else ()), "unknown", rest is not None
        )
