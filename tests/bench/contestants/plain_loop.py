"""The least that any line-by-line reader in Python does: decode, split into lines, cut tag and value."""

from __future__ import annotations

from clock import listed, measured

FILES = listed()


def loop() -> int:
    """Every line cut and thrown away; no record is counted."""
    for path in FILES:
        with open(path, encoding="utf-8") as f:  # noqa: PTH123 – the loop as it is always written
            for line in f:
                line[:2], line[3:]
    return 0


measured(loop)
