"""Names in the forms databases write."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.sample import names
from pipelines.sample.draw import Draw
from pipelines.sample.names import ENGLISH, HYPHEN, INITIALS, JOINED, SPACED, Name
from pipelines.sample.vocabulary import Term, cnki_text, disciplines, ei_text, study, wos_text

XIAOMING = Name("张晓明", "zhang", ("xiao", "ming"), "Kevin")


@pytest.mark.parametrize(
    ("style", "full", "short"),
    [
        (JOINED, "Zhang, Xiaoming", "Zhang, XM"),
        (HYPHEN, "Zhang, Xiao-Ming", "Zhang, XM"),
        (SPACED, "Zhang, Xiao Ming", "Zhang, XM"),
        (INITIALS, "Zhang, X. M.", "Zhang, XM"),
        (ENGLISH, "Zhang, Kevin", "Zhang, K"),
    ],
)
def test_written_forms(style: int, full: str, short: str) -> None:
    assert (XIAOMING.full(style), XIAOMING.short(style)) == (full, short)


@pytest.mark.parametrize(("umlaut", "surname"), [("u", "Lu"), ("v", "Lv"), ("yu", "Lyu")])
def test_u_with_dots_is_a_habit_of_the_person(umlaut: str, surname: str) -> None:
    assert Name("吕律", "lü", ("lü",), umlaut=umlaut).full() == f"{surname}, {surname}"


def test_foreign_names_lose_accents_in_web_of_science_and_keep_them_in_compendex() -> None:
    name = Name("", "Müllerhof", ("Hans-Jürgen",))
    assert (name.full(), name.short(), name.accented()) == (
        "Mullerhof, Hans-Jurgen",
        "Mullerhof, HJ",
        "Müllerhof, Hans-Jürgen",
    )


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**9))
def test_invented_chinese_names_are_well_formed(number: int) -> None:
    name = names.chinese(Draw.of(1, 9, number))
    assert 2 <= len(name.zh.replace("·", "")) <= 9
    assert name.full().isascii() and ", " in name.full()
    assert name.initials(JOINED).isupper()


def test_each_database_spells_formulas_its_own_way() -> None:
    text = "γ-Al₂O₃ and β-TiO₂"
    assert wos_text(text) == "gamma-Al2O3 and beta-TiO2"
    assert ei_text(text) == "γ-Al<inf>2</inf>O<inf>3</inf> and β-TiO<inf>2</inf>"
    assert cnki_text(text) == "γ-Al_2O_3 and β-TiO_2"


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(disciplines())), st.integers(0, 10**9))
def test_titles_are_parallel(discipline: str, number: int) -> None:
    """The same terms stand in both languages; a varied study has another title."""
    draw = Draw.of(1, 2, number)
    found = study(draw, disciplines()[discipline])
    title = found.title()
    assert isinstance(title, Term)
    for key in "opacmdq":
        term = found.terms[key]
        if f"{{{key}}}" in found.pattern.en:
            assert term.en.lower() in title.en.lower()
            assert term.zh in title.zh
    assert "{" not in title.en + title.zh
    assert found.varied(draw, "o").title() != title or "{o}" not in found.pattern.en
