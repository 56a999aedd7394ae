"""What a kind of review is: one description per kind; workbook.py writes any of them, answers.py reads any of them back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
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
    """One question: the ids that name it, what is shown, by label of the column, and what there is to choose beside the words."""

    keys: tuple[str, ...]
    shown: Mapping[str, Value]
    choices: tuple[str, ...] = ()


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


def strangers(keys: Sequence[str], known: set[str]) -> list[str]:
    """Ids that are not there."""
    return [key for key in keys if key not in known]


def no_choices(build: Build) -> Mapping[str, str]:
    """A kind whose answers are words only."""
    return {}


@dataclass(frozen=True)
class Kind:
    """One kind of review.

    `groups` makes the sheets of a published build with at most so many cases each; `known` is what a line written by hand may
    name, and `strangers` what of its keys is not there; `choices` are the things that an answer may be, id -> name, `listed`
    whether they are few enough to be a drop-down; `about` says what a line shows; `personal`: the sheet names people.
    """

    layout: Layout
    columns: tuple[Column, ...]
    groups: Callable[[Build, int], tuple[Group, ...]]
    known: Callable[[Build], set[str]]
    about: str
    advice: tuple[tuple[str, str], ...] = field(default=())
    strangers: Callable[[Sequence[str], set[str]], list[str]] = strangers
    choices: Callable[[Build], Mapping[str, str]] = no_choices
    listed: bool = False
    personal: bool = False


def check_code(kind: str, keys: Sequence[str]) -> str:
    """Five letters that tell whether the ids of a line are still those that were written."""
    number = int.from_bytes(hashlib.sha256("\x1f".join((kind, *keys)).encode()).digest()[:8], "big")
    letters = []
    for _ in range(5):
        number, rest = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[rest])
    return "".join(letters)
