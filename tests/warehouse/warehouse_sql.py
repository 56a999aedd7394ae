"""Runs warehouse/*.sql over small CSV tables in memory, the way the build does over Parquet: lake, then what each file names."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import polars as pl

from pipelines.core import catalog, ledger, schema
from pipelines.normalise import esi

WAREHOUSE = Path(__file__).parents[2] / "warehouse"
MACROS = sorted((WAREHOUSE / "macros").glob("*.sql"))
SQL_TYPES = {"text": "varchar", "int": "bigint", "float": "double", "bool": "boolean", "date": "date"}
DICTIONARIES = {
    "institutions_dictionary": "institution_id,name_zh,name_en,kind,country",
    "institution_aliases_dictionary": "alias,institution_id,language,note",
    "benchmarks_dictionary": "institution_id,benchmark_order,note",
    "esi_fields_dictionary": "esi_field,name_en,name_zh,aliases",
    "journals_dictionary": "journal_id,title_en,title_zh,issn,eissn,esi_field",
    "counting_policy_dictionary": "policy,value,meaning",
    "document_types_dictionary": "source,raw,document_type,name_zh",
    "disciplines_dictionary": "category,scheme,discipline_code,discipline_zh,weight,version",
    "rank_policy_dictionary": "rank_scheme,name_zh,policy,meaning",
    "countries_dictionary": "code,name,name_zh,aliases",
    "indicators_dictionary": "indicator_id,name_zh,formula,unit,decimals,kind,entities,source,def_version,note",
    "quality_limits_dictionary": "metric,name_zh,unit,decimals,better,change_kind,step_limit,slow_limit,n_min,meaning",
    "role_evidence_dictionary": "work_ref,author_position,role,value,evidence,reviewer,date",
}
COMMON = (
    "counting_policy",
    "indicators",
    "quality_limits",
)  # taken from dictionaries/common where a case lays down tables but not these
FOLDERS = ("indicators", "marts", "views", "marts_personal")


def relation_file(relation: str) -> Path:
    """File of 'marts.esi_paper' or 'marts_personal.esi_paper_author'."""
    folder, name = relation.split(".")
    return WAREHOUSE / folder / f"{name}.sql"


def needed(relation: str) -> list[str]:
    """Relations of the warehouse a file reads, by the names in its text."""
    text = relation_file(relation).read_text(encoding="utf-8")
    text = without_comments(text)
    text += "".join(without_comments(macro(name)) for name in re.findall(r"library\.main\.(\w+)\(", text))
    own = relation.split(".")[0] == "marts_personal"
    found = re.findall(r"\b(library\.)?(indicators|marts|views)\.(\w+)", text)
    return sorted({f"marts_personal.{n}" if own and not library else f"{folder}.{n}" for library, folder, n in found})


def without_comments(text: str) -> str:
    """SQL without its comment lines."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))


def macro(name: str) -> str:
    """Text of a file of warehouse/macros by the name of what it defines."""
    return next(text for path in MACROS if f"macro library.main.{name}(" in (text := path.read_text(encoding="utf-8")))


def in_order(relations: list[str]) -> list[str]:
    """The relations and all they need, each after what it needs."""
    done: list[str] = []

    def visit(relation: str) -> None:
        if relation not in done:
            for one in needed(relation):
                visit(one)
            done.append(relation)

    for relation in relations:
        visit(relation)
    return done


def all_relations() -> list[str]:
    """Every relation of warehouse/, in build order."""
    return in_order(
        [f"{folder}.{path.stem}" for folder in FOLDERS for path in sorted((WAREHOUSE / folder).glob("*.sql"))]
    )


def database(case: Path, folder: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Two databases, `library` and `people`, whose lake tables hold the CSV files of a folder (absent = empty).

    In memory, or in files of those names in `folder`.
    """
    connection = duckdb.connect()
    for name in ("library", "people"):
        connection.execute(f"attach '{folder / name if folder else ':memory:'}{'.duckdb' if folder else ''}' as {name}")
        for layer in ("lake", "indicators", "marts", "views"):
            connection.execute(f"create schema {name}.{layer}")
    for table in catalog.table_names():
        declared = schema.table(table)
        place = "people" if declared.access == "personal" else "library"
        columns = {field.name: SQL_TYPES[field.type] for field in declared.fields}
        fill(connection, f"{place}.lake.{table}", columns, case / f"{table}.csv")
    for name, header in DICTIONARIES.items():
        laid = case / f"{name}.csv"
        if not laid.exists() and name.removesuffix("_dictionary") in COMMON and any(case.glob("*.csv")):
            laid = catalog.PROJECT / "dictionaries" / "common" / f"{name.removesuffix('_dictionary')}.csv"
        fill(connection, f"library.lake.{name}", dict.fromkeys(header.split(","), "varchar"), laid)
    fill(connection, "library.lake.build", {"build_id": "varchar"}, case / "build.csv")
    metrics = dict.fromkeys(ledger.STREAMS["build_metrics"], "varchar")
    fill(connection, "library.lake.build_metrics", metrics, case / "build_metrics.csv")
    follow_documents(connection, case)
    for path in MACROS:
        connection.execute(path.read_text(encoding="utf-8"))
    return connection


def follow_documents(connection: duckdb.DuckDBPyConnection, case: Path) -> None:
    """The tables that follow from esi_documents, by the stages themselves, so that a case states the list alone."""
    if not (case / "esi_documents.csv").exists():
        return
    lake = {
        name: connection.sql(f"select * from library.lake.{name}").to_arrow_table()
        for name in ("esi_documents", "institutions_dictionary", "institution_aliases_dictionary")
    }
    names = {n.removesuffix("_dictionary"): pl.DataFrame(f) for n, f in lake.items() if n.endswith("_dictionary")}
    documents = schema.table("esi_documents").conform(pl.DataFrame(lake["esi_documents"])).lazy()
    made = {"esi_listed": esi.esi_listed(documents), "esi_credits": esi.esi_credits(documents, **names)}
    for table, rows in made.items():
        frame = rows.collect()  # noqa: F841 - DuckDB reads it by name
        connection.execute(f"insert into library.lake.{table} by name select * from frame")
    delivered = "select distinct period, list_kind, 'documents' as esi_kind from library.lake.esi_documents"
    connection.execute(f"insert into library.lake.esi_deliveries by name {delivered}")


def fill(connection: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str], path: Path) -> None:
    """Make a table and insert the rows of a CSV file that may name only some columns; an empty cell is null."""
    connection.execute(f"create table {table} ({', '.join(f'{n} {t}' for n, t in columns.items())})")
    if not path.exists():
        return
    connection.execute(
        f"insert into {table} by name select * from read_csv(?, header = true, all_varchar = true, quote = '\"')",
        [str(path)],
    )


def create(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Run one file: `create table <folder>.<file> as <its select>`, in people for personal marts, else in library."""
    folder, name = relation.split(".")
    place = "people" if folder == "marts_personal" else "library"
    connection.execute(f"use {place}")
    text = relation_file(relation).read_text(encoding="utf-8")
    connection.execute(f"create table {place}.{'marts' if place == 'people' else folder}.{name} as\n{text}")


def build(case: Path, relations: list[str], folder: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Databases with the relations (and what they need) made from the CSV files of a folder."""
    connection = database(case, folder)
    for relation in in_order(relations):
        create(connection, relation)
    return connection


def address(relation: str) -> str:
    """Full name of a relation in the two databases."""
    folder, name = relation.split(".")
    return f"people.marts.{name}" if folder == "marts_personal" else f"library.{folder}.{name}"
