"""An Airflow of its own for these tests: temporary home, SQLite, our DAG and plugin folders. Set before airflow is imported."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.core.settings import PROJECT

DAGS = PROJECT / "dags"
HOME = tempfile.TemporaryDirectory(prefix="xueheng-airflow-")
for name in [n for n in os.environ if n.startswith(("AIRFLOW", "_AIRFLOW"))]:
    del os.environ[name]
os.environ |= {
    "AIRFLOW_HOME": HOME.name,
    "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(DAGS / "plugins"),
    "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
}
sys.path += [str(DAGS), str(DAGS / "plugins")]  # as Airflow and `python dags/local.py` do


@pytest.fixture(scope="session")
def dags() -> dict[str, Any]:
    """Every DAG by id, from a database made for this session."""
    import logging

    logging.getLogger("alembic").setLevel(logging.ERROR)
    from airflow.utils.db import initdb

    initdb()
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(DAGS))
    assert bag.import_errors == {}
    return dict(bag.dags)


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty data folder that DAGs under test use."""
    monkeypatch.setenv("XUEHENG_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("XUEHENG_SETTLE_SECONDS", "0")
    yield tmp_path / "data"
