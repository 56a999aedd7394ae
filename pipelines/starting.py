"""`xueheng init`: the empty dictionaries of a new university, each with the header that its loader expects."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.core.errors import ConfigError
from pipelines.core.settings import PROJECT

HEADERS: dict[str, str] = {
    "institutions": "institution_id,name_zh,name_en,kind,country",
    "institution_aliases": "alias,institution_id,language,note",
    "units": "unit_id,name_zh,name_en,unit_kind,parent_id,valid_from,valid_to,change,successor_id",
    "unit_aliases": "alias,unit_id,language,valid_from,valid_to,note",
    "journals": "journal_id,title_en,title_zh,issn,eissn,esi_field",
    "journal_aliases": "alias,journal_id",
}


def init_university(name: str, root: Path = PROJECT / "dictionaries") -> list[Path]:
    """Make dictionaries/<name>/ with empty CSV files. ConfigError when the name is unfit or the folder has files."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,30}", name) or name == "common":
        raise ConfigError("学校文件夹名不合用", expected="小写字母开头，只含小写字母、数字、下划线", found=name)
    folder = root / name
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError("这所大学的字典已经存在，没有改动", where=str(folder), next_step="直接编辑其中的 CSV 文件")
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for stem, header in HEADERS.items():
        path = folder / f"{stem}.csv"
        path.write_text(header + "\n", encoding="utf-8")
        made.append(path)
    return made
