"""Typesetting: missing glyphs, outside addresses and a folder without fonts are refused in words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pypdf
import pytest
from published_push import FONTS

from pipelines.core.errors import ConfigError
from pipelines.reporting import fonts, render

PAGE = (
    '<html lang="zh-CN"><head><title>试</title></head><body style="font-family: Xueheng Sans"><p>{}</p></body></html>'
)


def test_missing_glyph_is_named() -> None:
    with pytest.raises(ConfigError) as refused:
        render.pdf(PAGE.format("某题名含 \U0001f9ea 与 \u12a0"), FONTS)
    words = str(refused.value)
    assert "2 个要印的字符" in words and "U+1F9EA" in words and "ETHIOPIC" in words and "某题名含" in words


def test_ordinary_scientific_text_has_glyphs() -> None:
    text = "Zn²⁺、α-Fe₂O₃、±0.5 °C、µm、≥ ≤ × ÷ – — · “引号” ‘’ … é ü ñ ö ø å ç"
    assert fonts.find(FONTS).missing(text) == []


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://127.0.0.1:9/x.png", "data:image/png;base64,AA=="])
def test_outside_addresses_are_refused(address: str) -> None:
    with pytest.raises(ConfigError, match="外部地址"):
        render.pdf(PAGE.format(f'<img src="{address}" alt="x">'), FONTS)


def test_warning_of_the_typesetter_is_an_error() -> None:
    with pytest.raises(ConfigError, match="警告"):
        render.pdf(PAGE.format('<i style="colour: red">字</i>'), FONTS)


def test_folder_without_fonts_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="make setup"):
        fonts.find(tmp_path)


def test_regular_without_bold_is_refused(tmp_path: Path) -> None:
    shutil.copy(fonts.find(FONTS).regular.path, tmp_path / "only.ttf")
    with pytest.raises(ConfigError, match="粗体"):
        fonts.find(tmp_path)


def test_page_of_a_plain_text(tmp_path: Path) -> None:
    made = render.pdf(PAGE.format("学衡" * 20), FONTS)
    (tmp_path / "a.pdf").write_bytes(made.content)
    assert made.pages == 1
    assert "学衡学衡" in pypdf.PdfReader(tmp_path / "a.pdf").pages[0].extract_text()
