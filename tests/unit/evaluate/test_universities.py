"""eval universities: names from C3 entries, umbrellas left out, intervals, C3 against C1 on a small export."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.core.errors import SourceError
from pipelines.evaluate import universities

COUNTRIES = frozenset(("China", "Pakistan"))


@pytest.mark.parametrize(
    ("organisation", "names", "country"),
    [
        ("Linghai University - China", ["Linghai University"], "China"),
        (
            "Northland Institute of Technology (NIT) - Harrow",
            ["Northland Institute of Technology Harrow", "NIT Harrow"],
            None,
        ),
        ("Roland Adler University of Harrow", ["Roland Adler University of Harrow", "University of Harrow"], None),
        ("Linghai Hindu University (LHU)", ["Linghai Hindu University", "LHU"], None),
        ("University of Linghai Academy of Sciences, LAS", ["University of Linghai Academy of Sciences"], None),
    ],
)
def test_names_of_an_entry(organisation: str, names: list[str], country: str | None) -> None:
    assert universities.names_of(organisation, COUNTRIES) == (names, country)


def test_umbrellas_and_hospitals_are_no_universities() -> None:
    names = ["Linghai University", "Linghai University System", "Linghai Academy", "Linghai University Hospital"]
    truth = pl.DataFrame({"record_id": ["1"] * 4, "organisation": names})
    assert universities.universities(truth) == ["Linghai University"]


def test_wilson_is_the_textbook_interval() -> None:
    assert universities.wilson(99, 100) == [0.9455, 0.9982]
    assert universities.wilson(0, 0) is None


def record(number: int, c1: str, c3: str) -> str:
    return f"PT J\nAU Wei, L\nTI Title {number}\nSO J TEST\nC1 {c1}\nC3 {c3}\nUT WOS:00000000000000{number}\nER\n"


def export(folder: Path) -> Path:
    told = [
        ("[Wei, L] Linghai Univ, Sch Phys, Linghai, Peoples R China.", "Linghai University"),
        ("[Wei, L] Linghai Univ Technol, Linghai, Peoples R China.", "Linghai University of Technology"),
        ("[Wei, L] Coastal Fdn, Linghai, Peoples R China.", "Linghai University"),
        (
            "[Wei, L] Northland Inst Technol, Dept Phys, Harrow 12345, Fiji.",
            "Northland Institute of Technology (NIT) - Harrow",
        ),
    ]
    text = (
        "FN Clarivate Analytics Web of Science\nVR 1.0\n"
        + "\n".join(record(n, *t) for n, t in enumerate(told, 1))
        + "EF\n"
    )
    (folder / "savedrecs.txt").write_text(text, encoding="utf-8")
    return folder


def test_c3_is_the_truth_and_hidden(tmp_path: Path) -> None:
    figures = universities.scores(universities.read(export(tmp_path)), "linghai")
    assert figures["pairs"] == {"hits": 3, "said": 3, "meant": 4}
    assert (figures["precision"], figures["recall"], figures["universities"]) == (1.0, 0.75, 3)
    [missed] = figures["disagreements"]
    assert (missed["organisation"], missed["in_c3"], missed["addresses"]) == (
        "Linghai University", True, ["Coastal Fdn, Linghai, Peoples R China"],
    )  # fmt: skip


def test_a_folder_without_c3_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="没有可用"):
        universities.read(tmp_path)


def test_a_registry_gives_further_names(tmp_path: Path) -> None:
    rows = [
        "ror\tname\tother_names\trelationships",
        "1\tLinghai University\tLHU || Universität Linghai@de\tpredecessor:2",
        "2\tLinghai Institute\t\t",
        "3\tLHU\t\t",
    ]
    pl.read_csv("\n".join(rows).encode(), separator="\t").write_csv(
        tmp_path / "r.tsv.gz", separator="\t", compression="gzip"
    )
    known = universities.registered(tmp_path)
    assert known["linghai university"] == ["Linghai University", "LHU", "Universität Linghai", "Linghai Institute"]
    assert "lhu" not in known, "two institutions bear it"
