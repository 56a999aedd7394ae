"""What every DAG of ours shares: owner, retries, and failures told in the platform's own words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from types import ModuleType
from typing import Any

from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException

log = logging.getLogger("xueheng")  # DAG modules have names that only Airflow understands
# One retry serves a killed worker or a refused mail; what trying again cannot mend is failed at once by `in_words`.
DEFAULTS: dict[str, Any] = {"owner": "数据服务组", "retries": 1, "retry_delay": timedelta(seconds=10)}


def in_words(function: Callable[..., Any]) -> Callable[..., Any]:
    """Turn an error into a failure told in Chinese: what happened, what to do. Retried only where that can help."""

    @wraps(function)
    def told(*arguments: Any, **keywords: Any) -> Any:
        from pipelines.core.errors import DeliveryError, PipelineError

        try:
            return function(*arguments, **keywords)
        except (AirflowException, DeliveryError, OSError):
            raise
        except PipelineError as error:
            raise AirflowFailException(str(error)) from error
        except Exception as error:
            words = f"程序出错：{type(error).__name__}: {error}\n  影响：已发布的数据不受影响，原始文件都在"
            raise AirflowFailException(f"{words}\n  下一步：请把本任务的日志交给维护人员") from error

    return told


def door() -> tuple[ModuleType, Any]:
    """The runner and the settings; called inside tasks only, since the runner imports all that is heavy."""
    from pipelines import runner
    from pipelines.core.settings import Settings

    return runner, Settings()


def shares_before(step: str, build_id: Any, shares: int) -> list[Any]:
    """Before deduplication, where several machines share it: the comparing of candidate pairs as mapped tasks."""
    if step != "dedup" or shares == 1:
        return []

    @task(task_id="compare", task_display_name="比较候选对", map_index_template="{{ share }}")
    @in_words
    def compare(build_id: str, number: int) -> None:
        runner, settings = door()
        get_current_context()["share"] = f"第 {number + 1} 份，共 {shares} 份"  # type: ignore[typeddict-unknown-key]
        done = runner.run_share(settings, build_id, "pairs", number)
        log.info("%s：%d 行，%.1f 秒", done.table, done.rows, done.seconds)

    return [compare.partial(build_id=build_id).expand(number=list(range(shares)))]
