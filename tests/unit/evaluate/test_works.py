"""Deduplication scores against the sample's truth, on a few records made by hand."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipelines.evaluate.works import by_trait, swallowed, work_scores

TWINS = pl.DataFrame(
    {
        "pattern_left": [r"10\.5555/de\.(\d+)"],
        "pattern_right": [r"10\.5555/en\.(\d+)"],
        "reason": ["two editions"],
    }
)


def records(*rows: tuple[str, str, str, str, str | None, list[str]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """rows: record, true work, found work, title, DOI, traits."""
    columns = ("record_id", "cluster", "work_id", "title", "doi")
    schema = dict.fromkeys(columns, pl.String) | {"traits": pl.List(pl.String)}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.drop("work_id"), frame.select("record_id", "work_id")


def pairs(*rows: tuple[str, str, str]) -> pl.LazyFrame:
    schema = {"left_id": pl.String, "right_id": pl.String, "decision": pl.String}
    return pl.LazyFrame(rows, schema=schema, orient="row")


def scored(*rows: Any, asked: tuple[tuple[str, str, str], ...] = ()) -> dict[str, Any]:
    gold, clusters = records(*rows)
    return work_scores(gold, clusters, pairs(*asked), TWINS)


def test_pairs_across_languages_are_counted_apart() -> None:
    found = scored(
        ("c1", "w1", "f1", "催化剂的活性", None, []),
        ("e1", "w1", "f1", "Activity of catalysts", None, []),
        ("x1", "w1", "f1", "Activity of the catalysts", None, []),
        ("c2", "w2", "f2", "膜的通量", None, []),
        ("e2", "w2", "f3", "Flux of membranes", None, []),
    )
    assert (found["pairs_across"], found["recall_across"]) == (3, pytest.approx(2 / 3))
    assert found["precision"] == 1.0
    assert found["recall"] == pytest.approx(3 / 4)
    assert found["intervals"]["recall"][0] <= found["recall"] <= found["intervals"]["recall"][1]


def test_merges_of_two_dois_are_counted_unless_the_dois_are_twins() -> None:
    found = scored(
        ("a", "w1", "f1", "One", "10.5555/de.1", []),
        ("b", "w1", "f1", "One", "10.5555/en.1", []),
        ("c", "w2", "f2", "Two", "10.5555/de.2", []),
        ("d", "w2", "f2", "Two", "10.5555/en.3", []),
        ("e", "w3", "f4", "Three", "10.5555/x", []),
        ("f", "w4", "f4", "Four", "10.5555/y", []),
        ("g", "w5", "f5", "Five", "10.5555/z", []),
        ("h", "w5", "f6", "Five", "10.5555/q", []),
    )
    assert (found["two_doi_merges"], found["two_doi_merges_wrong"]) == (2, 1)
    assert found["missed_for_two_dois"] == 1


def test_errors_are_told_by_trait_and_open_pairs_apart() -> None:
    gold, clusters = records(
        ("a", "w1", "f1", "One", None, ["early_access"]),
        ("b", "w1", "f2", "One", None, []),
        ("c", "w2", "f3", "Two", None, ["series_part"]),
        ("d", "w3", "f3", "Two II", None, ["series_part", "typo"]),
        ("e", "w4", "f4", "Five", None, ["typo"]),
    )
    rows = {r["trait"]: r for r in by_trait(gold, clusters, pairs(("a", "b", "review"), ("c", "e", "review")))}
    assert rows["early_access"] | {"trait": ""} == {
        "trait": "", "true_pairs": 1, "missed": 1, "missed_open": 1, "false_merges": 0, "open_apart": 0, "recall": 0.0,
    }  # fmt: skip
    assert (rows["series_part"]["false_merges"], rows["series_part"]["open_apart"]) == (1, 1)
    assert (rows["typo"]["false_merges"], rows["typo"]["open_apart"], rows["typo"]["recall"]) == (1, 1, None)


def test_a_work_whose_record_became_another_works_is_counted() -> None:
    told = pl.DataFrame({"source": ["cnki", "cnki", "cnki", "pqdt"], "true_work": ["w1", "w1", "w2", "w3"]})
    assert swallowed(told, told.head(1)) == 1
    assert swallowed(told, told) == 0


def test_nothing_found_is_unknown_not_zero() -> None:
    found = scored(("a", "w1", "f1", "One", None, []))
    assert (found["precision"], found["recall"], found["recall_across"]) == (None, None, None)
    assert found["undecided_per_1000"] == 0.0
