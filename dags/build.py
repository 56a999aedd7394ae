"""### 做什么
从原始表重建整个库：统一记录 → 查重归并 → 生成作品 → 地址归属 → 作者归属 → 指标与集市 → 检查 → 发布。
没有变化的部分直接沿用上次结果。检查通过才切换“当前发布”，否则昨日数据照常可用。

### 何时运行
任一来源有新记录、或有人交回核对表后自动运行；先等正在进行的收件与解析全部结束，几个来源一起到达时只构建一次。
构建期间又来新数据，只会再排一次。手工触发：修改了字典或规则之后。输入没有任何变化时，全部任务显示为“跳过”。

### 失败时
打开第一个红色任务的日志，末尾的中文写明原因和下一步。构建锁由“释放构建锁”自动归还。
处理后重新触发本流程，已完成的部分不会重算。
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import Asset, AssetAlias, AssetAny, chain, dag, setup, task, teardown
from airflow.sdk.exceptions import AirflowSkipException
from xueheng_tasks import DEFAULTS, door, in_words, log, shares_before

from pipelines.core import catalog
from pipelines.core.settings import Settings
from pipelines.stages import STEPS, Step

PUBLISHED = Asset("build_published")
PERIOD = Asset("esi_period_published")
ESI = AssetAlias("esi_periods")  # updates PERIOD only when a period became complete
SHARES = Settings().pair_parts  # more than one: the comparing of pairs is mapped over the workers
EARLIER = ("intake", *(f"ingest_{s}" for s in catalog.source_names()))


@dag(
    dag_id="build",
    dag_display_name="构建与发布",
    description="由原始表重建全库，检查通过后发布",
    doc_md=__doc__,
    tags=["3 构建"],
    schedule=AssetAny(*(Asset(f"raw_{s}") for s in catalog.source_names()), Asset("decisions")),
    catchup=False,
    max_active_runs=1,  # Airflow holds further events back until this run ends: at most one build waits
    default_args=DEFAULTS,
)
def build() -> None:
    @task.sensor(task_display_name="等待收件与解析结束", poke_interval=1, timeout=4 * 3600, mode="poke")
    def quiet(*, ti: Any) -> bool:
        return not any(ti.get_dr_count(dag_id=d, states=["queued", "running"]) for d in EARLIER)

    @setup
    @task(task_display_name="取得构建锁")
    @in_words
    def begin(*, run_id: str) -> str:
        runner, settings = door()
        build_id = runner.begin_build(settings, holder=f"dag:{run_id}")
        if build_id is None:
            raise AirflowSkipException("自上次发布以来没有任何变化，不重复构建")
        return build_id

    def run_step(step: Step) -> Any:
        @task(task_id=step.name, task_display_name=step.zh)
        @in_words
        def run(build_id: str) -> None:
            runner, settings = door()
            for done in runner.run_step(settings, build_id, step.name):
                log.info("%s：%d 行，%.1f 秒，沿用 %d 份", done.table, done.rows, done.seconds, done.linked)

        return run

    @task(task_display_name="指标与集市")
    @in_words
    def warehouse(build_id: str) -> None:
        runner, settings = door()
        runner.run_warehouse(settings, build_id)

    @task(task_display_name="检查并发布", outlets=[PUBLISHED, ESI])
    @in_words
    def publish(build_id: str, *, outlet_events: Any) -> None:
        runner, settings = door()
        report = runner.check_and_publish(settings, build_id)
        log.info("已发布 %s；注意：%s", build_id, "；".join(report.warnings) or "无")
        if report.esi_periods:  # one event for all: of several told at once the next run would see only the first
            outlet_events[ESI].add(PERIOD, extra={"period": max(report.esi_periods)})

    @teardown
    @task(task_display_name="释放构建锁")
    def release(build_id: str) -> None:
        runner, settings = door()
        runner.abort_build(settings, build_id)  # nothing to do after a publication

    begun = begin()
    steps = [done for step in STEPS for done in (*shares_before(step.name, begun, SHARES), run_step(step)(begun))]
    chain(quiet(), begun, *steps, warehouse(begun), publish(begun), release(begun))


build()
