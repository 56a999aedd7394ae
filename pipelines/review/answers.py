"""A returned sheet to lines of the ledger: every filled row counts or is told in words, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipelines.builds import Build
from pipelines.intake.sheets import CHECK, DATE, DECISION, REASON, REVIEWER, ZH, label, tables
from pipelines.review.kinds import Kind, check_code
from pipelines.sources import Recognised
from pipelines.validation.verdict import FAIL, Finding

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T][\d:.]+)?|(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(
    r"[34567]\d{4}(?:\.\d+)?"
)  # days since 1899-12-30, as a spreadsheet keeps a date whose format was lost
_EPOCH = date(1899, 12, 30)
_JOINT = re.compile("[;；、\n]")


@dataclass
class Returned:
    """What a sheet said. filled rows = lines + problems; `unanswered` rows were left empty; `gone` lines name what is not there now.

    Grain of `lines`: one per answer, by column of the ledger stream.
    """

    lines: list[dict[str, str]] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    unanswered: int = 0
    gone: int = 0


class _Wrong(Exception):
    """An answer that cannot be taken: what, what was expected, what stands there, what to do."""

    def __init__(self, what: str, expected: str, found: str, next_step: str) -> None:
        super().__init__(what)
        self.what, self.expected, self.found, self.next_step = what, expected, found, next_step

    def finding(self, where: str) -> Finding:
        """The same in words, for the row at fault."""
        safe = "其余各行照常采用"
        return Finding("answer", FAIL, self.what, self.expected, self.found, where, safe, self.next_step)


@dataclass(frozen=True)
class Today:
    """What the published build knows of a kind: `known` and `choices` of kinds.Kind; nothing where nothing is published."""

    known: set[str]
    choices: Mapping[str, str]

    @classmethod
    def of(cls, kind: Kind, published: Build | None) -> Today:
        """Of the published build, if there is one."""
        return cls(kind.known(published), kind.choices(published)) if published else cls(set(), {})


def read(path: Path, found: Recognised, kind: Kind, today: Today, arrived: date, shown: str) -> Returned:
    """All answers of a recognised sheet. `shown` is the file's name for people."""
    returned = Returned()
    for sheet, number, cells in _rows(path, found):
        keys = tuple(cells.get(name, "") for name in kind.layout.keys)
        if not cells.get(DECISION):
            returned.unanswered += any(keys)
            continue
        try:
            line = _line(cells, keys, kind, today, arrived)
        except _Wrong as wrong:
            where = f"{shown}，{sheet} 第 {number} 行"
            returned.problems.append(wrong.finding(where))
            continue
        returned.gone += bool(kind.strangers(keys, today.known))
        returned.lines.append(line | {"source_row": f"{sheet} {number}"})
    return returned


def _rows(path: Path, found: Recognised) -> Iterator[tuple[str, int, dict[str, str]]]:
    for table in tables(path, found):
        for row in table.rows.iter_rows(named=True):
            number = row.pop("line")
            yield table.sheet, number, {name: cell for name, cell in row.items() if cell}


def _line(cells: dict[str, str], keys: tuple[str, ...], kind: Kind, today: Today, arrived: date) -> dict[str, str]:
    """One answer by ledger column. Errors: _Wrong."""
    layout = kind.layout
    decision, chosen = _decision(cells[DECISION], kind, today.choices)
    if not cells.get(REVIEWER):
        raise _Wrong("没有写审核人", "每条判定都有审核人", f"{decision}，审核人空白", "请补上姓名后再放入")
    _check_keys(keys, cells.get(CHECK, ""), kind, today.known)
    day = _day(cells.get(DATE, ""), arrived)
    said = {"decision": decision, "reviewer": cells[REVIEWER], "date": day, "reason": cells.get(REASON, "")}
    filled = {column: cells.get(name, "") for name, column in layout.fills.items()}
    filled |= {layout.chosen: chosen} if layout.chosen else {}
    return {**dict(zip(layout.keys.values(), keys, strict=True)), **filled, **said}


