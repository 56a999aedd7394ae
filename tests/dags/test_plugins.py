"""The inbox watcher as a coroutine, and errors told as failures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xueheng_inbox
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from airflow.triggers.base import BaseEventTrigger
from xueheng_inbox import InboxTrigger
from xueheng_tasks import in_words

from pipelines.core.errors import ConfigError, DataCheckFailed, DeliveryError, SourceError, StageError

SETTLE, POLL = 0.1, 0.01


async def _events(folder: Path, seconds: float, scene: Callable[[], Any] | None = None) -> list[int]:
    """Numbers of files told within so many seconds, while a scene plays."""
    told: list[int] = []

    async def listen() -> None:
        async for event in InboxTrigger(str(folder), SETTLE, POLL).run():
            told.append(event.payload["files"])

    listening = asyncio.create_task(listen())
    playing = asyncio.create_task(scene()) if scene else None
    await asyncio.sleep(seconds)
    for task in filter(None, (listening, playing)):
        task.cancel()
    return told


def test_settled_files_are_told_once(tmp_path: Path) -> None:
    (tmp_path / "wos").mkdir()
    for i in range(3):
        (tmp_path / "wos" / f"{i}.txt").write_text("x")
    (tmp_path / ".copying").write_text("x")
    assert asyncio.run(_events(tmp_path, 0.5)) == [3]


def test_an_empty_or_missing_inbox_says_nothing(tmp_path: Path) -> None:
    assert asyncio.run(_events(tmp_path, 0.3)) == []
    assert asyncio.run(_events(tmp_path / "absent", 0.3)) == []


def test_a_file_still_growing_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "done.txt").write_text("x")

    async def copy() -> None:
        with (tmp_path / "big.txt").open("w") as out:
            while True:
                out.write("more")
                out.flush()
                await asyncio.sleep(0.02)

    assert asyncio.run(_events(tmp_path, 0.6, copy)) == []


def test_patience_with_a_growing_neighbour_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xueheng_inbox, "PATIENCE", 0.1)
    (tmp_path / "done.txt").write_text("x")

    async def copy() -> None:
        for i in range(1000):
            (tmp_path / "big.txt").write_text("more" * i)
            await asyncio.sleep(0.02)

    assert asyncio.run(_events(tmp_path, 0.6, copy)) == [1]


def test_the_next_delivery_is_told_too(tmp_path: Path) -> None:
    (tmp_path / "first.txt").write_text("x")

    async def take_and_bring() -> None:
        await asyncio.sleep(0.5)
        (tmp_path / "first.txt").unlink()
        (tmp_path / "second.txt").write_text("y")

    assert asyncio.run(_events(tmp_path, 1.2, take_and_bring)) == [1, 1]


def test_files_that_nobody_took_are_told_again_ever_more_rarely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xueheng_inbox, "AGAIN", 0.1)
    (tmp_path / "held.txt").write_text("x")
    told = asyncio.run(_events(tmp_path, 1.0))  # at about 0.1, 0.2, 0.4, 0.8 s
    assert 2 <= len(told) <= 4  # a busy machine may miss one


def test_the_trigger_can_be_made_again_from_what_airflow_stores() -> None:
    trigger = InboxTrigger("/inbox", 2.0)
    path, arguments = trigger.serialize()
    assert path == "xueheng_inbox.InboxTrigger"
    assert InboxTrigger(**arguments).serialize() == (path, arguments)
    assert isinstance(trigger, BaseEventTrigger)


@pytest.mark.parametrize("kind", [ConfigError, SourceError, DataCheckFailed, StageError])
def test_what_retrying_cannot_mend_fails_at_once_in_words(kind: type[Exception]) -> None:
    @in_words
    def task() -> None:
        raise kind("第 3 行缺少题名", where="a.txt:3", next_step="请重新导出")

    with pytest.raises(AirflowFailException) as failure:
        task()
    assert str(failure.value).splitlines() == [
        f"{kind.kind}：第 3 行缺少题名",
        "  位置：a.txt:3",
        "  下一步：请重新导出",
    ]


def test_an_unforeseen_error_is_told_in_words_too() -> None:
    @in_words
    def task() -> None:
        raise KeyError("work_id")

    with pytest.raises(AirflowFailException, match=r"(?s)KeyError: 'work_id'.*下一步"):
        task()


@pytest.mark.parametrize("error", [DeliveryError("邮件服务器拒绝"), OSError("disk"), AirflowSkipException("没有新的")])
def test_what_retrying_may_mend_and_airflows_own_signals_pass(error: Exception) -> None:
    @in_words
    def task() -> None:
        raise error

    with pytest.raises(type(error)):
        task()


def test_a_wrapped_task_keeps_its_signature() -> None:
    @in_words
    def task(build_id: str, *, ti: int) -> str:
        return f"{build_id}{ti}"

    assert task("b", ti=1) == "b1"
    assert task.__name__ == "task"
