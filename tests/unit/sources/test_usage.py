"""COUNTER reports: the same figures as TSV, CSV, Excel and JSON of both releases; totals told apart; what does not add up."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.core.errors import SourceError
from pipelines.sources import _recognise, usage, usage_json
from pipelines.sources.usage_values import month
from tests.unit.sources.conftest import Deliver, Delivered, write

TITLE = ("Acta Fictitia", "Linghai Press", "LH Online", "10.9999/af", "lh:af", "1900-0006", "2900-0009")
COUNTS = {"Total_Item_Requests": (6, 9, 10), "Unique_Item_Requests": (5, 8, 9)}
MONTHS = ("2026-01", "2026-02", "2026-03")
NAMES = ("Jan-2026", "Feb-2026", "Mar-2026")


def header(report: str = "TR_J1", release: str = "5.1") -> list[list[str]]:
    return [
        ["Report_Name", "Journal Requests (Controlled)"], ["Report_ID", report], ["Release", release],
        ["Institution_Name", "Linghai University"], ["Institution_ID", ""], ["Metric_Types", "x; y"],
        ["Report_Filters", "Access_Type=Controlled"], ["Report_Attributes", ""], ["Exceptions", ""],
        ["Reporting_Period", "Begin_Date=2026-01-01; End_Date=2026-03-31"],
        ["Created", "2026-04-15T09:11:12Z"], ["Created_By", "Linghai Press"], ["Registry_Record", ""], [],
    ]  # fmt: skip


def grid(names: tuple[str, ...] = NAMES, **kind: str) -> list[list[Any]]:
    title, publisher, platform, doi, own, issn, eissn = TITLE
    labels = [
        "Title",
        "Publisher",
        "Publisher_ID",
        "Platform",
        "DOI",
        "Proprietary_ID",
        "Print_ISSN",
        "Online_ISSN",
        "URI",
    ]
    rows = [
        [title, publisher, "", platform, doi, own, issn, eissn, "", metric, sum(counts), *counts]
        for metric, counts in COUNTS.items()
    ]
    return [*header(**kind), [*labels, "Metric_Type", "Reporting_Period_Total", *names], *rows]


def text(rows: list[list[Any]], mark: str) -> str:
    return "\n".join(mark.join(f'"{c}"' if mark in str(c) else str(c) for c in row) for row in rows) + "\n"


def report(release: str) -> dict[str, Any]:
    title, publisher, platform, doi, own, issn, eissn = TITLE
    said: dict[str, Any] = {"Report_Name": "x", "Report_ID": "TR_J1", "Release": release}
    said |= {"Institution_Name": "Linghai University", "Created": "2026-04-15T09:11:12Z", "Created_By": "Linghai Press"}
    ids = {"DOI": doi, "Proprietary": own, "Print_ISSN": issn, "Online_ISSN": eissn}
    item: dict[str, Any] = {"Title": title, "Publisher": publisher, "Platform": platform}
    if release == "5.1":
        said["Report_Filters"] = {"Begin_Date": "2026-01-01", "End_Date": "2026-03-31", "Access_Type": ["Controlled"]}
        by_month = {metric: dict(zip(MONTHS, counts, strict=True)) for metric, counts in COUNTS.items()}
        item |= {"Item_ID": ids, "Attribute_Performance": [{"Performance": by_month}]}
    else:
        said["Report_Filters"] = [
            {"Name": "Begin_Date", "Value": "2026-01-01"},
            {"Name": "End_Date", "Value": "2026-03-31"},
        ]
        item["Item_ID"] = [{"Type": kind, "Value": value} for kind, value in ids.items()]
        item["Performance"] = [
            {
                "Period": {"Begin_Date": f"{name}-01", "End_Date": f"{name}-28"},
                "Instance": [{"Metric_Type": metric, "Count": counts[n]} for metric, counts in COUNTS.items()],
            }
            for n, name in enumerate(MONTHS)
        ]
    return {"Report_Header": said, "Report_Items": [item]}


def figures(got: Delivered) -> list[tuple[Any, ...]]:
    columns = (
        "title",
        "usage_platform",
        "proprietary_id",
        "doi",
        "issn",
        "eissn",
        "metric_type",
        "usage_month",
        "usage_count",
    )
    return (
        got.table("source_usage")
        .select("report_code", "customer", *columns, "exported_at")
        .sort("metric_type", "usage_month")
        .rows()
    )


EXPECTED = [
    ("TR_J1", "Linghai University", "Acta Fictitia", "LH Online", "lh:af", "10.9999/af", "1900-0006", "2900-0009",
     metric, name, counts[n], "2026-04-15T09:11:12Z")
    for metric, counts in COUNTS.items() for n, name in enumerate(MONTHS)
]  # fmt: skip


@pytest.mark.parametrize("release", ["5", "5.1"])
@pytest.mark.parametrize("form", ["tsv", "csv", "xlsx", "json"])
def test_the_same_figures_in_every_form(deliver: Deliver, form: str, release: str) -> None:
    rows = grid(release=release)
    content = {
        "tsv": text(rows, "\t"),
        "csv": text(rows, ","),
        "xlsx": {"TR_J1": rows},
        "json": json.dumps(report(release)),
    }
    got = deliver(content[form], f"r.{form}")
    assert (got.found.source, got.found.kind, got.raw.height, got.rejected.height) == ("usage", "title", 2, 0)
    assert figures(got) == EXPECTED
    assert got.table("source_usage")["counter_release"].unique().to_list() == [release]


@pytest.mark.parametrize(
    ("label", "expected"),
    [("Jan-2026", "2026-01"), ("January 2026", "2026-01"), ("Jan-26", "2026-01"), ("26-Jan", "2026-01"), ("2026-01", "2026-01"),
     ("2026-01-01 00:00:00", "2026-01"), ("2026年1月", "2026-01"), ("46023", "2026-01"), ("46024", ""), ("2026-13", ""), ("Notes", "")],
)  # fmt: skip
def test_months_as_people_and_excel_write_them(label: str, expected: str) -> None:
    assert month(label) == expected


def test_databases_attributes_and_a_report_without_months(deliver: Deliver) -> None:
    labels = [
        "Database",
        "Publisher",
        "Platform",
        "Proprietary_ID",
        "Data_Type",
        "Access_Method",
        "Metric_Type",
        "Reporting_Period_Total",
    ]
    rows = [
        *header("DR", "5"),
        labels,
        ["Imaginary Abstracts", "NL", "NL Search", "nl:ia", "Database", "Regular", "Searches_Regular", "1,250"],
    ]
    got = deliver({"DR": rows}, "d.xlsx")
    columns = ("title", "data_type", "access_method", "usage_month", "usage_count", "period_from", "period_to")
    assert got.table("source_usage").select(columns).rows() == [
        ("Imaginary Abstracts", "Database", "Regular", None, 1250, "2026-01-01", "2026-03-31")
    ]


def test_totals_are_told_apart_and_empty_months_are_no_zero(deliver: Deliver) -> None:
    rows = grid()
    rows[-1][-1], rows[-1][-4] = "", 13
    rows.append(
        ["Total for all journals", "", "", "LH Online", "", "", "", "", "", "Total_Item_Requests", 25, 6, 9, 10]
    )
    table = deliver(text(rows, "\t"), "t.tsv").table("source_usage")
    assert table.filter("is_total")["usage_count"].sum() == 25
    assert table.filter(~table["is_total"])["usage_count"].sum() == 25 + 13
    assert table.filter(table["metric_type"] == "Unique_Item_Requests")["usage_month"].to_list() == [
        "2026-01",
        "2026-02",
    ]


def test_rows_that_do_not_add_up_or_count(deliver: Deliver) -> None:
    rows = grid()
    rows[-2][-1] = 11
    rows[-1][-2] = "a few"
    rows.append(["", "", "", "", "", "", "", "", "", "Total_Item_Requests", 1, 1, 0, 0])
    got = deliver(text(rows, "\t"), "t.tsv")
    assert got.raw.height == 0
    assert [e.split("是")[0][:4] for e in got.rejected["expected"]] == ["各月之和", "次数", "每行有题"]


def test_what_is_not_read_is_refused_in_words(deliver: Deliver) -> None:
    with pytest.raises(SourceError, match="第 4 版"):
        deliver(
            "Journal Report 1 (R4),Number of Successful Full-Text Article Requests\nLinghai University\n", "jr1.csv"
        )
    for kind in ({"report": "IR_A1"}, {"release": "4"}):
        with pytest.raises(SourceError, match="目前不读取"):
            deliver(text(grid(**kind), "\t"), "x.tsv")


def test_json_that_breaks_off_is_told(deliver: Deliver) -> None:
    whole = report("5.1")
    whole["Report_Items"] = [{**whole["Report_Items"][0], "Title": f"Journal {n}"} for n in range(40)]
    got = deliver(json.dumps(whole)[:-700], "r.json")
    assert got.rejected.height == 1 and 0 < got.raw.height < 80
    assert got.rejected["row"].to_list() == [got.raw["source_row"].max() + 1]
    whole["Report_Items"][1] = {"Title": "X"}
    got = deliver(json.dumps(whole), "s.json")
    assert (got.raw.height, got.rejected.height) == (78, 1)


def test_items_are_read_one_by_one(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks may end anywhere, inside a character too."""
    monkeypatch.setattr("pipelines.sources._text.BLOCK", 37)
    whole = report("5.1")
    whole["Report_Items"] = [{**whole["Report_Items"][0], "Title": f"虚构期刊 {n}"} for n in range(5)]
    path = write(tmp_path / "r.json", json.dumps(whole, ensure_ascii=False))
    found = _recognise.recognise(path)
    titles = [t for c in usage.read(path, found, {}) for t in c.rows["title"]]
    assert titles == [f"虚构期刊 {n}" for n in range(5) for _ in COUNTS]


@given(cut=st.integers(0, 1200), junk=st.text(max_size=20))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_is_read_or_refused(tmp_path: Any, cut: int, junk: str) -> None:
    good = json.dumps(report("5"))
    path = write(tmp_path / "r.json", good[:cut] + junk + good[cut + len(junk) :])
    try:
        found = _recognise.recognise(path)
        chunks = list(usage.read(path, found, {}))
    except SourceError as error:
        assert error.parts
        return
    assert sum(c.rows.height + c.rejected.height for c in chunks) >= 1
    assert usage_json.is_report(good)
