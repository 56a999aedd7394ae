"""Is this machine fit to run Xueheng? Fonts, libraries, disk, rights, Airflow: each with what to do."""

from __future__ import annotations

import ctypes.util
import os
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipelines.core import provenance, store
from pipelines.core.settings import Settings

# WeasyPrint draws with these; without the last one it falls back silently and a report costs 6 to 18 times as much
SYSTEM_LIBRARIES = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
}
FONTS = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf", "NotoSans-Regular.ttf", "NotoSans-Bold.ttf")
NEEDED_FREE_BYTES = 5 * 2**30


def examine(settings: Settings) -> list[dict[str, Any]]:
    """One entry per check: name, ok, found, next_step."""
    checks = [_fonts(settings.font_dir), *(_library(n, p) for n, p in SYSTEM_LIBRARIES.items())]
    checks += [_package(name) for name in provenance.LIBRARIES]
    checks += [_folder(settings.data_dir), _disk(settings.data_dir), _dictionaries(settings.university), _airflow()]
    return checks


def _entry(name: str, ok: bool, found: str, next_step: str) -> dict[str, Any]:
    return {"check": name, "ok": ok, "found": found, "next_step": "" if ok else next_step}


def _fonts(folder: Path) -> dict[str, Any]:
    missing = [name for name in FONTS if not (folder / name).exists()]
    return _entry(
        "中文字体", not missing, "缺少 " + "、".join(missing) if missing else str(folder), "运行 make setup 安装字体"
    )


def _library(name: str, package: str) -> dict[str, Any]:
    found = ctypes.util.find_library(name)
    return _entry(f"系统库 {name}", found is not None, found or "没有", f"以 root 运行 apt-get install {package}")


def _package(name: str) -> dict[str, Any]:
    try:
        return _entry(f"软件包 {name}", True, metadata.version(name), "")
    except metadata.PackageNotFoundError:
        return _entry(f"软件包 {name}", False, "没有", "运行 make setup")


def _folder(folder: Path) -> dict[str, Any]:
    place = folder if folder.exists() else next(p for p in folder.resolve().parents if p.exists())
    return _entry("数据文件夹可写", os.access(place, os.W_OK), str(folder), f"请让运行学衡的用户对 {place} 有写权限")


def _disk(folder: Path) -> dict[str, Any]:
    place = folder if folder.exists() else next(p for p in folder.resolve().parents if p.exists())
    free = store.free_bytes(place)
    return _entry("磁盘空间", free > NEEDED_FREE_BYTES, f"剩余 {free / 2**30:.1f} GB", "请清理磁盘，至少留出 5 GB")


def _dictionaries(university: str) -> dict[str, Any]:
    folder = Path(__file__).resolve().parents[1] / "dictionaries" / university
    count = len(list(folder.glob("*.csv")))
    return _entry("本校字典", count > 0, f"{university}：{count} 个文件", "运行 xueheng init 建立本校字典")


def _airflow() -> dict[str, Any]:
    found = find_spec("airflow") is not None
    return _entry("Airflow", found, metadata.version("apache-airflow") if found else "没有", "运行 make setup")
