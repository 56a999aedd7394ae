"""ESI: which list a file is, of which period, and what its cells mean."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.core import dictionaries
from pipelines.core.errors import SourceError
from tests.unit.sources.conftest import Deliver, Delivered

PAPERS = ["Accession Number", "DOI", "PMID", "Article Name", "Authors", "Source", "Research Field", "Times Cited", "Countries",
          "Addresses", "Institutions", "Publication Date"]  # fmt: skip
FOOT = [["Copyright © 2026 Clarivate"], ["Export Date 2026-05-20"]]


def paper(
    ut: str = "WOS:000000000000001",
    doi: Any = "10.1038/NC1",
    field: str = "SOCIAL SCIENCES, GENERAL",
    cited: Any = "12",
) -> list[Any]:
    return [
        ut,
        doi,
        "NA",
        "ON SHORES",
        "WANG, L;LIU, H",
        "SEA 5: - JUL 2020",
        field,
        cited,
        "CHINA MAINLAND;",
        "LINGHAI UNIV",
        "LINGHAI UNIVERSITY;",
        "2020",
    ]


def title(show: str) -> list[str]:
    return [f"Documents Result List:  Institutions - 'LINGHAI UNIVERSITY' Show - {show}"]


def papers(
    deliver: Deliver, *rows: list[Any], show: str = "Highly Cited Papers", blank: int = 4, **hints: Any
) -> Delivered:
    grid = [*[[]] * blank, title(show), PAPERS, *rows, *FOOT]
    return deliver({"Sheet0": grid}, "DocumentsExport.xlsx", **({"esi_period": "2026-05"} | hints))


@pytest.mark.parametrize(
    ("show", "kind"), [("Highly Cited Papers", "highly_cited"), ("Hot Papers", "hot"), ("Top Papers", "top")]
)
def test_the_title_row_says_which_list(deliver: Deliver, show: str, kind: str) -> None:
    got = papers(deliver, paper(), paper("WOS:2", doi=0, cited="1,234"), show=show)
    table = got.table("source_esi_documents").sort("row")
    assert table.select(
        "period", "list_kind", "accession_number", "doi", "esi_field", "citations_esi_count"
    ).rows() == [
        ("2026-05", kind, "WOS:000000000000001", "10.1038/nc1", "SOC", 12),
        ("2026-05", kind, "WOS:2", None, "SOC", 1234),
    ]
    assert got.raw["footer"][0] == "Copyright © 2026 Clarivate | Export Date 2026-05-20"


def test_saved_again_without_the_blank_rows(deliver: Deliver) -> None:
    assert papers(deliver, paper(), blank=0).raw.height == 1


def test_a_list_without_its_title_is_refused(deliver: Deliver) -> None:
    with pytest.raises(SourceError, match="缺少标题行"):
        deliver({"Sheet0": [PAPERS, paper()]}, "x.xlsx", esi_period="2026-05")


def test_an_empty_list_with_its_footer_is_an_answer_and_one_without_is_not(deliver: Deliver) -> None:
    assert papers(deliver).raw.height == 0
    with pytest.raises(SourceError, match="没有数据行"):
        deliver({"Sheet0": [title("Hot Papers"), PAPERS]}, "x.xlsx", esi_period="2026-05")


def test_rows_with_an_unknown_field_or_no_number_are_set_aside(deliver: Deliver) -> None:
    got = papers(
        deliver, paper(field="ALCHEMY"), paper("WOS:2", cited="many"), paper("WOS:3", cited=""), paper("WOS:4")
    )
    assert got.rejected["row"].to_list() == [1, 2, 3]
    assert got.raw["source_row"].to_list() == [4]


@pytest.mark.parametrize(
    ("path", "period"),
    [
        ("/inbox/esi/2026-05/x.xlsx", "2026-05"),
        ("/inbox/esi/202611/x.xlsx", "2026-11"),
        ("/inbox/ESI 2026年7月/x.xlsx", "2026-07"),
        ("/inbox/2025-01/threshold-esi-20260312.xlsx", "2026-03"),
    ],
)
def test_the_period_may_stand_in_a_folder_or_file_name(deliver: Deliver, path: str, period: str) -> None:
    got = papers(deliver, paper(), esi_period="", path_text=path)
    assert got.raw["esi_period"].to_list() == [period]


@pytest.mark.parametrize(
    "path",
    ["/inbox/esi/x.xlsx", "/inbox/esi/202606/x.xlsx", "/inbox/esi/12026059/x.xlsx"],
    ids=["none", "even month", "no date"],
)
def test_no_period_is_refused_with_words_how_to_give_it(deliver: Deliver, path: str) -> None:
    with pytest.raises(SourceError) as caught:
        papers(deliver, paper(), esi_period="", path_text=path)
    assert "batch.yml" in caught.value.parts["下一步"]


def test_entity_thresholds(deliver: Deliver) -> None:
    grid = [[], ["THRESHOLD-ESI"], ["RESEARCH FIELDS", "AUTHOR", "", "INSTITUTION", "JOURNAL", "", "COUNTRY", ""],
            ["ENVIRONMENT/ECOLOGY", 528, "", 2495, 1347, "", 1472, ""], FOOT[0]]  # fmt: skip
    got = deliver({"DJR_1": grid}, "t.xlsx", esi_period="2026-05")
    table = (
        got.table("source_esi_thresholds")
        .select("esi_field", "threshold_kind", "threshold_year", "threshold_value")
        .rows()
    )
    assert table == [
        ("ENV", "author", None, 528.0),
        ("ENV", "country", None, 1472.0),
        ("ENV", "institution", None, 2495.0),
        ("ENV", "journal", None, 1347.0),
    ]


def test_percentile_baselines(deliver: Deliver) -> None:
    text = "BASELINES-PERCENTILES,,,\nRESEARCH FIELDS,2025,2026,ALL YEARS\n ALL FIELDS,,,\n0.10%,45,7,396\n1.00%,12,2,119\n"
    text += '"SOCIAL SCIENCES, GENERAL",,,\n1.00%,9,1,70\n50.00%,,0,5\nCopyright © 2026 Clarivate,,,\n'
    got = deliver(text, "b.csv", esi_period="2026-05")
    assert got.raw.height == 4 and got.rejected.height == 0
    table = (
        got.table("source_esi_thresholds")
        .select("esi_field", "threshold_kind", "threshold_year", "threshold_value")
        .rows()
    )
    assert ("SOC", "highly_cited", 2025, 9.0) in table and ("ALL", "top_0_1", None, 396.0) in table
    assert ("SOC", "top_50", 2026, 0.0) in table and not any(row[:3] == ("SOC", "top_50", 2025) for row in table)


def test_rankings_name_their_field_in_the_title(deliver: Deliver) -> None:
    head = ["", "Institutions", "Countries/Regions", "Web of Science Documents", "Cites", "Cites/Paper", "Top Papers"]
    rows = [
        ["1", "LINGHAI UNIVERSITY", "CHINA MAINLAND", "16040", "346745", "21.62", "263"],
        ["2", "X UNIVERSITY", "N/A", "10", "20", "2.00", "0"],
    ]
    field = "Indicators Results List: Institutions   Filter Results By: ResearchFields   Filter Value(s): PLANT & ANIMAL SCIENCE   Show: Top"
    got = deliver({"Sheet0": [*[[]] * 4, [field], head, *rows, FOOT[0]]}, "r.xlsx", esi_period="2026-05")
    table = got.table("source_esi_institutions").select(
        "esi_field", "institution", "country", "rank", "citations_count", "citations_per_paper"
    )
    assert table.rows() == [
        ("PLA", "LINGHAI UNIVERSITY", "CHINA MAINLAND", 1, 346745, 21.62),
        ("PLA", "X UNIVERSITY", None, 2, 20, 2.0),
    ]
    every = field.replace("ResearchFields", "Institutions").replace("PLANT & ANIMAL SCIENCE", "None")
    got = deliver({"Sheet0": [[every], head, *rows]}, "all.xlsx", esi_period="2026-05")
    assert set(got.table("source_esi_institutions")["esi_field"]) == {"ALL"}


def test_fields_of_one_institution_are_kept_raw(deliver: Deliver) -> None:
    name = "Indicators Results List: ResearchFields   Filter Results By: Institutions   Filter Value(s): LINGHAI UNIVERSITY   Show: Top"
    head = ["", "Research Fields", "Web of Science Documents", "Cites", "Cites/Paper", "Top Papers"]
    got = deliver(
        {"Sheet0": [[name], head, [1, "CHEMISTRY", 696, 12605, 18.11, 8], [0, "ALL FIELDS", 3813, 54631, 14.33, 51]]},
        "f.xlsx",
        esi_period="2026-05",
    )
    assert got.found.kind == "institution_fields" and got.raw.height == 2
    assert got.table("source_esi_institutions").height == 0


@pytest.mark.parametrize("cited", ["NaN", "inf", "1e999", "12 (3)"])
def test_a_number_is_digits(deliver: Deliver, cited: str) -> None:
    got = papers(deliver, paper(cited=cited), paper("WOS:2", cited="0"))
    assert got.rejected["row"].to_list() == [1]
    assert got.table("source_esi_documents")["citations_esi_count"].to_list() == [0]


def test_rankings_of_highly_cited_papers_keep_their_counts_apart(deliver: Deliver) -> None:
    head = [
        "",
        "Institutions",
        "Countries/Regions",
        "Web of Science Documents",
        "Cites",
        "Cites/Paper",
        "Highly Cited Papers",
    ]
    titled = "Indicators Results List: Institutions   Filter Results By: ResearchFields   Filter Value(s): PHYSICS   Show: Highly Cited"
    grid = [[], [titled], head, ["1", "LINGHAI UNIVERSITY", "CHINA MAINLAND", "10", "20", "2.00", "3"], FOOT[0]]
    table = deliver({"Sheet0": grid}, "IndicatorsExport.xlsx", esi_period="2026-05").table("source_esi_institutions")
    assert table.select("top_papers_count", "highly_cited_papers_count", "hot_papers_count").row(0) == (None, 3, None)


def test_fields_of_one_institution_have_no_rank(deliver: Deliver) -> None:
    titled = "Indicators Results List: ResearchFields   Filter Results By: Institutions   Filter Value(s): LINGHAI UNIVERSITY   Show: Top"
    head = ["", "Research Fields", "Web of Science Documents", "Cites", "Cites/Paper", "Top Papers"]
    rows = [[1, "CHEMISTRY", 696.0, 12605.0, 18.11, 8.0], [0, "ALL FIELDS", 3813.0, 54631.0, 14.33, 51.0]]
    got = deliver({"Sheet0": [[], [titled], head, *rows, FOOT[0]]}, "IndicatorsExport.xlsx", esi_period="2026-05")
    table = got.table("source_esi_institution_fields")
    columns = (
        "institution",
        "esi_field",
        "documents_count",
        "citations_count",
        "citations_per_paper",
        "top_papers_count",
    )
    assert table.select(columns).rows() == [
        ("LINGHAI UNIVERSITY", "CHE", 696, 12605, 18.11, 8),
        ("LINGHAI UNIVERSITY", "ALL", 3813, 54631, 14.33, 51),
    ]
    assert got.table("source_esi_institutions").is_empty()


def test_citation_rates(deliver: Deliver) -> None:
    text = "BASELINES-CITATION RATES,,,\nRESEARCH FIELDS,2025,2026,ALL YEARS\n ALL FIELDS,4.79,0.16,11.39\nCHEMISTRY,5.31,,14.9\n"
    got = deliver(text + "Copyright © 2026 Clarivate,,,\n", "r.csv", esi_period="2026-05")
    table = got.table("source_esi_citation_rates").select("esi_field", "baseline_year", "citation_rate")
    assert sorted(table.rows(), key=str) == sorted(
        [("ALL", None, 11.39), ("ALL", 2025, 4.79), ("ALL", 2026, 0.16), ("CHE", None, 14.9), ("CHE", 2025, 5.31)],
        key=str,
    )
    assert got.table("source_esi_thresholds").is_empty()


def test_journal_list(deliver: Deliver) -> None:
    head = ["Full title", "Title20", "Title29", "ISSN", "EISSN", "Category name"]
    rows = [["Journal of Shores", "J SHORES", "J SHORES", "2434-561X", "****-****", "GEOSCIENCES"],
            ["Annals of Nowhere", "ANN N", "ANN N", "0000-0001", "2434-561X", "Multidisciplinary"],
            ["Lost", "L", "L", "", "", "ALCHEMY"]]  # fmt: skip
    got = deliver({"Sheet1": [head, *rows]}, "list.xlsx", esi_period="2026-06")
    assert (got.found.kind, got.rejected["row"].to_list()) == ("journals", [3])
    table = got.table("source_esi_journals").select("period", "title", "title_29", "issn", "eissn", "esi_field")
    assert table.rows() == [
        ("2026-06", "Journal of Shores", "J SHORES", "2434-561X", None, "GEO"),
        ("2026-06", "Annals of Nowhere", "ANN N", None, "2434-561X", "MUL"),
    ]


@pytest.mark.parametrize(
    ("titled", "columns", "expected"),
    [
        ("THRESHOLD-HIGHLY CITED", ["2025", "2026"], [("CHE", "highly_cited", 2025, None, 61.0), ("CHE", "highly_cited", 2026, None, 0.0)]),
        (
            "THRESHOLD-HOT PAPERS",
            ["NOV-DEC 2025", "JAN-FEB 2026"],
            [("CHE", "hot", None, "JAN-FEB 2026", 0.0), ("CHE", "hot", None, "NOV-DEC 2025", 61.0)],
        ),
    ],
)  # fmt: skip
def test_thresholds_of_papers(
    deliver: Deliver, titled: str, columns: list[str], expected: list[tuple[Any, ...]]
) -> None:
    got = deliver(
        {"S": [[titled], ["RESEARCH FIELDS", *columns], ["CHEMISTRY", 61, 0], FOOT[0]]}, "t.xlsx", esi_period="2026-05"
    )
    table = got.table("source_esi_thresholds").select(
        "esi_field", "threshold_kind", "threshold_year", "threshold_months", "threshold_value"
    )
    assert table.rows() == expected


def test_percentiles_that_excel_saved_as_numbers(deliver: Deliver) -> None:
    grid = [["BASELINES-PERCENTILES"], ["RESEARCH FIELDS", 2025, "ALL YEARS"], ["CHEMISTRY", "", ""], [0.0001, 90, 400], [0.01, 12, 119],
            [0.5, 1, 5], FOOT[0]]  # fmt: skip
    table = deliver({"S": grid}, "b.xlsx", esi_period="2026-05").table("source_esi_thresholds")
    assert table.filter(threshold_year=2025).select("threshold_kind", "threshold_value").rows() == [
        ("top_0_01", 90.0), ("highly_cited", 12.0), ("top_50", 1.0),
    ]  # fmt: skip


def test_cells_of_papers_are_kept_whole(deliver: Deliver) -> None:
    long = ";".join(f"UNIV {n}, CITY {n}" for n in range(2500))  # longer than a cell of Excel: from a CSV
    row = [*paper()[:9], long, *paper()[10:]]
    lines = [",".join(f'"{cell}"' for cell in line) for line in (title("Hot Papers"), PAPERS, row)]
    got = deliver("\n".join([*lines, "Copyright © 2026 Clarivate"]) + "\n", "d.csv", esi_period="2026-05")
    table = got.table("source_esi_documents")
    assert table["addresses_text"].to_list() == [long] and len(long) > 32767
    assert table.select("pmid", "authors_text", "countries_text").row(0) == (None, "WANG, L;LIU, H", "CHINA MAINLAND;")


def test_a_table_of_esi_that_is_not_read_is_named(deliver: Deliver) -> None:
    titled = "Indicators Results List: Journals   Filter Results By: ResearchFields   Filter Value(s): None   Show: Top"
    with pytest.raises(SourceError, match="Journals"):
        deliver({"S": [[titled], ["", "Journals", "Cites"], ["1", "NATURE", "9"]]}, "x.xlsx", esi_period="2026-05")


def test_deliveries_tell_an_empty_list_from_one_that_is_not_there(deliver: Deliver) -> None:
    fields = dictionaries.load("esi_fields", "common")
    told = {
        "batch_id": "b",
        "file": "Hot.xlsx",
        "original": "esi/2026-05/Hot.xlsx",
        "hints": {},
        "delivered_at": "2026-05-20",
        "kind": "documents",
    }
    for rows in ([], [paper()]):
        got = papers(deliver, *rows, show="Hot Papers")
        table = got.module.source_esi_deliveries(
            got.raw.lazy(), delivery=told | {"details": got.found.details}, esi_fields=fields
        )
        row = table.row(0, named=True)
        assert (row["period"], row["list_kind"], row["rows_count"], row["exported_at"]) == (
            "2026-05",
            "hot",
            len(rows),
            "2026-05-20",
        )
        assert (
            row["institution"] == "LINGHAI UNIVERSITY"
            and "Copyright" in row["footer"]
            and "Hot Papers" in row["esi_title"]
        )