def _decision(cell: str, kind: Kind, choices: Mapping[str, str]) -> tuple[str, str]:
    """The word of an answer and the ids it names, joined by ';'. Errors: _Wrong."""
    layout = kind.layout
    word = label(cell)
    if word in layout.answers:
        return word, ""
    words = "、".join(layout.answers)
    if not layout.chosen:
        raise _Wrong("判定的写法不认识", words, cell[:40], "请从下拉列表中选择")
    parts = [part for part in (p.strip() for p in _JOINT.split(cell)) if part]
    ids = [_chosen(part, choices) for part in parts]
    if not ids or not all(ids):
        unknown = "、".join(part for part, one in zip(parts, ids, strict=True) if not one)
        raise _Wrong("判定的写法不认识", f"{words}，或一个代码", unknown[:40] or cell[:40], "请从下拉列表中选择")
    if len(ids) > 1 and not layout.several:
        raise _Wrong("一行只能选一个", "一个代码", cell[:40], "请分成两行，或改选别的答案")
    return layout.picked, ";".join(sorted(set(ids)))


def _chosen(part: str, choices: Mapping[str, str]) -> str:
    """The id that a text names: itself, before its name, or a name that only one thing bears; '' where it names none."""
    for one in (part, part.split()[0]):
        if one in choices:
            return one
    named = [one for one, name in choices.items() if label(name) == label(part)]
    return named[0] if len(named) == 1 else ""


def _check_keys(keys: tuple[str, ...], code: str, kind: Kind, known: set[str]) -> None:
    """The ids are those that were written (their code fits), or, on a line written by hand, ids that exist."""
    names = "、".join(kind.layout.keys)
    told = "、".join(k or "空白" for k in keys)[:120]
    if not all(keys):
        raise _Wrong("缺少记录号，不知道判的是哪一条", f"{names} 都有内容", told, "请从导出的表中抄回记录号")
    if kind.layout.pairs and len(set(keys)) == 1:
        raise _Wrong("两边是同一条记录", "两条不同的记录", told, "请核对记录号")
    if code and code.lower() != check_code(kind.layout.kind, keys):
        raise _Wrong(
            "记录号被改动过，与核对码不符", "导出时的记录号", f"{told}，核对码 {code}", "请恢复这一行的记录号后再放入"
        )
    if not code and (strangers := kind.strangers(keys, known)):
        raise _Wrong(
            "库中没有这一条",
            f"{names} 照当前发布的库中的写",
            "、".join(strangers)[:120],
            "请用 xueheng explain 查到后照抄",
        )


def _day(text: str, arrived: date) -> str:
    """The day a person wrote, else the day of arrival. Errors: _Wrong for what is no date, or lies ahead."""
    if not text:
        return arrived.isoformat()
    found = _parsed(text)
    if found is None:
        raise _Wrong("日期看不懂", "形如 2026-11-22，或不填", text[:40], "请改写日期，或清空这一格（即用收到的日期）")
    if found > arrived + timedelta(days=1):  # the library's day may be ahead of the machine's
        raise _Wrong("日期在将来", f"不晚于 {arrived}", found.isoformat(), "请改正日期；将来的日期会压过以后的判定")
    return found.isoformat()


def _parsed(text: str) -> date | None:
    if _SERIAL.fullmatch(text):
        return _EPOCH + timedelta(days=int(float(text)))
    if match := _DAY.fullmatch(text):
        parts: tuple[Any, ...] = match.groups()
        year, month, day = parts[:3] if parts[0] else parts[3:]
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            return None
    return None


def inspect(path: Path, found: Recognised, kind: Kind, published: Build | None) -> dict[str, Any]:
    """What a returned sheet would give, in the words of `xueheng inspect`; nothing is taken."""
    returned = read(path, found, kind, Today.of(kind, published), date.today(), path.name)
    return {
        "file": path.name,
        "source": found.source,
        "source_zh": ZH,
        "format": found.format,
        "format_zh": found.format,
        "kind": found.kind,
        "kind_zh": kind.layout.zh,
        "encoding": found.encoding,
        "encoding_zh": "",
        "era": "",
        "language": "zh",
        "records": len(returned.lines),
        "rejected": len(returned.problems),
        "problems": [
            {
                "row": p.where.removeprefix(f"{path.name}，"),
                "expected": p.expected,
                "found": f"{p.what}（{p.found}）",
                "next_step": p.next_step,
            }
            for p in returned.problems
        ],
        "missing": [],
        "notes": [f"没有填的 {returned.unanswered} 行"] if returned.unanswered else [],
        "reasons": list(found.reasons),
        "export_advice": "",
    }
