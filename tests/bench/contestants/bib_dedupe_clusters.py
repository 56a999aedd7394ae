"""bib-dedupe: a labelled set to clusters, as its page says: prep, block, match, cluster. Runs in .tools/peers/bib-dedupe."""

from __future__ import annotations

from typing import Any

import pandas as pd
from bib_dedupe.bib_dedupe import block, cluster, match, prep
from rounds import DIRECTORY, measured

COLUMNS = {"rid": "ID", "entrytype": "ENTRYTYPE"}
RECORDS = pd.read_csv(DIRECTORY / "records.csv.gz", dtype=str, keep_default_na=False).rename(columns=COLUMNS)
RECORDS["ENTRYTYPE"] = RECORDS["ENTRYTYPE"].replace("", "article")  # it wants one


def clusters() -> dict[str, Any]:
    """Clusters of its duplicates; its maybe pairs are the undecided ones."""
    matched = match(block(prep(RECORDS.copy(), verbosity_level=0), verbosity_level=0), verbosity_level=0)
    undecided = int((matched["duplicate_label"] == "maybe").sum()) if len(matched) else 0
    return {"clusters": {"": cluster(matched, verbosity_level=0)}, "undecided": undecided}


if __name__ == "__main__":  # it starts processes of its own
    measured(clusters)
