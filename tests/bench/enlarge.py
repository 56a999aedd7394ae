"""A warehouse of a wanted size without the line: the tables of a small build, repeated row by row under new ids.

Copy 0 keeps its ids, so that ESI lists and checked answers still point at it; every table keeps its shape and its
share of gaps. ESI rankings are filled up to `PERIODS` periods with invented institutions.

    python tests/bench/enlarge.py SMALL_DATA_FOLDER TARGET --works 1000000 --rankings 25000000
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path

import duckdb

from pipelines import warehouse

PERIODS = 60
PEOPLE_COPIES = 50  # persons are repeated less often than works: about a hundred works for each
SUFFIXED = (
    *("work_id", "record_id", "anchor_record_id", "left_id", "right_id", "raw_id", "claim_id", "author_cluster_id"),
    *("accession_wos", "accession_ei", "accession_number", "doi"),
)
PERSONAL_ID = ("person_id", "student_id", "supervisor_id")
REPEATED_BY = ("work_id", "record_id", "left_id", "claim_id")


def enlarge(small: Path, target: Path, works: int, rankings: int) -> dict[str, float]:
    """Write TARGET/tables and both databases; seconds of the two, CPU and peak memory."""
    tables = sorted(p for p in (small / "current" / "tables").iterdir() if p.is_dir())
    started = time.monotonic()
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2; SET memory_limit = '4GB'; SET preserve_insertion_order = false")
        connection.execute(f"SET temp_directory = '{target / 'spill'}'")
        held = connection.execute(
            "SELECT count(*) FROM read_parquet(?)", [_files(small / "current" / "tables" / "works")]
        ).fetchone()
        assert held is not None
        copies = -(-works // held[0])
        for table in tables:
            _repeat(connection, table, target / "tables" / table.name, copies, rankings)
    told = {"copies": copies, "tables_seconds": time.monotonic() - started}
    started = time.monotonic()
    warehouse.build_databases(target, lambda t: [Path(f) for f in _files(target / "tables" / t)], "linghai", "bench")
    used = resource.getrusage(resource.RUSAGE_SELF)
    return told | {
        "warehouse_seconds": time.monotonic() - started,
        "cpu": used.ru_utime + used.ru_stime,
        "rss": used.ru_maxrss * 1024,
    }


def _files(folder: Path) -> list[str]:
    return [str(f) for f in sorted(folder.glob("*.parquet"))]


def _repeat(connection: duckdb.DuckDBPyConnection, table: Path, out: Path, copies: int, rankings: int) -> None:
    """One table, each row as often as its kind is repeated."""
    files = _files(table)
    if not files:
        return
    out.mkdir(parents=True, exist_ok=True)
    names = [r[0] for r in connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [files]).fetchall()]
    if any(n in names for n in REPEATED_BY):
        times = copies
    elif any(n in names for n in PERSONAL_ID):
        times = PEOPLE_COPIES
    else:
        times = 1
    columns = ", ".join(_column(n) for n in names)
    chosen = f"SELECT {columns} FROM read_parquet({files!r}), range({times}) AS copies (n)"
    if table.name == "esi_institutions":
        chosen += f" UNION ALL BY NAME {_rankings(files, rankings)}"
    where = out / "000.parquet"
    connection.execute(f"COPY ({chosen}) TO '{where}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")


def _column(name: str) -> str:
    if name in SUFFIXED:
        return f"""CASE WHEN n = 0 THEN "{name}" ELSE "{name}" || '~' || n END AS "{name}" """
    if name in PERSONAL_ID:
        bounded = f"n % {PEOPLE_COPIES}"
        return f"""CASE WHEN {bounded} = 0 THEN "{name}" ELSE "{name}" || '~' || {bounded} END AS "{name}" """
    return f'"{name}"'


def _rankings(files: list[str], rankings: int) -> str:
    """Rows of periods before the first one, and of invented institutions below the listed ones, up to `rankings` in all."""
    listed = f"read_parquet({files!r})"
    return f"""
    SELECT * FROM (
        WITH first AS (SELECT min(period) AS period FROM {listed}),
        held AS (SELECT DISTINCT period FROM {listed}),
        lists AS (SELECT count(*) AS n FROM (SELECT DISTINCT period, esi_field FROM {listed})),
        fields AS (SELECT DISTINCT esi_field FROM {listed}),
        earlier AS (
            SELECT strftime(cast(first.period || '-01' AS date) - to_months(cast(2 * i AS integer)), '%Y-%m') AS period
            FROM first, range(1, {PERIODS} + 1 - (SELECT count(*) FROM held)) AS t (i)
        ),
        every AS (SELECT period FROM held UNION ALL SELECT period FROM earlier),
        deep AS (SELECT {rankings} // ({PERIODS} * (SELECT count(*) FROM fields)) AS n)
        SELECT rows.* REPLACE (earlier.period AS period)
        FROM {listed} AS rows SEMI JOIN first USING (period) CROSS JOIN earlier
        UNION ALL BY NAME
        SELECT
            every.period, fields.esi_field, 'INVENTED INSTITUTION ' || i AS institution, 'EREWHON' AS country,
            1000 + i AS rank, 20000 - i AS documents_count, 10 * (20000 - i) AS citations_count,
            10.0 AS citations_per_paper, (i % 7)::bigint AS top_papers_count, 1::bigint AS revision
        FROM every CROSS JOIN fields CROSS JOIN range(1, (SELECT n FROM deep)) AS t (i)
    )
    """


def main() -> None:
    """One JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("small", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--works", type=int, default=1_000_000)
    parser.add_argument("--rankings", type=int, default=25_000_000)
    given = parser.parse_args()
    print(json.dumps(enlarge(given.small, given.target, given.works, given.rankings)))


if __name__ == "__main__":
    main()
