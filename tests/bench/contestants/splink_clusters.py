"""splink 5: a labelled set to clusters by a model that suits bibliographic records. Runs in .tools/peers/splink.

Blocked on DOI, on the first words of the title, on a long word of the title with the year, on year and page; compared by
Jaro-Winkler (title, the words of the authors in order of the alphabet; both weighed by how frequent a value is) and exactly
(year, page, DOI); trained without labels, as its page says. Venues, whose abbreviations differ, made it worse on the labelled
sets: F1 .79 against .94 on dblp_acm. Clusters are given at several thresholds: which is best, only labels tell.
"""

from __future__ import annotations

import logging
from typing import Any

import duckdb
import splink.comparison_library as cl
from rounds import DIRECTORY, measured
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999)
PREPARED = """
    select
        rid as unique_id,
        nullif(regexp_replace(lower(strip_accents(title)), '[^a-z0-9]+', ' ', 'g'), '') as title,
        nullif(array_to_string(list_sort(string_split(
            trim(regexp_replace(lower(strip_accents(author)), '[^a-z0-9]+', ' ', 'g')), ' ')), ' '), '') as authors,
        nullif(regexp_extract(year, '[0-9]{4}'), '') as year,
        nullif(regexp_extract(pages, '[0-9]+'), '') as first_page,
        nullif(lower(doi), '') as doi
    from raw
"""
TOKENS = """
    select *,
        array_to_string(list_slice(string_split(trim(title), ' '), 1, 3), ' ') as title_start,
        list_distinct(list_filter(string_split(trim(title), ' '), lambda w: length(w) > 5)) as title_words
    from prepared
"""
logging.getLogger("splink").setLevel(logging.ERROR)
DATABASE = duckdb.connect()
DATABASE.execute(
    f"create table raw as from read_csv('{DIRECTORY / 'records.csv.gz'}', all_varchar = true, header = true)"
)


def clusters() -> dict[str, Any]:
    """Clusters at each threshold, by its name; a pair between two thresholds is nobody's question."""
    DATABASE.execute(f"create or replace table prepared as {PREPARED}")
    DATABASE.execute(f"create or replace table tokens as {TOKENS}")
    api = DuckDBAPI(connection=DATABASE)
    linker = Linker(api.register("tokens"), _settings())
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on("title", "year"), block_on("doi")], recall=0.7)
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("title_start"), block_on("authors")):
        training.estimate_parameters_using_expectation_maximisation(rule, record_sample_proportion=1.0)
    scored = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    found = {}
    for threshold in THRESHOLDS:
        joined = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, threshold)
        grouped: dict[str, list[str]] = {}
        for row in joined.as_record_list():
            grouped.setdefault(row["cluster_id"], []).append(row["unique_id"])
        found[str(threshold)] = [sorted(ids) for ids in grouped.values() if len(ids) > 1]
    return {"clusters": found, "undecided": 0}


def _settings() -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("title", [0.99, 0.95, 0.9, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("authors", [0.95, 0.88, 0.75]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("year"),
            cl.ExactMatch("first_page"),
            cl.ExactMatch("doi"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("doi"),
            block_on("title_start"),
            block_on("year", "first_page"),
            block_on("title_words", "year", arrays_to_explode=["title_words"]),
        ],
    )


measured(clusters)
