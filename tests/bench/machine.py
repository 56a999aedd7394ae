"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

LIBRARIES = ("polars", "duckdb", "pyarrow", "numpy")


def facts(project: Path, peer: Path) -> list[str]:
    """Processor, memory, system, versions, commit, load: one line each."""
    libraries = "、".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    return [
        f"处理器：{_first('/proc/cpuinfo', 'model name')}，{os.cpu_count()} 核；平均负载 {os.getloadavg()[0]:.1f}",
        f"内存：{_memory() / 2**30:.0f} GB",
        f"系统：{platform.system()} {platform.release()}，Python {platform.python_version()}",
        f"库：{libraries}；对照：{_peer_version(peer)}",
        f"提交：{_commit(project)}",
    ]


def _first(path: str, key: str) -> str:
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if line.startswith(key):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _peer_version(python: Path) -> str:
    if not python.exists():
        return "bibx 未安装"
    ask = "from importlib import metadata; print('bibx', metadata.version('bibx'))"
    return subprocess.run([str(python), "-c", ask], capture_output=True, text=True, check=True).stdout.strip()


def _commit(project: Path) -> str:
    try:
        git = ["git", "-C", str(project)]
        commit = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
        changed = subprocess.run([*git, "status", "--porcelain", "-uno"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "未知"
    return commit.stdout.strip() + ("（有未提交的改动）" if changed.stdout.strip() else "")
