"""InCites: what a table is about, its filters, its indicators by code, and which way its percentiles run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.errors import SourceError
from pipelines.normalise import incites_metrics
from pipelines.sources import _recognise, modules
from tests.unit.sources.conftest import Deliver, Delivered, write

FIXTURES = Path(__file__).parents[2] / "fixtures" / "landing" / "incites"
HEAD = ["Name", "Web of Science Documents", "Times Cited", "% Docs Cited", "Category Normalized Citation Impact",
        "Country or Region", "Organization Type", "H-Index", "Collab-CNCI"]  # fmt: skip
BASE = ["Global Baseline", 650321, 10987654, 86.85, 1.0, "", "", 403, 0.99]
ROW = ["Linghai University", 802, 35127, 99.26, 1.6723997536945814, "CHINA MAINLAND", "Academic", 90, "n/a"]
SUMMARY = [["Filter Summary:"], ["Dataset: InCites Dataset"], ["Schema: Essential Science Indicators"], ["Time Period: [2015, 2025]"],
           ["Document Type: [Article, Review]"], ["Research Area: [Chemistry]"], [], ["Exported date  Feb 03, 2026. "],
           ["InCites dataset updated  2026-01-14. Includes Web of Science content indexed through 2025-12-30. "]]  # fmt: skip


def documents(*rows: tuple[Any, Any], more: str = "") -> str:
    lines = [f"Accession Number,Times Cited,Category Normalized Citation Impact,Percentile in Subject Area{more}"]
    lines += [f"WOS:{n:015d},{cited},,{pct}" for n, (cited, pct) in enumerate(rows, 1)]
    return "\n".join([*lines, "", "Filter Summary:", "Dataset: InCites Dataset", ""])


def test_a_table_of_organisations(deliver: Deliver) -> None:
    got = deliver({"Incites Organizations": [HEAD, BASE, ROW], "Result Summary": SUMMARY}, "x.xlsx")
    assert (got.found.source, got.found.kind, got.raw.height) == ("incites", "organization", 2)
    table = got.table("source_incites_metrics")
    own = table.filter(entity_name="Linghai University")
    assert dict(own.select("metric", "value").iter_rows()) == {
        "documents": 802, "times_cited": 35127, "percent_cited": 99.26, "cnci": pytest.approx(1.67239975369458, abs=1e-14), "h_index": 90,
    }  # n/a is no row  # fmt: skip
    row = own.row(0, named=True)
    assert (row["subject_schema"], row["category"], row["year_from"], row["year_to"], row["document_types"]) == (
        "ESI", "Chemistry", 2015, 2025, "Article, Review"
    )  # fmt: skip
    assert (row["exported_at"], row["data_through"], row["percentile_direction"]) == ("2026-02-03", "2025-12-30", None)
    assert (row["entity_country"], row["is_baseline"]) == ("CHINA MAINLAND", False)
    assert table.filter("is_baseline")["entity_name"].unique().to_list() == ["Global Baseline"]
    assert got.module.source_incites_exports(got.raw.lazy()).select("rows_count", "dataset_updated").row(0) == (
        2,
        "2026-01-14",
    )


def test_the_yearly_trend_of_the_chinese_interface() -> None:
    got = Delivered(FIXTURES / "Incites Research Areas.csv", {})
    assert (got.found.kind, got.found.language, got.raw.height, got.rejected.height) == ("research_area", "zh", 4, 0)
    table = got.table("source_incites_metrics")
    line = table.filter(entity_name="Chemistry", publication_year=2025, metric="cnci").row(0, named=True)
    assert line["value"] == pytest.approx(0.70361, abs=1e-5) and line["metric_label"] == "学科规范化的引文影响力"
    assert (line["subject_schema"], line["year_from"], line["year_to"], line["data_through"]) == (
        "ESI",
        2015,
        2025,
        "2026-07-31",
    )
    assert table.filter(entity_name="Social Sciences, general", metric="times_cited")["value"].to_list() == [0]


def test_documents_give_values_of_records_and_percentiles_turned_to_the_top() -> None:
    got = Delivered(FIXTURES / "InCites Documents.csv", {})
    assert (got.found.kind, got.raw.height) == ("document", 3)
    assert got.raw["percentile_direction"][0] == "higher_is_better"
    metrics = got.table("source_metrics").select("record_id", "metric", "value", "as_of")
    top = metrics.filter(metric="incites_percentile_top").sort("record_id")
    assert top["value"].to_list() == pytest.approx([0.8, 100.0, 8.5]) and set(top["as_of"]) == {"2026-07-31"}
    assert set(metrics["record_id"]) == {f"wos:WOS:00000000000000{n}" for n in (1, 2, 3)}
    assert metrics.filter(metric="incites_is_top_1_percent").height == 1  # blank is not 0
    long = got.table("source_incites_metrics")
    assert long.filter(metric="percentile")["value"].to_list() == [99.2, 0.0, 91.5]
    assert long.filter(metric="jif").height == 2 and long["document_types"][0] == "Article, Review"


def test_researchers_are_kept_apart_with_their_ids_and_labels_with_years(deliver: Deliver) -> None:
    head = ["Name", "Affiliation", "Web of Science ResearcherID", "ORCID", "Web of Science Documents", "% First Author (2008-2021)",
            "Times Cited", "Average Percentile", "Non-OA Documents"]  # fmt: skip
    rows = [["Lin, Hai", "Linghai University", "A-1-2020", "0000-0002-1825-0097", 4, 25, 11, 51.5, 1],
            ["Doe, Jane", "Linghai University; Elsewhere", "n/a", "", 1, 0, 0, 0.01, 0]]  # fmt: skip
    got = deliver({"Foglio1": [head, *rows]}, "x.xlsx")
    assert got.found.kind == "researcher" and got.table("source_incites_metrics").is_empty()
    people = got.table("source_incites_people")
    first = people.filter(entity_name="Lin, Hai", metric="percent_first_author_documents").row(0, named=True)
    assert (first["value"], first["metric_label"]) == (25, "% First Author (2008-2021)")
    assert (first["researcher_id"], first["orcid"]) == ("A-1-2020", "0000-0002-1825-0097")
    assert people.filter(entity_name="Doe, Jane").select("researcher_id", "orcid").row(0) == (None, None)
    assert people.filter(metric="average_percentile_top")["value"].to_list() == pytest.approx([48.5, 99.99])


@pytest.mark.parametrize(
    ("rows", "more", "direction"),
    [
        ([(0, 100), (0, 100), (5, 12.5)], "", "lower_is_better"),
        ([(0, 0.0), (0, 0.01), (5, 88)], "", "higher_is_better"),
        ([(n, 100 - n) for n in range(1, 12)], "", "lower_is_better"),
        ([(n, n) for n in range(1, 12)], "", "higher_is_better"),
        ([(9, "0.4,1"), (8, "5.5,1"), (3, "40,")], ",Top 10%", "lower_is_better"),
        ([(9, "99.4,1"), (8, "94.5,1"), (3, "40,")], ",Top 10%", "higher_is_better"),
        ([(9, "n/a"), (0, "")], "", None),
    ],
)
def test_the_values_tell_which_way_percentiles_run(
    deliver: Deliver, rows: list[tuple[Any, Any]], more: str, direction: str | None
) -> None:
    got = deliver(documents(*rows, more=more), "d.csv")
    assert set(got.raw["percentile_direction"]) == {direction}
    assert bool(got.raw["percentile_evidence"][0]) == (direction is not None)


@pytest.mark.parametrize(
    ("rows", "words"),
    [([(5, 40), (6, 60)], "行数太少"), ([(0, 100), (0, 100), *((n, n) for n in range(1, 30))], "越小越好")],
    ids=["nothing tells", "it disagrees"],
)
def test_undecided_percentiles_refuse_the_file(deliver: Deliver, rows: list[tuple[Any, Any]], words: str) -> None:
    with pytest.raises(SourceError, match="分不清百分位") as caught:
        deliver(documents(*rows), "d.csv")
    assert words in caught.value.parts["实际"] and caught.value.parts["下一步"]


@pytest.mark.parametrize(
    ("sheet", "head", "first", "kind"),
    [
        ("Incites Locations", HEAD[:5], "CHINA MAINLAND", "location"),
        ("2025", HEAD[:5], "USA", "location"),
        ("2025", HEAD[:5], "Materials Science", "research_area"),
        ("期刊", ["期刊", "发文量", "被引频次", "% Docs Cited", "JCR分区"], "JOURNAL OF SHORES", "source"),
        ("2025", HEAD[:5], "Somebody or something", "entity"),
    ],
)
def test_what_a_table_is_about(deliver: Deliver, sheet: str, head: list[str], first: str, kind: str) -> None:
    got = deliver({sheet: [head, [first, 3, 4, 50, 1.5]], "Result Summary": SUMMARY}, "x.xlsx")
    assert got.found.kind == kind and got.raw["entity_kind"].to_list() == [kind]


def test_columns_of_the_user_are_kept_and_text_values_too(deliver: Deliver) -> None:
    grid = [["Name", "cn_name", "Rank", "Web of Science Documents", "Times Cited", "JCI Quartile", "% Docs Cited"],
            ["PLOS NOWHERE", "某刊", 1, "1,234", "4.57E-6", "Q1", "12.5%"], ["B", "", "n/a", 1, "-", "n/a", "0"]]  # fmt: skip
    got = deliver({"x": grid}, "x.xlsx")
    assert got.raw["cn_name"].to_list() == ["某刊", None]
    table = (
        got.table("source_incites_metrics").filter(entity_name="PLOS NOWHERE").select("metric", "value", "value_text")
    )
    assert set(table.rows()) == {
        ("rank", 1.0, None), ("documents", 1234.0, None), ("times_cited", 4.57e-6, None), ("jci_quartile", None, "Q1"),
        ("percent_cited", 12.5, None),
    }  # fmt: skip
    second = got.table("source_incites_metrics").filter(entity_name="B")
    assert dict(second.select("metric", "value").iter_rows()) == {"documents": 1, "percent_cited": 0}


def test_rows_without_a_name_are_set_aside_and_a_table_without_rows_is_refused(deliver: Deliver) -> None:
    got = deliver({"Incites Organizations": [HEAD, ROW, ["", *ROW[1:]]]}, "x.xlsx")
    assert got.rejected["row"].to_list() == [2] and "名称" in got.rejected["found"][0]
    with pytest.raises(SourceError, match="没有数据行"):
        deliver({"Incites Organizations": [HEAD], "Result Summary": SUMMARY}, "x.xlsx")


def test_a_table_that_is_not_of_incites_is_left_alone(tmp_path: Path) -> None:
    for head in (
        ["姓名", "论文数", "被引频次", "h指数"],
        ["Journal", "ISSN", "IF(2021)", "Eigenfactor", "Immediacy Index"],
    ):
        path = write(tmp_path / "x.xlsx", {"Sheet1": [head, ["甲", "1", "2", "3"]]})
        assert modules()["incites"].recognise(_recognise.look(path)) is None


def test_the_newest_delivery_of_the_same_conditions_stands(deliver: Deliver) -> None:
    got = deliver({"Incites Organizations": [HEAD, ROW, ROW], "Result Summary": SUMMARY}, "x.xlsx")
    rows = got.table("source_incites_metrics")
    later = rows.with_columns(pl.lit("b2").alias("batch_id"), pl.lit("2027").alias("delivered_at"), pl.col("value") + 1)
    kept = incites_metrics(pl.concat([rows, later]).lazy()).collect()
    assert set(kept["batch_id"]) == {"b2"} and kept.height == rows.height  # namesakes in one file stay two
    twice = later.with_columns(pl.lit("same.csv").alias("source_file"))
    assert incites_metrics(pl.concat([later, twice]).lazy()).collect().height == later.height


@settings(max_examples=40, deadline=None)
@given(cut=st.integers(0, 1500), noise=st.text(max_size=12), at=st.integers(0, 900))
def test_damaged_files_never_crash_and_lose_no_row(
    tmp_path_factory: pytest.TempPathFactory, cut: int, noise: str, at: int
) -> None:
    text = (FIXTURES / "InCites Documents.csv").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("incites") / "x.csv"
    path.write_text((text[:at] + noise + text[at:])[:cut], encoding="utf-8", errors="replace", newline="")
    try:
        found = _recognise.recognise(path)
        chunks = list(modules()[found.source].read(path, found, {"path_text": "x"}))
    except SourceError:
        return
    rows = [r for c in chunks for r in (*c.rows["source_row"].to_list(), *c.rejected["row"].to_list())]
    assert len(rows) == len(set(rows))
