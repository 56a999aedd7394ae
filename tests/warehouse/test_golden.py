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


def ranking(period: str, rows: int, own_rank: int, own_citations: int, last: int) -> list[dict[str, Any]]:
    """A whole list of `rows` institutions falling to `last` citations, ours at a place of its own."""
    listed = [
        {
            "period": period,
            "esi_field": "CHE",
            "institution": f"I {n}",
            "rank": n,
            "citations_count": last + 10 * (rows - n),
        }
        for n in range(1, rows + 1)
    ]
    listed[own_rank - 1] |= {"institution": "LINGHAI UNIVERSITY", "citations_count": own_citations}
    return listed


@pytest.mark.parametrize("rows", [1480, 1484, 1489])
def test_permille_of_a_list_is_the_floor_of_a_tenth(tmp_path: Path, rows: int) -> None:
    write(tmp_path, esi_institutions=ranking("2021-11", rows, 900, 12345, 100))
    found = one(tmp_path, "indicators.esi_permille", "institutions_count, permille_rank, per_ten_thousand_rank")
    assert found == (rows, 148, 14)
    (threshold,) = one(tmp_path, "indicators.esi_permille", "permille_threshold")
    assert threshold == 100 + 10 * (rows - 148)


def test_periods_to_the_threshold_of_the_worked_example_are_six(tmp_path: Path) -> None:
    # C = 9 000, T = 10 000, g_C = 1.20, g_T = 1.08 (design of indicators, 4.2)
    periods = ["2025-05", "2025-07", "2025-09", "2025-11", "2026-01", "2026-03", "2026-05"]
    lists, thresholds = [], []
    for n, period in enumerate(periods):
        ours = 7500 if n == 0 else 9000
        stated = 10000 / 1.08 if n == 0 else 10000.0
        lists += [
            {
                "period": period,
                "esi_field": "CHE",
                "institution": "LINGHAI UNIVERSITY",
                "rank": 2,
                "citations_count": ours,
            },
            {"period": period, "esi_field": "CHE", "institution": "I 1", "rank": 1, "citations_count": 90000},
        ]
        thresholds.append(
            {"period": period, "esi_field": "CHE", "threshold_kind": "institution", "threshold_value": stated}
        )
    write(
        tmp_path,
        institutions_dictionary=[OWN],
        esi_fields_dictionary=[CHE],
        esi_institutions=lists,
        esi_thresholds=thresholds,
    )
    told = one(
        tmp_path,
        "marts.esi_field_outlook",
        "round(periods_to_entry, 6), status, gap, potential_percent, is_potential, outlook_zh",
        "period = '2026-05' and target = 'institution'",
    )
    assert told == (6.0, "estimated", 1000.0, 90.0, True, "约 6 期（估算）")
    early = one(tmp_path, "marts.esi_field_outlook", "status", "period = '2026-03' and target = 'institution'")
    assert early == ("few_periods",)


def test_a_paper_that_leaves_and_returns_counts_once_in_the_running_total(tmp_path: Path) -> None:
    # S1 = {a,b,c,d}, S2 = {a,c,e}, S3 = {a,b,f}: six different papers, three in the list
    sets = {"2026-01": "abcd", "2026-03": "ace", "2026-05": "abf"}
    papers = [
        {
            "period": period,
            "list_kind": "highly_cited",
            "accession_number": f"WOS:{letter}",
            "esi_field": "CHE",
            "publication_year": 2020,
            "institutions_text": "LINGHAI UNIVERSITY;",
        }
        for period, letters in sets.items()
        for letter in letters
    ]
    write(tmp_path, institutions_dictionary=[OWN], esi_fields_dictionary=[CHE], esi_documents=papers)
    found = one(
        tmp_path,
        "marts.esi_cumulative",
        "current_count, new_count, reentered_count, steady_count, dropped_count, cumulative_count",
        "period = '2026-05' and esi_field = 'CHE'",
    )
    assert found == (3, 1, 1, 1, 2, 6)


