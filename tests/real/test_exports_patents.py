"""Real patent exports: kind, read, set aside equal PROVENANCE.tsv; values that can be seen in the files."""

from __future__ import annotations

import csv
from functools import cache

import polars as pl
import pytest

from pipelines.core.errors import SourceError
from pipelines.sources import _patent_numbers, _recognise
from tests.conftest import SHARED
from tests.unit.sources.conftest import Delivered

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="../shared (licensed real files) is not here")
EXPORTS = SHARED / "exports"
KINDS = {"derwent": "derwent", "lens": "lens", "google-patents": "google_patents", "cnipa": "cnipa"}


def provenance() -> list[tuple[str, int]]:
    """Patent tables and their records; tagged Derwent text is read by another source, papers are no patents."""
    if not EXPORTS.exists():
        return []
    with (EXPORTS / "PROVENANCE.tsv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    ours = [(r["path"], int(r["records"])) for r in rows if r["path"].split("/")[0] in KINDS]
    return [(path, n) for path, n in ours if not path.endswith(".txt") and "scholar" not in path]


@cache
def deliver(path: str) -> Delivered:
    return Delivered(EXPORTS / path, {})


@pytest.mark.parametrize(("path", "records"), provenance())
def test_records_and_kind(path: str, records: int) -> None:
    got = deliver(path)
    assert (got.found.source, got.found.kind) == ("patents", KINDS[path.split("/")[0]])
    assert (got.raw.height, got.rejected.height) == (records, 0)


@pytest.mark.parametrize("path", [path for path, _ in provenance()])
def test_every_row_gives_publications_with_title_date_office_and_application(path: str) -> None:
    got = deliver(path)
    table = got.table("source_patents")
    assert set(table["raw_id"]) == set(got.raw["raw_id"])
    for column in ("patent_id", "authority", "title", "application_id"):
        assert table[column].null_count() == 0, column
    assert table["published_date"].is_not_null().mean() > 0.999
    assert table["patent_type"].is_not_null().mean() > 0.999
    parties = got.table("source_patent_parties")
    assert table.join(parties, on=["raw_id", "patent_id"], how="anti").height <= 0.02 * table.height


def test_chinese_numbers_all_pass_their_check_digit() -> None:
    table = deliver("cnipa/cn-patents-199.xlsx").table("source_patents")
    assert set(table["application_basis"]) == {"stated"}
    delivered = deliver("cnipa/cn-patents-199.xlsx").raw["application_number"].to_list()
    assert table["application_id"].to_list() == delivered
    assert set(table["patent_type"]) == {"utility"}
    assert table.filter(pl.col("application_date") > pl.col("published_date")).height == 0


def test_cnipa_parties_equal_the_cells() -> None:
    got = deliver("cnipa/cn-patents-199.xlsx")
    inventors = got.table("source_patent_parties").filter(pl.col("party_role") == "inventor")
    joined = (
        inventors.sort("raw_id", "party_position")
        .group_by("row", maintain_order=True)
        .agg(pl.col("name").str.join(";"))
    )
    cells = got.raw.select(row="source_row", cell=pl.col("inventors").str.replace_all(r"\s", ""))
    assert joined.join(cells, on="row").filter(pl.col("name") != pl.col("cell")).height == 0
    classes = got.table("source_patent_classes")
    assert classes["class_code"].str.contains(r"^[A-H]\d\d[A-Z]\d+/\d+$").all()
    assert classes.filter(pl.col("is_main")).height == got.raw.height


def test_derwent_years_are_added_and_members_are_complete() -> None:
    got = deliver("derwent/dii-dataframe-10.xlsx")
    table = got.table("source_patents")
    assert table.height == got.raw["PN"].str.count_matches(r"[A-Z]{2}\w+-[A-Z]").sum()
    chinese = table.filter(pl.col("authority") == "CN")
    assert set(chinese["application_basis"]) == {"year_added"}
    families = chinese.group_by("derwent_accession").agg(pl.col("application_id").n_unique(), pl.len())
    assert families.filter(pl.col("len") == 3)["application_id"].to_list() == [
        2
    ]  # publication and grant are one application
    assert table["published_date"].null_count() == table["application_date"].null_count() == 0


def test_lens_applications_and_priorities_are_stated() -> None:
    got = deliver("lens/lens-patents-2022.csv")
    table = got.table("source_patents")
    assert (table["application_basis"] == "stated").mean() > 0.99
    priorities = got.table("source_patent_priorities")
    assert priorities["priority_id"].is_not_null().mean() > 0.97
    assert priorities["priority_date"].is_not_null().mean() > 0.99
    # a number states its office, the sheet has it in a column of its own
    offices = table.join(got.raw.select("raw_id", stated="authority"), on="raw_id")
    assert offices.filter(pl.col("authority") != pl.col("stated")).height == 0
    kinds = table.join(got.raw.select("raw_id", stated="kind"), on="raw_id")
    assert kinds.filter(pl.col("kind_code") != pl.col("stated")).height == 0
    stated = table.join(got.raw.select("raw_id", stated="patent_type"), on="raw_id")
    decided = stated.filter(pl.col("stated").is_in(["Granted Patent", "Patent Application"]))
    assert (decided["is_grant"] == (decided["stated"] == "Granted Patent")).mean() > 0.99


def test_google_numbers_equal_the_ones_in_its_links() -> None:
    table = deliver("google-patents/gp-search-20240501-100105.csv").table("source_patents")
    linked = table["url"].str.extract(r"/patent/([A-Z0-9]+)/", 1)
    ids = _patent_numbers.publications(linked)
    joined = table.select("patent_id", text=linked).join(ids, on="text", suffix="_link")
    assert joined.height == table.height
    assert joined.filter(pl.col("patent_id") != pl.col("patent_id_link")).height == 0


def test_papers_of_lens_are_refused_in_words() -> None:
    with pytest.raises(SourceError) as caught:
        _recognise.recognise(EXPORTS / "lens/lens-scholar-topology.csv")
    assert "Lens" in caught.value.what
    assert caught.value.parts["下一步"]
