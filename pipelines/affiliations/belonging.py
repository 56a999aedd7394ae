"""What belongs to what among the institutions that one address names."""

from __future__ import annotations

from typing import NamedTuple

from pipelines.affiliations.registry import Entry, Registry


class Mention(NamedTuple):
    """One institution that an address names. `rivals`: others that fit as well, then the mention is a question."""

    id: str
    start: int
    end: int
    text: str
    way: str
    name: str
    rivals: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()  # institutions of the same address that are left to this one


def is_above(known: Registry, other: str, entry: Entry) -> bool:
    """Whether an institution is the body that another one belongs to."""
    return (other in entry.parents and not _is_ward(known, entry.id, other)) or (
        other in entry.related and known.entries[other].teaches and not entry.teaches
    )


def _is_ward(known: Registry, hospital: str, body: str) -> bool:
    """A hospital of a body of hospitals is named by itself."""
    return "healthcare" in known.entries[hospital].kind and "healthcare" in known.entries[body].kind


def weighed(known: Registry, found: list[Mention]) -> list[Mention]:
    """Each institution once; an institution of one that is named too, and what stands beside a university, left to it."""
    once = {m.id: m for m in reversed(found)}
    sure = [m for m in once.values() if not m.rivals]
    if not sure:
        return sorted(once.values(), key=lambda m: (m.start, m.end))
    entries = known.entries
    kept = _beside_universities(known, sure)
    ids = {m.id for m in kept}
    less = {m.id for m in kept if any(is_above(known, o, entries[m.id]) for o in ids - {m.id})}
    less |= {o for m in kept for o in entries[m.id].parents & ids if _is_ward(known, m.id, o)}
    last = [m for m in kept if m.id not in less] or kept
    lesser = tuple(sorted({m.id for m in sure} - {m.id for m in last}))
    return [m._replace(parts=lesser) for m in sorted(last, key=lambda m: (m.start, m.end))]


def _beside_universities(known: Registry, sure: list[Mention]) -> list[Mention]:
    """Universities and companies; but a body of all the universities named is itself what is named."""
    entries = known.entries
    teaching = {m.id for m in sure if entries[m.id].teaches}
    if not teaching:
        return sure
    joint = [m for m in sure if len(teaching) > 1 and teaching <= entries[m.id].parents | entries[m.id].related]
    return joint or [m for m in sure if m.id in teaching or "company" in entries[m.id].kind]
