"""File names from any machine."""

from __future__ import annotations

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.intake import names


@settings(max_examples=200, deadline=None)
@given(
    st.binary(min_size=1, max_size=255).filter(lambda b: b"/" not in b and b"\0" not in b and b not in (b".", b".."))
)
def test_every_name_becomes_one_that_can_be_stored(data):
    name = os.fsdecode(data)
    safe = names.safe(name)
    assert 0 < len(safe.encode()) <= names.LONGEST and "/" not in safe and not safe.startswith(".")
    assert names.safe(safe) == safe
    assert names.readable(name).encode()


def test_the_ending_survives_shortening():
    assert names.shortened("检" * 100 + ".xlsx", 50).endswith(".xlsx")
    assert len(names.shortened("检" * 100 + ".xlsx", 50).encode()) <= 50


def test_equal_names_are_told_apart_whatever_the_case():
    taken: set[str] = set()
    assert [names.free(n, taken) for n in ("a.txt", "A.txt", "a.txt")] == ["a.txt", "A (2).txt", "a (3).txt"]


def test_a_folder_names_a_source_by_its_nearest_part():
    assert names.expected_source("wos/2026/五月") == "wos"
    assert names.expected_source("2026") is None and names.expected_source(".") is None
