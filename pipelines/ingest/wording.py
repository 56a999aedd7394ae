"""What is said when a file or a batch is not as it should be: one function per case."""

from __future__ import annotations

from pathlib import Path

from pipelines.core.errors import SourceError, StageError
from pipelines.ingest.writing import Aside
from pipelines.validation.verdict import WARN, Finding


def safe(place: str) -> str:
    """What is not harmed."""
    return f"其余数据不受影响；原文件在 {place}"


def some(files: list[str]) -> str:
    """One name, or a few of many."""
    return "、".join(files) + " " if len(files) <= 3 else f"{len(files)} 个文件（{'、'.join(files[:2])} 等）"


def with_place(error: SourceError, place: str) -> SourceError:
    """The same refusal, with the place of the original and what is safe."""
    parts = error.parts
    return SourceError(
        error.what,
        expected=parts["应为"],
        found=parts["实际"],
        where=parts["位置"] or place,
        safe="；".join(x for x in (parts["影响"], safe(place)) if x),
        next_step=parts["下一步"] or "请重新导出后放入收件箱",
    )


def reader_failed(error: Exception, place: str) -> StageError:
    """Our bug, on one file."""
    return StageError(
        "读取文件时程序出错",
        found=f"{type(error).__name__}: {str(error)[:300]}",
        where=place,
        safe="原文件完好；其他批次照常入库",
        next_step="请把本条信息交给维护人员；也可先撤回这一批",
    )


def reader_panicked(error: BaseException) -> SourceError:
    """A library that cannot go on with this file; the other files of the batch can."""
    return SourceError(
        "读取这个文件时程序内部出错，这是平台的问题，不是文件的问题",
        found=f"{type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else ''}",
        safe="这个文件没有入库",
        next_step="请把本条信息连同这个文件交给维护人员；急用时可换一种导出格式（如纯文本）重新导出",
    )


def unbalanced(read: int, accepted: int, quarantined: int, place: str) -> StageError:
    """Rows were lost or doubled between reading and writing."""
    return StageError(
        "读取的行数与写入的行数对不上",
        expected=f"读取 = 接受 + 另存：{read} 行",
        found=f"接受 {accepted} 行 + 另存 {quarantined} 行 = {accepted + quarantined} 行",
        where=place,
        safe="原文件完好，这一批没有入库",
        next_step="请把本条信息交给维护人员",
    )


def other_source(now: str, then: str) -> SourceError:
    """Recognition changed its mind since the file arrived."""
    return SourceError(
        f"内容是 {now}，与收取时认出的 {then} 不同",
        expected=then,
        found=now,
        next_step="请撤回这一批并重新放入收件箱",
    )


def gone() -> SourceError:
    """A file of the account is not in landing/."""
    return SourceError(
        "文件不在 landing/ 中",
        expected="batch.yml 所列的每个文件都在",
        next_step="若在收取途中从收件箱取走，请重新放入；landing/ 中的文件不应手工删除",
    )


def changed_since_arrival() -> SourceError:
    """The bytes in landing/ are not those of SHA256SUMS."""
    return SourceError(
        "文件入库之后内容变了，与收取时的校验和不符",
        expected="landing/ 中的文件从不改动",
        next_step="可能在仍有程序写入时被移走；请撤回这一批并重新放入完整文件",
    )


def nothing_usable(read: int, reason: str) -> SourceError:
    """No row, or no good one."""
    if read:
        return SourceError(
            f"{read} 行中没有一行可用",
            expected="至少一行可用的数据",
            found=f"首先的原因：{reason}",
            next_step="请确认导出时所选的字段与格式，重新导出后放入收件箱",
        )
    return SourceError(
        "文件只有表头，没有数据",
        expected="至少一行数据",
        found="0 行",
        next_step="请检查检索结果是否为空、导出范围是否填对；确实没有结果时，在 batch.yml 写 hits: 0 后重新放入",
    )


def set_aside(read: int, accepted: int, aside: Aside, file: str, root: Path) -> Finding:
    """Rows that are kept apart."""
    more = " 等" if aside.rows > len(aside.first_rows) else ""
    listing = aside.listing.relative_to(root).as_posix()
    return Finding(
        "rows_set_aside",
        WARN,
        f"{aside.rows} 行未被接受，已另存",
        expected=f"{read} 行都可用",
        found=f"可用 {accepted} 行；未接受的首先是：{aside.first_reason}",
        where=f"{file}，第 {'、'.join(str(r) for r in aside.first_rows)} 行{more}",
        safe=aside.safe,
        next_step=f"逐行原因见 {listing}（可用 Excel 打开）；改正后重新导出，放入收件箱",
        count=aside.rows,
        rows=tuple(aside.first_rows),
    )


def remark(what: str, next_step: str, file: str) -> Finding:
    """Something about a workbook that its rows do not show."""
    return Finding("workbook", WARN, what, where=file, safe="其余数据照常使用", next_step=next_step)


def reduced(count: int, file: str) -> Finding:
    """Rows of persons who objected: only what is needed to know them again is left."""
    return Finding(
        "objection",
        WARN,
        f"{count} 行的本人提出过异议：只留识别所需的列，其余已清空，构建时不作归属",
        where=file,
        safe="其他行照常使用",
        next_step="无需处理；异议名单见 xueheng privacy list",
        count=count,
    )


def unknown_columns(columns: list[str], file: str) -> Finding:
    """Columns the vendor added, or a librarian did."""
    shown = "、".join(columns[:8]) + (f" 等 {len(columns)} 列" if len(columns) > 8 else "")
    return Finding(
        "unknown_columns",
        WARN,
        f"有未登记的列：{shown}",
        where=file,
        safe="这些列已原样保留，其余各列照常使用",
        next_step="若长期出现，请告知维护人员登记",
        count=len(columns),
    )
