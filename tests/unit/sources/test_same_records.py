"""The same invented records through every format of their vendor give the same canonical rows; what a format cannot carry is missing.

The first format of a source is the measure. For each other one `LOST` names what it cannot carry and what stands there instead.
Everything else must be equal in every row and column, missing values included.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import polars as pl
import pytest
import xlwt

from pipelines.core import catalog
from pipelines.sample import cnki, ei, people, scopus, works, wos
from pipelines.sample.draw import Draw
from pipelines.sample.formats import FORMATS
from pipelines.sample.formats import wos as wos_formats
from pipelines.sample.model import World
from pipelines.sample.record import Record
from tests.unit.sources.conftest import Delivered

WORKS = 100
KEYS = {
    "source_records": ["row"],
    "source_authorships": ["row", "author_position"],
    "source_addresses": ["row", "address_role", "address_position"],
    "source_authorship_addresses": ["row", "address_role", "author_position", "address_position"],
    "source_author_identifiers": ["row", "identifier_type", "author_position", "identifier_value"],
    "source_metrics": ["row", "metric"],
    "source_contributors": ["row", "contributor_role", "contributor_position"],
    "source_theses": ["row"],
}
# What delivery adds, not the record
DELIVERY = {"raw_id", "batch_id", "source_file", "source_row", "record_hash", "delivered_at"}


@dataclass(frozen=True)
class Lost:
    """What a format cannot carry of one table: columns with what stands there instead, and rows.

    A value in `columns` is a constant or an expression over the measure's columns; `part` names columns that hold a part of the
    measure's text, `own` columns in the format's own words. `rows` keeps those rows of the measure that the format carries; the
    numbers of authors and author addresses of a record are at hand there as `authors` and `places`.
    """

    columns: dict[str, Any] = field(default_factory=dict)
    part: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    rows: pl.Expr | None = None


UNKNOWN = {"is_corresponding": "unknown", "corresponding_evidence": None}
NO_ROWS = Lost(rows=pl.lit(False))
# Without names beside the addresses only a single author's own are known
SINGLE_AUTHOR = Lost(
    columns={"link": "single_author"},
    rows=(pl.col("address_role") == "author") & (pl.col("authors") == 1),
)
# Reference programmes tell a paper of a conference from one of a journal, not an article from a review
CONFERENCE_ONLY = pl.col("document_type").replace({"article": None, "review": None})
EI_NAMES_ONLY = {
    "source_authorships": Lost(columns=UNKNOWN),
    "source_addresses": NO_ROWS,
    "source_authorship_addresses": NO_ROWS,
    "source_author_identifiers": NO_ROWS,
    "source_metrics": NO_ROWS,
}
CHINESE_WORDS = Lost(part=("keywords",), own=("document_type_raw",))  # English keywords stand in RefWorks only
PLAIN_TABLE = {
    "source_records": Lost(columns={"publisher": None}, part=("keywords",), own=("document_type_raw",)),
    "source_contributors": NO_ROWS,
    "source_theses": Lost(columns={"degree": None}),  # 博士 or 硕士 is told by the database it comes from
}
EXPORTED = "2026-08-28"
SCOPUS_APART = {
    "source_authorship_addresses": Lost(
        columns={
            "link": pl.when(pl.col("address_role") == "reprint")
            .then(pl.col("link"))
            .otherwise(
                pl.when(pl.col("authors") == 1).then(pl.lit("single_author")).otherwise(pl.lit("single_address"))
            )
        },
        rows=(pl.col("address_role") == "reprint") | (pl.col("authors") == 1) | (pl.col("places") == 1),
    ),
    "source_author_identifiers": Lost(own=("name",), rows=pl.col("identifier_type") != "scopus_author_id"),
    "source_metrics": Lost(columns={"as_of": EXPORTED}),
}
LOST: dict[tuple[str, str], dict[str, Lost]] = {
    # the conference's name, place and date are one note; full names only; citations of the Core Collection only
    ("wos", "bibtex"): {
        "source_records": Lost(columns={"conference": None}),
        "source_authorships": Lost(columns={"name_short": None}),
        "source_metrics": Lost(rows=pl.col("metric") != "citations_wos_all"),
    },
    # short names, addresses without authors, nothing of corresponding authors, identifiers, document types and categories
    ("wos", "ris"): {
        "source_records": Lost(
            columns=dict.fromkeys(("exported_at", "document_type", "document_type_raw", "keywords", "categories"))
            | {"is_retracted": False}
        ),
        "source_authorships": Lost(columns={"name": pl.col("name_short"), **UNKNOWN}),
        "source_addresses": Lost(rows=pl.col("address_role") == "author"),
        "source_authorship_addresses": SINGLE_AUTHOR,
        "source_author_identifiers": NO_ROWS,
        "source_metrics": Lost(
            columns={"as_of": "2026-11-22"}, rows=pl.col("metric").str.contains("citations|references")
        ),
    },
    # of authors only the names; what a reference programme keeps of the source
    ("ei", "ris"): {
        "source_records": Lost(
            columns=dict.fromkeys(("eissn", "conference", "categories")) | {"document_type": CONFERENCE_ONLY},
            own=("document_type_raw",),
        ),
        **EI_NAMES_ONLY,
        "source_addresses": Lost(),
        "source_authorship_addresses": SINGLE_AUTHOR,
    },
    ("ei", "bibtex"): {
        "source_records": Lost(
            columns=dict.fromkeys(
                (
                    "publication_date",
                    "venue_abbreviation",
                    "eissn",
                    "article_number",
                    "conference",
                    "publisher",
                    "categories",
                )
            )
            | {"document_type": CONFERENCE_ONLY},
            own=("document_type_raw", "doi_raw"),
        ),
        **EI_NAMES_ONLY,
    },
    # the day of export is said in RIS and BibTeX only; authors and addresses stand apart
    ("scopus", "ris"): {
        "source_records": Lost(columns={"exported_at": EXPORTED, "conference": None, "keywords": None}),
        "source_authorships": Lost(columns={"name": pl.col("name_short")}),
        **SCOPUS_APART,
    },
    ("scopus", "bibtex"): {
        "source_records": Lost(columns={"exported_at": EXPORTED, "conference": None}),
        **SCOPUS_APART,
    },
    ("cnki", "noteexpress"): {"source_records": CHINESE_WORDS},
    ("cnki", "endnote"): {"source_records": CHINESE_WORDS},
    # no DOI and ISSN; the university of a thesis stands where a journal's name does
    ("cnki", "estudy"): {
        "source_records": Lost(
            columns=dict.fromkeys(("doi", "doi_raw", "issn", "publisher")),
            part=("keywords",),
            own=("document_type_raw",),
        )
    },
    ("cnki", "custom"): PLAIN_TABLE,
    ("cnki", "html"): PLAIN_TABLE,
    ("cnki", "xlsx"): PLAIN_TABLE,
    ("cnki", "notefirst"): {
        "source_records": Lost(columns={"publisher": None}, part=("keywords",), own=("document_type_raw",))
    },
}


@cache
def records(source: str) -> list[Record]:
    """Works as one database prints them: journal papers, conference papers, early access, old records, theses."""
    world = World(3, 400, people.roster(3, 400))
    cited = wos.references(3)
    printers: dict[str, Callable[[Any, Draw], Record]] = {
        "wos": lambda work, draw: wos.record(work, draw, cited),
        "ei": ei.record,
        "cnki": cnki.record,
        "scopus": scopus.record,
    }
    kinds = ("bilingual", "chinese", "thesis") if source == "cnki" else ("international", "conference", "bilingual")
    every = (works.make(world, n) for n in range(WORKS * (3 if source == "cnki" else 1)))
    return [printers[source](w, Draw.of(3, 60, w.index)) for w in every if w.kind in kinds]


def xls(found: Sequence[Record]) -> bytes:
    """savedrecs.xls as it comes: BIFF8."""
    from io import BytesIO

    book, target = xlwt.Workbook(), BytesIO()
    sheet = book.add_sheet("savedrecs")
    for r, row in enumerate(wos_formats.grid(found)):
        for c, cell in enumerate(row):
            sheet.write(r, c, cell)
    book.save(target)
    return target.getvalue()


def written(source: str, name: str) -> tuple[str, bytes]:
    """Suffix and bytes of the records in a format."""
    if (source, name) == ("wos", "xls"):
        return ".xls", xls(records(source))
    chosen = FORMATS[source][name]
    return chosen.suffix, chosen.write(records(source))


@pytest.fixture(scope="module")
def through(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Delivered]:
    folder = tmp_path_factory.mktemp("formats")

    @cache
    def read(source: str, name: str) -> Delivered:
        suffix, content = written(source, name)
        path = folder / f"{source}_{name}{suffix}"
        path.write_bytes(content)
        return Delivered(path, {})

    return read


READABLE = [s for s in FORMATS if s in catalog.source_names()]
OTHERS = [(s, name) for s in READABLE for name in [*list(FORMATS[s])[1:], *(["xls"] if s == "wos" else [])]]


@pytest.mark.parametrize(("source", "name"), [(s, n) for s in READABLE for n in FORMATS[s]])
def test_every_record_is_read(through: Callable[[str, str], Delivered], source: str, name: str) -> None:
    got = through(source, name)
    assert got.found.source == source
    assert (got.raw.height, got.rejected.height) == (len(records(source)), 0)


@pytest.mark.parametrize(("source", "name"), OTHERS)
def test_formats_agree_field_by_field(through: Callable[[str, str], Delivered], source: str, name: str) -> None:
    measure, other = through(source, next(iter(FORMATS[source]))), through(source, name)
    made = [t for t in KEYS if hasattr(measure.module, t)]
    assert "source_records" in made and "source_authorships" in made
    wrong = [line for t in made for line in differences(t, measure, other, LOST.get((source, name), {}).get(t, Lost()))]
    assert not wrong, "\n".join(wrong)


def differences(table: str, measure: Delivered, other: Delivered, lost: Lost) -> list[str]:
    """Rows and cells of a table that differ from what the measure says, in words."""
    authors = measure.table("source_records").select("row", authors="author_count")
    own = measure.table("source_addresses").filter(address_role="author").group_by("row").agg(places=pl.len())
    wanted, got = measure.table(table), other.table(table)
    wanted = wanted.join(authors, on="row", how="left").join(own, on="row", how="left")
    if lost.rows is not None:
        wanted = wanted.filter(lost.rows)
    wanted = wanted.with_columns(
        (v if isinstance(v, pl.Expr) else pl.lit(v, dtype=wanted.schema[c])).alias(c) for c, v in lost.columns.items()
    )
    keys = KEYS[table]
    told = []
    for words, left, right in (("missing", wanted, got), ("too many", got, wanted)):
        rows = left.join(right, on=keys, how="anti", nulls_equal=True)
        told += [f"{table}: {rows.height} rows {words}, e.g. {rows.select(keys).row(0)}"] if rows.height else []
    both = wanted.join(got, on=keys, how="inner", suffix="_got", nulls_equal=True)
    for column in (c for c in wanted.columns if c not in {*keys, *DELIVERY, *lost.own, "authors", "places"}):
        right = pl.col(f"{column}_got")
        same = pl.col(column).eq_missing(right)
        if column in lost.part:
            same = pl.col(column).str.contains(right, literal=True).fill_null(right.is_null())
        rows = both.filter(~same)
        if rows.height:
            example = rows.select(*keys, column, f"{column}_got").row(0)
            told.append(f"{table}.{column}: {rows.height} of {both.height} differ, e.g. {str(example)[:400]}")
    return told
