"""Source-free cleaning: all sources under one schema, newest delivery first, match keys beside the printed values."""

from pipelines.normalise.claims import claimed_works
from pipelines.normalise.contracts import contracts
from pipelines.normalise.deliveries import record_deliveries
from pipelines.normalise.esi import (
    esi_attributions,
    esi_citation_rates,
    esi_credits,
    esi_deliveries,
    esi_documents,
    esi_institution_fields,
    esi_institutions,
    esi_journals,
    esi_listed,
    esi_thresholds,
)
from pipelines.normalise.incites import incites_exports, incites_metrics, incites_people
from pipelines.normalise.journals import issn_links, journal_ranks
from pipelines.normalise.objectors import objectors
from pipelines.normalise.patents import (
    patent_classes,
    patent_differences,
    patent_events,
    patent_families,
    patent_parties,
    patent_priorities,
    patents,
)
from pipelines.normalise.references import cited_references, funding
from pipelines.normalise.repairs import repairs
from pipelines.normalise.retractions import retractions
from pipelines.normalise.roster import people, recipients, supervisions, units
from pipelines.normalise.scholars import people_lists
from pipelines.normalise.searches import deliveries, searches
from pipelines.normalise.theses import contributors, theses
from pipelines.normalise.union import (
    addresses,
    author_identifiers,
    authorship_addresses,
    authorships,
    metrics,
    records,
)
from pipelines.normalise.usage import usage

__all__ = [
    "addresses",
    "author_identifiers",
    "authorship_addresses",
    "authorships",
    "cited_references",
    "claimed_works",
    "contracts",
    "contributors",
    "deliveries",
    "esi_attributions",
    "esi_citation_rates",
    "esi_credits",
    "esi_deliveries",
    "esi_documents",
    "esi_institution_fields",
    "esi_institutions",
    "esi_journals",
    "esi_listed",
    "esi_thresholds",
    "funding",
    "incites_exports",
    "incites_metrics",
    "incites_people",
    "issn_links",
    "journal_ranks",
    "metrics",
    "objectors",
    "patent_classes",
    "patent_differences",
    "patent_events",
    "patent_families",
    "patent_parties",
    "patent_priorities",
    "patents",
    "people",
    "people_lists",
    "recipients",
    "record_deliveries",
    "records",
    "repairs",
    "retractions",
    "searches",
    "supervisions",
    "theses",
    "units",
    "usage",
]
