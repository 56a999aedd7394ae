"""landing/ to raw/: rows as text with their origin, bad rows in quarantine/, a manifest per batch."""

from pipelines.ingest.batches import ingest
from pipelines.ingest.history import manifests, withdraw
from pipelines.ingest.report import BatchReport, IngestReport

__all__ = ["BatchReport", "IngestReport", "ingest", "manifests", "withdraw"]
