"""Web of Science: tagged text, tab-delimited in UTF-8 and UTF-16, Excel, BibTeX, RIS."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from io import BytesIO

from pipelines.sample import tables, wos
from pipelines.sample.record import Record, Value
from pipelines.sample.sheets import Cell, Sheet

HEADERS = tables.listed("wos_sheet_headers")
FORMULAS = ("DL", "Web of Science Record")  # cells of links: Excel keeps their value 0
PLAIN, CHINESE = wos.MARKERS[0], wos.MARKERS[2]
# BibTeX fields in the vendor's order, and the tags whose text they hold
BIBTEX = {
    "Volume": "VL", "Number": "IS", "Month": "PD", "Abstract": "AB", "Publisher": "PU", "Address": "PA", "Type": "DT",
    "Language": "LA", "Affiliation": "", "DOI": "DI", "EarlyAccessDate": "EA", "Article-Number": "AR", "ISSN": "SN", "EISSN": "EI",
    "ISBN": "BN", "Keywords": "DE", "Keywords-Plus": "ID", "Research-Areas": "SC", "Web-of-Science-Categories ": "WC",
    "Author-Email": "EM", "Affiliations": "C3", "ResearcherID-Numbers": "RI", "ORCID-Numbers": "OI",
    "Funding-Acknowledgement": "FU", "Funding-Text": "FX", "Cited-References": "CR", "Number-of-Cited-References": "NR",
    "Times-Cited": "TC", "Usage-Count-Last-180-days": "U1", "Usage-Count-Since-2013": "U2", "Journal-ISO": "JI",
    "Doc-Delivery-Number": "GA", "Web-of-Science-Index": "WE", "Unique-ID": "UT", "OA": "OA", "ESI-Highly-Cited-Paper": "HC",
    "ESI-Hot-Paper": "HP", "DA": "DA",
}  # fmt: skip
ONE_PER_LINE = {"Author-Email", "ResearcherID-Numbers", "ORCID-Numbers"}
LATEX = str.maketrans({"&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "[": "{[}"})
RIS = (("CT", "CT"), ("CY", "CY"), ("CL", "CL"), ("LA", "LA"), ("AB", "AB"))
RIS_TAIL = (
    ("FU", "FU"), ("FX", "FX"), ("PU", "PU"), ("PI", "PI"), ("PA", "PA"), ("SN", "SN"), ("SN", "EI"), ("SN", "BN"), ("J9", "J9"),
    ("JI", "JI"), ("DA", "PD"), ("PY", "PY"), ("Y2", "EA"), ("VL", "VL"), ("IS", "IS"), ("SP", "BP"), ("EP", "EP"), ("C7", "AR"), ("DO", "DI"),
)  # fmt: skip


def tagged(records: Sequence[Record]) -> bytes:
    """savedrecs.txt: byte order mark, LF, no line break after EF."""
    body = "".join(wos.tagged(r, PLAIN) for r in records)
    return f"FN Clarivate Analytics Web of Science\nVR 1.0\n{body}EF".encode("utf-8-sig")


def tagged_chinese(records: Sequence[Record]) -> bytes:
    """The same from the Chinese interface, for EndNote: no byte order mark, the vendor's full-width comma in RP."""
    body = "".join(wos.tagged(r, CHINESE) for r in records)
    return f"FN Clarivate Analytics Web of Science\nVR 1.0\n{body}EF\n".encode()


def tab(records: Sequence[Record]) -> bytes:
    """Tab-delimited, Windows, UTF-8."""
    return _tab(records).encode("utf-8-sig")


def tab_utf16(records: Sequence[Record]) -> bytes:
    """Tab-delimited, Windows, UTF-16."""
    return b"\xff\xfe" + _tab(records).encode("utf-16-le")


def _tab(records: Sequence[Record]) -> str:
    return "\t".join(wos.TAB_COLUMNS) + "\r\n" + "".join(wos.tabbed(r, PLAIN) for r in records)


def xlsx(records: Sequence[Record]) -> bytes:
    """savedrecs.xls as xlsx."""
    target = BytesIO()
    with Sheet(target, "savedrecs", creator="Apache POI") as sheet:
        for row in grid(records):
            sheet.add(row)
    return target.getvalue()


