"""The DAGs really run, one after another, on a small sample: inbox to PDF, the same files again, and a step that fails."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipelines import runner, sample
from pipelines.core import catalog
from pipelines.core.errors import DataCheckFailed
from pipelines.core.settings import Settings
from pipelines.sample import citations

Dags = dict[str, Any]


def _states(run: Any) -> dict[str, str]:
    return {t.task_id: str(t.state) for t in run.get_task_instances()}


@pytest.fixture(scope="module")
def arrived(dags: Dags, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A data folder after the DAGs intake, ingest_* and build, and the states their tasks ended with."""
    data = tmp_path_factory.mktemp("chain") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XUEHENG_DATA_DIR", str(data))
        patch.setenv("XUEHENG_SETTLE_SECONDS", "0")
        sample.write(data / "sample", works=120, seed=3)
        older = shutil.ignore_patterns(*citations.PERIODS[:-1])
        shutil.copytree(data / "sample" / "inbox", data / "inbox", ignore=older)
        states = {"intake": _states(dags["intake"].test())}
        # the sample writes not every source
        landed = [s for s in catalog.source_names() if any((data / "landing" / s).glob("*/"))]
        states |= {name: _states(dags[name].test()) for name in [*(f"ingest_{s}" for s in landed), "build"]}
        yield data, states


def test_inbox_to_published_build(arrived: tuple[Path, dict[str, dict[str, str]]]) -> None:
    data, states = arrived
    assert {s for tasks in states.values() for s in tasks.values()} == {"success"}
    now = runner.status(Settings())
    assert now["inbox_files"] == 0
    balance = now["published"]["balance"]
    assert balance["records"] == balance["works"] + balance["merged"] > 120
    assert not (data / "builds" / "lock.json").exists()


def test_nothing_new_is_skipped_and_starts_nothing(dags: Dags, arrived: tuple[Path, Any]) -> None:
    data, _ = arrived
    before = (data / "current").resolve()
    assert _states(dags["ingest_wos"].test()) == {"read": "skipped"}
    states = _states(dags["build"].test())
    assert states.pop("quiet") == "success"
    assert set(states.values()) == {"skipped"}
    assert (data / "current").resolve() == before


def test_a_failed_step_fails_the_run_and_gives_the_lock_back(
    dags: Dags, arrived: tuple[Path, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, _ = arrived
    before = (data / "current").resolve()
    begin, calls = runner.begin_build, []

    def fail(settings: Settings, build_id: str, step: str, progress: Any = None) -> None:
        calls.append(step)
        raise DataCheckFailed("作品表有重复的主键", safe="昨日数据仍可用")

    monkeypatch.setattr(runner, "begin_build", lambda settings, holder: begin(settings, holder, force=True))
    monkeypatch.setattr(runner, "run_step", fail)
    run = dags["build"].test()
    states = _states(run)
    assert str(run.state) == "failed"
    assert (states["begin"], states["sources"], states["release"]) == ("success", "failed", "success")
    assert states["publish"] == "upstream_failed"
    assert calls == ["sources"]  # no second try: trying again cannot mend it
    assert not (data / "builds" / "lock.json").exists()
    assert (data / "current").resolve() == before


def test_a_report_for_one_college_by_the_form(dags: Dags, arrived: tuple[Path, Any]) -> None:
    data, _ = arrived
    college = json.loads((data / "current" / "choices.json").read_text(encoding="utf-8"))["colleges"][0]
    run = dags["report_esi_push"].test(run_conf={"colleges": [college["unit_id"]]})
    made = [t for t in run.get_task_instances() if t.task_id == "make"]
    assert [(str(t.state), t.rendered_map_index) for t in made] == [("success", college["name_zh"])]
    assert len(list((data / "reports" / "esi_push").rglob("*.pdf"))) == 1
