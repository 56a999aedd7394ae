"""Published and worked examples of indicators, on lists too long to keep as files."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import warehouse_sql as sql

OWN = {"institution_id": "own", "name_zh": "岭海大学", "name_en": "Linghai University", "kind": "own"}
CHE = {"esi_field": "CHE", "name_en": "CHEMISTRY", "name_zh": "化学"}


def write(folder: Path, **tables: list[dict[str, Any]]) -> Path:
    """Lay tables down as CSV files."""
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def one(folder: Path, relation: str, columns: str, where: str = "true") -> Any:
    connection = sql.build(folder, [relation])
    rows = connection.execute(f"select {columns} from {sql.address(relation)} where {where}").fetchall()
    return rows[0] if len(rows) == 1 else rows


def test_position_percent_of_403_in_2308_is_0_1746(tmp_path: Path) -> None:
    listed = [
        {"period": "2024-05", "esi_field": "SOC", "institution": f"I {n}", "rank": n, "citations_count": 99999 - n}
        for n in range(1, 2309)
    ]
    listed[402]["institution"] = "LINGHAI UNIVERSITY"
    write(tmp_path, institutions_dictionary=[OWN], esi_institutions=listed)
    rank, count, percent = one(
        tmp_path, "indicators.esi_standing", "rank, institutions_count, round(position_percent, 4)"
    )
    assert (rank, count, percent) == (403, 2308, 0.1746)


def archive(folder: Path, papers: int, candidate_citations: int) -> Path:
    """`papers` highly cited papers with ESI/WoS = 0.9, one own paper that is not listed, threshold 100."""
    listed, clusters, metrics = [], [], []
    for n in range(papers):
        listed.append(
            {
                "period": "2026-05",
                "list_kind": "highly_cited",
                "accession_number": f"WOS:{n}",
                "esi_field": "CHE",
                "publication_year": 2020,
                "citations_esi_count": 180,
                "institutions_text": "LINGHAI UNIVERSITY;",
            }
        )
        clusters.append({"record_id": f"wos:WOS:{n}", "work_id": f"w{n}"})
        metrics.append(
            {"record_id": f"wos:WOS:{n}", "metric": "citations_wos_core", "value": 200, "as_of": "2026-04-01"}
        )
    clusters.append({"record_id": "wos:WOS:own", "work_id": "own"})
    for as_of, value in (("2025-09-20", candidate_citations - 12), ("2026-04-01", candidate_citations)):
        metrics.append({"record_id": "wos:WOS:own", "metric": "citations_wos_core", "value": value, "as_of": as_of})
    return write(
        folder,
        institutions_dictionary=[OWN],
        esi_fields_dictionary=[CHE],
        journals_dictionary=[{"journal_id": "j1", "esi_field": "CHE"}],
        esi_documents=listed,
        clusters=clusters,
        metrics=metrics,
        esi_thresholds=[
            {
                "period": "2026-05",
                "esi_field": "CHE",
                "threshold_kind": "highly_cited",
                "threshold_year": 2020,
                "threshold_value": 100,
            }
        ],
        works=[
            {
                "work_id": "own",
                "title": "T",
                "journal_id": "j1",
                "accession_wos": "WOS:own",
                "publication_year": 2020,
                "document_type": "article",
            }
        ],
        work_authorships=[{"work_id": "own", "author_position": 1, "is_first": "true", "record_id": "wos:WOS:own"}],
        work_addresses=[
            {
                "work_id": "own",
                "record_id": "wos:WOS:own",
                "address_role": "author",
                "address_position": 1,
                "author_position": 1,
                "address_id": "a",
                "link": "stated",
            }
        ],
        affiliation_matches=[{"address_id": "a", "match_position": 1, "institution_id": "own", "decision": "match"}],
    )


def test_ratio_needs_twenty_papers(tmp_path: Path) -> None:
    assert one(archive(tmp_path, 20, 100), "indicators.esi_ratio", "papers_count, ratio") == (20, pytest.approx(0.9))
    assert one(archive(tmp_path, 19, 100), "indicators.esi_ratio", "papers_count, ratio") == (19, None)


NEAR = "status, nearness, round(citations_estimated, 6), round(gap, 6), citations_gained_six_months"


@pytest.mark.parametrize(
    ("citations", "expected"),
    [
        (110, ("estimated", "step", 99.0, 1.0, 12)),
        (120, ("estimated", "step", 108.0, -8.0, 12)),
        (100, ("estimated", "near", 90.0, 10.0, 12)),
        (90, ("estimated", "watch", 81.0, 19.0, 12)),
        (80, []),
    ],
)
def test_nearness_by_estimated_citations(tmp_path: Path, citations: int, expected: object) -> None:
    assert one(archive(tmp_path, 20, citations), "marts.esi_near_threshold", NEAR) == expected


def test_without_ratio_nothing_is_estimated(tmp_path: Path) -> None:
    found = one(archive(tmp_path, 19, 90), "marts.esi_near_threshold", NEAR + ", citations_wos_count, threshold_value")
    assert found == ("no_ratio", None, None, None, 12, 90, 100)


def test_threshold_of_two_designates_nobody(tmp_path: Path) -> None:
    folder = archive(tmp_path, 20, 110)
    text = (folder / "esi_thresholds.csv").read_text(encoding="utf-8")
    (folder / "esi_thresholds.csv").write_text(text.replace(",100", ",2"), encoding="utf-8")
    assert one(folder, "marts.esi_near_threshold", NEAR) == []


def test_check_tells_lists_and_thresholds_of_two_periods_apart(tmp_path: Path) -> None:
    folder = archive(tmp_path, 20, 110)
    text = (folder / "esi_thresholds.csv").read_text(encoding="utf-8")
    (folder / "esi_thresholds.csv").write_text(text.replace(",100", ",181"), encoding="utf-8")
    connection = sql.build(folder, ["marts.esi_paper"])
    connection.execute("use library")
    check = (sql.WAREHOUSE / "checks" / "esi_below_threshold.sql").read_text(encoding="utf-8")
    assert len(connection.execute(check).fetchall()) == 20


def test_set_invariant_check_is_silent_on_the_worked_example(tmp_path: Path) -> None:
    case = Path(__file__).parent / "indicators.esi_change" / "sets_example"
    connection = sql.build(case, ["indicators.esi_change"])
    connection.execute("use library")
    check = (sql.WAREHOUSE / "checks" / "esi_sets.sql").read_text(encoding="utf-8")
    assert connection.execute(check).fetchall() == []
    connection.execute("delete from indicators.esi_change where paper_key = 'e' and period = '2026-07'")
    assert [row[:2] for row in connection.execute(check).fetchall()] == [("2026-07", "highly_cited")]
