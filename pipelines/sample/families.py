"""Works of hard mode: families of works that resemble one another, laid out in blocks so that work number i needs nothing but i."""

from __future__ import annotations

from copy import copy
from functools import lru_cache
from typing import NamedTuple

from pipelines.sample import kin, titles, university, venues, works
from pipelines.sample.draw import FAMILIES, VARIANTS, Draw, Weighted
from pipelines.sample.model import Work, World

BLOCK = 64
_CHINESE_TOO = ("international", "bilingual", "chinese")


class Kind(NamedTuple):
    """A kind of family: share of all works, sizes, and what its first work may be."""

    name: str
    share: float
    least: int
    most: int
    first: tuple[str, ...] = ()


KINDS = (
    Kind("conference_journal", 0.045, 2, 2, ("conference",)),
    Kind("preprint_article", 0.025, 2, 2, ("international",)),
    Kind("series_part", 0.015, 2, 4, _CHINESE_TOO),
    Kind("annual_report", 0.008, 3, 5, ("chinese", "bilingual", "international")),
    Kind("notice", 0.02, 2, 3, ("international", "bilingual")),
    Kind("generic_title", 0.01, 4, 10, _CHINESE_TOO),
    Kind("abstract_supplement", 0.012, 8, 24, ("international",)),
    Kind("one_word_group", 0.05, 3, 12, ("international", "bilingual", "conference", "chinese")),
    Kind("same_issue", 0.02, 2, 3, _CHINESE_TOO),
    Kind("translation", 0.006, 2, 2, ("chinese",)),
    Kind("common_title", 0.015, 1, 1, ("chinese", "international", "bilingual")),
)
SINGLE = Kind("", 1 - sum(k.share for k in KINDS), 1, 1)
_STARTS = Weighted((*KINDS, SINGLE), [2 * k.share / (k.least + k.most) for k in (*KINDS, SINGLE)])


class Member(NamedTuple):
    """Place of a work in its family."""

    kind: Kind
    first: int
    size: int


@lru_cache(maxsize=4)
def layout(seed: int, block: int) -> tuple[Member, ...]:
    """The families of one block of works."""
    draw = Draw.of(seed, FAMILIES, block)
    found: list[Member] = []
    while (left := BLOCK - len(found)) > 0:
        kind = _STARTS.draw(draw)
        size = min(draw.between(kind.least, kind.most), left)
        kind, size = (kind, size) if size >= kind.least else (SINGLE, 1)
        found += [Member(kind, block * BLOCK + len(found), size)] * size
    return tuple(found)


def make(world: World, index: int) -> Work:
    """Work number `index` of hard mode."""
    member = layout(world.seed, index // BLOCK)[index % BLOCK]
    base = _first(world, member)
    if index == member.first:
        return copy(base)
    position, name = index - member.first, member.kind.name
    if name == "abstract_supplement":
        work = _fresh(world, index, member.kind)
        kin.abstract(work, base, position)
        return _placed(work)
    work = copy(base)
    work.index, work.authors, work.titles, work.related = index, list(base.authors), {}, (base.index, name)
    kin.VARIANTS[name](world, work, base, position, Draw.of(world.seed, VARIANTS, index))
    return _placed(work)


@lru_cache(maxsize=4)
def _first(world: World, member: Member) -> Work:
    """The first work of a family, already in the shape that its family asks for."""
    work = _fresh(world, member.first, member.kind)
    if member.kind.name in kin.FIRSTS:
        kin.FIRSTS[member.kind.name](world, work, member.size, Draw.of(world.seed, VARIANTS, member.first))
    return _placed(work)


def _fresh(world: World, index: int, kind: Kind) -> Work:
    work = works.original(world, index, kind.first)
    if kind.name and kind.name != "notice":
        work.traits = (kind.name,)
    if work.places and not any(university.institutions()[p.institution_id].kind != "neighbour" for p in work.places):
        work.traits = (*work.traits, "neighbour_university")
    work.title = titles.with_rare_word(work.title, Draw.of(world.seed, VARIANTS, (1 << 40) + index))
    return work


def _placed(work: Work) -> Work:
    """The work under the title that its journal bore in its year, with the DOI that its journal gives."""
    marks = [t for t in work.traits if t not in _OF_PLACE]
    journal = _known().get(work.journal.journal_id) if work.journal else None
    if journal is not None:
        earlier = venues.former(journal)
        if earlier is not journal:
            work.journal = earlier if work.year < venues.RENAMED_IN else journal
            marks.append("renamed_journal")
        if journal.journal_id not in _listed():
            marks.append("unlisted_journal")
        if work.doi and "abstract_supplement" not in marks:
            if venues.has_editions(journal) and not work.neighbour_doi:
                work.doi = f"10.5555/iedn.{work.year}{work.index:07d}"
                marks.append("edition_twin")
            elif journal.zh and venues.registered_twice(journal):
                marks.append("istic_twin")
    work.traits = tuple(marks)
    return work


_OF_PLACE = ("unlisted_journal", "renamed_journal", "edition_twin", "istic_twin")


@lru_cache(maxsize=1)
def _known() -> dict[str, venues.Journal]:
    return {j.journal_id: j for group in venues.journals(unlisted=True).values() for j in group}


@lru_cache(maxsize=1)
def _listed() -> frozenset[str]:
    return frozenset(j.journal_id for group in venues.journals().values() for j in group)
