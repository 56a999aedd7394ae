"""Every way of writing a person's name leads back to the person: spellings of ü, joins, hyphens, orders, initials, readings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.names import default_surnames, parse, written_forms

# surname, its syllables; given name, its syllables (ü as typed in dictionaries: v)
SURNAMES = [
    ("王", ["wang"]),
    ("吕", ["lv"]),
    ("欧阳", ["ou", "yang"]),
    ("司马", ["si", "ma"]),
    ("区", ["ou"]),
    ("安", ["an"]),
]
GIVEN = [("小明", ["xiao", "ming"]), ("强", ["qiang"]), ("绿西", ["lv", "xi"]), ("安娜", ["an", "na"]), ("国", ["guo"])]
UMLAUTS = ("u", "v", "yu", "ü")


def kind_of(written: str, zh: str, en: str | None = None, former: tuple[str, ...] = ()) -> str | None:
    known = default_surnames()
    return written_forms(zh, en, former, known).get(parse(written, known).key)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str, bool]:
    """A Han name, one way to write it, and whether the given name was cut to initials."""
    surname, given = draw(st.sampled_from(SURNAMES)), draw(st.sampled_from(GIVEN))
    umlaut = draw(st.sampled_from(UMLAUTS))
    head, parts = ([s.replace("v", umlaut) for s in name[1]] for name in (surname, given))
    joined = draw(st.sampled_from(["", "-", " "])).join(head) if len(head) > 1 else head[0]
    family = joined.title() if draw(st.booleans()) else joined.upper()
    short = draw(st.booleans())
    bare = False
    if short:
        forename = draw(st.sampled_from(["{}. ", "{}.", "{}.-", "{}"]))
        bare = forename == "{}"  # 'Wang AN' without a comma can be An Wang
        forename = "".join(forename.format(p[0].upper()) for p in parts).strip(" -")
    else:
        join = draw(st.sampled_from(["", "-", " "]))
        bare = join == " "  # 'Xiao Ming Lu' can be Minglu Xiao
        forename = join.join(parts)
        forename = draw(st.sampled_from([str.title, str.capitalize]))(forename)
    order = (
        draw(st.sampled_from(["{f}, {g}", "{f} {g}", "{g} {f}"]))
        if family != joined.upper() and not bare and " " not in family
        else "{f}, {g}"
    )
    return surname[0] + given[0], order.format(f=family, g=forename), short


@given(written())
@settings(max_examples=400, deadline=None)
def test_every_writing_is_a_form(case: tuple[str, str, bool]) -> None:
    zh, text, short = case
    kind = kind_of(text, zh)
    assert kind is not None, (zh, text, parse(text).key, written_forms(zh))
    if short:
        assert kind in ("initials", "initial"), (zh, text, kind)


@pytest.mark.parametrize(
    ("text", "zh", "en", "former", "kind"),
    [
        ("Shan, Xiaole", "单小乐", None, (), "full"),
        ("Dan, Xiaoyue", "单小乐", None, (), "polyphone"),
        ("Xiaole Shan", "单小乐", None, (), "full"),
        ("Xiaole, Shan", "单小乐", None, (), "swapped"),
        ("Wang, Kevin", "王小明", "Kevin Wang", (), "english"),
        ("Wang, Kevin Xiaoming", "王小明", "Kevin Wang", (), "english"),
        ("Wang, Xiaoming Kevin", "王小明", "Kevin Wang", (), "english"),
        ("Wang, K.", "王小明", "Kevin Wang", (), "initial"),
        ("Wang, Daming", "王小明", None, ("王大明",), "former"),
        ("Müller, Jürgen", "", "Jurgen Muller", (), "english"),
        ("Smith, John, Jr.", "", "John Smith", (), "english"),
        ("Abudula, Maimaiti", "阿卜杜拉·买买提", None, (), "polyphone"),
        ("Maimaiti, Abudula", "阿卜杜拉·买买提", None, (), "swapped"),
        ("Abudula, M.", "阿卜杜拉·买买提", None, (), "initial"),
        ("Abdulla, Mamat", "阿卜杜拉·买买提", "Mamat Abdulla", (), "english"),
        ("Nvren, Wang", "王女人", None, (), "swapped"),
        ("王 小明", "王小明", None, (), "full"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提", None, (), "full"),
        ("Wang, Xiaolin", "王小明", None, (), None),
        ("Wang, XL", "王小明", None, (), None),
    ],
)
def test_kind_of_a_writing(text: str, zh: str, en: str | None, former: tuple[str, ...], kind: str | None) -> None:
    assert kind_of(text, zh, en, former) == kind
