"""The same printed records in every export format of their vendor: one function per format, records in, bytes of a file out.

A format says no more than the vendor's does: what it cannot carry is left out, never bent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipelines.sample.formats import cnki, ei, scopus, wos
from pipelines.sample.record import Record


class Format(NamedTuple):
    """How one format's files end, and what makes them."""

    suffix: str
    write: Callable[[Sequence[Record]], bytes]


FORMATS: dict[str, dict[str, Format]] = {
    "wos": {
        "tagged": Format(".txt", wos.tagged),
        "tagged_chinese": Format(".ciw", wos.tagged_chinese),
        "tab": Format(".txt", wos.tab),
        "tab_utf16": Format(".txt", wos.tab_utf16),
        "xlsx": Format(".xlsx", wos.xlsx),
        "bibtex": Format(".bib", wos.bibtex),
        "ris": Format(".ris", wos.ris),
    },
    "ei": {
        "xlsx": Format(".xlsx", ei.xlsx),
        "csv": Format(".csv", ei.csv_text),
        "ris": Format(".ris", ei.ris),
        "bibtex": Format(".bib", ei.bibtex),
        "text": Format(".txt", ei.text),
    },
    "cnki": {
        "refworks": Format(".txt", cnki.refworks),
        "noteexpress": Format(".net", cnki.noteexpress),
        "endnote": Format(".enw", cnki.endnote),
        "estudy": Format(".txt", cnki.estudy),
        "custom": Format(".txt", cnki.custom),
        "html": Format(".xls", cnki.html),
        "xlsx": Format(".xlsx", cnki.xlsx),
        "notefirst": Format(".nf", cnki.notefirst),
    },
    "scopus": {
        "csv": Format(".csv", scopus.csv_text),
        "ris": Format(".ris", scopus.ris),
        "bibtex": Format(".bib", scopus.bibtex),
    },
}

__all__ = ["FORMATS", "Format"]
