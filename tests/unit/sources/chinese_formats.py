"""One set of invented works printed in every format of CNKI, as its pages print them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
import xlwt


@dataclass(frozen=True)
class Work:
    """A work as CNKI knows it; '' is what it does not have."""

    type: str
    title: str
    authors: tuple[str, ...]
    units: tuple[str, ...] = ()
    venue: str = ""
    year: str = ""
    issue: str = ""
    volume: str = ""
    pages: str = ""
    keywords: tuple[str, ...] = ()
    abstract: str = ""
    issn: str = ""
    cn: str = ""
    doi: str = ""
    date: str = ""
    supervisors: tuple[str, ...] = ()
    degree: str = ""
    number: str = ""
    organiser: str = ""
    applicant: str = ""
    funding: str = ""


JOURNAL, THESIS, MEETING, PAPER, PATENT, STANDARD, YEARBOOK = (
    "journal",
    "thesis",
    "meeting",
    "newspaper",
    "patent",
    "standard",
    "yearbook",
)
WORKS = (
    Work(
        JOURNAL,
        "海岛微电网Ca~(2+)基储能容量的鲁棒配置",
        ("沈知远", "陆听澜"),
        ("岭海大学电气工程学院", "岭海电力研究院"),
        "岭海学报(自然科学版)",
        "2021",
        "03",
        "49",
        "1106-1111+1117",
        ("微电网", "储能", "鲁棒优化"),
        "目的提出一种方法。结果费用下降7.1%。",
        "1672-514X",
        "44-1001/N",
        "10.13207/j.cnki.lhxb.2021.03.011",
        "2021-06-15",
        funding="国家自然科学基金(00000001)",
    ),
    Work(
        JOURNAL,
        "海岛居民出行意愿的代际差异研究",
        ("阿依古丽·买买提",),
        ("岭海大学交通学院", "岭海市规划院"),
        "岭海交通",
        "2019",
        "S1",
        "",
        "7-12",
        ("出行意愿", "代际差异"),
        "研究代际差异。",
        "1000-3428",
        "44-1002/U",
        date="2019-02-28",
    ),
    Work(
        JOURNAL,
        "网络首发论文的一个虚构题名",
        ("顾南乔", "程若谷", "白予安"),
        ("岭海大学图书馆",),
        "岭海图书情报",
        pages="1-9",
        keywords=("网络首发",),
        abstract="尚未排期。",
        issn="1672-514X",
        date="2021-01-15 16:54",
    ),
    Work(
        JOURNAL,
        "卷首语",
        ("本刊编辑部",),
        (),
        "岭海学报(自然科学版)",
        "2021",
        "01",
        "49",
        "1",
        issn="1672-514X",
        date="2021-02-15",
    ),
    Work(
        JOURNAL,
        "卷首语",
        ("本刊编辑部",),
        (),
        "岭海学报(自然科学版)",
        "2021",
        "02",
        "49",
        "1",
        issn="1672-514X",
        date="2021-04-15",
    ),
    Work(
        JOURNAL,
        "Sizing of storage for invented islands",
        ("Jonas Hart", "Ana Maria Nobody"),
        ("Dept. of Power, Linghai University, China", "School of Nothing, Nowhere University, UK"),
        "Journal of Invented Islands",
        "2019",
        "6",
        "56",
        "",
        ("storage", "islands"),
        "Abstract An invented abstract.",
        "1000-3428",
    ),
    Work(
        THESIS,
        "潮间带沉积物中微塑料的迁移行为研究",
        ("虞清川",),
        (),
        "岭海大学",
        "2018",
        keywords=("微塑料", "潮间带"),
        abstract="研究迁移行为。",
        supervisors=("周既明", "沈知远"),
        degree="博士",
        date="2018-06-01",
    ),
    Work(
        MEETING,
        "沿海城镇防洪排涝标准衔接的几点讨论",
        ("程若谷", "周既明"),
        ("岭海大学土木学院",),
        "第九届虚构水利年会论文集",
        "2013",
        pages="269-273",
        keywords=("防洪",),
        abstract="讨论衔接。",
        organiser="岭海水利学会",
    ),
    Work(
        PAPER,
        "海岛上的灯塔又亮了起来",
        ("白予安",),
        (),
        "岭海日报",
        pages="004",
        cn="44-0001",
        date="2023-09-21",
        doi="10.28502/n.cnki.nlhrb.2023.005521",
    ),
    Work(
        PATENT,
        "一种海岛储能装置的清洗机构",
        ("沈知远", "陆听澜"),
        ("519000 岭海市虚构路1号",),
        date="2020-04-17",
        number="CN111020404A",
        applicant="岭海大学",
        abstract="公开了一种清洗机构。",
        degree="发明公开",
    ),
    Work(STANDARD, "海岛微电网 运行导则", (), (), date="2015-05-15", number="GB/T 99999-2015", keywords=("微电网",)),
    Work(YEARBOOK, "五、能源　5-3 海岛用电量", (), (), keywords=("用电量",)),
)
BASE = {
    JOURNAL: "期刊",
    THESIS: "博士",
    MEETING: "国内会议",
    PAPER: "报纸",
    PATENT: "中国专利",
    STANDARD: "国家标准",
    YEARBOOK: "统计年鉴",
}
REFWORKS = {
    JOURNAL: "Journal Article",
    THESIS: "Dissertation/Thesis",
    MEETING: "Conference Proceeding",
    PAPER: "Newspaper Article",
    PATENT: "Patent",
    STANDARD: "Standard",
    YEARBOOK: "Standard",
}
NOTE = REFWORKS | {THESIS: "Thesis", MEETING: "Conference Proceedings"}
ENDNOTE = NOTE | {STANDARD: "Legal Rule or Regulation", YEARBOOK: "Legal Rule or Regulation"}
HAN_FIRST = "\u4e00"


def listed(values: tuple[str, ...]) -> str:
    """`A;B;`, foreign lists `A;;B`."""
    foreign = values and not any(c >= HAN_FIRST for c in values[0])
    return ";;".join(values) if foreign else "".join(f"{v};" for v in values)


def refworks(works: tuple[Work, ...] = WORKS) -> str:
    """RT … DS CNKI, CRLF; volume in lower case; an empty line after K1."""
    out = []
    for w in works:
        tags = [("RT", REFWORKS[w.type]), ("SR", "1"), ("A1", listed(w.authors))]
        tags += [("A2", w.applicant), ("A3", ";".join(w.supervisors)), ("AD", listed(w.units)), ("T1", w.title)]
        tags += [("PB", w.venue)] if w.type in (THESIS, PAPER) else [("JF", w.venue)]
        tags += [("CL", w.degree), ("YR", w.year), ("IS", w.issue), ("vo", w.volume), ("OP", w.pages)]
        tags += [
            ("K1", ";".join(w.keywords)),
            ("", "") if w.keywords else ("AB", ""),
            ("AB", w.abstract),
            ("SN", w.issn),
            ("CN", w.cn),
        ]
        tags += [
            ("FD", w.date if w.type in (PAPER, PATENT, STANDARD) else ""),
            ("C1", w.number if w.type == STANDARD else ""),
            ("ID", w.number),
            ("LA", "中文;" if w.issn else ""),
        ]
        tags += [("DB", BASE[w.type] if w.type in (PATENT, STANDARD, YEARBOOK) else ""), ("DS", "CNKI"), ("DO", w.doi)]
        out.append("".join(f"{t} {v}\r\n" if t else "\r\n" for t, v in tags if v or not t))
    return "\r\n" + "\r\n".join(out)


def noteexpress(works: tuple[Work, ...] = WORKS) -> str:
    """{Reference Type}: …, two blank lines between records."""
    out = []
    for w in works:
        place = {THESIS: "Publisher", MEETING: "Tertiary Title", PAPER: "Secondary Title"}.get(w.type, "Journal")
        pairs = [
            ("Reference Type", NOTE[w.type]),
            ("Title", w.title),
            ("Author", listed(w.authors)),
            ("Author Address", listed(w.units)),
        ]
        pairs += [
            ("Tertiary Author", ";".join(w.supervisors)),
            ("Subsidiary Author", w.applicant or w.organiser),
            (place, w.venue),
        ]
        pairs += [
            ("Type of Work", w.number if w.type == PATENT else w.degree),
            ("Year", w.year),
            ("Issue", w.issue),
            ("Volume", w.volume),
        ]
        pairs += [
            ("Pages", w.pages),
            ("Keywords", ";;".join(w.keywords)),
            ("Abstract", w.abstract),
            ("ISBN/ISSN", w.issn),
        ]
        pairs += [("ISBN", w.number if w.type == STANDARD else ""), ("Notes", w.number if w.type == PATENT else w.cn)]
        pairs += [("Date", w.date if w.type in (PAPER, PATENT, STANDARD) else ""), ("DOI", w.doi)]
        pairs += [
            ("SrcDatabase", BASE[w.type] if w.type in (PATENT, STANDARD, YEARBOOK) else ""),
            ("Database Provider", "CNKI"),
        ]
        out.append("".join(f"{{{key}}}: {value}\n" for key, value in pairs if value))
    return "\n\n".join(out) + "\n\n"


def endnote(works: tuple[Work, ...] = WORKS) -> str:
    """%0 … %W CNKI; an %A per author; of a conference paper the number of pages and the pages."""
    out = []
    for w in works:
        pairs = [("0", ENDNOTE[w.type]), *(("A", name) for name in w.authors), ("+", listed(w.units)), ("T", w.title)]
        pairs += [
            ("Y", ";".join(w.supervisors)),
            ({THESIS: "I", MEETING: "B"}.get(w.type, "J"), w.venue),
            ("?", w.organiser),
        ]
        pairs += [
            ("9", w.degree if w.type == THESIS else ""),
            ("D", w.date if w.type == STANDARD else w.year),
            ("V", w.volume),
            ("N", w.issue),
        ]
        pairs += [("8", w.date if w.type in (PAPER, PATENT) else ""), ("V", w.number if w.type == STANDARD else "")]
        pairs += [
            ("K", ";;".join(w.keywords)),
            ("X", w.abstract),
            ("P", "5" if w.type == MEETING else ""),
            ("P", w.pages),
        ]
        pairs += [("@", w.number if w.type == PATENT else w.issn), ("L", w.cn), ("R", w.doi)]
        pairs += [("~", BASE[w.type] if w.type in (PATENT, STANDARD, YEARBOOK) else ""), ("W", "CNKI")]
        out.append("".join(f"%{key} {value}\r\n" for key, value in pairs if value))
    return "\r\n".join(out)


def page(works: tuple[Work, ...] = WORKS) -> str:
    """The HTML answer of ShowExport in EndNote mode; a DOI without a blank behind its tag."""
    records = [endnote((work,)).replace("%R 10", "%R10") for work in works]
    items = "".join("<li> " + r.replace("&", "&amp;").replace("\r\n", "<br> ") + "</li>" for r in records)
    return f"<ul class='literature-list'>{items}</ul><input id='hidMode' type='hidden' value='EXPORT'>"


def estudy(works: tuple[Work, ...] = WORKS) -> str:
    """DataType: …, no blank line between records."""
    out = []
    types = {JOURNAL: "1", THESIS: "2", MEETING: "3", PAPER: "4", YEARBOOK: "6", PATENT: "7", STANDARD: "8"}
    for w in works:
        pairs = [
            ("DataType", types[w.type]),
            ("Title-题名", w.title),
            ("Author-作者", listed(w.authors)),
            ("Source-文献来源", w.venue),
        ]
        pairs += [("Year-年", w.year), ("PubTime-出版时间", w.date), ("Keyword-关键词", ";".join(w.keywords))]
        pairs += [
            ("Summary-摘要", f"<正>{w.abstract}" if w.abstract else ""),
            ("Period-期", w.issue),
            ("Roll-卷", w.volume),
        ]
        pairs += [
            ("PageCount-页数", "6"),
            ("Page-页码", w.pages),
            ("SrcDatabase-来源库", BASE[w.type]),
            ("Organ-机构", listed(w.units)),
        ]
        pairs += [("Tutor-导师", ";".join(w.supervisors)), ("公开号", "")]
        pairs += [
            (
                "Link-链接",
                f"https://kns.cnki.net/kcms/detail/detail.aspx?FileName=LHXB{abs(hash(w.title)) % 10**9}&DbName=CJFQTEMP",
            )
        ]
        out.append("".join(f"{key}: {value}\n" for key, value in pairs if value))
    return "".join(out)


CUSTOM = (
    "SrcDatabase-来源库",
    "Title-题名",
    "Author-作者",
    "Organ-单位",
    "Source-文献来源",
    "Keyword-关键词",
    "Summary-摘要",
    "PubTime-发表时间",
    "FirstDuty-第一责任人",
    "Fund-基金",
    "Year-年",
    "Volume-卷",
    "Period-期",
    "PageCount-页码",
    "ISSN-国际标准刊号",
    "DOI-DOI",
)


def cells(w: Work) -> tuple[str, ...]:
    """What the labels of CUSTOM hold."""
    first = w.authors[0] if w.authors else ""
    return (
        BASE[w.type],
        w.title,
        listed(w.authors),
        listed(w.units),
        w.venue,
        ";;".join(w.keywords),
        w.abstract,
        w.date,
        f"{first};",
        w.funding,
        w.year,
        w.volume,
        w.issue,
        w.pages,
        w.issn,
        w.doi,
    )


def custom(works: tuple[Work, ...] = WORKS, labels: int = len(CUSTOM)) -> str:
    """SrcDatabase-来源库: …, a blank line behind each record; every label is printed, filled or not."""
    out = ["".join(f"{k}: {v}\r\n" for k, v in list(zip(CUSTOM, cells(w), strict=True))[:labels]) for w in works]
    return "\r\n".join(out)


def table(works: tuple[Work, ...] = WORKS) -> str:
    """.xls that is an HTML table."""
    rows = [CUSTOM, *(cells(w) for w in works)]
    body = "".join("<tr>" + "".join(f"<td>{c.replace('&', '&amp;')}</td>" for c in row) + "</tr>" for row in rows)
    return f"<html><head><meta charset='utf-8'></head><body><table border='1'>{body}</table></body></html>"


def xlsx(path: Path, works: tuple[Work, ...] = WORKS) -> Path:
    """A real workbook with a title above the header."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("文献")
    sheet.write_string(0, 0, "导出结果")
    for r, row in enumerate([CUSTOM, *(cells(w) for w in works)]):
        for c, cell in enumerate(row):
            sheet.write_string(r + 1, c, cell)
    book.close()
    return path


