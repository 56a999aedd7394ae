"""Which institutions and units can a piece of an address name? Recall: exact alias, then key, then careful fuzzy."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl
from rapidfuzz.distance import OSA

from pipelines.affiliations.split import HAN, Words, han_text, shifted, without_tail, words_from

# Ways in the order they are tried; the score says how sure the way alone makes us.
SCORES = {
    "alias": 1.0,
    "key": 0.98,
    "joined": 0.96,
    "turned": 0.95,
    "tail": 0.95,
    "shifted": 0.93,
    "head": 0.9,
    "fuzzy": 0.88,
}
ALONE = 6  # letters a name of one word must have to be recognised with a slip
CROWD = 300  # names that share one beginning in one place: more are not looked through for slips
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
INSTITUTION_WORDS = ("university", "corporation", "company", "limited", "ltd", "inc", "gmbh")


Block = tuple[int, int, str]
Names = dict[tuple[str, ...], dict[str, str]]


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
    """Look-up of Latin names: whole texts only, never a prefix. All words must agree, each as a spelling of its counterpart."""

    words: Words
    exact: dict[tuple[str, ...], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    joined: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    # (number of words, place, first letters of the family) -> words of a name -> entries and the name as printed
    plain: dict[Block, Names] = field(default_factory=lambda: defaultdict(lambda: defaultdict(dict)))
    turned: dict[Block, Names] = field(default_factory=lambda: defaultdict(lambda: defaultdict(dict)))
    headless: dict[Block, Names] = field(default_factory=lambda: defaultdict(lambda: defaultdict(dict)))
    # place of a word, families of the others, its first letter -> words of names
    gaps: dict[tuple[int, tuple[str, ...], str], set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))
    vocabulary: set[str] = field(default_factory=set)
    blocks: dict[tuple[str, ...], list[Block]] = field(default_factory=dict)
    single: set[tuple[str, ...]] = field(default_factory=set)  # names of one word, long enough to be misspelt
    # Names that addresses print in several segments: key of the first segment -> keys of whole names
    spread: dict[tuple[str, ...], set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))
    keys: Names = field(default_factory=lambda: defaultdict(dict))  # families of words -> entries
    # Names that end with a place, which addresses print as the city: key of what is before it -> the place's words
    seated: dict[tuple[str, ...], set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))

    def add(self, name: str, entry: str) -> None:
        """Make a name findable by every way."""
        exact = self.words.exact(name)
        if not exact:
            return
        self.exact[exact].setdefault(entry, name)
        self.joined[self.words.joined(name)].setdefault(entry, name)
        self.vocabulary.update(exact)
        key = self.words.key(name)
        for place, word in enumerate(exact):
            self.gaps[place, key[:place] + key[place + 1 :], word[0]].add(exact)
        if "," in name:
            self.spread[self.words.key(name.partition(",")[0])].add(self.words.key(name))
        self.keys[key].setdefault(entry, name)
        for size in (1, 2):
            if len(key) >= size + 2 and not any(self.words.is_known(w) for w in exact[-size:]):
                self.seated[key[:-size]].add(key[-size:])
        self._file(self.plain, exact, entry, name)
        if len(exact) == 1 and len(exact[0]) >= ALONE:
            self.single.add(exact)
        self._file(self.turned, self._turn(exact), entry, name)
        for rest in self._without_college_word(exact):
            self._file(self.headless, rest, entry, name)

    def join_parts(self) -> None:
        """Once all names are in: 'Linghai Univ, City Coll' is Linghai Univ City Coll, though Linghai Univ is a name too."""
        keys = {self.words.named(tuple(self.words.word(w) for w in exact)) for exact in self.exact}
        for key in keys:
            for cut in range(1, len(key)):
                if key[:cut] in keys or key[cut:] in keys:
                    self.spread[key[:cut]].add(key)

    def _file(self, shelf: dict[Block, Names], words: tuple[str, ...], entry: str, name: str) -> None:
        for block in self._blocks(words):
            shelf[block][words].setdefault(entry, name)

    def _blocks(self, words: tuple[str, ...]) -> list[Block]:
        found = self.blocks.get(words)
        if found is None:
            size, word = len(words), self.words.word
            found = self.blocks[words] = [(size, place, word(w)[:3]) for place, w in enumerate(words)]
        return found

    def find(self, text: str, fuzzy: bool = True) -> list[Candidate]:
        """All entries that the first successful way gives, sorted by id."""
        exact = self.words.exact(text)
        if not exact:
            return []
        for way, hits in self._ways(exact, text):
            if hits:
                return [Candidate(i, way, SCORES[way], n) for i, n in sorted(hits.items())]
        return self._misspelt(exact) if fuzzy and self._strange(exact) <= 1 else []

    def _ways(self, exact: tuple[str, ...], text: str) -> Iterator[tuple[str, dict[str, str]]]:
        yield "alias", self.exact.get(exact, {})
        yield "key", self._agreeing(self.plain, exact)
        yield "joined", self.joined.get(self.words.joined(text), {})
        yield "turned", self._agreeing(self.turned, self._turn(exact))
        if self._has_kind(exact):
            for words in shifted(self.words.all(text)):
                yield "shifted", self._agreeing(self.plain, self.words.named(words))
        if shorter := without_tail(text):
            yield "tail", self._agreeing(self.plain, self.words.exact(shorter))
        yield "tail", self._twice(self.words.key(text))
        for rest in self._without_college_word(exact):
            yield "head", self._agreeing(self.headless, rest)

    def _twice(self, key: tuple[str, ...]) -> dict[str, str]:
        """'Harrow Inst Technol TU Harrow': two names of one institution."""
        cuts = ((self.keys.get(key[:i], {}), self.keys.get(key[i:], {})) for i in range(1, len(key)))
        return next(
            ({i: left[i] for i in left.keys() & right.keys()} for left, right in cuts if left.keys() & right), {}
        )

    def _has_kind(self, words: tuple[str, ...]) -> bool:
        kinds = self.words.families(("university", *KIND_WORDS))
        return any(self.words.word(w) in kinds for w in words)

    def _strange(self, words: tuple[str, ...]) -> int:
        """How many words stand where no name has a word that begins so: with two or more no slip can explain them."""
        return sum(block not in self.plain for block in self._blocks(words))

    def bare(self, text: str) -> list[Candidate]:
        """Entries that a text without any kind word can mean: 'CHEM ENGN' in addresses of the 1970s."""
        hits = self._agreeing(self.headless, self.words.exact(text))
        return [Candidate(i, "head", SCORES["head"], n) for i, n in sorted(hits.items())]

    def _agreeing(self, shelf: dict[Block, Names], words: tuple[str, ...]) -> dict[str, str]:
        """Entries of the shelf whose words all are spellings of the given ones."""
        if not words:
            return {}
        narrowest = min((shelf.get(block, {}) for block in self._blocks(words)), key=len)
        found: dict[str, str] = {}
        for names, entries in narrowest.items():
            if len(words) == 1 and self.words.word(words[0]) != self.words.word(names[0]):
                continue  # one word cut short can be anything: 'China' is no CHINADA
            if all(self.words.related(a, b) for a, b in zip(words, names, strict=True)):
                found |= entries
        return found

    def _turn(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Kind word first, the rest in its order: 'Univ Linghai' is 'Linghai Univ', but Engn Mech is not Mech Engn."""
        kinds = self.words.families(("university", *KIND_WORDS))
        place = next((i for i, word in enumerate(words) if self.words.word(word) in kinds), 0)
        return (words[place], *words[:place], *words[place + 1 :])

    def _without_college_word(self, words: tuple[str, ...]) -> list[tuple[str, ...]]:
        """What is left when the word for a college, standing first or last, is taken away."""
        kinds = self.words.families(COLLEGE_WORDS)
        ends = ((words[0], words[1:]), (words[-1], words[:-1]))
        return [rest for head, rest in ends if rest and self.words.word(head) in kinds]

    def _misspelt(self, words: tuple[str, ...]) -> list[Candidate]:
        """One word with a slip, all other words right. A word that the dictionary knows is no slip."""
        found: dict[str, Candidate] = {}
        for names in sorted(self._near(words)):
            odd = [(a, b) for a, b in zip(words, names, strict=True) if not self.words.related(a, b)]
            if len(odd) == 1 and odd[0][0] not in self.vocabulary and self._slip(*odd[0], alone=len(words) == 1):
                for entry, name in self.exact[names].items():
                    found.setdefault(entry, Candidate(entry, "fuzzy", SCORES["fuzzy"], name, *odd[0]))
        return [found[entry] for entry in sorted(found)]

    def _near(self, words: tuple[str, ...]) -> set[tuple[str, ...]]:
        """Names that can differ in one place: few enough to look through, or with all other families and the first letter."""
        if len(words) == 1:
            return set(self.single) if len(self.single) <= CROWD else set()
        blocks, key = self._blocks(words), tuple(self.words.word(w) for w in words)
        found: set[tuple[str, ...]] = set()
        for place, word in enumerate(words):
            narrowest = min((self.plain.get(b, {}) for b in blocks[:place] + blocks[place + 1 :]), key=len)
            if len(narrowest) <= CROWD:
                found.update(narrowest)
            found.update(self.gaps.get((place, key[:place] + key[place + 1 :], word[0]), ()))
        return found

    def _slip(self, written: str, meant: str, alone: bool) -> bool:
        """One letter wrong, missing, doubled or two exchanged; in long words two exchanges."""
        if len(meant) < (ALONE if alone else 4) or self.words.is_known(written):
            return False
        slips = OSA.distance(written, meant, score_cutoff=2)
        return slips <= 1 or (slips == 2 and len(meant) >= 9 and sorted(written) == sorted(meant))


