"""Real files of ESI, InCites and ProQuest: kind and counts equal PROVENANCE.tsv, spot values, agreement between lists."""

from __future__ import annotations

import csv
import re

import openpyxl
import polars as pl
import pytest

from pipelines.core.errors import SourceError
from pipelines.sources import _recognise, modules
from tests.conftest import SHARED
from tests.unit.sources.conftest import Delivered

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="../shared (licensed real files) is not here")
EXPORTS = SHARED / "exports"
KINDS = {
    "DocumentsExport": "documents",
    "ResearchFields of one institution": "institution_fields",
    "IndicatorsExport": "institutions",
    "ESI Thresholds": "thresholds",
    "Percentiles": "percentiles",
    "Citation Rates": "citation_rates",
    "master journal list": "journals",
}


def provenance(source: str) -> list[tuple[str, str, int]]:
    """path, format, records of the files of a source."""
    if not EXPORTS.exists():
        return []
    with (EXPORTS / "PROVENANCE.tsv").open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(r["path"], r["format"], int(r["records"])) for r in rows if r["path"].split("/")[0] == source]


def esi(path: str, period: str = "2020-05") -> Delivered:
    return Delivered(EXPORTS / "esi" / path, {"esi_period": period})


@pytest.mark.parametrize(("path", "form", "records"), provenance("esi"), ids=lambda v: str(v)[-40:])
def test_esi_kind_and_counts(path: str, form: str, records: int) -> None:
    found = _recognise.recognise(EXPORTS / path)
    assert (found.source, found.kind) == ("esi", next(kind for text, kind in KINDS.items() if text in form))
    chunks = list(modules()["esi"].read(EXPORTS / path, found, {"esi_period": "2020-05"}))
    rows = pl.concat([c.rows for c in chunks])
    # percentiles are counted by field there, by field and percentile here; ALL FIELDS is not counted there
    counted = rows["research_field"].n_unique() - 1 if found.kind == "percentiles" else rows.height
    assert counted == records
    assert sum(c.rejected.height for c in chunks) == 0


@pytest.mark.parametrize("period", ["2025-11", "2026-01"])
def test_field_rankings_agree_with_the_ranking_of_all_fields(period: str) -> None:
    """Every institution of a field stands in the list of all fields, with no more papers and citations than there."""
    digits = period.replace("-", "")
    whole = esi(f"institutions-all-{digits}.xlsx", period).table("source_esi_institutions")
    assert set(whole["esi_field"]) == {"ALL"} and whole["institution"].n_unique() == whole.height
    by_field = [esi(f"rankings-{digits}/{p.name}", period).table("source_esi_institutions")
                for p in sorted((EXPORTS / f"esi/rankings-{digits}").iterdir())]  # fmt: skip
    ranks = pl.concat(by_field)
    assert ranks["esi_field"].n_unique() == 22 and ranks["esi_field"].null_count() == 0
    joined = ranks.join(whole, on="institution", how="left", suffix="_all")
    assert joined["citations_count_all"].null_count() == 0
    assert joined.filter(pl.col("citations_count") > pl.col("citations_count_all")).is_empty()
    assert joined.filter(pl.col("documents_count") > pl.col("documents_count_all")).is_empty()
    assert set(whole["institution"]) == set(ranks["institution"])
    expected = pl.col("citations_count").rank("min", descending=True).over("esi_field")
    assert ranks.filter(pl.col("rank") != expected).is_empty()
    ratio = (ranks["citations_count"] / ranks["documents_count"] - ranks["citations_per_paper"]).abs()
    assert ratio.max() <= 0.0051  # type: ignore[operator]


def test_fields_of_an_institution_agree_with_the_rankings() -> None:
    own = esi("institution-fields/fields-southwest-minzu-202511.xlsx", "2025-11").table("source_esi_institution_fields")
    chemistry = esi("rankings-202511/03-chemistry.xlsx", "2025-11").table("source_esi_institutions")
    line = own.filter(esi_field="CHE").join(chemistry, on="institution", suffix="_list").row(0, named=True)
    for name in ("documents_count", "citations_count", "top_papers_count"):
        assert line[name] == line[f"{name}_list"]


def test_esi_papers_are_complete() -> None:
    tables = [
        esi(f"documents/{p.name}").table("source_esi_documents") for p in sorted((EXPORTS / "esi/documents").iterdir())
    ]
    papers = pl.concat(tables)
    assert set(papers["list_kind"]) == {"top"} and papers["accession_number"].str.starts_with("WOS:").all()
    assert (
        papers.select("esi_field", "citations_esi_count", "publication_year", "addresses_text", "authors_text")
        .null_count()
        .row(0)
        == (0,) * 5
    )
    assert papers["addresses_text"].str.len_chars().max() > 32767  # type: ignore[operator]
    assert papers.group_by("accession_number").agg(pl.col("esi_field").n_unique())["esi_field"].max() == 1
    assert papers["doi"].drop_nulls().str.starts_with("10.").all() and "0" not in set(papers["doi"])


