"""What a file is, by its content: never by its name or folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.core import schema
from pipelines.core.errors import SourceError
from pipelines.sources import FileHead, Recognised, _foreign, _packages, _rows, _sheets, _text, modules

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET_MARK = "\x1d"  # begins the line that names a sheet in FileHead.text of an Excel file
SHOWN = 5  # rows set aside that inspect tells one by one
EXCEL = ("xlsx", "xls")
COUNT_ONLY = {"esi_period": "1900-01", "edition": "1900"}  # counting rows needs no true period or edition


def look(path: Path) -> FileHead:
    """Size, magic, encoding (xlsx and xls for Excel, None for other binary content) and the beginning as text.

    Of an Excel file the text is the first rows of every sheet, cells separated by TAB.
    Errors: SourceError for an empty file, or an Excel file that cannot be opened.
    """
    size = path.stat().st_size
    if size == 0:
        raise SourceError(
            "文件是空的", found="0 字节", where=path.name, next_step="请重新导出；下载未完成就保存时常会得到空文件"
        )
    with path.open("rb") as handle:
        magic = handle.read(8)
    if (kind := _excel(path, magic)) is not None:
        return FileHead(path, size, magic, kind, _sheet_text(path))
    if magic.startswith((OLE2, *(known for known, _, _ in _foreign.MAGIC))):
        return FileHead(path, size, magic, None, "")
    encoding = _text.detect(path)
    return FileHead(path, size, magic, encoding, _text.beginning(path, encoding) if encoding else "")


def recognise(path: Path, first: Callable[[FileHead], Recognised | None] | None = None) -> Recognised:
    """Source, format and reasons of a file. `first` is asked before the sources: files that are no vendor's.

    Errors: SourceError in words for everything that cannot be read.
    """
    head = look(path)
    _foreign.refuse_binary(head)
    if not head.text.strip(" \t\r\n\x1d"):
        _refuse_hidden(head)
        raise SourceError("文件里只有空白", where=path.name, next_step="请重新导出")
    if first and (other := first(head)) is not None:
        return other
    _foreign.refuse_decoy(head)
    for module in modules().values():
        found: Recognised | None = module.recognise(head)
        if found is not None:
            return found
    _refuse_hidden(head)
    _foreign.refuse_foreign(head)
    raise _foreign.unknown(head)


def inspect(path: Path) -> dict[str, Any]:
    """What a file is and what it holds, counted by reading all of it.

    records = accepted rows, rejected = rows that would be set aside; missing = fields no record has, with what that costs.
    """
    found = recognise(path)
    module = modules()[found.source]
    spec = _rows.columns(found.source)
    wanted = {name for name, column in spec.items() if column.get("need") == "wanted"}
    records = rejected = 0
    present: set[str] = set()
    problems: list[dict[str, Any]] = []
    for chunk in module.read(path, found, COUNT_ONLY | {"path_text": str(path)}):
        records += chunk.rows.height
        rejected += chunk.rejected.height
        filled = {c for c in spec if chunk.rows[c].null_count() < chunk.rows.height}
        present |= {n for n in wanted - present if filled.intersection((n, *spec[n].get("or", ())))}
        shown = chunk.rejected.select("row", "expected", "found", "next_step").head(SHOWN - len(problems))
        problems += shown.to_dicts()
    formats = _formats(spec, found)
    lost = [name for name in spec if name in wanted - present and formats(name)] if records else []
    declared = schema.source(found.source)
    return {
        "file": path.name,
        "source": found.source,
        "source_zh": declared.zh,
        "format": found.format,
        "format_zh": declared.spec["formats"].get(found.format, {}).get("zh", found.format),
        "kind": found.kind,
        "kind_zh": declared.spec.get("kinds", {}).get(found.kind, ""),
        "encoding": found.encoding,
        "encoding_zh": _text.ENCODINGS_ZH.get(found.encoding or "", ""),
        "era": found.era,
        "language": found.language,
        "records": records,
        "rejected": rejected,
        "problems": problems,
        "missing": [{"field": f"{n} {spec[n]['zh']}", "cost": spec[n].get("cost", "")} for n in lost],
        "notes": [*(found.missing if not wanted else ()), *(what for what, _ in remarks(path, found))],
        "reasons": list(found.reasons),
        "export_advice": str(declared.spec.get("export_advice", "")),
    }


def remarks(path: Path, found: Recognised) -> list[_sheets.Remark]:
    """What people should know of a workbook beyond its rows; nothing of a text file."""
    if found.encoding not in EXCEL:
        return []
    return _sheets.remarks(path, found.sheets or [s.name for s in _sheets.heads(path)[:1]])


def _formats(spec: dict[str, dict[str, Any]], found: Recognised) -> Any:
    """Whether a column belongs to the kind of file at hand (columns without `kinds` belong to every kind)."""
    return lambda name: found.kind in spec[name].get("kinds", [found.kind])


def _excel(path: Path, magic: bytes) -> str | None:
    if magic.startswith(OLE2):
        return "xls" if _opens(path) else None
    return "xlsx" if magic.startswith(b"PK") and _sheets.is_package(path) else None


def _refuse_hidden(head: FileHead) -> None:
    """Raise when what can be seen of a workbook is nothing we know, and something is hidden."""
    tables = [s for s in _sheets.every(head.path) if s.hidden and s.is_table] if head.encoding in EXCEL else []
    if tables:
        raise SourceError(
            "Excel 文件里看得见的工作表没有可读的数据，数据可能在隐藏的工作表中",
            found="隐藏的工作表：" + "、".join(f"“{s.name}”（{s.height} 行）" for s in tables),
            where=head.path.name,
            next_step="请在 Excel 中右击任一工作表标签，选“取消隐藏”，核对内容并保存后再放入",
        )


def _opens(path: Path) -> bool:
    """Whether an OLE2 file is an Excel sheet (it may be Word, or an encrypted workbook)."""
    with path.open("rb") as handle:
        locked = "EncryptedPackage".encode("utf-16-le") in handle.read(1 << 20)
    if locked:
        raise SourceError("Excel 文件设有密码", where=path.name, next_step="请在 Excel 中去掉密码后另存，再放入")
    return _packages.fault(path) != _packages.NO_BOOK and bool(_sheets.heads(path))


def _sheet_text(path: Path) -> str:
    lines = []
    for sheet in filter(lambda one: one.rows, _sheets.heads(path)):
        lines.append(f"{SHEET_MARK}{sheet.name}")
        lines += ["\t".join(cell.replace("\n", " ").replace("\t", " ") for cell in row) for row in sheet.rows]
    return "\n".join(lines)
