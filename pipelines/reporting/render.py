"""HTML -> PDF. The only importer of WeasyPrint: one font configuration, no outside addresses, same input same bytes."""

from __future__ import annotations

import hashlib
import logging
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from pipelines.core.errors import ConfigError
from pipelines.reporting import fonts
from pipelines.reporting.fonts import FontSet


@dataclass(frozen=True)
class Pdf:
    """Bytes of a PDF and its number of pages."""

    content: bytes
    pages: int


def pdf(html: str, font_folder: Path) -> Pdf:
    """Typeset a page of HTML.

    Errors: ConfigError for a character no font can draw, an outside address, or any warning of the typesetter.
    """
    font_set, configuration, sheet = _setting(font_folder.resolve())
    _refuse_missing_glyphs(html, font_set)
    with _warnings() as said:
        try:
            source = HTML(string=html, url_fetcher=_Fetcher(font_set))
            document = source.render(font_config=configuration, stylesheets=[sheet])
            content = document.write_pdf(
                pdf_identifier=hashlib.sha256(html.encode()).digest()[:16], pdf_variant="pdf/ua-1"
            )
        except FatalURLFetchingError as error:
            raise ConfigError(
                "报告引用了外部地址", found=str(error), next_step="样式与图都应写在报告文件夹里"
            ) from error
    if said:
        raise ConfigError("排版程序有警告，报告没有生成", found="；".join(said[:5]), next_step="请修正模板或样式表")
    return Pdf(content, len(document.pages))


class _Fetcher(URLFetcher):  # type: ignore[misc]
    """Answers only xueheng-font:<file name> with a file of the font folder."""

    def __init__(self, font_set: FontSet) -> None:
        super().__init__()
        faces = (font_set.regular, font_set.bold, *font_set.fallbacks)
        self._files = {f"xueheng-font:{face.path.name}".lower(): face.path for face in faces}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        path = self._files.get(url.lower())
        if path is None:
            raise FatalURLFetchingError(url)
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/ttf"})


@cache
def _setting(folder: Path) -> tuple[FontSet, FontConfiguration, CSS]:
    """Fonts, shared by all documents of a process: a configuration each would cost 60 MB a hundred reports."""
    font_set = fonts.find(folder)
    configuration = FontConfiguration()
    with _warnings() as said:
        sheet = CSS(string=font_set.css(), font_config=configuration, url_fetcher=_Fetcher(font_set))
    if said:
        raise ConfigError("中文字体装不进排版程序", found="；".join(said), where=str(folder))
    return font_set, configuration, sheet


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """Collect what WeasyPrint warns about."""
    said: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    logger = logging.getLogger("weasyprint")
    listener = Listener(logging.WARNING)
    before = logger.handlers[:], logger.propagate
    logger.handlers, logger.propagate = [listener], False
    try:
        yield said
    finally:
        logger.handlers, logger.propagate = before


def _refuse_missing_glyphs(html: str, font_set: FontSet) -> None:
    text = printed_text(html)
    missing = font_set.missing(text)
    if not missing:
        return
    named = [f"{c}（U+{ord(c):04X} {unicodedata.name(c, '未命名')}）" for c in missing[:10]]
    at = text.index(missing[0])
    raise ConfigError(
        f"字体里没有 {len(missing)} 个要印的字符，报告没有生成",
        found="、".join(named),
        where=" ".join(text[max(0, at - 30) : at + 30].split()),
        next_step="请在字体文件夹中加一个含这些字符的 .ttf 作后备，或更正来源中的文字",
    )


def printed_text(html: str) -> str:
    """All text a page prints, with the strings that its style sheets add."""

    class Collector(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.text: list[str] = []
            self.in_style = False

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.in_style = tag == "style"
            self.text.append(" ")

        def handle_endtag(self, tag: str) -> None:
            self.in_style = False
            self.text.append(" ")

        def handle_data(self, data: str) -> None:
            self.text.extend(re.findall(r'content:[^;]*?"([^"]*)"', data) if self.in_style else [data])

    collector = Collector()
    collector.feed(html)
    return "".join(collector.text)
