"""Personal names: how they are written, and which writings can be the same person. Used by deduplication and by people.

Key of a name: surname, blank, given name, in pinyin letters without accents: 'wang xiaoming', initials 'wang xm'.
ü is folded to u in keys ('Lv', 'Lyu', 'Lü' all give 'lu'); `Name.has_umlaut` keeps what the writing really showed.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import product
from typing import NamedTuple

import polars as pl
from pypinyin import lazy_pinyin
from pypinyin.constants import PINYIN_DICT
from unidecode import unidecode

from pipelines.core import dictionaries

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_NOT_NAME_HAN = re.compile(r"[^\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f·•・‧.．]")
_DOTS = re.compile(r"[·•・‧.．]")
_SEPARATORS = re.compile(r"[\s.\-‐‑‒–—_·•'’`]+")
_DOTTED_U = re.compile("[ln]ü")
_NOT_LETTERS = re.compile(r"[^a-z]+")
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_GENERATIONS = frozenset({"Jr", "Sr"})  # initials have two capitals: 'Huang, JR', 'Ivanov, II'
_BRACKETS = re.compile(r"[(（\[][^)）\]]*[)）\]]")
_TITLE_LETTERS = 6  # fewer say little; an English title that can be read as pinyin ('Nature') does no harm
_MANY_WRITINGS = 16  # polyphones multiply; a name with more readings than this is not worth them


class Name(NamedTuple):
    """A name taken apart: folded surname and given name, and what the writing showed."""

    surname: str
    given: str
    is_initials: bool = False
    has_umlaut: bool = False
    native: str = ""
    initials: str = ""  # of the given name where its syllables are seen apart; '' when they are joined

    @property
    def key(self) -> str:
        return f"{self.surname} {self.given}".strip()


@dataclass(frozen=True)
class Surnames:
    """What dictionaries/common/surnames.csv knows."""

    readings: Mapping[str, tuple[str, ...]]
    given_readings: Mapping[str, tuple[str, ...]]
    rank: Mapping[str, int] = field(default_factory=dict)
    compounds: frozenset[tuple[str, str]] = frozenset()


def surnames_from(frame: pl.DataFrame) -> Surnames:
    """Index the surname dictionary (columns character, position, readings, rank)."""
    rows = frame.select("character", "position", "readings", "rank").sort("position", "character").rows()
    surname = {c: tuple(r.split(";")) for c, p, r, _ in rows if p == "surname"}
    given = {c: tuple(r.split(";")) for c, p, r, _ in rows if p == "given"}
    rank: dict[str, int] = {}
    for _, position, readings, order in rows:
        if position == "surname":
            for reading in readings.split(";"):
                key, place = fold(reading), int(order or 900)
                rank[key] = min(place, rank.get(key, place))
    pairs = frozenset(_two_syllables(fold(r)) for c, rs in surname.items() if len(c) == 2 for r in rs)
    return Surnames(surname, given, rank, pairs)


@cache
def default_surnames() -> Surnames:
    """The shipped surname dictionary, read once."""
    return surnames_from(dictionaries.load("surnames", "common"))


def fold(text: str) -> str:
    """Lower-case letters only; accents dropped; pinyin ü written v, yu or with dots becomes u."""
    return _fold_umlaut(_letters(text))


def _letters(text: str) -> str:
    if not text.isascii():
        text = unidecode("".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)))
    return _NOT_LETTERS.sub("", text.lower())


@lru_cache(maxsize=200_000)
def _fold_umlaut(letters: str) -> str:
    if not re.search(r"[ln](v|yu)", letters) or _pinyin_word().fullmatch(letters):
        return letters
    folded = re.sub(r"([ln])(?:v|yu)", r"\1u", letters)
    return folded if _pinyin_word().fullmatch(folded) else letters


def shows_umlaut(text: str) -> bool:
    """Whether a Latin writing spells out ü ('Lv', 'Lyu', 'Lü'); a plain u says nothing."""
    letters = _letters(text)
    return bool(_DOTTED_U.search(unicodedata.normalize("NFC", text.lower()))) or _fold_umlaut(letters) != letters


@cache
def syllables() -> frozenset[str]:
    """All syllables of Mandarin without tones, ü as u."""
    readings = {r for value in PINYIN_DICT.values() for r in value.split(",")}
    plain = {"".join(c for c in unicodedata.normalize("NFD", r) if not unicodedata.combining(c)) for r in readings}
    return frozenset(s for s in plain if re.search("[aeiou]", s) and s.isalpha() and s.isascii()) - {"o", "yo", "lo"}


@cache
def _pinyin_word() -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(sorted(syllables(), key=lambda s: (-len(s), s))) + ")+")


@lru_cache(maxsize=200_000)
def is_pinyin(letters: str) -> bool:
    """Whether letters can be read as one or more Mandarin syllables."""
    return _pinyin_word().fullmatch(letters) is not None


@lru_cache(maxsize=200_000)
def initials_of(given: str) -> frozenset[str]:
    """Initials a joined given name can have: 'xiaoming' -> xm; 'xian' -> x, xa. Not pinyin: its first letter."""
    found: dict[int, set[str]] = {0: {""}}
    for start in range(len(given)):
        for end in range(start + 1, min(start + 6, len(given)) + 1) if start in found else ():
            if given[start:end] in syllables():
                found.setdefault(end, set()).update(i + given[start] for i in found[start])
    return frozenset(found.get(len(given), set()) or {given[:1]})


def native_key(name: str | None) -> str:
    """The Han characters of a name, nothing else; '' when it has none."""
    return "".join(HAN.findall(name or ""))


def pinyin_of_title(name: str) -> str | None:
    """Letters of a Chinese name of a journal, from its characters or as printed in pinyin before a slash; None for other names.

    '岩土力学', 'Yantu Lixue/Rock and Soil Mechanics' -> 'yantulixue'. Editions in brackets do not count.
    """
    bare = _BRACKETS.sub("", name)
    han = HAN.findall(bare)
    if han:
        return "".join(fold(part) for part in _readings("".join(han))) or None
    letters = fold(bare.partition("/")[0])
    return letters if len(letters) >= _TITLE_LETTERS and is_pinyin(letters) else None


def parse(name: str, surnames: Surnames | None = None) -> Name:
    """Take one written name apart: Han, 'Surname, Given', 'Surname GM' or 'Given Surname'."""
    known = surnames or default_surnames()
    if HAN.search(name):
        return _parse_han(name, known)
    if not name.isascii():
        name = name.replace("，", ",").replace("．", ".")
    parts = [p.strip() for p in name.split(",")]
    parts = [p for n, p in enumerate(parts) if p and (n < 2 or _NOT_LETTERS.sub("", p.lower()) not in _SUFFIXES)]
    if len(parts) > 2 and parts[1].lower().strip(".") in _SUFFIXES:  # 'Smith, Jr., John'
        del parts[1]
    if len(parts) == 2 and parts[1].rstrip(".") in _GENERATIONS:  # 'John Smith, Jr.'; 'Huang, JR' are initials
        del parts[1]
    if len(parts) >= 2:
        return _latin(parts[0], parts[1])
    return _uninverted(parts[0], known) if parts else Name("", "")


def _latin(surname: str, given: str) -> Name:
    tokens = [t for t in _SEPARATORS.split(given) if t]
    letters = "".join(fold(t) for t in tokens)
    short = all(len(t) == 1 for t in tokens)
    capitals = len(tokens) == 1 and tokens[0].isupper() and len(letters) <= 3 and not surname.isupper()
    initials = bool(letters) and (short or capitals or (len(letters) <= 3 and not re.search("[aeiou]", letters)))
    umlaut = shows_umlaut(surname) or (not initials and shows_umlaut(given))
    apart = letters if initials else "".join(fold(t)[:1] for t in tokens) if len(tokens) > 1 else ""
    return Name(fold(surname), letters, initials, umlaut, "", apart)


def _uninverted(name: str, known: Surnames) -> Name:
    tokens = [t for t in name.split() if any(c.isalpha() for c in t)]  # 'Karl Almen 0003' as dblp numbers namesakes
    if len(tokens) > 2 and tokens[-1].rstrip(".") in _GENERATIONS:
        del tokens[-1]
    if len(tokens) < 2:
        return Name(fold("".join(tokens)), "")
    if len(tokens) > 2 and (fold(tokens[0]), fold(tokens[1])) in known.compounds:
        tokens = [tokens[0] + tokens[1], *tokens[2:]]
    elif len(tokens) > 2 and _ends_in_compound(tokens, known):
        tokens = [*tokens[:-2], tokens[-2] + tokens[-1]]
    head, tail = " ".join(tokens[:-1]), " ".join(tokens[1:])
    return _latin(tokens[0], tail) if _surname_first(tokens, known) else _latin(tokens[-1], head)


def _ends_in_compound(tokens: list[str], known: Surnames) -> bool:
    """'X. M. Ou Yang', but not 'Xiao Ou Yang', whose surname can be Xiao."""
    return (fold(tokens[-2]), fold(tokens[-1])) in known.compounds and fold(tokens[0]) not in known.rank


def _surname_first(tokens: list[str], known: Surnames) -> bool:
    """Where the surname stands without a comma: initials decide, then capitals, then known surnames, the commoner winning."""
    if _looks_initial(tokens[-1]) or _looks_initial(tokens[0]):
        return not _looks_initial(tokens[0])
    if tokens[0].isupper() != tokens[-1].isupper():
        return tokens[0].isupper()
    compound = [_two_syllables(fold(token)) in known.compounds for token in (tokens[0], tokens[-1])]
    if len(tokens) > 2 and compound[0] != compound[1]:  # 'Ouyang Xiao Ming'; 'Xianyu Lu' is told by how common they are
        return compound[0]
    first, last = known.rank.get(fold(tokens[0])), known.rank.get(fold(tokens[-1]))
    if first is None or last is None:
        return first is not None and is_pinyin(fold(tokens[-1]))
    return first < last


def _looks_initial(token: str) -> bool:
    parts = [p for p in _SEPARATORS.split(token) if p]
    letters = "".join(parts)
    if "." in token and all(len(p) == 1 for p in parts):  # 'A.N.', that could be read as a syllable
        return True
    return len(letters) == 1 or (len(letters) <= 3 and letters.isupper() and not is_pinyin(fold(letters)))


def _parse_han(name: str, known: Surnames) -> Name:
    surname, given = _split_han(name, known)
    reading = known.readings.get(surname, ())
    latin = reading[0] if reading else "".join(_readings(surname))
    parts = _readings(given)
    marked = any("v" in p or "ü" in p for p in (latin, *parts))
    initials = "".join(p[0] for p in parts)
    return Name(fold(latin), "".join(fold(p) for p in parts), False, marked, native_key(name), initials)


def _split_han(name: str, known: Surnames) -> tuple[str, str]:
    """Surname and given name of a name in Han characters; with a dot, the part before it stands as surname."""
    text = _NOT_NAME_HAN.sub("", name)
    parts = [p for p in _DOTS.split(text) if p]
    if len(parts) > 1:
        return parts[0], "".join(parts[1:])
    text = parts[0] if parts else ""
    width = 2 if len(text) > 2 and text[:2] in known.readings else 1
    return text[:width], text[width:]


@lru_cache(maxsize=200_000)
def _readings(han: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(han, v_to_u=False, errors="ignore")) if han else ()


def name_keys(unique_names: list[str], surnames: Surnames | None = None) -> list[str]:
    """Match key of each name: 'Wang, Xiao-Ming', 'Xiaoming Wang', 王小明 -> 'wang xiaoming'; 'Wang, XM' -> 'wang xm'."""
    known = surnames or default_surnames()
    return [parse(name, known).key for name in unique_names]


def compatible(left: str, right: str) -> bool:
    """Whether two keys can name one person: equal, initials of each other, or turned round. Missing contradicts nothing."""
    (surname_l, _, given_l), (surname_r, _, given_r) = left.partition(" "), right.partition(" ")
    if surname_l != surname_r:
        return bool(given_l and given_r) and surname_l == given_r and given_l == surname_r
    if not given_l or not given_r or given_l == given_r:
        return True
    short, long = sorted((given_l, given_r), key=lambda g: (len(g), g))
    return _abbreviates(short, long) or (_abbreviates(long, short) and len(long) <= 3)


@lru_cache(maxsize=200_000)
def _abbreviates(short: str, long: str) -> bool:
    """'x' and 'xm' abbreviate 'xiaoming' and each other; a Latin 'john' abbreviates 'john f', 'xiao' not 'xiaoming'."""
    if len(short) > 3 or (len(short) > 1 and is_pinyin(short) and short not in initials_of(long)):
        return long.startswith(short) and not (is_pinyin(short) and is_pinyin(long))
    if len(long) <= 3 and not is_pinyin(long):
        return long.startswith(short)
    forms = initials_of(long)
    return any(form.startswith(short) for form in forms) if is_pinyin(long) else long[:1] == short[:1]


def written_forms(
    name_zh: str,
    name_en: str | None = None,
    former: Iterable[str] = (),
    surnames: Surnames | None = None,
) -> dict[str, str]:
    """Every key under which a person's name may be written, with the kind of the strongest way to it.

    Kinds, strongest first: full, english, former, polyphone, swapped, initials, initial.
    """
    known = surnames or default_surnames()
    if not name_zh and not name_en:
        return {}
    forms: dict[str, str] = {}
    full = _forms_of(name_zh, known)
    for place, form in enumerate(full):
        forms.setdefault(form.key, "full" if place == 0 else "polyphone")
    if name_en:
        english = _as_in(parse(name_en, known), {f.surname for f in full})
        agrees = english.key in forms
        forms[english.key] = "initials" if english.is_initials else "full" if agrees else "english"
        if english.given and not english.is_initials and not is_pinyin(english.given):
            both = (form.given + english.given for form in full), (english.given + form.given for form in full)
            for given in (g for ways in both for g in ways):  # 'Wang, Kevin Xiaoming'
                forms.setdefault(f"{english.surname} {given}", "english")
        full = [*full, english]
    for old in former:
        for form in _forms_of(old, known):
            forms.setdefault(form.key, "former")
            full = [*full, form]
    for form in full:
        forms.setdefault(f"{form.given} {form.surname}".strip(), "swapped")
        for initials in sorted({form.initials} if form.initials else initials_of(form.given)) if form.given else ():
            forms.setdefault(f"{form.surname} {initials}", "initials" if len(initials) > 1 else "initial")
            forms.setdefault(f"{form.surname} {initials[0]}", "initial")
    return forms


def _forms_of(name: str, known: Surnames) -> list[Name]:
    """All readings of a name, the usual one first; a Latin name has one."""
    if not HAN.search(name):
        return [parse(name, known)]
    surname, given = _split_han(name, known)
    usual = _parse_han(name, known)
    heads = [usual.surname, *(fold(r) for r in known.readings.get(surname, ()) or _transliterated(surname, known))]
    spellings = [known.given_readings.get(c, ()) or _readings(c) for c in given]
    bodies = {usual.given: usual.initials}
    if math.prod(len(readings) for readings in spellings) <= _MANY_WRITINGS:
        for parts in product(*spellings):
            bodies.setdefault("".join(fold(p) for p in parts), "".join(p[0] for p in parts))
    return [usual._replace(surname=h, given=b, initials=i) for h in dict.fromkeys(heads) for b, i in bodies.items()]


def _transliterated(part: str, known: Surnames) -> list[str]:
    """All readings of the first part of a name with a dot: 阿卜杜拉 is Abodula and Abudula."""
    each = [known.readings.get(c, ()) + known.given_readings.get(c, ()) + _readings(c) for c in part]
    return ["".join(p) for p in product(*each)] if math.prod(map(len, each)) <= _MANY_WRITINGS else []


def _as_in(name: Name, surnames: set[str]) -> Name:
    """Turn a Latin name round when only so its surname is one that the Han name can have."""
    if name.surname in surnames or name.given not in surnames:
        return name
    return Name(name.given, name.surname, len(name.surname) == 1, name.has_umlaut)


def _two_syllables(letters: str) -> tuple[str, str]:
    for cut in range(1, len(letters)):
        if letters[:cut] in syllables() and letters[cut:] in syllables():
            return letters[:cut], letters[cut:]
    return letters, ""