def is_slip(written: str, meant: str) -> bool:
    """Whether one letter is wrong, missing, added or two neighbours are exchanged."""
    return OSA.distance(written, meant, score_cutoff=1) <= 1


@dataclass
class Han:
    """Look-up of Chinese names: the longest name that starts at a place of the text."""

    names: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    longer: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
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

    def join_parts(self) -> None:
        """Once all names are in: 岭海大学 城市学院 with a blank is 岭海大学城市学院, though 岭海大学 is a name too."""
        for name in self.names:
            for cut in range(2, len(name)):
                if name[:cut] in self.names:
                    self.longer[name[:cut]].add(name[cut:])

    def at(self, text: str, start: int) -> tuple[int, list[Candidate]]:
        """End of the longest name starting here and the entries that bear it; (start, []) when there is none."""
        end, found = self._at(text, start)
        for rest in sorted(self.longer.get(text[start:end], ()), key=len, reverse=True):
            gap = len(text) - len(text[end:].lstrip(" ,"))
            if gap > end and text.startswith(rest, gap):
                hits = self.names[text[start:end] + rest]
                return gap + len(rest), [Candidate(i, "joined", SCORES["joined"], n) for i, n in sorted(hits.items())]
        return end, found

    def _at(self, text: str, start: int) -> tuple[int, list[Candidate]]:
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
    proper_words: Mapping[str, frozenset[str]]  # institution -> words of its names that are no everyday address words
    parents: Mapping[str, str]
    successors: Mapping[str, str]
    kinds: Mapping[str, str]
    version: str
    country: str = ""  # of our university, as the dictionary writes it

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
        proper_words=_proper_words(words, _named(institutions, "institution_id", institution_aliases)),
        parents=_links(units, "parent_id"),
        successors=_links(units, "successor_id"),
        kinds=dict(units.select("unit_id", "unit_kind").iter_rows()),
        version=_version(institutions, institution_aliases, units, unit_aliases, abbreviations),
        country=next(iter(institutions.filter(kind="own").sort("institution_id")["country"].drop_nulls()), ""),
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
    latin.join_parts()
    han.join_parts()
    return latin, han


def _proper_words(words: Words, names: list[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for entry, name in names:
        shown = words.exact(name)
        if not HAN.search(name) and len(shown) > 1:
            found[entry].update(w for w in shown if len(w) > 3 and not words.is_known(w))
    return {entry: frozenset(shown) for entry, shown in sorted(found.items())}


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
