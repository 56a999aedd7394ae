"""Titles, abstracts and keywords: parallel English and Chinese words put into parallel patterns, so that a title translates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from pipelines.sample import tables
from pipelines.sample.draw import Draw

SLOTS = {"o": "object", "p": "property", "a": "application", "c": "condition", "m": "method", "d": "modifier"}
GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "κ": "kappa",
    "λ": "lambda",
    "π": "pi",
    "ω": "omega",
    "Λ": "Lambda",
}
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_WOS = str.maketrans(GREEK | {chr(0x2080 + n): str(n) for n in range(10)} | {"ö": "o", "é": "e"})


class Term(NamedTuple):
    """One notion in two languages."""

    en: str
    zh: str


@dataclass(frozen=True)
class Discipline:
    """Vocabulary of one discipline, its ESI field and the colleges that work in it."""

    name: str
    group: str
    field: str
    units: tuple[str, ...]
    topics: tuple[Term, ...]
    terms: dict[str, tuple[Term, ...]]


@dataclass(frozen=True, slots=True)
class Study:
    """What a paper is about: a pattern and the terms in it."""

    discipline: Discipline
    pattern: Term
    subtitle: Term | None
    terms: dict[str, Term]

    def title(self) -> Term:
        """English in sentence case with Greek letters and subscripts, and Chinese."""
        return _filled(self.pattern, self.terms, self.subtitle)

    def varied(self, draw: Draw, slots: str) -> Study:
        """A neighbouring study that differs in the named slots only."""
        changed = dict(self.terms)
        for slot in slots:
            others = [t for t in self.discipline.terms[slot] if t not in changed.values()]
            changed[slot] = draw.pick(others)
        return Study(self.discipline, self.pattern, self.subtitle, changed)

    def keywords(self, count: int = 5) -> list[Term]:
        """Author keywords."""
        return [self.terms[s] for s in "opacqm"[:count]]

    def abstract(self, draw: Draw) -> Term:
        """Six sentences about the study's own terms."""
        words = self.terms | {
            f"n{n}": Term(v, v)
            for n, v in (
                (1, f"{draw.between(8, 95)}.{draw.below(10)}"),
                (2, str(draw.between(2, 9))),
                (3, str(draw.between(6, 180))),
            )
        }
        parts = [_filled(pattern, words, None) for pattern in _patterns("abstract")]
        return Term(" ".join(p.en for p in parts), "".join(p.zh for p in parts))


@cache
def disciplines() -> dict[str, Discipline]:
    """Every discipline by name."""
    groups = tables.document("templates")["groups"]
    found = {}
    for file in ("vocabulary_engineering", "vocabulary_science", "vocabulary_life_social"):
        for name, spec in tables.document(file).items():
            words = spec | groups[spec["group"]]
            terms = {slot: _terms(words[key]) for slot, key in SLOTS.items()}
            terms["q"] = terms["o"]
            found[name] = Discipline(
                name, spec["group"], spec["field"], tuple(spec["units"]), _terms(spec["topics"]), terms
            )
    return found


def study(draw: Draw, discipline: Discipline, *, review: bool = False) -> Study:
    """A new study of a discipline."""
    pattern = draw.pick(_patterns("reviews" if review else "titles"))
    terms = {slot: draw.pick(discipline.terms[slot]) for slot in SLOTS}
    terms["q"] = draw.pick([t for t in discipline.terms["o"] if t is not terms["o"]])
    subtitle = draw.pick(_subtitles()) if ":" not in pattern.en and draw.chance(0.25) else None
    return Study(discipline, pattern, subtitle, terms)


def wos_text(text: str) -> str:
    """Greek spelled out, plain digits, no accents: the habit of Web of Science."""
    return text.translate(_WOS)


def ei_text(text: str) -> str:
    """Greek kept, subscripts as markup: the habit of Compendex."""
    if not any("₀" <= c <= "₉" for c in text):
        return text
    return "".join(f"<inf>{c.translate(SUBSCRIPTS)}</inf>" if "₀" <= c <= "₉" else c for c in text)


def cnki_text(text: str) -> str:
    """Greek kept, subscripts with an underscore: the habit of CNKI."""
    if not any("₀" <= c <= "₉" for c in text):
        return text
    return "".join(f"_{c.translate(SUBSCRIPTS)}" if "₀" <= c <= "₉" else c for c in text)


def title_case(text: str) -> str:
    """Every word but the small ones with a capital, formulas untouched."""
    small = {"of", "and", "the", "on", "for", "in", "with", "to", "a", "its", "under", "during"}
    return " ".join(
        w if w in small or not w[:1].isascii() or not w.islower() else w.capitalize() for w in text.split(" ")
    )


def _filled(pattern: Term, terms: dict[str, Term], subtitle: Term | None) -> Term:
    en = pattern.en.format_map({k: t.en for k, t in terms.items()})
    zh = pattern.zh.format_map({k: t.zh for k, t in terms.items()})
    if en.startswith("a ") and en[2] in "aeiou":
        en = f"an {en[2:]}"
    if en[0].isascii():
        en = en[0].upper() + en[1:]
    return Term(f"{en}: {subtitle.en}", f"{zh}——{subtitle.zh}") if subtitle else Term(en, zh)


@cache
def _patterns(kind: str) -> tuple[Term, ...]:
    return tuple(_term(text) for text in tables.document("templates")[kind])


@cache
def _subtitles() -> tuple[Term, ...]:
    return _terms(tables.document("templates")["subtitles"])


def _terms(text: str) -> tuple[Term, ...]:
    return tuple(_term(part) for part in text.split(";"))


def _term(text: str) -> Term:
    en, _, zh = text.strip().partition("|")
    return Term(en, zh)
