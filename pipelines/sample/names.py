"""Personal names as invented people carry them and as databases write them: 汉字, pinyin in its spellings, foreign names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from unidecode import unidecode

from pipelines.sample import tables
from pipelines.sample.draw import Draw, Weighted

JOINED, HYPHEN, SPACED, INITIALS, ENGLISH = range(5)
HALF, BARE, LOWER, DASHED = range(5, 9)  # Xiao-ming, XM, Xm, X.-M.: only in hard mode


@dataclass(frozen=True, slots=True)
class Name:
    """One person's name. `given` holds syllables of pinyin or parts of a foreign given name; `zh` is empty for foreigners."""

    zh: str
    family: str
    given: tuple[str, ...]
    english: str = ""
    umlaut: str = "u"  # how this person writes ü: u, v or yu

    def surname(self) -> str:
        """Surname in the person's own romanisation: Lü is Lu, Lv or Lyu."""
        return self._latin(self.family) if self.zh else unidecode(self.family)

    def forename(self, style: int = JOINED) -> str:
        """Given name in one of the written styles."""
        if style == ENGLISH and self.english:
            return self.english
        if style == INITIALS:
            return " ".join(f"{c}." for c in self.initials())
        if style in (BARE, LOWER):
            return self.initials() if style == BARE else self.initials().capitalize()
        if style == DASHED:
            return "-".join(f"{c}." for c in self.initials())
        if not self.zh:
            return unidecode(" ".join(self.given))
        parts = [self._latin(p) for p in self.given]
        if style == HYPHEN:
            return "-".join(p.capitalize() for p in parts)
        if style == HALF:
            return "-".join(parts).capitalize()
        if style == SPACED:
            return " ".join(p.capitalize() for p in parts)
        return "".join(parts).capitalize()

    def initials(self, style: int = JOINED) -> str:
        """Initials without points: XM."""
        if style == ENGLISH and self.english:
            return self.english[0]
        parts = self.given if self.zh else unidecode(" ".join(self.given)).replace("-", " ").split()
        return "".join(p[0].upper() for p in parts)

    def full(self, style: int = JOINED) -> str:
        """Family, Given."""
        return f"{self.surname()}, {self.forename(style)}"

    def short(self, style: int = JOINED) -> str:
        """Family, XM: the AU form of Web of Science."""
        return f"{self.surname()}, {self.initials(style)}"

    def accented(self) -> str:
        """Family, Given with the accents that Compendex keeps."""
        return self.full() if self.zh else f"{self.family}, {' '.join(self.given)}"

    def native(self) -> str:
        """The name as a Chinese database prints it."""
        return self.zh or f"{' '.join(self.given)} {self.family}"

    def _latin(self, syllable: str) -> str:
        plain = syllable.replace("ü", self.umlaut)
        return plain if plain[0].isupper() else plain.capitalize() if syllable == self.family else plain


@cache
def _pool(kind: str) -> Weighted[tuple[str, str]]:
    found = [r for r in tables.rows("names") if r["kind"] == kind]
    return Weighted([(r["text"], r["pinyin"]) for r in found], [float(r["weight"]) for r in found])


@cache
def _alternatives() -> dict[str, str]:
    return {r["text"]: r["pinyin"] for r in tables.rows("names") if r["kind"] == "surname_alternative"}


@cache
def _foreign(country: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = [r for r in tables.rows("foreign_names") if r["country"] == country]
    return tuple(r["name"] for r in found if r["part"] == "given"), tuple(
        r["name"] for r in found if r["part"] == "family"
    )


def chinese(draw: Draw) -> Name:
    """A Chinese name with the country's frequent surnames; one in 400 from a minority with a middle dot."""
    if draw.chance(0.0025):
        zh, latin = _pool("minority").draw(draw)
        given, family = latin.split(" ")
        return Name(zh, family, (given,))
    character, reading = _pool("surname").draw(draw)
    if character in _alternatives() and draw.chance(0.3):
        reading = _alternatives()[character]
    count = 1 if draw.chance(0.24) else 2
    given_pairs = [_pool("given").draw(draw) for _ in range(count)]
    if count == 2 and draw.chance(0.02):
        given_pairs[1] = given_pairs[0]
    umlaut = draw.pick(("u", "v", "yu"))
    english = _pool("english").draw(draw)[0] if draw.chance(0.02) else ""
    return Name(
        character + "".join(g[0] for g in given_pairs), reading, tuple(g[1] for g in given_pairs), english, umlaut
    )


def foreign(draw: Draw, country: str) -> Name:
    """An invented name in the manner of a country."""
    given, family = _foreign(country)
    first = draw.pick(given)
    middle = f" {chr(65 + draw.below(20))}." if draw.chance(0.25) else ""
    return Name("", draw.pick(family), tuple(f"{first}{middle}".split(" ")))


def inverted_zh(name: Name) -> str:
    """Surname first, blank between, the way a roster writes 英文名."""
    return f"{name.surname()} {name.forename()}"
