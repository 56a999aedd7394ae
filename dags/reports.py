"""### 做什么
为每个学院出一份报告（PDF、Excel 与数字原文），放在 `data/reports/<报告>/<期次>/` 下。

### 何时运行
新一期 ESI 数据随构建发布后自动运行，取最新一期；一次到了几期历史数据时，较早的期次只在手工触发时才出。
手工触发：在表单中选期次和学院；不选期次即最新一期，不选学院即全部有结果的学院。

### 失败时
每个学院一个格子，红色的那一格就是没出成的学院；打开它的日志，末尾的中文写明原因和下一步。
处理后只清除（Clear）红色的格子即可，其余学院的报告不受影响。
"""

from __future__ import annotations

import json
from typing import Any

from airflow.sdk import Asset, Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException
from xueheng_tasks import DEFAULTS, door, in_words

from pipelines.core import catalog


def choices() -> dict[str, Any]:
    """Periods and colleges of the published build, so that the form can offer them; nothing before the first one."""
    from pipelines.core.settings import Settings

    path = Settings().data_dir / "current" / "choices.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"periods": [], "colleges": []}


def form() -> dict[str, Param]:
    """The trigger form."""
    offered = choices()
    names = {c["unit_id"]: c["name_zh"] for c in offered["colleges"]}
    period = {"title": "期次", "description": "留空即最新一期"} | ({"examples": p} if (p := offered["periods"]) else {})
    college = {"title": "学院", "description": "留空即全部学院"} | (
        {"examples": list(names), "values_display": names} if names else {}
    )
    return {
        "period": Param(None, type=["null", "string"], **period),
        "colleges": Param(None, type=["null", "array"], **college),
    }


def report_dag(name: str, title: str) -> None:
    """One DAG per reports/<name>/report.yml."""

    @dag(
        dag_id=f"report_{name}",
        dag_display_name=f"报告 · {title}",
        description=f"{title}：每个学院一份",
        doc_md=__doc__,
        tags=["4 报告"],
        schedule=[Asset(waits_for)] if (waits_for := catalog.report_schedule(name)) else None,
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULTS,
        params=form(),
    )
    def report() -> None:
        @task(task_display_name="确定期次与学院")
        @in_words
        def targets(*, params: dict[str, Any], triggering_asset_events: Any) -> list[dict[str, str]]:
            runner, settings = door()
            told = [e.extra["period"] for events in triggering_asset_events.values() for e in events if e.extra]
            period = params["period"] or max(told or choices()["periods"], default=None)
            if period is None:
                raise AirflowFailException("还没有可出报告的期次\n  下一步：先收入一期完整的 ESI 文件并等待构建发布")
            wanted = params["colleges"] or ()
            found = runner.report_targets(settings, name, {"period": period})
            return [{**t, "period": period} for t in found if not wanted or t["unit_id"] in wanted]

        @task(task_display_name="出报告", map_index_template="{{ label }}")
        @in_words
        def make(target: dict[str, str]) -> None:
            runner, settings = door()
            get_current_context()["label"] = target["label"]
            runner.report(settings, name, {"period": target["period"], "unit_id": target["unit_id"]})

        make.expand(target=targets())

    report()


for report_name, zh in catalog.report_titles().items():
    report_dag(report_name, zh)
