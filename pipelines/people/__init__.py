"""Authors -> people of the roster: candidates by name, evidence, vetoes, margin."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.core.names import surnames_from
from pipelines.people import candidates, decide, evidence, reviewed, scope
from pipelines.people.scope import PLACE


def roster_forms(people: pl.LazyFrame, *, surnames: pl.DataFrame) -> pl.DataFrame:
    """Every written form of everybody's name. A table of its own, since rosters change far more seldom than works arrive.

    Grain: one row per key and person.
    """
    forms = candidates.roster_forms(people.collect(), surnames_from(surnames))
    return forms.rename({"key": "name_key", "kind": "form_kind"})


def person_matches(
    work_authorships: pl.LazyFrame,
    work_addresses: pl.LazyFrame,
    works: pl.LazyFrame,
    affiliation_matches: pl.LazyFrame,
    units: pl.LazyFrame,
    people: pl.LazyFrame,
    supervisions: pl.LazyFrame,
    author_identifiers: pl.LazyFrame,
    clusters: pl.LazyFrame,
    decisions_people: pl.LazyFrame,
    roster_forms: pl.LazyFrame,
    *,
    surnames: pl.DataFrame,
    institutions: pl.DataFrame,
) -> pl.DataFrame:
    """Who of ours each author is. A person's decision outranks the machine's.

    Grain: one row per work and author position whose address is ours, or unknown while the work is ours.
    """
    own = institutions.filter(pl.col("kind") == "own").get_column("institution_id").sort().to_list()
    known, lines, roster = surnames_from(surnames), scope.unit_lines(units), people.collect()
    authors = scope.authors_in_scope(
        work_authorships, work_addresses, works, affiliation_matches, own[0] if own else ""
    )
    authors = evidence.with_colleges(candidates.author_names(authors, known), lines)
    forms = roster_forms.collect().rename({"name_key": "key", "form_kind": "kind"})
    persons = candidates.roster_persons(roster, known)
    jobs = evidence.employments(roster, lines)
    found = evidence.identifiers_of_works(author_identifiers.collect(), clusters.collect(), authors, known)
    identified = evidence.persons_by_identifier(found, persons).drop_nulls("author_position")
    pairs = candidates.candidates(authors, forms, identified, jobs.select("person_id", "college"))
    pairs = decide.with_native(pairs, authors, persons)
    pairs = evidence.with_company(evidence.with_identifiers(pairs, found, persons), supervisions.collect())
    weighed = decide.scored(evidence.place_and_time(pairs, authors, jobs), decide.vetoes(pairs, authors, persons))
    machine = decide.answers(candidates.with_crowds(authors, forms, pairs), weighed, lines)
    said, homes = decisions_people.collect(), weighed.filter(pl.col("veto").is_null())
    decided = reviewed.with_decisions(machine, said, work_authorships, homes)
    return schema.table("person_matches").conform(decided.sort(PLACE))
