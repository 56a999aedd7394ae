"""The sample's further files, read by the project's readers, say what the truth says."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines import sample
from pipelines.sample import patents
from tests.unit.sources.conftest import Delivered


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("back") / "linghai"
    sample.write(folder, works=700, seed=8)
    return folder


def truth(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / "truth" / f"{name}.parquet")


def test_scopus_authors_have_the_places_and_ids_of_the_truth(written: Path) -> None:
    got = Delivered(written / "inbox/scopus/scopus.csv", {})
    told = truth(written, "authorships").filter(source="scopus", source_file="scopus.csv")
    authors = got.table("source_authorships")
    assert authors.height == told.height and got.rejected.height == 0
    links = got.table("source_authorship_addresses").filter(address_role="author")
    own = truth(written, "addresses").filter(source="scopus", source_file="scopus.csv", institution_id="linghai")
    ours = links.join(
        own.select(row="source_row", address_position="address_position"), on=["row", "address_position"], how="semi"
    )
    signing = told.drop_nulls("unit_ids").select(row="source_row", author_position="author_position")
    assert set(ours.select("row", "author_position").rows()) == set(signing.rows())
    ids = got.table("source_author_identifiers").filter(identifier_type="scopus_author_id")
    named = ids.join(told.drop_nulls("person_id").rename({"source_row": "row"}), on=["row", "author_position"])
    assert named.group_by("person_id").agg(pl.col("identifier_value").n_unique())["identifier_value"].max() <= 2


def test_incites_values_are_those_of_the_truth_whichever_way_percentiles_run(written: Path) -> None:
    got = Delivered(written / "inbox/incites/Incites Documents.csv", {})
    wide = got.table("source_incites_metrics").pivot("metric", index="entity_id", values="value")
    told = truth(written, "incites").drop_nulls("cnci")
    joined = told.join(wide, left_on="accession_number", right_on="entity_id", how="full")
    assert joined.height == told.height == got.raw.height
    assert (joined["cnci"] - joined["cnci_right"]).abs().max() < 1e-3
    top = next(c for c in wide.columns if "percentile" in c)
    direct = (joined["top_percent"] - joined[top]).abs().max()
    turned = (100 - joined["top_percent"] - joined[top]).abs().max()
    assert min(direct, turned) < 1e-3
    assert 0.5 <= told["cnci"].mean() <= 3  # type: ignore[operator]


def test_theses_have_their_university_and_advisors(written: Path) -> None:
    got = Delivered(written / "inbox/pqdt/ProQuestDocuments-2026-08-21.ris", {})
    told = truth(written, "theses").filter(source_file="ProQuestDocuments-2026-08-21.ris").sort("source_row")
    assert got.table("source_theses").sort("row")["university"].to_list() == told["university"].to_list()
    advisors = got.table("source_contributors").filter(contributor_role="advisor").sort("row", "contributor_position")
    said = advisors.group_by("row", maintain_order=True).agg(pl.col("name").str.join("; "))["name"]
    assert said.to_list() == told["advisors"].to_list()


@pytest.mark.parametrize("delivery", patents.DELIVERIES)
def test_patents_have_the_status_of_the_day(written: Path, delivery: str) -> None:
    path = written / "inbox/patents" / delivery[:7] / f"incopat_{delivery.replace('-', '')}.xlsx"
    got = Delivered(path, {"search_date": delivery}).table("source_patents")
    known = truth(written, "patents").filter(pl.col("publication_date") <= delivery)
    assert got.select("patent_id", "published_date").sort("patent_id").rows() == (
        known.select("publication_number", "publication_date").sort("publication_number").rows()
    )
    status = truth(written, "patent_status").filter(delivery=delivery)
    said = known.join(status, on="application_number").select("publication_number", "status").sort("publication_number")
    assert got.select("patent_id", "legal_status").sort("patent_id").rows() == said.rows()
