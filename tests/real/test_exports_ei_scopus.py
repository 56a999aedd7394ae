"""Real files of EI and Scopus: counts equal PROVENANCE.tsv, and facts that were counted by hand from the raw text."""

from __future__ import annotations

import csv
import html
import re
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from pipelines.sources import _recognise
from tests.conftest import SHARED
from tests.unit.sources.conftest import Delivered

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="../shared (licensed real files) is not here")
EXPORTS = SHARED / "exports"
FORMATS = {"Excel": "xlsx", "CSV": "csv", "RIS": "ris", "BibTeX": "bibtex"}
DATES = {"scopus/hengxyz.ris": "2020-07-03", "scopus/asysd.ris": "2025-01-28", "scopus/buhos-wrong2.bib": "2020-07-29",
         "scopus/buhos-wrong3.bib": "2022-07-07"}  # fmt: skip
# authors, authors named as corresponding, author-address links that the record states
FACTS = {
    "scopus/metaknowledge-2015.csv": (2031, 189, 2191),
    "scopus/asreview-baseline.csv": (54, 14, 73),
    "scopus/agridata-europe.csv": (1054, 0, 1195),
    "scopus/bibliometrix-2026-resaved-8.csv": (38, 10, 39),
    "scopus/hengxyz.ris": (292, 51, 0),
    "scopus/asysd.ris": (68, 12, 0),
    "scopus/asreview-baseline.ris": (54, 14, 0),
    "scopus/buhos-wrong2.bib": (130, 29, 0),
    "scopus/buhos-wrong3.bib": (119, 0, 0),
}


def provenance() -> list[tuple[str, str, int]]:
    """path, format, records of the files of our sources."""
    if not EXPORTS.exists():
        return []
    with (EXPORTS / "PROVENANCE.tsv").open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        ours = [r for r in rows if r["path"].split("/")[0] in ("ei", "scopus")]
        return [(r["path"], r["format"], int(r["records"])) for r in ours]


@cache
def deliver(path: str) -> Delivered:
    return Delivered(EXPORTS / path, {})


@pytest.mark.parametrize(("path", "form", "records"), provenance(), ids=lambda v: str(v)[-40:])
def test_each_file_is_recognised_and_read_whole(path: str, form: str, records: int) -> None:
    told = _recognise.inspect(EXPORTS / path)
    expected = next(name for word, name in FORMATS.items() if word in form)
    assert (told["source"], told["format"]) == (path.split("/")[0], expected)
    assert (told["records"], told["rejected"]) == (records, 0)


@pytest.mark.parametrize("path", FACTS)
def test_authors_links_and_corresponding_authors(path: str) -> None:
    got = deliver(path)
    byline = got.table("source_authorships")
    links = got.table("source_authorship_addresses").filter(address_role="author", link="stated")
    assert (byline.height, (byline["is_corresponding"] == "yes").sum(), links.height) == FACTS[path]
    assert got.table("source_records")["author_count"].sum() == byline.height
    assert got.raw["record_id"].str.contains(r"^scopus:2-s2\.0-\d{8,12}$").all()
    if path in DATES:
        assert set(got.module.exported_at(got.raw)) == {DATES[path]}
        assert set(got.table("source_metrics")["as_of"]) == {DATES[path]}


@pytest.mark.parametrize("path", [p for p in FACTS if p.endswith(".csv")])
def test_every_linked_address_stands_in_the_part_of_its_author(path: str) -> None:
    got = deliver(path)
    links = got.table("source_authorship_addresses").filter(address_role="author")
    addresses = (
        got.table("source_addresses").filter(address_role="author").select("raw_id", "address_position", "address")
    )
    linked = links.join(addresses, on=["raw_id", "address_position"], how="left")
    cells = dict(got.raw.select("raw_id", "authors_with_affiliations").iter_rows())
    parts = {
        raw_id: [" ".join(p.split()) for p in html.unescape(cell or "").split(";") if p.strip()]
        for raw_id, cell in cells.items()
    }
    wrong = [
        (raw_id, at)
        for raw_id, at, address in linked.select("raw_id", "author_position", "address").iter_rows()
        if address not in parts[raw_id][at - 1]
    ]
    assert wrong == []
    # nothing of a part is left over: the linked addresses and the name are all of it
    texts = linked.group_by("raw_id", "author_position").agg("address")
    for raw_id, at, found in texts.iter_rows():
        rest = parts[raw_id][at - 1]
        for address in sorted(found, key=len, reverse=True):
            rest = rest.replace(address, "")
        assert len(re.sub(r"[,\s]", "", rest)) <= 40, (raw_id, at)


