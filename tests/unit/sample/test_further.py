"""Scopus, InCites, ProQuest, patents and lists of the sample: true layouts, and files that say what the truth says."""

from __future__ import annotations

import csv
import re
from io import StringIO
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from pipelines import sample
from pipelines.core import catalog
from pipelines.sample import patents
from pipelines.sample.incites import h_index, top_share
from pipelines.sample.patent_files import CODES, STATUS

SOURCES = (
    "cnki",
    "ei",
    "esi",
    "incites",
    "journals",
    "patents",
    "pqdt",
    "retractions",
    "roster",
    "scholars",
    "scopus",
    "wos",
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("further") / "linghai"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalog, "source_names", lambda: SOURCES)
        sample.write(folder, works=1200, seed=4)
    return folder


def truth(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / "truth" / f"{name}.parquet")


def table(path: Path, sheet: int = 0) -> pl.DataFrame:
    return fastexcel.read_excel(path).load_sheet(sheet, dtypes="string").to_polars()


def test_sources_without_a_reader_write_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "source_names", lambda: ("cnki", "ei", "esi", "roster", "wos"))
    sample.write(tmp_path / "linghai", works=30, seed=4)
    assert sorted(p.name for p in (tmp_path / "linghai" / "inbox").iterdir()) == ["cnki", "ei", "esi", "roster", "wos"]


def test_scopus_states_the_affiliations_of_every_author_by_place(written: Path) -> None:
    told = truth(written, "records").filter(source="scopus")
    rows = []
    for path in sorted((written / "inbox/scopus").iterdir()):
        rows += list(csv.DictReader(StringIO(path.read_text("utf-8-sig"))))
    assert len(rows) == told.height > 50
    assert {r["EID"] for r in rows} == set(told["accession_number"])
    for r in rows:
        count = len(r["Authors"].split("; "))
        for column in ("Author full names", "Author(s) ID"):
            assert len(r[column].split("; ")) == count
        for part, name in zip(r["Authors with affiliations"].split("; "), r["Authors"].split("; "), strict=True):
            assert part == name or part.startswith(f"{name}, ")
        assert r["Year"] >= "2024"
    assert all(i.startswith("99") and len(i) == 11 for r in rows for i in r["Author(s) ID"].split("; "))


def test_incites_values_agree_with_each_other_and_the_truth(written: Path) -> None:
    text = (written / "inbox/incites/Incites Documents.csv").read_text("utf-8")
    body, _, foot = text.partition("\n\nFilter Summary:")
    rows = list(csv.DictReader(StringIO(body)))
    told = truth(written, "incites")
    values = {r["accession_number"]: r for r in told.drop_nulls("cnci").iter_rows(named=True)}
    assert {r["Accession Number"] for r in rows} == set(values)
    assert told["cnci"].null_count() > 0  # papers that InCites does not hold yet
    for r in rows:
        cites, percentile = int(r["Times Cited"]), float(r["Percentile in Subject Area"])
        assert (percentile == 0) == (cites == 0)
        assert float(r["Category Normalized Citation Impact"]) == pytest.approx(
            cites / float(r["Category Expected Citations"]), abs=1e-3
        )
        assert values[r["Accession Number"]]["top_percent"] == pytest.approx(100 - percentile)
    listed = told.filter("highly_cited").drop_nulls("top_percent")
    assert listed.height > 10 and (listed["top_percent"] <= 1.2).mean() > 0.95
    assert "Schema: Essential Science Indicators" in foot and "Includes Web of Science content indexed through" in foot


def test_top_share_falls_from_100_and_h_index_is_that_of_the_definition() -> None:
    shares = [top_share(c, 100.0) for c in range(0, 1200, 3)]
    assert shares[0] == 100 and top_share(100, 100.0) == 1.0 and top_share(320, 100.0) == 0.1
    assert shares == sorted(shares, reverse=True) and shares[-1] > 0
    assert h_index([50, 18, 11, 7, 6, 5, 5, 1, 0]) == 5


def test_incites_tables_have_their_summary_and_the_chinese_interface(written: Path) -> None:
    home = written / "inbox/incites"
    areas = (home / "Incites Research Areas.csv").read_text("utf-8").splitlines()
    assert areas[0] == '"名称",排名,出版年,Web of Science 论文数,学科规范化的引文影响力,被引频次,论文被引百分比'
    assert '"学科分类体系:  Essential Science Indicators"' in areas
    counted = sum(int(r[3]) for r in csv.reader(areas[1:]) if len(r) == 7)
    assert counted == truth(written, "incites").drop_nulls("cnci").height
    organisations = table(home / "Incites Organizations.xlsx")
    assert organisations["Name"].to_list()[0] == "Global Baseline"
    assert organisations["Name"].to_list()[-1] == "Linghai University"
    summary = table(home / "Incites Organizations.xlsx", 1).to_series().to_list()
    assert "Research Area: [Geosciences]" in summary and any(str(s).startswith("Exported date  ") for s in summary)
    people = table(home / "Incites Researchers.xlsx")
    assert people.height > 20 and people["Name"].str.contains(", ").all()


