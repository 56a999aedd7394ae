"""Real Web of Science and Derwent files: counts equal PROVENANCE.tsv; the same records through other formats give the same tables."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.sources import _recognise, modules
from tests.conftest import SHARED
from tests.unit.sources.conftest import Delivered

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="../shared (licensed real files) is not here")
EXPORTS = SHARED / "exports"
FORMATS = {
    "tagged text": "tagged", "EndNote desktop": "tagged", "plain text tagged": "tagged", "tab-delimited": "tab", "BibTeX": "bibtex",
    "RIS": "ris", "Excel": "sheet", "XLSX": "sheet",
}  # fmt: skip
KEYS = {
    "source_records": ["record_id"],
    "source_authorships": ["record_id", "author_position"],
    "source_author_identifiers": ["record_id", "identifier_type", "identifier_value"],
    "source_addresses": ["record_id", "address_role", "address_position"],
    "source_authorship_addresses": ["record_id", "author_position", "address_role", "address_position"],
    "source_metrics": ["record_id", "metric"],
    "source_cited_references": ["record_id", "reference_position"],
    "source_funding": ["record_id", "funding_position"],
}
OF_THE_FILE = ("raw_id", "row", "source_file", "source_row")
# record, table, column: what BibTeX says differently, with the cause
CAUSES = {
    ("source_records", "issue"): (1, "Number holds the supplement where there is no issue"),
    ("source_authorships", "is_corresponding"): (
        1,
        "RP prints initials that are not of the full name, and BibTeX has no AU",
    ),
}


def provenance() -> list[tuple[str, str, int]]:
    """path, format, records."""
    if not EXPORTS.exists():
        return []
    with (EXPORTS / "PROVENANCE.tsv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    ours = [r for r in rows if r["path"].startswith("wos/") or r["path"] == "derwent/dii-plaintext-3rec.txt"]
    return [
        (r["path"], next(f for k, f in FORMATS.items() if r["format"].startswith(k)), int(r["records"])) for r in ours
    ]


@cache
def deliver(path: str) -> Delivered:
    return Delivered(EXPORTS / path, {})


@pytest.mark.parametrize(("path", "form", "records"), provenance(), ids=lambda v: str(v)[-40:])
def test_every_file_is_read_whole(path: str, form: str, records: int) -> None:
    found = _recognise.recognise(EXPORTS / path)
    chunks = list(modules()[found.source].read(EXPORTS / path, found, {}))
    assert (found.source, found.format) == ("wos", form)
    assert sum(c.rows.height for c in chunks) == records
    assert sum(c.rejected.height for c in chunks) == 0


@pytest.mark.parametrize("table", KEYS)
def test_tagged_and_tab_delimited_agree_field_by_field(table: str) -> None:
    left, right = (deliver(p).table(table).drop(OF_THE_FILE, strict=False) for p in ("wos/baig.ciw", "wos/baig.txt"))
    assert left.height > 200
    assert_frame_equal(left.sort(left.columns), right.sort(left.columns))


@pytest.mark.parametrize("table", KEYS)
def test_bibtex_says_what_tagged_text_says_or_nothing(table: str) -> None:
    """Every value of BibTeX equals that of tagged text, but for the listed causes; what it cannot carry is null."""
    bibtex = deliver("wos/baig.bib").table(table)
    tagged = deliver("wos/baig.ciw").table(table)
    both = bibtex.join(tagged, on=KEYS[table], how="inner", suffix="_tagged")
    assert both.height == bibtex.height > 40  # nothing that tagged text does not have
    for column in bibtex.columns:
        if column in (*KEYS[table], *OF_THE_FILE):
            continue
        stated = both.filter(pl.col(column).is_not_null())
        different = stated.filter(pl.col(column).ne_missing(pl.col(f"{column}_tagged"))).height
        assert different == CAUSES.get((table, column), (0, ""))[0], column


def test_what_bibtex_cannot_carry_is_null() -> None:
    bibtex, tagged = deliver("wos/baig.bib"), deliver("wos/baig.ciw")
    ids = bibtex.raw["record_id"].implode()
    assert bibtex.table("source_authorships")["name_short"].null_count() == bibtex.table("source_authorships").height
    lacking = {}
    for table in KEYS:
        have = bibtex.table(table)
        full = tagged.table(table).filter(pl.col("record_id").is_in(ids))
        lacking[table] = full.join(have, on=KEYS[table], how="anti").height
    assert lacking == {
        "source_records": 0,
        "source_authorships": 0,
        "source_author_identifiers": 0,
        "source_addresses": 0,
        "source_authorship_addresses": 1,  # the RP name that BibTeX alone does not explain
        "source_metrics": 50,  # citations_wos_all
        "source_cited_references": 0,
        "source_funding": 0,
    }
    full = tagged.table("source_records").filter(pl.col("record_id").is_in(ids))
    columns = [c for c in full.columns if bibtex.table("source_records")[c].null_count() > full[c].null_count()]
    assert columns == [
        "venue_abbreviation",
        "conference",
    ]  # JI alone; title, place and date of a conference run together


def test_isi_numbers_are_those_of_web_of_science() -> None:
    records = deliver("wos/imaginaries-2013.bib").table("source_records")
    assert records["accession_number"].str.starts_with("WOS:").all()
    assert records["record_id"].str.starts_with("wos:WOS:").all()


def test_ris_links_nobody_and_knows_no_corresponding_author() -> None:
    got = deliver("wos/asreview-baseline-wos.ris")
    alone = got.table("source_authorships").filter(pl.len().over("raw_id") == 1)["raw_id"].implode()
    assert got.table("source_authorship_addresses").filter(~pl.col("raw_id").is_in(alone)).is_empty()
    assert set(got.table("source_authorships")["is_corresponding"]) == {"unknown"}
    assert got.table("source_addresses").height == 34
    assert set(got.table("source_metrics")["metric"]) == {"citations_wos_core", "citations_wos_all", "references_count"}


def test_patents_are_patents_and_no_records() -> None:
    got = deliver("derwent/dii-plaintext-3rec.txt")
    assert got.raw.height == 3 and got.raw["PN"].null_count() == 0
    assert all(got.table(table).is_empty() for table in KEYS)
    assert got.table("source_patents").group_by("row").len().sort("row")["len"].to_list() == [1, 1, 14]  # members of PN
    assert set(got.table("source_patent_families")["row"]) == {1, 2, 3}


def test_native_titles_and_names_of_cscd_rows() -> None:
    got = deliver("wos/wenlei-tab-alldb.txt")
    records = got.table("source_records").filter(pl.col("record_id").str.starts_with("wos:CSCD:"))
    assert records.height == 6 and set(records["index_editions"]) == {"CSCD"}
    assert records["title_other"].str.contains(r"\p{Han}").sum() == 5
    assert records["article_number"].null_count() == 6
    names = got.table("source_authorships").join(records, on="raw_id", how="semi")
    assert names["name_native"].null_count() == 4  # one row lists its authors in Latin letters only
    metrics = got.table("source_metrics").join(records, on="raw_id", how="semi")
    assert {"citations_wos_core", "citations_cscd", "citations_rsci"} <= set(metrics["metric"])


@pytest.mark.parametrize(
    "path",
    [
        "wos/citespace-hw-3-500.txt",
        "wos/baig.ciw",
        "wos/refsplitr-BITR.txt",
        "wos/bibliometrix-subset-8.txt",
        "wos/salamea-2020.xls",
    ],
)
def test_every_name_in_brackets_is_an_author_of_its_record(path: str) -> None:
    got = deliver(path)
    lines = got.module.wos_addresses.address_lines(got.raw.lazy()).drop_nulls("names")
    names = lines.with_columns(name=pl.col("names").str.split("; ")).explode("name")
    names = names.with_columns(pl.col("name").str.strip_chars())
    byline = got.table("source_authorships")
    assert names.join(byline.select("raw_id", "name"), on=["raw_id", "name"], how="anti").is_empty()
    doubled = byline.filter(pl.len().over("raw_id", "name") > 1).select("raw_id", "name").unique()
    linkable = (
        names.join(doubled, on=["raw_id", "name"], how="anti").select("raw_id", "name", "address_position").unique()
    )
    role, link = pl.col("address_role") == "author", pl.col("link") == "stated"
    assert got.table("source_authorship_addresses").filter(role & link).height == linkable.height


@pytest.mark.parametrize(
    "path",
    [
        "wos/citespace-hw-3-500.txt",
        "wos/baig.txt",
        "wos/imaginaries-tab-2013-core.txt",
        "wos/metaknowledge-tr-32.txt",
        "wos/salamea-2020.xls",
        "wos/baig.bib",
    ],
)
def test_nearly_every_rp_name_is_found_among_the_authors(path: str) -> None:
    got = deliver(path)
    named = got.module.wos_addresses.reprint_authors(got.raw.lazy(), got.module.wos_authors.authors(got.raw.lazy()))
    assert named["author_position"].is_not_null().mean() >= 0.98
    assert set(named["role"].drop_nulls()) <= {"yes", "candidate"}


def test_no_real_file_is_named_here(tmp_path: Path) -> None:
    """A copy under another name and folder is recognised the same: content decides."""
    copy = tmp_path / "报告.pdf"
    copy.write_bytes((EXPORTS / "wos/salamea-2020.xls").read_bytes())
    assert _recognise.inspect(copy)["records"] == 500
