"""Words about review: the workbook that was written, what is left to people and what they said, what their answers bring."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def exported(made: dict[str, Any]) -> Iterator[str]:
    """Lines for a review workbook that was written."""
    yield made["file"]
    for name, count in made["sheets"].items():
        left = f"，还有 {count['left']} 个没有列出" if count["left"] else ""
        yield f"  {name}：列出 {count['listed']} 个{left}"


def review_curve(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows for the table of what answers bring."""
    kinds = {"units": "单位", "people": "人员"}
    told = {"precision": "准确率", "recall": "召回率", "decided": "已定"}
    return [
        {
            "判定行数": step["answered"],
            **{f"{zh}{name}": _share(step[kind][key]) for kind, zh in kinds.items() for key, name in told.items()},
            "地址待核": f"{step['address_rows']} 行 {step['addresses_open']} 条",
            "地址已解决": _share(step["addresses_settled"]),
            "作者待核": f"{step['people_rows']} 行 {step['people_open']} 处",
        }
        for step in steps
    ]


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def waiting(review: dict[str, Any]) -> Iterator[str]:
    """What is left to people, what they decided, and where they contradict each other."""
    if review["open"]:
        yield f"  待人工判定（{review['zh']}）：{review['open']} 处，涉及作品 {review['works_held_up']} 件"
    if review["answers"]:
        told = "，".join(f"{answer} {count}" for answer, count in review["answers"].items())
        gone = f"；其中 {review['gone']} 条所指的记录现在不在库中，判定保留" if review["gone"] else ""
        yield f"  人工判定（{review['zh']}）：{told}{gone}"
    for conflict in review["conflicts"]:
        joint = " ↔ " if "left_id" in conflict else "，"
        case = joint.join(str(v) for name, v in conflict.items() if name != "history")
        yield f"  判定互相矛盾，暂不采用：{case}（{conflict['history']}）；请在下一份核对表的“冲突”页再判"
