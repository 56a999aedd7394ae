"""`xueheng`: parses arguments, calls runner, prints. The same functions as the DAGs."""

from __future__ import annotations

from pipelines.cli import asking, dictionaries, evaluating, exporting, line, looking, privacy, reconciling, reviewing
from pipelines.cli._apps import app

__all__ = [
    "app",
    "asking",
    "dictionaries",
    "evaluating",
    "exporting",
    "line",
    "looking",
    "privacy",
    "reconciling",
    "reviewing",
]
