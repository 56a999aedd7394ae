"""ProQuest theses: the same record through Excel, RIS, BibTeX, text and XML; what is no thesis is set aside in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.errors import SourceError
from pipelines.sources import _recognise, modules
from tests.unit.sources.conftest import Deliver, Delivered

FIXTURE = Path(__file__).parents[2] / "fixtures" / "landing" / "pqdt" / "ProQuestDocuments-2026-09-03.csv"
COLUMNS = ["Title", "Abstract", "StoreId", "ArticleType", "Authors", "digitalObjectIdentifier", "documentType", "language", "pubdate",
           "pubtitle", "year", "DocumentURL", "classification", "subjects", "isbn", "Database"]  # fmt: skip
SHEET = ["Catalysis on imaginary perovskites", "We invent.", "2900000102", "Dissertations & Theses",
         " Mustermann, Erika K.\nMustermann\nK.\nErika\nMustermann, Erika K.\n0000-0002-1825-0097",
         " 2711 , 7060 , 66569 , 9798900000102 , 29000102 , 29000102", " Dissertation/Thesis", " English", "2022",
         "ProQuest Dissertations and Theses", "2022", "https://search.proquest.com/docview/2900000102?accountid=1",
         " 0486 Inorganic chemistry , 0794 Materials science", " Pure sciences , Perovskites", " 9798900000102",
         "ProQuest Dissertations & Theses Global"]  # fmt: skip
RIS = """TY  - THES
T1  - Catalysis on imaginary perovskites
AN  - 2900000102
AB  - We invent.
JF  - ProQuest Dissertations and Theses
AU  - Mustermann, Erika K.
A3  - Doe, Jane
A3  - Roe, Richard
Y1  - 2022
PY  - 2022
SP  - 187
CY  - United States -- Nowhere
PB  - University of Nowhere
SN  - 9798900000102
KW  - Perovskites
KW  - 0486:Inorganic chemistry
KW  - 0794:Materials science
UR  - https://www.proquest.com/dissertations-theses/catalysis/docview/2900000102/se-2?accountid=1
LA  - English
DB  - ProQuest Dissertations & Theses Global
N1  - 最近更新 - 2023-01-01
M1  - 29000102
M3  - Ph.D.
ER  -\x20


