"""A registry of institutions made searchable: words of names, what is rare, what is general, who belongs to whom."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from pipelines.affiliations.candidates import Han, is_slip
from pipelines.affiliations.places import Places
from pipelines.affiliations.split import LINK_WORDS, Words

Key = tuple[str, ...]
COMPANY_FORMS = [
    "ltd",
    "limited",
    "inc",
    "incorporated",
    "gmbh",
    "corp",
    "corporation",
    "co",
    "company",
    "llc",
    "plc",
    "ag",
    "sa",
    "srl",
    "spa",
    "bv",
    "nv",
    "kk",
    "sas",
    "ab",
    "as",
    "oy",
    "ev",
    "pvt",
    "pte",
    "pty",
    "lp",
    "llp",
    "sarl",
    "aktiengesellschaft",
    "kg",
    "verein",
]
INSTITUTION_KINDS = [
    "university",
    "institute",
    "hospital",
    "college",
    "academy",
    "polytechnic",
    "council",
    "agency",
    "ministry",
    "society",
    "observatory",
    "museum",
    "clinic",
]
UNIT_KINDS = [
    "department",
    "school",
    "faculty",
    "division",
    "college",
    "section",
    "unit",
    "institute",
    "center",
    "laboratory",
    "group",
    "program",
]
OTHER_KINDS = [
    "foundation",
    "corporation",
    "company",
    "association",
    "consortium",
    "network",
    "organization",
    "service",
    "bureau",
    "commission",
    "authority",
    "library",
]
SCHOOL_KINDS = ("school", "college", "faculty", "department", "division")
# Words between the words of a name, beyond those that every address drops.
_LINKS = LINK_WORDS | frozenset(
    re.findall(
        r"\w+",
        "degli studi delle dello dei dall zu zur zum im am van het voor den ve na we w el "
        "los las l d dos das ao aux au sur sous og av til for von vom to with by",
    )
)
AND = frozenset(("and", "et", "e", "y", "und"))
_ROMAN = dict(
    zip(
        ["ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii", "xiii"],
        ["2", "3", "4", "6", "7", "8", "9", "11", "12", "13"],
        strict=True,
    )
)
_INITIALS = re.compile(r"\b(?:[A-Za-z]\.\s?){2,}(?![a-z])")
_ELIDED = re.compile(r"\b(?:d|l|dell|nell|all|un|sull)['’‘`´ʼ](?=\w)", re.IGNORECASE)
_JOINED = re.compile(
    r"(?<=[a-zäöüéß])(?=(?:Univ|Inst|Hosp|Coll|School|Dep|Lab|Tech|Acad|Cent|Facult|Minist))|(?<=[a-z]{4}of)(?=[A-Z])"
    r"|(?<=\bof)(?=[A-Z])|(?<=\bthe)(?=[A-Z])|(?<=niversity)(?=of\b)|(?<=nstitute)(?=of\b)|(?<=epartment)(?=of\b)"
)
_COMPOUND = re.compile(
    r"\b(universitets|universitaets|universitats|forschungs)"
    r"(klinikum|kliniken|klinik|spital|krankenhaus|medizin|hospital|sykehus|sjukhuset|sjukhus|zentrum|institut)\b"
)
_CAMEL = re.compile(r"(?<=[a-zß-ÿ]{2})(?=[A-Z][a-zß-ÿ]{3})|(?<=[A-Z]{3})(?=[A-Z][a-z]{3})")  # FrancheComté
_LETTERS = re.compile(r"[^\W\d_]+")
RARE = 6.6  # a word in fewer than about one name in 700 tells institutions apart wherever they are
LOCAL = 0.6  # a word of which so large a share of the names is in one country is a proper name (fitted on springer2023_rest)
FEW = 5  # names; words seen less often are proper names
KNOWN = 5.0  # a word that so much more names have (e^5: 150 times) is what a misspelt one in the registry means
SLIP = 6  # letters a word must have to be read with a slip


class Holder(NamedTuple):
    """How an institution bears a name."""

    main: bool  # its name, not an alias
    acronym: bool
    name: str
    seat: frozenset[str] = frozenset()  # words of its city, left out of the name and stated elsewhere


class Entry(NamedTuple):
    """An institution of the registry."""

    id: str
    name: str
    country: str | None
    city: frozenset[str]
    status: str
    kind: str
    parents: frozenset[str]
    related: frozenset[str]

    @property
    def teaches(self) -> bool:
        """A university or college."""
        return "education" in self.kind


@dataclass(eq=False)
class Registry:
    """Names of institutions by their words. Built once; searching changes nothing but the memory of misspelt words."""

    words: Words
    places: Places
    entries: dict[str, Entry] = field(default_factory=dict)
    trie: dict[str, Any] = field(default_factory=dict)  # word -> …; "" -> holders of the name that ends here
    names: dict[Key, dict[str, Holder]] = field(default_factory=dict)
    bags: dict[Key, dict[str, Holder]] = field(default_factory=dict)  # the same in any order
    pairs: set[Key] = field(default_factory=set)  # words that follow each other in a name
    joined: dict[str, Key] = field(default_factory=dict)  # words of a name in one run -> the name
    longer: dict[Key, list[tuple[frozenset[str], str]]] = field(default_factory=lambda: defaultdict(list))
    headless: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))  # universities without that word
    by_word: dict[str, list[Key]] = field(default_factory=lambda: defaultdict(list))  # two rarest words -> names
    han: Han = field(default_factory=Han)
    rarity: dict[str, float] = field(default_factory=dict)
    towns: Counter[tuple[str, str | None]] = field(default_factory=Counter)  # institutions in a town of one word
    city_words: frozenset[str] = frozenset()
    common: frozenset[str] = frozenset()  # words that names of many countries share
    slips: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # word less one letter -> words
    rarest: float = 0.0  # rarity of a word that one institution has
    _fixed: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        family = self.words.families
        self.forms = family(tuple(COMPANY_FORMS))
        self.institution_kinds = family(tuple(INSTITUTION_KINDS))
        self.unit_kinds = family(tuple(UNIT_KINDS))
        self.school_kinds = family(SCHOOL_KINDS)
        self.university = self.word("university")
        self.seated_kinds = family(("university", "hospital"))
        self.kinds = self.institution_kinds | self.unit_kinds | family(tuple(OTHER_KINDS))
        self.place_words = frozenset(w for key in self.places.codes for w in key)

    # --- words

    def split(self, text: str) -> Iterator[tuple[str, str]]:
        """Words of a text as printed (folded), each with the link word (of, and, …) before it, empty where none stands."""
        link = ""
        for word in self.printed(text):
            if word in _LINKS:
                link = word
            else:
                yield word, link
                link = ""

    def printed(self, text: str) -> Key:
        """Folded words; initials with full stops are one word, words printed without a blank between are two."""
        if _JOINED.search(text) or (self.rarity and _CAMEL.search(text)):
            text = _LETTERS.sub(self._apart, text)
        text = _INITIALS.sub(_initials, _ELIDED.sub(" ", text))
        words = self.words.all(text.replace("&", " and ").replace("+", " "))
        line = " ".join(words)
        return tuple(_COMPOUND.sub(r"\1 \2", line).split()) if _COMPOUND.search(line) else words

    def _apart(self, found: re.Match[str]) -> str:
        word = found.group()
        if self.word(word.lower()) in self.rarity:
            return word
        apart = _JOINED.sub(" ", word)
        return _CAMEL.sub(" ", apart) if self.rarity else apart

    def key(self, text: str) -> Key:
        """Families of the words that carry the name."""
        return tuple(self.word(w) for w, _ in self.split(text))

    def word(self, printed: str) -> str:
        """Family of a word: abbreviations, languages, plural, Roman numbers."""
        return _ROMAN.get(printed) or self.words.word(printed)

    def mended(self, word: str) -> str:
        """The word that is meant by one which no name has (or one misspelt name) and which differs by one slip, else itself."""
        rare = self.rarity.get(word, math.inf)
        if rare < self.rarest or len(word) < SLIP or not word.isalpha() or word in self.city_words:
            return word
        if word not in self._fixed:
            near = {w for less in _less(word) for w in self.slips.get(less, ())}
            near = {f for w in near if w[0] == word[0] and is_slip(word, w) and (f := self.word(w)) in self.rarity}
            often = sorted(near, key=lambda w: (self.rarity[w], w))
            clear = len(often) == 1 or (
                len(often) > 1 and self.rarity[often[1]] - self.rarity[often[0]] > math.log(FEW)
            )
            self._fixed[word] = often[0] if clear else word
        return self._fixed[word]

    def national(self, following: str) -> str | None:
        """Nat. is national where no name goes on from natural in the same way."""
        national, natural = self.word("national"), self.word("natural")
        return national if (national, following) in self.pairs and (natural, following) not in self.pairs else None

    def weight(self, words: Iterable[str]) -> float:
        """Sum of the rarity of words: natural logarithm of institutions per institution that has the word."""
        return sum(self.rarity.get(w, 10.0) for w in words)

    def is_general(self, words: Iterable[str]) -> bool:
        """Whether no word is a proper name: Institute of Physics, General Hospital."""
        return all(w in self.common for w in words)

    # --- building

    def fill(self, entries: list[Entry], bearing: list[tuple[Key, str, Holder]]) -> None:
        """Index the names; a withdrawn record's names lead where its successor is (`bearing` says so already)."""
        self.entries = {e.id: e for e in entries}
        self.city_words = frozenset(w for e in entries for w in e.city)
        self.towns = Counter((w, e.country) for e in entries for w in e.city if len(e.city) == 1)
        where: dict[str, Counter[str | None]] = defaultdict(Counter)
        for entry, words in _words_by_entry(bearing):
            for word in words:
                where[word][self.entries[entry].country] += 1
        self.rarity = {w: math.log(len(entries) / c.total()) for w, c in where.items()}
        self.rarest = max(self.rarity.values(), default=0.0)
        self.common = self._common(where)
        for key, entry, holder in bearing:
            self._file_name(key, entry, holder)
            self.names.setdefault(key, {}).setdefault(entry, holder)
            self.bags.setdefault(tuple(sorted(key)), {}).setdefault(entry, holder)
            self._file_headless(key, entry, holder)
        for key in self.names:
            self.joined.setdefault("".join(key), key)
            self.pairs.update(pairwise(key))
            self._file_longer(key)
            for word in sorted(set(key), key=lambda w: (-self.rarity[w], w))[:2]:
                self.by_word[word].append(key)
        for word in self.rarity.keys() | self.words.canonical.keys():
            if len(word) >= SLIP and word.isascii() and word.isalpha():
                for less in _less(word):
                    self.slips[less].append(word)

    def _file_name(self, key: Key, entry: str, holder: Holder) -> None:
        node = self.trie
        for word in key:
            node = node.setdefault(word, {})
        node.setdefault("", {}).setdefault(entry, holder)

    def add_shorter(self, key: Key, entry: str, holder: Holder) -> None:
        """Make a shortened name findable where no institution bears it as its name."""
        if key not in self.names:
            self._file_name(key, entry, holder)

    def may_be_seated(self, rest: Key) -> bool:
        """Whether a name without its city still says what is meant: a university, a hospital, a longer institute."""
        return bool(self.seated_kinds.intersection(rest)) or (
            len(rest) > 2 and bool(self.institution_kinds.intersection(rest))
        )

    def _common(self, where: dict[str, Counter[str | None]]) -> frozenset[str]:
        """Kinds, and words whose names are spread over countries; the name of a country tells apart all the same."""
        lands = {self.word(w) for key in self.places.codes if len(key) == 1 for w in key} | {"hong", "kong"}

        def spread(word: str, seen: Counter[str | None]) -> bool:
            often = seen.total() >= FEW and self.rarity[word] < RARE
            return often and word not in lands and max(seen.values()) < LOCAL * seen.total()

        return frozenset(w for w, seen in where.items() if w in self.kinds or spread(w, seen))

    def _file_headless(self, key: Key, entry: str, holder: Holder) -> None:
        university = self.word("university")
        rest = tuple(w for w in key if w != university)
        if (
            self.entries[entry].teaches
            and rest
            and (len(rest) < len(key) or holder.acronym)
            and not self.is_general(rest)
        ):
            self.headless[rest].add(entry)

    def _file_longer(self, key: Key) -> None:
        """University of California -> San Diego: names that begin with a whole name."""
        for size in range(2, len(key)):
            if key[:size] in self.names:
                rest = frozenset(key[size:])
                self.longer[key[:size]].extend((rest, entry) for entry in sorted(self.names[key]))


def _words_by_entry(bearing: list[tuple[Key, str, Holder]]) -> Iterator[tuple[str, set[str]]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, entry, _ in bearing:
        found[entry].update(key)
    yield from found.items()


def _less(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))} | {word}


def _initials(found: re.Match[str]) -> str:
    return found.group().replace(".", "").replace(" ", "") + " "
