"""Which institutions and units can a piece of an address name? Recall: exact alias, then key, then careful fuzzy."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl
from rapidfuzz.distance import OSA

from pipelines.affiliations.split import HAN, Words, han_text, words_from

# Ways in the order they are tried; the score says how sure the way alone makes us.
SCORES = {
    "alias": 1.0,
    "key": 0.98,
    "joined": 0.96,
    "turned": 0.95,
    "truncated": 0.94,
    "shifted": 0.93,
    "head": 0.9,
    "fuzzy": 0.88,
}
# Words that say what kind of unit it is. A college is printed as School, College, Faculty or Department at will.
COLLEGE_WORDS = ("school", "college", "faculty", "department", "division")
KIND_WORDS = (
    *COLLEGE_WORDS,
    "institute",
    "center",
    "laboratory",
    "hospital",
    "academy",
    "section",
    "group",
    "team",
    "library",
    "office",
)
# A text with one of these that the dictionary does not know is another institution, and what follows belongs to it.
INSTITUTION_WORDS = ("university", "corporation", "company", "limited", "ltd", "ministry", "inc", "gmbh")


class Candidate(NamedTuple):
    """One dictionary entry that a text can name, and the way to it."""

    id: str
    way: str
    score: float
    name: str
    written: str = ""  # fuzzy only: the misspelt word …
    meant: str = ""  # … and the dictionary's word for it


@dataclass
class Latin:
    """Look-up of Latin names: whole texts only, never a prefix."""

    words: Words
    exact: dict[tuple[str, ...], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    keys: dict[tuple[str, ...], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    joined: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    turned: dict[tuple[str, ...], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    headless: dict[tuple[str, ...], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    starts: dict[tuple[int, str], dict[tuple[str, ...], dict[str, str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(dict))
    )
    gaps: dict[tuple[int, int, tuple[str, ...]], list[tuple[str, str, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, name: str, entry: str) -> None:
        """Make a name findable by every way."""
        exact, key = self.words.exact(name), self.words.key(name)
        if not key:
            return
        self.exact[exact].setdefault(entry, name)
        self.keys[key].setdefault(entry, name)
        self.joined["".join(key)].setdefault(entry, name)
        self.turned[self._turn(key)].setdefault(entry, name)
        self.starts[len(key), exact[0][:2]][exact].setdefault(entry, name)
        for rest in self._without_college_word(key):
            self.headless[rest].setdefault(entry, name)
        for place, word in enumerate(exact):
            rest = key[:place] + key[place + 1 :]
            if len(word) > 3 and rest:
                self.gaps[len(key), place, rest].append((word, entry, name))

    def find(self, text: str, fuzzy: bool = True) -> list[Candidate]:
        """All entries that the first successful way gives, sorted by id."""
        exact, key = self.words.exact(text), self.words.key(text)
        if not key:
            return []
        for way, hits in (
            ("alias", self.exact.get(exact)),
            ("key", self.keys.get(key)),
            ("joined", self.joined.get("".join(key))),
            ("turned", self.turned.get(self._turn(key))),
        ):
            if hits:
                return [Candidate(i, way, SCORES[way], n) for i, n in sorted(hits.items())]
        hits = self._truncated(exact)
        if hits:
            return [Candidate(i, "truncated", SCORES["truncated"], n) for i, n in sorted(hits.items())]
        for shifted in _shifted(exact):
            hits = self.keys.get(tuple(self.words.word(w) for w in shifted))
            if hits:
                return [Candidate(i, "shifted", SCORES["shifted"], n) for i, n in sorted(hits.items())]
        for rest in self._without_college_word(key):
            if rest in self.headless:
                return [Candidate(i, "head", SCORES["head"], n) for i, n in sorted(self.headless[rest].items())]
        return self._misspelt(exact, key) if fuzzy else []

    def bare(self, text: str) -> list[Candidate]:
        """Entries that a text without any kind word can mean: 'CHEM ENGN' in addresses of the 1970s."""
        hits = self.headless.get(self.words.key(text), {})
        return [Candidate(i, "head", SCORES["head"], n) for i, n in sorted(hits.items())]

    def _turn(self, key: tuple[str, ...]) -> tuple[str, ...]:
        """Kind word first, the rest in its order: 'Univ Linghai' is 'Linghai Univ', but Engn Mech is not Mech Engn."""
        kinds = self.words.families(("university", *KIND_WORDS))
        place = next((i for i, word in enumerate(key) if word in kinds), 0)
        return (key[place], *key[:place], *key[place + 1 :])

    def _without_college_word(self, key: tuple[str, ...]) -> list[tuple[str, ...]]:
        """What is left of a key when the word for a college, standing first or last, is taken away."""
        kinds = self.words.families(COLLEGE_WORDS)
        return [rest for head, rest in ((key[0], key[1:]), (key[-1], key[:-1])) if head in kinds and rest]

    def _truncated(self, exact: tuple[str, ...]) -> dict[str, str]:
        """Each word cut short ('Hydraul' for 'Hydraulic'), or of one family."""
        found: dict[str, str] = {}
        for names, entries in self.starts.get((len(exact), exact[0][:2]), {}).items():
            if all(self._cut(a, b) for a, b in zip(exact, names, strict=True)):
                found |= entries
        return found

    def _cut(self, left: str, right: str) -> bool:
        short, long = (left, right) if len(left) <= len(right) else (right, left)
        return (len(short) >= 3 and long.startswith(short)) or self.words.word(left) == self.words.word(right)

    def _misspelt(self, exact: tuple[str, ...], key: tuple[str, ...]) -> list[Candidate]:
        """One word with one slip (two in long words), all other words right."""
        found: dict[str, tuple[int, str, str, str]] = {}
        for place, word in enumerate(exact):
            if len(word) < 4:
                continue
            for target, entry, name in self.gaps.get((len(key), place, key[:place] + key[place + 1 :]), ()):
                slips = OSA.distance(word, target, score_cutoff=2)
                if slips <= (2 if len(target) >= 9 else 1) and (slips, word, target, name) < found.get(
                    entry, (9, "", "", "")
                ):
                    found[entry] = (slips, word, target, name)
        best = min((slips for slips, *_ in found.values()), default=0)
        return [
            Candidate(i, "fuzzy", SCORES["fuzzy"], name, word, target)
            for i, (slips, word, target, name) in sorted(found.items())
            if slips == best
        ]


def _shifted(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The words with a blank one letter too late or too early put right: 'Chemica lEngineering'."""
    found: list[tuple[str, ...]] = []
    for i in range(len(words) - 1):
        left, right = words[i], words[i + 1]
        for pair in ((left[:-1], left[-1] + right), (left + right[0], right[1:])):
            if len(pair[0]) > 2 and len(pair[1]) > 2:
                found.append((*words[:i], *pair, *words[i + 2 :]))
    return found


