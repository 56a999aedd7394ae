"""Make the static TrueType files the reports are set in from the variable fonts Noto Sans SC and Noto Sans.

``fonts.py SOURCE_FOLDER TARGET_FOLDER`` writes Regular and Bold of both families beside their licences: weights cut
from the variable font, outlines untouched, named by its own STAT table. ``fonts.py --check TARGET_FOLDER`` says by its
exit code whether they are good. Noto Sans SC has every Chinese sign but little Latin (no Š, ł, ş, no ₂): Noto Sans
stands behind it. TrueType outlines keep a two-page PDF near 40 KB where CFF outlines make 220 KB. The same source
gives the same bytes.
"""

from __future__ import annotations

import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

WEIGHTS = {"Regular": 400, "Bold": 700}


class Family(NamedTuple):
    """One family: where it lies in the unpacked packages and which signs a report may need of it."""

    name: str
    source: str
    licence: str
    axes: dict[str, float]
    must_have: str


FAMILIES = (
    Family(
        "Noto Sans SC",
        "justmytype_intl_cjk/fonts/ofl/notosanssc/NotoSansSC[wght].ttf",
        "justmytype_intl_cjk/fonts/ofl/notosanssc/OFL.txt",
        {},
        # Rare surnames live anywhere in the first block (its last 16 places are newer than the font).
        "".join(map(chr, [*range(0x20, 0x7F), *range(0x4E00, 0x9FF0)])) + "䶮㛃—·…“”‘’《》①⑳≥≤×±‰▲▼●○→℃№",
    ),
    Family(
        "Noto Sans",
        "fontpkg_noto_sans/files/NotoSans[wdth,wght].ttf",
        "fontpkg_noto_sans/LICENSE",
        {"wdth": 100},
        "".join(map(chr, range(0xC0, 0x250))) + "₀₂₃⁻⁺⁶ⁿḤṣέώіїўℝ",
    ),
)


def file_of(family: Family, style: str) -> str:
    """File name of one weight."""
    return f"{family.name.replace(' ', '')}-{style}.ttf"


def cut(source: Path, target: Path, family: Family, style: str) -> None:
    """Write one weight; a half-written file never carries the final name."""
    font = TTFont(source / family.source, recalcTimestamp=False)
    limits = {"wght": WEIGHTS[style], **family.axes}
    static = instantiateVariableFont(font, limits, inplace=True, updateFontNames=True)
    part = target / f"{file_of(family, style)}.part"
    static.save(part)
    part.replace(target / file_of(family, style))


def make(source: Path, target: Path) -> None:
    """Write all files, one process for each weight of the big family."""
    target.mkdir(exist_ok=True)
    with ProcessPoolExecutor(len(WEIGHTS)) as pool:
        jobs = [pool.submit(cut, source, target, family, style) for family in FAMILIES for style in WEIGHTS]
        for job in jobs:
            job.result()
    for family in FAMILIES:
        shutil.copyfile(source / family.licence, target / f"OFL-{family.name.replace(' ', '')}.txt")


def problems(target: Path) -> list[str]:
    """What keeps the files from being used, in words; empty when they are good."""
    found = []
    for family in FAMILIES:
        for style in WEIGHTS:
            path = target / file_of(family, style)
            if not path.is_file():
                found.append(f"缺 {path}")
                continue
            font = TTFont(path, lazy=True)
            names = (font["name"].getDebugName(1), font["name"].getDebugName(2))
            if names != (family.name, style) or "glyf" not in font or "fvar" in font:
                found.append(f"{path} 不是 {family.name} {style} 的静态 TrueType 字体：{names}")
            cmap = font.getBestCmap()
            lost = [sign for sign in family.must_have if ord(sign) not in cmap]
            if lost:
                found.append(f"{path} 缺 {len(lost)} 个字：" + "".join(lost[:20]))
    return found


def main(arguments: list[str]) -> int:
    """Make the fonts, or with ``--check`` only look at them."""
    target = Path(arguments[1])
    if arguments[0] != "--check":
        make(Path(arguments[0]), target)
    found = problems(target)
    for line in found:
        sys.stderr.write(line + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
