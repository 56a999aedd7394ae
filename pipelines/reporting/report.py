"""Makes a report from published databases: queries -> one plain context -> HTML, PDF, xlsx and the json twin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
from markupsafe import Markup

from pipelines.core import catalog
from pipelines.core.errors import ConfigError, DataCheckFailed
from pipelines.core.settings import TIMEZONE
from pipelines.core.store import atomic_path, write_json
from pipelines.reporting import charts, data, definition, page, render, workbook
from pipelines.reporting.data import Rows
from pipelines.reporting.definition import Definition, Figure

LACKING = """select source, database, search_date, completeness_words from marts.search where is_lacking
order by source, search_date, batch_ids"""


@dataclass(frozen=True)
class ReportFiles:
    """The four twins of one report."""

    label: str
    pages: int
    pdf: Path
    html: Path
    xlsx: Path
    json: Path


def targets(library: Path, people: Path | None, name: str, params: dict[str, str]) -> list[dict[str, str]]:
    """For whom a report is made: `unit_id`, readable `label`, and the `period` it is for.

    A unit_id (one or several joined by ',') in `params` narrows the list.
    Errors: ConfigError for an unknown unit; DataCheckFailed, once and for all of them, when a gate holds the report back.
    """
    chosen = definition.load(name)
    with data.opened(chosen, library, people) as connection:
        values = _values(connection, chosen, params, needed=False)
        _pass_gates(chosen, values["period"], _reasons(connection, chosen))
        columns, rows = data.rows_of(connection, chosen.targets, f"reports/{name}/targets")
    wanted = [u.strip() for u in params.get("unit_id", "").split(",") if u.strip()]
    found = [{c: str(row[c]) for c in columns} | {"period": values["period"]} for row in rows]
    unknown = set(wanted) - {f["unit_id"] for f in found}
    if unknown:
        known = "、".join(f"{f['unit_id']} {f['label']}" for f in found)
        raise ConfigError("没有这些推送对象", found="、".join(sorted(unknown)), expected=known)
    return [f for f in found if not wanted or f["unit_id"] in wanted]


def held(library: Path, people: Path | None, name: str, params: dict[str, str]) -> list[str]:
    """Reasons, in words, why the report must wait; empty = it may go out."""
    chosen = definition.load(name)
    with data.opened(chosen, library, people) as connection:
        _values(connection, chosen, params, needed=False)
        return _reasons(connection, chosen)


def _pass_gates(chosen: Definition, period: str, reasons: list[str]) -> None:
    if reasons:
        raise DataCheckFailed(
            f"《{chosen.title}》{period} 暂缓发出",
            found="；".join(reasons),
            safe="没有生成任何文件，已发出的报告不受影响",
            next_step="补齐数据后重跑构建，再出报告",
        )


def make(
    library: Path,
    people: Path | None,
    name: str,
    params: dict[str, str],
    out_dir: Path,
    build: dict[str, Any],
    fonts: Path,
    contact: str,
) -> ReportFiles:
    """Write PDF, HTML, xlsx and json of one report for one target.

    Errors: ConfigError (definition, parameters, fonts, template); DataCheckFailed when a gate holds the report back.
    """
    chosen = definition.load(name)
    with data.opened(chosen, library, people) as connection:
        values = _values(connection, chosen, params, needed=True)
        _pass_gates(chosen, values["period"], _reasons(connection, chosen))
        label = _label(connection, chosen, values)
        found = data.read(connection, chosen)
        lacking = _lacking(connection, chosen)
    about = _about(chosen, values, build, contact, label) | {"incomplete": lacking}
    html = _html(chosen, values, found, about, label)
    stem = _file_name(chosen.file.format(label=label, **values))
    typeset = render.pdf(html, fonts)
    made_at = build_moment(build)
    files = ReportFiles(label, typeset.pages, *(out_dir / f"{stem}.{kind}" for kind in ("pdf", "html", "xlsx", "json")))
    _write(files.html, html.encode())
    _write(files.pdf, typeset.content)
    _write(files.xlsx, workbook.workbook(found, _readable(about, found), made_at))
    write_json(files.json, _twin(chosen, found, about, typeset.pages))
    return files


def _values(
    connection: duckdb.DuckDBPyConnection, chosen: Definition, params: dict[str, str], *, needed: bool
) -> dict[str, str]:
    """Parameter values, defaults asked from the database; set as variables for every query."""
    values: dict[str, str] = {}
    for parameter in chosen.parameters:
        given = params.get(parameter.name)
        if given is None and parameter.default:
            _, rows = data.rows_of(connection, parameter.default, f"reports/{chosen.name}")
            given = rows[0][parameter.name] if rows else None
        if given is not None:
            values[parameter.name] = definition.normal(parameter, given)
        elif needed or parameter.default:
            raise ConfigError(
                f"《{chosen.title}》缺少参数：{parameter.zh}",
                expected=parameter.name,
                next_step="请给出该参数；若是 ESI 期，请先投放并构建该期数据",
            )
    data.set_parameters(connection, values)
    return values


def _reasons(connection: duckdb.DuckDBPyConnection, chosen: Definition) -> list[str]:
    if not chosen.gates:
        return []
    _, rows = data.rows_of(connection, chosen.gates, f"reports/{chosen.name}/gates")
    return [str(row["reason"]) for row in rows]


def _lacking(connection: duckdb.DuckDBPyConnection, chosen: Definition) -> list[str]:
    """Searches that were not exported whole, in words; every report that uses their source has to say so."""
    _, rows = data.rows_of(connection, LACKING, "marts.search")
    told = [(str(row["source"]), row) for row in rows]
    titles = catalog.source_titles()
    return [
        f"{titles.get(source, source)}{'，' + row['database'] if row['database'] else ''}"
        f"{'，检索日期 ' + row['search_date'] if row['search_date'] else ''}：{row['completeness_words']}"
        for source, row in told
        if not chosen.sources or source in chosen.sources
    ]


def _label(connection: duckdb.DuckDBPyConnection, chosen: Definition, values: dict[str, str]) -> str:
    _, rows = data.rows_of(connection, chosen.targets, f"reports/{chosen.name}/targets")
    labels = {str(row["unit_id"]): str(row["label"]) for row in rows}
    if values["unit_id"] not in labels:
        known = "、".join(f"{k} {v}" for k, v in labels.items())
        raise ConfigError(f"没有代码为 {values['unit_id']} 的推送对象", expected=known)
    return labels[values["unit_id"]]


def build_moment(build: dict[str, Any]) -> datetime:
    """Time of a build, from its id (20261122T020000Z…): the only date a report carries, so the same build gives the same bytes."""
    match = re.match(r"(\d{8}T\d{6})Z", str(build["build_id"]))
    if match is None:
        raise ConfigError("构建号不含时间", expected="例如 20261122T020000Z", found=str(build["build_id"]))
    return datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


def _about(
    chosen: Definition, values: dict[str, str], build: dict[str, Any], contact: str, label: str
) -> dict[str, Any]:
    """What the footer, the workbook's last sheet and the twin say about the report itself."""
    moment = build_moment(build).astimezone(ZoneInfo(TIMEZONE))
    git = build.get("git") or {}
    return {
        "report": chosen.name,
        "title": chosen.title,
        "edition": chosen.edition,
        "label": label,
        "parameters": values,
        "build_id": str(build["build_id"]),
        "built_at": moment.isoformat(timespec="minutes"),
        "code_commit": str(git.get("commit") or "")[:12],
        "code_dirty": bool(git.get("dirty")),
        "owner": chosen.owner,
        "contact": contact,
        "access": "personal" if chosen.personal else "internal",
        "notes": chosen.notes,
    }


