"""What databases do to years, numbers, pages, DOIs, journal titles and addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from pypinyin import lazy_pinyin

from pipelines.sample import university, venues
from pipelines.sample.draw import Draw
from pipelines.sample.model import Work
from pipelines.sample.university import OWN
from pipelines.sample.venues import Journal

_FORMER = {"U001": "U031", "U005": "U032", "U006": "U032", "U010": "U033"}


def early_access(work: Work, draw: Draw) -> bool:
    """Online before the issue: the year may be the one before, numbers and pages are missing."""
    if work.kind not in ("international", "bilingual") or work.year < 2017 or work.early_access:
        return False
    if work.document_type not in ("Article", "Review"):
        return False
    work.numbered_year, work.early_access = work.year, True
    if work.month <= 6:
        work.year, work.month = work.year - 1, work.month + 6
    else:
        work.month -= 3
    _unnumbered(work)
    return True


def online_first(work: Work, draw: Draw) -> bool:
    """网络首发: pages count from one, no issue yet, sometimes the year before."""
    if work.kind not in ("bilingual", "chinese") or work.year < 2017 or not work.first_page.isdigit():
        return False
    work.early_access = True
    if work.doi and draw.chance(0.5):
        assert work.journal is not None
        work.doi = f"10.5555/j.cnki.{work.journal.cn.split('/')[0]}.{work.year}{work.month:02d}11.{work.index:07d}"
    if work.month <= 4 and draw.chance(0.6):
        work.year -= 1
    return True


def year_off(work: Work, draw: Draw) -> bool:
    """The year of the cover against the year of the copyright."""
    if work.kind == "thesis" or work.early_access:
        return False
    work.numbered_year = work.year
    work.year = max(1985, min(2026, work.year + draw.pick((-1, 1, 1))))
    return work.year != work.numbered_year


def other_page(work: Work, draw: Draw) -> bool:
    """Article number for pages, pages from one for an article number, or a slip in the first page."""
    if work.article_number:
        work.first_page, work.last_page = "1", str(draw.between(6, 16))
        if draw.chance(0.6):
            work.article_number = ""
        return True
    if not work.first_page.isdigit():
        return False
    start = int(work.first_page)
    work.first_page = str(start + draw.pick((1, 2, 10, -1))) if start > 1 else str(start + 1)
    work.last_page = str(max(int(work.last_page), int(work.first_page)))
    return True


def short_pages(work: Work, draw: Draw) -> bool:
    """1123-30 for 1123-1130."""
    first, last = work.first_page, work.last_page
    if not first.isdigit() or len(first) != len(last) or len(last) < 3 or first[:-2] != last[:-2] or first == last:
        return False
    work.last_page = last[-2:]
    return True


def without_numbers(work: Work, draw: Draw) -> bool:
    """Volume, issue or pages are missing; a Chinese record always has its pages."""
    if work.kind in ("bilingual", "chinese", "thesis") or not (work.volume or work.first_page):
        return False
    kind = draw.below(3)
    if kind == 0:
        work.volume = ""
    if kind < 2:
        work.issue = ""
    if kind > 0:
        work.first_page = work.last_page = work.article_number = ""
    return True


def twin_doi(work: Work, draw: Draw) -> bool:
    """The DOI of the German edition, or the Chinese DOI of an article that has one at Crossref too."""
    if not work.doi or work.journal is None:
        return False
    if work.doi.startswith("10.5555/iedn."):
        work.doi = work.doi.replace("iedn", "gedn")
        work.journal = replace(work.journal, en=f"{work.journal.en} (Deutsche Ausgabe)", issn="", eissn="")
        if work.first_page.isdigit():
            work.first_page, work.last_page = str(int(work.first_page) + 37), str(int(work.last_page) + 37)
        return True
    if "istic_twin" in work.traits and not work.early_access:
        number = f"{work.issue or work.month:0>2}.{work.index % 900 + 100:03d}"
        work.doi = f"10.3969/j.issn.{work.journal.issn}.{work.year}.{number}"
        return True
    return False


def without_doi(work: Work, draw: Draw) -> bool:
    """No DOI in this database."""
    held, work.doi = work.doi, ""
    return bool(held)


def neighbour_doi(work: Work, draw: Draw) -> bool:
    """The DOI of the article beside it."""
    if not work.neighbour_doi or not work.doi:
        return False
    work.doi = work.neighbour_doi
    return True


def glued_doi(work: Work, draw: Draw) -> bool:
    """The ISSN sticks to the DOI."""
    if not work.doi or not work.journal or not work.journal.issn:
        return False
    work.doi += work.journal.issn
    return True


def wrong_doi(work: Work, draw: Draw) -> bool:
    """A digit wrong, lost or the end cut off."""
    if len(work.doi) < 14:
        return False
    at, kind = draw.between(9, len(work.doi) - 2), draw.below(3)
    digit = str((int(work.doi[at]) + 1) % 10) if work.doi[at].isdigit() else "x"
    work.doi = (work.doi[:at] + digit + work.doi[at + 1 :], work.doi[:at] + work.doi[at + 1 :], work.doi[:-2])[kind]
    return True


def dressed_doi(work: Work, draw: Draw) -> bool:
    """The same DOI with a prefix, in capitals, with a blank or a point."""
    if not work.doi:
        return False
    head, tail = work.doi.split("/", 1)
    forms = (f"https://doi.org/{work.doi}", f"doi:{work.doi}", work.doi.upper(), f"{head}/ {tail}", f"{work.doi}.")
    work.doi = draw.pick(forms)
    return True


def other_title(work: Work, draw: Draw) -> bool:
    """A renamed journal under the title that it had not at the time."""
    if "renamed_journal" not in work.traits or work.journal is None:
        return False
    work.journal = venues.current(work.journal) if work.year < venues.RENAMED_IN else venues.former(work.journal)
    return True


def abbreviated(work: Work, draw: Draw) -> bool:
    """The abbreviation where the title should stand."""
    if work.journal is None or work.journal.iso == work.journal.en:
        return False
    work.journal = replace(work.journal, en=work.journal.iso if draw.chance(0.5) else work.journal.j9)
    return True


def pinyin(work: Work, draw: Draw) -> bool:
    """A Chinese journal under its name in pinyin, with the English name behind it or without."""
    if work.journal is None or not work.journal.zh:
        return False
    both = draw.chance(0.6)
    work.journal = _in_pinyin(work.journal, both)
    return True


@lru_cache(maxsize=1024)
def _in_pinyin(journal: Journal, both: bool) -> Journal:
    name = journal.zh.split("(")[0]
    words = ["".join(lazy_pinyin(name[n : n + 2])).capitalize() for n in range(0, len(name), 2)]
    latin = " ".join(words)
    return replace(journal, en=f"{latin}/{journal.en}" if both else latin, zh=latin, ei_abbreviation=latin)


def bare_university(work: Work, draw: Draw) -> bool:
    """The university without a unit."""
    return _ours(work, draw, lambda units: () if units else units)


def old_unit(work: Work, draw: Draw) -> bool:
    """The unit under a name that is no longer, or not yet, its own."""

    def earlier(units: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_FORMER.get(university.college_of(u), u) for u in units))

    return _ours(work, draw, earlier)


def misspelt(work: Work, draw: Draw) -> bool:
    """A slip in one printed address."""
    return _noise(work, draw, "slip")


def glued(work: Work, draw: Draw) -> bool:
    """Units of several addresses in one string, without anything between them."""
    ours = [n for n, p in enumerate(work.places) if p.institution_id == OWN and p.units and not p.noise]
    if len(ours) < 2:
        return False
    if ours[1] != ours[0] + 1:
        return False
    work.places = [p._replace(noise="glued") if n == ours[0] else p for n, p in enumerate(work.places)]
    return True


def _ours(work: Work, draw: Draw, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> bool:
    """Change the units of the university's own places."""
    changed = [p._replace(units=change(p.units)) if p.institution_id == OWN else p for p in work.places]
    if changed == work.places:
        return False
    work.places = changed
    return True


def _noise(work: Work, draw: Draw, kind: str) -> bool:
    if not work.places:
        return False
    at = draw.below(len(work.places))
    work.places = [p._replace(noise=kind) if n == at else p for n, p in enumerate(work.places)]
    return True


def _unnumbered(work: Work) -> None:
    work.volume = work.issue = work.first_page = work.last_page = work.article_number = ""
