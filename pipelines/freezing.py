"""What is said of an ESI period is kept as it was first published, whatever dictionaries and decisions say later."""

from __future__ import annotations

import polars as pl

from pipelines import warehouse
from pipelines.builds import Build
from pipelines.core import ledger, provenance

KEY = ("period", "list_kind", "accession_number", "unit_id", "leads")
_QUERY = f"SELECT DISTINCT {', '.join(KEY)} FROM marts.esi_paper_college WHERE is_member ORDER BY ALL"


def freeze_esi_attribution(build: Build) -> int:
    """Append the units of each period's papers to the ledger when this build says something of it not said before.

    Returns how many periods got a new version. The first version of a period is never changed; see marts.esi_attribution.
    """
    people = build.home.build(build.build_id) / "people.duckdb"
    _, rows = warehouse.query(people, _QUERY)
    now = pl.DataFrame(rows, schema=dict.fromkeys(KEY, pl.String), orient="row")
    said = ledger.read(build.home.ledger, "esi_attribution").select("period", "attribution_version").unique()
    known = set(said.iter_rows())
    fresh = []
    for (period,), papers in now.group_by("period", maintain_order=True):
        version = provenance.digest(papers.rows())
        if (period, version) not in known:
            fresh.append(papers.with_columns(build_id=pl.lit(build.build_id), attribution_version=pl.lit(version)))
    if fresh:
        ledger.append(build.home.ledger, "esi_attribution", pl.concat(fresh))
    return len(fresh)
