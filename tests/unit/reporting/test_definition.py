"""reports/*/report.yml: faults told together, queries keep to marts, templates do no arithmetic."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.core.errors import ConfigError
from pipelines.reporting import definition

REPORTS = sorted(p.parent.name for p in definition.REPORTS.glob("*/report.yml"))


def test_unknown_report_names_the_known() -> None:
    with pytest.raises(ConfigError, match="esi_push"):
        definition.load("esi_pull")


def test_faults_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "report.yml").write_text(
        "title: 甲\naccess: secret\ndatasets: {a: {query: q.sql}}\n", encoding="utf-8"
    )
    with pytest.raises(ConfigError) as refused:
        definition.load("broken", tmp_path)
    words = str(refused.value)
    for part in ("缺 owner", "缺 template", "access", "数据集 a 缺 zh", "没有文件 q.sql"):
        assert part in words


@pytest.mark.parametrize("name", REPORTS)
def test_queries_read_only_marts(name: str) -> None:
    loaded = definition.load(name)
    allowed = {"marts", "marts_personal"} if loaded.personal else {"marts"}
    for path in sorted((loaded.folder / "queries").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        sql = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
        read = {m.split(".")[0] for m in re.findall(r"(?:from|join)\s+(\w+\.\w+)", sql)}
        assert read <= allowed, path.name
        assert re.match(r"-- .*[\u4e00-\u9fff]", text), path.name


@pytest.mark.parametrize("name", REPORTS)
def test_templates_do_no_arithmetic(name: str) -> None:
    loaded = definition.load(name)
    for path in [*loaded.folder.glob("*.j2"), *(definition.REPORTS / "_theme").glob("*.j2")]:
        text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
        for code in re.findall(r"\{\{(.*?)\}\}|\{%(.*?)%\}", text, flags=re.S):
            bare = re.sub(r"'[^']*'|\"[^\"]*\"|\[-1\]|^-|-$", "", "".join(code))
            assert not re.search(r"[+*/]|\s-\s|\|\s*(sum|length|round)", bare), f"{path.name}: {bare}"
