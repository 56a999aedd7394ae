"""batch.yml: what is understood, what is told, what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.errors import SourceError
from pipelines.intake import hints


def read(tmp_path, content: str | bytes):
    path = tmp_path / "batch.yml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return hints.read(path)


@pytest.mark.parametrize("text", ["2026-05", "2026-5", "202605", "2026/05", "2026年5月", "2026.05"])
def test_periods_in_every_hand(tmp_path, text):
    assert read(tmp_path, f"esi_period: {text}\n")[0] == {"esi_period": "2026-05"}


@pytest.mark.parametrize("text", ["2026-11-02", "2026/11/2", "20261102", "2026年11月2日"])
def test_dates_in_every_hand(tmp_path, text):
    assert read(tmp_path, f"search_date: {text}\n")[0] == {"search_date": "2026-11-02"}


def test_counts_with_separators(tmp_path):
    assert read(tmp_path, "hits: 6,412\n")[0] == {"hits": 6412}


def test_plain_text_stays_text(tmp_path):
    assert read(tmp_path, "database: no\nrole_name: 001\n")[0] == {"database": "no", "role_name": "001"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_files_saved_by_notepad(tmp_path, encoding):
    assert read(tmp_path, "operator: 馆员甲\r\n".encode(encoding))[0] == {"operator": "馆员甲"}


def test_an_unknown_key_is_told_with_a_guess(tmp_path):
    found, told = read(tmp_path, "esi_peroid: 2026-05\n")
    assert found == {} and "esi_period" in told[0]


WRONG = [
    "esi_period: [2026\n",
    "- a\n- b\n",
    "just words",
    "esi_period: 2026-13\n",
    "hits: many\n",
    "search_date: 2026-02-30\n",
    "hits: {a: b}\n",
    "role: &x [1]\nhits: *x\n",
    b"\x00\x01\x02",
    "x" * 70000,
]


@pytest.mark.parametrize("content", WRONG)
def test_what_cannot_be_understood_is_refused_in_words(tmp_path, content):
    with pytest.raises(SourceError) as caught:
        read(tmp_path, content)
    assert caught.value.parts["下一步"] and "收件箱" in caught.value.what


def test_an_empty_file_says_nothing(tmp_path):
    assert read(tmp_path, "") == ({}, []) == read(tmp_path, "# nothing\n")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_hints_or_words(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("h") / "batch.yml"
    path.write_bytes(content)
    try:
        found, _ = hints.read(path)
    except SourceError as error:
        assert str(error)
    else:
        assert set(found) <= set(hints.KEYS)
