"""`xueheng init`: the dictionaries of a new university, each with its header, remarks on how to fill it, and example lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from pipelines.core.errors import ConfigError
from pipelines.core.settings import PROJECT
from pipelines.dictionaries.lines import COLUMNS

HEADERS: dict[str, str] = {name: ",".join(columns) for name, columns in COLUMNS.items()}
ROOT_UNIT = "0000"
EXAMPLE = "例："

# What stands in a new file under its header. Lines that begin with # are not read: examples to copy without the #.
REMARKS: dict[str, tuple[str, ...]] = {
    "institutions": (
        "本校一行，kind 写 own，只有一行。容易与本校相混的学校、独立学院、校办企业各一行，写 neighbour；合作单位写 other。",
        "先填：同城、同省里名称相近的学校。它们不在这里，就可能被问到；在这里，就不会被当成本校。",
        "例：jiangyuan-normal,江原师范大学,Jiangyuan Normal University,neighbour,China",
        '例：jiangyuan-motor,江原大学汽车有限公司,"Jiangyuan University Motor Co., Ltd.",neighbour,China',
    ),
    "institution_aliases": (
        "学校的旧名、简称、译名，各一行。数据库的缩写（Univ、Technol、Sci …）不用写，程序认得。",
        "例：江原工学院,jiangyuan,zh,1993 年以前的校名",
        "例：Jiangyuan Inst Technol,jiangyuan,en,1993 年以前的校名",
    ),
    "units": (
        "学院、系、重点实验室、附属医院、校区、机关，各一行；代码自己定，最好与人事系统一致。",
        "unit_kind：university（学校自己，一行）college department laboratory hospital campus office",
        "撤销、更名、并入、拆分的单位也要写：valid_to 写最后一天，change 写 renamed merged split closed；"
        "更名与并入写 successor_id，拆分不写。",
        f"例：1010,化工学院,School of Chemical Engineering,college,{ROOT_UNIT},1952-09-01,,,",
        f"例：1009,应用化学学院,School of Applied Chemistry,college,{ROOT_UNIT},1996-01-01,2018-06-30,merged,1010",
        f"例：1008,电子与信息工程学院,School of Electronic and Information Engineering,college,{ROOT_UNIT},,2016-06-30,split,",
    ),
    "unit_aliases": (
        "单位在论文里的其他写法，各一行。与 units.csv 的名称只差缩写的不用写。先构建一次，再用 xueheng dictionary propose 找。",
        "例：Coll Chem Technol,1010,en,,,",
        "例：化学工程学院,1010,zh,,2012-12-31,旧名",
    ),
    "journals": (
        "中英文双名的期刊，用来把中文库与英文库的同一篇合起来；没有也能构建。",
        "例：jy-chem,Journal of Jiangyuan Chemistry,江原化学学报,1234-5679,,CHE",
    ),
    "journal_aliases": ("期刊的缩写与旧名。", "例：J JIANGYUAN CHEM,jy-chem"),
    "benchmarks": ("ESI 报告里与本校相比的机构，按显示次序。没有也能构建。", "例：jiangyuan-tech,1,"),
}


def init_university(
    name: str, root: Path = PROJECT / "dictionaries", name_zh: str = "", name_en: str = ""
) -> list[Path]:
    """Make dictionaries/<name>/ with CSV templates; with a name, the line of the university itself is already there.

    Errors: ConfigError when the folder's name is unfit, or the folder has files.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,30}", name) or name == "common":
        raise ConfigError("学校文件夹名不合用", expected="小写字母开头，只含小写字母、数字、下划线", found=name)
    folder = root / name
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError("这所大学的字典已经存在，没有改动", where=str(folder), next_step="直接编辑其中的 CSV 文件")
    folder.mkdir(parents=True, exist_ok=True)
    own = {
        "institutions": [name, name_zh, name_en, "own", "China"],
        "units": [ROOT_UNIT, name_zh, name_en, "university", *[""] * 5],
    }
    made = []
    for stem, header in HEADERS.items():
        path = folder / f"{stem}.csv"
        remarks = "".join(_remarks(REMARKS[stem]))
        first = _line(own[stem]) if stem in own and (name_zh or name_en) else ""
        path.write_text(f"{header}\n{remarks}{first}", encoding="utf-8")
        made.append(path)
    return made


def next_steps(name: str, is_named: bool) -> list[str]:
    """What to do after `init`, in words."""
    first = "" if is_named else "在 institutions.csv 与 units.csv 写上本校一行；"
    return [
        f"1. {first}在 units.csv 写上学院（从人事处的单位表复制），在 institutions.csv 写上名称相近的学校。",
        f"2. xueheng dictionary check {name}：看有没有矛盾。",
        f"3. 设置 XUEHENG_UNIVERSITY={name}，把导出文件放进收件箱，运行 xueheng ingest 与 xueheng build。",
        "4. xueheng status 看有多少地址已经判定；xueheng dictionary propose 列出还不认识的写法，补进 unit_aliases.csv，再构建。",
        "逐步说明：docs/new-university.md",
    ]


def _remarks(said: tuple[str, ...]) -> Iterator[str]:
    """Remarks, then the examples, each of which is a line of the file once its # is taken away."""
    yield from (f"# {remark}\n" for remark in said if not remark.startswith(EXAMPLE))
    yield "# 例子（去掉行首的 # 就是一行）：\n"
    yield from (f"#{remark.removeprefix(EXAMPLE)}\n" for remark in said if remark.startswith(EXAMPLE))


def _line(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()
