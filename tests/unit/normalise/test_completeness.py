"""A search is whole, or what is missing is told; where it is missing only when files say so."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines import normalise
from pipelines.core import schema
from pipelines.normalise.completeness import Exported, judge


def exported(*rows: int, names: str = "savedrecs ({}).txt") -> list[Exported]:
    return [Exported(names.format(n) if n else "savedrecs.txt", r) for n, r in enumerate(rows)]


def test_a_missing_chunk_is_named_by_the_numbers_of_the_files() -> None:
    files = [f for n, f in enumerate(exported(*[500] * 12, 412)) if n != 10]
    assert judge(6412, files, 5912).words() == "应 6412 条，实得 5912 条，疑缺第 5001–5500 条"


def test_a_missing_chunk_is_named_by_ranges_in_the_names() -> None:
    files = [Exported("wos_1-500.txt", 500), Exported("wos_1001-1200.txt", 200)]
    assert judge(1200, files, 700).words() == "应 1200 条，实得 700 条，疑缺第 501–1000 条"


def test_a_short_file_is_a_gap_inside() -> None:
    assert judge(1400, exported(500, 430, 400), 1330).words() == "应 1400 条，实得 1330 条，疑缺第 931–1000 条"


def test_a_lost_last_file_is_a_gap_at_the_end() -> None:
    assert judge(1200, exported(500, 500), 1000).gaps == ((1001, 1200),)


@pytest.mark.parametrize(
    ("hits", "files", "records", "words"),
    [
        (
            1500,
            [Exported("a.txt", 500), Exported("b.txt", 500)],
            1000,
            "恰为 1 个 500 条的导出文件，从文件名看不出是哪一段",
        ),
        (1500, [Exported("savedrecs (3).txt", 500), Exported("savedrecs (4).txt", 500)], 1000, "看不出是哪一段"),
        (700, [Exported("a.txt", 500), Exported("b.txt", 150)], 640, "（2 个文件共 650 行，重复 10 行），缺 60 条"),
        (3, [Exported("a.txt", 5)], 5, "多 2 条"),
        (5, [Exported("a.txt", 5)], 5, "应 5 条，实得 5 条"),
    ],
)
def test_without_proof_no_stretch_is_named(hits: int, files: list[Exported], records: int, words: str) -> None:
    judged = judge(hits, files, records)
    assert judged.words().endswith(words)
    assert judged.gaps == ()


def test_overlaps_make_no_gap() -> None:
    """Rows that overlap make the stretches of the names uncertain: they are told, not guessed."""
    judged = judge(1000, exported(500, 500), 980)
    assert judged.gaps == ()
    assert judged.words() == "应 1000 条，实得 980 条（2 个文件共 1000 行，重复 20 行），缺 20 条"


def _deliveries(*rows: dict[str, object]) -> pl.LazyFrame:
    table = schema.table("source_deliveries")
    base = {"source": "wos", "database": "WoS", "search": "OG=Linghai", "search_date": "2026-11-01", "hits_count": 6}
    return table.conform(pl.DataFrame([base | row for row in rows], infer_schema_length=None)).lazy()


def _records(*rows: tuple[str, str, str]) -> pl.LazyFrame:
    table = schema.table("source_records")
    frame = pl.DataFrame(rows, schema=["batch_id", "source_file", "record_id"], orient="row")
    return table.conform(frame.with_columns(source=pl.lit("wos"))).lazy()


def test_two_batches_of_one_search_are_counted_together() -> None:
    delivered = _deliveries(
        {"batch_id": "b1", "source_file": "savedrecs.txt", "rows_count": 3},
        {"batch_id": "b2", "source_file": "savedrecs (1).txt", "rows_count": 3, "hits_count": None},
    )
    records = _records(*[("b1", "savedrecs.txt", f"wos:{n}") for n in (1, 2, 3)],
                       *[("b2", "savedrecs (1).txt", f"wos:{n}") for n in (3, 4, 5)])  # fmt: skip
    (row,) = normalise.searches(delivered, records).to_dicts()
    assert (row["records_count"], row["overlaps_count"], row["missing_count"], row["is_complete"]) == (5, 1, 1, False)
    assert row["batch_ids"] == "b1;b2"


def test_a_search_run_again_supersedes_the_first() -> None:
    delivered = _deliveries(
        {"batch_id": "b1", "source_file": "a.txt", "rows_count": 3},
        {"batch_id": "b2", "source_file": "a.txt", "rows_count": 6, "search_date": "2026-11-20"},
        {"batch_id": "b3", "source_file": "a.txt", "rows_count": 6, "hits_count": None, "search": None},
    )
    found = normalise.searches(delivered, _records()).sort("search_date")
    assert found["is_superseded"].to_list() == [True, False]
    assert found["is_complete"].to_list() == [False, True]
