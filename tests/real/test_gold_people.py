"""Labelled mentions of ../shared/gold/people: the figures reached must not fall. One configuration for all."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import people
from pipelines.core import dictionaries
from pipelines.evaluate import author_clusters
from pipelines.evaluate.author_mentions import read

FLOORS = {  # set -> figure, least value of all names, least value of Chinese names
    "aminer2012": ("f1", 0.90, 0.90),
    "qian": ("bcubed_f1", 0.78, 0.73),
    "orcid_mentions": ("f1", 0.95, 0.96),
}


@pytest.mark.parametrize("name", FLOORS)
def test_figures_do_not_fall(shared: Path, name: str) -> None:
    figure, least, least_chinese = FLOORS[name]
    found = author_clusters.evaluate(shared / "gold" / "people", "linghai", name)[name]
    assert found[figure] >= least
    assert found["subsets"]["chinese"][figure] >= least_chinese
    sure = {row["decision"]: row["bcubed_precision"] for row in found["by_decision"]}
    assert sure["certain"] >= sure["unresolved"]


@pytest.mark.parametrize("name", ["qian", "orcid_mentions"])
def test_ten_shuffles_give_one_answer(shared: Path, name: str) -> None:
    given = read(shared / "gold" / "people" / f"{name}.jsonl.gz")
    surnames = dictionaries.load("surnames", "linghai")
    answers = set()
    for seed in range(10):
        mixed = {t: f.collect().sample(fraction=1.0, shuffle=True, seed=seed).lazy() for t, f in given.tables.items()}
        answers.add(people.author_clusters(**mixed, surnames=surnames).hash_rows().sum())
    assert len(answers) == 1


def test_causes_name_every_wrong_pair(shared: Path) -> None:
    given = read(shared / "gold" / "people" / "orcid_mentions.jsonl.gz")
    found = author_clusters.figures(given, "linghai", errors=True)
    told = {
        kind: sum(row["pairs"] for row in found["causes"] if row["kind"] == kind) for kind in ("miss", "false_merge")
    }
    assert told["miss"] > 0
    assert told["false_merge"] == 0 or found["precision"] < 1
