"""What databases do to titles."""

from __future__ import annotations

import re

from pipelines.sample import titles
from pipelines.sample.draw import Draw
from pipelines.sample.model import Work
from pipelines.sample.vocabulary import GREEK, SUBSCRIPTS, Term

_LIGATURES = (("ffi", "ﬃ"), ("fi", "ﬁ"), ("fl", "ﬂ"))
_WIDE = str.maketrans({chr(n): chr(n + 0xFEE0) for n in (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B))})
_MARKS = str.maketrans({":": "：", "(": "（", ")": "）", ",": "，"})


def other_translation(work: Work, draw: Draw) -> bool:
    """Titles of Chinese papers are translated by the journal and once more by the database."""
    if work.kind != "bilingual" or work.titles:
        return False
    return _english(work, titles.retranslated(work.title.en, draw))


def respelt(work: Work, draw: Draw) -> bool:
    """Behaviour for behavior."""
    return _english(work, titles.respelt(work.title.en, draw))


def hyphens(work: Work, draw: Draw) -> bool:
    """A hyphen lost, written as a dash, or put between."""
    en = work.title.en
    if "-" in en:
        return _english(work, en.replace("-", draw.pick((" ", "", "–", "‐")), 1))
    return _english(work, re.sub(r"\b(low|high|large|multi|self|non)([a-z]{4})", r"\1-\2", en, count=1))


def without_subtitle(work: Work, draw: Draw) -> bool:
    """The part behind the colon is lost."""
    en, zh = work.title
    cut = min((zh.find(m) for m in ("——", ":") if zh.find(m) > 8), default=len(zh))
    head = en.split(": ")[0]
    if "Part " in en or len(head) < 25:
        return False
    return _both(work, Term(head, zh[:cut]))


def truncated(work: Work, draw: Draw) -> bool:
    """Cut at a fixed width, with or without dots."""
    en = work.title.en
    limit = draw.pick((60, 80, 100))
    if len(en) <= limit + 5:
        return False
    return _english(work, en[:limit].rsplit(" ", 1)[0] + draw.pick((" ...", "...", "", "…")))


def typo(work: Work, draw: Draw) -> bool:
    """A letter lost, doubled or swapped; in Chinese a character lost or a neighbour doubled."""
    en, zh = work.title
    at, kind = draw.between(len(en) // 3, max(len(en) // 3, len(en) - 3)), draw.below(3)
    middle = (en[at + 1], en[at] * 2, en[at + 1 : at + 2] + en[at])[kind] if at + 2 < len(en) else en[at:]
    mark = draw.between(len(zh) // 3, max(len(zh) // 3, len(zh) - 2))
    broken = zh[:mark] + zh[mark + 1 :] if kind else zh[:mark] + zh[mark] + zh[mark:]
    return _both(work, Term(en[:at] + middle + en[at + (1 if kind == 1 else 2) :], broken))


def remark(work: Work, draw: Draw) -> bool:
    """Notes that databases add: a footnote star, '(in Chinese)', an English mark, a final point."""
    english, chinese = [".", "*"], ["*", "①", "。"]
    if work.kind == "bilingual":
        english, chinese = [*english, " (in Chinese)"], [*chinese, "(英文)"]
    return _both(work, Term(work.title.en + draw.pick(english), work.title.zh + draw.pick(chinese)))


def tagged(work: Work, draw: Draw) -> bool:
    """Subscripts as <sub>."""
    en = re.sub(r"[₀-₉]+", lambda m: f"<sub>{m[0].translate(SUBSCRIPTS)}</sub>", work.title.en)
    if draw.chance(0.1):
        en = re.sub(r"\bin (vitro|situ)\b", r"<i>in \1</i>", en)
    return _english(work, en)


def greek(work: Work, draw: Draw) -> bool:
    """Greek spelled out, without its hyphen or as another character."""
    forms = draw.below(3)
    changed = []
    for text in work.title:
        for letter, name in GREEK.items():
            if letter in text:
                text = text.replace(letter, (name, f"{name} ", "µ" if letter == "μ" else name.capitalize())[forms])
        changed.append(text)
    return _both(work, Term(*changed))


def entities(work: Work, draw: Draw) -> bool:
    """Characters as HTML writes them."""
    en, zh = work.title
    en = en.replace(" and ", " &amp; ", 1).replace('"', "&quot;").replace("γ", "&gamma;").replace("β", "&beta;")
    return _both(work, Term(en, zh.replace("·", "&middot;").replace("-", "&mdash;", 1)))


def full_width(work: Work, draw: Draw) -> bool:
    """Letters, digits or brackets of double width."""
    zh = work.title.zh
    return _both(work, Term(work.title.en, zh.translate(_WIDE) if draw.chance(0.5) else zh.translate(_MARKS)))


def ligatures(work: Work, draw: Draw) -> bool:
    """fi and fl from a typesetter's font."""
    en = work.title.en
    for plain, joined in _LIGATURES:
        en = en.replace(plain, joined)
    return _english(work, en)


def mojibake(work: Work, draw: Draw) -> bool:
    """UTF-8 read as Windows-1252, or letters lost to question marks."""
    en = work.title.en
    if en.isascii():
        en = en.replace("-", "–", 1)
    if en.isascii():
        return False
    if draw.chance(0.3):
        return _english(work, re.sub(r"[^\x00-\x7f]", "?", en))
    return _english(work, en.encode().decode("cp1252", "replace"))


def _english(work: Work, en: str) -> bool:
    return _both(work, Term(en, work.title.zh))


def _both(work: Work, title: Term) -> bool:
    if title == work.title:
        return False
    work.title = title
    return True