def test_esi_thresholds_and_baselines_by_value() -> None:
    entity = esi("thresholds/threshold-esi-20200326.xlsx", "2020-03").table("source_esi_thresholds")
    assert entity.filter(esi_field="AGR").sort("threshold_kind")["threshold_value"].to_list() == [528, 1472, 2495, 1347]
    baseline = esi("baselines/BaselinePercentiles-2018.csv").table("source_esi_thresholds")
    line = baseline.filter(esi_field="ALL", threshold_kind="highly_cited").sort("threshold_year", nulls_last=True)
    assert line["threshold_value"].to_list() == [212, 194, 180, 155, 133, 110, 89, 67, 44, 23, 7, 119]
    rates = esi("baselines/BaselineCitationRates-2018.csv").table("source_esi_citation_rates")
    assert rates.height == 23 * 12 and rates.filter(esi_field="SPA", baseline_year=2018)["citation_rate"].to_list() == [
        1.05
    ]


def test_esi_journal_list() -> None:
    journals = esi("esi-master-journal-list-5-2020.xlsx").table("source_esi_journals")
    assert journals["esi_field"].n_unique() == 22 and journals["esi_field"].null_count() == 0
    assert journals["title_29"].str.len_chars().max() <= 29  # type: ignore[operator]
    assert journals.filter(pl.col("issn").is_null() & pl.col("eissn").is_null()).height < 20


@pytest.mark.parametrize(("path", "form", "records"), provenance("pqdt"), ids=lambda v: str(v)[-40:])
def test_proquest_counts(path: str, form: str, records: int) -> None:
    if "NOTPQDT" in path:
        with pytest.raises(SourceError, match="没有学位论文") as caught:
            Delivered(EXPORTS / path, {})
        assert f"{records} 条" in caught.value.parts["实际"]
        return
    got = Delivered(EXPORTS / path, {})
    articles = got.rejected.height
    assert (got.found.source, got.raw.height + articles) == ("pqdt", records)
    assert articles == (1 if path.endswith(".ris") else 0)  # one thesis, one article


def test_proquest_theses() -> None:
    got = Delivered(EXPORTS / "pqdt/pqdt-xls-as-csv-2016.csv", {})
    records, names = got.table("source_records"), got.table("source_authorships")
    assert records["record_id"].n_unique() == 515 and set(records["document_type"]) == {"thesis"}
    assert (records["language"] == "zh").sum() == 109
    assert records["publication_year"].is_between(2000, 2017).all() and records["author_count"].to_list() == [1] * 515
    assert names["name_native"].is_not_null().sum() == 32 and names["name"].str.contains(", ").mean() > 0.99  # type: ignore[operator]
    theses = got.table("source_theses")
    assert theses["order_number"].null_count() == 0 and theses["subject"].str.contains(r"^\d{4} ").all()


def test_a_proquest_thesis_with_advisor_and_university() -> None:
    got = Delivered(EXPORTS / "pqdt/colrev-proquest-redacted.ris", {})
    thesis = got.table("source_theses").row(0, named=True)
    assert (thesis["degree_level"], thesis["pages_count"], thesis["degree_year"]) == ("doctoral", 150, 2020)
    assert thesis["university"] and re.fullmatch(r"\d{8}", thesis["order_number"])
    assert got.table("source_contributors")["contributor_role"].to_list() == ["advisor"]


INCITES = {"Research Areas": "research_area", "Organizations": "organization", "Locations": "location", "Sources": "source",
           "Researchers": "researcher", "document list": "document"}  # fmt: skip
DIRECTIONS = {  # measured apart from the reader, by the percentiles of uncited papers
    "documents-oa-2013-2017.csv": "lower_is_better",
    "documents-other-2013-2017.csv": "lower_is_better",
    "organizations-collab-20260128.xlsx": "higher_is_better",
    "researchers-izsler-2021.xls": "higher_is_better",
}


@pytest.fixture(scope="module")
def incites() -> dict[str, Delivered]:
    """Every InCites file, read."""
    return {path.split("/", 1)[1]: Delivered(EXPORTS / path, {}) for path, _, _ in provenance("incites")}


@pytest.mark.parametrize(("path", "form", "records"), provenance("incites"), ids=lambda v: str(v)[-40:])
def test_incites_kind_counts_and_direction(incites: dict[str, Delivered], path: str, form: str, records: int) -> None:
    got = incites[path.split("/", 1)[1]]
    assert (got.found.source, got.found.kind) == (
        "incites",
        next(kind for text, kind in INCITES.items() if text in form),
    )
    assert (got.raw.height, got.rejected.height) == (records, 0)
    assert set(got.raw["percentile_direction"]) == {DIRECTIONS.get(path.rsplit("/", 1)[1])}
    undeclared = set(got.raw.columns) - set(got.module._rows.columns("incites"))
    assert {c for c in undeclared if not c.startswith(("raw_id", "batch", "source_", "record", "delivered"))} <= {
        "cn_name",
        "被引贡献率",
    }


