"""Finds the report fonts in a folder and tells which characters they can draw."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

from pipelines.core.errors import ConfigError

FAMILY = "Xueheng Sans"  # the name style sheets use; the files behind it are those of the font folder
FALLBACK = "Xueheng Fallback"
PROBE = ord("学")
NEXT = "请运行 make setup，或把简体中文 TrueType 字体（常规、粗体）放进该文件夹"


@dataclass(frozen=True)
class Face:
    """One font file."""

    path: Path
    weight: int
    characters: frozenset[int]


@dataclass(frozen=True)
class FontSet:
    """Regular and bold of the Chinese family, and any further files as fallback for rare characters."""

    regular: Face
    bold: Face
    fallbacks: tuple[Face, ...]

    def missing(self, text: str) -> list[str]:
        """Characters of a text that regular or bold (with the fallbacks) cannot draw, sorted."""
        covered = self.regular.characters & self.bold.characters
        covered = covered.union(*(face.characters for face in self.fallbacks))
        return sorted(c for c in set(text) if ord(c) not in covered and unicodedata.category(c) not in ("Cc", "Cf"))

    def css(self) -> str:
        """@font-face rules; the addresses are answered by the renderer's own fetcher."""
        rules = [_rule(FAMILY, 400, self.regular), _rule(FAMILY, 700, self.bold)]
        return "\n".join(rules + [_rule(FALLBACK, 400, face) for face in self.fallbacks])


def _rule(family: str, weight: int, face: Face) -> str:
    return (
        f"@font-face {{ font-family: '{family}'; font-weight: {weight}; src: url('xueheng-font:{face.path.name}'); }}"
    )


@cache
def find(folder: Path) -> FontSet:
    """Fonts of a folder, by weight. Errors: ConfigError when no Chinese TrueType regular and bold are there."""
    faces = [face for path in sorted(folder.glob("*.ttf")) if (face := _face(path)) is not None]
    chinese = [face for face in faces if PROBE in face.characters]
    if not chinese:
        raise ConfigError("没有可用的中文字体", expected="常规与粗体两个 .ttf 文件", where=str(folder), next_step=NEXT)
    regular = min(chinese, key=lambda face: (abs(face.weight - 400), face.path.name))
    bold = min(chinese, key=lambda face: (abs(face.weight - 700), face.path.name))
    if bold.weight <= regular.weight:
        raise ConfigError("缺粗体中文字体", found=regular.path.name, where=str(folder), next_step=NEXT)
    used = (regular, bold)
    return FontSet(regular, bold, tuple(face for face in faces if face not in used))


def _face(path: Path) -> Face | None:
    """A font with TrueType outlines; None for others (their PDFs are six times as big)."""
    try:
        with TTFont(path, lazy=True) as font:
            if "glyf" not in font:
                return None
            return Face(path, font["OS/2"].usWeightClass, frozenset(font.getBestCmap()))
    except (TTLibError, OSError) as error:
        raise ConfigError("字体文件读不出来", where=str(path), found=str(error), next_step=NEXT) from error
