"""views.*_masked of library.duckdb: what analysts may see of persons. Made from people.duckdb with pseudonyms, small cells suppressed.

The pseudonym is a keyed hash; key and numbers never enter the database, only its result does.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from pipelines import warehouse
from pipelines.core import store, subjects

LAYER = "masked"


def add(place: store.Store, folder: Path) -> None:
    """Add the masked tables to the library.duckdb of a build that is not published yet.

    Errors: StageError naming the .sql file; DataCheckFailed when a personal column came along.
    """
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"ATTACH '{(folder / 'library.duckdb').resolve()}' AS library")
        connection.execute(f"ATTACH '{(folder / 'people.duckdb').resolve()}' AS people (READ_ONLY)")
        ids = [row[0] for row in connection.execute("SELECT DISTINCT person_id FROM people.lake.people").fetchall()]
        told = subjects.pseudonyms(subjects.secret(place), ids)
        keys = pl.DataFrame(list(told.items()), schema=["person_id", "person_key"], orient="row")
        connection.register("person_keys", keys.cast(pl.String))
        connection.execute("USE library")
        warehouse.run_layer(connection, LAYER, "library.views")
        warehouse.forbid_personal(connection)
        connection.execute("CHECKPOINT library")