def grid(records: Sequence[Record]) -> list[list[Cell]]:
    """Rows of the Excel export, header first: cited references are an empty column, links are formulas."""
    columns = (*wos.TAB_COLUMNS, "Web of Science Record")
    rows: list[list[Cell]] = [list(HEADERS)]
    for found in records:
        cells = dict(zip(wos.TAB_COLUMNS, wos.tabbed(found, PLAIN)[:-2].split("\t"), strict=True)) | {"CR": ""}
        rows.append([0 if c in FORMULAS else cells[c] for c in columns])
    return rows


def bibtex(records: Sequence[Record]) -> bytes:
    """savedrecs.bib of today's interface: an empty first line, a blank before the key, values wrapped by three blanks."""
    return ("\n" + "\n".join(_entry(r) for r in records)).encode("utf-8-sig")


def _entry(found: Record) -> str:
    f = found.fields
    meeting = f["PT"] == "C"
    lines = [f"@{'inproceedings' if meeting else 'article'}{{ {f['UT']},"]
    fields: dict[str, str] = {"Author": _wrapped(" and ".join(f["AF"])), "Title": _wrapped(_latex(str(f["TI"])))}
    fields["Booktitle" if meeting else "Journal"] = _wrapped(_latex(str(f["SO"])))
    fields["Year"] = str(f.get("PY", ""))
    fields |= {name: _bibtex_value(name, f.get(tag, "")) for name, tag in BIBTEX.items()}
    pages = [str(f[tag]) for tag in ("BP", "EP") if f.get(tag)]
    fields |= {"Affiliation": _affiliation(found), "Pages": "-".join(pages)}
    if meeting:
        fields["Note"] = _wrapped(_latex(f"{f['CT']}, {f['CL']}, {f['CY']}"))
    lines += [f"{name} = {{{text}}}," for name, text in fields.items() if text]
    return "\n".join(lines) + "\n}\n"


def _bibtex_value(name: str, value: Value) -> str:
    if name == "Cited-References":
        return "\n   ".join(_latex(f"{line}.") for line in value)
    if name in ONE_PER_LINE:
        return "\n   ".join(_latex(part) for part in str(value).split("; "))
    return _wrapped(_latex(str(value)))


def _affiliation(found: Record) -> str:
    """Corresponding authors first, then the names without brackets, a comma and the address."""
    reprint = str(found.fields.get("RP", "")).replace("{marker}", "(Corresponding Author), ").split(".; ")
    lines = [f"{block.removesuffix('.')}." for block in reprint if block]
    for line in found.fields.get("C1", ()):
        lines.append(line.removeprefix("[").replace("] ", ", ", 1) if line.startswith("[") else line)
    return "\n   ".join(_latex(line) for line in lines)


def _latex(text: str) -> str:
    if '"' in text:  # quotation marks open and close in turn
        parts = text.split('"')
        text = "".join(p + ("" if n == len(parts) - 1 else ("``", "{''}")[n % 2]) for n, p in enumerate(parts))
    return text.translate(LATEX)


def _wrapped(text: str) -> str:
    return "\n   ".join(textwrap.wrap(text, 72, break_long_words=False, break_on_hyphens=False))


def ris(records: Sequence[Record]) -> bytes:
    """savedrecs.ris: short names, addresses without authors; bare CR between repeated AD, C3 and WE lines."""
    return "\n".join(_ris(r) for r in records).encode("utf-8-sig")


def _ris(found: Record) -> str:
    f = found.fields
    lines = [f"TY  - {'CPAPER' if f['PT'] == 'C' else 'JOUR'}", *(f"AU  - {a}" for a in f["AU"])]
    lines += [f"TI  - {f['TI']}", f"T2  - {f['SO']}"]
    lines += [f"{tag}  - {f[t]}" for tag, t in RIS if f.get(t)]
    for key in ("DE", "ID"):
        lines += [f"KW  - {word}" for word in str(f.get(key, "")).split("; ") if word]
    if f.get("C1"):
        lines.append("\r".join(f"AD  - {line.rpartition('] ')[2].removesuffix('.')}" for line in f["C1"]))
    lines += ["\r".join(f"C3  - {home}" for home in str(f["C3"]).split("; "))] if f.get("C3") else []
    lines += [f"{tag}  - {f[t]}" for tag, t in RIS_TAIL if f.get(t)]
    lines += ["\r".join(f"WE  - {e}" for e in str(f["WE"]).split("; "))] if f.get("WE") else []
    lines += [f"AN  - {f['UT']}", f"N1  - Times Cited in Web of Science Core Collection:  {f['TC']}"]
    lines += [f"Total Times Cited:  {f['Z9']}", f"Cited Reference Count:  {f['NR']}", "ER  -", ""]
    return "\n".join(lines)
