"""Who of ours publishes with whom: edges by year, and everybody's place in the network."""

from __future__ import annotations

from typing import TypeAlias

import networkx as nx
import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import csr_array  # type: ignore[import-untyped]
from scipy.sparse.csgraph import dijkstra  # type: ignore[import-untyped]

from pipelines.core import schema

MOST_AUTHORS = 30  # a work of more says little about who works with whom: no edges, counted apart
EXACT = 2000  # nodes of a component up to which betweenness is exact …
SOURCES, SEED = 500, 20260101  # … above: from so many sources, always the same
AT_ONCE = 50  # sources whose distances are held at a time
Numbers: TypeAlias = npt.NDArray[np.float64]
PAIR = ["left_person_id", "right_person_id"]


def coauthor_links(person_matches: pl.LazyFrame, work_authorships: pl.LazyFrame, works: pl.LazyFrame) -> pl.DataFrame:
    """Works of which both persons are certain authors; a work of n authors weighs 1/(n − 1) for each pair (Newman).

    Grain: one row per pair (left < right) and publication year.
    """
    members = _members(person_matches, work_authorships).filter(pl.col("author_count") <= MOST_AUTHORS)
    pairs = members.join(members, on="work_id", suffix="_right").filter(pl.col("person_id") < pl.col("person_id_right"))
    told = (
        pairs.join(works.select("work_id", "publication_year"), on="work_id", how="left")
        .group_by(left_person_id="person_id", right_person_id="person_id_right", publication_year="publication_year")
        .agg(works_together=pl.len().cast(pl.Int64), link_weight=(1 / (pl.col("author_count") - 1)).sum())
    )
    return schema.table("coauthor_links").conform(told.sort(*PAIR, "publication_year").collect())


def coauthor_nodes(
    coauthor_links: pl.LazyFrame, person_matches: pl.LazyFrame, work_authorships: pl.LazyFrame
) -> pl.DataFrame:
    """Everybody with a work: partners, component, betweenness.

    Grain: one row per person.
    """
    edges = coauthor_links.group_by(PAIR).agg(pl.col("link_weight").sum()).sort(PAIR).collect()
    large = pl.col("author_count") > MOST_AUTHORS
    persons = (
        _members(person_matches, work_authorships)
        .group_by("person_id")
        .agg(works_count=pl.len().cast(pl.Int64), works_large_count=large.sum().cast(pl.Int64))
        .collect()
    )
    told = persons.join(_places(edges), on="person_id", how="left").with_columns(
        partners_count=pl.col("partners_count").fill_null(0),
        link_weight=pl.col("link_weight").fill_null(0.0),
        component_id=pl.coalesce("component_id", "person_id"),
        component_size=pl.col("component_size").fill_null(1),
    )
    return schema.table("coauthor_nodes").conform(told.sort("person_id"))


def _members(person_matches: pl.LazyFrame, work_authorships: pl.LazyFrame) -> pl.LazyFrame:
    """Certain authors of ours with the number of all authors of the work.

    Grain: one row per work and person.
    """
    authors = (
        work_authorships.filter(pl.col("is_group_author").fill_null(False).not_())
        .group_by("work_id")
        .agg(author_count=pl.len())
    )
    certain = person_matches.filter(pl.col("decision") == "match", pl.col("person_id").is_not_null())
    return certain.select("work_id", "person_id").unique().join(authors, on="work_id")


def _places(edges: pl.DataFrame) -> pl.DataFrame:
    """Component, partners, weight and betweenness of everybody with a partner.

    A component of one or two persons has nobody between others: its betweenness is null, not zero.
    Grain: one row per person.
    """
    graph: nx.Graph[str] = nx.Graph()
    for left, right, weight in edges.iter_rows():
        graph.add_edge(left, right, weight=weight, distance=1 / weight)
    rows: list[tuple[str, int, float, str, int, float | None, str | None]] = []
    for component in nx.connected_components(graph):
        within = graph.subgraph(sorted(component))
        between, basis = _betweenness(within)
        rows += [
            (n, within.degree(n), within.degree(n, weight="weight"), min(component), len(within), between.get(n), basis)
            for n in within
        ]
    columns = {
        "person_id": pl.String,
        "partners_count": pl.Int64,
        "link_weight": pl.Float64,
        "component_id": pl.String,
        "component_size": pl.Int64,
        "betweenness": pl.Float64,
        "betweenness_basis": pl.String,
    }
    return pl.DataFrame(rows, schema=columns, orient="row")


def _betweenness(graph: nx.Graph[str]) -> tuple[dict[str, float], str | None]:
    """Share of shortest paths within the component that pass each person."""
    size = len(graph)
    if size < 3:
        return {}, None
    nodes = sorted(graph)
    distances = nx.to_scipy_sparse_array(graph, nodelist=nodes, weight="distance", format="csr")
    sources = np.arange(size)
    if size > EXACT:
        sources = np.sort(np.random.default_rng(SEED).choice(size, SOURCES, replace=False))
    passed = np.zeros(size)
    for start in range(0, len(sources), AT_ONCE):
        part = sources[start : start + AT_ONCE]
        for source, far in zip(part, dijkstra(distances, directed=False, indices=part), strict=True):
            passed += _dependencies(distances, int(source), far)
    share = passed / ((size - 1) * (size - 2)) * (size / len(sources))
    return dict(zip(nodes, share.tolist(), strict=True)), "exact" if size <= EXACT else "sampled"


def _dependencies(distances: csr_array, source: int, far: Numbers) -> Numbers:
    """Brandes' dependencies of one source, as sums over the acyclic graph of its shortest paths (each step one product)."""
    edges = distances.tocoo()
    before, after = edges.coords
    shortest = np.isclose(far[before] + edges.data, far[after], rtol=1e-9, atol=0)
    before, after = before[shortest], after[shortest]
    steps = csr_array((np.ones(len(before)), (after, before)), shape=distances.shape)
    paths = _summed(steps, np.eye(1, len(far), source)[0])
    back = csr_array((paths[before] / paths[after], (before, after)), shape=distances.shape)
    found = _summed(back, np.ones(len(far))) - 1
    found[source] = 0
    return found


def _summed(steps: csr_array, start: Numbers) -> Numbers:
    """start + steps·start + steps²·start … until nothing is left: the graph has no circle."""
    total, here = start.copy(), steps @ start
    while here.any():
        total += here
        here = steps @ here
    return total
