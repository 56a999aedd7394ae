"""An invented university as lake tables: three colleges, three ESI periods, every case that the push must put into words."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

FIELDS = {"CHE": ("CHEMISTRY", "化学"), "MAT": ("MATERIALS SCIENCE", "材料科学"), "ENG": ("ENGINEERING", "工程学")}
PERIODS = ("2026-01", "2026-03", "2026-05")
THRESHOLDS = {"2026-01": 118, "2026-03": 121, "2026-05": 124}
UNITS = [
    ("U00", "岭海大学", "university", ""),
    ("U01", "化工学院", "college", "U00"),
    ("U02", "材料科学与工程学院", "college", "U00"),
    ("U03", "外国语学院", "college", "U00"),
]
PEOPLE = [
    ("S01", "phd", "白月岚", "U01"),
    ("T01", "staff", "何川", "U01"),
    ("T02", "staff", "乔慕云", "U02"),
    ("T03", "staff", "温若谷", "U01"),
]
BYLINE = {"S01": "Bai, Yuelan", "T01": "He, Chuan", "T02": "Qiao, Muyun", "T03": "Wen, Ruogu", "?": "Lin, J"}
COLLEGE = {"S01": "U01", "T01": "U01", "T02": "U02", "T03": "U01", "?": "U01"}
TITLES = [
    "Ion-selective membranes with ordered sub-nanometre channels for lithium recovery from salt-lake brines",
    "Single-atom catalysts for the selective hydrogenation of acetylene: from coordination to kinetics",
    "A review of sulfur-tolerant perovskite oxides in chemical looping reforming of methane",
    "Machine-learned potentials for liquid electrolytes under strong electric fields",
    "Interfacial engineering of hierarchical zeolites for methanol conversion",
    "Moisture-driven energy harvesting by graphene oxide fibres woven at room temperature",
    "Photothermal CO2 reduction on defect-rich TiO2 nanosheets: mechanism and limits",
    "Deep eutectic solvents in biomass fractionation: ten years of progress",
    "Covalent organic frameworks with switchable pores for gas separation",
    "Operando spectroscopy of copper surfaces during electrochemical nitrate reduction",
]


def papers() -> list[dict[str, Any]]:
    """One row per paper: periods it is listed in, field, year, authors (first, ..., last corresponds)."""
    three = PERIODS
    rows = [
        ("steady_a", three, "CHE", 2019, ["S01", "T01"], "highly_cited"),
        ("steady_b", three, "CHE", 2020, ["T03", "T02"], "highly_cited"),
        ("new", three[2:], "CHE", 2022, ["S01", "?", "T01"], "highly_cited"),
        ("new_joint", three[2:], "MAT", 2021, ["T02", "T03"], "highly_cited"),
        ("again", (three[0], three[2]), "CHE", 2018, ["T03"], "highly_cited"),
        ("window", three[:2], "CHE", 2015, ["T01"], "highly_cited"),
        ("below", three[:2], "CHE", 2021, ["T01", "T02"], "highly_cited"),
        ("retracted", three[:2], "MAT", 2020, ["T03"], "highly_cited"),
        ("materials", three, "MAT", 2019, ["T02"], "highly_cited"),
        ("hot_new", three[2:], "CHE", 2025, ["S01", "T01"], "hot"),
        ("hot_gone", three[:2], "CHE", 2024, ["T01"], "hot"),
    ]
    rows += [(f"bulk{n}", three, "CHE", 2020, ["T02"], "highly_cited") for n in range(20)]
    return [dict(zip(("key", "periods", "field", "year", "authors", "kind"), row, strict=True)) for row in rows]


def write(
    folder: Path,
    *,
    periods: tuple[str, ...] = PERIODS,
    titles: dict[str, str] | None = None,
    searches: list[dict[str, Any]] | None = None,
) -> Path:
    """Lay the tables down as CSV files; `periods` = those in the archive, `titles` = by paper, instead of the usual."""
    listed = papers()
    near = [("near_step", 2020, 136), ("near_watch", 2020, 113), ("no_ratio", 2023, 120)]
    tables: dict[str, list[dict[str, Any]]] = {
        "institutions_dictionary": [
            {"institution_id": "own", "name_zh": "岭海大学", "name_en": "Linghai University", "kind": "own"}
        ],
        "esi_fields_dictionary": [
            {"esi_field": code, "name_en": en, "name_zh": zh} for code, (en, zh) in FIELDS.items()
        ],
        "journals_dictionary": [{"journal_id": "j1", "title_en": "Journal", "esi_field": "CHE"}],
        "units": [dict(zip(("unit_id", "name_zh", "unit_kind", "parent_id"), u, strict=True)) for u in UNITS],
        "people": [dict(zip(("person_id", "person_type", "name_zh", "unit_id"), p, strict=True)) for p in PEOPLE],
        "esi_documents": [],
        "esi_thresholds": [],
        "esi_institutions": [],
        "affiliation_matches": [
            {"address_id": f"a_{u}", "match_position": 1, "institution_id": "own", "unit_id": u, "decision": "match"}
            for u in ("U01", "U02")
        ],
    }
    for name in ("works", "clusters", "metrics", "work_authorships", "work_addresses", "person_matches"):
        tables[name] = []
    for number, paper in enumerate(listed):
        _work(tables, number, paper["key"], paper["year"], paper["authors"], citations=150 + number)
        for period in paper["periods"]:
            if period in periods:
                tables["esi_documents"].append(_document(period, number, paper))
    for number, (key, year, citations) in enumerate(near, start=len(listed)):
        _work(tables, number, key, year, ["T01"], citations=citations, journal="j1")
    for work in tables["works"]:
        work["title"] = (titles or {}).get(work["work_id"].removeprefix("w_"), work["title"])
    _standings(tables, periods)
    tables["records"] = [
        {"record_id": f"wos:{n}", "source": "wos", "batch_id": "b1", "title": "t", "delivered_at": "2026-04-02",
         "exported_at": "2026-04-01"} for n in range(3)
    ]  # fmt: skip
    if searches:
        tables["searches"] = searches
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def _document(period: str, number: int, paper: dict[str, Any]) -> dict[str, Any]:
    low = paper["key"] == "below"
    return {
        "period": period,
        "list_kind": paper["kind"],
        "accession_number": f"WOS:{number:015d}",
        "doi": f"10.5555/linghai.{number}",
        "title": TITLES[number % len(TITLES)].upper(),
        "esi_field": paper["field"],
        "citations_esi_count": THRESHOLDS[period] if low else round((150 + number) * 0.9),
        "publication_year": paper["year"],
        "institutions_text": "LINGHAI UNIVERSITY;EAST LAKE UNIVERSITY;",
        "batch_id": f"esi-{period}",
        "source_file": f"documents_{paper['kind']}_{period}.xlsx",
        "source_row": number + 1,
    }


def _work(
    tables: dict[str, list[dict[str, Any]]],
    number: int,
    key: str,
    year: int,
    authors: list[str],
    *,
    citations: int,
    journal: str = "",
) -> None:
    work, record = f"w_{key}", f"wos:WOS:{number:015d}"
    tables["works"].append(
        {
            "work_id": work,
            "accession_wos": f"WOS:{number:015d}",
            "doi": f"10.5555/linghai.{number}",
            "title": TITLES[number % len(TITLES)],
            "venue": "JOURNAL OF INVENTED CHEMISTRY",
            "publication_year": year,
            "document_type": "article",
            "is_retracted": key == "retracted",
            "journal_id": journal,
        }
    )
    tables["clusters"].append({"record_id": record, "work_id": work})
    tables["metrics"].append(
        {"record_id": record, "metric": "citations_wos_core", "value": citations, "as_of": "2026-04-01"}
    )
    last = len(authors)
    for position, who in enumerate(authors, start=1):
        tables["work_authorships"].append(
            {
                "work_id": work,
                "author_position": position,
                "name": BYLINE[who],
                "is_first": position == 1,
                "is_corresponding": "yes" if position == last else "no",
                "record_id": record,
            }
        )
        place = {"work_id": work, "record_id": record, "author_position": position, "address_id": f"a_{COLLEGE[who]}"}
        tables["work_addresses"].append(place | {"address_role": "author", "address_position": position})
        if position == last:
            tables["work_addresses"].append(place | {"address_role": "reprint", "address_position": 1})
        known = who != "?"
        tables["person_matches"].append(
            {
                "work_id": work,
                "author_position": position,
                "person_id": who if known else "",
                "unit_id": COLLEGE[who],
                "decision": "match" if known else "review",
            }
        )


def _standings(tables: dict[str, list[dict[str, Any]]], periods: tuple[str, ...]) -> None:
    for period in periods:
        for field in FIELDS:
            for year in range(2015, 2027):
                tables["esi_thresholds"].append(
                    {
                        "period": period,
                        "esi_field": field,
                        "threshold_kind": "highly_cited",
                        "threshold_year": year,
                        "threshold_value": THRESHOLDS[period],
                    }
                )
            for rank in range(1, 9):
                ours = rank == 6 - PERIODS.index(period)
                tables["esi_institutions"].append(
                    {
                        "period": period,
                        "esi_field": field,
                        "institution": "LINGHAI UNIVERSITY" if ours else f"INSTITUTE {rank}",
                        "rank": rank,
                        "documents_count": 4000 - rank,
                        "citations_count": 90000 - 1000 * rank,
                        "citations_per_paper": 20.5,
                        "top_papers_count": 30,
                    }
                )
