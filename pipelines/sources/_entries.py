"""Records of reference formats (RIS, BibTeX) as they stand in the file: fields in order, nothing interpreted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Entry:
    """One record: number in the file, type, key, tag or field name to its values in order (duplicates kept), raw text."""

    row: int
    kind: str
    key: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    text: str = ""
    before: str = ""  # free text that stands before the record (BibTeX: `EXPORT DATE: …`)

    def first(self, *names: str) -> str | None:
        """The first filled value of the first of these fields that has one."""
        return next((value for name in names for value in self.fields.get(name, ()) if value), None)

    def joined(self, mark: str, *names: str) -> str | None:
        """All filled values of these fields, joined."""
        return mark.join(value for name in names for value in self.fields.get(name, ()) if value) or None


@dataclass(frozen=True)
class Broken:
    """A record that cannot be read: number in the file, raw text, and the reason in words."""

    row: int
    text: str
    expected: str
    found: str
    next_step: str


@dataclass(frozen=True)
class Batch:
    """Some records in the order of the file."""

    entries: list[Entry]
    broken: list[Broken]


def batches(items: Iterable[Entry | Broken], size: int = 5000) -> Iterator[Batch]:
    """The records of a file in groups of bounded size; at least one group, also of a file without records."""
    batch = Batch([], [])
    yielded = False
    for item in items:
        if isinstance(item, Entry):
            batch.entries.append(item)
        else:
            batch.broken.append(item)
        if len(batch.entries) + len(batch.broken) >= size:
            yield batch
            batch, yielded = Batch([], []), True
    if batch.entries or batch.broken or not yielded:
        yield batch
