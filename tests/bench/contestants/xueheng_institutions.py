"""Xueheng: institutions of labelled addresses; arguments: folder of the registry, set. Registry loaded before the clock starts."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from pipelines.affiliations.mentions import Finder
from pipelines.evaluate import affiliations

finder = Finder(affiliations.registry_of(Path(sys.argv[1])))
rows = affiliations.read(Path(sys.argv[2]))
wall, cpu = time.perf_counter(), time.process_time()
found = [sorted(m.id for m in finder.find(row.string) if not m.rivals) for row in rows]
print(json.dumps({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "found": found}))
