"""One record printed as Web of Science prints it in each of its formats; for tests that compare what comes out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlwt

from pipelines.sources import _rows

Record = Mapping[str, str]  # tag to value; several values are lines, as in tagged text
SPEC = _rows.columns("wos")
LISTED = ("AU", "AF", "BA", "BF", "BE", "GP", "CA", "C1", "CR", "Z2", "Z6")
CORE = [
    "PT", "AU", "BA", "BE", "GP", "AF", "BF", "CA", "TI", "SO", "SE", "BS", "LA", "DT", "CT", "CY", "CL", "SP", "HO", "DE",
    "ID", "AB", "C1", "C3", "RP", "EM", "RI", "OI", "FU", "FP", "FX", "CR", "NR", "TC", "Z9", "U1", "U2", "PU", "PI", "PA",
    "SN", "EI", "BN", "J9", "JI", "PD", "PY", "VL", "IS", "PN", "SU", "SI", "MA", "BP", "EP", "AR", "DI", "DL", "D2", "EA",
    "PG", "WC", "WE", "SC", "GA", "PM", "OA", "HC", "HP", "DA", "UT",
]  # fmt: skip
ALL_DATABASES = [
    "PT", "AU", "BA", "CA", "GP", "RI", "OI", "BE", "Z2", "TI", "X1", "Y1", "Z1", "FT", "PN", "AE", "Z3", "SO", "S1", "SE",
    "BS", "VL", "IS", "SI", "MA", "BP", "EP", "AR", "DI", "D2", "EA", "SU", "PD", "PY", "AB", "X4", "Y4", "Z4", "AK", "CT",
    "CY", "SP", "CL", "TC", "Z8", "ZR", "ZA", "ZB", "ZS", "Z9", "U1", "U2", "SN", "EI", "BN", "UT", "PM",
]  # fmt: skip
BIBTEX = {"J": "article", "C": "inproceedings", "B": "book", "S": "incollection"}


def tagged(records: Sequence[Record], head: str = "FN Clarivate Analytics Web of Science\nVR 1.0\n") -> str:
    """savedrecs.txt, plain text."""
    bodies = []
    for record in records:
        fields = {"PT": "J", **record}
        end = "UT" not in fields or fields.pop("UT")
        lines = [
            f"{tag} {value.replace(chr(10), chr(10) + '   ')}" for tag, value in {**fields, "UT": end}.items() if value
        ]
        bodies.append("\n".join([*lines, "ER", "", ""]))
    return head + "".join(bodies) + "EF"


def cells(record: Record, columns: Sequence[str]) -> list[str]:
    """Cells of a row: values joined by '; ', addresses without their final period."""
    out = []
    for tag in columns:
        value = {"PT": "J", **record}.get(tag, "")
        parts = [part.removesuffix(".") if tag in ("C1", "Z6") else part for part in value.split("\n")]
        out.append(("; " if tag in LISTED else " ").join(parts))
    return out


def tab(records: Sequence[Record], columns: Sequence[str] = CORE) -> str:
    """savedrecs.txt, tab-delimited."""
    rows = ["\t".join(columns), *("\t".join(cells(r, columns)) for r in records)]
    return "\ufeff" + "".join(f"{row}\r\n" for row in rows)


def sheet(records: Sequence[Record], columns: Sequence[str] = CORE) -> list[list[str]]:
    """Rows of the sheet savedrecs: labels, cells, and the cached 0 of formula cells."""
    labels = [str(SPEC[tag].get("headers", [tag])[0]) for tag in columns]
    if "Y1" in columns:  # the vendor gives both translated titles, and both abstracts, one label
        labels[list(columns).index("Y1")] = labels[list(columns).index("X1")]
        labels[list(columns).index("Y4")] = labels[list(columns).index("X4")]
        labels[list(columns).index("UT")] = "UT (Unique ID)"
    rows = []
    for record in records:
        row = cells(record, columns)
        if "DL" in columns:
            row[list(columns).index("DL")] = "0"
        rows.append([*row, "0"])
    return [[*labels, "Web of Science Record"], *rows]


def xls(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    """savedrecs.xls, BIFF8."""
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("savedrecs")
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            page.write(r, c, cell)
    book.save(str(path))
    return path


def bibtex(records: Sequence[Record], old: bool = False) -> str:
    """savedrecs.bib; `old` = double braces and ISI numbers, until about 2021."""
    opening, closing = ("{{", "}}") if old else ("{", "}")
    entries = []
    for record in records:
        fields = dict(record)
        number = fields.pop("UT").replace("WOS:", "ISI:") if old else fields.pop("UT")
        entry = [f"Author = {{{' and '.join((fields.pop('AF', '') or fields['AU']).split(chr(10)))}}}"]
        pages = "-".join(filter(None, (fields.pop("BP", ""), fields.pop("EP", ""))))
        affiliation = [
            *_roles(fields.pop("RP", "")),
            *(_unbracketed(line) for line in fields.pop("C1", "").split("\n")),
        ]
        values = {
            SPEC[tag]["bibtex"][0]: _printed(tag, value) for tag, value in fields.items() if SPEC[tag].get("bibtex")
        }
        values |= {"Pages": pages, "Affiliation": "\n   ".join(filter(None, affiliation)), "Unique-ID": number}
        entry += [f"{name} = {opening}{_latex(value)}{closing}" for name, value in values.items() if value]
        entries.append(f"@{BIBTEX[fields.get('PT', 'J')]}{{ {number},\n" + ",\n".join(entry) + ",\n}\n")
    return "\n" + "\n".join(entries)


def ris(records: Sequence[Record]) -> str:
    """savedrecs.ris: bare CR between repeated fields, counts in a note."""
    out = []
    for record in records:
        lines = [f"TY  - {'CPAPER' if record.get('PT') == 'C' else 'JOUR'}"]
        for tag, value in record.items():
            name = next(iter(SPEC[tag].get("ris", ())), "")
            if tag == "PT" or not name:
                continue
            mark = "\r" if tag == "C1" else "\n"
            values = value.split("\n") if tag in LISTED else [value.replace("\n", " ")]
            texts = [re.sub(r"^\[[^\]]*\] ", "", v).removesuffix(".") if tag == "C1" else v for v in values]
            lines.append(mark.join(f"{name}  - {text}" for text in texts))
            if tag == "SN" and record.get("EI"):
                lines.append(f"SN  - {record['EI']}")
        lines.append(f"N1  - Times Cited in Web of Science Core Collection:  {record.get('TC', '0')}")
        lines += [
            f"Total Times Cited:  {record.get('Z9', '0')}",
            f"Cited Reference Count:  {record.get('NR', '0')}",
            "ER  -",
        ]
        out.append("\n".join([*lines, "", ""]))
    return "\ufeff" + "".join(out)


def _printed(tag: str, value: str) -> str:
    if tag == "BE":
        return " and ".join(value.split("\n"))
    if tag == "CR":
        return "\n   ".join(f"{line}." for line in value.split("\n"))
    return value.replace("; ", "\n   ") if tag in ("EM", "RI", "OI") else value.replace("\n", "\n   ")


def _roles(text: str) -> list[str]:
    return [
        f"{part.removesuffix('.')}."
        for part in text.replace("(corresponding author)", "(Corresponding Author)").split(".; ")
        if part
    ]


def _unbracketed(line: str) -> str:
    return re.sub(r"^\[([^\]]*)\] ", r"\1, ", line)


def _latex(text: str) -> str:
    return re.sub(r"([&%$#_])", r"\\\1", text).replace("[", "{[}").replace('"', "``")
