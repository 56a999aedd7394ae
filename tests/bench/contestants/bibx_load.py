"""bibx (PyPI): Web of Science files into its collection of articles. Runs in .tools/peers/bibx."""

from __future__ import annotations

from contextlib import ExitStack

import bibx
from clock import listed, measured

FILES = listed()


def load() -> int:
    """Articles that stand for a record; the works they cite are articles of the collection too and are not counted."""
    with ExitStack() as opened:
        handles = [opened.enter_context(path.open(encoding="utf-8-sig")) for path in FILES]
        collection = bibx.read_wos(*handles)
    return sum("UT" in article.extra for article in collection.articles)


measured(load)
