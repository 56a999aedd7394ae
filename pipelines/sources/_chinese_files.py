"""Files of the Chinese databases: which format, whose, and the reader for it. Vendors share formats; the text names the vendor."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pipelines.core import catalog, schema
from pipelines.core.errors import SourceError
from pipelines.sources import Chunk, FileHead, Recognised, _bibliographies, _chinese_entries, _chinese_sheets, _tagged

_PROVIDER = re.compile(
    r"^(?:DS[ \t]+|\{Database Provider\}\s*[:：]|%W[ \t:]*|Database Provider-[^:：\n]*[:：])[ \t]*(\S.*)$"
    r"|^D[BP] {1,2}- *(\S.*)$|<DatabaseProvider>([^<]+)<",
    re.M,
)
KEPT = 2  # heads whose outline is kept: every vendor of these formats asks for the same one in turn
_TITLED = re.compile(
    r"^(?:[Tt]1[ \t]*|\{Title\}\s*[:：]\s*|%T[ \t:]*|Title-[^:：\n]*[:：]\s*|【(?:来源篇名|题\s*名)】\s*)\S", re.M
)


def recognise(head: FileHead, source: str) -> Recognised | None:
    """The format of a file and why it is this source's; None when it is another's or no such format.

    Errors: SourceError when no record has a title.
    """
    if head.encoding is None:
        return None
    if head.encoding in ("xlsx", "xls"):
        return _chinese_sheets.recognise(head, source)
    text, shown, shape, page = _seen(head.text)
    if shape is None and _bibliographies.BEGINS.search(text):
        why = owner(text, source, "notefirst")
        reason = f"NoteFirst 等文献管理软件的 XML，{why}"
        return (
            Recognised(source, "notefirst", "notefirst", head.encoding, language="zh", reasons=(reason,))
            if why
            else None
        )
    if shape is None and (form := _chinese_entries.form_of(text)):
        why = owner(text, source, form)
        reason = f"{'RIS' if form == 'ris' else 'BibTeX'} 记录，{why}"
        return Recognised(source, form, form, head.encoding, language="zh", reasons=(reason,)) if why else None
    if shape is None:
        return _chinese_sheets.recognise(head, source)
    why = owner(shown, source, shape.name)
    if not why:
        return None
    if not _TITLED.search(shown):
        raise SourceError("文件里没有任何题名", where=head.path.name, next_step="请在数据库网页上重新选择文献后导出")
    reasons = (f"{shape.zh}，{why}", *(("网页接口的回答（HTML），已还原成文字",) if page else ()))
    details = {"begins": shape.begins, "page": page}
    return Recognised(source, shape.name, shape.name, head.encoding, language="zh", reasons=reasons, details=details)


def read(path: Path, found: Recognised) -> Iterator[Chunk]:
    """Records as text, in chunks."""
    encoding, spec = found.encoding or "utf-8", schema.source(found.source).spec
    step = f"请在{spec['zh']}重新导出这条文献；同一文件中的其他记录不受影响"
    if found.format == "notefirst":
        return _bibliographies.read(path, encoding, found.source, step)
    if found.format in _chinese_entries.FIELDS:
        return _chinese_entries.read(path, encoding, found.source, found.format, step)
    if found.format == "sheet":
        return _chinese_sheets.read(path, found, step)
    shape = _tagged.named(found.format, str(found.details["begins"]))
    page = bool(found.details["page"])
    return _tagged.read(path, encoding, found.source, shape, page=page, owner=spec["providers"], next_step=step)


def owner(text: str, source: str, form: str) -> str:
    """In words why a text is of this source, '' when it is not: by the providers it names, else its links, else its format."""
    whose, why = _vendor(text)
    if why:
        return why if whose == source else ""
    return "未注明数据库，格式为该数据库所有" if form in _spec(source).get("alone", ()) else ""


@lru_cache(maxsize=KEPT)
def _seen(head: str) -> tuple[str, str, _tagged.Shape | None, bool]:
    """Text of a head with plain line ends, the same without HTML, its shape, and whether it was a page: alike for every vendor."""
    text = head.replace("\r\n", "\n").replace("\r", "\n")
    page = _tagged.is_page(text)
    shown = _tagged.plain(text) if page else text
    return text, shown, _tagged.shape_of(shown), page


@lru_cache(maxsize=KEPT)
def _vendor(text: str) -> tuple[str, str]:
    """The vendor that most records of a text name, else the one its links lead to, and that in words; '' where neither is there."""
    named = ["".join(found).strip() for found in _PROVIDER.findall(text)]
    votes = Counter(w for value in named for w in vendors() if re.search(_spec(w)["providers"], value))
    if named:
        return votes.most_common(1)[0][0] if votes else "", f"数据库为 {'、'.join(sorted(set(named))[:3])}"
    linked = [w for w in vendors() if re.search(_spec(w)["links"], text)]
    return (linked[0], "链接属于该数据库") if linked else ("", "")


@cache
def vendors() -> tuple[str, ...]:
    """Sources that share these formats."""
    return tuple(name for name in catalog.source_names() if "providers" in _spec(name))


def _spec(source: str) -> dict[str, Any]:
    return schema.source(source).spec
