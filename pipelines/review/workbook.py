"""Cases out: one workbook per kind of review, one line per case, so that lines may be sorted, filtered and deleted.

Only the answer cells can be edited (no password: the protection is against slips). Text is always text: a title that begins with
'=' stays a title. The ids that name a case stand at the right in grey, with a code that tells whether they were changed.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from pipelines.intake.sheets import BUILD, CHECK, DATE, DECISION, MARK, REASON, REVIEWER
from pipelines.review.kinds import Case, Column, Group, Kind, Value, check_code

TITLE, HEAD, FIRST = 0, 1, 2  # rows
OWN_LINES = 50  # empty lines on the sheet for a reviewer's own pairs
LONGEST = 30_000  # characters; a cell holds 32,767
ROOM = 255  # characters that a drop-down of its own can hold
NUMBER, LIST = "序号", "可选单位"
DIFFERENT = "#C00000"
_WIDTHS = {DECISION: 9, REASON: 22, REVIEWER: 10, DATE: 12}
_PROTECTION = {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True}
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def workbook(
    kind: Kind, groups: tuple[Group, ...], build_id: str, made_at: datetime, listed: tuple[str, ...] = ()
) -> bytes:
    """The workbook: a sheet per group that has cases (the first one always), 补充 for a reviewer's own lines, 说明.

    `listed`: things to choose from in every line, beside the words; they stand on a sheet of their own.
    """
    memory = BytesIO()
    with xlsxwriter.Workbook(memory, _OPTIONS) as book:
        book.set_properties({"created": made_at.replace(tzinfo=None), "title": f"{MARK}：{kind.layout.zh}"})
        formats = _formats(book)
        for place, group in enumerate(groups):
            if group.cases or not place:
                sheet = book.add_worksheet(group.sheet)
                _cases(sheet, kind, group, build_id, formats, len(listed))
        _own_lines(book.add_worksheet("补充"), kind, formats, len(listed))
        if listed:
            _list(book.add_worksheet(LIST), (*kind.layout.answers, *listed), formats)
        _advice(book.add_worksheet("说明"), kind, groups, build_id, formats)
    return memory.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    top = {"valign": "top", "text_wrap": True, "num_format": "@"}
    answer = {**top, "locked": False, "bg_color": "#FFF9E5", "border": 1, "border_color": "#D9D9D9"}
    return {
        "title": book.add_format({"bold": True}),
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#EAF0F6"}),
        "answer_head": book.add_format({"bold": True, "bottom": 1, "valign": "top", "bg_color": "#FFE699"}),
        "text": book.add_format(top),
        "number": book.add_format({"valign": "top", "font_color": "#808080"}),
        "key": book.add_format({"valign": "top", "num_format": "@", "font_color": "#A6A6A6"}),
        "answer": book.add_format(answer),
        "date": book.add_format({**answer, "num_format": "yyyy-mm-dd", "align": "left"}),
        "differs": book.add_format({"font_color": DIFFERENT, "bold": True}),
        "lacking": book.add_format({"bg_color": "#F8CBAD"}),
    }


def _answer_columns(kind: Kind) -> tuple[Column, ...]:
    labels = (DECISION, *kind.layout.fills, REASON, REVIEWER, DATE)
    return tuple(Column(label, _WIDTHS.get(label, 16)) for label in labels)


def _cases(sheet: Any, kind: Kind, group: Group, build_id: str, formats: dict[str, Any], listed: int) -> None:
    answers = _answer_columns(kind)
    keys = tuple(Column(label, 16) for label in (*kind.layout.keys, CHECK, BUILD))
    columns = (Column(NUMBER, 5), *answers, *kind.columns, *keys)
    _head(sheet, kind, group.note, columns, formats)
    for line, case in enumerate(group.cases, FIRST):
        sheet.write_number(line, 0, line - FIRST + 1, formats["number"])
        _answer_cells(sheet, line, 1, answers, formats)
        for place, column in enumerate(kind.columns, 1 + len(answers)):
            _write(sheet, line, place, case.shown.get(column.label), formats)
        for place, text in enumerate(_key_cells(kind, case, build_id), 1 + len(answers) + len(kind.columns)):
            sheet.write_string(line, place, text, formats["key"])
    _finish(sheet, kind, [case.choices for case in group.cases], columns, formats, listed)
    sheet.autofilter(HEAD, 0, HEAD + max(1, len(group.cases)), len(columns) - 1)


def _key_cells(kind: Kind, case: Case, build_id: str) -> tuple[str, ...]:
    return (*case.keys, check_code(kind.layout.kind, case.keys), build_id)


def _own_lines(sheet: Any, kind: Kind, formats: dict[str, Any], listed: int) -> None:
    """Lines for cases that were not asked about; everything on them is filled in by hand."""
    keys = tuple(Column(label, 30) for label in kind.layout.keys)
    columns = (Column(NUMBER, 5), *_answer_columns(kind), *keys)
    _head(sheet, kind, "没有列出、但想要判定的，请写在这里", columns, formats)
    for line in range(FIRST, FIRST + OWN_LINES):
        sheet.write_number(line, 0, line - FIRST + 1, formats["number"])
        _answer_cells(sheet, line, 1, columns[1:], formats)
    _finish(sheet, kind, [()] * OWN_LINES, columns, formats, listed)


def _list(sheet: Any, words: tuple[str, ...], formats: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 60)
    for line, word in enumerate(words):
        sheet.write_string(line, 0, word, formats["text"])
    sheet.protect("", _PROTECTION)


def _head(sheet: Any, kind: Kind, note: str, columns: tuple[Column, ...], formats: dict[str, Any]) -> None:
    sheet.write_string(TITLE, 0, f"{MARK}：{kind.layout.zh}。{note}", formats["title"])
    asked = {c.label for c in _answer_columns(kind)}
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(HEAD, place, column.label, formats["answer_head" if column.label in asked else "head"])
    sheet.freeze_panes(FIRST, 2)
    sheet.repeat_rows(HEAD)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _answer_cells(sheet: Any, line: int, place: int, columns: tuple[Column, ...], formats: dict[str, Any]) -> None:
    for number, column in enumerate(columns, place):
        sheet.write_blank(line, number, None, formats["date" if column.label == DATE else "answer"])


def _finish(
    sheet: Any,
    kind: Kind,
    choices: list[tuple[str, ...]],
    columns: tuple[Column, ...],
    formats: dict[str, Any],
    listed: int,
) -> None:
    """The drop-downs, one per line where lines differ, the mark on an answer without a name, protection of everything else."""
    if choices:
        last = FIRST + len(choices) - 1
        labels = [c.label for c in columns]
        decision, reviewer = labels.index(DECISION), labels.index(REVIEWER)
        words, free = kind.layout.answers, bool(kind.layout.chosen)
        if any(choices):
            for line, own in enumerate(choices, FIRST):
                _drop_down(sheet, line, line, decision, _fitting((*own, *words)), free)
        else:
            source = f"='{LIST}'!$A$1:$A${len(words) + listed}" if listed else list(words)
            _drop_down(sheet, FIRST, last, decision, source, free)
        answered, named = (xlsxwriter.utility.xl_col_to_name(c) for c in (decision, reviewer))
        rule = f'=AND(${answered}{FIRST + 1}<>"",${named}{FIRST + 1}="")'
        sheet.conditional_format(
            FIRST, reviewer, last, reviewer, {"type": "formula", "criteria": rule, "format": formats["lacking"]}
        )
    sheet.protect("", _PROTECTION)


def _drop_down(sheet: Any, first: int, last: int, column: int, source: str | list[str], free: bool) -> None:
    """`free`: something else may be typed after a warning, such as a code that is not in the list."""
    words = "也可以写代码" if free else "、".join(source)
    told = {"error_title": "请从列表中选择", "error_message": words, "input_message": words}
    how = {"error_type": "warning"} if free else {}
    sheet.data_validation(first, column, last, column, {"validate": "list", "source": source, **told, **how})


def _fitting(words: tuple[str, ...]) -> list[str]:
    """Words as a list in a cell can hold them: no commas, together at most 255 characters; else codes only, else fewer."""
    plain = [word.replace(",", "，") for word in words]
    if sum(map(len, plain)) + len(plain) > ROOM:
        plain = [word.split()[0] for word in plain]
    while sum(map(len, plain)) + len(plain) > ROOM:
        plain.pop(0)
    return plain


def _write(sheet: Any, line: int, place: int, value: Value, formats: dict[str, Any]) -> None:
    """A text, or runs of it with what differs in colour."""
    parts = [(value, False)] if isinstance(value, str) else value
    if not isinstance(parts, list):
        return
    parts = _shortened([(text, differs) for text, differs in parts if text])
    if len(parts) > 1:
        pieces = [piece for text, differs in parts for piece in ((formats["differs"], text) if differs else (text,))]
        sheet.write_rich_string(line, place, *pieces, formats["text"])
    elif parts:
        sheet.write_string(line, place, parts[0][0], formats["text"])


def _shortened(parts: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    room, kept = LONGEST, []
    for text, differs in parts:
        if room > 0:
            kept.append((text if len(text) <= room else text[:room] + "…（余下从略）", differs))
        room -= len(text)
    return kept


def _advice(sheet: Any, kind: Kind, groups: tuple[Group, ...], build_id: str, formats: dict[str, Any]) -> None:
    """How to fill in and send back."""
    left = [f"{g.sheet} {g.left}" for g in groups if g.left]
    lines = [
        ("这是什么", f"{MARK}：{kind.layout.zh}。{kind.about}"),
        (
            "怎么填",
            f"只填浅黄色的格子：{DECISION}从列表中选，{REVIEWER}必填，{DATE}不填就用收到的日期，{REASON}可以不写。不必全部填完。",
        ),
        *kind.advice,
        (
            "怎么交回",
            "保存后（Excel、WPS、xls、xlsx、csv 都可以）放进收件箱。列可以移动，可以加列、排序、删行；灰色的各列请不要改。",
        ),
        (
            "交回以后",
            "每条判定记入账本，以后每次构建都照此执行；看不懂的行会写明行号与原因，其余照常采用。同一份表再交一次不会重复。",
        ),
        (
            "后来的算数",
            "同一个问题以日期较后的判定为准；同一天两人判得不同，或几条判定连起来矛盾，会列在下一份表的“冲突”页，暂不采用。",
        ),
        ("没有列出", "、".join(left) or "没有，全部列出了"),
        (BUILD, build_id),
    ]
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 100)
    for line, (name, text) in enumerate(lines):
        sheet.write_string(line, 0, name, formats["head"])
        sheet.write_string(line, 1, text, formats["text"])
    sheet.protect("", _PROTECTION)
