"""One analyst who opens the published databases again and again until told to stop; a process of its own, duckdb alone.

`reading.py FOLDER STOP path|link`: opens FOLDER/current by its real path (both databases), or as a client does that follows the link.
Prints JSON: connections, builds seen, errors. Each connection must see one build from first to last.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb

ONE = "SELECT build_id FROM lake.build UNION ALL SELECT DISTINCT build_id FROM marts.work"


def read(place: Path, with_people: bool) -> set[str]:
    """Builds that one connection sees, asked three times."""
    with duckdb.connect(str(place / "library.duckdb"), read_only=True) as connection:
        if with_people:
            connection.execute(f"ATTACH '{place / 'people.duckdb'}' AS people (READ_ONLY)")
        ids: list[tuple[str]] = []
        for _ in range(3):
            ids += connection.execute(ONE).fetchall()
            if with_people:
                ids += connection.execute("SELECT build_id FROM people.lake.build").fetchall()
            time.sleep(0.01)
    return {build_id for (build_id,) in ids}


def main() -> None:
    """Read until the stop file is there."""
    current, stop, way = Path(sys.argv[1]) / "current", Path(sys.argv[2]), sys.argv[3]
    connections, errors, seen = 0, [], set()
    while not stop.exists():
        try:
            found = read(current if way == "link" else current.resolve(), way == "path")
        except (duckdb.Error, OSError) as error:
            errors.append(str(error))
            continue
        if len(found) != 1:
            errors.append(f"mixed builds: {sorted(found)}")
        seen |= found
        connections += 1
    sys.stdout.write(json.dumps({"connections": connections, "seen": sorted(seen), "errors": errors}))


if __name__ == "__main__":
    main()