def test_a_list_downloaded_for_another_institution_is_no_list_of_ours(tmp_path: Path) -> None:
    write(
        tmp_path,
        institutions_dictionary=[OWN],
        esi_deliveries=[
            {
                "period": "2026-01",
                "esi_kind": "documents",
                "list_kind": "highly_cited",
                "institution": "LINGHAI UNIVERSITY",
            },
            {
                "period": "2026-03",
                "esi_kind": "documents",
                "list_kind": "highly_cited",
                "institution": "EAST UNIVERSITY",
            },
            {"period": "2026-05", "esi_kind": "documents", "list_kind": "highly_cited", "institution": ""},
        ],
    )
    found = one(tmp_path, "indicators.esi_release", "period, previous_period, missing_periods")
    assert sorted(found) == [("2026-01", None, None), ("2026-05", "2026-01", "2026-03")]


def test_benchmark_compares_with_ours_and_says_who_is_not_listed(tmp_path: Path) -> None:
    others = [
        {
            "institution_id": "east",
            "name_zh": "东湖大学",
            "name_en": "East Lake University of Art and Craft",
            "kind": "other",
        },
        {"institution_id": "west", "name_zh": "西湖大学", "name_en": "West Lake University", "kind": "other"},
    ]
    rows = [
        {"period": "2026-05", "esi_field": "CHE", "institution": name, "rank": n, "citations_count": 1000 - 100 * n}
        for n, name in enumerate(("I 1", "EAST LAKE UNIVERSITY OF ART & CRAFT", "LINGHAI UNIVERSITY"), start=1)
    ]
    write(
        tmp_path,
        institutions_dictionary=[OWN, *others],
        esi_fields_dictionary=[CHE],
        benchmarks_dictionary=[
            {"institution_id": "east", "benchmark_order": 1},
            {"institution_id": "west", "benchmark_order": 2},
        ],
        esi_institutions=rows,
    )
    found = one(tmp_path, "marts.esi_benchmark", "institution_id, status, rank, rank_difference, citations_difference")
    assert sorted(found) == [
        ("east", "listed", 2, -1, 100),
        ("own", "listed", 3, 0, 0),
        ("west", "not_listed", None, None, None),
    ]


def test_reconciliation_names_the_papers_behind_the_difference(tmp_path: Path) -> None:
    listed = [
        {
            "period": "2026-05",
            "list_kind": "highly_cited",
            "accession_number": f"WOS:{name}",
            "esi_field": "CHE",
            "publication_year": 2020,
            "citations_esi_count": 180,
            "institutions_text": institutions,
        }
        for name, institutions in (("a", "LINGHAI UNIVERSITY;"), ("b", "LINGHAI UNIVERSITY;"), ("c", "I 1;"))
    ]
    work = {"document_type": "article", "publication_year": 2020, "journal_id": "j1", "records_count": 1}
    works = [work | {"work_id": w, "accession_wos": f"WOS:{w}", "title": f"Title {w}"} for w in ("a", "c", "d")]
    folder = write(
        tmp_path,
        institutions_dictionary=[OWN],
        esi_fields_dictionary=[CHE],
        journals_dictionary=[{"journal_id": "j1", "esi_field": "CHE"}],
        esi_documents=listed,
        works=works,
        clusters=[{"record_id": f"wos:WOS:{w}", "work_id": w} for w in ("a", "c", "d")],
        metrics=[
            {"record_id": f"wos:WOS:{w}", "metric": "citations_wos_core", "value": 200, "as_of": "2026-04-01"}
            for w in ("a", "c", "d")
        ],
        work_addresses=[{"work_id": w, "address_position": 1, "address_id": "x"} for w in ("a", "c", "d")],
        affiliation_matches=[{"address_id": "x", "institution_id": "own", "decision": "match", "unit_id": "U0"}],
        esi_institutions=ranking("2026-05", 20, 3, 5000, 100),
        esi_thresholds=[
            {
                "period": "2026-05",
                "esi_field": "CHE",
                "threshold_kind": "highly_cited",
                "threshold_year": 2020,
                "threshold_value": 150,
            }
        ],
    )
    connection = sql.build(folder, ["marts.esi_reconciliation"])
    numbers = connection.execute(
        "select vendor_count, own_count, difference, named_count from library.marts.esi_reconciliation"
        " where esi_field = 'CHE' and measure = 'highly_cited'"
    ).fetchall()
    named = connection.execute(
        "select paper_key, cause from library.marts.esi_difference_paper where measure = 'highly_cited' order by all"
    ).fetchall()
    assert numbers == [(2, 1, -1, 3)]
    assert named == [
        ("WOS:b", "not_in_library"),
        ("c", "credited_elsewhere"),
        ("d", "reaches_threshold_unlisted"),
    ]
