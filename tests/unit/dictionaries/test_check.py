"""xueheng dictionary check: every kind of contradiction is found, with its file and line; the shipped dictionaries have none."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import starting
from pipelines.core.errors import ConfigError
from pipelines.core.settings import PROJECT
from pipelines.dictionaries import check

UNITS = "unit_id,name_zh,name_en,unit_kind,parent_id,valid_from,valid_to,change,successor_id\n"
ROOT = "u0,江原大学,Jiangyuan University,university,,,,,\n"
PHYSICS = "u1,物理学院,School of Physics,college,u0,,,,\n"
INSTITUTIONS = "institution_id,name_zh,name_en,kind,country\njy,江原大学,Jiangyuan University,own,China\n"
ALIASES = "alias,unit_id,language,valid_from,valid_to,note\n"
NAMES = "alias,institution_id,language,note\n"


def write(folder: Path, **files: str) -> Path:
    """A dictionary with these files, the others as `init` makes them."""
    starting.init_university("jiangyuan", folder, "江原大学", "Jiangyuan University")
    for name, text in files.items():
        (folder / "jiangyuan" / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder / "jiangyuan"


def found(folder: Path) -> list[tuple[str, str, int]]:
    return [(f.level, f.file, f.line) for f in check(folder, "linghai")]


def test_what_init_writes_is_without_findings(tmp_path: Path) -> None:
    assert found(write(tmp_path)) == []


def test_the_examples_of_init_are_lines_once_their_mark_is_gone(tmp_path: Path) -> None:
    folder = write(tmp_path)
    for path in folder.glob("*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        start = next(n for n, line in enumerate(lines) if "去掉行首的" in line)
        path.write_text("".join([lines[0], *(line.removeprefix("#") for line in lines[start + 1 :])]), encoding="utf-8")
    wrong = [f for f in check(folder, "linghai") if f.level == "错误" and f.file in ("units.csv", "unit_aliases.csv")]
    assert wrong == []


@pytest.mark.parametrize(
    ("files", "place", "word"),
    [
        ({"units": UNITS + ROOT + PHYSICS + PHYSICS}, ("units.csv", 4), "已用在units.csv 第 3 行"),
        ({"units": UNITS + ROOT + "u1,物理学院,,college,,,,,\n"}, ("units.csv", 3), "没有上级单位"),
        ({"units": UNITS + ROOT + "u1,物理学院,,college,u9,,,,\n"}, ("units.csv", 3), "u9 不在"),
        (
            {"units": UNITS + ROOT + "u1,甲系,,college,u2,,,,\nu2,乙系,,college,u1,,,,\n"},
            ("units.csv", 3),
            "走回了自己",
        ),
        ({"units": UNITS + ROOT + "u1,甲系,,college,u0,,2018-06-30,renamed,\n"}, ("units.csv", 3), "没有后继单位"),
        (
            {"units": UNITS + ROOT + PHYSICS + "u2,甲系,,college,u0,,2018-06-30,split,u1\n"},
            ("units.csv", 4),
            "不能按名称",
        ),
        ({"units": UNITS + ROOT + "u1,甲系,,college,u0,2019-01-01,2018-06-30,closed,\n"}, ("units.csv", 3), "晚于"),
        ({"units": UNITS + ROOT + "u1,甲系,,college,u0,2019,,,\n"}, ("units.csv", 3), "2018-06-30"),
        ({"units": UNITS + ROOT + "u1,甲系,,faculty,u0,,,,\n"}, ("units.csv", 3), "unit_kind"),
        ({"units": UNITS + ROOT + "u1,甲系\n"}, ("units.csv", 3), "格"),
        (
            {"units": UNITS + ROOT + PHYSICS + "u2,光学院,School of Physics,college,u0,,,,\n"},
            ("units.csv", 4),
            "两个单位",
        ),
        (
            {"units": UNITS + ROOT + PHYSICS, "unit_aliases": ALIASES + "Sch Phys,u7,en,,,\n"},
            ("unit_aliases.csv", 2),
            "u7",
        ),
        (
            {
                "units": UNITS + ROOT + "u1,甲系,,college,u0,2010-01-01,,,\n",
                "unit_aliases": ALIASES + "老甲系,u1,zh,,2005-12-31,\n",
            },
            ("unit_aliases.csv", 2),
            "没有重叠",
        ),
        (
            {
                "institutions": INSTITUTIONS + "jy-tech,江原理工大学,Jiangyuan Institute,neighbour,China\n",
                "institution_aliases": NAMES + "江原理工大学,jy,zh,\n",
            },
            ("institution_aliases.csv", 2),
            "两个机构",
        ),
        ({"institution_aliases": NAMES + "Inst Technol,jy,en,\n"}, ("institution_aliases.csv", 2), "共有"),
        ({"institutions": INSTITUTIONS + "b,乙大学,B University,own,China\n"}, ("institutions.csv", 3), "own"),
        (
            {
                "institutions": INSTITUTIONS + "c,物理学院,,neighbour,China\n",
                "units": UNITS + ROOT + PHYSICS,
            },
            ("units.csv", 3),
            "也是机构 c",
        ),
    ],
)
def test_contradictions(tmp_path: Path, files: dict[str, str], place: tuple[str, int], word: str) -> None:
    findings = check(write(tmp_path, **files), "linghai")
    assert any((f.file, f.line) == place and f.level == "错误" and word in f.found + f.next_step for f in findings), (
        findings
    )


def test_one_name_one_after_the_other_is_no_contradiction(tmp_path: Path) -> None:
    units = (
        UNITS
        + ROOT
        + "u1,管理学院,School of Management,college,u0,,2009-12-31,renamed,u2\n"
        + "u2,管理学院,School of Management,college,u0,2010-01-01,,,\n"
    )
    assert found(write(tmp_path, units=units)) == []


def test_a_missing_folder_and_a_wrong_header_are_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="没有这所学校的字典"):
        check(tmp_path / "nobody", "linghai")
    assert ("错误", "units.csv", 1) in found(write(tmp_path, units="unit_id,name\nu0,x\n"))


@pytest.mark.parametrize("university", ["linghai", "dlut"])
def test_shipped_dictionaries_have_no_errors(university: str) -> None:
    assert [f for f in check(PROJECT / "dictionaries" / university, university) if f.level == "错误"] == []
