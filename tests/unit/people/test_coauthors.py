"""Co-author network: weights, betweenness of the worked example, large works apart, sampling with a fixed seed."""

from __future__ import annotations

import random

import networkx as nx
import polars as pl
import pytest

from pipelines.core import schema
from pipelines.people import coauthors


def network(papers: list[str], authors: dict[int, int] | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Links and nodes of works whose authors are letters; `authors` gives a work more authors than ours."""
    matches = [
        {"work_id": f"w{n}", "author_position": p, "person_id": letter, "decision": "match"}
        for n, letters in enumerate(papers)
        for p, letter in enumerate(letters, start=1)
    ]
    bylines = [
        {"work_id": f"w{n}", "author_position": p}
        for n, letters in enumerate(papers)
        for p in range(1, (authors or {}).get(n, len(letters)) + 1)
    ]
    works = [{"work_id": f"w{n}", "publication_year": 2020 + n} for n in range(len(papers))]
    tables = {
        name: schema.table(name).conform(pl.DataFrame(rows)).lazy()
        for name, rows in {"person_matches": matches, "work_authorships": bylines, "works": works}.items()
    }
    links = coauthors.coauthor_links(tables["person_matches"], tables["work_authorships"], tables["works"])
    nodes = coauthors.coauthor_nodes(links.lazy(), tables["person_matches"], tables["work_authorships"])
    return links, nodes


def weights(links: pl.DataFrame) -> dict[str, float]:
    summed = links.group_by("left_person_id", "right_person_id").agg(pl.col("link_weight").sum())
    return {left + right: weight for left, right, weight in summed.iter_rows()}


def test_worked_example() -> None:
    links, nodes = network(["ab", "abc", "cde"])
    assert weights(links) == {"ab": 1.5, "ac": 0.5, "bc": 0.5, "cd": 0.5, "ce": 0.5, "de": 0.5}
    between = dict(nodes.select("person_id", "betweenness").iter_rows())
    assert between.pop("c") == pytest.approx(2 / 3)
    assert set(between.values()) == {0.0}
    assert set(nodes["component_size"]) == {5} and set(nodes["betweenness_basis"]) == {"exact"}


def test_authors_of_elsewhere_weaken_a_link() -> None:
    links, _ = network(["ab"], {0: 5})
    assert weights(links) == {"ab": 0.25}


@pytest.mark.parametrize(("authors", "linked"), [(30, 1), (31, 0)])
def test_large_works_give_no_links_and_are_counted(authors: int, linked: int) -> None:
    links, nodes = network(["ab"], {0: authors})
    assert links.height == linked
    assert nodes["works_large_count"].to_list() == [1 - linked] * 2
    assert nodes["betweenness"].to_list() == [None, None]


def test_somebody_alone_is_a_component_of_one() -> None:
    _, nodes = network(["a", "bc"])
    alone = nodes.row(by_predicate=pl.col("person_id") == "a", named=True)
    assert (alone["partners_count"], alone["component_size"], alone["betweenness"]) == (0, 1, None)


def test_large_components_are_sampled_the_same_way_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coauthors, "EXACT", 5)
    monkeypatch.setattr(coauthors, "SOURCES", 4)
    papers = ["ab", "bc", "cd", "de", "ef", "fg", "ga", "ae"]
    _, first = network(papers)
    _, again = network(papers)
    assert first.equals(again)
    assert set(first["betweenness_basis"]) == {"sampled"}


@pytest.mark.parametrize("seed", range(5))
def test_betweenness_equals_that_of_the_graph_library(seed: int) -> None:
    draw = random.Random(seed)
    graph = nx.gnm_random_graph(25, 60, seed=seed)
    for left, right in graph.edges:
        graph.edges[left, right]["distance"] = draw.choice([0.5, 1.0, 1.0, 2.0])
    part = nx.relabel_nodes(graph.subgraph(max(nx.connected_components(graph), key=len)), str)
    expected = nx.betweenness_centrality(part, weight="distance", normalized=True)
    found, basis = coauthors._betweenness(part)
    assert basis == "exact"
    assert found == pytest.approx(expected, abs=1e-12)
