"""Where two texts differ: runs of text, each marked as differing or not, for a workbook to colour."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

Runs = list[tuple[str, bool]]
LONGEST = 4000  # characters; longer texts (thousands of authors) are shown without colour
_IDEOGRAPH = r"\u3400-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_IDEOGRAPH}]|[^\W{_IDEOGRAPH}]+|\s+|[^\w\s]")
_HAN = re.compile(f"[{_IDEOGRAPH}]")


def runs(left: str, right: str) -> tuple[Runs, Runs]:
    """Both texts as runs, True = the other text has something else there.

    Case, width and blanks are no difference. A missing text and a translation differ as a whole, which colour would not tell
    better: they are one plain run.
    """
    if (
        not left
        or not right
        or max(len(left), len(right)) > LONGEST
        or bool(_HAN.search(left)) != bool(_HAN.search(right))
    ):
        return [(left, False)], [(right, False)]
    sides = [_TOKEN.findall(text) for text in (left, right)]
    words = [[_plain(token) for token in tokens] for tokens in sides]
    marked: tuple[Runs, Runs] = ([], [])
    for what, a, b, c, d in SequenceMatcher(None, words[0], words[1], autojunk=False).get_opcodes():
        for side, tokens in zip(marked, (sides[0][a:b], sides[1][c:d]), strict=True):
            text = "".join(tokens)
            if text:
                side.append((text, what != "equal" and bool(text.strip())))
    return _merged(marked[0]), _merged(marked[1])


def _plain(token: str) -> str:
    return unicodedata.normalize("NFKC", token).casefold().strip()


def _merged(parts: Runs) -> Runs:
    """Neighbouring runs of one kind as one."""
    merged: Runs = []
    for text, differs in parts:
        if merged and merged[-1][1] == differs:
            merged[-1] = (merged[-1][0] + text, differs)
        else:
            merged.append((text, differs))
    return merged