"""
BIBTEX = """@phdthesis{
author={Mustermann, Erika K.},
year={2022},
title={Catalysis on imaginary perovskites},
journal={ProQuest Dissertations and Theses},
pages={187},
note={Copyright - Database copyright ProQuest LLC; Last updated - 2023-01-01},
abstract={We invent.},
keywords={Perovskites; 0486:Inorganic chemistry; 0794:Materials science},
isbn={9798900000102},
language={English},
url={https://www.proquest.com/dissertations-theses/catalysis/docview/2900000102/se-2},
}
"""
TEXT = """____________________________________________________________

Report Information from ProQuest
November 22 2026 10:15
____________________________________________________________

Document 1 of 2

Catalysis on imaginary perovskites

Author: Mustermann, Erika K.

Publication info: University of Nowhere. ProQuest Dissertations Publishing, 2022. 29000102.

Abstract: We invent.
Methods: none.

Subject: Inorganic chemistry; Materials science

Classification: 0486: Inorganic chemistry; 0794: Materials science

Identifier / keyword: Perovskites

Title: Catalysis on imaginary perovskites

Number of pages: 187

Degree date: 2022

School code: 0999

ISBN: 9798900000102

Advisor: Doe, Jane; Roe, Richard

Committee member: Poe, Ann

University/institution: University of Nowhere

Department: Chemistry 0486

Degree: Ph.D.

Source type: Dissertations & Theses

Language: English

Document type: Dissertation/Thesis

Dissertation/thesis number: 29000102

ProQuest document ID: 2900000102

Document URL: https://www.proquest.com/dissertations-theses/catalysis/docview/2900000102/se-2

Database: ProQuest Dissertations & Theses Global
____________________________________________________________

Document 2 of 2

Title: A news item

Source type: Newspapers

ProQuest document ID: 2900000199
____________________________________________________________

Contact ProQuest
Copyright © 2026 ProQuest LLC. All rights reserved.
"""
SUBMISSION = """<?xml version="1.0" encoding="utf-8"?>
<DISS_submission publishing_option="0" embargo_code="0"><DISS_authorship><DISS_author type="primary"><DISS_name>
<DISS_surname>Mustermann</DISS_surname><DISS_fname>Erika</DISS_fname><DISS_middle>K.</DISS_middle><DISS_suffix/></DISS_name></DISS_author>
</DISS_authorship><DISS_description page_count="187" type="doctoral" external_id="29000102">
<DISS_title>Catalysis on imaginary perovskites</DISS_title>
<DISS_dates><DISS_comp_date>2022</DISS_comp_date></DISS_dates><DISS_degree>Ph.D.</DISS_degree><DISS_institution><DISS_inst_code>0999</DISS_inst_code>
<DISS_inst_name>University of Nowhere</DISS_inst_name><DISS_inst_contact>Chemistry</DISS_inst_contact></DISS_institution>
<DISS_advisor><DISS_name><DISS_surname>Doe</DISS_surname><DISS_fname>Jane</DISS_fname></DISS_name></DISS_advisor>
<DISS_advisor><DISS_name><DISS_surname>Roe</DISS_surname><DISS_fname>Richard</DISS_fname></DISS_name></DISS_advisor>
<DISS_cmte_member><DISS_name><DISS_surname>Poe</DISS_surname><DISS_fname>Ann</DISS_fname></DISS_name></DISS_cmte_member>
<DISS_categorization><DISS_category><DISS_cat_code>0486</DISS_cat_code><DISS_cat_desc>Inorganic chemistry</DISS_cat_desc></DISS_category>
<DISS_category><DISS_cat_code>0794</DISS_cat_code><DISS_cat_desc>Materials science</DISS_cat_desc></DISS_category>
<DISS_keyword>Perovskites</DISS_keyword><DISS_language>en</DISS_language></DISS_categorization></DISS_description>
<DISS_content><DISS_abstract><DISS_para>We invent.</DISS_para></DISS_abstract></DISS_content></DISS_submission>
"""
MARC = """<collection xmlns="http://www.loc.gov/MARC21/slim"><record><leader>00000nam</leader><controlfield tag="001">AAI29000102</controlfield>
<datafield tag="100"><subfield code="a">Mustermann, Erika K.</subfield></datafield>
<datafield tag="245"><subfield code="a">Catalysis on imaginary perovskites.</subfield></datafield>
<datafield tag="300"><subfield code="a">187 p.</subfield></datafield><datafield tag="520"><subfield code="a">We invent.</subfield></datafield>
<datafield tag="502"><subfield code="a">Thesis (Ph.D.)--University of Nowhere, 2022.</subfield></datafield>
<datafield tag="650"><subfield code="a">Perovskites.</subfield></datafield><datafield tag="690"><subfield code="a">0486</subfield></datafield>
<datafield tag="710"><subfield code="a">University of Nowhere.</subfield><subfield code="b">Chemistry.</subfield></datafield>
<datafield tag="773"><subfield code="t">Dissertation Abstracts International (UMI)</subfield></datafield>
<datafield tag="790"><subfield code="a">Doe, Jane,</subfield><subfield code="e">advisor</subfield></datafield>
<datafield tag="791"><subfield code="a">Ph.D.</subfield></datafield>
<datafield tag="792"><subfield code="a">2022</subfield></datafield></record></collection>
"""


def one(got: Delivered, table: str, *columns: str) -> tuple[object, ...]:
    return got.table(table).select(columns).row(0)


def test_bare_cr_csv_with_lines_in_cells() -> None:
    got = Delivered(FIXTURE, {})
    assert (got.found.source, got.found.format, got.found.encoding) == ("pqdt", "csv", "utf-8-sig")
    assert got.raw.height == 4 and got.rejected["row"].to_list() == [5]
    assert "Historical Newspapers" in got.rejected["found"][0]
    records = got.table("source_records")
    assert records["record_id"].to_list() == [f"pqdt:290000010{n}" for n in (1, 2, 3, 4)]
    assert records["title_other"].to_list() == ["虚构河口的泥沙输运", None, None, "虚构海湾的港口城市"]
    assert records["language"].to_list() == ["zh", "en", "en", "zh"]
    assert records["categories"][0] == "0428 Sedimentary Geology; 0547 Physical oceanography"
    assert records["keywords"][2] == "Education" and records["isbn"][1] == "9798900000102"
    assert set(records["document_type"]) == {"thesis"}
    names = got.table("source_authorships").sort("row")
    assert names["name"].to_list() == ["Lin, Hai Ming", "Mustermann, Erika K.", "Doe, Jane", "Zhou, Yu"]
    assert names["name_native"].to_list() == ["林海明", None, None, "周羽"]
    assert got.table("source_author_identifiers")["identifier_value"].to_list() == ["0000-0002-1825-0097"]
    assert got.table("source_theses")["order_number"].to_list() == ["H900101", "29000102", "U900103", "H900104"]


def test_the_same_thesis_through_every_format(deliver: Deliver) -> None:
    files = {"xlsx": {"Export Data": [COLUMNS, SHEET]}, "ris": RIS, "bibtex": BIBTEX, "text": TEXT}
    got = {form: deliver(content, f"f.{form}") for form, content in files.items()}
    assert {form: d.found.format for form, d in got.items()} == {form: form for form in files}
    same = ("record_id", "title", "publication_year", "isbn", "categories", "language", "document_type", "abstract")
    for form, delivered in got.items():
        told = one(delivered, "source_records", *same)
        assert told[:-1] == (
            "pqdt:2900000102", "Catalysis on imaginary perovskites", 2022, "9798900000102",
            "0486 Inorganic chemistry; 0794 Materials science", "en", "thesis",
        ), form  # fmt: skip
        assert str(told[-1]).startswith("We invent.")
        assert delivered.table("source_authorships")["name"].to_list() == ["Mustermann, Erika K."]
        assert "Perovskites" in str(one(delivered, "source_records", "keywords")[0])
    for form in ("ris", "text"):
        assert one(got[form], "source_theses", "degree", "degree_level", "university", "order_number", "pages_count") == (
            "Ph.D.", "doctoral", "University of Nowhere", "29000102", 187
        )  # fmt: skip
        people = got[form].table("source_contributors")
        assert people.filter(contributor_role="advisor")["name"].to_list() == ["Doe, Jane", "Roe, Richard"]
    assert one(got["text"], "source_theses", "department")[0] == "Chemistry"
    assert got["text"].table("source_contributors").filter(contributor_role="committee")["name"].to_list() == [
        "Poe, Ann"
    ]
    assert got["text"].rejected["row"].to_list() == [2] and "Newspapers" in got["text"].rejected["found"][0]
    assert one(got["bibtex"], "source_theses", "degree_level", "pages_count") == (None, 187)


@pytest.mark.parametrize("content", [SUBMISSION, MARC], ids=["submission", "marc"])
def test_xml(deliver: Deliver, content: str) -> None:
    got = deliver(content, "x.xml")
    assert got.found.format == "xml"
    assert one(got, "source_records", "record_id", "title", "publication_year", "abstract") == (
        "pqdt:AAI29000102", "Catalysis on imaginary perovskites", 2022, "We invent."
    )  # fmt: skip
    assert one(got, "source_theses", "degree_level", "university", "department", "pages_count") == (
        "doctoral", "University of Nowhere", "Chemistry", 187
    )  # fmt: skip
    assert got.table("source_authorships")["name"].to_list() == ["Mustermann, Erika K."]
    assert got.table("source_contributors")["name"].to_list()[0] == "Doe, Jane"


def test_xml_with_elements_named_like_the_columns(deliver: Deliver) -> None:
    text = "<records><!-- ProQuest --><record><Title>On shores</Title><StoreId>2900000107</StoreId><Authors>Doe, Jane</Authors>"
    text += "<ArticleType>Dissertations &amp; Theses</ArticleType><Degree>M.S.</Degree></record></records>"
    got = deliver(text, "x.xml")
    assert one(got, "source_records", "record_id", "title") == ("pqdt:2900000107", "On shores")
    assert one(got, "source_theses", "degree_level")[0] == "master"


def test_xml_that_declares_entities_or_breaks_off_is_refused(deliver: Deliver) -> None:
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><DISS_submission><DISS_title>&b;</DISS_title></DISS_submission>'
    with pytest.raises(SourceError, match="实体"):
        deliver(bomb, "x.xml")
    with pytest.raises(SourceError, match="不完整"):
        deliver(SUBMISSION[:-60], "x.xml")


def test_newspapers_alone_are_refused_by_name(deliver: Deliver) -> None:
    news = [*SHEET[:3], "Historical Newspapers", *SHEET[4:6], " display_ad", *SHEET[7:]]
    with pytest.raises(SourceError, match="没有学位论文") as caught:
        deliver({"Export Data": [COLUMNS, news]}, "x.xlsx")
    assert "Historical Newspapers 1 条" in caught.value.parts["实际"]


def test_a_thesis_without_a_title_is_set_aside(deliver: Deliver) -> None:
    got = deliver({"Export Data": [COLUMNS, SHEET, ["", *SHEET[1:]]]}, "x.xlsx")
    assert got.raw.height == 1 and got.rejected["row"].to_list() == [2] and "题名" in got.rejected["found"][0]


def test_a_quotation_mark_that_is_never_closed_takes_no_other_row_with_it(deliver: Deliver) -> None:
    good = ",".join(f'"{cell}"' for cell in SHEET)
    opened = '"An open title,x,2900000103,Dissertations & Theses'
    got = deliver(
        "\n".join([",".join(COLUMNS), good, opened, good.replace("2900000102", "2900000104").replace("\n", " ")])
        + "\n",
        "x.csv",
    )
    assert got.raw["record_id"].to_list() == ["pqdt:2900000102", "pqdt:2900000104"]
    assert got.rejected["row"].to_list() == [2] and "引号" in got.rejected["found"][0]


@pytest.mark.parametrize(
    ("degree", "level"),
    [("Ph.D.", "doctoral"), ("D.Phil. (Oxon)", "doctoral"), ("Ed.D.", "doctoral"), ("博士", "doctoral"), ("Dr.", "doctoral"),
     ("M.S.", "master"), ("M.Sc.", "master"), ("MA", "master"), ("Master of Arts", "master"), ("硕士", "master"),
     ("B.A.", None), ("", None)],
)  # fmt: skip
def test_level_of_the_degree(deliver: Deliver, degree: str, level: str | None) -> None:
    got = deliver(RIS.replace("M3  - Ph.D.", f"M3  - {degree}"), "x.ris")
    assert one(got, "source_theses", "degree_level")[0] == level


@settings(max_examples=40, deadline=None)
@given(cut=st.integers(0, len(TEXT)), noise=st.text(max_size=20), at=st.integers(0, 500))
def test_damaged_text_never_crashes_and_loses_no_row(
    tmp_path_factory: pytest.TempPathFactory, cut: int, noise: str, at: int
) -> None:
    path = tmp_path_factory.mktemp("pqdt") / "x.txt"
    path.write_text((TEXT[:at] + noise + TEXT[at:])[:cut], encoding="utf-8", errors="replace", newline="")
    try:
        found = _recognise.recognise(path)
        chunks = list(modules()[found.source].read(path, found, {"path_text": "x"}))
    except SourceError:
        return
    rows = [r for c in chunks for r in (*c.rows["source_row"].to_list(), *c.rejected["row"].to_list())]
    assert sorted(rows) == list(range(1, len(rows) + 1))
