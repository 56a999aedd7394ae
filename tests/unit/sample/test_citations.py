"""ESI: windows, thresholds, lists and rankings agree with one another."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import sample
from pipelines.sample import citations, esi
from pipelines.sample.citations import PERIODS, Window, threshold, window
from pipelines.sample.draw import Draw


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "linghai"
    sample.write(folder, works=1000, seed=1)
    return folder


def documents(folder: Path, period: str, kind: str) -> pl.DataFrame:
    sheet = (
        fastexcel.read_excel(folder / "inbox/esi" / period / esi.FILES[kind])
        .load_sheet(0, header_row=None, dtypes="string")
        .to_polars()
    )
    rows = sheet.rows()
    head = rows.index(next(r for r in rows if r[0] == "Accession Number"))
    end = next(n for n, r in enumerate(rows) if str(r[0]).startswith("Copyright"))
    return pl.DataFrame(rows[head + 1 : end], schema=list(rows[head]), orient="row")


def test_windows_are_those_of_the_release_calendar() -> None:
    assert window("2026-01") == Window(2015, 2025, 10)
    assert window("2026-03") == Window(2015, 2025, 12)
    assert window("2026-05") == Window(2016, 2026, 2)
    assert window("2026-11") == Window(2016, 2026, 8)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(citations.fields())), st.integers(2015, 2026), st.integers(0, 10**6))
def test_a_listed_paper_reaches_its_threshold_and_citations_never_fall(field: str, year: int, number: int) -> None:
    paper = citations.story(Draw.of(3, 6, number), field, year, 0.9)
    for n, period in enumerate(PERIODS):
        limit = threshold(paper.fields[n], year, period)
        if paper.listed[n]:
            assert paper.cites[n] >= limit > 2
            assert window(period).first_year <= year
        elif paper.fate == "ordinary":
            assert paper.cites[n] < max(limit, 1)
    assert list(paper.cites) == sorted(paper.cites)
    assert paper.tc >= paper.cites[-1]


def test_lists_hold_what_the_truth_says(written: Path) -> None:
    told = pl.read_parquet(written / "truth/esi.parquet")
    for period in PERIODS:
        held = {k: set(documents(written, period, k)["Accession Number"]) for k in esi.FILES}
        now = told.filter(pl.col("period") == period, pl.col("change") != "dropped")
        assert held["highly_cited"] == set(now.filter(list_kind="highly_cited")["accession_number"])
        assert held["hot"] == set(now.filter(list_kind="hot")["accession_number"])
        assert held["top"] == held["highly_cited"] | held["hot"]


def test_change_sets_add_up_and_every_kind_of_change_occurs(written: Path) -> None:
    told = pl.read_parquet(written / "truth/esi.parquet").filter(list_kind="highly_cited")
    size = {p: len(told.filter(pl.col("period") == p, pl.col("change") != "dropped")) for p in PERIODS}
    for before, now in pairwise(PERIODS):
        kinds = dict(told.filter(period=now)["change"].value_counts().rows())
        assert size[before] == kinds["steady"] + kinds.get("dropped", 0)
        assert size[now] == kinds["steady"] + kinds.get("new", 0) + kinds.get("re-entered", 0)
    assert {"new", "steady", "dropped", "re-entered"} <= set(told["change"])
    assert {"window", "below_threshold"} <= set(told.filter(change="dropped")["reason"])


def test_most_listed_papers_stand_in_the_wos_files_with_the_flag(written: Path) -> None:
    told = (
        pl.read_parquet(written / "truth/esi.parquet")
        .filter(list_kind="highly_cited", period=PERIODS[-1])
        .filter(pl.col("change") != "dropped")
    )
    wos = set(pl.read_parquet(written / "truth/records.parquet").filter(source="wos")["accession_number"])
    assert told["accession_number"].is_in(wos).to_list() == told["in_wos_files"].to_list()
    assert told["in_wos_files"].mean() > 0.8


def test_baselines_print_the_thresholds() -> None:
    lines = esi.baselines("2026-05").splitlines()
    assert lines[1].startswith("RESEARCH FIELDS,2016,") and lines[1].endswith(",2026,ALL YEARS")
    chemistry = lines[lines.index("CHEMISTRY" + "," * 12) + 3].split(",")
    assert chemistry[0] == "1.00%"
    assert int(chemistry[1]) == threshold("CHE", 2016, "2026-05")
    assert sum(line.startswith("1.00%") for line in lines) == 22


def test_rankings_are_competition_ranks_with_our_university_and_its_top_papers(written: Path) -> None:
    entered = {f["name_en"] for f in citations.fields().values() if f["rank_share"]}
    for n, period in enumerate(PERIODS):
        top = documents(written, period, "top")
        paths = sorted((written / "inbox/esi" / period).glob("IndicatorsExport-*.xlsx"))
        assert len(paths) == 23  # 22 fields, and all of them together
        for path in paths:
            sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string").to_polars().rows()
            field = str(sheet[0][0]).split("Filter Value(s): ")[1].split("   ")[0]
            rows = sheet[2:-1]
            cites = [int(r[4]) for r in rows]
            assert cites == sorted(cites, reverse=True)
            assert [int(r[0]) for r in rows] == [1 + sum(c > own for c in cites) for own in cites]
            ours = [r for r in rows if r[1] == "LINGHAI UNIVERSITY"]
            assert len(ours) == (field in entered or field == "None"), field
            if ours:
                fields = entered if field == "None" else {field}
                listed = top.filter(pl.col("Research Field").is_in(list(fields)))
                assert int(ours[0][6]) == listed.height, (n, field)


def test_a_year_of_releases_can_be_compared_season_by_season() -> None:
    """Six releases back lies the same season; May falls against March, and the year rises."""
    assert len(PERIODS) == 8 and PERIODS[1][5:] == PERIODS[7][5:]
    season = {p: esi._season(n) for n, p in enumerate(PERIODS)}
    assert season["2026-05"] < season["2026-03"]
    assert season["2026-07"] > season["2025-07"] and season["2026-05"] > season["2025-05"]
    assert [esi.exported(p) for p in ("2026-03", "2026-07")] == ["2026-03-17", "2026-07-14"]


def test_own_fields_are_numbers_with_all_fields_last(written: Path) -> None:
    rows = fastexcel.read_excel(written / "inbox/esi/2026-07/IndicatorsExport.xlsx").load_sheet(0, header_row=None)
    table = [r for r in rows.to_polars().rows() if r[1] is not None]
    assert table[0][1] == "Research Fields" and table[-1][:2] == ("0", "ALL FIELDS")
    assert len(table) - 2 == sum(bool(f["rank_share"]) for f in citations.fields().values())


def test_some_fields_and_years_have_enough_papers_for_the_estimate() -> None:
    """Among 4,000 works, 20 listed papers of a field and year (indicators.md 00), and papers close to its threshold."""
    for field, year in citations.FOCUS:
        share = citations.share(field, year, 4000)
        papers = [citations.story(Draw.of(1, 6, n), field, year, share) for n in range(round(4000 * 0.0155))]
        assert sum(p.listed[-1] for p in papers) >= 20, (field, year)
        near = [p for p in papers if citations.near(p, year)]
        assert near and all(p.tc >= p.cites[-1] and not p.listed[-1] for p in near)
    assert citations.share("ENG", 2021, 500) == citations.share("ENG", 2020, 500)
