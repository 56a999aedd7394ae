"""### 做什么
把这一来源新登记的文件逐条读成原始表（`raw/`，每个字段原样保留为文本）。
读不懂的行单独放进 `quarantine/`，写明文件、行号、原因；读入数 = 接收数 + 隔离数，每次都核对。

### 何时运行
“收件”登记了这一来源的新文件后自动运行。没有新记录时任务显示为“跳过”，不会触发构建。

### 失败时
打开红色任务的日志，末尾的中文写明哪个文件、哪一行、怎么办。原文件在 `landing/` 中，已发布的数据不受影响。
处理后清除（Clear）该任务即可重跑，已读过的批次不会重复。
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import Asset, dag, task
from airflow.sdk.exceptions import AirflowSkipException
from xueheng_tasks import DEFAULTS, door, in_words, log

from pipelines.core import catalog


def ingest_dag(source: str, title: str) -> None:
    """One DAG per source: landing -> raw."""

    @dag(
        dag_id=f"ingest_{source}",
        dag_display_name=f"解析 · {title}",
        description=f"{title}：新登记的文件读成原始表，问题行隔离",
        doc_md=__doc__,
        tags=["2 解析", title],
        schedule=[Asset(f"landing_{source}")],
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULTS,
    )
    def ingest() -> None:
        @task(task_display_name="读成原始表", outlets=[Asset(f"raw_{source}")])
        @in_words
        def read(*, ti: Any) -> None:
            runner, settings = door()
            report = runner.ingest(settings, source)
            log.info(report.words())
            if not report.accepted and ti.try_number == 1:  # an earlier try may have read rows and died before telling
                raise AirflowSkipException(f"{title}：没有新的记录，不触发构建")

        read()

    ingest()


for name, zh in catalog.source_titles().items():
    ingest_dag(name, zh)
