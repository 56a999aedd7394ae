"""Data Docs of a batch: the rules of schemas/sources as a Great Expectations suite, run over a bounded sample and the file figures.

The only importer of great_expectations (3 s; it works from pandas), called when rows were refused or a page was asked for. Its
stock pages load styles, scripts and a counter from elsewhere; ours keep its sections inside one file that opens without a network.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import polars as pl

from pipelines.core import schema
from pipelines.core.store import atomic_path
from pipelines.validation import checks
from pipelines.validation.checks import Rule
from pipelines.validation.verdict import Verdict

TEMPLATE = Path(__file__).with_name("data_docs.html.j2")
RESULT_FORMAT = {"result_format": "COMPLETE", "exclude_unexpected_values": True, "return_unexpected_index_query": False}
_LABELS = {
    "Table-Level Expectations": "整表",
    "Observed Value": "所见",
    "Expectation": "要求",
    "Status": "结果",
}
_COUNTED = re.compile(r"(?:<br>)*([\d,]+) unexpected values found\. ≈?([\d.<>% ]+?)% of ([\d,]+) total rows\.")


def data_docs(root: Path, verdict: Verdict, files: list[dict[str, Any]], sample: pl.DataFrame) -> Path:
    """Write <root>/<source>/<batch_id>.html and the list of pages; returns the page.

    `files` are the entries of the manifest; `sample` has the columns that rules name, good rows and bad ones. No cell is shown.
    """
    declared = schema.source(verdict.source)
    sections = _sections(f"{declared.zh} 文件", _figures(files), _figure_rules())
    for kind, rows in _by_kind(files, sample).items():
        rules = [r for r in checks.rules(declared) if r.applies(*kind) and r.check != "row_count_drop"]
        if rules:
            sections += _sections(" ".join((declared.zh, *filter(None, kind))), rows, _suite(rules, declared))
    page = root / verdict.source / f"{verdict.batch_id}.html"
    names = {"formats": {n: f["zh"] for n, f in declared.spec.get("formats", {}).items()}}
    names["kinds"] = {n: zh for n, zh in declared.spec.get("kinds", {}).items() if isinstance(zh, str)}
    text = _template().render(
        verdict=verdict, zh=declared.zh, files=files, sections=sections, sampled=sample.height, **names
    )
    with atomic_path(page) as temporary:
        temporary.write_text(text, encoding="utf-8")
    _index(root)
    return page


def _index(root: Path) -> None:
    pages = sorted(root.glob("*/*.html"), key=lambda p: p.stem, reverse=True)
    links = [(p.relative_to(root).as_posix(), schema.source(p.parent.name).zh, p.stem) for p in pages]
    with atomic_path(root / "index.html") as temporary:
        temporary.write_text(_template().render(links=links), encoding="utf-8")


def _template() -> jinja2.Template:
    return jinja2.Environment(autoescape=True).from_string(TEMPLATE.read_text(encoding="utf-8"))


def _figures(files: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Grain: one row per file."""
    return pl.DataFrame(
        {
            "文件": [f["file"] for f in files],
            "读取": [f["read"] for f in files],
            "接受": [f["accepted"] for f in files],
            "另存": [f["quarantined"] for f in files],
            "接受与另存": [f["accepted"] + f["quarantined"] for f in files],
            "整个文件未被接受": ["是" if f["refused"] else "否" for f in files],
        }
    )


def _by_kind(files: list[dict[str, Any]], sample: pl.DataFrame) -> dict[tuple[str, str], pl.DataFrame]:
    """Sample rows by kind and format of their file: rules may hold for one kind only."""
    names: dict[tuple[str, str], list[str]] = {}
    for entry in files:
        names.setdefault((entry["kind"], entry["format"]), []).append(entry["file"])
    if sample.is_empty():
        return {}
    parts = {kind: sample.filter(pl.col("source_file").is_in(some)) for kind, some in names.items()}
    return {kind: part for kind, part in parts.items() if part.height}


@cache
def _expectations() -> Any:
    os.environ["GX_ANALYTICS_ENABLED"] = "False"  # read at import: nothing is sent anywhere
    import great_expectations.expectations as known

    return known


