"""Patent families by priorities, our own check of what platforms say: simple, extended, and same-day twins."""

from __future__ import annotations

import networkx as nx
import polars as pl

from pipelines.core import schema
from pipelines.core.text import folded

SPREAD = 30  # members of an extended family above which its classes must be alike …
ALIKE = 0.2  # … this much: mean Jaccard of the IPC subclasses of two members


def patent_kin(
    patents: pl.LazyFrame, patent_priorities: pl.LazyFrame, patent_parties: pl.LazyFrame, patent_classes: pl.LazyFrame
) -> pl.DataFrame:
    """Families of applications.

    Simple: the same set of priorities (DOCDB). Extended: joined by any shared priority, directly or over others (INPADOC). An
    application without priorities is its own. The publications of one application share what any of them states.
    Grain: one row per application.
    """
    known = patents.select("patent_id", "application_id", "application_date", "patent_type").collect()
    claimed = _claimed(known, patent_priorities)
    sets = claimed.group_by("application_id").agg(priority_ids=pl.col("priority").unique().sort().str.join(";"))
    alone = pl.col("priority_ids").is_null()
    kin = (
        known.select("application_id")
        .unique()
        .join(sets, on="application_id", how="left")
        .with_columns(
            priority_basis=pl.when(alone).then(pl.lit("own_application")).otherwise(pl.lit("stated")),
            priority_ids=pl.coalesce("priority_ids", "application_id"),
        )
        .with_columns(simple_kin_id=pl.col("application_id").min().over("priority_ids"))
    )
    joined = kin.join(_extended(kin), on="application_id", how="left").join(
        _twins(patents, patent_parties), on="application_id", how="left"
    )
    doubtful = _doubtful(joined, known, patent_classes)
    told = joined.with_columns(is_family_doubtful=pl.col("extended_kin_id").is_in(doubtful))
    return schema.table("patent_kin").conform(told.sort("application_id"))


def _claimed(known: pl.DataFrame, patent_priorities: pl.LazyFrame) -> pl.DataFrame:
    """Priorities of applications; what a platform states of a whole family counts where nothing is stated of the publication.

    What was filed on the same day is no priority: not of the invention's utility model, nor where the whole family is listed.
    Grain: one row per application and priority.
    """
    number = pl.col("priority_number").str.replace_all(r"\s", "").str.to_uppercase()
    told = (
        patent_priorities.with_columns(priority=pl.coalesce("priority_id", pl.lit("?") + number))
        .drop_nulls("priority")
        .collect()
        .join(known, on="patent_id")
        .with_columns(own=pl.col("statement_scope") != "family")
    )
    same_day = (pl.col("priority_date") >= pl.col("application_date")) & (
        pl.col("priority") != pl.col("application_id")
    )
    impossible = same_day & (~pl.col("own") | (pl.col("patent_type") == "utility"))
    told = told.filter(~impossible.fill_null(False))
    best = told.filter(pl.col("own") == pl.col("own").max().over("application_id"))
    return best.select("application_id", "priority").unique()


def _extended(kin: pl.DataFrame) -> pl.DataFrame:
    """Connected applications. The filing that others claim is joined to them by its own number.

    Grain: one row per application.
    """
    graph: nx.Graph[tuple[str, str]] = nx.Graph()
    for application, priorities in kin.select("application_id", "priority_ids").iter_rows():
        graph.add_edges_from((("a", application), ("p", p)) for p in (*priorities.split(";"), application))
    rows = [
        (name, min(applications))
        for component in nx.connected_components(graph)
        for applications in [[name for kind, name in component if kind == "a"]]
        for name in applications
    ]
    return pl.DataFrame(rows, schema={"application_id": pl.String, "extended_kin_id": pl.String}, orient="row")


def _twins(patents: pl.LazyFrame, patent_parties: pl.LazyFrame) -> pl.DataFrame:
    """一案双申: a Chinese invention and a utility model of one applicant, filed on one day under one title, and no third one.

    Grain: one row per application that has a twin.
    """
    applicant = (
        patent_parties.filter(pl.col("party_role") == "applicant")
        .sort("patent_id", "party_position")
        .group_by("patent_id")
        .agg(applicant=folded(pl.coalesce("name_native", "name")).first())
    )
    filed = (
        patents.filter(pl.col("authority") == "CN", pl.col("patent_type").is_in(["invention", "utility"]))
        .drop_nulls(["application_date", "title"])
        .join(applicant, on="patent_id")
        .with_columns(title=folded(pl.col("title")))
        .unique(["application_id", "patent_type"], keep="any")
        .collect()
    )
    same = ["application_date", "applicant", "title"]
    pairs = filed.filter(
        (pl.len().over(same) == 2)
        & (pl.col("patent_type").n_unique().over(same) == 2)
        & (pl.col("application_id").n_unique().over(same) == 2)
    )
    other = pairs.select(*same, patent_type="patent_type", twin_application_id="application_id")
    both = pairs.join(other, on=same, suffix="_other").filter(pl.col("patent_type") != pl.col("patent_type_other"))
    return both.select("application_id", "twin_application_id").unique("application_id")


def _doubtful(kin: pl.DataFrame, known: pl.DataFrame, patent_classes: pl.LazyFrame) -> list[str]:
    """Large extended families whose members are of unlike classes: a wrong priority number may have joined them."""
    large = kin.filter(pl.len().over("extended_kin_id") > SPREAD).select("application_id", "extended_kin_id")
    subclasses = (
        patent_classes.filter(pl.col("class_scheme") == "ipc")
        .with_columns(subclass=pl.col("class_code").str.slice(0, 4))
        .collect()
        .join(known, on="patent_id")
        .join(large, on="application_id")
        .group_by("extended_kin_id", "application_id")
        .agg(pl.col("subclass").unique())
    )
    found = []
    for (family,), members in subclasses.group_by("extended_kin_id"):
        sets = [set(s) for s in members.get_column("subclass")]
        pairs = [(a, b) for n, a in enumerate(sets) for b in sets[n + 1 :]]
        if pairs and sum(len(a & b) / len(a | b) for a, b in pairs) / len(pairs) < ALIKE:
            found.append(str(family))
    return sorted(found)