def test_theses_are_in_both_files_with_their_people(written: Path) -> None:
    told = truth(written, "theses")
    sheet = table(written / "inbox/pqdt/ProQuestDocuments-2026-08-21.xlsx")
    ris = (written / "inbox/pqdt/ProQuestDocuments-2026-08-21.ris").read_bytes().decode()
    assert sheet.height + ris.count("TY  - THES\r\n") == told.height
    assert set(sheet["StoreId"]) | set(re.findall(r"AN  - (\d+)", ris)) == set(told["store_id"])
    assert (
        told["person_id"].null_count() > 0
        and told["person_id"].drop_nulls().is_in(truth(written, "persons")["person_id"]).all()
    )
    for digits in re.findall(r"SN  - (\d{13})", ris):
        assert sum(int(d) * (1, 3)[n % 2] for n, d in enumerate(digits)) % 10 == 0


def test_patents_of_two_searches_say_what_was_known_on_the_day(written: Path) -> None:
    status = truth(written, "patent_status")
    first, second = (
        table(written / "inbox/patents" / d[:7] / f"incopat_{d.replace('-', '')}.xlsx") for d in patents.DELIVERIES
    )
    codes = {words: code for code, words in STATUS.items()}
    for sheet, delivery in ((first, patents.DELIVERIES[0]), (second, patents.DELIVERIES[1])):
        known = dict(status.filter(delivery=delivery).select("application_number", "status").iter_rows())
        assert (sheet["公开（公告）日"] <= delivery.replace("-", "")).all()
        for application, shown in sheet.select("申请号", "当前法律状态").iter_rows():
            assert known[application] == CODES[codes[shown.split("; ")[-1]]]
    changed = status.pivot("delivery", index="application_number", values="status").drop_nulls()
    assert (changed[patents.DELIVERIES[0]] != changed[patents.DELIVERIES[1]]).any()
    assert second.height > first.height


def test_patent_numbers_are_well_formed_and_of_blocks_nobody_has(written: Path) -> None:
    told = truth(written, "patents")
    for number in told.filter(country="CN")["application_number"].unique():
        digits, check = re.fullmatch(r"CN(\d{12})\.(\w)", number).groups()  # type: ignore[union-attr]
        rest = sum(int(d) * w for d, w in zip(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=True)) % 11
        assert check == ("X" if rest == 10 else str(rest)) and digits[5] == "9"
    assert told.filter(country="CN")["publication_number"].str.contains(r"^CN[12]99\d{6}[ABU]$").all()
    assert told.filter(country="US")["publication_number"].str.contains(r"^US(20\d\d09\d{5}A1|19\d{6}B2)$").all()
    derwent = (written / "inbox/patents/2026-08/savedrecs.txt").read_text("utf-8")
    assert derwent.count("\nER\n") == derwent.count("PT P\n") == len(re.findall(r"^UT DIIDW:", derwent, re.M))
    inventors = truth(written, "patent_inventors")
    assert inventors["person_id"].drop_nulls().is_in(truth(written, "persons")["person_id"]).all()


def test_lists_hold_the_sample_s_journals(written: Path) -> None:
    home = written / "inbox/lists"
    lines = (home / "Linghai_JCR_JournalResults_2025.csv").read_text("utf-8").splitlines()
    assert lines[2].startswith("Journal name,JCR Abbreviation,") and "2025 JIF" in lines[2]
    assert all(line.endswith('"%,') for line in lines[3:-3])
    with (home / "FQBJCR2025.csv").open(encoding="utf-8") as handle:
        zones = list(csv.DictReader(handle))
    assert len(zones) > 60 and all(re.fullmatch(r"[1-4] \[\d+/\d+\]", z["大类分区"]) for z in zones)
    retracted = truth(written, "retractions")["doi"]
    notices = home / "retraction_watch.csv"
    assert notices.exists() == (len(retracted) > 0)
    if notices.exists():
        with notices.open(encoding="utf-8") as handle:
            assert [r["OriginalPaperDOI"] for r in csv.DictReader(handle)] == retracted.to_list()


def test_a_direction_has_a_pool_candidates_and_namesakes(written: Path) -> None:
    scholars, held = truth(written, "scholars"), truth(written, "scholar_works")
    assert scholars["is_peer"].sum() >= 30 and scholars.drop_nulls("candidate").height == 12
    names = scholars.drop_nulls("candidate")["name_native"]
    assert names.is_duplicated().sum() == 2
    strangers = scholars.filter(pl.col("candidate").is_null())["name_native"]
    assert strangers.is_in(names.implode()).any()
    assert {min(3, (age - 1) // 5) for age in scholars["academic_age"]} == {0, 1, 2, 3}
    home = next((written / "candidates").iterdir())
    hits = sum(p.read_text("utf-8-sig").count("\nER\n") for p in (home / "direction/wos").iterdir())
    assert hits >= held.filter("in_direction")["accession_number"].n_unique()
    cv = table(home / "persons/候选人信息表.xlsx")
    assert cv.height == 12 and set(cv["候选人编号"]) == set(scholars["candidate"].drop_nulls())
    assert table(home / "persons/候选人信息表.xlsx", 1).height > 20
    assert not list((written / "inbox").rglob("*候选人*"))
