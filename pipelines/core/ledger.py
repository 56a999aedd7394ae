"""Append-only history that no build may lose: ids, decisions, intake, publications.

Each append writes one new Parquet segment below ledger/<stream>/ and never touches an old one, so a crash loses nothing
and two writers cannot overwrite each other. A build reads one snapshot, named by a hash in build.json.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from pipelines.core.store import write_parquet

# stream -> columns. All text: the ledger outlives schemas.
STREAMS: dict[str, tuple[str, ...]] = {
    # A line whenever a record comes to bear another id: its last line is the id it bears. (The column is older than this rule.)
    "work_ids": ("work_id", "anchor_record_id", "first_build"),
    "work_id_aliases": ("old_work_id", "work_id", "cause", "because", "rule", "build_id", "date"),
    "decisions_dedup": ("left_id", "right_id", "decision", "reviewer", "date", "reason", "source_file", "source_row"),
    "decisions_addresses": (
        "segment",
        "level",
        "unit_id",
        "decision",
        "reviewer",
        "date",
        "reason",
        "source_file",
        "source_row",
    ),
    "decisions_people": (
        "record_id",
        "author_position",
        "name",
        "scope",
        "person_id",
        "decision",
        "reviewer",
        "date",
        "reason",
        "source_file",
        "source_row",
    ),
    "review_sheets": ("batch_id", "file", "kind", "accepted", "repeated", "rejected", "unanswered", "date"),
    "files": ("sha256", "file", "source", "batch_id", "fate", "reason", "date"),
    "withdrawn_batches": ("source", "batch_id", "reason", "date"),
    "credited_years": ("work_id", "credited_year", "policy", "export_id", "date"),
    "one_table_rows": (
        "export_id",
        "scope",
        "change",
        "work_id",
        "person_id",
        "author_position",
        "unit_id",
        "unit_order",
        "content",
    ),
    "one_table_exports": ("export_id", "scope", "since", "build_id", "columns", "rows", "file", "date"),
    "access": ("who", "what", "scope", "rows", "purpose", "file", "build_id", "date"),
    # Folder of the running user alone; the last line of a subject stands. identifiers: kind:value, one per line.
    "objections": ("subject", "person_id", "identifiers", "action", "reason", "who", "date"),
    "tombstones": ("hash", "kind", "reason", "who", "date"),
    "build_metrics": ("build_id", "published_at", "metric", "part", "value", "n_den"),
    "publications": ("build_id", "previous_build_id", "action", "date", "esi_periods"),
    "esi_attribution": (
        "period",
        "list_kind",
        "accession_number",
        "unit_id",
        "leads",
        "build_id",
        "attribution_version",
    ),
}


def append(root: Path, stream: str, rows: pl.DataFrame) -> None:
    """Add rows to a stream; nothing happens when there are none."""
    if rows.is_empty():
        return
    columns = STREAMS[stream]
    text = rows.select([pl.col(c).cast(pl.String) for c in columns])
    # microseconds: two segments of one second keep their order
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    write_parquet(text, root / stream / f"{moment}-{uuid.uuid4().hex[:8]}.parquet")


def read(root: Path, stream: str) -> pl.DataFrame:
    """All rows of a stream, oldest segment first.

    Grain: one row per appended line. An unused stream is an empty frame with its columns.
    """
    segments = sorted((root / stream).glob("*.parquet"))
    empty = pl.DataFrame(schema=dict.fromkeys(STREAMS[stream], pl.String))
    return pl.concat([empty, *(pl.read_parquet(s) for s in segments)], how="diagonal").select(STREAMS[stream])


def forget(root: Path, stream: str, gone: pl.Expr) -> int:
    """Rewrite the segments of a stream without the lines that `gone` says of: for persons who are deleted, and for nothing else.

    A rewritten segment keeps its place but not its name: nothing that was made from the old one is linked again.
    Returns how many lines went.
    """
    lost = 0
    for segment in sorted((root / stream).glob("*.parquet")):
        lines = pl.read_parquet(segment)
        left = lines.filter(~gone.fill_null(False))
        if left.height < lines.height:
            write_parquet(left, segment.with_name(f"{segment.stem}-{uuid.uuid4().hex[:4]}.parquet"))
            segment.unlink()
            lost += lines.height - left.height
    return lost


def snapshot(root: Path) -> dict[str, str]:
    """Stream name to a hash of its segment names: what a build has read."""
    found = {s: sorted(p.name for p in (root / s).glob("*.parquet")) for s in STREAMS}
    return {s: hashlib.sha256(json.dumps(names).encode()).hexdigest()[:12] for s, names in found.items()}
