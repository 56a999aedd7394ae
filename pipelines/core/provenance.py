"""What went into a build: hashes of code, dictionaries and inputs; versions; git commit."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from pipelines.core.settings import PROJECT

LIBRARIES = (
    "polars",
    "duckdb",
    "pyarrow",
    "rapidfuzz",
    "unidecode",
    "weasyprint",
    "apache-airflow",
    "great-expectations",
)


def digest(*parts: Any) -> str:
    """Short hash of anything JSON can hold."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def code_hash(module: str) -> str:
    """Hash of the source text a stage is made of: its package (for a source: its modules, those they import, its layout), and core."""
    parts = module.split(".")
    folder = PROJECT / "pipelines" / parts[1]
    if len(parts) > 2 and parts[1] == "sources":
        files = [PROJECT / "schemas" / "sources" / f"{parts[2]}.yml", *_imported(folder, parts[2])]
    else:
        files = list(folder.rglob("*.py"))
    core = [PROJECT / "pipelines" / "core" / f"{n}.py" for n in ("text", "names", "identifiers", "decisions")]
    found = sorted(p for p in {*files, *core} if p.exists())  # review sheets are recognised too and have no layout
    return hashlib.sha256(b"".join(p.read_bytes() for p in found)).hexdigest()[:16]


def _imported(folder: Path, source: str) -> set[Path]:
    """Modules of a source and all that they import from the folder of sources."""
    waiting = [folder / f"{source}.py", *folder.glob(f"{source}_*.py")]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in found or not path.exists():
            continue
        found.add(path)
        text = path.read_text(encoding="utf-8")
        names = re.findall(r"pipelines\.sources\.(\w+)", text)
        for listed in re.findall(r"from pipelines\.sources import (?:\(([^)]*)\)|([^\n#]*))", text):
            names += re.findall(r"\w+", " ".join(listed))
        waiting += [folder / f"{name}.py" for name in names]
    return found


@cache
def git_state() -> dict[str, Any]:
    """Commit of the checkout and whether it has uncommitted changes; both unknown outside git."""
    try:
        commit = _git("rev-parse", "HEAD")
        return {"commit": commit, "dirty": bool(_git("status", "--porcelain", "--untracked-files=no"))}
    except (OSError, subprocess.CalledProcessError):
        return {"commit": None, "dirty": None}


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(PROJECT), *arguments], capture_output=True, text=True, check=True, timeout=10
    )
    return done.stdout.strip()


def versions() -> dict[str, str]:
    """Versions of the libraries that can change a result."""
    return {name: metadata.version(name) for name in LIBRARIES}
