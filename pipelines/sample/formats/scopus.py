"""Scopus: CSV, RIS and BibTeX as exported since 2023."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from io import StringIO

from pipelines.sample.record import Record
from pipelines.sample.scopus import COLUMNS

# RIS tags and BibTeX fields in the vendor's order, with the CSV column they repeat
RIS = (
    ("TI", "Title"), ("PY", "Year"), ("T2", "Source title"), ("VL", "Volume"), ("IS", "Issue"), ("C7", "Art. No."),
    ("SP", "Page start"), ("EP", "Page end"), ("DO", "DOI"), ("UR", "Link"),
)  # fmt: skip
RIS_TAIL = (
    ("PB", "Publisher"), ("LA", "Language of Original Document"), ("J2", "Abbreviated Source Title"), ("M3", "Document Type"),
    ("DB", "Source"),
)  # fmt: skip
BIBTEX = (
    ("title", "Title"), ("year", "Year"), ("journal", "Source title"), ("volume", "Volume"), ("number", "Issue"),
    ("art_number", "Art. No."), ("pages", ""),
    ("doi", "DOI"), ("url", "Link"), ("affiliations", "Affiliations"), ("abstract", "Abstract"),
    ("author_keywords", "Author Keywords"), ("keywords", "Index Keywords"), ("correspondence_address", "Correspondence Address"),
    ("publisher", "Publisher"), ("issn", "ISSN"), ("isbn", "ISBN"), ("language", "Language of Original Document"),
    ("abbrev_source_title", "Abbreviated Source Title"), ("type", "Document Type"), ("publication_stage", "Publication Stage"),
    ("source", "Source"),
)  # fmt: skip


def csv_text(records: Sequence[Record]) -> bytes:
    """scopus.csv."""
    out = StringIO()
    rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows([[r.fields.get(c, "") for c in COLUMNS] for r in records])
    return out.getvalue().encode("utf-8-sig")


def ris(records: Sequence[Record]) -> bytes:
    """scopus.ris: addresses without authors, one N1 with date, citations and corresponding authors."""
    return "\n".join("".join(f"{tag}  - {text}\n" for tag, text in _ris(r)) for r in records).encode("utf-8-sig")


def _ris(found: Record) -> list[tuple[str, str]]:
    f = found.fields
    pairs = [("TY", "CONF" if f["Document Type"] == "Conference paper" else "JOUR")]
    pairs += [("AU", re.sub(r" (\S+)$", r", \1", a)) for a in str(f["Authors"]).split("; ")]
    pairs += [(tag, str(f.get(column, ""))) for tag, column in RIS]
    pairs += [("AD", place) for place in str(f.get("Affiliations", "")).split("; ")]
    pairs += [("AB", str(f["Abstract"]))]
    pairs += [("KW", word) for column in ("Author Keywords", "Index Keywords") for word in str(f[column]).split("; ")]
    pairs += [(tag, str(f.get(column, ""))) for tag, column in RIS_TAIL[:1]]
    pairs += [("SN", f"{f[column]} ({column})") for column in ("ISSN", "ISBN") if f.get(column)]
    pairs += [(tag, str(f.get(column, ""))) for tag, column in RIS_TAIL[1:]]
    note = f"Export Date: 28 August 2026; Cited By: {f['Cited by']}"
    if f.get("Correspondence Address"):
        note += f"; Correspondence Address: {f['Correspondence Address']}"
    return [(tag, text) for tag, text in [*pairs, ("N1", note)] if text] + [("ER", "")]


def bibtex(records: Sequence[Record]) -> bytes:
    """scopus.bib: two lines of text, then entries with tabs; keys are not unique."""
    return ("Scopus\nEXPORT DATE: 28 August 2026\n\n" + "\n".join(_entry(r) for r in records)).encode()


def _entry(found: Record) -> str:
    f = found.fields
    kind = "CONFERENCE" if f["Document Type"] == "Conference paper" else "ARTICLE"
    family = str(f["Authors"]).split(" ")[0]
    fields = {"author": " and ".join(re.sub(r" \(\d+\)$", "", a) for a in str(f["Author full names"]).split("; "))}
    fields |= {name: str(f.get(column, "")) for name, column in BIBTEX}
    if f.get("Page start"):
        fields["pages"] = f"{f['Page start']} – {f['Page end']}"
    fields["note"] = f"Cited by: {f['Cited by']}"
    lines = ",\n".join(f"\t{name} = {{{text}}}" for name, text in fields.items() if text)
    return f"@{kind}{{{family}{f['Year']},\n{lines}\n}}\n"
