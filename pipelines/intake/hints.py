"""What a file cannot say itself (ESI period, search, hits, dates, operator): batch.yml beside it, or the trigger form."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pipelines.core.errors import SourceError

NAME = "batch.yml"
NAMES = (NAME, "batch.yaml")
KEYS = {
    "esi_period": "ESI 数据期（2026-05）",
    "edition": "名单的版次（2025，或 2021-2022）",
    "database": "检索所用数据库",
    "search": "检索式",
    "search_date": "检索日期（2026-11-22）",
    "hits": "检索结果总数",
    "operator": "经办人",
    "role": "所检作者角色",
    "role_name": "作者角色名称",
}
LIMIT = 64 * 1024  # bytes; a batch.yml is a few lines

_PERIOD = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*月?")
_EDITION = re.compile(r"((?:19|20)\d{2})\s*(?:[-–—~至/]\s*((?:19|20)\d{2}))?\s*年?版?")
_DATE = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?")


def read(path: Path) -> tuple[dict[str, Any], list[str]]:
    """Hints of a batch.yml, and what about it should be told. Errors: SourceError when it cannot be understood."""
    content = _parse(path)
    return check(content, str(path.name))


def check(content: Mapping[str, Any], where: str) -> tuple[dict[str, Any], list[str]]:
    """Known keys with their values in one written form; unknown keys are told, wrong values are refused."""
    found: dict[str, Any] = {}
    told: list[str] = []
    for key, value in content.items():
        name = str(key).strip().lower()
        if name not in KEYS:
            near = difflib.get_close_matches(name, KEYS, n=1)
            told.append(f"{where} 中的“{key}”不认识，已忽略" + (f"；是否想写 {near[0]}？" if near else ""))
        elif isinstance(value, list | dict):
            raise _wrong(name, "不是单个值", where)
        elif value is not None and str(value).strip():
            found[name] = _value(name, str(value).strip(), where)
    return found, told


def merge(beside: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """batch.yml beside the files and the trigger form together: the one beside the files wins, a difference is told."""
    differing = sorted(k for k in beside.keys() & given.keys() if beside[k] != given[k])
    told = [f"触发时填写的 {k}={given[k]} 与 {NAME} 中的 {beside[k]} 不同，以 {NAME} 为准" for k in differing]
    return {**given, **beside}, told


def _parse(path: Path) -> Mapping[str, Any]:
    if path.is_symlink() or path.stat().st_size > LIMIT:
        raise _unreadable(path, "不是普通的小文本文件")
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    try:
        content = yaml.load(text, Loader=yaml.BaseLoader)  # text, lists and tables only
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise _unreadable(path, f"第 {mark.line + 1} 行写法不对" if mark else "写法不对") from error
    if content in (None, ""):
        return {}
    if not isinstance(content, dict):
        raise _unreadable(path, "内容不是“名称: 值”的形式")
    return content


def _unreadable(path: Path, found: str) -> SourceError:
    return SourceError(
        f"{path.name} 读不懂，这一批文件留在收件箱中没有动",
        expected="每行一项，如 esi_period: 2026-05",
        found=found,
        where=str(path),
        safe="其他文件照常处理",
        next_step=f"请改正 {path.name} 后保存，下次会自动收取；不需要它时删除即可",
    )


def _value(key: str, text: str, where: str) -> Any:
    if key == "esi_period":
        match = _PERIOD.fullmatch(text)
        if match and 1 <= int(match[2]) <= 12:
            return f"{match[1]}-{int(match[2]):02d}"
    elif key == "edition":
        if match := _EDITION.fullmatch(text):
            return "-".join(year for year in match.groups() if year)
    elif key == "search_date":
        match = _DATE.fullmatch(text)
        try:
            if match:
                return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
        except ValueError:
            pass  # told below, as any other wrong value
    elif key == "hits":
        digits = re.sub(r"[,，\s]", "", text)
        if digits.isdecimal():
            return int(digits)
    else:
        return text
    raise _wrong(key, text[:80], where)


def _wrong(key: str, found: str, where: str) -> SourceError:
    return SourceError(
        f"{where} 中 {key} 的值不对，这一批文件留在收件箱中没有动",
        expected=KEYS[key],
        found=found,
        where=where,
        safe="其他文件照常处理",
        next_step="请改正后保存，下次会自动收取",
    )
