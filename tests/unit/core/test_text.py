"""Folding of text to match keys."""

from __future__ import annotations

import unicodedata

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core import text


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Fe<inf>3</inf>O<inf>4</inf>@SiO<sub>2</sub>", "fe3o4 sio2"),
        ("H₂O and ＡＢＣ", "h2o and abc"),
        ("α-Fe2O3 &amp; TNF-&alpha;", "alpha fe2o3 tnf alpha"),
        ("Schrödinger’s Gröbner—Straße", "schrodinger s grobner strasse"),
        ("eﬃcient ﬂow, Ørsted, Łukasz", "efficient flow orsted lukasz"),
        ("p < 0.05 and q > 0.1", "p 0 05 and q 0 1"),
        ("&amp;lt;i&amp;gt;Escherichia&amp;lt;/i&amp;gt; coli", "escherichia coli"),
        ("基于深度学习的“水质”预测（英文）", "基于深度学习的 水质 预测 英文"),
        ("µm and Ω", "mu m and omega"),
    ],
)
def test_fold_gives_the_key(written: str, key: str) -> None:
    assert text.fold(written) == key
    assert pl.select(text.folded(pl.lit(written))).item() == key


def assigned(value: str) -> bool:
    """Unassigned code points may differ between the two Unicode tables."""
    return all(unicodedata.category(c) not in ("Cn", "Cs") for c in value)


titles = st.text(
    st.characters(exclude_categories=("Cs", "Cn", "Co"), max_codepoint=0xFFFF),
    max_size=30,
).filter(assigned)


@settings(max_examples=150, deadline=None)
@given(st.lists(titles, min_size=1, max_size=20))
def test_fold_and_folded_agree_and_are_idempotent(values: list[str]) -> None:
    once = pl.DataFrame({"t": values}).select(k=text.folded(pl.col("t")).fill_null(""))["k"]
    assert once.to_list() == [text.fold(v) for v in values]
    twice = pl.DataFrame({"t": once}).select(k=text.folded(pl.col("t")).fill_null(""))["k"]
    assert twice.to_list() == once.to_list()


def test_missing_stays_missing_and_signs_alone_are_no_key() -> None:
    keys = pl.DataFrame({"t": [None, "…—!", ""]}, schema={"t": pl.String}).select(k=text.folded(pl.col("t")))["k"]
    assert keys.to_list() == [None, None, None]


def test_address_id_ignores_white_space_runs_only() -> None:
    frame = pl.DataFrame(
        {
            "a": [
                "Linghai Univ,  Sch Chem",
                " Linghai Univ, Sch\u3000Chem ",
                "Linghai Univ, Sch Chem.",
                None,
            ]
        }
    )
    ids = frame.select(k=text.address_id(pl.col("a")))["k"].to_list()
    assert ids[0] == ids[1] != ids[2]
    assert ids[0] is not None and len(ids[0]) == 16
    assert ids[3] is None


def test_compact_joins_words() -> None:
    assert pl.select(text.compact(pl.lit("on line"))).item() == "online"
