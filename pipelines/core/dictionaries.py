"""Reads dictionaries/*.csv: what people know. Text columns only; empty cells are null; lines that begin with # are remarks.

Common rows come first, then the university's.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import polars as pl

from pipelines.core import catalog
from pipelines.core.errors import ConfigError

COMMENT = "#"


@cache
def load(name: str, university: str) -> pl.DataFrame:
    """A dictionary as a frame of text.

    Grain: one row per line of dictionaries/common/<name>.csv and dictionaries/<university>/<name>.csv.
    Errors: ConfigError when neither file exists, or when the two differ in columns.
    """
    paths = catalog.dictionary_files(university).get(name)
    if not paths:
        raise ConfigError(f"没有名为 {name} 的字典", where=f"dictionaries/common 或 dictionaries/{university}")
    frames = [_read(path) for path in paths]
    if any(f.columns != frames[0].columns for f in frames):
        raise ConfigError(f"字典 {name} 的两个文件列不一致", where="、".join(str(p) for p in paths))
    return pl.concat(frames)


def _read(path: Path) -> pl.DataFrame:
    try:
        return pl.read_csv(path, infer_schema_length=0, encoding="utf8", null_values=[""], comment_prefix=COMMENT)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ConfigError(
            "字典文件读不出来", where=str(path), found=str(error), next_step="请用 UTF-8 CSV 保存"
        ) from error


def version(names: tuple[str, ...], university: str) -> str:
    """Hash over the bytes of the named dictionaries: changes when any line of them changes."""
    digest = hashlib.sha256()
    files = catalog.dictionary_files(university)
    for name in sorted(names):
        for path in files.get(name, []):
            digest.update(f"{path.parent.name}/{path.name}".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
