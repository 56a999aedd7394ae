"""An address as words: segments, countries that it states, what is printed in capitals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from pipelines.affiliations.registry import Key, Registry

_BREAK = re.compile(r"\s{2,}|(?<=\w)[-–—]\s+(?=[A-Z])|[,;|\n\t()\[\]{}/:，；、（）\"“”„«»]+|\s[-–—]\s|#TAB#")
_NO_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|#[A-Z]+#")
_HERE = re.compile(r"^\W*(?:current(?:ly)?|present)\s+(?:address|at|with)(?:\s*:)?", re.IGNORECASE)
_DEEMED = re.compile(r"[^,;()]*[(\s]\s*deemed(?:[\s-]+to[\s-]+be)?[\s-]+univ\w*\b\)?", re.IGNORECASE)
_CAPITALS = re.compile(r"[A-Za-z&]+")


@dataclass
class Text:
    """An address in words."""

    parts: list[str]  # segments as printed
    words: list[str]  # families, without link words
    printed: list[str]
    links: list[str]  # the link word before each, empty where none stands
    segment: list[int]
    countries: frozenset[str]
    capitals: frozenset[str]  # words printed with at least two capitals, folded
    bounds: dict[
        int, tuple[int, int]
    ]  # segment -> first word and the one after its last; company forms at the end left out

    @cached_property
    def all(self) -> frozenset[str]:
        """Every word of the address."""
        return frozenset(self.words)

    def is_whole(self, start: int, end: int) -> bool:
        """Whether the words are one or several whole segments."""
        return start == self.bounds[self.segment[start]][0] and end == self.bounds[self.segment[end - 1]][1]

    def written(self, start: int, end: int) -> str:
        """Segments that hold the words, as printed."""
        return ", ".join(self.parts[s].strip(" .") for s in range(self.segment[start], self.segment[end - 1] + 1))


def read(registry: Registry, address: str) -> Text:
    """Segments, words and stated countries of an address."""
    text = Text([], [], [], [], [], frozenset(), frozenset(), {})
    every: list[Key] = []
    plain = _HERE.sub("", _NO_ADDRESS.sub("\n", address))
    if "eemed" in plain:
        plain = _DEEMED.sub(_without_rank, plain)
    for part in _BREAK.split(plain):
        words = list(registry.split(part))
        every.append(registry.printed(part))
        if not words:
            continue
        place, start = len(text.parts), len(text.words)
        text.parts.append(part)
        for printed, link in words:
            if text.printed[start:] and text.printed[-1] == "nat":
                text.words[-1] = registry.national(registry.word(printed)) or text.words[-1]
            text.words.append(registry.mended(registry.word(printed)))
            text.printed.append(printed)
            text.links.append(link)
            text.segment.append(place)
        end = len(text.words)
        while end - start > 1 and text.words[end - 1] in registry.forms:
            end -= 1
        text.bounds[place] = (start, end)
    text.countries = registry.places.stated(every)
    text.capitals = frozenset(
        w.lower() for w in _CAPITALS.findall(address) if sum(letter.isupper() for letter in w) >= 2
    )
    return text


def _without_rank(found: re.Match[str]) -> str:
    """Harrow (Deemed University) is Harrow University; Harrow Institute (Deemed to be University) keeps its name."""
    named = found.group()[: found.group().lower().index("deemed")].rstrip(" (")
    return named if re.search("univ|inst", named, re.IGNORECASE) else f"{named} University"
