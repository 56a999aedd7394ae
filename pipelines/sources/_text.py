"""Text files of any encoding as blocks of clean UTF-8: no BOM, lines end with LF, cut where a record ends."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa

from pipelines.core.errors import SourceError

BLOCK = 16 << 20  # bytes read at a time: small enough for the caches, large enough to amortise the calls
PENDING = 512 << 20  # bytes without the end of a record after which a file is not what it says
HEAD = 256 << 10
STRAY = 0.02  # share of zero bytes that a damaged text may have; a binary file has more
ENCODINGS_ZH = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8（带 BOM）",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "gb18030": "GB18030（GBK）",
    "cp1252": "Windows-1252（西欧）",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
Item = TypeVar("Item")


def detect(path: Path) -> str | None:
    """Encoding of a text file by its bytes, None for binary content.

    The whole file is looked at: a GBK file may begin with 100 kB of ASCII.
    """
    with path.open("rb") as handle:
        head = handle.read(4096)
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    nulls = np.frombuffer(head[: len(head) // 2 * 2], dtype=np.uint8) == 0
    if nulls.any():
        even, odd = float(nulls[0::2].mean()), float(nulls[1::2].mean())
        if max(even, odd) > 0.4 > min(even, odd):
            return "utf-16-le" if odd > even else "utf-16-be"
        if max(even, odd) > STRAY:
            return None
    return "utf-8" if all(is_utf8(block) for block in _whole_lines(path)) else _eight_bit(path)


def is_utf8(data: bytes | bytearray) -> bool:
    """Whether bytes are valid UTF-8 (vectorised; nothing is copied)."""
    if not data:
        return True
    offsets = pa.py_buffer(np.array([0, len(data)], dtype=np.int64))
    text = pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, pa.py_buffer(data)])
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def beginning(path: Path, encoding: str) -> str:
    """The first part of a file as text; undecodable bytes become U+FFFD."""
    with path.open("rb") as handle:
        data = handle.read(HEAD)
    return codecs.getincrementaldecoder(encoding)("replace").decode(data).removeprefix("\ufeff")


def blocks(
    path: Path,
    encoding: str,
    cut: Callable[[bytearray], int],
    bare_cr: bytes = b"\n",
) -> Iterator[bytearray]:
    """A file as UTF-8 blocks that end where `cut` says (0 = no record ends here, read on); the last block is the rest.

    `bare_cr` replaces a CR that is not part of CRLF. Bytes that are not valid in a UTF-8 file pass through unchanged.
    Errors: SourceError when half a gigabyte holds no end of a record.
    """
    pending = bytearray()
    for piece in _pieces(path, encoding):
        pending += piece
        data = _line_ends(pending, bare_cr, hold=True)
        at = cut(data)
        pending = data[at:]
        if at:
            del data[at:]
            yield data
        elif len(data) > PENDING:
            raise SourceError(
                "文件中长时间没有出现记录结束标记",
                found=f"{len(data) >> 20} MB 内没有一条完整记录",
                where=path.name,
                next_step="请重新导出；如果文件是拼接的，请分别放入",
            )
    if rest := _line_ends(pending, bare_cr, hold=False):
        yield rest


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items, each prepared in a second thread while the caller handles the one before."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item


def after_last_line(data: bytearray) -> int:
    """Cut for files of one record per line."""
    return data.rfind(b"\n") + 1


def _pieces(path: Path, encoding: str) -> Iterator[bytes]:
    """Raw bytes as UTF-8 without a BOM."""
    with path.open("rb") as handle:
        if encoding in ("utf-8", "utf-8-sig"):
            first = handle.read(BLOCK).removeprefix(codecs.BOM_UTF8)
            while first:
                yield first
                first = handle.read(BLOCK)
            return
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        begun = False
        while data := handle.read(BLOCK):
            text = decoder.decode(data)
            yield (text if begun else text.removeprefix("\ufeff")).encode("utf-8", "replace")
            begun = True
        yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _line_ends(data: bytearray, bare_cr: bytes, *, hold: bool) -> bytearray:
    """LF only. With `hold`, a CR at the very end waits for what follows it."""
    if b"\r" not in data:
        return data
    held = hold and data.endswith(b"\r")
    if held:
        del data[-1:]
    clean = data.replace(b"\r\n", b"\n").replace(b"\r", bare_cr)
    return clean + b"\r" if held else clean


def _whole_lines(path: Path) -> Iterator[bytes]:
    """Blocks that do not end inside a character of UTF-8; the last one is held back when it may go on."""
    rest = b""
    with path.open("rb") as handle:
        while data := handle.read(1 << 20):
            data = rest + data
            tail = next((n for n in range(1, min(5, len(data) + 1)) if data[-n] < 0x80 or data[-n] >= 0xC0), 1)
            at = len(data) if data[-tail] < 0x80 else len(data) - tail
            rest = data[at:]
            yield data[:at]
    yield rest


def _eight_bit(path: Path) -> str | None:
    """Encoding of a file that is not valid UTF-8: damaged UTF-8, GB18030, Windows-1252, or None."""
    with path.open("rb") as handle:
        sample = handle.read(64 << 20)
    runs = [len(run) for run in _HIGH_RUN.findall(sample)]
    high = sum(runs)
    if not high:
        return "utf-8"
    if sum(len(c) for c in _UTF8_CHARACTER.findall(sample)) >= 0.9 * high:
        return "utf-8"
    # Chinese text has pairs of high bytes; Western text has single ones between ASCII letters.
    paired = sum(n for n in runs if n >= 2) >= 0.6 * high
    for encoding in ("gb18030", "cp1252") if paired else ("cp1252", "gb18030"):
        # a sample may end inside a character, hence not final
        try:
            codecs.getincrementaldecoder(encoding)("strict").decode(sample)
        except UnicodeDecodeError:
            continue
        return encoding
    return None