def xls(path: Path, works: tuple[Work, ...] = WORKS) -> Path:
    """A real BIFF8 workbook with plain Chinese headers and counts."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    head = (
        "来源库",
        "题名",
        "作者",
        "单位",
        "文献来源",
        "关键词",
        "摘要",
        "发表时间",
        "第一责任人",
        "基金",
        "年",
        "卷",
        "期",
        "页码",
        "ISSN",
        "DOI",
        "被引",
        "下载",
    )
    for r, row in enumerate([head, *((*cells(w), "12" if w.issn else "", "1,034" if w.issn else "") for w in works)]):
        for c, cell in enumerate(row):
            sheet.write(r, c, cell)
    book.save(str(path))
    return path


def notefirst(works: tuple[Work, ...] = WORKS) -> str:
    """<Bibliography> elements; `<正>` and `&` stand bare in the text, as CNKI leaves them."""
    out = []
    for w in works:
        people = "".join(f"<Author><Info Lang='chi'><FullName>{n}</FullName></Info></Author>" for n in w.authors)
        tutors = "".join(
            f"<SecondaryResponsibility Responsibility='Director'><Name>{n}</Name></SecondaryResponsibility>"
            for n in w.supervisors
        )
        words = "".join(f"<Keyword Lang='chi'>{k}</Keyword>" for k in w.keywords)
        units = listed(w.units)
        parts = [
            f"<Type>{NOTE[w.type].replace(' ', '')}</Type>",
            f"<PrimaryTitle><Title Lang='chi'>{w.title}</Title></PrimaryTitle>",
            f"<Authors>{people}</Authors><Organization>{units}</Organization><Responsible>{tutors}</Responsible>",
            f"<Medium><Media Lang='chi'>{w.venue}</Media></Medium>",
            f"<Year>{w.year}</Year><Volume>{w.volume}</Volume><Issue>{w.issue}</Issue>",
            f"<Keywords>{words}</Keywords>",
            f"<Abstracts><Abstract Lang='chi'><正>{w.abstract}</Abstract></Abstracts>",
            f"<PageScope>{w.pages}</PageScope><ISSN>{w.issn}</ISSN><DOI>{w.doi}</DOI><Degree>{w.degree}</Degree>",
            f"<SrcDatabase>{BASE[w.type]}</SrcDatabase><DatabaseProvider>CNKI</DatabaseProvider>",
        ]
        out.append(f"<Bibliography>{''.join(parts)}</Bibliography>\n")
    count = f"<BibliographiesCount>{len(works)}</BibliographiesCount>"
    return f"<?xml version='1.0' encoding='utf-8'?><Bibliographies>{count}{''.join(out)}</Bibliographies>"
