"""What was recognised at the door, kept in the account of the batch: ingest need not look at a file a second time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pipelines.core import provenance
from pipelines.sources import Recognised


def kept(found: Recognised) -> dict[str, Any]:
    """A recognition as plain values, with a mark of the code that made it; {} when its details are no plain values."""
    content = {k: v for k, v in asdict(found).items() if v}
    content |= {name: list(content[name]) for name in ("reasons", "missing") if name in content}
    plain = found.details == _through_json(found.details)
    return content | {"by": _code(found.source)} if plain else {}


def again(content: Mapping[str, Any]) -> Recognised | None:
    """The recognition that was kept; None when there is none, or the code has changed since."""
    if not content or content.get("by") != _code(str(content.get("source"))):
        return None
    given = {name: value for name, value in content.items() if name != "by"}
    given |= {name: tuple(given[name]) for name in ("reasons", "missing") if name in given}
    return Recognised(**given)


def _code(source: str) -> str:
    """Every source is asked in turn, so a change in any of them may change what a file is."""
    return provenance.digest(*(provenance.code_hash(f"pipelines.sources{part}") for part in ("", f".{source}")))


def _through_json(details: Mapping[str, Any]) -> Any:
    try:
        return json.loads(json.dumps(details))
    except TypeError:
        return None
