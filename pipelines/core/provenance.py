"""What went into a build: hashes of code, dictionaries and inputs; versions; git commit."""

from __future__ import annotations

import hashlib
import json
import subprocess
from functools import cache
from importlib import metadata
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
    """Hash of the source text a stage is made of: its package (for a source: its module and the shared readers), and core."""
    parts = module.split(".")
    folder = PROJECT / "pipelines" / parts[1]
    if len(parts) > 2 and parts[1] == "sources":
        files = [folder / f"{parts[2]}.py", *folder.glob("_*.py"), *folder.glob(f"{parts[2]}_*.py")]
    else:
        files = list(folder.rglob("*.py"))
    core = [PROJECT / "pipelines" / "core" / f"{n}.py" for n in ("text", "names", "identifiers")]
    found = sorted({*files, *(p for p in core if p.exists())})
    return hashlib.sha256(b"".join(p.read_bytes() for p in found)).hexdigest()[:16]


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
