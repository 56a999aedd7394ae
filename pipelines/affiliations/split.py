"""Address string -> segments and match keys. Latin forms (WoS, EI, Inspec, 1970s capitals) and Chinese ones, also glued."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl

from pipelines.core.text import fold

HAN = re.compile(r"[\u3400-\u9fff]")
_BREAK = re.compile(r"[,;，；|]")
_ORDINAL_MARK = re.compile(r"^\s*(?:\(\d+\)|[a-h]\)|\d\s)\s*")
_MAIL = re.compile(r"\S+@\S+")
_ASCII_WORD = re.compile("[a-z0-9]+")
_APOSTROPHE = re.compile(r"['’`´]")
_EAST = re.compile(r"\bE\.?(?=\s+[A-Z][a-z])")  # 'E China Univ'; a small e is Portuguese for and
# Words that carry no name, and their everyday slips.
LINK_WORDS = frozenset(
    re.findall(
        r"\w+",
        "of the for and at in a an de la le les des du di del della do da dos e et y und der die al el nad adn teh fro fo",
    )
)
_BRACKET = re.compile(r"\s*\([^()]*\)$")
_KIND_INSIDE = re.compile(r"Coll|Univ|Inst|Hosp|Sch|Acad|Co\b|Ltd", re.IGNORECASE)  # (City College) is another body
_ENGLISH_LINKS = frozenset(("of", "the", "for", "and", "at", "in"))
# Character for character, so that a place in the folded text is the same place in the printed one.
_HAN_PAIRS = (
    "（( ）) 【( 】) ［( ］) 和与 及与 學学 國国 際际 電电 氣气 機机 與与 實实 驗验 醫医 點点 嶺岭 廣广 東东 環环 術术 經经 濟济 "
    "馬马 農农 業业 車车 門门 長长 遼辽 寧宁 陽阳 華华 師师 範范 語语 資资 訊讯 衛卫 藝艺 體体 應应 動动 係系 類类 與与"
)
_HAN_FOLD = str.maketrans({pair[0]: pair[1] for pair in _HAN_PAIRS.split()})


def latin_segments(address: str) -> list[str]:
    """Parts between commas and semicolons, without list numbers and e-mail addresses."""
    parts = (_ORDINAL_MARK.sub("", _MAIL.sub("", p)).strip(" .") for p in _BREAK.split(address))
    return [p for p in parts if p]


def without_tail(segment: str) -> str:
    """'Scotfield Rural Coll SRUC' without its own acronym, 'Scotfield College (Fiji)' without the bracket; else empty."""
    bracket = _BRACKET.search(segment)
    if bracket and not _KIND_INSIDE.search(bracket.group()):
        return segment[: bracket.start()]
    printed = segment.split()
    for place in range(2, len(printed) - 1):  # Northland Inst Technol NIT Harrow
        before = "".join(w[0] for w in _named_words(" ".join(printed[:place])))
        if len(before) > 2 and printed[place].isupper() and printed[place].lower() == before and not segment.isupper():
            return " ".join(printed[:place] + printed[place + 1 :])
    base, _, last = segment.rpartition(" ")
    short = last.strip("()").lower()
    words = [w for w in _named_words(base) if w.isalpha()]
    if len(words) < 2 or not 3 <= len(short) <= 7 or not last.strip("()").isupper() or base.isupper():
        return ""
    initials = sorted(w[0] for w in words)
    letters = iter("".join(words))
    in_order = short[0] == words[0][0] and all(c in letters for c in short)
    return base if in_order or sorted(short) == initials else ""


def shifted(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The words with a blank one letter too late or too early put right: 'Chemica lEngineering', 'o fChemistry'."""
    found: list[tuple[str, ...]] = []
    for i in range(len(words) - 1):
        left, right = words[i], words[i + 1]
        for pair in ((left[:-1], left[-1] + right), (left + right[0], right[1:])):
            if all(pair):
                found.append((*words[:i], *pair, *words[i + 2 :]))
    return found


def han_text(address: str) -> str:
    """Chinese address folded for look-up: half width, simplified, 和 and 及 as 与; every character keeps its place."""
    narrow = "".join(_narrow(c) for c in address)
    return narrow.translate(_HAN_FOLD)


