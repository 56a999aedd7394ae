"""The architecture as tests: what must stay true of the shape of the code."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from pipelines import sources, warehouse
from pipelines.core import catalog, ledger, schema
from pipelines.core.settings import PROJECT, Settings
from pipelines.stages import STAGES

PYTHON = sorted((PROJECT / "pipelines").rglob("*.py"))
SIBLINGS = ("normalise", "dedup", "affiliations", "people")


def test_every_source_has_schema_module_and_fixture() -> None:
    modules = {p.stem for p in (PROJECT / "pipelines" / "sources").glob("[!_]*.py") if "_" not in p.stem}
    fixtures = {p.name for p in (PROJECT / "tests" / "fixtures" / "landing").iterdir() if p.is_dir()}
    assert modules == set(catalog.source_names()) == fixtures


def test_every_stage_has_a_table_schema_and_every_table_a_stage() -> None:
    assert set(STAGES) == set(catalog.table_names())


@pytest.mark.parametrize("name", sorted(n for n, s in STAGES.items() if s.function))
def test_stage_parameters_are_tables_dictionaries_or_history(name: str) -> None:
    module, _, function = STAGES[name].function.partition(":")
    parameters = inspect.signature(getattr(import_module(module), function)).parameters.values()
    dictionaries = set(catalog.dictionary_files("linghai"))
    given = {"university", "part"} | ({"before"} if STAGES[name].by_content else set())
    known_tables = set(STAGES) | set(ledger.STREAMS) | {f"ledger_{s}" for s in ledger.STREAMS}
    for parameter in parameters:
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            assert parameter.name.removesuffix("_dictionary") in dictionaries | given, parameter.name
        else:
            assert parameter.name in known_tables, parameter.name


@pytest.mark.parametrize("table", [n for n in STAGES if n.startswith("source_")])
def test_every_source_table_is_given_by_a_source(table: str) -> None:
    assert sources.giving(table), f"no source gives {table}"


@pytest.mark.parametrize("package", SIBLINGS)
def test_no_source_is_named_in_source_free_code(package: str) -> None:
    names = set(catalog.source_names()) - set(catalog.table_names()) - {"roster"}
    for path in (PROJECT / "pipelines" / package).rglob("*.py"):
        texts = [
            node.value
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        docstrings = {
            ast.get_docstring(n, clean=False)
            for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(n, ast.Module | ast.FunctionDef | ast.ClassDef)
        }
        assert not [t for t in texts if t in names and t not in docstrings], path.name


@pytest.mark.parametrize("path", PYTHON, ids=lambda p: str(p.relative_to(PROJECT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    assert path.stem not in {"utils", "helpers", "common", "misc"}
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1})"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.end_lineno and node.end_lineno - node.lineno >= 50
    ]
    assert not long


def test_every_sql_file_says_its_grain_and_every_check_its_severity() -> None:
    for layer in ("indicators", "marts", "marts_personal", "views"):
        for relation in warehouse.relations(layer):
            assert re.search(r"^-- grain: \S", relation.sql, re.MULTILINE), relation.path.name
    for path in (warehouse.SQL / "checks").glob("*.sql"):
        assert warehouse._check_head(path, path.read_text(encoding="utf-8"))[1]


def test_sql_layers_read_only_what_is_above_them() -> None:
    allowed = {"indicators": {"lake", "indicators"}, "marts": {"lake", "indicators", "marts"}}
    for layer, schemas in allowed.items():
        for relation in warehouse.relations(layer):
            body = re.sub(r"--.*", "", relation.sql)
            used = {m.group(1) for m in re.finditer(r"\b(?:from|join)\s+(lake|indicators|marts|views)\.", body, re.I)}
            assert used <= schemas, relation.path.name


def test_report_queries_read_only_marts() -> None:
    queries = list((PROJECT / "reports").glob("*/queries/*.sql"))
    assert queries
    for path in queries:
        definition = yaml.safe_load((path.parents[1] / "report.yml").read_text(encoding="utf-8"))
        allowed = {"marts"} | ({"marts_personal"} if definition["access"] == "personal" else set())
        body = re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
        used = {m.group(1).lower() for m in re.finditer(r"\b(?:from|join)\s+([a-z_.]+)\.[a-z_]+", body, re.I)}
        assert used <= allowed, (path, used)


def test_env_example_equals_settings() -> None:
    lines = (PROJECT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = {line.split("=")[0] for line in lines if line.startswith("XUEHENG_")}
    assert named == {f"XUEHENG_{name.upper()}" for name in Settings.model_fields}


def test_every_field_is_used_and_described() -> None:
    used = {f.name for t in catalog.table_names() for f in schema.table(t).fields}
    assert set(schema.fields()) == used
    assert all(f.zh and f.meaning for f in schema.fields().values())


def test_every_command_has_help_and_stands_in_the_readme() -> None:
    from pipelines.cli import app

    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    for command in app.registered_commands:
        assert command.callback and command.callback.__doc__
        assert f"xueheng {command.callback.__name__}" in readme


def test_no_file_names_a_registry_or_this_machine() -> None:
    hosts = re.compile(
        "|".join(["pypi" + r"\.org", "files\\.python" + "hosted", "deb\\.deb" + "ian", "registry\\.npm" + "js"])
    )
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        path = PROJECT / name
        if path.is_file():
            text = path.read_bytes().decode("utf-8", errors="replace")
            assert not hosts.search(text), path
            assert f"{PROJECT}/" not in text, path
