"""READ THIS FIRST. The whole build on one screen: steps, their stages, in order.

A stage is a pure function named for the table it makes; its parameters are the tables it reads; its keyword-only parameters are
the dictionaries it uses (or a build parameter). Functions are named as text so that this list imports nothing heavy.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """One table of the build.

    by="file"  one partition per landing file; each source that has a function `<table>` gives its rows. With a keyword `delivery` it
               is told what the manifest says of the file, and called for files without rows too.
    by="period"  one part per period of `rows_of`: an archive grows by its new period alone.
    by="delivery"  one part per part of `rows_of`, a table of deliveries: its rows of the deliveries that stand. Large tables follow
               a new file this way without being made again.
    by_content tables whose rows the function knows again by their content: it gets its own rows of the build `before`
               and decides only what is new. Where a build wants shares, the function takes part=(i, shares) and keeps its own.
    rows_by    column whose values, once decided, need no second look: only rows of `rows_of` with new values are passed on.
    """

    table: str
    function: str = ""
    by: str = ""
    rows_by: str = ""
    rows_of: str = ""
    by_content: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """A group of stages that staff see as one box in Airflow."""

    name: str
    zh: str
    stages: tuple[Stage, ...]


def _per_file(*tables: str) -> tuple[Stage, ...]:
    return tuple(Stage(f"source_{t}", by="file") for t in tables)


def _from(package: str, *tables: str) -> tuple[Stage, ...]:
    return tuple(Stage(t, f"pipelines.{package}:{t}") for t in tables)


def _following(package: str, *tables: str) -> tuple[Stage, ...]:
    return tuple(Stage(t, f"pipelines.{package}:{t}", by="delivery", rows_of=f"source_{t}") for t in tables)


def _by_period(table: str, rows_of: str) -> Stage:
    return Stage(table, f"pipelines.normalise:{table}", by="period", rows_of=rows_of)


RECORD_TABLES = ("records", "authorships", "author_identifiers", "addresses", "authorship_addresses", "metrics")
REFERENCE_TABLES = ("cited_references", "funding")  # long: five million references of 100,000 records
THESIS_TABLES = ("theses", "contributors")
ESI_ARCHIVE = (
    "esi_documents", "esi_institutions", "esi_institution_fields", "esi_thresholds", "esi_citation_rates",
    "esi_journals",
)  # fmt: skip
PATENT_TABLES = (
    "patents", "patent_parties", "patent_classes", "patent_priorities", "patent_families", "patent_events",
)  # fmt: skip
INCITES_TABLES = ("incites_exports", "incites_metrics", "incites_people")
ROSTER_TABLES = ("units", "people", "supervisions", "recipients", "claimed_works")
LIST_TABLES = ("journal_ranks", "issn_links", "retractions", "people_lists", "usage", "contracts")

DELIVERED = (
    *RECORD_TABLES,
    *THESIS_TABLES,
    "esi_deliveries",
    *INCITES_TABLES,
    *PATENT_TABLES,
    *ROSTER_TABLES,
    *LIST_TABLES,
)

STEPS: tuple[Step, ...] = (
    Step("sources", "整理各源", _per_file("deliveries", *DELIVERED, *ESI_ARCHIVE, *REFERENCE_TABLES)),
    Step(
        "union",
        "统一记录",
        (
            *_from(
                "normalise",
                "objectors",
                "deliveries",
                "searches",
                "record_deliveries",
                "repairs",
                *DELIVERED,
                "patent_differences",
            ),
            *_following("normalise", *REFERENCE_TABLES),
            *(_by_period(t, f"source_{t}") for t in ESI_ARCHIVE),
            _by_period("esi_listed", "esi_documents"),
            _by_period("esi_credits", "esi_documents"),
            *_from("normalise", "esi_attributions"),
            Stage("patent_kin", "pipelines.normalise.families:patent_kin"),
        ),
    ),
    Step(
        "dedup",
        "查重归并",
        (
            Stage("pairs", "pipelines.dedup:pairs", by_content=("records", "authorships")),
            *_from("dedup", "clusters", "cut_blocks"),
        ),
    ),
    Step(
        "works",
        "生成作品",
        (
            *_from(
                "dedup",
                "works",
                "work_field_sources",
                "work_authorships",
                "work_addresses",
                "work_conflicts",
                "related",
            ),
            Stage("work_categories", "pipelines.normalise.citing:work_categories"),
            Stage("reference_categories", "pipelines.normalise.citing:reference_categories"),
        ),
    ),
    Step(
        "affiliations",
        "地址归属",
        (
            Stage(
                "address_readings",
                "pipelines.affiliations:address_readings",
                rows_by="address_id",
                rows_of="addresses",
            ),
            Stage("affiliation_matches", "pipelines.affiliations:affiliation_matches"),
            Stage("address_countries", "pipelines.affiliations.countries:address_countries"),
            Stage("address_institutions", "pipelines.affiliations.institutions:address_institutions"),
            Stage("party_matches", "pipelines.affiliations.parties:party_matches"),
            Stage("organisation_hints", "pipelines.affiliations.hints:organisation_hints"),
        ),
    ),
    Step(
        "people",
        "作者归属",
        _from(
            "people",
            "roster_forms",
            "person_matches",
            "disputed_identifiers",
            "supervision_network",
            "list_matches",
            "author_clusters",
            "author_cluster_shares",
            "coauthor_links",
            "coauthor_nodes",
        ),
    ),
)
STAGES: dict[str, Stage] = {stage.table: stage for step in STEPS for stage in step.stages}
