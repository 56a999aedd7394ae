"""The vendor's numbers beside ours, and the papers behind the difference, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines import warehouse
from pipelines.core.errors import ConfigError

CAUSES = {
    "not_in_library": "ESI 名单有本校，馆藏里还没有这条 WoS 记录：请补下载",
    "address_not_ours": "ESI 名单有本校，馆藏记录的地址判定里没有本校：请核对地址",
    "credited_elsewhere": "论文在 ESI 名单里，但 ESI 的机构栏没有本校：可向科睿唯安申请更正",
    "reaches_threshold_unlisted": "WoS 被引已达阈值而不在名单：ESI 的计数口径较窄，差额不一定是错",
    "field_unknown": "ESI 学科待定（不在名单，InCites 与期刊表也定不了）",
    "retracted": "已撤稿",
    "late_in_window": "窗口最后一年出版，可能在 ESI 数据截止之后才收录",
}
_NUMBERS = "SELECT * FROM marts.esi_reconciliation WHERE period = ? AND (? IS NULL OR esi_field = ?) ORDER BY esi_field, measure DESC"
_PAPERS = """
SELECT esi_field, measure, effect, cause, accession_number, work_id, publication_year, title
FROM marts.esi_difference_paper
WHERE period = ? AND (? IS NULL OR esi_field = ? OR (esi_field = '待定' AND measure = 'documents'))
ORDER BY measure DESC, cause, publication_year DESC, accession_number
"""


def esi(library: Path, period: str, field: str | None) -> dict[str, Any]:
    """ESI's numbers of one period, ours, and the named papers behind the difference.

    Grain of `numbers`: one entry per field and measure; of `papers`: one per field, measure and paper.
    Errors: ConfigError for a period or field that the archive does not have, naming those it has.
    """
    have = [p for (p,) in warehouse.query(library, "SELECT period FROM marts.esi_period ORDER BY 1")[1]]
    if period not in have:
        raise ConfigError(
            f"归档里没有 {period} 期", expected="、".join(have) or "还没有任何一期", next_step="请选一个已归档的期"
        )
    fields = warehouse.query(library, "SELECT esi_field, name_zh, name_en FROM lake.esi_fields_dictionary ORDER BY 1")[
        1
    ]
    code = None
    if field:
        code = next((c for c, *names in fields if field.upper() in (c, *(n.upper() for n in names))), None)
        if code is None:
            raise ConfigError(f"没有名为 {field} 的 ESI 学科", expected="、".join(f"{c} {zh}" for c, zh, _ in fields))
    numbers = _rows(library, _NUMBERS, [period, code, code])
    papers = _rows(library, _PAPERS, [period, code, code])
    return {
        "period": period,
        "esi_field": code,
        "numbers": numbers,
        "papers": [p | {"cause_zh": CAUSES[p["cause"]]} for p in papers],
    }


def _rows(library: Path, sql: str, values: list[Any]) -> list[dict[str, Any]]:
    names, rows = warehouse.query(library, sql, values=values)
    return [dict(zip(names, row, strict=True)) for row in rows]
