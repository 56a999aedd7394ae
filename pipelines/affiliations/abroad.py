"""An address that states another country than our university's: our name there may be a namesake's."""

from __future__ import annotations

from pipelines.affiliations.candidates import Dictionary
from pipelines.affiliations.pieces import ASKED, Match
from pipelines.affiliations.places import Places, stated_in


def at_home(matches: list[Match], address: str, known: Dictionary, places: Places | None) -> list[Match]:
    """The matches where our country is stated or none. Abroad our name is asked; a doubtful name or a unit alone (a bare
    'Univ Hosp') is not ours there."""
    touched = [m for m in matches if m.institution_id == known.own or m.decision == "review"]
    country = _other_country(address, known, places) if touched else ""
    if not country:
        return matches
    others = [m for m in matches if m.institution_id not in (None, known.own)]
    ours = next((m for m in matches if m.institution_id == known.own), None)
    if ours is None:
        return others or [Match(None, None, "", "none", 0.0, "no_match", {"国家": country})]
    named = ours.evidence.get("机构")
    text = named["文字"] if isinstance(named, dict) else ours.matched_text
    said: dict[str, object] = {"机构": named, "疑问": f"地址写的国家是 {country}，不是本校所在"}
    return [Match(None, None, text, ours.method.partition("+")[0], ASKED, "review", said), *others]


def _other_country(address: str, known: Dictionary, places: Places | None) -> str:
    home = places.code(known.country) if places and known.country else None
    stated = stated_in(address, places) if places and home else frozenset()
    return "" if home in stated else "、".join(sorted(stated))
