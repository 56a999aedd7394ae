"""Scopus: the same records through CSV, RIS and BibTeX of the old and the new generation agree in what each can carry."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path
from typing import Any

import pytest

from pipelines.core.errors import SourceError
from tests.unit.sources.conftest import Delivered, write

STEEL = "School of Steel, Linghai University, Linghai, China"
COAST = "Institute of Coasts, Neustadt University, Neustadt, Germany"
RECORDS: list[dict[str, Any]] = [
    {
        "names": [("Wang", "W.T."), ("de la Cruz", "J."), ("Liu", "H., Jr.")],
        "places": [[STEEL, COAST], [COAST], []],
        "affiliations": [STEEL, COAST],
        "corresponding": [("de la Cruz", "J.", COAST, "cruz@neustadt.de"), ("Wang", "W.T.", STEEL, "wang@linghai.edu.cn")],
        "title": "Wear of γ-TiAl & its limits: 5 % {100}",
        "year": "2021", "venue": "Tribology of Coasts", "short": "Tribol. Coasts", "volume": "12", "issue": "3", "start": "101",
        "end": "110", "article": "", "doi": "10.1000/toc.2021.12", "eid": "2-s2.0-85000000001", "cited": "31", "issn": "03029743",
        "isbn": "", "publisher": "Coast Press", "abstract": "Wear is measured; it is low.", "keywords": ["wear", "steel"],
        "language": "English", "type": "Article", "kind": ("JOUR", "ARTICLE"),
    },
    {
        "names": [("Zhao", "Q.")],
        "places": [[STEEL]],
        "affiliations": [STEEL],
        "corresponding": [],
        "title": "Salt in the harbour",
        "year": "2019", "venue": "Proceedings of the Linghai Meeting", "short": "", "volume": "", "issue": "", "start": "", "end": "",
        "article": "1234567", "doi": "", "eid": "2-s2.0-85000000002", "cited": "0", "issn": "", "isbn": "9783642106644",
        "publisher": "Coast Press", "abstract": "Salt.", "keywords": [], "language": "Chinese", "type": "Conference Paper",
        "kind": ("CONF", "CONFERENCE"),
    },
]  # fmt: skip
DAY = "3 July 2020"


def link(r: dict[str, Any]) -> str:
    return f"https://www.scopus.com/inward/record.uri?eid={r['eid']}&partnerID=40&md5=0"


def page(r: dict[str, Any]) -> str:
    return f"https://www.scopus.com/pages/publications/{r['eid'].removeprefix('2-s2.0-')}"


def correspondence(r: dict[str, Any], initials_first: bool) -> str:
    people = [(f"{i} {f}" if initials_first else f"{f}, {i}", a, m) for f, i, a, m in r["corresponding"]]
    return "; ".join(f"{name}; {address}; email: {mail}" for name, address, mail in people)


def table(records: list[dict[str, Any]], modern: bool) -> str:
    """CSV of 2015 (comma between authors, `Family, I.` before affiliations) or of 2024."""
    mark, comma = ("; ", "") if modern else (", ", ",")
    rows = []
    for r in records:
        parts = [
            ", ".join([f"{f}{comma} {i}", *places]) for (f, i), places in zip(r["names"], r["places"], strict=True)
        ]
        row = {
            "Authors": mark.join(f"{f} {i}" for f, i in r["names"]), "Title": r["title"], "Year": r["year"],
            "Source title": r["venue"], "Volume": r["volume"], "Issue": r["issue"], "Art. No.": r["article"],
            "Page start": r["start"], "Page end": r["end"], "Cited by": r["cited"], "DOI": r["doi"], "Link": link(r),
            "Affiliations": "; ".join(r["affiliations"]), "Authors with affiliations": "; ".join(parts), "Abstract": r["abstract"],
            "Author Keywords": "; ".join(r["keywords"]), "Correspondence Address": correspondence(r, modern),
            "Publisher": r["publisher"], "ISSN": r["issn"], "ISBN": r["isbn"], "Language of Original Document": r["language"],
            "Abbreviated Source Title": r["short"], "Document Type": r["type"], "Source": "Scopus", "EID": r["eid"],
        }  # fmt: skip
        rows.append(row)
    buffer = io.StringIO()
    writer = csv.DictWriter(
        buffer, list(rows[0]), quoting=csv.QUOTE_ALL if modern else csv.QUOTE_MINIMAL, lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return "\ufeff" + buffer.getvalue()


def ris(records: list[dict[str, Any]], modern: bool) -> str:
    out = []
    for r in records:
        notes = [("Cited By" + ("" if modern else " "), r["cited"]), ("Export Date", DAY)]
        notes += [("Correspondence Address", correspondence(r, modern))] if r["corresponding"] else []
        joined = [("N1", "; ".join(f"{k}:{' ' if modern else ''}{v}" for k, v in notes))]
        pairs = [("TY", r["kind"][0]), ("TI", r["title"]), ("T2", r["venue"]), ("J2", r["short"]), ("VL", r["volume"])]
        pairs += [("IS", r["issue"]), ("SP", r["start"]), ("EP", r["end"]), ("PY", r["year"]), ("DO", r["doi"])]
        pairs += [
            ("SN", f"{r['issn']} (ISSN) " if r["issn"] else ""),
            ("SN", f"{r['isbn']} (ISBN)" if r["isbn"] else ""),
        ]
        pairs += [("AU", f"{f}, {i}") for f, i in r["names"]] + [("AD", a) for a in r["affiliations"]]
        pairs += [
            ("AB", r["abstract"]),
            ("KW", "index term"),
            ("PB", r["publisher"]),
            ("M3", r["type"]),
            ("DB", "Scopus"),
        ]
        pairs += [("C7", r["article"]), ("LA", r["language"]), ("UR", link(r))]
        pairs += joined if modern else [("N1", f"{k}:{v}" if k[-1] == " " else f"{k}: {v}") for k, v in notes]
        pairs += [] if modern else [("N1", "References: Xu, B., Salt (2001) J. Salt, 1, p. 1; \nYe, C., More - salt")]
        out.append("".join(f"{tag}  - {value}\n" for tag, value in pairs if value) + "ER  - \n\n")
    return "".join(out)


def bibtex(records: list[dict[str, Any]], modern: bool) -> str:
    indent, equals, kind, places, address = ("", "=", "document_type", "affiliation", "correspondence_address1")
    if modern:
        indent, equals, kind, places, address = ("\t", " = ", "type", "affiliations", "correspondence_address")
    out = []
    for r in records:
        pages = f"{r['start']} – {r['end']}" if modern else f"{r['start']}-{r['end']}"
        fields = [
            ("author", " and ".join(f"{f}, {i}" for f, i in r["names"])), ("title", r["title"]), ("journal", r["venue"]),
            ("year", r["year"]), ("volume", r["volume"]), ("number", r["issue"]), ("pages", pages if r["start"] else ""),
            ("doi", r["doi"]), ("art_number", r["article"]), ("url", page(r) if modern else link(r)),
            ("note", f"Cited by: {r['cited']}; All Open Access" if modern else f"cited By {r['cited']}"),
            (places, "; ".join(r["affiliations"])), ("abstract", r["abstract"]), ("author_keywords", ";  ".join(r["keywords"])),
            (address, correspondence(r, modern)), ("publisher", r["publisher"]), ("issn", r["issn"]), ("isbn", r["isbn"]),
            ("language", r["language"]), ("abbrev_source_title", r["short"]), (kind, r["type"]), ("source", "Scopus"),
        ]  # fmt: skip
        body = "".join(f"{indent}{name}{equals}{{{value}}},\n" for name, value in fields if value)
        out.append(f"@{r['kind'][1]}{{{r['names'][0][0]}{r['year']},\n{body}}}")
    return f"Scopus\nEXPORT DATE: {DAY}\n\n" + ("\n\n" if modern else "").join(out) + "\n"


WRITERS = {"csv": table, "ris": ris, "bibtex": bibtex}
OF_THE_FILE = ["raw_id", "batch_id", "source_file", "record_hash", "delivered_at", "row", "source_row"]
CANNOT = {"csv": {"exported_at"}, "ris": {"keywords"}, "bibtex": set[str]()}  # what a format cannot carry is missing


@pytest.fixture(scope="module")
def formats(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, bool], Delivered]:
    folder = tmp_path_factory.mktemp("scopus")
    keys = [(form, modern) for form in WRITERS for modern in (False, True)]
    return {(f, m): Delivered(write(folder / f"{m}.{f}", WRITERS[f](RECORDS, m)), {}) for f, m in keys}


ALL = [(form, modern) for form in WRITERS for modern in (False, True)]


@pytest.mark.parametrize("key", ALL, ids=str)
def test_each_is_recognised_and_read(formats: dict[tuple[str, bool], Delivered], key: tuple[str, bool]) -> None:
    got = formats[key]
    assert (got.found.source, got.found.format, got.raw.height, got.rejected.height) == ("scopus", key[0], 2, 0)
    assert got.raw["record_id"].to_list() == ["scopus:2-s2.0-85000000001", "scopus:2-s2.0-85000000002"]


@pytest.mark.parametrize("key", ALL[1:], ids=str)
def test_records_agree(formats: dict[tuple[str, bool], Delivered], key: tuple[str, bool]) -> None:
    left, right = (formats[k].table("source_records").drop(OF_THE_FILE) for k in (("bibtex", True), key))
    differing = {c for c in left.columns if not left[c].equals(right[c])}
    assert differing == CANNOT[key[0]]
    assert all(right[c].null_count() == right.height for c in differing)


@pytest.mark.parametrize("table_name", ["source_authorships", "source_author_identifiers"])
@pytest.mark.parametrize("key", ALL[1:], ids=str)
def test_people_agree_wholly(
    formats: dict[tuple[str, bool], Delivered], key: tuple[str, bool], table_name: str
) -> None:
    left, right = (formats[k].table(table_name).drop(OF_THE_FILE, strict=False) for k in (ALL[0], key))
    assert left.height == {"source_authorships": 4, "source_author_identifiers": 2}[table_name]
    assert left.equals(right), (left, right)


@pytest.mark.parametrize("key", ALL[1:], ids=str)
def test_addresses_agree_and_only_csv_links_them(
    formats: dict[tuple[str, bool], Delivered], key: tuple[str, bool]
) -> None:
    left, right = (formats[k].table("source_addresses").drop(OF_THE_FILE, strict=False) for k in (ALL[0], key))
    order = ["record_id", "address_role", "address_position"]
    if key[0] == "csv":
        assert left.equals(right)
    assert left.sort(order).equals(right.sort(order))
    links = (
        formats[key]
        .table("source_authorship_addresses")
        .select("row", "author_position", "address_role", "address_position", "link")
    )
    by_place = [(1, 1, "author", 1, "stated"), (1, 1, "author", 2, "stated"), (1, 2, "author", 2, "stated")]
    named = [(1, 1, "reprint", 2, "stated"), (1, 2, "reprint", 1, "stated")]
    single = (2, 1, "author", 1, "stated" if key[0] == "csv" else "single_author")
    assert sorted(links.rows()) == sorted([*(by_place if key[0] == "csv" else []), *named, single])


def test_citations_have_the_date_of_the_export(formats: dict[tuple[str, bool], Delivered]) -> None:
    for (form, _), got in formats.items():
        day = "2026-11-22" if form == "csv" else "2020-07-03"
        assert got.table("source_metrics").select("value", "as_of").rows() == [(31.0, day), (0.0, day)]


def test_two_bibtex_files_in_one_keep_their_dates(tmp_path: Path) -> None:
    joined = bibtex(RECORDS[:1], True) + "\n" + bibtex(RECORDS[1:], True).replace(DAY, "5 May 2024")
    got = Delivered(write(tmp_path / "a.bib", joined), {})
    assert got.module.exported_at(got.raw).to_list() == ["2020-07-03", "2024-05-05"]


def test_proceedings_and_conference_of_old_ris(tmp_path: Path) -> None:
    text = ris(RECORDS[1:], False).replace("T2  - Proceedings", "T2  - Linghai Meeting 2019\nC3  - Proceedings")
    record = Delivered(write(tmp_path / "a.ris", text), {}).table("source_records").row(0, named=True)
    assert (record["venue"], record["conference"]) == ("Proceedings of the Linghai Meeting", "Linghai Meeting 2019")


def test_damage_never_crashes_and_every_record_is_accounted_for(tmp_path: Path) -> None:
    rng = random.Random(11)
    for form in WRITERS:
        whole = WRITERS[form](RECORDS * 2, True)
        for _ in range(15):
            at, cut = rng.randrange(len(whole)), rng.randrange(1, 90)
            damaged = rng.choice([whole[:at], whole[:at] + whole[at + cut :], whole[:at] + '"{};\n' + whole[at:]])
            try:
                got = Delivered(write(tmp_path / f"x.{form}", damaged), {})
            except SourceError:
                continue
            numbers = sorted([*got.raw["source_row"], *got.rejected["row"]])
            assert numbers == list(range(1, len(numbers) + 1))
            for name in ("source_records", "source_authorships", "source_authorship_addresses"):
                got.table(name)
