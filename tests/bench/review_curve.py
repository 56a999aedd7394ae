"""docs/pictures/review-curve.svg from what `xueheng eval review --json` printed of the default and of the hard sample."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import plot

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "review-curve.svg"


def main(default: Path, hard: Path) -> None:
    """Recall of units and people over the rows answered."""
    series: dict[str, list[tuple[int, float]]] = {}
    for path, ending in ((default, ""), (hard, " (hard)")):
        for step in json.loads(path.read_text(encoding="utf-8")):
            for kind in ("units", "people"):
                points = series.setdefault(f"{kind}{ending}", [])
                if not points or step["answered"] > points[-1][0]:
                    points.append((step["answered"], step[kind]["recall"]))
    PICTURE.write_text(plot.shares(series, "Recall against rows of the review sheets", 0.99), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
