"""Patent numbers as vendors write them to one form: publications, applications, CN check digits. Never a guess: else null.

A publication is country + serial + kind (CN101234567A, US20180399218A1). An application is what its office would call it, in a form that
every vendor's notation can be brought to: CN201220990017.2, US2018990546, EP17990489, JP2018199822, KR20190199030, PCT/US2017/099177.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import polars as pl

SCIENTIFIC = r"^\s*[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]+\s*$"  # Excel's 2.0191E+12: the last digits are lost
STATED, YEAR_ADDED = "stated", "year_added"
# Digits of the serial behind the year of a published application; Derwent and others drop the zeros.
_AFTER_YEAR = {"US": 7, "KR": 7, "JP": 6, "WO": 6, "AU": 6}
_GRANTS = {"CN": "BCUYSD", "EP": "BC", "WO": "", "US": "BCEPSH", "KR": "BCYS"}
_ONE_NUMBER = ("CN", "EP", "WO")  # offices whose publications of one application bear one number (CN: since 2010)
_PUBLICATION = re.compile(r"^([A-Z]{2})((?:RE|PP|WO|H|D|T|S|I|M|P|U|X|PI|MU)?\d{3,14})([A-Z]\d{0,2})?$")
_UNUSUAL = re.compile(
    r"^(?!CN|ZL|PCT)(?=(?:[A-Z]*\d){4})[A-Z]{2}[A-Z0-9]{4,20}$"
)  # IN9951DE2013A: country alone is sure
_CN_LONG = re.compile(r"^(?:CN|ZL)*((?:19|20)\d{2}[1-9]\d{7})(?:\.?([\dX]))?$")
_CN_SHORT = re.compile(r"^(?:CN|ZL)*((?:8[5-9]|9\d|0[0-3])[1-9]\d{5})(?:\.?([\dX]))?$")
_PCT = re.compile(r"^PCT/?([A-Z]{2})/?(\d{4}|\d{2})/?(\d{5,6})$")
_PCT_DOCDB = re.compile(r"^([A-Z]{2})(\d{4})/?0?(\d{5,6})W$|^WO(\d{4})([A-Z]{2})(\d{5,6})W?$")
_US_SERIES = re.compile(r"^US(\d{2})/?(\d{6})([A-Z]?)$")
_DOCDB = re.compile(r"^(US|JP)(\d{1,6})(\d{2})([APDFU])$")  # serial, then two digits of the year
_US_YEAR = re.compile(r"^US(\d{4})(\d{2})(\d{6})([A-Z]?)$")
_YEARED = {
    "EP": (re.compile(r"^EP\d{2}(\d{2})0(\d{6})A?$|^EP(\d{2})(\d{6})(?:\.\d|A)?$"), 6),
    "JP": (re.compile(r"^JP(\d{4})-?(\d{6})[A-Z]?$"), 6),
    "KR": (re.compile(r"^KR(?:[1-4]0-?)?(\d{4})-?(\d{7})[A-Z]?$"), 7),
    "AU": (re.compile(r"^AU(\d{4})/?(\d{6})[A-Z]?$"), 6),
}
_US_PROVISIONAL, _US_DESIGN = ("60", "61", "62", "63"), ("29", "35")


def publication(text: str) -> tuple[str, str, str] | None:
    """Country, serial, kind ('' when not stated) of a publication number; None when it is none."""
    dated = re.sub(r"(?<=\s[A-Z]\d)\s+(?:19|20)\d{6}$", "", _upper(text))  # DOCDB: number, kind, date
    plain = re.sub(r"[\s\-/.,]", "", dated)
    match = _PUBLICATION.match(plain)
    if not match:
        return (plain[:2], plain[2:], "") if _UNUSUAL.match(plain) else None
    country, serial, kind = match.group(1), match.group(2), match.group(3) or ""
    if country == "ZL" or (country == "CN" and not re.match(r"^\d{7,9}$", serial)):  # an application number
        return None
    return country, _serial(country, serial, kind), kind


def application(text: str, year: str = "", *, drops_year: bool = False) -> tuple[str, str] | None:
    """Application and how it is known (stated, or year_added where Derwent leaves the year out); None when it cannot be told.

    `year` is that of the filing date, '' when unknown. A CN check digit is verified when given and computed when not.
    """
    plain = re.sub(r"[\s,]", "", _upper(text))
    if re.search(r"专利号|申请号", plain):
        plain = re.sub(r"专利号|申请号|[:：]", "", plain)
    for read in (_chinese, _pct):
        if (found := read(plain)) is not None:
            return (found, STATED) if found else None
    if (docdb := _DOCDB.match(plain)) and year and docdb.group(3) == year[2:]:
        country, serial, _, kind = docdb.groups()
        return f"{country}{year}{serial.zfill(6)}{'P' if kind == 'P' else ''}", STATED
    if drops_year and (short := _short(plain, year)) is not None:
        return (short, YEAR_ADDED) if short else None
    if plain.startswith("US") or re.match(r"^\d{2}/\d{6}$", plain):
        return _american(plain, year)
    country = plain[:2]
    if country in _YEARED:
        return _yeared(plain, country)
    return (plain, STATED) if re.match(r"^(?!CN)[A-Z]{2}[A-Z]{0,2}\d{4,16}(?:[.\-]\d)?[A-Z]?$", plain) else None


def check_digit(digits: str) -> str:
    """Check digit of a Chinese application number of 8 or 12 digits (weights 2–9 in turn, mod 11, ten is X)."""
    remainder = sum(int(digit) * (2 + place % 8) for place, digit in enumerate(digits)) % 11
    return "X" if remainder == 10 else str(remainder)


def wrong_digit(text: str) -> str:
    """The right form of the first Chinese application number in a text whose check digit is wrong; '' when there is none."""
    for part in re.split(r"[、;；]", text):
        match = _CN_LONG.match(plain := re.sub(r"\s", "", _upper(part))) or _CN_SHORT.match(plain)
        if match and match.group(2) and match.group(2) != (right := check_digit(match.group(1))):
            return f"{match.group(1)}.{right}"
    return ""


def is_grant(country: str, serial: str, kind: str) -> bool | None:
    """Whether a kind of publication is that of a right in force; None when the kind is not stated."""
    if not kind:
        return None
    if kind == "A" and (country == "US" or (country == "GB" and int("0" + re.sub(r"\D", "", serial)) < 2_000_000)):
        return True  # before 2001 and 1979 a patent was published when it was granted
    if kind[0] == "U" and country == "JP":
        return bool(re.match(r"^3\d{6}$", serial))  # registered since 1994, laid open before
    return kind[0] in _GRANTS.get(country, "BCSUY")


def patent_type(country: str, serial: str, kind: str) -> str | None:
    """invention | utility | design by kind and serial; None when the kind is not stated."""
    if not kind:
        return None
    if kind[0] == "S" or (country == "CN" and kind[0] == "D") or (country == "US" and serial.startswith("D")):
        return "design"
    return "utility" if kind[0] in "UYZ" and country != "US" else "invention"


def publications(numbers: pl.Series) -> pl.DataFrame:
    """text, patent_id, authority, serial, kind_code, is_grant, patent_type, shared of every different number that can be read."""
    rows = []
    for text in numbers.drop_nulls().unique().sort():
        if (found := publication(text)) is not None:
            country, serial, kind = found
            shared = country in _ONE_NUMBER and not (country == "CN" and (len(serial) < 9 or serial[0] != "1"))
            rows.append(
                (
                    text,
                    country + serial + kind,
                    country,
                    serial,
                    kind or None,
                    is_grant(country, serial, kind),
                    patent_type(country, serial, kind),
                    shared,
                )
            )
    names = ("text", "patent_id", "authority", "serial", "kind_code")
    types = dict.fromkeys(names, pl.String) | {
        "is_grant": pl.Boolean,
        "patent_type": pl.String,
        "same_number": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=types, orient="row")


def applications(numbers: pl.DataFrame, *, drops_year: bool = False) -> pl.DataFrame:
    """text, year, application_id, application_basis of every different pair of number and filing year that can be read."""
    pairs = numbers.select("text", pl.col("year").fill_null("")).drop_nulls("text").unique().sort("text", "year")
    rows = [
        (text, year, *found)
        for text, year in pairs.iter_rows()
        if (found := application(text, year, drops_year=drops_year)) is not None
    ]
    names = ("text", "year", "application_id", "application_basis")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _upper(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper().strip()


def _serial(country: str, serial: str, kind: str) -> str:
    digits = len(serial)
    if country == "WO" and digits in (7, 8) and not serial.startswith(("19", "20")):  # WO9912345, WO02012345
        return _century(serial[:2]) + serial[2:].zfill(6)
    if country in _AFTER_YEAR and re.match(r"^(?:19|20)\d{2}\d{4,}$", serial) and not kind.startswith(("B", "C")):
        return serial[:4] + serial[4:].zfill(_AFTER_YEAR[country])
    if country == "JP" and kind.startswith("A") and serial.isdigit() and digits in (7, 8):  # years of the emperor
        serial = serial.zfill(8)
        return ("S" if int(serial[:2]) > 40 else "H") + serial
    if country == "KR" and digits == 13:  # 10-2019-0199030
        return serial[2:]
    if country == "KR" and kind.startswith(("B", "Y")) and digits <= 7:  # 10 patent, 20 utility model
        return ("20" if kind[0] == "Y" else "10") + serial.zfill(7)
    if country == "EP" and serial.isdigit():
        return serial.zfill(7)
    return serial.lstrip("0") if country == "US" and serial.isdigit() else serial


def _century(year: str) -> str:
    return ("19" if int(year) >= 70 else "20") + year


def _chinese(plain: str) -> str | None:
    """CN number with its check digit; '' when the given one is wrong; None when it is no Chinese number."""
    if re.match(r"^CN(?:\d{12}|\d{8})(?:\.?[\dX])?[A-WYZ]$", plain):  # DOCDB adds the kind
        plain = plain[:-1]
    match = _CN_LONG.match(plain) or _CN_SHORT.match(plain)
    if not match:
        return None
    digits, given = match.groups()
    right = check_digit(digits)
    return f"CN{digits}.{right}" if given in (None, right) else ""


def _pct(plain: str) -> str | None:
    if match := _PCT.match(plain):
        office, year, serial = match.groups()
    elif match := _PCT_DOCDB.match(plain):
        office, year, serial = (g for g in match.groups()[:3]) if match.group(1) else match.group(5, 4, 6)
    else:
        return None
    return f"PCT/{office}{year if len(year) == 4 else _century(year)}/{serial.zfill(6)}"


def _american(plain: str, year: str) -> tuple[str, str] | None:
    plain = plain if plain.startswith("US") else f"US{plain}"
    if match := _US_YEAR.match(plain):
        stated, series, serial, _ = match.groups()
        return _us(series, serial, stated), STATED
    match = _US_SERIES.match(plain)
    if not match:
        return (plain, STATED) if re.match(r"^US\d{5,13}[A-Z]{0,2}$", plain) else None
    first, serial, kind = match.groups()
    return (_us(first, serial, year), STATED) if year and not kind else None


def _us(series: str, serial: str, year: str) -> str:
    kind = "P" if series in _US_PROVISIONAL else "F" if series in _US_DESIGN else ""
    return f"US{year}{serial}{kind}"


def _yeared(plain: str, country: str) -> tuple[str, str] | None:
    pattern, width = _YEARED[country]
    match = pattern.match(plain)
    if not match:
        return None
    year, serial = (g for g in match.groups() if g)
    return f"{country}{year}{serial.zfill(width)}", STATED


def _short(plain: str, year: str) -> str | None:
    """Derwent's number without the year; '' when the year cannot be known; None when the number is not of that form."""
    match = re.match(r"^(WO)?([A-Z]{2})(\d{1,8})([A-Z]?)$", plain)
    if not match:
        return None
    pct, country, serial, kind = match.groups()
    if not year:
        return ""
    if pct:
        return f"PCT/{country}{year}/{serial.zfill(6)}"
    forms: dict[str, Callable[[], str]] = {
        "CN": lambda: _short_chinese(serial, year),
        "US": lambda: f"US{year}{serial.zfill(6)}{kind if kind == 'P' else ''}" if len(serial) <= 6 else "",
        "EP": lambda: f"EP{year[2:]}{serial.zfill(6)}" if len(serial) <= 6 else "",
        "AU": lambda: f"AU{year}{serial.zfill(6)}" if len(serial) <= 6 else "",
        # entries of the national phase count from 5 and 7, in the year of entry, which is not the filing year
        "JP": lambda: f"JP{year}{serial.zfill(6)}" if len(serial) < 6 or serial[0] in "1234" else "",
        "KR": lambda: f"KR{year}{serial.zfill(7)}" if len(serial) < 6 or serial[0] not in "7" else "",
    }
    return forms[country]() if country in forms else None


def _short_chinese(serial: str, year: str) -> str:
    digits = year + serial if len(serial) == 8 else year[2:] + serial if len(serial) == 6 else ""
    return _chinese(digits) or ""
