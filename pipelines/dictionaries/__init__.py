"""Tools for those who keep a university's dictionary: what is missing (propose), what contradicts itself (check)."""

from pipelines.dictionaries.check import check
from pipelines.dictionaries.lines import Finding
from pipelines.dictionaries.propose import propose, write

__all__ = ["Finding", "check", "propose", "write"]
