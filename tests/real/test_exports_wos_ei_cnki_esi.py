"""Real vendor files: record counts equal PROVENANCE.tsv, and the two formats of one delivery give the same tables."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.core.errors import SourceError
from pipelines.sources import _recognise, modules
from tests.conftest import SHARED
from tests.unit.sources.conftest import Delivered

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="../shared (licensed real files) is not here")
EXPORTS = SHARED / "exports"
READ = ("tagged text", "EndNote desktop", "tab-delimited", "RefWorks", "NoteExpress", "Excel, detailed", "DocumentsExport",
        "IndicatorsExport", "ESI Thresholds", "Field Baselines > Percentiles")  # fmt: skip
PERIOD = {"esi_period": "2020-05"}


def provenance() -> list[tuple[str, str, int]]:
    """path, format, records of the files of our sources."""
    if not EXPORTS.exists():
        return []
    with (EXPORTS / "PROVENANCE.tsv").open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        ours = [r for r in rows if r["path"].split("/")[0] in ("wos", "ei", "cnki", "esi")]
        return [(r["path"], r["format"], int(r["records"])) for r in ours]


def is_read(form: str) -> bool:
    return any(part in form for part in READ)


@pytest.mark.parametrize(
    ("path", "form", "records"), [r for r in provenance() if is_read(r[1])], ids=lambda v: str(v)[-40:]
)
def test_record_counts(path: str, form: str, records: int) -> None:
    found = _recognise.recognise(EXPORTS / path)
    assert found.source == path.split("/")[0]
    chunks = list(modules()[found.source].read(EXPORTS / path, found, PERIOD))
    rows = sum(c.rows.height for c in chunks)
    if (
        found.kind == "percentiles"
    ):  # counted by field there, by field and percentile here; ALL FIELDS is not counted there
        rows = chunks[0].rows["research_field"].n_unique() - 1
    assert rows == records
    assert sum(c.rejected.height for c in chunks) == 0


@pytest.mark.parametrize(
    "path", [path for path, form, _ in provenance() if not is_read(form)], ids=lambda v: str(v)[-40:]
)
def test_formats_that_are_not_read_are_refused_in_words(path: str) -> None:
    with pytest.raises(SourceError) as caught:
        _recognise.recognise(EXPORTS / path)
    assert caught.value.parts["下一步"] and "认不出" not in caught.value.what


@pytest.fixture(scope="module")
def twins() -> tuple[Delivered, Delivered]:
    """One delivery of 232 records as .ciw and as tab-delimited text."""
    return Delivered(EXPORTS / "wos/baig.ciw", {}), Delivered(EXPORTS / "wos/baig.txt", {})


@pytest.mark.parametrize(
    "table",
    [
        "source_records",
        "source_authorships",
        "source_author_identifiers",
        "source_addresses",
        "source_authorship_addresses",
        "source_metrics",
    ],
)
def test_tagged_and_tab_delimited_agree_field_by_field(twins: tuple[Delivered, Delivered], table: str) -> None:
    left, right = (t.table(table).drop("raw_id", "row", "source_file", "source_row", strict=False) for t in twins)
    assert left.height > 200
    assert_frame_equal(left.sort(left.columns), right.sort(left.columns))


def deliver(path: str) -> Delivered:
    return Delivered(EXPORTS / path, {})


@pytest.mark.parametrize(
    "path", ["wos/citespace-hw-3-500.txt", "wos/baig.ciw", "wos/refsplitr-BITR.txt", "wos/bibliometrix-subset-8.txt"]
)
def test_every_name_in_brackets_is_an_author_of_its_record(path: str) -> None:
    got = deliver(path)
    lines = got.module.wos_addresses.address_lines(got.raw.lazy()).drop_nulls("names")
    names = (
        lines.with_columns(name=pl.col("names").str.split("; "))
        .explode("name")
        .with_columns(pl.col("name").str.strip_chars())
    )
    byline = got.table("source_authorships")
    unknown = names.join(byline.select("raw_id", "name"), on=["raw_id", "name"], how="anti")
    assert unknown.height == 0
    doubled = byline.filter(pl.len().over("raw_id", "name") > 1).select("raw_id", "name").unique()
    linkable = (
        names.join(doubled, on=["raw_id", "name"], how="anti")
        .select("raw_id", "name", "address_position")
        .unique()
        .height
    )
    stated = got.table("source_authorship_addresses").filter(
        (pl.col("address_role") == "author") & (pl.col("link") == "stated")
    )
    assert stated.height == linkable


@pytest.mark.parametrize(
    "path",
    ["wos/citespace-hw-3-500.txt", "wos/baig.txt", "wos/imaginaries-tab-2013-core.txt", "wos/metaknowledge-tr-32.txt"],
)
def test_nearly_every_rp_name_is_found_among_the_authors(path: str) -> None:
    got = deliver(path)
    byline = got.module.wos_authors.authors(got.raw.lazy())
    named = got.module.wos_addresses.reprint_authors(got.raw.lazy(), byline)
    assert named["author_position"].is_not_null().mean() >= 0.995
    assert set(named["role"].drop_nulls()) <= {"yes", "candidate"}


def test_ei_links_and_databases() -> None:
    got = deliver("ei/compendex-inspec-detailed-2020.xlsx")
    assert dict(got.table("source_records")["index_editions"].value_counts().iter_rows()) == {
        "Compendex": 172,
        "Inspec": 228,
    }
    assert got.table("source_records")["publication_year"].null_count() == 0
    byline = got.module.ei_authors.authors(got.raw.lazy()).explode("numbers").drop_nulls("numbers")
    assert (
        got.table("source_authorship_addresses").height
        == byline.select("raw_id", "author_position", "numbers").unique().height
    )
    named = got.raw["corresponding"].count()
    assert got.table("source_authorships").filter(pl.col("is_corresponding") == "yes")["raw_id"].n_unique() >= named - 2


def test_cnki_links_only_one_unit_or_one_author() -> None:
    got = deliver("cnki/refworks-CNKI-20210429002635507.txt")
    links = got.table("source_authorship_addresses").join(
        got.table("source_addresses").group_by("raw_id").agg(units=pl.len()), on="raw_id"
    )
    people = got.table("source_authorships").group_by("raw_id").agg(people=pl.len())
    by_rule = links.join(people, on="raw_id").filter(pl.col("link") != "stated")
    assert by_rule.filter((pl.col("units") > 1) & (pl.col("people") > 1)).height == 0
    assert got.raw["record_id"].n_unique() == 410


def test_esi_fields_are_all_known_and_documents_complete() -> None:
    for path in sorted((EXPORTS / "esi/documents").glob("*.xlsx")):
        table = Delivered(path, PERIOD).table("source_esi_documents")
        assert table["esi_field"].null_count() == 0
        assert table["accession_number"].str.starts_with("WOS:").all()
        assert table["citations_esi_count"].null_count() == 0
        assert set(table["list_kind"]) == {"top"}


def test_no_real_file_is_named_here(tmp_path: Path) -> None:
    """A copy under another name and folder is recognised the same: content decides."""
    copy = tmp_path / "报告.pdf"
    copy.write_bytes((EXPORTS / "wos/refsplitr-BITR.txt").read_bytes())
    assert _recognise.inspect(copy)["records"] == 10