@dataclass
class Han:
    """Look-up of Chinese names: the longest name that starts at a place of the text."""

    names: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    lengths: dict[str, list[int]] = field(default_factory=dict)

    def add(self, name: str, entry: str) -> None:
        """Make a Chinese name findable."""
        text = han_text(name)
        if len(text) < 2:
            return
        self.names[text].setdefault(entry, name)
        lengths = self.lengths.setdefault(text[:2], [])
        if len(text) not in lengths:
            lengths.append(len(text))
            lengths.sort(reverse=True)

    def at(self, text: str, start: int) -> tuple[int, list[Candidate]]:
        """End of the longest name starting here and the entries that bear it; (start, []) when there is none."""
        for length in self.lengths.get(text[start : start + 2], ()):
            name = text[start : start + length]
            hits = self.names.get(name)
            if hits:
                return start + len(name), [Candidate(i, "alias", 1.0, n) for i, n in sorted(hits.items())]
        return start, []


@dataclass
class Dictionary:
    """Everything a build knows about institutions and units, indexed once per stage call."""

    own: str
    words: Words
    institutions: Latin
    institutions_zh: Han
    units: Latin
    units_zh: Han
    own_keys: tuple[tuple[str, ...], ...]
    own_names_zh: tuple[str, ...]
    parents: Mapping[str, str]
    successors: Mapping[str, str]
    kinds: Mapping[str, str]
    version: str

    def ancestors(self, unit: str) -> list[str]:
        """Parent, grandparent … of a unit; a cycle in the dictionary ends the walk."""
        return _walk(self.parents, unit)

    def newest(self, unit: str) -> str:
        """The unit that a renamed or merged unit has become; itself when it still stands or was split."""
        return (_walk(self.successors, unit) or [unit])[-1]


