"""The truth beside the sample's files: what every printed row really is. Written while the works stream by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from pipelines.sample import causes, university
from pipelines.sample.record import Record

PART = 20_000
TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "traits": pl.List(pl.String),
    "source_row": pl.Int64,
    "author_position": pl.Int64,
    "address_position": pl.Int64,
    "citations": pl.Int64,
    "tc_wos": pl.Int64,
    "times_cited": pl.Int64,
    "cnci": pl.Float64,
    "jnci": pl.Float64,
    "top_percent": pl.Float64,
    "highly_cited": pl.Boolean,
    "year": pl.Int64,
    "position": pl.Int64,
    "edition": pl.Int64,
    "doctorate": pl.Int64,
    "academic_age": pl.Int64,
    "is_peer": pl.Boolean,
    "corresponding": pl.Boolean,
    "in_direction": pl.Boolean,
    "threshold": pl.Int64,
    "in_wos_files": pl.Boolean,
}
TABLES: dict[str, dict[str, pl.DataType | type[pl.DataType]]] = {
    name: {c: TYPES.get(c, pl.String) for c in columns.split()}
    for name, columns in {
        "records": "source accession_number title source_file source_row true_work traits",
        "authorships": "source source_file source_row author_position person_id unit_ids college_ids",
        "addresses": "source source_file source_row address_role address_position address institution_id unit_ids college_ids traits",
        "related": "left_work right_work relation",
        "persons": "person_id kind name_zh name_en unit_id valid_from valid_to traits",
        "esi": "period list_kind accession_number true_work change reason esi_field citations threshold in_wos_files college_ids",
        "incites": "accession_number true_work esi_field times_cited cnci jnci top_percent highly_cited",
        "theses": "source_file source_row store_id person_id year university advisors",
        "patents": "family publication_number application_number country relation publication_date",
        "patent_inventors": "family position name person_id",
        "patent_events": "application_number event event_date first_seen",
        "patent_status": "delivery application_number family status status_date",
        "retractions": "true_work doi retraction_date",
        "people_lists": "list edition person_id category",
        "scholars": "scholar_id candidate name_native name_en orcid researcher_id scopus_id doctorate academic_age advisor is_peer",
        "scholar_works": "scholar_id accession_number doi author_position corresponding in_direction year",
        "claims": "claim_id person_id true_work kind role position",
        "near": "period accession_number true_work esi_field year citations tc_wos threshold",
    }.items()
}


class Truth:
    """Collects rows of the truth tables and writes them a row group at a time, so memory does not follow the sample."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.counts = dict.fromkeys(TABLES, 0)
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in TABLES}
        self._files = {
            name: ParquetWriter(folder / f"{name}.parquet", _frame(name, []).schema, compression="zstd")
            for name in TABLES
        }

    def add(self, table: str, *row: Any) -> None:
        """One row of a truth table."""
        self._rows[table].append(row)
        if len(self._rows[table]) >= PART:
            self._flush(table)

    def record(self, found: Record, file: str, row: int) -> None:
        """Everything that is true of a printed record."""
        where = (found.source, file, row)
        self.add("records", found.source, found.accession or None, found.title, file, row, found.work.key, found.traits)
        for n, author in enumerate(found.authors, 1):
            colleges = university.colleges_of(author.units) if author.units else ()
            self.add("authorships", *where, n, author.person_id, _joined(author.units), _joined(colleges))
        for a in found.addresses:
            units = a.printed.units
            self.add(
                "addresses",
                *where,
                a.role,
                a.position,
                a.printed.text,
                a.printed.institution_id,
                _joined(units),
                _joined(university.colleges_of(units)),
                causes.of_address(a.printed, found.work.year),
            )

    def close(self) -> dict[str, int]:
        """Finish the files; returns rows per table."""
        for name, file in self._files.items():
            self._flush(name)
            file.close()
        return self.counts

    def _flush(self, table: str) -> None:
        rows = self._rows[table]
        if rows:
            self._files[table].write_table(_frame(table, rows))
        self.counts[table] += len(rows)
        rows.clear()


def _frame(table: str, rows: list[tuple[Any, ...]]) -> pa.Table:
    return pl.DataFrame(rows, schema=TABLES[table], orient="row").to_arrow()


def _joined(items: tuple[str, ...] | None) -> str | None:
    return ";".join(items) if items else None