def _html(chosen: Definition, values: dict[str, str], found: dict[str, Rows], about: dict[str, Any], label: str) -> str:
    theme = definition.REPORTS / "_theme"
    folders = [chosen.folder, theme]
    context: dict[str, Any] = {
        key: rows.rows[0] if rows.dataset.one_row else list(rows.rows) for key, rows in found.items()
    }
    figures = {f.name: _figure(f, found[f.dataset]) for f in chosen.figures}
    template = page.environment(folders).get_template(chosen.template)
    style = Markup((theme / "print.css").read_text(encoding="utf-8"))  # our own file, nothing of the data in it
    return template.render(
        **context, **values, figures=figures, about=about, notes=chosen.notes, label=label, style=style
    )


def _figure(figure: Figure, rows: Rows) -> Markup:
    """SVG of a declared figure. ConfigError for a kind that nobody draws."""
    if figure.kind != "bars":
        raise ConfigError(f"图 {figure.name} 的类型没有画法", expected="bars", found=figure.kind)
    return charts.bars(figure.title, [(str(row[figure.label]), row[figure.value]) for row in rows.rows])


def _readable(about: dict[str, Any], found: dict[str, Rows]) -> list[tuple[str, str]]:
    """Lines of the workbook's sheet 说明."""
    lines = [
        ("报告", about["title"]),
        ("对象", about["label"]),
        *((key, value) for key, value in about["parameters"].items()),
        ("构建号", about["build_id"]),
        ("构建时间", about["built_at"]),
        ("代码版本", about["code_commit"] + ("（有未提交改动）" if about["code_dirty"] else "")),
        ("联系与异议", about["contact"]),
        ("使用范围", "含人员信息，限本校内部使用" if about["access"] == "personal" else "限本校内部使用"),
    ]
    lines += [("数据不完整", text) for text in about["incomplete"]]
    lines += [(f"口径 {key}", text) for key, text in about["notes"].items()]
    lines += [(f"查询 {r.dataset.zh}", f"{r.dataset.query.name}，{len(r.rows)} 行") for r in found.values()]
    return lines


def _twin(chosen: Definition, found: dict[str, Rows], about: dict[str, Any], pages: int) -> dict[str, Any]:
    """Every number the report prints, with the query it came from."""
    return {
        "about": about | {"pages": pages},
        "datasets": {
            key: {
                "zh": rows.dataset.zh,
                "query": f"reports/{chosen.name}/queries/{rows.dataset.query.name}",
                "columns": {column: rows.dataset.label(column) for column in rows.columns},
                "rows": list(rows.rows),
            }
            for key, rows in found.items()
        },
    }


def _file_name(text: str) -> str:
    """A name every file system accepts."""
    return re.sub(r'[\\/:*?"<>|\s]+', "_", text).strip("._")


def _write(path: Path, content: bytes) -> None:
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)
