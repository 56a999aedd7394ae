"""The period of an archived file: from the mapping, the names of folders and file, and what the file says. Never guessed."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from pipelines.core import periods
from pipelines.core.errors import ConfigError
from pipelines.core.periods import Written
from pipelines.sources.esi_release import Said

_HEADER = ("file", "folder", "path", "文件", "文件夹", "路径", "period", "期", "期次")


@dataclass(frozen=True)
class Decision:
    """The period, or '' when it is not certain, and why, in words."""

    period: str
    why: str


@dataclass(frozen=True)
class Mapping:
    """Lines of a mapping CSV: path of a file or folder below the archive, or a name anywhere in it, and its period."""

    lines: tuple[tuple[str, str], ...] = ()

    def of(self, relative: str) -> tuple[str, str]:
        """Period and line for a file: its own path first, then the longest folder, then a name that occurs in its path."""
        path = PurePosixPath(relative)
        exact = [(p, named) for named, p in self.lines if named == relative]
        above = [(p, named) for named, p in self.lines if PurePosixPath(named) in path.parents]
        inside = [(p, named) for named, p in self.lines if "/" not in named and named in path.parts]
        for found in (exact, sorted(above, key=lambda line: -len(line[1])), inside):
            if found:
                return found[0]
        return "", ""


def read_mapping(path: Path | None) -> Mapping:
    """The mapping of a CSV with two columns, file or folder and period; a header line is optional.

    Errors: ConfigError for a file that is not there, a line without a period, or one path with two periods.
    """
    if path is None:
        return Mapping()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            "读不到对应表", where=str(path), found=str(error), next_step="请核对 --mapping 的路径"
        ) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
    found: dict[str, str] = {}
    for number, row in enumerate(csv.reader(text.splitlines()), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells[0].lower() in _HEADER):
            continue
        months = [w.period for w in periods.written(cells[1] if len(cells) > 1 else "") if not w.short]
        named = cells[0].replace("\\", "/").strip("/")
        if len(months) != 1 or not named:
            raise _wrong_line(path, number, ",".join(cells), "每行两列：文件或文件夹，期次（如 2020-05）")
        if found.setdefault(named, months[0]) != months[0]:
            raise _wrong_line(path, number, ",".join(cells), f"同一文件只有一个期次；前面写的是 {found[named]}")
    return Mapping(tuple(found.items()))


def decide(relative: str, said: Said, mapping: Mapping, any_month: bool = False) -> Decision:
    """The period of a file, with its reasons; ambiguous or contradictory evidence decides nothing.

    `any_month`: the list is not bound to releases (journals), a mapping may name an even month.
    """
    mapped, line = mapping.of(relative)
    if mapped and not (any_month or periods.is_release(mapped)):
        return Decision("", f"对应表写“{line}”为 {mapped} 期，但 ESI 只在单月发布")
    if mapped:
        return _agreed(mapped, f"对应表写明“{line}”为 {mapped} 期", said)
    words = periods.written(relative)
    named = [w for w in words if not w.short]
    short = [w for w in words if w.short]
    stated = {p for w in named if (p := _stated(w))}
    implied = {periods.release_before(_as_date(w))[0] for w in named if not _stated(w)}
    if len(stated) > 1 or (stated and implied - stated):
        listed = "、".join(dict.fromkeys(w.text for w in named))
        return Decision("", f"名称里的期次互相矛盾：{listed}")
    # two readings of the same characters: 'ESI2005-5月' is May 2005, or May of 2020 written short
    readings = stated | {w.period for w in short if periods.is_release(w.period) and _beside(w, named)}
    if readings:
        return _one_of(readings, next(w.text for w in (*named, *short)), said)
    if said.release and implied <= {said.release}:
        named_too = f"，与名称中的 {'、'.join(w.text for w in named)} 相符" if named else ""
        return _agreed(said.release, f"页脚导出日期 {said.exported}，在两期之间{named_too}", said)
    if short and said:
        return _one_of({w.period for w in short if periods.is_release(w.period)}, short[0].text, said)
    return Decision("", _nothing(named, implied, said, relative))


def _stated(word: Written) -> str:
    """The release that a written month or day names; '' for an even month, or a day before releases come out."""
    if not word.day:
        return word.period if periods.is_release(word.period) else ""
    odd = word.month % 2 == 1 and word.day >= periods.EARLIEST_DAY
    return word.period if odd else ""


def _as_date(word: Written) -> date:
    return date(word.year, word.month, word.day or 28)


def _beside(word: Written, named: list[Written]) -> bool:
    """Whether a short form is a second reading of characters that were read as a year."""
    return any(
        word.at <= other.at < word.at + len(word.text) or other.at <= word.at < other.at + len(other.text)
        for other in named
    )


def _one_of(readings: set[str], text: str, said: Said) -> Decision:
    """The only reading that nothing speaks against."""
    if len(readings) == 1:
        only = next(iter(readings))
        return _agreed(only, f"名称中的“{text}”", said)
    possible = sorted(p for p in readings if not said.contradiction(p))
    if len(possible) == 1 and said:
        ruled_out = "、".join(sorted(readings - set(possible)))
        return Decision(possible[0], f"名称中的“{text}”，{said.words()}，不可能是 {ruled_out} 期")
    return Decision("", f"“{text}”可读作 {' 或 '.join(sorted(readings))} 期，文件内容不能分辨")


def _agreed(period: str, why: str, said: Said) -> Decision:
    against = said.contradiction(period)
    return Decision("", f"{why}，但{against}") if against else Decision(period, why)


def _nothing(named: list[Written], implied: set[str], said: Said, relative: str) -> str:
    if named:
        texts = "、".join(dict.fromkeys(w.text for w in named))
        return (
            f"名称中的 {texts} 不是发布月（ESI 在单月中旬发布），可能是下载日期；或为 {'、'.join(sorted(implied))} 期"
        )
    if said.baseline:
        year = said.baseline[1]
        return f"名称里没有期次；基线年份 {said.baseline[0]}–{year}，可能是 {year}-05 至 {year + 1}-03 中的任何一期"
    if said.exported:
        return f"名称里没有期次；页脚导出日期 {said.exported} 前后有两期"
    if re.search(r"第\s*[0-9一二三四五六]\s*期|(?<!\d)\d{1,2}\s*-\s*20\d{2}(?!\d)", relative):
        return "名称里的编号看不出是月份还是一年中的第几期"
    return "名称和内容都没有期次"


def _wrong_line(path: Path, number: int, found: str, expected: str) -> ConfigError:
    return ConfigError(
        f"对应表第 {number} 行不对",
        expected=expected,
        found=found,
        where=str(path),
        safe="没有导入任何文件",
        next_step="请改正后再运行",
    )