def test_scopus_ids_and_mails_of_the_generations() -> None:
    kinds = {}
    for path in FACTS:
        table = deliver(path).table("source_author_identifiers")
        kinds[path] = dict(table.group_by("identifier_type").len().iter_rows())
        assert table.filter(identifier_type="scopus_author_id")["author_position"].null_count() == 0
    assert kinds["scopus/agridata-europe.csv"] == {"scopus_author_id": 1054}
    assert kinds["scopus/asreview-baseline.csv"] == {"scopus_author_id": 54, "email": 14}
    assert kinds["scopus/metaknowledge-2015.csv"] == {"email": 101}


def test_the_same_ten_records_as_csv_and_ris() -> None:
    tables = [deliver(f"scopus/asreview-baseline.{ext}") for ext in ("csv", "ris")]
    left, right = (
        t.table("source_records").drop("raw_id", "source_file", "source_row", "row").sort("record_id") for t in tables
    )
    differing = {c for c in left.columns if not left[c].equals(right[c])}
    assert differing == {"exported_at", "keywords", "funding"}  # RIS mixes the keywords, CSV has no date
    assert right["keywords"].null_count() == left["exported_at"].null_count() == 10
    people = [
        t.table("source_authorships").select("record_id", "author_position", "name_short", "is_corresponding")
        for t in tables
    ]
    assert people[0].sort("record_id", "author_position").equals(people[1].sort("record_id", "author_position"))
    for columns in (["record_id", "identifier_value"],):
        mails = [
            t.table("source_author_identifiers").filter(identifier_type="email").select(columns).sort(columns)
            for t in tables
        ]
        assert mails[0].equals(mails[1])


def test_titles_in_two_languages_and_nobody() -> None:
    ris = deliver("scopus/hengxyz.ris").table("source_records")
    assert ris["title_other"].str.contains(r"\p{Han}").sum() == 2
    old = deliver("scopus/metaknowledge-2015.csv")
    assert (old.table("source_records")["author_count"] == 0).sum() == 3
    assert not old.table("source_authorships")["name"].str.contains("available", literal=True).any()


def test_ei_links_and_databases() -> None:
    got = deliver("ei/compendex-inspec-detailed-2020.xlsx")
    assert dict(got.table("source_records")["index_editions"].value_counts().iter_rows()) == {
        "Compendex": 172,
        "Inspec": 228,
    }
    assert got.table("source_records")["publication_year"].null_count() == 0
    byline = got.module.ei_authors.authors(got.raw.lazy()).explode("numbers").drop_nulls("numbers")
    stated = byline.select("raw_id", "author_position", "numbers").unique().height
    assert got.table("source_authorship_addresses").height == stated
    named = got.raw["corresponding"].count()
    assert got.table("source_authorships").filter(pl.col("is_corresponding") == "yes")["raw_id"].n_unique() >= named - 2


def test_the_real_ei_records_as_csv_give_the_same_tables(tmp_path: Path) -> None:
    """Only the Excel is real; written as the vendor's CSV, with quotation marks that are not escaped, nothing changes."""
    got = deliver("ei/compendex-inspec-detailed-2020.xlsx")
    headers = {name: spec["headers"][0] for name, spec in _recognise._rows.columns("ei").items() if spec.get("headers")}
    columns = [name for name in headers if got.raw[name].null_count() < got.raw.height]
    lines = [[headers[name] for name in columns], *got.raw.select(columns).fill_null("").rows()]
    path = tmp_path / "compendex.csv"
    path.write_text(
        "".join(",".join(f'"{cell}"' for cell in line) + "\r\n" for line in lines), encoding="utf-8-sig", newline=""
    )
    again = Delivered(path, {})
    assert (again.raw.height, again.rejected.height) == (400, 0)
    for table in (
        "source_records",
        "source_authorships",
        "source_addresses",
        "source_authorship_addresses",
        "source_metrics",
    ):
        left, right = (d.table(table).drop("source_file", strict=False) for d in (got, again))
        assert left.equals(right), table
