"""What a kind of review is: one description per kind; workbook.py writes any of them, answers.py reads any of them back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipelines.builds import Build
from pipelines.intake.sheets import Layout
from pipelines.review.differences import Runs

Value = str | int | Runs | None
_LETTERS = "abcdefghjkmnpqrstuvwxyz"  # no digits: a spreadsheet would take 12e456 for a number


@dataclass(frozen=True)
class Column:
    """A column that only informs: label and width in characters."""

    label: str
    width: int


@dataclass(frozen=True)
class Case:
    """One question: the ids that name it, and what is shown, by label of the column."""

    keys: tuple[str, ...]
    shown: dict[str, Value]


@dataclass(frozen=True)
class Group:
    """One sheet of cases, in order. `found` counts all there are, `note` is the line above them."""

    sheet: str
    note: str
    cases: tuple[Case, ...]
    found: int

    @property
    def left(self) -> int:
        """Cases that there was no room for."""
        return self.found - len(self.cases)


@dataclass(frozen=True)
class Kind:
    """One kind of review. `groups` makes the sheets of a published build with at most so many cases each; `known` are the ids
    that a line written by hand may name."""

    layout: Layout
    columns: tuple[Column, ...]
    groups: Callable[[Build, int], tuple[Group, ...]]
    known: Callable[[Build], set[str]]
    advice: tuple[tuple[str, str], ...] = field(default=())


def check_code(kind: str, keys: Sequence[str]) -> str:
    """Five letters that tell whether the ids of a line are still those that were written."""
    number = int.from_bytes(hashlib.sha256("\x1f".join((kind, *keys)).encode()).digest()[:8], "big")
    letters = []
    for _ in range(5):
        number, rest = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[rest])
    return "".join(letters)
