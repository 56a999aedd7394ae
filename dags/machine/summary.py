"""The closing words of `make run`: what came, what became of it, where it lies, one question with its answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipelines import runner, telling
from pipelines.core.settings import Settings

QUESTION = "最新一期 ESI 高被引论文最多的五个学院（主导 = 第一作者或通讯作者在本院）"
QUERY = """
select
    unit_name_zh as 学院,
    count(*) as 高被引,
    count(*) filter (where leads = 'yes') as 主导
from marts.esi_paper_unit
where list_kind = 'highly_cited' and unit_id != 'unresolved' and period = (select max(period) from marts.esi_paper_unit)
group by all
order by 高被引 desc, 学院
limit 5
"""


def tell(settings: Settings, seconds: dict[str, float], changed: bool, say: Callable[[str], None]) -> None:
    """All of it, as lines."""
    data = settings.data_dir.resolve()
    say("")
    if not changed:
        say("收到的文件与以前的完全相同：没有新批次，没有重复入库，已发布的构建保持不变。")
    for line in telling.status(runner.status(settings)):
        say(line)
    say("各步用时（秒，按任务累计）：")
    for name, spent in seconds.items():
        say(f"  {spent:6.1f}  {name}")
    library, people = runner.published_databases(settings)
    say(f"数据库：{data / 'current' / library.name}（可公开查询）")
    say(f"　　　　{data / 'current' / people.name}（含个人信息，另设权限）")
    for folder, count in _pdfs(data).items():
        say(f"报告：{count} 份 PDF，在 {folder}")
    say(f"查询示例：{QUESTION}")
    columns, rows = runner.sql(settings, QUERY)
    say("  " + "　".join(columns))
    for row in rows:
        say("  " + "　".join(str(value) for value in row))
    say('  自己来查：.venv/bin/xueheng sql "select * from marts.esi_period"')


def _pdfs(data: Path) -> dict[Path, int]:
    """Newest folder of each report and period, with its number of PDFs."""
    newest: dict[Path, Path] = {}
    for pdf in sorted((data / "reports").glob("*/*/*/*.pdf")):
        newest[pdf.parent.parent] = pdf.parent
    return {folder: len(list(folder.glob("*.pdf"))) for folder in newest.values()}
