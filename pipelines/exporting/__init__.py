"""Tables that leave the platform: 一张表 with what changed since the last export, and the reconciliation of claims.

Both hold people: files are readable by the running user alone, and every export stands in the ledger stream `access`.
"""

from pipelines.exporting.claims import ClaimsReport, claims
from pipelines.exporting.one_table import ExportReport, Request, one_table

__all__ = ["ClaimsReport", "ExportReport", "Request", "claims", "one_table"]
