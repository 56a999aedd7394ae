"""Writes the same invented records in every format of their vendor; prints where. Nothing here is timed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipelines.sample import cnki, ei, people, scopus, works, wos
from pipelines.sample.draw import Draw
from pipelines.sample.formats import FORMATS
from pipelines.sample.model import World
from pipelines.sample.record import Record

FOLDER, RECORDS = Path(sys.argv[1]), int(sys.argv[2])
SEED = 3
CHINESE = ("bilingual", "chinese", "thesis")
WORLD = World(SEED, RECORDS, people.roster(SEED, RECORDS))
CITED = wos.references(SEED)
PRINTERS: dict[str, Callable[[Any, Draw], Record]] = {
    "wos": lambda work, draw: wos.record(work, draw, CITED),
    "ei": ei.record,
    "cnki": cnki.record,
    "scopus": scopus.record,
}


def records(source: str) -> Iterator[Record]:
    """As many as asked for, of works that the database has."""
    found = number = 0
    while found < RECORDS:
        work = works.make(WORLD, number)
        number += 1
        if (work.kind in CHINESE) if source == "cnki" else (work.kind not in ("chinese", "thesis")):
            found += 1
            yield PRINTERS[source](work, Draw.of(SEED, 60, work.index))


FOLDER.mkdir(parents=True, exist_ok=True)
files = []
for source, formats in FORMATS.items():
    printed = list(records(source))
    for name, form in formats.items():
        path = FOLDER / f"{source}-{name}{form.suffix}"
        path.write_bytes(form.write(printed))
        files.append([source, name, str(path)])
print(json.dumps({"files": files}))
