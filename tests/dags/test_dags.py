"""Every DAG as staff see it, and the shape the architecture asks of DAG files."""

from __future__ import annotations

import ast
import sys
from itertools import pairwise
from typing import Any

import pytest
from airflow.sdk import AssetAny

from pipelines.core import catalog
from pipelines.core.settings import PROJECT
from pipelines.stages import STEPS

DAGS = PROJECT / "dags"
SOURCES = catalog.source_names()
FILES = sorted(DAGS.glob("*.py"))
PLUGINS = {p.stem for p in (DAGS / "plugins").glob("*.py")}
LIGHT = {"pipelines.core", "pipelines.core.catalog", "pipelines.core.settings", "pipelines.stages"}


def _chinese(text: str | None) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text or "")


def _assets(dag: Any) -> set[str]:
    return {asset.name for asset in dag.timetable.asset_condition.objects}


def test_ids_follow_sources_and_reports(dags: dict[str, Any]) -> None:
    reports = {f"report_{r}" for r in catalog.report_names()}
    assert set(dags) == {"intake", "build"} | {f"ingest_{s}" for s in SOURCES} | reports


def test_staff_read_chinese_everywhere(dags: dict[str, Any]) -> None:
    for dag in dags.values():
        assert _chinese(dag.dag_display_name) and _chinese(dag.description), dag.dag_id
        assert any(_chinese(tag) for tag in dag.tags), dag.dag_id
        for heading in ("### 做什么", "### 何时运行", "### 失败时"):
            assert heading in dag.doc_md, dag.dag_id
        for task in dag.tasks:
            assert _chinese(task.task_display_name), (dag.dag_id, task.task_id)
            assert task.owner == "数据服务组"
        for name, param in dag.params.items():
            assert _chinese(dag.params.get_param(name).schema["title"]), (dag.dag_id, name, param)


def test_no_dag_runs_twice_at_once_or_catches_up(dags: dict[str, Any]) -> None:
    assert all(dag.max_active_runs == 1 and not dag.catchup for dag in dags.values())


def test_assets_lead_from_the_inbox_to_the_reports(dags: dict[str, Any]) -> None:
    assert _assets(dags["intake"]) == {"inbox"}
    for source in SOURCES:
        assert _assets(dags[f"ingest_{source}"]) == {f"landing_{source}"}
        assert [o.name for o in dags[f"ingest_{source}"].get_task("read").outlets] == [f"raw_{source}"]
    assert isinstance(dags["build"].timetable.asset_condition, AssetAny)
    assert _assets(dags["build"]) == {f"raw_{s}" for s in SOURCES} | {"decisions"}
    assert [o.name for o in dags["build"].get_task("publish").outlets] == ["build_published", "esi_periods"]
    assert _assets(dags["report_esi_push"]) == {"esi_period_published"}


def test_the_build_has_one_task_per_step_in_order(dags: dict[str, Any]) -> None:
    build = dags["build"]
    line = ["quiet", "begin", *(s.name for s in STEPS), "warehouse", "publish", "release"]
    assert {t.task_id for t in build.tasks} == set(line)
    for before, after in pairwise(line):
        assert after in build.get_task(before).downstream_task_ids
    assert [build.get_task(s.name).task_display_name for s in STEPS] == [s.zh for s in STEPS]
    assert build.get_task("release").is_teardown


def test_the_trigger_form_asks_what_a_batch_yml_can_say(dags: dict[str, Any]) -> None:
    from pipelines.intake import hints

    assert set(dags["intake"].params) == set(hints.KEYS)
    assert all(value is None for value in dags["intake"].params.dump().values())


@pytest.mark.parametrize("path", [p for p in FILES if p.stem != "local"], ids=lambda p: p.name)
def test_dag_files_are_thin(path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 100
    for node in ast.parse(text).body:
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            top = name.partition(".")[0]
            allowed = name in LIGHT or name.startswith(("airflow.sdk", "airflow.providers")) or top in PLUGINS
            assert allowed or top in sys.stdlib_module_names, f"{path.name} imports {name}"


def test_a_dag_file_is_not_seen_twice() -> None:
    ignored = (DAGS / ".airflowignore").read_text(encoding="utf-8").split()
    assert ignored == ["plugins/", "machine/", "local.py"]


def test_pairs_are_mapped_when_several_machines_share_them(
    dags: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "compare" not in dags["build"].task_ids  # one machine: no further task
    monkeypatch.setenv("XUEHENG_PAIR_PARTS", "3")
    from airflow.dag_processing.dagbag import DagBag

    build = DagBag(str(DAGS / "build.py")).dags["build"]
    assert build.get_task("compare").downstream_task_ids == {"dedup"}
    assert build.get_task("compare").op_kwargs_expand_input.value == {"number": [0, 1, 2]}
