"""Columns of text cut out of one byte buffer by position, without a loop over values and without copying them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

Bytes = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.int64]
Views = npt.NDArray[np.uint64]  # two words each
INLINE = 12  # bytes that an Arrow string view holds itself
SLICE = 256 << 10
_MASKS = np.array([(1 << 8 * n) - 1 for n in range(9)], dtype=np.uint64)  # the first n bytes of a word


@dataclass(frozen=True)
class Spans:
    """Byte ranges of a buffer, each the value of one cell: start, length, column number, row number (in ascending order)."""

    start: Positions
    length: Positions
    column: npt.NDArray[np.integer]
    row: Positions

    def where(self, keep: npt.NDArray[np.bool_] | Positions) -> Spans:
        """The spans marked in `keep`, or at its places."""
        return Spans(self.start[keep], self.length[keep], self.column[keep], self.row[keep])


def frame(buffer: bytearray | bytes, spans: Spans, names: list[str], height: int) -> pl.DataFrame:
    """A frame of text whose cells are the spans; cells without a span are null.

    Several spans for one cell are joined by a line feed, in the order given.
    The frame keeps the buffer alive; every span must be valid UTF-8.
    """
    spans = spans.where(np.argsort(spans.column.astype(np.uint16), kind="stable"))
    extra = bytearray()
    views = _views(np.frombuffer(buffer, dtype=np.uint8), spans)
    again = np.flatnonzero((spans.column[1:] == spans.column[:-1]) & (spans.row[1:] == spans.row[:-1])) + 1
    if len(again):
        _join(buffer, spans, views, again, extra)
    ends = np.searchsorted(spans.column, np.arange(len(names) + 1))
    data = [pa.py_buffer(buffer), pa.py_buffer(extra)]
    return pl.DataFrame(
        {
            name: _column(views[a:b], spans.row[a:b], height, data)
            for name, a, b in zip(names, ends[:-1], ends[1:], strict=True)
        }
    )


def places(buffer: Bytes, byte: int) -> Positions:
    """Where a byte occurs. Slices that stay in the cache take half the time of the whole buffer at once."""
    found = [np.flatnonzero(buffer[at : at + SLICE] == byte) + at for at in range(0, len(buffer), SLICE)]
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def _views(buffer: Bytes, spans: Spans) -> Views:
    """Arrow string views: length, then the text itself if short, else its first four bytes, buffer number 0, offset."""
    views = np.empty((len(spans.start), 2), dtype=np.uint64)
    inside = len(buffer) - INLINE  # words must not be read over the end of the buffer
    if inside >= 0:
        start, length = np.minimum(spans.start, inside), spans.length
        four = np.ndarray((inside + 1,), np.uint32, buffer, strides=(1,))[start].astype(np.uint64)
        eight = np.ndarray((inside + 1,), np.uint64, buffer, 4, strides=(1,))[start]
        views[:, 0] = length.astype(np.uint64) | (four & _MASKS[np.minimum(length, 4)]) << np.uint64(32)
        inline = eight & _MASKS[np.clip(length - 4, 0, 8)]
        views[:, 1] = np.where(length > INLINE, start.astype(np.uint64) << np.uint64(32), inline)
    for at in np.flatnonzero(spans.start > inside):
        views[at] = _view(
            buffer[spans.start[at] : spans.start[at] + spans.length[at]].tobytes(), 0, int(spans.start[at])
        )
    return views


def _view(text: bytes, buffer: int, offset: int) -> Views:
    """One view."""
    rest = text[4:].ljust(8, b"\0") if len(text) <= INLINE else np.array([buffer, offset], dtype=np.uint32).tobytes()
    whole = len(text).to_bytes(4, "little") + text[:4].ljust(4, b"\0") + rest
    return np.frombuffer(whole, dtype=np.uint64)


def _join(buffer: bytearray | bytes, spans: Spans, views: Views, again: Positions, extra: bytearray) -> None:
    """The view of the last span of a repeated cell stands for all of its spans. Repeated cells are rare, hence a loop."""
    before, text = -2, b""
    for at in again:
        first = text if at == before + 1 else _text(buffer, spans, at - 1)
        text = first + b"\n" + _text(buffer, spans, at)
        views[at] = _view(text, 1, len(extra))
        extra += text if len(text) > INLINE else b""
        before = at


def _text(buffer: bytearray | bytes, spans: Spans, at: int) -> bytes:
    return bytes(buffer[spans.start[at] : spans.start[at] + spans.length[at]])


def _column(views: Views, row: Positions, height: int, data: list[pa.Buffer]) -> pl.Series:
    """A column of the views; of several views for one row the last counts."""
    valid = None
    if len(row) != height or (height and (row[0] != 0 or (np.diff(row) != 1).any())):
        cells = np.zeros((height, 2), dtype=np.uint64)
        cells[row] = views
        filled = np.zeros(height, dtype=bool)
        filled[row] = True
        valid, views = pa.py_buffer(np.packbits(filled, bitorder="little")), cells
    array = pa.Array.from_buffers(pa.string_view(), height, [valid, pa.py_buffer(np.ascontiguousarray(views)), *data])
    column = pl.from_arrow(array)
    assert isinstance(column, pl.Series)
    return column
