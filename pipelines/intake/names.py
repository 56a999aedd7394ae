"""File names: any script is kept; what a file system or a list cannot carry is written safely."""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath

from pipelines.core import catalog

LONGEST = 200  # bytes; leaves room for what is added beside a file
_WINDOWS = re.compile(r'[<>:"\\|?*]')  # what a Windows share refuses: landing/ may lie on one, or be copied to one
_DEVICE = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)")
# control characters, marks that turn the direction of what follows (a name that reads “txt.exe” backwards), lone surrogates
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def readable(relative: str) -> str:
    """A path as text that can be shown and stored: bytes that are not UTF-8 and control characters become %XX."""
    data = os.fsencode(relative)
    text = data.decode("utf-8", "surrogateescape")
    return _UNWRITABLE.sub(lambda m: "".join(f"%{b:02X}" for b in os.fsencode(m[0])), text)


def safe(name: str) -> str:
    """A name for landing/: UTF-8, no control characters, nothing Windows refuses, not too long. A GBK name is read as such."""
    data = os.fsencode(name)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "surrogateescape")
    text = _WINDOWS.sub("_", _UNWRITABLE.sub("_", text)).replace("/", "_")
    text = shortened(text.lstrip(".") or "_", LONGEST).rstrip(". ") or "_"
    return shortened(f"_{text}", LONGEST) if _DEVICE.match(text) else text


def shortened(name: str, limit: int) -> str:
    """At most `limit` bytes, the ending kept."""
    if len(name.encode()) <= limit:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > 20:
        stem, dot, ending = name, "", ""
    room = limit - len((dot + ending).encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + dot + ending


def free(name: str, taken: set[str]) -> str:
    """A name nobody has yet, whatever the case; remembers it."""
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    candidate, number = name, 1
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{stem} ({number}){dot}{ending}"
    taken.add(candidate.casefold())
    return candidate


def expected_source(folder: str) -> str | None:
    """The source that a folder of the inbox is named for: the nearest part of its path that is a source's name."""
    return next((p for p in reversed(PurePosixPath(folder).parts) if p in catalog.source_names()), None)
