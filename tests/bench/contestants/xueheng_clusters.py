"""Xueheng: a labelled set to clusters by the stages of the build; what is timed begins where bib-dedupe's prep does."""

from __future__ import annotations

from typing import Any

import polars as pl
from rounds import DIRECTORY, measured

from pipelines.core.settings import Settings
from pipelines.evaluate import dedup
from pipelines.evaluate.labelled import read

LABELLED = read(DIRECTORY)
UNIVERSITY = Settings().university


def clusters() -> dict[str, Any]:
    """Clusters of more than one record; pairs left to people."""
    pairs, works = dedup.run(dedup.normalised(LABELLED, UNIVERSITY), UNIVERSITY)
    named = works.select("work_id", rid=pl.col("record_id").str.strip_prefix("gold:"))
    several = named.group_by("work_id").agg("rid").filter(pl.col("rid").list.len() > 1)
    return {
        "clusters": {"": several["rid"].to_list()},
        "undecided": pairs.filter(pl.col("decision") == "review").height,
    }


measured(clusters)
