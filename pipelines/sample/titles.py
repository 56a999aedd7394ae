"""Titles of hard mode: rare words, titles that many share, two translations of one title."""

from __future__ import annotations

import re
from functools import cache

from pipelines.sample import tables
from pipelines.sample.draw import Draw
from pipelines.sample.vocabulary import Term

RARE_SHARE = 0.62  # share of titles with a word that hardly any other title has
_FORMS = (
    ("{t}: a case study of {w}", "{t}:以{w}为例"),
    ("{t} based on {w}", "基于{w}的{t}"),
    ("{t} in {w}", "{w}{t}"),
    ("{w}: {t}", "{w}:{t}"),
    ("{t} with {w}", "采用{w}的{t}"),
    ("{t}: {w} as an example", "{t}——以{w}为对象"),
)
_NAMED, _PLACED = (1, 3, 4, 5), (0, 2)
_ROOTS = ("Net", "Former", "GAN", "Flow", "Rank", "Sim", "Map", "Diff")
_METALS = ("Al", "Mg", "Ti", "Ni", "Co", "Fe", "Cu", "Zn", "Mo", "W", "Zr", "Nb", "Mn", "Cr", "V", "Sn")


@cache
def phrases(name: str) -> tuple[Term, ...]:
    """A list of data/hard.yml."""
    return tuple(Term(*part.strip().split("|")) for part in tables.document("hard")[name].split(";"))


def with_rare_word(title: Term, draw: Draw) -> Term:
    """Most titles name a place, a material, a gene, an acronym."""
    if not draw.chance(RARE_SHARE):
        return title
    if draw.chance(0.3):
        place, land = draw.pick(phrases("places")), draw.pick(phrases("landforms"))
        word, form = Term(f"the {place.en} {land.en}", f"{place.zh}{land.zh}"), _FORMS[draw.pick(_PLACED)]
    else:
        made = _made(draw)
        word, form = Term(made, made), _FORMS[draw.pick(_NAMED)]
    en = title.en if form[0].startswith("{t}") else _small(title.en)
    return Term(form[0].format(t=en, w=word.en), form[1].format(t=title.zh, w=word.zh))


def _made(draw: Draw) -> str:
    """A word nobody else uses: MSTA-Net, LhWRKY47, Al-7.3Zn-2.1Mg, XH-1703."""
    kind = draw.below(4)
    if kind == 0:
        return f"{_letters(draw, draw.between(2, 4))}-{draw.pick(_ROOTS)}"
    if kind == 1:
        return f"{draw.pick(('Lh', 'Os', 'Zm', 'Gm', 'Sl'))}{_letters(draw, 4)}{draw.between(1, 98)}"
    if kind == 2:
        first, second, third = draw.some(_METALS, 3)
        return f"{first}-{draw.between(1, 12)}.{draw.below(10)}{second}-{draw.between(0, 4)}.{draw.below(10)}{third}"
    return f"{_letters(draw, 2)}-{draw.between(100, 9999)}"


def _letters(draw: Draw, count: int) -> str:
    return "".join(chr(65 + draw.below(26)) for _ in range(count))


def retranslated(title: str, draw: Draw) -> str:
    """The title in the words of another translator: some notions by other words, sometimes another order and articles."""
    found = title
    options = [s for s in phrases("synonyms") if s.en in found.lower()]
    for left, right in draw.some(options, draw.between(1, 3)):
        found = _swapped(found, left, right)
    if draw.chance(0.35):
        found = re.sub(r"\b(of|on|for|in) (?!the\b|a\b|an\b)", r"\1 the ", found, count=1)
    if draw.chance(0.3):
        found = re.sub(r"^(\S+ ?\S*) of ((?:\S+ ){1,2}\S+?)( for| in| under| on| and|:|$)", _inverted, found, count=1)
    if draw.chance(0.2) and ": " in found:
        head, _, tail = found.partition(": ")
        found = f"{head} and {tail}" if draw.chance(0.5) else f"{_capital(tail)}: {_small(head)}"
    return found


def respelt(title: str, draw: Draw) -> str:
    """British for American or the other way round, where the title has such a word."""
    options = [s if s.en in title.lower() else Term(s.zh, s.en) for s in phrases("spellings")]
    options = [s for s in options if s.en in title.lower()]
    for left, right in options[:2]:
        title = _swapped(title, left, right)
    return title


def _inverted(match: re.Match[str]) -> str:
    thing = match[2].removeprefix("the ")
    return f"{_capital(thing)} {match[1].lower()}{match[3]}"


def _swapped(text: str, left: str, right: str) -> str:
    at = text.lower().find(left)
    if at < 0:
        return text
    new = _capital(right) if text[at].isupper() else right
    return text[:at] + new + text[at + len(left) :]


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _small(text: str) -> str:
    """A small first letter, unless the word is an abbreviation or a formula."""
    return text[0].lower() + text[1:] if text[:1].isalpha() and text[1:2].islower() else text
