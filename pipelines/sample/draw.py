"""Random draws that depend on nothing but (seed, stream, index): work 17 is the same work in every run and in every process."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")

# One stream of draws per kind of thing, so that a new draw in one never moves another.
PEOPLE, WORKS, OUTSIDERS, PRINTING, REFERENCES, ESI, RANKINGS, FOLLOW_UPS, ABSTRACTS = range(1, 10)
SCOPUS, INCITES, THESES, PATENTS, LISTS, SCHOLARS, SCHOLARLY, CLAIMS = range(10, 18)  # further sources
FAMILIES, VARIANTS, HABITS, CROWD = range(32, 36)  # hard mode


class Draw(random.Random):
    """A Mersenne Twister with the few draws the sample needs; `random()` alone feeds them, which Python keeps stable."""

    @classmethod
    def of(cls, seed: int, stream: int, index: int) -> Draw:
        """The draws of one thing."""
        return cls((seed << 56) | (stream << 48) | index)

    def chance(self, share: float) -> bool:
        """True with probability `share`."""
        return self.random() < share

    def below(self, end: int) -> int:
        """0 <= n < end."""
        return int(self.random() * end)

    def between(self, low: int, high: int) -> int:
        """low <= n <= high."""
        return low + int(self.random() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """One item, all equally likely."""
        return items[int(self.random() * len(items))]

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """Up to `count` different items in drawn order."""
        rest = list(items)
        taken = []
        for _ in range(min(count, len(rest))):
            taken.append(rest.pop(int(self.random() * len(rest))))
        return taken


class Weighted(Generic[T]):
    """Items drawn with weights, in O(log n)."""

    def __init__(self, items: Sequence[T], weights: Sequence[float]) -> None:
        self.items = items
        self._ends = list(accumulate(weights))

    def draw(self, draw: Draw) -> T:
        """One item, by weight."""
        return self.items[bisect(self._ends, draw.random() * self._ends[-1])]
