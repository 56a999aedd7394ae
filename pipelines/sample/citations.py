"""Citations, thresholds and the fate of a paper on the highly cited and hot lists over the sample's ESI periods."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from pipelines.sample import tables
from pipelines.sample.draw import Draw, Weighted

PERIODS = ("2026-03", "2026-05", "2026-07")  # May drops the oldest year, so window losses occur in the second period
WOS_EXPORTED = "2026-08-28"
# Citations of the top 1 % relative to ten-year-old papers, by age in years (shape of the Field Baselines table)
_SHAPE = (0.0, 0.06, 0.19, 0.33, 0.47, 0.60, 0.72, 0.81, 0.88, 0.94, 1.0, 1.04, 1.08)
_PERCENTILES = {"0.01%": 8.6, "0.10%": 3.2, "1.00%": 1.0, "10.00%": 0.30, "20.00%": 0.185, "50.00%": 0.068}
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
HOT_RUNS = ((1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 1, 1), (0, 0, 1), (1, 1, 1))


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
    return int(int(fields()[field]["highly_cited"]) * share * _PERCENTILES[percentile] + 0.5)


def all_years(field: str, period: str, percentile: str) -> int:
    """The ALL YEARS column: between the old and the new years."""
    return threshold(field, window(period).first_year + 5, period, percentile)


def ordinary(draw: Draw, field: str, year: int) -> Story:
    """A paper that is not on any list; one in forty is close to the threshold."""
    limits = [threshold(field, min(year, window(p).last_year), p) for p in PERIODS]
    if draw.chance(0.04) and limits[-1] > 6:
        last = limits[-1] - draw.between(1, max(1, limits[-1] // 6))
    else:
        last = int(0.78 * limits[-1] * draw.random() ** 3.2)
    rising = (int(last * (0.93 + 0.035 * n)) for n in range(len(PERIODS) - 1))
    cites = (*(max(0, min(limits[n] - 1, c)) for n, c in enumerate(rising)), last)
    none = (False,) * len(PERIODS)
    return Story(
        cites,
        (field,) * len(PERIODS),
        none,
        none,
        (True,) * len(PERIODS),
        int(last * 1.05 + draw.random() * 2),
        "ordinary",
    )


def highly_cited(draw: Draw, field: str, year: int) -> Story:
    """A paper that is highly cited in at least one period, with the fate that was drawn for it."""
    count = len(PERIODS)
    limits = [threshold(field, year, p) for p in PERIODS]
    fate = FATES.draw(draw)
    turn = draw.pick((*range(1, count), count - 1))  # the newest period shows most
    factor = 1.02 + 0.9 * draw.random() ** 3
    cites = [int(limits[-1] * factor * (0.97 + 0.015 * n)) + 1 for n in range(count)]
    cites = [max(c, limits[n]) for n, c in enumerate(cites)]
    own_fields = [field] * count
    attributed = [True] * count
    if fate == "new":
        cites = [limits[n] - draw.between(1, 2) if n < turn else max(cites[n], limits[n]) for n in range(count)]
    elif fate == "below" and (turn := _rise(limits, turn)):
        cites = [limits[n] for n in range(turn)] + [limits[turn] - 1] * (count - turn)
    elif fate == "re-entered" and limits[-2] > limits[0]:
        cites = [limits[0], *(limits[n] - 1 for n in range(1, count - 1)), limits[-1] + 1]
    elif fate == "field_moved" and field in _HIGHER:
        moved = [threshold(_HIGHER[field], year, p) for p in PERIODS]
        own_fields = [field if n < turn else _HIGHER[field] for n in range(count)]
        cites = [min(max(limits), min(moved) - 1)] * count
    elif fate == "field_kept" and field in _HIGHER:
        own_fields = [field if n < turn else _HIGHER[field] for n in range(count)]
        cites = [max(threshold(f, year, PERIODS[n]) for f in own_fields) + 2 + n for n in range(count)]
    elif fate == "attribution":
        attributed = [n < turn for n in range(count)]
    cites = [max(cites[: n + 1]) for n in range(count)]
    listed = tuple(_listed(own_fields[n], year, p, cites[n]) and attributed[n] for n, p in enumerate(PERIODS))
    ahead = 1.03 + 0.07 * draw.random()
    hot = _hot(draw, year, 0.3)
    return Story(tuple(cites), tuple(own_fields), listed, hot, tuple(attributed), int(cites[-1] * ahead + 0.5), fate)


def _rise(limits: list[int], turn: int) -> int:
    """A period whose threshold is above the one before, `turn` if possible; 0 when there is none."""
    rises = [n for n in range(1, len(limits)) if limits[n] > limits[n - 1]]
    return turn if turn in rises else rises[-1] if rises else 0


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
    if year < 2024 or year > 2025 or not draw.chance(share):
        return (False,) * len(PERIODS)
    return tuple(bool(h) for h in draw.pick(HOT_RUNS))
