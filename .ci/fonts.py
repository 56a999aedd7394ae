"""Make the two static TrueType files the reports are set in from the variable font Noto Sans SC.

``fonts.py SOURCE_FOLDER TARGET_FOLDER`` writes Regular and Bold (weights cut from the variable font, outlines untouched,
names by its own STAT table) beside the licence; ``fonts.py --check TARGET_FOLDER`` says by its exit code whether they are good.
TrueType outlines keep a two-page PDF near 40 KB where CFF outlines make 220 KB. The same source gives the same bytes.
"""

from __future__ import annotations

import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FAMILY = "Noto Sans SC"
WEIGHTS = {"Regular": 400, "Bold": 700}
# What a report may print: rare surnames live in the whole first block, the rest are signs of tables and running text.
MUST_HAVE = [*range(0x20, 0x7F), *range(0x4E00, 0x9FF0), *map(ord, "—–·…“”‘’《》①⑳≥≤×±‰▲▼●○→←℃№αβγμΩéüñ")]


def source_file(folder: Path) -> Path:
    """The variable font inside the unpacked package."""
    found = sorted(folder.rglob("NotoSansSC[[]wght].ttf"))
    if len(found) != 1:
        raise SystemExit(f"字体包里应有一个 NotoSansSC[wght].ttf，实际 {len(found)} 个：{folder}")
    return found[0]


def cut(source: Path, target: Path, style: str) -> None:
    """Write one weight; a half-written file never carries the final name."""
    font = TTFont(source, recalcTimestamp=False)
    static = instantiateVariableFont(font, {"wght": WEIGHTS[style]}, inplace=True, updateFontNames=True)
    part = target / f".{style}.part"
    static.save(part)
    part.replace(target / f"NotoSansSC-{style}.ttf")


def problems(target: Path) -> list[str]:
    """What keeps the two files from being used, in words; empty when they are good."""
    found = []
    for style in WEIGHTS:
        path = target / f"NotoSansSC-{style}.ttf"
        if not path.is_file():
            found.append(f"缺 {path}")
            continue
        font = TTFont(path, lazy=True)
        names = (font["name"].getDebugName(1), font["name"].getDebugName(2))
        cmap = font.getBestCmap()
        lost = [code for code in MUST_HAVE if code not in cmap]
        if names != (FAMILY, style) or "glyf" not in font or "fvar" in font:
            found.append(f"{path} 不是 {FAMILY} {style} 的静态 TrueType 字体：{names}")
        if lost:
            found.append(f"{path} 缺 {len(lost)} 个字：" + "".join(map(chr, lost[:20])))
    return found


def main(arguments: list[str]) -> int:
    """Make the fonts, or with ``--check`` only look at them."""
    target = Path(arguments[1])
    if arguments[0] != "--check":
        source = source_file(Path(arguments[0]))
        target.mkdir(exist_ok=True)
        with ProcessPoolExecutor(len(WEIGHTS)) as pool:
            for job in [pool.submit(cut, source, target, style) for style in WEIGHTS]:
                job.result()
        shutil.copyfile(source.with_name("OFL.txt"), target / "OFL.txt")
    found = problems(target)
    for line in found:
        sys.stderr.write(line + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
