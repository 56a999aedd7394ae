"""Authors -> people of the roster: candidates by name, evidence, vetoes, margin."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema
from pipelines.core.decisions import NOBODY, PERSON
from pipelines.core.names import surnames_from
from pipelines.people import candidates, company, decide, evidence, identifiers, reviewed, scope
from pipelines.people import theses as theses_
from pipelines.people.coauthors import coauthor_links, coauthor_nodes
from pipelines.people.identifiers import disputed_identifiers
from pipelines.people.left_out import left_out
from pipelines.people.listed import list_matches
from pipelines.people.network import supervision_network
from pipelines.people.outside import author_cluster_shares, author_clusters
from pipelines.people.scope import PLACE
from pipelines.people.weighing import Weighing, homes

__all__ = [
    "author_cluster_shares",
    "author_clusters",
    "coauthor_links",
    "coauthor_nodes",
    "disputed_identifiers",
    "list_matches",
    "person_matches",
    "roster_forms",
    "supervision_network",
]


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
    theses: pl.LazyFrame,
    contributors: pl.LazyFrame,
    decisions_people: pl.LazyFrame,
    roster_forms: pl.LazyFrame,
    objectors: pl.LazyFrame | None = None,
    *,
    surnames: pl.DataFrame,
    institutions: pl.DataFrame,
    institution_aliases: pl.DataFrame,
) -> pl.DataFrame:
    """Who of ours each author is, in two rounds: what each work says, then what that teaches. A person's decision outranks all.

    Grain: one row per work and author position whose address is ours, or unknown while the work is ours.
    """
    known, lines, roster = surnames_from(surnames), scope.unit_lines(units), people.collect()
    ours = theses_.own_theses(theses, clusters, theses_.own_names(institutions, institution_aliases))
    bylines = work_authorships, work_addresses, works, affiliation_matches, ours
    signed = candidates.author_names(scope.authors_in_scope(*bylines, _own(institutions)), known)
    authors = evidence.with_colleges(signed, lines)
    said = reviewed.in_force(decisions_people.collect(), work_authorships, clusters)
    forms, persons = candidates.renamed(roster_forms), candidates.roster_persons(roster, known)
    weighing = Weighing(
        authors,
        forms,
        persons,
        evidence.employments(roster, lines),
        supervisions.collect(),
        identifiers.of_works(author_identifiers.collect(), clusters.collect(), authors, known),
        company.claims(claimed_works, clusters, records),
        company.venues(works),
        theses_.beside_authors(theses_.advisors(contributors, clusters, forms, persons, known)),
        theses.join(clusters, on="record_id").select("work_id").collect().to_series(),
    )
    parts = weighing.rounds(_said(said))
    machine = pl.concat([decide.answers(part.authors, part.weighed, lines) for part in parts])
    decided = left_out(reviewed.with_decisions(machine, said, work_authorships, homes(parts)), objectors)
    return schema.table("person_matches").conform(decided.sort(PLACE))


def _own(institutions: pl.DataFrame) -> str:
    own = institutions.filter(pl.col("kind") == "own").get_column("institution_id").sort().to_list()
    return own[0] if own else ""


def _said(told: pl.DataFrame) -> pl.DataFrame:
    """Authors of whom somebody said who they are, or that they are nobody of ours.

    Grain: one row per work and author position (person_id null = nobody).
    """
    person = pl.when(pl.col("decision") == PERSON).then(pl.col("person_id").replace("", None))
    decided = told.filter(pl.col("decision").is_in([PERSON, NOBODY])).sort(*PLACE, "scope")
    return decided.select(*PLACE, person_id=person).unique(PLACE, keep="first", maintain_order=True)