def _walk(links: Mapping[str, str], start: str) -> list[str]:
    found: list[str] = []
    while (start := links.get(start, "")) and start not in found:
        found.append(start)
    return found


def dictionary_from(
    institutions: pl.DataFrame,
    institution_aliases: pl.DataFrame,
    units: pl.DataFrame,
    unit_aliases: pl.DataFrame,
    abbreviations: pl.DataFrame,
) -> Dictionary:
    """Index the dictionary frames. Exactly one institution is `own`; without one nothing can be ours."""
    words = words_from(abbreviations)
    own = institutions.filter(pl.col("kind") == "own").get_column("institution_id").sort().to_list()
    university = units.filter(pl.col("unit_kind") == "university").get_column("unit_id").to_list()
    latin, han = _index(words, _named(institutions, "institution_id", institution_aliases))
    unit_names = [(i, n) for i, n in _named(units, "unit_id", unit_aliases) if i not in university]
    own_names = [n for i, n in _named(institutions, "institution_id", institution_aliases) if i in own]
    units_latin, units_han = _index(words, unit_names + _without_university(unit_names, own_names))
    return Dictionary(
        own=own[0] if own else "",
        words=words,
        institutions=latin,
        institutions_zh=han,
        units=units_latin,
        units_zh=units_han,
        own_keys=tuple(sorted({k for n in own_names if not HAN.search(n) and len(k := words.key(n)) > 1})),
        own_names_zh=tuple(sorted({han_text(n) for n in own_names if HAN.search(n)})),
        parents=_links(units, "parent_id"),
        successors=_links(units, "successor_id"),
        kinds=dict(units.select("unit_id", "unit_kind").iter_rows()),
        version=_version(institutions, institution_aliases, units, unit_aliases, abbreviations),
    )


def _named(entries: pl.DataFrame, key: str, aliases: pl.DataFrame) -> list[tuple[str, str]]:
    """(id, name) of every entry and alias, sorted; names nobody wrote are left out."""
    both = pl.concat(
        [
            entries.select(key, name="name_zh"),
            entries.select(key, name="name_en"),
            aliases.select(key, name="alias"),
        ]
    )
    return [(i, n) for i, n in both.drop_nulls().unique().sort(key, "name").iter_rows() if n.strip()]


def _index(words: Words, names: list[tuple[str, str]]) -> tuple[Latin, Han]:
    latin, han = Latin(words), Han()
    for entry, name in names:
        if HAN.search(name):
            han.add(name, entry)
        else:
            latin.add(name, entry)
    return latin, han


def _without_university(names: list[tuple[str, str]], own_names: list[str]) -> list[tuple[str, str]]:
    """A unit called 岭海大学图书馆 is also found as 图书馆 once the university has been read."""
    return [(i, n[len(o) :]) for i, n in names for o in own_names if HAN.search(o) and n.startswith(o) and n != o]


def _links(units: pl.DataFrame, column: str) -> dict[str, str]:
    return dict(units.select("unit_id", column).drop_nulls().iter_rows())


def _version(*frames: pl.DataFrame) -> str:
    digest = hashlib.sha256()
    for frame in frames:
        digest.update(frame.select(sorted(frame.columns)).sort(pl.all()).write_csv().encode())
    return digest.hexdigest()[:12]
