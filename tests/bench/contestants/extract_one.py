"""The loop that everybody writes: rapidfuzz.process.extractOne over all names of the registry, address by address.

Arguments: folder of the registry, set, number of addresses (the first of the set). Loading is left out.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from rapidfuzz import process, utils

from pipelines.evaluate import affiliations

institutions, aliases = affiliations.registry_frames(Path(sys.argv[1]))
names = [(n, i) for i, n in institutions.select("institution_id", "name_en").iter_rows()]
names += [(n, i) for n, i in aliases.select("alias", "institution_id").iter_rows()]
choices = [utils.default_process(name) for name, _ in names]
rows = affiliations.read(Path(sys.argv[2]))[: int(sys.argv[3])]
wall, cpu = time.perf_counter(), time.process_time()
best = [process.extractOne(utils.default_process(row.string), choices) for row in rows]
seconds = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
print(json.dumps(seconds | {"found": [[names[place][1], score] for _, score, place in best]}))
