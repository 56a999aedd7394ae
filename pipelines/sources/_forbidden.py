"""Columns that the platform must not hold, whatever the file: refused at the door, naming the column (schemas/privacy.yml)."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.core import schema
from pipelines.core.errors import SourceError
from pipelines.sources import _table

SHORT = 3  # Latin letters up to which a word must be the whole label: 'tel' is not in 'hotel'


def refuse(labels: Iterable[str], where: str, of_what: str, sheet: str = "") -> None:
    """Raise when a label names data that must not be collected."""
    for text in labels:
        plain = _table.label(text)
        for what, words in schema.privacy()["forbidden"].items():
            if any(plain == word if word.isascii() and len(word) <= SHORT else word in plain for word in words):
                raise SourceError(
                    f"{of_what}含有不得收集的个人信息：{sheet}“{text.strip()}”列（{what}）",
                    where=where,
                    safe="整份文件没有入库",
                    next_step="请删除这一列后重新放入；学科服务不需要这类信息",
                )