def _figure_rules() -> list[Any]:
    gxe = _expectations()
    return [
        gxe.ExpectColumnValuesToBeInSet(column="整个文件未被接受", value_set=["否"], description="每个文件都被接受"),
        gxe.ExpectColumnValuesToBeBetween(column="接受", min_value=1, description="每个文件至少有一行可用"),
        gxe.ExpectColumnValuesToBeBetween(column="另存", max_value=0, description="没有另存的行"),
        gxe.ExpectColumnPairValuesToBeEqual(column_A="读取", column_B="接受与另存", description="读取 = 接受 + 另存"),
    ]


def _suite(rules: Iterable[Rule], declared: schema.SourceSchema) -> list[Any]:
    return [_expectation(rule, column, declared) for rule in rules for column in rule.columns[: _width(rule)]]


def _width(rule: Rule) -> int:
    """How many expectations a rule becomes: uniqueness is one over all its columns."""
    return 1 if rule.check == "unique" else len(rule.columns)


def _expectation(rule: Rule, column: str, declared: schema.SourceSchema) -> Any:
    """The same rule in the library's terms."""
    gxe = _expectations()
    names = "、".join(checks.label(declared, c) for c in (rule.columns if rule.check == "unique" else (column,)))
    words = "在同一文件中不重复" if rule.check == "unique" else checks.ROW_CHECKS[rule.check].expected(rule)
    said = {
        "description": html.escape(f"{names} {words}"),
        "severity": "critical" if rule.severity == "fail" else "warning",
    }
    values = rule.values
    if rule.check == "unique":
        return gxe.ExpectCompoundColumnsToBeUnique(column_list=["source_file", *rule.columns], **said)
    if rule.check == "matches":
        return gxe.ExpectColumnValuesToMatchRegex(column=column, regex=f"^(?:{values['pattern']})$", **said)
    if rule.check == "in_set":
        return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=[str(v) for v in values["values"]], **said)
    if rule.check == "between":
        low, high = values.get("min"), values.get("max")
        return gxe.ExpectColumnValuesToBeBetween(column=f"{column} #", min_value=low, max_value=high, **said)
    if rule.check == "max_length":
        return gxe.ExpectColumnValueLengthsToBeBetween(column=column, max_value=values["max"], **said)
    return gxe.ExpectColumnValuesToNotBeNull(column=column, **said)


def _sections(name: str, rows: pl.DataFrame, expectations: list[Any]) -> list[dict[str, str]]:
    """Run a suite over a frame; its sections as the library renders them, one per column."""
    import great_expectations as library
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
    from great_expectations.render.view.view import DefaultJinjaSectionView

    context: Any = library.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("batch").add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("all")
    suite = context.suites.add(library.ExpectationSuite(name=name, expectations=expectations))
    definition = context.validation_definitions.add(library.ValidationDefinition(name=name, data=batch, suite=suite))
    frame = _numeric(rows, expectations).to_pandas()
    result = definition.run(batch_parameters={"dataframe": frame}, result_format=RESULT_FORMAT)
    document = ValidationResultsPageRenderer().render(result)
    view: Any = DefaultJinjaSectionView()
    parts = [
        view.render({"section": section.to_json_dict(), "section_loop": {"index": number}})
        for number, section in enumerate(document.sections[1:], 1)  # the first is a summary of versions and markers
    ]
    return [{"name": name, "passed": "yes" if result.success else "no", "html": _in_chinese(part)} for part in parts]


def _numeric(rows: pl.DataFrame, expectations: Iterable[Any]) -> pl.DataFrame:
    """Raw rows are text; a `between` rule looks at a number column made beside it (`<column> #`)."""
    wanted = {e.column.removesuffix(" #") for e in expectations if str(getattr(e, "column", "")).endswith(" #")}
    return rows.with_columns(
        pl.col(c).str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False).alias(f"{c} #") for c in wanted
    )


def _in_chinese(part: str) -> str:
    for english, chinese in _LABELS.items():
        part = re.sub(rf"(>\s*){english}(\s*<)", rf"\g<1>{chinese}\g<2>", part)
    part = _COUNTED.sub(r"<br>抽查 \3 行，\1 行不符合（\2%）", part)
    for english, chinese in (("% unexpected", "% 不符合"), ("% not null", "% 非空")):
        part = part.replace(english, chinese)
    return part
