"""EI: the same records through Excel, CSV, ASCII text, RIS and BibTeX give the same tables, as far as each can carry them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.core.errors import SourceError
from pipelines.sources import _recognise
from tests.unit.sources.conftest import Deliver, Delivered, write

RECORDS: list[dict[str, Any]] = [
    {
        "Title": "Wear of γ-TiAl &amp; its “limits”, part 2",
        "Accession number": "20203412345678",
        "Author": ["Wang, Lei(1,2)", "Liu, Hao(1)", "Müller, Jürgen(2)"],
        "Author affiliation": [
            "School of Materials; Room 5 (CESAR), Linghai University, Linghai, China",
            "Institut für Werkstoffe, Neustadt, Germany",
        ],
        "Corresponding author": "Wang, L. (wanglei@linghai.edu.cn)",
        "Source": "Tribology of Coasts",
        "Volume": "12",
        "Issue": "03",
        "Pages": ("101", "110"),
        "Publication year": "2020",
        "Language": "English",
        "ISSN": "03029743",
        "ISBN13": "",
        "DOI": "10.1000/toc.2020.12",
        "Document type": "Journal article (JA)",
        "Abstract": "Wear is measured.<br/> Results: it is low. &copy; 2020",
        "Number of references": "31",
        "Uncontrolled terms": ["Dry wear", "Sea - salt"],
        "Classification code": ["421 Strength", "531.1 Metallurgy"],
        "Database": "Compendex",
    },
    {
        "Title": "A conference paper {100} of 5 % & more",
        "Accession number": "15094425",
        "Author": ["Zhao, Q."],
        "Author affiliation": [],
        "Corresponding author": "",
        "Source": "Proceedings of the Linghai Meeting",
        "Volume": "",
        "Issue": "",
        "Pages": ("7", ""),
        "Publication year": "2011",
        "Language": "Chinese",
        "ISSN": "",
        "ISBN13": "9783642106644",
        "DOI": "",
        "Document type": "Conference article (CA)",
        "Abstract": "",
        "Number of references": "",
        "Uncontrolled terms": [],
        "Classification code": [],
        "Database": "Inspec",
    },
]
HEADER = [name for name in RECORDS[0] if name != "Source"] + ["Source"]
COPYRIGHT = "Compilation and indexing terms, Copyright 2020 Elsevier Inc."
TABLES = ["source_records", "source_authorships", "source_author_identifiers", "source_addresses", "source_authorship_addresses",
          "source_metrics"]  # fmt: skip
OF_THE_FILE = [
    "raw_id",
    "batch_id",
    "source_file",
    "record_hash",
    "delivered_at",
    "exported_at",
    "doi_raw",
    "row",
    "source_row",
]


def cell(record: dict[str, Any], name: str, joined: str = " - ") -> str:
    value = record[name]
    if name == "Author":
        return "; ".join(value)
    if name == "Author affiliation":
        return "; ".join(f"({n}) {text}" for n, text in enumerate(value, 1))
    if name == "Pages":
        return "-".join(filter(None, value))
    return joined.join(value) if isinstance(value, list) else str(value)


def names(record: dict[str, Any]) -> list[str]:
    return [author.split("(")[0] for author in record["Author"]]


def excel(records: list[dict[str, Any]]) -> dict[str, list[list[Any]]]:
    return {"Detailed Results": [HEADER, *([cell(r, h) for h in HEADER] for r in records)]}


def csv(records: list[dict[str, Any]]) -> str:
    """As the vendor writes it: everything quoted, quotation marks inside not escaped."""
    rows = [HEADER, *([cell(r, h) for h in HEADER] for r in records)]
    return "\ufeff" + "".join(",".join(f'"{c}"' for c in row) + "\r\n" for row in rows)


def text(records: list[dict[str, Any]]) -> str:
    labels = {"Author": "Authors", "Source": "Source title", "ISBN13": "ISBN-13"}
    blocks = []
    for number, record in enumerate(records, 1):
        lines = [f"{labels.get(h, h)}:{cell(record, h)}" for h in sorted(HEADER) if cell(record, h) and h != "Database"]
        blocks.append("\n".join([f"<RECORD {number}>", "", *lines, f"Database:{record['Database']}", COPYRIGHT]))
    return "\n\n\n".join(blocks) + "\n"


def ris(records: list[dict[str, Any]]) -> str:
    out = []
    for r in records:
        pairs = [
            ("TY", "CONF" if "Conference" in r["Document type"] else "JOUR"),
            ("LA", r["Language"]),
            ("N1", COPYRIGHT),
        ]
        pairs += [("N1", r["Database"]), ("T1", r["Title"]), ("JO", r["Source"]), *(("A1", n) for n in names(r))]
        pairs += [("AD", a) for a in r["Author affiliation"]]
        pairs += [("VL", r["Volume"]), ("IS", r["Issue"]), ("PY", r["Publication year"]), ("U1", r["Accession number"])]
        pairs += [
            ("SP", r["Pages"][0]),
            ("EP", r["Pages"][1]),
            ("SN", r["ISSN"]),
            ("SN", r["ISBN13"]),
            ("N2", r["Abstract"]),
        ]
        pairs += [("KW", "Wear"), *(("U2", t) for t in r["Uncontrolled terms"])]
        pairs += [("L2", f"http://dx.doi.org/{r['DOI']}")] if r["DOI"] else []
        out.append("".join(f"{tag}  - {value}\r\n" for tag, value in pairs if value) + "ER  - \r\n\r\n")
    return "".join(out)


def bibtex(records: list[dict[str, Any]]) -> str:
    out = []
    for r in records:
        kind = "inproceedings" if "Conference" in r["Document type"] else "article"
        abstract = f'<div data-language="eng" data-ev-field="abstract">{r["Abstract"]}</div>' if r["Abstract"] else ""
        pairs = [
            ("language", r["Language"]),
            ("copyright", COPYRIGHT),
            ("copyright", r["Database"]),
            ("title", r["Title"]),
        ]
        pairs += [
            ("journal", r["Source"]),
            ("author", " and ".join(names(r))),
            ("volume", r["Volume"]),
            ("number", r["Issue"]),
        ]
        pairs += [("year", r["Publication year"]), ("pages", f"{r['Pages'][0]} - {r['Pages'][1]}"), ("issn", r["ISSN"])]
        pairs += [("isbn", r["ISBN13"]), ("abstract", abstract), ("key", "Wear"), ("keywords", "Wear;Coasts;")]
        pairs += [("note", "".join(f"{t};" for t in r["Uncontrolled terms"]))]
        pairs += [("URL", f"http://dx.doi.org/{r['DOI']}")] if r["DOI"] else []
        fields = "".join(f"{name} = {{{value}}},\r\n" for name, value in pairs if value)
        out.append(f"@{kind}{{{r['Accession number']} ,\r\n{fields}}}\r\n\r\n\r\n")
    return "".join(out)


WRITERS = {"xlsx": excel, "csv": csv, "text": text, "ris": ris, "bibtex": bibtex}
CANNOT = {  # what a format cannot carry is missing
    "ris": {"document_type", "document_type_raw", "categories", "venue_abbreviation"},
    "bibtex": {"document_type", "document_type_raw", "categories", "venue_abbreviation"},
}


@pytest.fixture
def formats(tmp_path: Path) -> dict[str, Delivered]:
    return {form: Delivered(write(tmp_path / f"a.{form}", make(RECORDS)), {}) for form, make in WRITERS.items()}


def test_each_format_is_recognised_and_read(formats: dict[str, Delivered]) -> None:
    for form, got in formats.items():
        assert (got.found.source, got.found.format, got.raw.height, got.rejected.height) == ("ei", form, 2, 0)
        assert got.raw["record_id"].to_list() == ["ei:20203412345678", "ei:15094425"]
    assert [form for form, got in formats.items() if any("affiliations" in m for m in got.found.missing)] == ["bibtex"]
    assert [form for form, got in formats.items() if any("corresponding" in m for m in got.found.missing)] == [
        "ris",
        "bibtex",
    ]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("form", ["csv", "text"])
def test_full_formats_agree_wholly(formats: dict[str, Delivered], form: str, table: str) -> None:
    left, right = (formats[f].table(table).drop(OF_THE_FILE, strict=False) for f in ("xlsx", form))
    assert left.height > 0
    assert left.equals(right), (left, right)


@pytest.mark.parametrize("form", ["ris", "bibtex"])
def test_references_agree_in_what_they_can_carry(formats: dict[str, Delivered], form: str) -> None:
    left, right = (formats[f].table("source_records").drop(OF_THE_FILE, strict=False) for f in ("xlsx", form))
    differing = {c for c in left.columns if not left[c].equals(right[c])}
    assert differing <= CANNOT[form]
    assert right["document_type"].to_list() == [None, "proceedings_paper"]
    assert right["index_editions"].to_list() == ["Compendex", "Inspec"]
    people = [
        formats[f].table("source_authorships").select("record_id", "author_position", "name") for f in ("xlsx", form)
    ]
    assert people[0].equals(people[1])
    assert set(formats[form].table("source_authorships")["is_corresponding"]) == {"unknown"}


def test_ris_addresses_are_there_and_linked_to_nobody(formats: dict[str, Delivered]) -> None:
    left, right = (formats[f].table("source_addresses").drop(OF_THE_FILE, strict=False) for f in ("xlsx", "ris"))
    assert left.equals(right)
    assert formats["ris"].table("source_authorship_addresses").height == 0
    assert formats["bibtex"].table("source_addresses").height == 0


def test_a_broken_csv_row_does_not_take_its_neighbours_along(deliver: Deliver) -> None:
    lines = csv(RECORDS).split("\r\n")
    cut = lines[1][:200]
    got = deliver("\r\n".join([lines[0], cut, *lines[1:]]), "a.csv")
    assert got.raw["source_row"].to_list() == [2, 3]
    assert got.rejected["row"].to_list() == [1]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (bibtex(RECORDS).replace("15094425 ,", "zhao2011,"), "缺少入藏号"),
        (csv(RECORDS).replace('"15094425"', '"1.50944E+13"'), "用 Excel 打开后保存过"),
        (text(RECORDS).replace("Title:A conference", "Subtitle:A conference"), "缺少题名"),
        (text(RECORDS)[:-140], "文件在这条记录中间断开"),
        (ris(RECORDS).replace("U1  - 15094425\r\n", ""), "缺少入藏号"),
    ],
    ids=["key of other software", "spoilt by Excel", "no title", "cut", "no number"],
)
def test_rows_without_a_number_are_set_aside_in_words(deliver: Deliver, content: str, expected: str) -> None:
    got = deliver(content, "a.txt")
    assert got.raw["source_row"].to_list() == [1]
    assert got.rejected["row"].to_list() == [2]
    assert expected in got.rejected["found"][0]


def test_unknown_labels_and_wrapped_lines_of_text(deliver: Deliver) -> None:
    body = (
        "<RECORD 1>\n\nAccession number:20201234567890\nTitle:T\nAuthors:Wang, Lei (1); Anon\n"
        "Author affiliation:(1) First\nplace\n(2) Second place\nDOI:10.1000/x\nNumerical data indexing:Size 1E+00m\n"
        "Abstract:We ask. Method: we look.\nResults: nothing.\n\nDatabase:Compendex\n"
    )
    got = deliver(body)
    assert got.table("source_records").select("doi", "abstract", "author_count").rows() == [
        ("10.1000/x", "We ask. Method: we look. Results: nothing.", 1)
    ]
    assert got.table("source_addresses")["address"].to_list() == ["First place", "Second place"]
    assert got.raw["Numerical data indexing"].to_list() == ["Size 1E+00m"]


def test_pages_that_are_a_publisher_and_articles_in_press(deliver: Deliver) -> None:
    got = deliver(
        bibtex(RECORDS[:1])
        .replace("101 - 110", "IEEE Society - ")
        .replace("{Compendex}", "{Compendex, Article in Press}")
    )
    assert got.table("source_records").select("first_page", "is_early_access", "index_editions").rows() == [
        (None, True, "Compendex")
    ]


def test_a_header_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="没有记录"):
        _recognise.recognise(write(tmp_path / "a.csv", csv([])))


def test_damage_never_crashes_and_every_record_is_accounted_for(tmp_path: Path) -> None:
    import random

    rng = random.Random(7)
    for form in ("csv", "text", "ris", "bibtex"):
        whole = WRITERS[form](RECORDS * 3)
        assert isinstance(whole, str)
        for _ in range(25):
            at, cut = rng.randrange(len(whole)), rng.randrange(1, 80)
            damaged = rng.choice([whole[:at], whole[:at] + whole[at + cut :], whole[:at] + '"{}\n' + whole[at:]])
            try:
                got = Delivered(write(tmp_path / f"x.{form}", damaged), {})
            except SourceError:
                continue
            numbers = sorted([*got.raw["source_row"], *got.rejected["row"]])
            assert numbers == list(range(1, len(numbers) + 1))
            assert isinstance(got.table("source_records"), pl.DataFrame)
