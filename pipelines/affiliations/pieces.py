"""What an address is taken apart into, and what is said of it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from pipelines.affiliations.candidates import Candidate

ASKED = 0.6  # score of what is left to people
Kind = Literal["institution", "unit", "both", "foreign", "department", "text"]


class Piece(NamedTuple):
    """A stretch of an address and what it can be."""

    kind: Kind
    text: str
    institutions: tuple[Candidate, ...] = ()
    units: tuple[Candidate, ...] = ()
    rest: str = ""  # part of the same segment that names a department nobody knows


class Match(NamedTuple):
    """One row of affiliation_matches without the address itself."""

    institution_id: str | None
    unit_id: str | None
    matched_text: str
    method: str
    score: float
    decision: str
    evidence: dict[str, object]
