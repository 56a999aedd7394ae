"""Citations, thresholds and the fate of a paper on the highly cited and hot lists over the sample's ESI periods."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from pipelines.sample import tables
from pipelines.sample.draw import Draw, Weighted

PERIODS = (
    "2025-05",
    "2025-07",
    "2025-09",
    "2025-11",
    "2026-01",
    "2026-03",
    "2026-05",
    "2026-07",
)  # May drops the oldest year
WOS_EXPORTED = "2026-08-28"
# Citations of the top 1 % relative to ten-year-old papers, by age in years (shape of the Field Baselines table)
_SHAPE = (0.0, 0.06, 0.19, 0.33, 0.47, 0.60, 0.72, 0.81, 0.88, 0.94, 1.0, 1.04, 1.08)
PERCENTILES = {"0.01%": 8.6, "0.10%": 3.2, "1.00%": 1.0, "10.00%": 0.30, "20.00%": 0.185, "50.00%": 0.068}
_HIGHER = {
    "ENG": "CHE",
    "CHE": "MAT",
    "MTH": "COM",
    "ENV": "CHE",
    "COM": "MAT",
    "AGR": "BIO",
    "SOC": "ECO",
    "ECO": "ENV",
    "PHY": "MAT",
    "BIO": "MOL",
    "CLI": "MOL",
}
FATES = Weighted(
    ("steady", "new", "below", "re-entered", "field_moved", "attribution", "field_kept"), (44, 20, 16, 6, 6, 4, 4)
)
# Fields and years in which a sample of some size has at least 20 papers on the newest highly cited list, so that ESI's count can be
# compared with that of Web of Science there (indicators.md 00): papers of the cell among so many works, and how many shall be listed
FOCUS = {("ENG", 2021): 0.0155, ("ENG", 2023): 0.0155}
FOCUS_LISTED, FOCUS_FROM = 34, 3000
QUIET = 2  # the release without a hot paper of ours in hard mode: its list is delivered, and empty


class Window(NamedTuple):
    """Years of a release and the last month it counts."""

    first_year: int
    last_year: int
    last_month: int


@dataclass(frozen=True, slots=True)
class Story:
    """A paper's citations, field and listing per period, and what Web of Science counts at its export."""

    cites: tuple[int, ...]
    fields: tuple[str, ...]
    listed: tuple[bool, ...]
    hot: tuple[bool, ...]
    attributed: tuple[bool, ...]
    tc: int
    fate: str


@cache
def window(period: str) -> Window:
    """Ten years and two to twelve months, rolling in May (indicators.md 4.1)."""
    year, month = int(period[:4]), int(period[5:])
    if month in (1, 3):
        return Window(year - 11, year - 1, 10 if month == 1 else 12)
    return Window(year - 10, year, month - 3)


@cache
def fields() -> dict[str, dict[str, str]]:
    """The 22 fields with their levels."""
    return {r["esi_field"]: r for r in tables.rows("esi_fields")}


@cache
def threshold(field: str, year: int, period: str, percentile: str = "1.00%") -> int:
    """Citations of the top share of a field and year at a release."""
    seen = window(period)
    if year > seen.last_year:
        return 0
    age = min(11.9, max(0.0, seen.last_year + seen.last_month / 12 - (year + 0.45)))
    low = int(age)
    share = _SHAPE[low] + (age - low) * (_SHAPE[low + 1] - _SHAPE[low])
    return int(int(fields()[field]["highly_cited"]) * share * PERCENTILES[percentile] + 0.5)


def all_years(field: str, period: str, percentile: str) -> int:
    """The ALL YEARS column: between the old and the new years."""
    return threshold(field, window(period).first_year + 5, period, percentile)


def share(field: str, year: int, works: int) -> float:
    """Share of own papers of a field and year that are highly cited at some time.

    Small samples hold more of them than life does, so that a report has something to say.
    """
    usual = 0.018 + 0.042 * min(1.0, 3000 / max(works, 1))
    wanted = FOCUS_LISTED / (FOCUS[field, year] * works) if (field, year) in FOCUS and works >= FOCUS_FROM else 0.0
    return max(usual, min(0.55, wanted))


