"""Their numbers beside ours."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli._apps import reconcile_app
from pipelines.core.settings import Settings
from pipelines.printing import Json, out, print_json, show, words

SHOWN = 20  # papers of one cause on the screen; --json gives all


@reconcile_app.command("esi")
def reconcile_esi(
    period: Annotated[str, typer.Option(help="ESI 期，如 2026-11")],
    field: Annotated[str | None, typer.Option(help="学科代码或名称，如 CHE、化学；不写则全部")] = None,
    as_json: Json = False,
) -> None:
    """与 ESI 对账：ESI 的数、本库的数，以及差额背后的论文，逐篇点名。"""
    from pipelines import reconciling, runner

    with words(as_json):
        library, _ = runner.published_databases(Settings())
        told = reconciling.esi(library, period, field)
    if as_json:
        print_json(told)
        return
    columns = {
        "esi_field_zh": "学科",
        "measure_zh": "项目",
        "vendor_count": "ESI",
        "own_count": "本库",
        "difference": "差额",
        "named_count": "点名",
    }
    show([{zh: n[c] for c, zh in columns.items()} for n in told["numbers"]], f"{period} 与 ESI 对账")
    causes = list(dict.fromkeys((p["measure"], p["cause"]) for p in told["papers"]))
    for measure, cause in causes:
        papers = [p for p in told["papers"] if (p["measure"], p["cause"]) == (measure, cause)]
        out.print(f"{papers[0]['cause_zh']}：{len(papers)} 篇", highlight=False, markup=False, soft_wrap=True)
        for p in papers[:SHOWN]:
            line = f"  {p['accession_number'] or '–'}  {p['publication_year'] or ''}  {p['title'] or ''}"
            out.print(line, highlight=False, markup=False, soft_wrap=True)
        if len(papers) > SHOWN:
            out.print(f"  ……其余 {len(papers) - SHOWN} 篇见 --json", highlight=False)