def test_incites_filters_and_dates(incites: dict[str, Delivered]) -> None:
    exports = {
        name: got.module.source_incites_exports(got.raw.lazy()).row(0, named=True) for name, got in incites.items()
    }
    agri = exports["organizations-agri-2015-2025.xlsx"]
    assert (agri["subject_schema"], agri["category"], agri["year_from"], agri["year_to"]) == (
        "ESI",
        "Agricultural Sciences",
        2015,
        2025,
    )
    assert (agri["document_types"], agri["exported_at"], agri["data_through"]) == (
        "Article, Review",
        "2025-12-17",
        "2025-11-25",
    )
    chinese = exports["research-areas-csv-2020/anhui-normal-university.csv"]
    assert (chinese["subject_schema"], chinese["year_from"], chinese["year_to"]) == ("ESI", 2000, 2020)
    assert (chinese["exported_at"], chinese["dataset_updated"], chinese["data_through"]) == (
        "2020-05-21",
        "2020-04-28",
        "2020-03-31",
    )
    assert (
        "ESCI" in exports["sources-conicet.csv"]["dataset"]
        and exports["sources-conicet.csv"]["subject_schema"] == "WoS"
    )
    assert exports["researchers-izsler-2021.xls"]["dataset"] is None  # saved again without its summary


def test_incites_values(incites: dict[str, Delivered]) -> None:
    organisations = incites["organizations-chem-2015-2025.xlsx"].table("source_incites_metrics")
    base = organisations.filter("is_baseline")
    sheet = openpyxl.load_workbook(EXPORTS / "incites/organizations-chem-2015-2025.xlsx").worksheets[0]
    printed = [row[1] for row in sheet.iter_rows(values_only=True) if row[0] == "Global Baseline"]
    assert base["entity_name"].unique().to_list() == ["Global Baseline"]
    assert base.filter(metric="documents")["value"].to_list() == printed and len(printed) == 1
    sources = incites["sources-conicet.csv"].table("source_incites_metrics")
    assert sources.filter(metric="documents").height == 32026
    assert set(sources.filter(metric="jci_quartile")["value_text"]) == {"Q1", "Q2", "Q3", "Q4"}
    wide = incites["organizations-collab-20260128.xlsx"].table("source_incites_metrics")
    assert wide["metric"].n_unique() >= 85 and wide["metric_label"].null_count() == 0
    people = incites["researchers-izsler-2021.xls"].table("source_incites_people")
    assert people["entity_name"].n_unique() == 431 and people["metric_label"].str.contains("2008-2021").any()


def test_incites_documents_are_checked_against_themselves(incites: dict[str, Delivered]) -> None:
    """CNCI is citations over expected citations; the turned percentile of the best paper is near 0, of an uncited one 100."""
    for name in ("documents-oa-2013-2017.csv", "documents-other-2013-2017.csv"):
        long = incites[name].table("source_metrics")
        wide = long.pivot("metric", index="record_id", values="value")
        ratio = (pl.col("citations_incites") / pl.col("incites_category_expected") / pl.col("incites_cnci")).log().abs()
        assert wide.filter(pl.col("citations_incites") > 0).select(ratio.median()).item() < 0.02
        assert wide["record_id"].str.contains(r"^wos:WOS:\w{15}$").all()
        assert wide.filter(pl.col("citations_incites") == 0)["incites_percentile_top"].drop_nulls().min() == 100
        assert set(long["as_of"]) == {"2019-01-24"}
    top = incites["documents-oa-2013-2017.csv"].table("source_metrics").filter(metric="incites_percentile_top")
    assert ((top["value"] <= 1).sum(), (top["value"] <= 2).sum()) == (122, 203)


def test_incites_and_esi_count_nearly_the_same(incites: dict[str, Delivered]) -> None:
    """Citations of the same institutions in one field: InCites of December runs a few per cent ahead of the release of January."""
    ours = incites["organizations-chem-2015-2025.xlsx"].table("source_incites_metrics").filter(metric="times_cited")
    listed = esi("rankings-202601/03-chemistry.xlsx", "2026-01").table("source_esi_institutions")
    joined = ours.with_columns(institution=pl.col("entity_name").str.to_uppercase()).join(listed, on="institution")
    ratio = (joined["value"] / joined["citations_count"]).median()
    assert joined.height > 400 and 1.0 < ratio < 1.06  # type: ignore[operator]
