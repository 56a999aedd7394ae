"""The door: inbox/ to landing/, or to quarantine/ with the reason in words."""

from pipelines.intake.receive import intake, reader_hints, recognise
from pipelines.intake.report import IntakeReport, Outcome

__all__ = ["IntakeReport", "Outcome", "intake", "reader_hints", "recognise"]
