"""Files that are no source of ours: what they are, and what to do instead, in words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.core import catalog
from pipelines.core.errors import SourceError
from pipelines.sources import FileHead

_WOS = "请在 Web of Science 导出时选“纯文本文件”或“制表符分隔文件”，记录内容选“全记录与引用的参考文献”"
_CNKI = "请在知网导出时选 RefWorks、NoteExpress、EndNote 或自定义格式"
_EI = "请在 Engineering Village 下载时格式选 Excel 或 CSV，内容选 Detailed record"
_SCOPUS = "请在 Scopus 导出时选 CSV 格式，勾选 Citation information（含 EID 与 Link）"


@dataclass(frozen=True)
class Kind:
    """A kind of file known by a pattern in its text; `decoy` looks like one of ours and must be tried first."""

    pattern: str
    what: str
    next_step: str
    decoy: bool = False


MAGIC = (
    (b"%PDF", "PDF 文档", "请放入数据库导出的数据文件，不要放打印或下载的文献"),
    (b"\x89PNG", "图片（PNG）", "请放入数据库导出的数据文件"),
    (b"\xff\xd8\xff", "图片（JPEG）", "请放入数据库导出的数据文件"),
    (b"GIF8", "图片（GIF）", "请放入数据库导出的数据文件"),
    (b"Rar!", "RAR 压缩包", "请先解压，再把里面的文件放入收件箱"),
    (b"7z\xbc\xaf", "7z 压缩包", "请先解压，再把里面的文件放入收件箱"),
    (b"\x1f\x8b", "gzip 压缩包", "请先解压，再把里面的文件放入收件箱"),
    (b"PK", "zip 压缩包", "请先解压，再把里面的文件放入收件箱"),
    (b"PAR1", "Parquet 数据文件", "请放入数据库导出的原始文件"),
)
KINDS = (
    Kind(
        r"\nUT CNKI:\d",
        "CiteSpace 转换过的知网数据（单位与作者信息已有损失）",
        _CNKI + "，放入未经转换的原始文件",
        True,
    ),
    Kind(
        r"\nFN\t(Clarivate|Thomson|ISI)", "用 Excel 打开后又保存过的 Web of Science 文件（换行缩进已丢失）", _WOS, True
    ),
    Kind(
        r"^\{Reference Type\}|^RT (Journal|Dissertation|Conference|Newspaper|Patent|Standard|Book)",
        "知网、万方、维普以外数据库的 NoteExpress 或 RefWorks 格式",
        f"请到数据库的网页上选别的格式；{_CNKI}",
    ),
    Kind(r"^\[1\].{10,400}\[[JDCNPSRMZ](?:/OL)?\]", "参考文献格式的题录（没有单位，无法归属）", _CNKI),
    Kind(
        r"literature-list|^%0 (Journal|Thesis|Conference|Newspaper|Patent|Legal|Generic|Book)",
        "没有写明数据库的 EndNote 格式",
        _CNKI,
    ),
    Kind(r"^TY  -", "RIS 格式（不含作者与地址的对应关系）", f"{_WOS}；Engineering Village 请选 Excel"),
    Kind(r"^\s*Scopus\s*$[\s\S]*EXPORT DATE", "Scopus 的纯文本导出，或没有链接的题录（没有 EID）", _SCOPUS),
    Kind(r"^\s*@\w+\s*\{", "BibTeX 格式", f"{_WOS}；{_CNKI}；Engineering Village 请选 Excel"),
    Kind(r"<RECORD \d+>", "Engineering Village 的纯文本导出，但没有入藏号（Accession number）", _EI),
    Kind(r"Publication Type\tAuthors\t", "Web of Science 的 Excel 导出，但缺少入藏号（UT）或题名列", _WOS),
    Kind(
        r"Lens ID",
        "Lens 的论文导出",
        "请改从 Web of Science、Scopus 或知网导出这些论文；Lens 的专利导出（Patents）可以直接放入",
    ),
    Kind(r"(?i)<html|<table|<!doctype", "网页", "请用网页上的“导出”按钮下载数据文件，不要另存网页"),
)


def refuse_decoy(head: FileHead) -> None:
    """Raise when a file looks like one of ours and is not."""
    _refuse(head, [kind for kind in KINDS if kind.decoy])


def refuse_foreign(head: FileHead) -> None:
    """Raise when a file is of a kind that is known and not read."""
    _refuse(head, list(KINDS))


def refuse_binary(head: FileHead) -> None:
    """Raise when a file is no text and no Excel sheet."""
    if head.encoding is not None:
        return
    what, step = next(((what, step) for magic, what, step in MAGIC if head.magic.startswith(magic)), ("", ""))
    if not what:
        what, step = "二进制文件", "请放入数据库导出的原始文件；如果它来自数据库，请重新下载"
    raise _error(head, f"文件内容是{what}，与扩展名无关", step)


class Unknown(SourceError):
    """A file that nobody knows."""


def unknown(head: FileHead) -> Unknown:
    """The refusal of a file nobody knows, with what was seen."""
    seen = next((line.strip() for line in head.text.split("\n") if line.strip()), "空白")[:60]
    return Unknown(
        "认不出这是哪个数据库的导出文件",
        expected="、".join(catalog.source_titles().values()) + "的导出文件",
        found=f"开头是“{seen}”",
        where=head.path.name,
        next_step="请用数据库网页上的导出功能重新导出，不要修改内容或另存网页",
    )


def _refuse(head: FileHead, kinds: list[Kind]) -> None:
    text = "\n" + head.text.replace("\r\n", "\n").replace("\r", "\n")
    for kind in kinds:
        if re.search(kind.pattern, text, re.M):
            raise _error(head, f"这是{kind.what}，不能直接读取", kind.next_step)


def _error(head: FileHead, what: str, step: str) -> SourceError:
    return SourceError(what, where=head.path.name, found=f"{head.size:,} 字节", next_step=step)
