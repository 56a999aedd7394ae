"""The ESI archive in parts by period: a new period is made alone, a correction remakes its own period alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from pipelines import builds
from pipelines.core import schema, store
from pipelines.stages import STAGES


def listed(period: str, batch: str, citations: int) -> pl.DataFrame:
    """A file of one period: three papers on its list."""
    rows: list[dict[str, Any]] = [
        {
            "raw_id": f"{batch}:{n}",
            "batch_id": batch,
            "source_file": f"{batch}.xlsx",
            "source_row": n,
            "delivered_at": f"{batch}T00:00:00Z",
            "period": period,
            "list_kind": "highly_cited",
            "accession_number": f"WOS:{n}",
            "esi_field": "CHE",
            "citations_esi_count": citations + n,
            "institutions_text": "LINGHAI UNIVERSITY;",
        }
        for n in range(3)
    ]
    return schema.table("source_esi_documents").conform(pl.DataFrame(rows))


def built(home: store.Store, build_id: str, files: dict[str, pl.DataFrame], donors: list[str]) -> builds.Build:
    build = builds.Build(home, build_id, "linghai", [], donors)
    made = {
        name: builds._compute(build, "source_esi_documents", name, f"{build_id}-{name}", lambda frame=frame: frame)  # type: ignore[misc]
        for name, frame in files.items()
    }
    store.write_json(build.manifest("source_esi_documents"), {"parts": made})
    return build


def test_a_new_period_is_made_alone_and_a_correction_remakes_its_own(tmp_path: Path) -> None:
    home = store.Store(tmp_path)
    files = {p: listed(p, f"20{n}", 100) for n, p in enumerate(("2026-01", "2026-03", "2026-05"), start=10)}
    tables = ("esi_documents", "esi_listed", "esi_credits")
    first = built(home, "first", files, [])
    assert [builds.run_stage(first, STAGES[t]).made for t in tables] == [3, 3, 3]

    grown = built(home, "second", files | {"2026-07": listed("2026-07", "2013", 100)}, ["first"])
    for table in tables:
        report = builds.run_stage(grown, STAGES[table])
        assert (report.made, report.linked) == (1, 3), table

    corrected = files | {"2026-03-again": listed("2026-03", "2014", 500)}
    mended = built(home, "third", corrected, ["second", "first"])
    report = builds.run_stage(mended, STAGES["esi_documents"])
    assert (report.made, report.linked) == (1, 2)
    newest = mended.scan("esi_documents").filter(pl.col("period") == "2026-03").collect()
    assert newest["revision"].to_list() == [2, 2, 2] and newest["citations_esi_count"].min() == 500
    other = mended.scan("esi_documents").filter(pl.col("period") == "2026-05").collect()
    assert other["revision"].to_list() == [1, 1, 1] and other["citations_esi_count"].min() == 100
