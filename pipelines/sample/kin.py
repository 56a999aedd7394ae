"""How the works of one family hang together: versions, parts, notices, columns, supplements, groups with a habit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from pipelines.sample import bylines, names, titles, venues, works
from pipelines.sample.draw import Draw, Weighted
from pipelines.sample.model import Author, Work, World
from pipelines.sample.venues import Journal
from pipelines.sample.vocabulary import Study, Term

ROMAN, HAN = ("", "I", "II", "III", "IV", "V"), ("", "一", "二", "三", "四", "五")
NOTICES = Weighted(("correction", "comment", "reply", "retraction"), (50, 20, 20, 10))
LAST_YEAR = 2026


def _conference_journal(world: World, work: Work, base: Work, _: int, draw: Draw) -> None:
    """The journal version: one title in two, a year or two later, sometimes one author more."""
    _later(work, base, draw.between(0, 2))
    work.kind, work.document_type = "international", "Article"
    if draw.chance(0.4):
        work.study = base.study.varied(draw, draw.pick("cd"))
        work.title = titles.with_rare_word(work.study.title(), draw)
    elif draw.chance(0.2):
        work.title = Term(f"{base.title.en}: an extended study", f"{base.title.zh}的扩展研究")
    if draw.chance(0.3):
        _one_more(work, draw)
    works.appear(world, work, draw)


def _preprint(world: World, work: Work, size: int, draw: Draw) -> None:
    work.renumbered()
    work.kind, work.document_type = "preprint", "Preprint"
    work.journal = _server(work.study.discipline.name)
    work.doi = f"10.5555/arxiv.{work.year % 100:02d}{work.month:02d}.{work.index:07d}"
    work.article_number = f"{work.year % 100:02d}{work.month:02d}.{work.index % 100000:05d}"
    if draw.chance(0.5):
        work.year = max(2014, work.year)


@cache
def _server(discipline: str) -> Journal:
    like = venues.journals()[discipline, "international"][0]
    return replace(
        like, journal_id="preprints", en="arXiv", zh="", issn="", eissn="", j9="ARXIV", iso="arXiv", ei_abbreviation="arXiv",
        in_wos=False, in_ei=True, publisher="", publisher_city="", publisher_address="", ei_publisher="arXiv",
    )  # fmt: skip


def _article_of_preprint(world: World, work: Work, base: Work, _: int, draw: Draw) -> None:
    _later(work, base, draw.between(0, 1))
    work.kind, work.document_type = "international", "Article"
    if draw.chance(0.3):
        work.title = Term(titles.retranslated(base.title.en, draw), base.title.zh)
    if draw.chance(0.2):
        _one_more(work, draw)
    works.appear(world, work, draw)


def _part(work: Work, number: int, style: int, draw: Draw) -> None:
    sub = titles.phrases("parts")[(draw.below(3) + 3 * number) % len(titles.phrases("parts"))]
    en, zh = work.title
    work.title = (
        Term(f"{en}. Part {ROMAN[number]}: {sub.en}", f"{zh}({HAN[number]}):{sub.zh}"),
        Term(f"{en} ({ROMAN[number]}): {sub.en}", f"{zh}(Ⅰ):{sub.zh}".replace("Ⅰ", "ⅠⅡⅢⅣⅤ"[number - 1])),
        Term(f"{en} {ROMAN[number]}", f"{zh}{'ⅠⅡⅢⅣⅤ'[number - 1]}"),
        Term(f"{en} - Part {number}", f"{zh}(第{HAN[number]}部分)"),
    )[style]


def _first_part(world: World, work: Work, size: int, draw: Draw) -> None:
    _part(work, 1, work.index % 4, draw)


def _next_part(world: World, work: Work, base: Work, position: int, draw: Draw) -> None:
    """The next part: the same issue and the next pages, or the next volume."""
    work.title = base.study.title() if base.index % 2 else _stem(base.title)
    _part(work, position + 1, base.index % 4, draw)
    _same_journal(world, work, base, position, draw, next_year=draw.chance(0.3))


def _stem(title: Term) -> Term:
    for mark in (". Part I:", " (I):", " - Part 1"):
        if mark in title.en:
            zh = title.zh
            for cut in ("(一)", "(Ⅰ)", "(第一部分)"):
                zh = zh.split(cut)[0]
            return Term(title.en.split(mark)[0], zh)
    return Term(title.en.removesuffix(" I"), title.zh.removesuffix("Ⅰ"))


def _annual(world: World, work: Work, size: int, draw: Draw) -> None:
    work.year = min(work.year, LAST_YEAR - size)
    _annual_title(work, work.index)
    if work.journal:
        works.settle(world, work, draw)


def _next_year(world: World, work: Work, base: Work, position: int, draw: Draw) -> None:
    _later(work, base, position)
    work.journal = base.journal
    _annual_title(work, base.index)
    works.settle(world, work, draw)


def _annual_title(work: Work, number: int) -> None:
    topic = work.study.discipline.topics[number % len(work.study.discipline.topics)]
    form = titles.phrases("annual")[number // 7 % len(titles.phrases("annual"))]
    work.title = Term(form.en.format(t=topic.en, y=work.year), form.zh.format(t=topic.zh, y=work.year))


def _notice(world: World, work: Work, base: Work, position: int, draw: Draw) -> None:
    """A correction, retraction, comment or reply; each database words its title in its own way."""
    kind = NOTICES.draw(draw) if position == 1 else "reply"
    work.traits = (*base.traits, kind)
    _same_journal(world, work, base, position, draw, next_year=draw.chance(0.4))
    en, zh = base.title
    number = base.first_page or base.article_number
    cited, place = f"(vol {base.volume}, pg {number}, {base.year})", f"{base.volume} ({base.year}) {number}"
    journal = base.journal.iso if base.journal else ""
    corrigendum, erratum = f"Corrigendum to “{en}” [{journal} {place}]", f"Erratum: {en} ({journal} {place})"
    wos, ei, said = {
        "correction": (f"Correction to: {en} {cited}", draw.pick((corrigendum, erratum)), f"《{zh}》一文的更正"),
        "retraction": (f"Retraction of: {en} {cited}", f"Retraction notice to “{en}” [{journal} {place}]", f"关于撤销《{zh}》一文的声明"),
        "comment": (f'Comment on "{en}"', f"Comment on “{en}”", f"对《{zh}》一文的讨论"),
        "reply": (f'Reply to "Comment on {en}"', f"Response to “Comment on ‘{en}’”", f"对“《{zh}》一文的讨论”的答复"),
    }[kind]  # fmt: skip
    work.title, work.titles = Term(wos, said), {"ei": Term(ei, said)}
    work.document_type = {"correction": "Correction", "retraction": "Retraction"}.get(kind, "Letter")
    work.last_page = work.first_page
    if kind == "comment":
        signed = bylines.byline(world, draw, "U007", base.study.discipline, f"{work.year}-{work.month:02d}-15")
        work.authors, work.places, work.corresponding = signed
    if kind == "correction" and base.doi and draw.chance(0.1):
        work.doi = base.doi  # registered under the article itself


def _column(world: World, work: Work, size: int, draw: Draw) -> None:
    """A column that a journal prints in every issue, signed by an editor or by nobody."""
    listed = titles.phrases("generic")
    work.title, work.document_type = listed[work.index % len(listed)], "Editorial Material"
    work.year = min(work.year, LAST_YEAR - 1 - size // 12)
    work.month = 1
    works.settle(world, work, draw)
    work.story, work.early_access = None, False
    _short(work, draw)


def _next_column(world: World, work: Work, base: Work, position: int, draw: Draw) -> None:
    _later(work, base, position // 12)
    work.month, work.journal, work.document_type = 1 + position % 12, base.journal, base.document_type
    works.settle(world, work, draw)
    work.story, work.early_access = None, False
    _short(work, draw)
    if draw.chance(0.3):
        work.doi = ""


def _short(work: Work, draw: Draw) -> None:
    if work.first_page:
        start = int(work.first_page)
        work.last_page = str(start + draw.below(2))
    work.authors = work.authors[:1] if draw.chance(0.7) else []
    work.places = [work.places[p] for p in work.authors[0].places] if work.authors else []
    work.authors = [a._replace(places=tuple(range(len(work.places)))) for a in work.authors]
    work.corresponding = [0] if work.authors else []


def _supplement(world: World, work: Work, size: int, draw: Draw) -> None:
    """A supplement of meeting abstracts: one DOI for all of them, two on a page."""
    assert work.journal is not None
    work.document_type, work.early_access, work.story = "Meeting Abstract", False, None
    work.volume = str(max(1, work.year - work.journal.first_year + 1))
    work.issue, work.article_number = "S1", ""
    work.first_page = work.last_page = f"S{10 + work.index % 80}"
    work.doi = f"{work.journal.doi_prefix}.suppl.{work.year}.{work.index:07d}"


def abstract(work: Work, base: Work, position: int) -> None:
    """Abstract number `position` of the supplement that `base` opens: other people, other contents."""
    work.kind, work.journal, work.conference = base.kind, base.journal, None
    work.year, work.month, work.volume, work.issue, work.doi = base.year, base.month, base.volume, base.issue, base.doi
    work.first_page = work.last_page = f"S{int(base.first_page[1:]) + position // 2}"
    work.document_type, work.early_access, work.story, work.article_number = "Meeting Abstract", False, None, ""
    work.related = (base.index, "abstract_supplement")
    work.traits = base.traits


def _one_word(world: World, work: Work, base: Work, position: int, draw: Draw) -> None:
    """One group, one habit of titling: a single notion is another one."""
    slots = [s for s in "opacmd" if f"{{{s}}}" in base.study.pattern.en]
    slot = slots[base.index % len(slots)]
    others = [t for t in base.study.discipline.terms[slot] if t not in base.study.terms.values()]
    if position > len(others):  # no third paper of one title
        slot = "d" if slot != "d" else "o"
        others = [t for t in base.study.discipline.terms[slot] if t not in base.study.terms.values()]
    new, old = others[(base.index + position) % len(others)], base.study.terms[slot]
    work.study = Study(base.study.discipline, base.study.pattern, base.study.subtitle, base.study.terms | {slot: new})
    work.title = _replaced(base.title, old, new) or work.study.title()
    if len(base.authors) > 3 and draw.chance(0.4):
        keep = [n for n in range(len(base.authors)) if n != 1]
        work.authors = [base.authors[n] for n in keep]
        work.corresponding = [keep.index(c) for c in base.corresponding if c in keep] or [0]
    if base.kind != "conference" and draw.chance(0.6):
        _same_journal(world, work, base, position, draw, next_year=draw.chance(0.4))
        return
    _later(work, base, draw.below(2))
    works.appear(world, work, draw)


def _replaced(title: Term, old: Term, new: Term) -> Term | None:
    """The title with one notion in place of another, the rest to the letter."""
    if old.en in title.en and old.zh in title.zh:
        return Term(title.en.replace(old.en, new.en, 1), title.zh.replace(old.zh, new.zh, 1))
    return None


def _beside(world: World, work: Work, base: Work, position: int, draw: Draw) -> None:
    """The next article of the same people in the same issue."""
    _one_word_title(work, base, position)
    _same_journal(world, work, base, position, draw, next_year=False)
    work.neighbour_doi = base.doi


def _one_word_title(work: Work, base: Work, position: int) -> None:
    others = [t for t in base.study.discipline.terms["o"] if t not in base.study.terms.values()]
    new, old = others[(base.index + position) % len(others)], base.study.terms["o"]
    work.study = replace(base.study, terms=base.study.terms | {"o": new})
    work.title = _replaced(base.title, old, new) or work.study.title()


def _has_neighbour(world: World, work: Work, size: int, draw: Draw) -> None:
    if work.doi and work.journal:
        work.neighbour_doi = works.doi(work.journal, work.year, work.index + 1)


def _translation(world: World, work: Work, base: Work, _: int, draw: Draw) -> None:
    """The English version of a Chinese paper, in another journal."""
    _later(work, base, draw.between(0, 1))
    work.kind, work.document_type = "international", "Article"
    if draw.chance(0.5):
        work.title = Term(titles.retranslated(base.title.en, draw), base.title.zh)
    works.appear(world, work, draw)


def _common(world: World, work: Work, size: int, draw: Draw) -> None:
    work.title = draw.pick(titles.phrases("common"))


def _later(work: Work, base: Work, years: int) -> None:
    work.renumbered()
    work.document_type = "Article"
    work.year = min(LAST_YEAR, base.year + years)
    work.month = min(8, base.month) if work.year == LAST_YEAR else base.month


def _same_journal(world: World, work: Work, base: Work, position: int, draw: Draw, *, next_year: bool) -> None:
    """Pages and number right behind the base, or an issue of the next volume."""
    if base.journal is None:
        _later(work, base, 0)
        works.appear(world, work, draw)
        return
    journal, early = base.journal, base.early_access
    _later(work, base, int(next_year))
    work.journal, work.kind = journal, base.kind
    works.settle(world, work, draw)
    if next_year and work.year > base.year:
        return
    work.volume, work.issue, work.early_access = base.volume, base.issue, early
    if early:
        work.first_page = work.last_page = work.article_number = ""
    elif base.first_page:
        length = int(base.last_page) - int(base.first_page) + 1
        work.first_page = str(int(base.first_page) + position * length)
        work.last_page = str(int(work.first_page) + length - 1)
    elif base.article_number.isdigit():
        work.article_number = str(int(base.article_number) + position)


def _one_more(work: Work, draw: Draw) -> None:
    if work.authors:
        place = work.authors[0].places
        work.authors = [*work.authors, Author(names.chinese(draw), names.JOINED, None, place)]


First = Callable[[World, Work, int, Draw], None]
FIRSTS: dict[str, First] = {
    "preprint_article": _preprint,
    "series_part": _first_part,
    "annual_report": _annual,
    "generic_title": _column,
    "abstract_supplement": _supplement,
    "same_issue": _has_neighbour,
    "common_title": _common,
}
VARIANTS: dict[str, Callable[[World, Work, Work, int, Draw], None]] = {
    "conference_journal": _conference_journal,
    "preprint_article": _article_of_preprint,
    "series_part": _next_part,
    "annual_report": _next_year,
    "notice": _notice,
    "generic_title": _next_column,
    "one_word_group": _one_word,
    "same_issue": _beside,
    "translation": _translation,
}
