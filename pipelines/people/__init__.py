"""Authors -> people of the roster: candidates by name, evidence, vetoes, margin."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.core.decisions import NOBODY, PERSON
from pipelines.core.names import surnames_from
from pipelines.people import candidates, company, decide, evidence, identifiers, reviewed, scope
from pipelines.people.outside import author_cluster_shares, author_clusters
from pipelines.people.scope import PLACE
from pipelines.people.weighing import Weighing

__all__ = ["author_cluster_shares", "author_clusters", "person_matches", "roster_forms"]


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
    records: pl.LazyFrame,
    claimed_works: pl.LazyFrame,
    decisions_people: pl.LazyFrame,
    roster_forms: pl.LazyFrame,
    *,
    surnames: pl.DataFrame,
    institutions: pl.DataFrame,
) -> pl.DataFrame:
    """Who of ours each author is. A person's decision outranks the machine's.

    Two rounds: what each work says of its authors makes the certain links; what these teach of identifiers, partners and
    journals is weighed once more together with everything, and learned anew in each build.
    Grain: one row per work and author position whose address is ours, or unknown while the work is ours.
    """
    own = institutions.filter(pl.col("kind") == "own").get_column("institution_id").sort().to_list()
    known, lines, roster = surnames_from(surnames), scope.unit_lines(units), people.collect()
    authors = scope.authors_in_scope(
        work_authorships, work_addresses, works, affiliation_matches, own[0] if own else ""
    )
    authors = evidence.with_colleges(candidates.author_names(authors, known), lines)
    said = reviewed.in_force(decisions_people.collect(), work_authorships, clusters)
    weighing = Weighing(
        authors,
        roster_forms.collect().rename({"name_key": "key", "form_kind": "kind"}),
        candidates.roster_persons(roster, known),
        evidence.employments(roster, lines),
        supervisions.collect(),
        identifiers.of_works(author_identifiers.collect(), clusters.collect(), authors, known),
        company.claims(claimed_works, clusters, records),
        company.venues(works),
    )
    crowded, weighed = weighing.rounds(_said(said))
    machine = decide.answers(crowded, weighed, lines)
    homes = weighed.filter(pl.col("veto").is_null())
    decided = reviewed.with_decisions(machine, said, work_authorships, homes)
    return schema.table("person_matches").conform(decided.sort(PLACE))


def _said(told: pl.DataFrame) -> pl.DataFrame:
    """Authors of whom somebody said who they are, or that they are nobody of ours.

    Grain: one row per work and author position (person_id null = nobody).
    """
    person = pl.when(pl.col("decision") == PERSON).then(pl.col("person_id").replace("", None))
    decided = told.filter(pl.col("decision").is_in([PERSON, NOBODY])).sort(*PLACE, "scope")
    return decided.select(*PLACE, person_id=person).unique(PLACE, keep="first", maintain_order=True)
