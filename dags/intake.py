"""### 做什么
看守收件箱 `data/inbox/`。放进去的导出文件不再变化（默认 5 秒）后，自动认出来源、登记批次、移入 `landing/`，
并通知对应的“解析”流程。认不出或残缺的文件移入 `quarantine/`，旁边写明原因和下一步；内容相同的文件再放一次不会重复入库。
填好交回的人工核对表也放进收件箱：判定记入账本，随后自动重新构建。

### 何时运行
有新文件时自动运行。也可以手工触发：当文件本身说不清 ESI 期次、检索库、检索式等信息时，先把文件放进收件箱，
再用触发表单填写；文件旁的 `batch.yml` 写了的，以 `batch.yml` 为准。

### 失败时
打开红色任务的日志，末尾的中文写明发生了什么和下一步。文件不会丢：没有登记成功的仍在收件箱。
处理后在本页重新触发即可。
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import Asset, AssetAlias, AssetWatcher, Param, dag, task
from xueheng_inbox import InboxTrigger
from xueheng_tasks import DEFAULTS, door, in_words, log

from pipelines.core import catalog

INBOX = Asset("inbox", watchers=[AssetWatcher(name="inbox_settled", trigger=InboxTrigger())])
LANDING = AssetAlias("landing")  # each run updates only the sources that got files


def _text(title: str, description: str, **rest: Any) -> Param:
    return Param(None, type=["null", "string"], title=title, description=description, **rest)


@dag(
    dag_id="intake",
    dag_display_name="收件",
    description="收件箱里的导出文件：辨认来源、登记批次，通知解析",
    doc_md=__doc__,
    tags=["1 收件"],
    schedule=[INBOX],
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    params={
        "esi_period": _text("ESI 期次", "例如 2026-11；仅 ESI 文件需要", pattern=r"^\d{4}-\d{2}$"),
        "edition": _text("名单版本", "期刊目录、分区或名单的年度，例如 2025；仅这类文件需要"),
        "database": _text("检索库", "例如 WoS 核心合集 SCIE"),
        "search": _text("检索式", "导出时使用的检索式"),
        "search_date": _text("检索日期", "导出当天", format="date"),
        "hits": Param(None, type=["null", "integer"], minimum=0, title="检索结果数", description="用于核对是否导全"),
        "operator": _text("经办人", "谁做的导出"),
        "role": _text("检索角色", "机构检索或作者检索", examples=["institution", "author"]),
        "role_name": _text("检索名称", "检索所用的机构名或作者名"),
    },
)
def intake() -> None:
    @task(task_display_name="登记新文件", outlets=[LANDING])
    @in_words
    def receive(*, params: dict[str, Any], outlet_events: Any, ti: Any) -> None:
        runner, settings = door()
        report = runner.intake(settings, hints={k: v for k, v in params.items() if v is not None})
        log.info(report.words())
        # An earlier try may have landed files without living to tell of them
        for source in catalog.source_names():
            if source in report.sources or ti.try_number > 1:
                outlet_events[LANDING].add(Asset(f"landing_{source}"))
        if report.decisions or ti.try_number > 1:
            outlet_events[LANDING].add(Asset("decisions"))

    receive()


intake()
