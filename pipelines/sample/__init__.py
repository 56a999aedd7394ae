"""A fictional university: exports of any size in the true vendor formats, with the truth beside them. No person in it is real."""

from pipelines.sample.writer import SampleReport, write

__all__ = ["SampleReport", "write"]
