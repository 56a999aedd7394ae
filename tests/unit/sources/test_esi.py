"""ESI: which list a file is, of which period, and what its cells mean."""

from __future__ import annotations

from typing import Any

import pytest

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
