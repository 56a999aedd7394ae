"""HABITS of hard mode: how a database prints a work otherwise than it is. One line a habit: trait, shares by database, change."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import NamedTuple

from pipelines.sample import habits_names as names_
from pipelines.sample import habits_places as places_
from pipelines.sample import habits_titles as titles_
from pipelines.sample.draw import Draw
from pipelines.sample.model import Work

SOURCES = ("wos", "ei", "cnki", "scopus")


class Habit(NamedTuple):
    """`change` alters the copy of a work that one database sees, and says whether it did; shares are in the order of SOURCES."""

    trait: str
    shares: tuple[float, float, float, float]
    change: Callable[[Work, Draw], bool]


HABITS: tuple[Habit, ...] = (
    # authors
    Habit("author_order", (0.001, 0.008, 0.002, 0.004), names_.scrambled),
    Habit("author_missing", (0.002, 0.006, 0.006, 0.004), names_.one_missing),
    Habit("et_al", (0, 0.006, 0.006, 0), names_.first_ones),
    Habit("no_authors", (0.001, 0.003, 0.002, 0.001), names_.none_at_all),
    Habit("initials", (0.02, 0.10, 0, 0.25), names_.initials_only),
    Habit("name_style", (0.12, 0.12, 0, 0.12), names_.other_style),
    Habit("reversed_names", (0.004, 0.012, 0, 0.006), names_.reversed_order),
    Habit("other_reading", (0.06, 0.10, 0, 0.08), names_.other_reading),
    Habit("umlaut", (0.30, 0, 0, 0.30), names_.umlaut_plain),
    Habit("umlaut", (0, 0.35, 0, 0), names_.umlaut),
    # titles
    Habit("retranslated", (0, 0.15, 0, 0.05), titles_.other_translation),
    Habit("british_american", (0, 0.03, 0, 0.03), titles_.respelt),
    Habit("hyphen", (0.01, 0.03, 0, 0.02), titles_.hyphens),
    Habit("subtitle_lost", (0.002, 0.01, 0.012, 0.004), titles_.without_subtitle),
    Habit("truncated_title", (0, 0.005, 0, 0), titles_.truncated),
    Habit("typo", (0.003, 0.008, 0.004, 0.004), titles_.typo),
    Habit("title_extra", (0.004, 0.008, 0.012, 0.004), titles_.remark),
    Habit("tags", (0.25, 0.05, 0, 0), titles_.tagged),
    Habit("greek", (0.02, 0.20, 0.05, 0.10), titles_.greek),
    Habit("entities", (0.01, 0.01, 0.006, 0.006), titles_.entities),
    Habit("full_width", (0, 0, 0.05, 0), titles_.full_width),
    Habit("ligature", (0.002, 0.006, 0, 0.004), titles_.ligatures),
    Habit("mojibake", (0.0005, 0.004, 0.001, 0.002), titles_.mojibake),
    # place and DOI
    Habit("early_access", (0.04, 0.02, 0, 0.03), places_.early_access),
    Habit("online_first", (0, 0, 0.03, 0), places_.online_first),
    Habit("year_off", (0.004, 0.015, 0.003, 0.01), places_.year_off),
    Habit("page_differs", (0.003, 0.008, 0.003, 0.01), places_.other_page),
    Habit("short_pages", (0, 0.06, 0, 0), places_.short_pages),
    Habit("numbers_missing", (0.004, 0.03, 0.01, 0.01), places_.without_numbers),
    Habit("twin_doi", (0.05, 0.35, 0.9, 0.15), places_.twin_doi),
    Habit("doi_missing", (0.02, 0.10, 0.45, 0.02), places_.without_doi),
    Habit("neighbour_doi", (0.01, 0.06, 0.06, 0.03), places_.neighbour_doi),
    Habit("doi_glued", (0.006, 0.001, 0.001, 0), places_.glued_doi),
    Habit("doi_typo", (0.002, 0.003, 0.004, 0.002), places_.wrong_doi),
    Habit("doi_form", (0.004, 0.01, 0.02, 0.004), places_.dressed_doi),
    Habit("former_journal", (0.06, 0.20, 0.10, 0.15), places_.other_title),
    Habit("abbreviated_journal", (0.004, 0.02, 0, 0.01), places_.abbreviated),
    Habit("pinyin_journal", (0, 0.8, 0, 0.3), places_.pinyin),
    # addresses
    Habit("no_unit", (0.02, 0.03, 0.02, 0.03), places_.bare_university),
    Habit("old_unit_name", (0.02, 0.02, 0.03, 0.02), places_.old_unit),
    Habit("misspelt_address", (0.01, 0.012, 0.004, 0.01), places_.misspelt),
    Habit("glued_units", (0, 0, 0.04, 0), places_.glued),
)  # fmt: skip


def seen(work: Work, source: str, draw: Draw) -> Work:
    """The work as one database prints it; `traits` gains the codes of what was changed."""
    at = SOURCES.index(source)
    found = copy(work)
    found.exact, found.title = True, work.titles.get(source, work.title)
    marks = list(work.traits)
    for habit in HABITS:
        share = habit.shares[at]
        if share and draw.chance(share) and habit.change(found, draw):
            marks.append(habit.trait)
    found.traits = tuple(marks)
    return found
