"""Xueheng: deduplication of synthetic records of one size; making and normalising them is left out of the time."""

from __future__ import annotations

import json
import resource
import sys
import time

from synthetic import labelled

from pipelines.core.settings import Settings
from pipelines.evaluate import dedup

GIVEN = labelled(int(sys.argv[1]))
UNIVERSITY = Settings().university
TABLES = dedup.normalised(GIVEN, UNIVERSITY)
BEFORE, USED = time.perf_counter(), time.process_time()
PAIRS, CLUSTERS = dedup.run(TABLES, UNIVERSITY)
SECONDS, CPU = time.perf_counter() - BEFORE, time.process_time() - USED
SCORES = dedup.pair_scores(CLUSTERS.select("record_id", cluster="work_id"), GIVEN.gold)
print(
    json.dumps(
        {
            "records": GIVEN.records.height,
            "pairs": PAIRS.height,
            "seconds": SECONDS,
            "cpu": CPU,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            **{name: SCORES[name] for name in ("precision", "recall", "f1")},
        }
    )
)
