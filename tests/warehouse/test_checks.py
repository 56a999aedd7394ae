"""Every check of warehouse/checks finds its one bad row, lets the good one pass, and words it for a librarian."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
import warehouse_sql as sql

from pipelines import quality

CHECKS = sql.WAREHOUSE / "checks"
Tables = dict[str, str]  # table -> CSV text

_BUILD = "build_id\n20260601T000000Z\n"
_OWN = "institution_id,name_zh,name_en,kind,country\nown,岚海大学,Lanhai University,own,China\n"
_UNITS = "unit_id,name_zh,unit_kind\nu1,化学学院,college\n"
_SIGNED = {
    "institutions_dictionary": _OWN,
    "units": _UNITS,
    "affiliation_matches": "address_id,match_position,address,institution_id,unit_id,decision\na,1,Coll Chem,own,u1,match\n",
}


def _cnci(value: str, works: int) -> Tables:
    """`works` works of the university, each with this CNCI."""
    each = range(works)
    return _SIGNED | {
        "works": "work_id,document_type,publication_year,sources\n" + "".join(f"w{i},article,2024,wos\n" for i in each),
        "clusters": "work_id,record_id\n" + "".join(f"w{i},r{i}\n" for i in each),
        "records": "record_id,source\n" + "".join(f"r{i},wos\n" for i in each),
        "metrics": "record_id,metric,value,as_of\n" + "".join(f"r{i},incites_cnci,{value},2026-01-01\n" for i in each),
        "work_authorships": "work_id,author_position,is_first,name\n" + "".join(f"w{i},1,true,Lin H\n" for i in each),
        "work_addresses": "work_id,record_id,address_role,address_position,author_position,address_id,link\n"
        + "".join(f"w{i},r{i},author,1,1,a,stated\n" for i in each),
    }


def _metrics(*lines: str) -> Tables:
    return {"build_metrics": "build_id,published_at,metric,part,value,n_den\n" + "".join(f"{line}\n" for line in lines)}


def _thresholds(*values: int) -> Tables:
    rows = "".join(f"2026-05,CHE,highly_cited,{2024 + i},{v}\n" for i, v in enumerate(values))
    return {"esi_thresholds": f"period,esi_field,threshold_kind,threshold_year,threshold_value\n{rows}"}


_FIELDS = {"esi_fields_dictionary": "esi_field,name_en,name_zh,aliases\nCHE,CHEMISTRY,化学,\n"}
_JOURNALS = "journal_id,title_en,title_zh,issn,eissn,esi_field\n"
# check -> (tables with one bad row, tables with a good one, words that the warning must hold)
CASES: dict[str, tuple[Tables, Tables, str]] = {
    "record_keys": (
        {"records": "record_id,source,accession_number\nr1,wos,WOS:1\nr2,wos,WOS:1\n"},
        {"records": "record_id,source,accession_number\nr1,wos,WOS:1\nr2,ei,WOS:1\n"},
        "wos WOS:1 有 2 条记录",
    ),
    "esi_keys": (
        {"esi_institution_fields": "period,institution,esi_field\n2026-05,LANHAI,CHE\n2026-05,LANHAI,CHE\n"},
        {"esi_institution_fields": "period,institution,esi_field\n2026-05,LANHAI,CHE\n2026-03,LANHAI,CHE\n"},
        "2026-05 期 LANHAI CHE 出现 2 次",
    ),
    "publication_year": (
        {"records": "record_id,publication_year,source_file,source_row\nr1,2028,a.txt,7\n", "build": _BUILD},
        {"records": "record_id,publication_year,source_file,source_row\nr1,2027,a.txt,7\nr2,,a.txt,8\n", "build": _BUILD},
        "a.txt 第 7 行：出版年 2028",
    ),
    "percentile_range": (
        {"incites_metrics": "metric,entity_id,value,source_file,source_row\npercentile_top,WOS:1,100.5,b.xlsx,3\n"},
        {"incites_metrics": "metric,entity_id,value,source_file,source_row\npercentile_top,WOS:1,100,b.xlsx,3\nrank,x,400,b.xlsx,4\n"},
        "b.xlsx 第 3 行：percentile_top = 100.5",
    ),
    "metric_negative": (
        {"metrics": "record_id,metric,value,as_of\nr1,incites_cnci,-0.1,2026-01-01\n"},
        {"metrics": "record_id,metric,value,as_of\nr1,incites_cnci,0,2026-01-01\n"},
        "r1：incites_cnci = -0.1",
    ),
    "cnci_mean": (_cnci("3.2", 30), _cnci("2.9", 30), "30 篇的平均 CNCI 为 3.20"),
    "citations_fall": (
        {"metrics": "record_id,metric,value,as_of\nr1,citations_wos_core,50,2026-01-01\nr1,citations_wos_core,39,2026-03-01\n"},
        {"metrics": "record_id,metric,value,as_of\nr1,citations_wos_core,50,2026-01-01\nr1,citations_wos_core,40,2026-03-01\n"},
        "被引在两次数据之间下降超过 20 %",
    ),
    "esi_field_unmapped": (
        _FIELDS | {"esi_thresholds": "period,esi_field\n2026-05,CHEMISTRIE\n"},
        _FIELDS | {"esi_thresholds": "period,esi_field\n2026-05,CHE\n"},
        "2026-05 期：“CHEMISTRIE” 1 行",
    ),
    "esi_fields": (_thresholds(90), {}, "不是恰好 22 个学科"),
    "esi_threshold_order": (_thresholds(90, 95), _thresholds(90, 90), "较新年份的高被引阈值高于较早年份"),
    "journal_issn": (
        {"works": "work_id,issn\nw1,1234-5678\n"},
        {"works": "work_id,issn,eissn\nw1,0378-5955,2434-561X\n"},
        "1234-5678（作品 w1 等 1 处）",
    ),
    "journal_issn_shared": (
        {"journals_dictionary": f"{_JOURNALS}j1,A,甲,0378-5955,,\nj2,B,乙,,0378-5955,\n"},
        {"journals_dictionary": f"{_JOURNALS}j1,A,甲,0378-5955,0378-5955,\nj2,B,乙,,2434-561X,\n"},
        "0378-5955：j1、j2",
    ),
    "unit_unknown": (
        _SIGNED | {"units": "unit_id,name_zh,unit_kind\nu2,物理学院,college\n"},
        _SIGNED,
        "u1：1 个地址，例如 Coll Chem",
    ),
    "work_first_author": (
        {"work_authorships": "work_id,author_position,is_first\nw1,1,true\nw1,2,true\n"},
        {"work_authorships": "work_id,author_position,is_first\nw1,1,true\nw1,2,false\n"},
        "没有第一作者（或多于一位）",
    ),
    "record_count_drop": (
        _metrics("20260101T000000Z,,records,wos,100,100", "20260601T000000Z,,records,wos,79,79"),
        _metrics("20260101T000000Z,,records,wos,100,100", "20260601T000000Z,,records,wos,80,80"),
        "wos：100 条 → 79 条（少 21 %）",
    ),
    "quality_decay": (
        _metrics("20260101T000000Z,,missing_doi_share,wos,0.10,100", "20260601T000000Z,,missing_doi_share,wos,0.21,100"),
        _metrics("20260101T000000Z,,missing_doi_share,wos,0.10,100", "20260601T000000Z,,missing_doi_share,wos,0.19,100"),
        "缺 DOI（wos）：上一次 10.0 %，这一次 21.0 %",
    ),
}  # fmt: skip


def found(folder: Path, check: str, tables: Tables) -> list[dict[str, Any]]:
    """Rows that a check finds over these tables."""
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    text = (CHECKS / f"{check}.sql").read_text(encoding="utf-8")
    reads = re.findall(r"\b((?:indicators|marts|views)\.\w+)", sql.without_comments(text))
    connection = sql.build(folder, sorted(set(reads)))
    connection.execute("use library")
    rows = connection.execute(text)
    names = [d[0] for d in rows.description or ()]
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


@pytest.mark.parametrize("check", CASES)
def test_a_bad_row_is_found_and_worded(check: str, tmp_path: Path) -> None:
    bad, _, words = CASES[check]
    rows = found(tmp_path, check, bad)
    assert len(rows) >= 1
    head = (CHECKS / f"{check}.sql").read_text(encoding="utf-8").splitlines()[1].removeprefix("-- ")
    assert words in quality.told({"words": head, "count": len(rows), "rows": rows[:5]})


@pytest.mark.parametrize("check", CASES)
def test_a_good_row_passes(check: str, tmp_path: Path) -> None:
    assert found(tmp_path, check, CASES[check][1]) == []


def test_slow_decay_is_seen_where_no_single_step_is_large(tmp_path: Path) -> None:
    steps = [f"2026{m:02d}01T000000Z,,people_match_share,,{0.90 - 0.02 * m:.2f},1000" for m in range(1, 7)]
    rows = found(tmp_path, "quality_decay", _metrics(*steps))
    assert [r["words"] for r in rows] == ["作者判定率：近十次最好 88.0 %，这一次 78.0 %"]


def test_shares_of_a_handful_warn_nobody(tmp_path: Path) -> None:
    few = _metrics("20260101T000000Z,,missing_doi_share,wos,0.1,10", "20260601T000000Z,,missing_doi_share,wos,0.9,10")
    assert found(tmp_path, "quality_decay", few) == []


def test_a_metric_nobody_measured_is_absent_not_zero(tmp_path: Path) -> None:
    (tmp_path / "build_metrics.csv").write_text(
        "build_id,published_at,metric,part,value,n_den\n20260101T000000Z,,missing_doi_share,wos,,\n", encoding="utf-8"
    )
    connection = sql.build(tmp_path, ["marts.build_metric"])
    assert connection.execute("select value, is_worse from library.marts.build_metric").fetchall() == [(None, False)]
    assert isinstance(connection, duckdb.DuckDBPyConnection)
