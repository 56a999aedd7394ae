"""Export files of a vendor, opened one after another as they fill up; some records are delivered twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from pipelines.sample import cnki, ei, wos
from pipelines.sample.draw import Draw
from pipelines.sample.record import Record
from pipelines.sample.sheets import Sheet

TWICE = 0.02
Located = Callable[[Record, str, int], None]


class Series:
    """A sequence of files with up to `size` records each. Subclasses say how a file opens, takes a record and closes."""

    def __init__(self, folder: Path, size: int, located: Located, hard: bool = False) -> None:
        self.folder, self.size, self.hard = folder, size, hard
        self.files = self.records = self._row = 0
        self._again: list[Record] = []
        self._located = located
        self.name = ""

    def add(self, found: Record, draw: Draw, later: Record | None = None) -> None:
        """Write a record; one in fifty comes once more in the next file, as when searches overlap.

        In hard mode `later` comes again: the record as the next file delivers it.
        """
        if self._row >= self.size:
            self.close()
        if not self._row:
            self.files += 1
            self.name = self.open(self.files)
            for earlier in self._again:
                self._put(earlier)
            self._again = []
        self._put(found)
        if later is not None:
            self._again.append(later)
        elif not self.hard and draw.chance(TWICE):
            self._again.append(found)

    def close(self) -> None:
        """Finish the file at hand."""
        if self._row:
            self.end()
            self._row = 0

    def _put(self, found: Record) -> None:
        self._row += 1
        self.records += 1
        self.put(found)
        self._located(found, self.name, self._row)

    def open(self, number: int) -> str:
        """Start file `number`; returns its name."""
        raise NotImplementedError

    def put(self, found: Record) -> None:
        """Write one record."""
        raise NotImplementedError

    def end(self) -> None:
        """Close the file."""
        raise NotImplementedError


class WosSeries(Series):
    """savedrecs.txt, savedrecs (1).txt …: tagged, every eighth one tab-delimited; every third from the Chinese interface."""

    _out: TextIO

    def open(self, number: int) -> str:
        """BOM on most; LF in tagged files, CRLF in tab-delimited ones."""
        name = "savedrecs.txt" if number == 1 else f"savedrecs ({number - 1}).txt"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._tab = number % 8 == 2
        self._marker = wos.MARKERS[number % 3]
        self._day = f"2026-{min(8, 3 + number // 56):02d}-{1 + number // 2 % 28:02d}"  # two files a day
        self._out = (self.folder / name).open("w", encoding="utf-8" if number % 5 == 3 else "utf-8-sig", newline="")
        self._out.write(
            "\t".join(wos.TAB_COLUMNS) + "\r\n" if self._tab else "FN Clarivate Analytics Web of Science\nVR 1.0\n"
        )
        return name

    def put(self, found: Record) -> None:
        """One record, in hard mode with the day of this file's export."""
        if self.hard:
            found.fields["DA"] = self._day
        self._out.write(wos.tabbed(found, self._marker) if self._tab else wos.tagged(found, self._marker))

    def end(self) -> None:
        """EF without a final newline."""
        if not self._tab:
            self._out.write("EF")
        self._out.close()


class EiSeries(Series):
    """Engineering_Village_detailed_8-28-2026_….xlsx."""

    _sheet: Sheet

    def open(self, number: int) -> str:
        """A workbook with the 48 columns."""
        name = f"Engineering_Village_detailed_8-28-2026_{152257000 + number * 1371}.xlsx"
        self._sheet = Sheet(self.folder / name, "Detailed Results", creator="Apache POI")
        self._sheet.add(ei.COLUMNS)
        return name

    def put(self, found: Record) -> None:
        """One row."""
        self._sheet.add(str(found.fields.get(c, "")) for c in ei.COLUMNS)

    def end(self) -> None:
        """Write the workbook."""
        self._sheet.close()


class CnkiSeries(Series):
    """CNKI-20260828….txt (RefWorks, opens with an empty line), every fourth file NoteExpress .net."""

    _out: TextIO

    def open(self, number: int) -> str:
        """Text without BOM."""
        self._note = number % 4 == 2
        name = f"CNKI-20260828{101500000 + number * 61237}.{'net' if self._note else 'txt'}"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._out = (self.folder / name).open("w", encoding="utf-8", newline="")
        self._out.write("" if self._note else "\r\n")
        return name

    def put(self, found: Record) -> None:
        """One record."""
        if self._note and found.fields.get("title_en"):
            found.traits = (*found.traits, "english_title_given")
        self._out.write(cnki.noteexpress(found) if self._note else cnki.refworks(found))

    def end(self) -> None:
        """Close the text."""
        self._out.close()
