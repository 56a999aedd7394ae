"""Questions for people out as workbooks, answers back through the inbox: one description per kind of question."""

from pipelines.review import addresses, dedup, people
from pipelines.review.answers import inspect
from pipelines.review.exporting import export
from pipelines.review.kinds import Group, Kind
from pipelines.review.taking import Taken, take
from pipelines.review.workbook import workbook

KINDS: dict[str, Kind] = {kind.layout.kind: kind for kind in (dedup.KIND, addresses.KIND, people.KIND)}

__all__ = ["KINDS", "Group", "Kind", "Taken", "export", "inspect", "take", "workbook"]