def _narrow(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


@dataclass(frozen=True, eq=False)
class Words:
    """Address words and their abbreviations.

    `canonical` puts all spellings that some abbreviation joins into one family (Elect: electrical and electronic); it finds.
    `expansions` says what an abbreviation can stand for; it decides, and there electrical is not electronic.
    """

    canonical: Mapping[str, str]
    expansions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _related: dict[tuple[str, str], bool] = field(default_factory=dict)
    _family: dict[str, str] = field(default_factory=dict)
    _keys: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def all(self, text: str) -> tuple[str, ...]:
        """Every folded word as printed."""
        return _all_words(text)

    def exact(self, text: str) -> tuple[str, ...]:
        """Words as printed, folded; link words dropped."""
        return _named_words(text)

    def named(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Words that carry the name: without of, the, and …"""
        return tuple(w for w in words if w not in LINK_WORDS)

    def key(self, text: str) -> tuple[str, ...]:
        """Words as families: 'Univ Technol', 'University of Technology' and 'Univ. of Technol.' give one key."""
        found = self._keys.get(text)
        if found is None:
            found = self._keys[text] = tuple(self.word(w) for w in self.exact(text))
        return found

    def joined(self, text: str) -> str:
        """Families in one run: 'Xi An Jiao Tong Univ' is Xi'an Jiaotong University, and the An is no article."""
        return "".join(self.word(w) for w in self.all(text) if w not in _ENGLISH_LINKS)

    def word(self, word: str) -> str:
        """Family of one folded word; the plural goes with the singular."""
        found = self._family.get(word)
        if found is None:
            one = _singular(word)
            found = self._family[word] = self.canonical.get(word) or self.canonical.get(one) or one
        return found

    def is_known(self, word: str) -> bool:
        """Whether the abbreviation dictionary has the word."""
        return word in self.canonical or _singular(word) in self.canonical

    def related(self, left: str, right: str) -> bool:
        """Whether two words are spellings of one: abbreviation and word, truncation, plural, one derived from the other."""
        if left == right:
            return True
        pair = (left, right)
        if pair not in self._related:
            self._related[pair] = self._spellings(left, right)
        return self._related[pair]

    def _spellings(self, left: str, right: str) -> bool:
        one, other = _singular(left), _singular(right)
        means_one, means_other = self.expansions.get(left), self.expansions.get(right)
        if one == other or (means_one and other in means_one) or (means_other and one in means_other):
            return True
        if means_one and means_other:
            return bool(means_one & means_other)
        short, long = sorted((one, other), key=len)
        if long.startswith(short):
            return len(short) >= 3 and short not in self.expansions
        return not means_one and not means_other and long[:7] == short[:7] and len(short) >= 7

    def families(self, words: tuple[str, ...]) -> frozenset[str]:
        """Canonical forms of several words."""
        return _families(self, words)


@lru_cache(maxsize=200_000)
def _all_words(text: str) -> tuple[str, ...]:
    if text.isascii() and "&" not in text and "<" not in text:  # what `fold` would give, at a fifth of the time
        return tuple(_ASCII_WORD.findall(text.replace("'", "").replace("`", "").lower()))
    return tuple(fold(_APOSTROPHE.sub("", text)).split())


@lru_cache(maxsize=200_000)
def _named_words(text: str) -> tuple[str, ...]:
    return tuple(w for w in _all_words(_EAST.sub("East", text)) if w not in LINK_WORDS)


@lru_cache(maxsize=64)
def _families(words: Words, spellings: tuple[str, ...]) -> frozenset[str]:
    return frozenset(words.word(s) for s in spellings)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


def words_from(abbreviations: pl.DataFrame) -> Words:
    """Families of words from the abbreviation dictionary: spellings that share a line belong together."""
    parent: dict[str, str] = {}

    def root(word: str) -> str:
        while parent.setdefault(word, word) != word:
            word = parent[word]
        return word

    expansions: dict[str, set[str]] = {}
    for short, long in abbreviations.select("abbreviation", "expansion").sort("abbreviation", "expansion").iter_rows():
        expansions.setdefault(short, set()).add(_singular(long))
        for spelling in (long, _singular(long)):
            left, right = sorted((root(short), root(spelling)))
            parent[right] = left
    families = {word: root(word) for word in sorted(parent)}
    return Words(families, {short: frozenset(long) for short, long in expansions.items()})
