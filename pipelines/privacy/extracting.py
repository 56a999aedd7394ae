"""Everything that the platform holds of one person, for that person: every row of every table, of raw, of reports and of the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import xlsxwriter

from pipelines.builds import Build
from pipelines.core import catalog, ledger, schema, store
from pipelines.core.accesslog import log_access
from pipelines.privacy import rawrows
from pipelines.privacy.subject import LISTED, Subject, find

IDS = ("person_id", "student_id", "supervisor_id", "entity_id", "left_person_id", "right_person_id")
SEVERAL = ("candidate_ids", "person_ids")  # joined by ';'
VALUES = ("orcid", "email", "identifier_value", "researcher_id")
STREAMS = ("decisions_people", "one_table_rows", "objections")
_SHEET = 31  # characters that Excel allows in the name of a sheet


@dataclass(frozen=True)
class Extract:
    """What was written: files, and rows by where they stand."""

    files: tuple[str, ...]
    rows: dict[str, int]


def extract(build: Build, who: str, out: Path, purpose: str) -> Extract:
    """Write a person's full extract as .xlsx and .json below `out`, readable by the running user alone; the access is logged.

    Errors: ConfigError when nobody or more than one person is meant.
    """
    subject = find(build, who)
    found = dict(_found(build, subject))
    out.mkdir(parents=True, exist_ok=True)
    stem = out / f"个人信息-{subject.pseudonym}"
    made = (stem.with_name(f"{stem.name}.xlsx"), stem.with_name(f"{stem.name}.json"))
    about = {
        "说明": "学衡所存的关于本人的全部数据；有误可向图书馆提出更正、异议或删除",
        "构建": build.build_id,
        "导出时刻": datetime.now(UTC).isoformat(timespec="seconds"),
        "用途": purpose,
    }
    with store.atomic_path(made[0]) as temporary:
        temporary.touch(0o600)
        _workbook(temporary, about, found)
    told = {place: rows.to_dicts() for place, rows in found.items()}
    with store.atomic_path(made[1]) as temporary:
        temporary.touch(0o600)
        content = json.dumps(about | {"数据": told}, ensure_ascii=False, indent=1, default=str)
        temporary.write_text(content + "\n", encoding="utf-8")
    total = sum(rows.height for rows in found.values())
    log_access(build.home, "本人信息全文", subject.pseudonym, total, purpose, made[0], build.build_id)
    return Extract(tuple(str(m) for m in made), {place: rows.height for place, rows in found.items()})


def _found(build: Build, subject: Subject) -> Iterator[tuple[str, pl.DataFrame]]:
    """Where something of the person stands, and the rows; places without any are left out."""
    for place, rows in _everywhere(build, subject):
        if rows.height:
            yield place, rows


def _everywhere(build: Build, subject: Subject) -> Iterator[tuple[str, pl.DataFrame]]:
    for name in catalog.table_names():
        if not name.startswith("source_"):
            yield f"表 {name}", _of_table(build.scan(name), subject, works=name == "works")
    yield from _of_marts(build.home.build(build.build_id) / "people.duckdb", subject)
    known, rows = set(subject.identifiers), set(subject.rows.rows())
    for file in rawrows.files(build.home):
        here = {(f, n) for s, b, f, n in rows if (s, b) == (file.source, file.batch_id)}

        def his(row: rawrows.Row, ids: list[str], here: set[tuple[str, int]] = here) -> bool:
            return bool(known.intersection(ids)) or (row["source_file"], row["source_row"]) in here

        mine = rawrows.named(file, his)
        yield f"原始 {file.source} {file.batch_id} {file.path.stem}", mine
    for stream in STREAMS:
        yield f"账本 {stream}", ledger.read(build.home.ledger, stream).filter(pl.col("person_id") == subject.person_id)
    accesses = ledger.read(build.home.ledger, "access").filter(pl.col("scope") == subject.pseudonym)
    yield "账本 access", accesses
    yield "报告", pl.DataFrame(list(_of_reports(build.home.reports, subject)))


def _of_table(rows: pl.LazyFrame, subject: Subject, works: bool) -> pl.DataFrame:
    columns = rows.collect_schema().names()
    tests = [pl.col(c) == subject.person_id for c in IDS if c in columns]
    tests += [pl.col(c).str.split(";").list.contains(subject.person_id) for c in SEVERAL if c in columns]
    values = subject.values("orcid", "email", "researcher_id")
    plain = [v.casefold() for v in values]
    tests += [pl.col(c).str.to_lowercase().is_in(plain) for c in VALUES if c in columns and plain]
    parts = [rows.filter(pl.any_horizontal(t.fill_null(False) for t in tests)).collect()] if tests else []
    if {"work_id", "author_position"} <= set(columns):
        parts.append(rows.join(subject.places.lazy(), on=["work_id", "author_position"], how="semi").collect())
    elif works:
        parts.append(rows.join(subject.places.lazy(), on="work_id", how="semi").collect())
    if set(LISTED) <= set(columns):
        parts.append(rows.join(subject.listed.lazy(), on=list(LISTED), how="semi", nulls_equal=True).collect())
    return pl.concat(parts).unique(maintain_order=True) if parts else rows.head(0).collect()


def _of_marts(people: Path, subject: Subject) -> Iterator[tuple[str, pl.DataFrame]]:
    with duckdb.connect(str(people.resolve()), read_only=True) as connection:
        listed = connection.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'marts' and column_name in ?",
            [list(IDS)],
        ).fetchall()
        tables: dict[str, list[str]] = {}
        for table, column in listed:
            tables.setdefault(table, []).append(column)
        for table, columns in sorted(tables.items()):
            where = " or ".join(f"{c} = ?" for c in columns)
            query = f"select * from marts.{table} where {where}"
            yield f"人员库 {table}", pl.DataFrame(connection.sql(query, params=[subject.person_id] * len(columns)).pl())


def _of_reports(reports: Path, subject: Subject) -> Iterator[dict[str, Any]]:
    """Rows of the reports' json twins that bear the number or the name of the person."""
    wanted = [mark for mark in (subject.person_id, *subject.names) if mark]
    for twin in sorted(reports.rglob("*.json")):
        for key, dataset in store.read_json(twin).get("datasets", {}).items():
            for row in dataset["rows"]:
                if any(mark in str(value) for value in row.values() for mark in wanted):
                    told = json.dumps(row, ensure_ascii=False, default=str)
                    yield {"file": twin.relative_to(reports).as_posix(), "dataset": key, "row": told}


def _workbook(path: Path, about: dict[str, str], found: dict[str, pl.DataFrame]) -> None:
    """One sheet per place, all cells text: nothing of what vendors wrote may run as a formula."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        first = book.add_worksheet("说明")
        first.set_column(0, 1, 40)
        for number, (key, value) in enumerate({**about, **{k: f"{v.height} 行" for k, v in found.items()}}.items()):
            first.write_string(number, 0, key)
            first.write_string(number, 1, str(value))
        for number, (place, rows) in enumerate(found.items(), 1):
            sheet = book.add_worksheet(f"{number} {place}".translate(str.maketrans("", "", "[]:*?/\\"))[:_SHEET])
            known = schema.fields()
            for column, name in enumerate(rows.columns):
                sheet.write_string(0, column, known[name].zh if name in known else name, bold)
                for line, value in enumerate(rows[name].to_list(), 1):
                    if value is not None:
                        sheet.write_string(line, column, str(value)[:32_000])
