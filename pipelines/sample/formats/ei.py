"""Engineering Village: Excel, CSV, RIS, BibTeX and text of the detailed record."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from io import BytesIO, StringIO

from pipelines.sample import ei
from pipelines.sample.record import Record
from pipelines.sample.sheets import Sheet

# labels that the CSV and the text of today write otherwise than the sheet of 2020
CSV_NAMES = {"Main Heading": "Main heading", "Publisher": "Publisher/Repository", "Access type": "Open Access type(s)"}
TEXT_NAMES = {
    "Author": "Authors", "Source": "Source title", "ISBN13": "ISBN-13", "Main Heading": "Main heading",
    "Controlled/Subject terms": "Controlled terms",
}  # fmt: skip
TEXT_ORDER = ("Accession number", "Title", "Author", "Author affiliation", "Corresponding author", "Source")


def xlsx(records: Sequence[Record]) -> bytes:
    """The sheet of detailed records."""
    target = BytesIO()
    with Sheet(target, "Detailed Results", creator="Apache POI") as sheet:
        sheet.add(ei.COLUMNS)
        for r in records:
            sheet.add(_cells(r))
    return target.getvalue()


def csv_text(records: Sequence[Record]) -> bytes:
    """The same columns, some under newer names."""
    out = StringIO()
    rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow([CSV_NAMES.get(c, c) for c in ei.COLUMNS])
    rows.writerows([_cells(r) for r in records])
    return out.getvalue().encode("utf-8-sig")


def _cells(found: Record) -> list[str]:
    return [str(found.fields.get(c, "")) for c in ei.COLUMNS]


def text(records: Sequence[Record]) -> bytes:
    """Blocks `<RECORD 1>` of labelled lines."""
    return "\n".join(f"<RECORD {n}>\n{_labelled(r)}\n" for n, r in enumerate(records, 1)).encode()


def _labelled(found: Record) -> str:
    order = (*TEXT_ORDER, *(c for c in ei.COLUMNS if c not in TEXT_ORDER))
    lines = [f"{TEXT_NAMES.get(c, c)}:{found.fields[c]}" for c in order if found.fields.get(c)]
    return "\n".join(lines) + "\n"


def bibtex(records: Sequence[Record]) -> bytes:
    """No affiliations; `copyright` stands twice, terms end in ';', the key is the accession number."""
    return "\n\n\n".join(_entry(r) for r in records).encode()


def _entry(found: Record) -> str:
    f = {k: str(v) for k, v in found.fields.items()}
    meeting = f["Document type"].startswith("Conference")
    names = [re.sub(r"\([\d,]+\)$", "", a) for a in f["Author"].split("; ")]
    fields = [
        ("language", f["Language"]), ("copyright", f["Copyright"]), ("copyright", f["Database"]), ("title", f["Title"]),
        ("journal" if not meeting else "booktitle", f.get("Source", "")), ("author", " and ".join(names)), ("volume", f.get("Volume", "")),
        ("number", f.get("Issue", "")), ("year", f.get("Publication year") or f.get("Publication date", "")[-4:]),
        ("pages", f.get("Pages", "").replace("-", " - ")), ("issn", f.get("ISSN", "")), ("isbn", f.get("ISBN13", "")),
        ("abstract", f"<div data-language=\"eng\" data-ev-field=\"abstract\">{f['Abstract']}</div>"), ("key", f["Main Heading"]),
        ("keywords", _terms(f["Controlled/Subject terms"])), ("note", _terms(f["Uncontrolled terms"])),
        ("URL", f"http://dx.doi.org/{f['DOI']}" if f.get("DOI") else ""),
    ]  # fmt: skip
    lines = "".join(f"{name} = {{{value}}},\n" for name, value in fields if value)
    return f"@{'inproceedings' if meeting else 'article'}{{{f['Accession number']} ,\n{lines}}}"


def _terms(listed: str) -> str:
    return "".join(f"{part};" for part in listed.split(" - "))


def ris(records: Sequence[Record]) -> bytes:
    """Names and addresses apart from each other; no sample of the vendor's own is known, the tags are those it documents."""
    return "\r\n".join("".join(f"{tag}  - {value}\r\n" for tag, value in _ris(r)) for r in records).encode()


def _ris(found: Record) -> list[tuple[str, str]]:
    f = {k: str(v) for k, v in found.fields.items()}
    pairs = [("TY", "CONF" if f["Document type"].startswith("Conference") else "JOUR")]
    pairs += [("N1", f["Copyright"]), ("T1", f["Title"])]
    pairs += [("AU", re.sub(r"\([\d,]+\)$", "", a)) for a in f["Author"].split("; ")]
    pairs += [("AD", a) for a in re.split(r"(?:^|; )\(\d+\) ", f.get("Author affiliation", "")) if a]
    first, _, last = f.get("Pages", "").partition("-")
    pairs += [
        ("JO", f.get("Source", "")), ("JA", f.get("Abbreviated source title", "")), ("VL", f.get("Volume", "")),
        ("IS", f.get("Issue", "")), ("SP", first), ("EP", last), ("C7", f.get("Article number", "")),
        ("PY", f.get("Publication year", "")), ("Y1", f.get("Issue date") or f.get("Publication date", "")),
        ("SN", f.get("ISSN", "")), ("BN", f.get("ISBN13", "")), ("PB", f.get("Publisher", "")), ("LA", f["Language"]),
        ("N2", f["Abstract"]), *(("KW", w) for w in f["Controlled/Subject terms"].split(" - ")),
        *(("U2", w) for w in f["Uncontrolled terms"].split(" - ")), ("DO", f.get("DOI", "")), ("U1", f["Accession number"]),
        ("DB", f["Database"]),
    ]  # fmt: skip
    return [(tag, value) for tag, value in pairs if value] + [("ER", "")]