def ordinary(draw: Draw, field: str, year: int) -> Story:
    """A paper that is not on any list; one in seventeen is close to the threshold."""
    limits = [threshold(field, min(year, window(p).last_year), p) for p in PERIODS]
    if draw.chance(0.06) and limits[-1] > 6:
        last = limits[-1] - draw.between(1, max(1, limits[-1] // 6))
    else:
        last = int(0.78 * limits[-1] * draw.random() ** 3.2)
    count = len(PERIODS)
    rising = (int(last * (0.79 + 0.03 * n)) for n in range(count - 1))
    cites = (*(max(0, min(limits[n] - 1, c)) for n, c in enumerate(rising)), last)
    none, tc = (False,) * count, int(last * 1.05 + draw.random() * 2)
    return Story(cites, (field,) * count, none, none, (True,) * count, tc, "ordinary")


def highly_cited(draw: Draw, field: str, year: int) -> Story:
    """A paper that is highly cited in at least one period, with the fate that was drawn for it."""
    count = len(PERIODS)
    limits = [threshold(field, year, p) for p in PERIODS]
    fate = FATES.draw(draw)
    possible = [n for n, p in enumerate(PERIODS) if limits[n] > 2 and window(p).first_year <= year]
    later = possible[1:] or possible
    turn = draw.pick((*later, *later[-2:]))  # the newest periods show most
    factor = 1.02 + 0.9 * draw.random() ** 3
    cites = [int(limit * factor) + 1 for limit in limits]
    own_fields, attributed = [field] * count, [True] * count
    higher = _HIGHER.get(field, field)
    moved = [threshold(higher, year, p) for p in PERIODS]
    if fate == "new":
        cites = [limits[n] - draw.between(1, 2) if n < turn else cites[n] for n in range(count)]
    elif fate == "below" and (turn := _rise(limits, turn)):
        cites = [limits[n] for n in range(turn)] + [limits[turn] - 1] * (count - turn)
    elif fate == "re-entered" and (turn := _rise(limits, turn)):
        back = min(count - 1, turn + draw.between(1, 2))
        cites = [limits[n] - 1 if turn <= n < back else limits[n] + (n >= back) for n in range(count)]
    elif fate == "field_moved" and limits[turn - 1] < moved[turn]:
        own_fields = [field if n < turn else higher for n in range(count)]
        cites = [limits[min(n, turn - 1)] for n in range(count)]
    elif fate == "field_kept":
        own_fields = [field if n < turn else higher for n in range(count)]
        cites = [max(limits[n], moved[n]) + 2 + n for n in range(count)]
    elif fate == "attribution":
        attributed = [n < turn for n in range(count)]
    cites = [max(0, *cites[: n + 1]) for n in range(count)]
    listed = tuple(_listed(own_fields[n], year, p, cites[n]) and attributed[n] for n, p in enumerate(PERIODS))
    ahead = 1.03 + 0.07 * draw.random()
    hot = _hot(draw, year, 0.3)
    return Story(tuple(cites), tuple(own_fields), listed, hot, tuple(attributed), int(cites[-1] * ahead + 0.5), fate)


def _rise(limits: list[int], turn: int) -> int:
    """The period nearest to `turn` whose threshold is above that of the period before, both above two; 0 when there is none."""
    rises = [n for n in range(1, len(limits)) if limits[n] > limits[n - 1] > 2]
    return min(rises, key=lambda n: abs(n - turn), default=0)


def near(paper: Story, year: int) -> bool:
    """Whether the paper is close to the newest threshold without standing on the list: 80 % of it, or three citations short."""
    limit = threshold(paper.fields[-1], year, PERIODS[-1])
    inside = window(PERIODS[-1]).first_year <= year <= window(PERIODS[-1]).last_year
    cites = paper.cites[-1]
    return inside and limit > 2 and not paper.listed[-1] and (cites >= 0.8 * limit or limit - cites <= 3)


def story(draw: Draw, field: str, year: int, share: float) -> Story:
    """The fate of an article or review in a journal of Web of Science; `share` of them are highly cited."""
    leaving = year == window(PERIODS[0]).first_year  # a few more, so that the May roll is seen
    wanted = draw.chance(share * (3 if leaving else 1))
    if wanted and window(PERIODS[0]).first_year <= year and threshold(field, year, PERIODS[-1]) > 2:
        return highly_cited(draw, field, year)
    plain = ordinary(draw, field, year)
    hot = _hot(draw, year, 0.012)
    if any(hot):
        return Story(plain.cites, plain.fields, plain.listed, hot, plain.attributed, max(plain.tc, 4), "hot")
    return plain


def quiet(paper: Story) -> Story:
    """The story with nothing hot in the release that has no hot papers."""
    return replace(paper, hot=(*paper.hot[:QUIET], False, *paper.hot[QUIET + 1 :]))


def changes(held: tuple[bool, ...], paper: Story, year: int) -> list[tuple[str, str, str]]:
    """Per period: change (new, re-entered, steady, dropped) and reason, from what the lists hold."""
    found = []
    for n, period in enumerate(PERIODS):
        before, now = n > 0 and held[n - 1], held[n]
        if now:
            change = "steady" if before else "re-entered" if any(held[:n]) else "new"
            found.append((period, change, ""))
        elif before:
            found.append((period, "dropped", _reason(paper, n, year)))
    return found


def _reason(paper: Story, n: int, year: int) -> str:
    if year < window(PERIODS[n]).first_year:
        return "window"
    if not paper.attributed[n]:
        return "attribution"
    return "field_moved" if paper.fields[n] != paper.fields[n - 1] else "below_threshold"


def _listed(field: str, year: int, period: str, cites: int) -> bool:
    limit = threshold(field, year, period)
    return window(period).first_year <= year <= window(period).last_year and limit > 2 and cites >= limit


def _hot(draw: Draw, year: int, share: float) -> tuple[bool, ...]:
    """A run of one to four releases among those that may call the paper hot (two years old at most); some come back."""
    ages = [window(p).last_year + window(p).last_month / 12 - (year + 0.5) for p in PERIODS]
    possible = [n for n, age in enumerate(ages) if 0 <= age <= 1.9]
    if not possible or not draw.chance(share):
        return (False,) * len(PERIODS)
    start, length = draw.pick(possible), draw.between(1, 4)
    gap = start + 1 if length > 2 and draw.chance(0.2) else -1
    return tuple(start <= n < start + length and n in possible and n != gap for n in range(len(PERIODS)))
