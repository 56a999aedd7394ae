"""The cookbook: every question answers on the sample library, and says what the sample's truth says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines import answering, cookbook, runner
from pipelines.core.errors import ConfigError
from tests.conftest import Line

NAMES = sorted(cookbook.questions())
FIRST = "2025-05"  # of the sample's ESI periods
Ask = Callable[..., pl.DataFrame]


@pytest.fixture(scope="module")
def ask(line: Line) -> Ask:
    library, people = runner.published_databases(line.settings)

    def asked(name: str, **values: str) -> pl.DataFrame:
        question = cookbook.question(name)
        return answering.ask(library, people if question.personal else None, question.asked_with(values)).rows

    return asked


@pytest.fixture(scope="module")
def told(line: Line) -> Callable[[str], pl.DataFrame]:
    return lambda name: pl.read_parquet(line.sample / "truth" / f"{name}.parquet")


@pytest.fixture(scope="module")
def select(line: Line) -> Callable[[str], pl.DataFrame]:
    library, people = runner.published_databases(line.settings)
    return lambda sql: answering.ask(library, people, sql).rows


@pytest.mark.parametrize("name", NAMES)
def test_every_question_is_answered_as_it_stands(ask: Ask, name: str) -> None:
    question = cookbook.question(name)
    answer = ask(name)
    assert answer.width >= 3
    assert all(re.search(r"[一-鿿]|doi|cnci|jcr", column) for column in answer.columns)
    assert question.title and question.reading and question.parameters


@pytest.mark.parametrize("name", NAMES)
def test_questions_read_marts_and_say_so_when_they_read_deeper(name: str) -> None:
    question = cookbook.question(name)
    body = "\n".join(line for line in question.sql.splitlines() if not line.startswith("--"))
    deeper = set(re.findall(r"\b((?:people\.)?(?:lake|indicators))\.(?!\w+_dictionary)(\w+)", body))
    named = re.search(r"数据库：(.*)", question.sql)
    assert named is not None
    allowed = {"units", "unit_college"}  # names of units: the dictionary of the university as of the build
    assert not {t for _, t in deeper} - allowed or "读" in named[1]
    assert question.personal == ("people." in body)


def test_the_index_page_names_every_question() -> None:
    page = (cookbook.PROJECT / "warehouse" / "README.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert listed == set(NAMES)
    assert len(NAMES) >= 24


def test_a_parameter_is_changed_and_a_wrong_one_refused() -> None:
    question = cookbook.question("college_highly_cited")
    sql = question.asked_with({"学院": "O'x学院", "起始年": "1999", "期": "2026-01"})
    assert "'O''x学院' as 学院" in sql and "1999 as 起始年" in sql and "'2026-01' as 期" in sql
    with pytest.raises(ConfigError, match="没有参数 院"):
        question.asked_with({"院": "x"})
    with pytest.raises(ConfigError, match="须为数"):
        question.asked_with({"起始年": "1 or true"})
    with pytest.raises(ConfigError, match="没有名为"):
        cookbook.question("../checks/esi_sets")


# --- ESI, against the truth of the sample
def members(truth: pl.DataFrame, period: str) -> pl.DataFrame:
    kept = (pl.col("period") == period) & (pl.col("list_kind") == "highly_cited") & (pl.col("change") != "dropped")
    return truth.filter(kept, pl.col("in_wos_files"))


def test_college_highly_cited_are_those_of_the_truth(ask: Ask, told: Ask, select: Ask) -> None:
    truth = members(told("esi"), FIRST)
    found = 0
    for unit, name in select("select unit_id, unit_name_zh from marts.unit").rows():
        answer = set(ask("college_highly_cited", 学院=name, 期=FIRST, 起始年="2000")["入藏号"])
        wanted = truth.filter(pl.col("college_ids").str.split(";").list.contains(unit))["accession_number"]
        assert set(wanted) <= answer
        found += len(answer)
    assert found >= truth.height > 5


def test_dropped_papers_and_their_reasons(ask: Ask, told: Ask) -> None:
    truth = told("esi").filter(list_kind="highly_cited", change="dropped")
    answer = ask("esi_dropped", 期=FIRST)
    assert set(answer.select("期", "入藏号").rows()) == set(truth.select("period", "accession_number").rows())
    out = answer.filter(pl.col("原因") == "出版年已移出统计窗口")
    assert set(out["入藏号"]) == set(truth.filter(reason="window")["accession_number"])
    assert (answer.filter(pl.col("原因").str.contains("低于"))["差几次"] > 0).all()


def test_new_papers(ask: Ask, told: Ask) -> None:
    truth = told("esi").filter(list_kind="highly_cited", change="new").filter(pl.col("period") > FIRST)
    for period in truth["period"].unique():
        wanted = truth.filter(period=period)["accession_number"].n_unique()
        assert ask("esi_new_papers", 期=period).filter(pl.col("变化") == "新增")["doi"].n_unique() == wanted


def test_near_threshold_names_the_papers_the_sample_placed_there(ask: Ask, told: Ask, select: Ask) -> None:
    truth = told("near").filter(pl.col("tc_wos") < pl.col("threshold"))
    works = select("select accession_wos, doi from marts.work where accession_wos is not null and doi is not null")
    wanted = truth.join(works, left_on="accession_number", right_on="accession_wos")
    assert wanted.height and set(wanted["doi"]) <= set(ask("near_threshold")["doi"])


def test_history_of_a_paper(ask: Ask, told: Ask) -> None:
    listed = told("esi").filter(list_kind="highly_cited")
    number = listed.filter(change="dropped")["accession_number"][0]
    answer = ask("esi_paper_history", 标识=number.lower()).filter(pl.col("名单") == "高被引")
    wanted = listed.filter(accession_number=number)
    assert answer.filter(~pl.col("在列"))["期"].to_list() == wanted.filter(change="dropped")["period"].to_list()


def test_positions_distances_benchmarks_and_periods(ask: Ask, told: Ask, select: Ask) -> None:
    periods = ask("esi_periods")["期"].to_list()
    assert periods == sorted(set(told("esi")["period"]) | set(periods)) and len(periods) == 8
    trend = ask("esi_field_trend", 学科="化学")
    assert trend["期"].to_list() == periods and (trend["位次"] <= trend["机构数"]).all()
    distance = ask("esi_field_distance", 目标="permille")
    assert distance.height == 22
    reached = distance.filter(pl.col("预计") == "已达到")
    assert reached.height and (reached["差距"] <= 0).all()
    benchmarks = ask("benchmark_gap").filter(pl.col("学科") == "化学", pl.col("位次差") == 0)
    assert benchmarks["位次"].to_list() == [trend["位次"].to_list()[-1]]
    officially = select(
        "select count(*) as n from marts.esi_reconciliation where difference != 0 and period = '2026-07'"
    )
    answer = ask("esi_reconciliation", 期="2026-07")
    assert answer.select("学科", "项目").n_unique() == officially.item()


def test_college_shares_of_a_field(ask: Ask, told: Ask) -> None:
    answer = ask("esi_college_field", 期=FIRST)
    assert (answer["主导"] <= answer["高被引"]).all() and (answer["高被引"] <= answer["全校"]).all()
    assert answer.unique("学科")["全校"].sum() <= members(told("esi"), FIRST).height


# --- counts that must agree with one another
def test_counts_by_year_and_by_source_add_up(ask: Ask, select: Ask) -> None:
    years = {"起始年": "1900", "截止年": "2100"}
    by_year = ask("first_corresponding_by_year", **years)
    kinds = "document_type in ('article', 'review')"
    own = select(f"select count(publication_year) as n from marts.work where is_own and {kinds}").item()
    assert by_year["论文"].sum() == own
    overlap = ask("source_overlap", **years)
    assert overlap["作品"].sum() == select("select count(publication_year) as n from marts.work").item()
    both = overlap.filter(pl.col("来源组合").str.split("+").list.set_intersection(["cnki", "wos"]).list.len() == 2)
    assert ask("cnki_and_wos", **years).height == both["作品"].sum() > 5


def test_works_in_cnki_and_wos_are_those_of_the_truth(ask: Ask, told: Ask) -> None:
    sources = told("records").group_by("true_work").agg(pl.col("source"))
    truth = sources.filter(pl.col("source").list.set_intersection(["cnki", "wos"]).list.len() == 2).height
    assert abs(ask("cnki_and_wos", 起始年="1900").height - truth) <= 0.1 * truth


def test_counting_and_indicators(ask: Ask, select: Ask) -> None:
    counts = ask("college_counts", 窗口="all").drop_nulls("按作者分数")
    assert (counts["按作者分数"] <= counts["全计数"]).all()
    whole = ask("unit_indicators", 学院="全校", 窗口="all")
    assert whole.filter(指标="开放获取论文占比")["状态"].item() == "missing"
    assert whole.filter(指标="开放获取论文占比")["值"].item() is None
    works = select("select count(distinct work_id) as n from marts.work where is_own").item()
    assert whole.filter(指标="作品数", 计数法="full")["值"].item() == works
    ranking = ask("college_ranking", 指标号="out.articles", 窗口="all")
    assert ranking["值"].drop_nulls().is_sorted(descending=True) and ranking["次序"][0] == 1
    assert set(ask("open_access")["状态"]) <= {"missing", "not_applicable"}
    assert set(ask("field_quadrant", 窗口="all")["象限"].drop_nulls()) <= {
        "高产高引",
        "高产低引",
        "低产高引",
        "低产低引",
    }


def test_journals_quartiles_and_warnings(ask: Ask, select: Ask) -> None:
    shares = ask("journal_quartiles").group_by("年", "名单").agg(pl.col("占比").sum())
    assert ((shares["占比"] - 100).abs() < 1).all()
    warned = ask("warning_retracted").filter(pl.col("预警").str.starts_with("在列"))
    listed = "select count(*) as n from marts.work_index where starts_with(warning, '在列')"
    assert warned.height == select(listed).item() > 0
    assert ask("top_journals")["论文"].is_sorted(descending=True)


def test_merged_works_and_why(ask: Ask, told: Ask) -> None:
    merged = ask("most_merged").filter(pl.col("doi").is_not_null())
    doi, number = merged.select("doi", "记录数").row(0)
    why = ask("why_merged", doi=doi.upper())
    assert why["记录号"].n_unique() == number >= 3
    assert why["规则"].null_count() <= 1  # all but perhaps the one that others join
    assert ask("review_backlog").filter(类别="疑似重复的记录对")["待核"].item() is not None
    assert set(ask("conflicts", 字段="publication_year")["字段"]) == {"publication_year"}


def test_quality_dates_and_words_of_titles(ask: Ask, select: Ask) -> None:
    missing = select("select count(*) - count(doi) as n from marts.work").item()
    assert ask("data_quality", 起始年="1900", 截止年="2100").filter(项目="没有 DOI")["件数"].item() == missing
    assert set(ask("source_dates")["来源"]) == {"wos", "ei", "scopus", "cnki", "pqdt"}
    assert ask("find_works", 词="MEMBRANE")["题名"].str.to_lowercase().str.contains("membrane").all()


def test_collaboration(ask: Ask, select: Ask) -> None:
    years = {"起始年": "1900", "截止年": "2100"}
    colleges = ask("collaboration_colleges", **years)
    assert colleges.height and (colleges["高被引"] <= colleges["合作件数"]).all()
    countries = ask("collaboration_countries", **years)
    assert countries.height and "China" not in set(countries["国家"])
    partners = ask("collaboration_institutions", **years)
    own = select("select name_zh from lake.institutions_dictionary where kind = 'own'").item()
    assert partners.height and own not in set(partners["机构"])
    abroad = partners.filter(pl.col("国别") != "China")
    assert abroad["合作论文"].sum() == countries["论文机构次"].sum()


def test_theses_and_patents(ask: Ask, told: Ask) -> None:
    theses = ask("doctoral_theses", 起始年="1900", 截止年="2100")
    advisors = {a for names in told("theses")["advisors"].drop_nulls() for a in names.split(";")}
    assert theses["作品号"].is_unique().all() and theses["导师"].drop_nulls().len() > 0
    assert {n for names in theses["导师"].drop_nulls() for n in names.split("、")} & {a.strip() for a in advisors}
    families = ask("patent_families", 起始年="1900")
    assert families["公开文本"].sum() <= told("patents")["publication_number"].n_unique()
    assert families.height >= 5 and families.filter(pl.col("有效")).height > 0


# --- people
def test_works_of_a_person(ask: Ask, told: Ask) -> None:
    signed = told("authorships").join(told("records"), on=("source", "source_file", "source_row"))
    person, works = (
        signed.filter(pl.col("person_id").is_not_null())
        .group_by("person_id")
        .agg(pl.col("true_work").n_unique())
        .sort("true_work", "person_id", descending=True)
        .row(0)
    )
    answer = ask("person_works", 工号=person).filter(认定="match")
    assert 0.8 * works <= answer.height <= works + 1
    assert answer["理由"].str.contains("姓名").all()
    whole = ask("person_indicators", 工号=person).filter(指标="作品数", 计数法="full")["值"].item()
    assert whole == answer.height


def test_newcomers_namesakes_and_students(ask: Ask, told: Ask, select: Ask) -> None:
    people = told("persons").filter(kind="staff")
    first = people.group_by("person_id").agg(pl.col("valid_from").min())
    wanted = set(first.filter(pl.col("valid_from") >= "2018-01-01")["person_id"])
    found = set(ask("newcomers")["工号"])
    assert len(found & wanted) >= 0.9 * len(wanted) and len(found) <= 1.1 * len(wanted)
    shared = ask("namesakes")
    assert (shared["本校同写法人数"] >= 2).all() and shared["待核"].is_sorted(descending=True)
    supervisor, students = select(
        "select supervisor_id, count(*) from people.lake.supervision_network group by 1 order by 2 desc, 1 limit 1"
    ).row(0)
    assert ask("supervisor_students", 导师工号=supervisor).height == students


def test_backlog_and_unassigned(ask: Ask, select: Ask) -> None:
    years = {"起始年": "1900", "截止年": "2100"}
    backlog = ask("review_backlog_people", **years)
    decided = "select count(*) as n from people.lake.person_matches where decision = 'review'"
    assert backlog["待核"].sum() == select(decided).item()
    lost = select("select sum(works_count)::bigint as n from people.marts.unassigned").item()
    assert ask("unassigned_works", **years).height == lost


@pytest.mark.parametrize("category", ["library_only", "claimed_only", "role_differs"])
def test_claims_agree_with_the_balance(ask: Ask, select: Ask, category: str) -> None:
    balance = f"select count as n from people.marts.claim_balance where item = '{category}'"
    assert ask("claims_missing", 类别=category, 起始年="1900").height == select(balance).item()


# --- what the sample lacks: contracts and usage
def test_costs_keep_missing_usage_apart_from_none(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema lake")
        connection.execute(
            "create table lake.contracts as select * from (values "
            "('甲库', 'Alpha Database', '甲公司', 2026, 1000.0, false, '2026-12-31'), "
            "('乙库', 'Beta', '乙公司', 2026, 500.0, true, '2026-12-31'), "
            "('旧库', 'Old', '乙公司', 2024, 900.0, false, '2024-12-31')) as t "
            "(resource, resource_en, supplier, contract_year, amount_cny, is_amount_shared, valid_to)"
        )
        connection.execute(
            "create table lake.usage as select * from (values "
            "('Alpha Database', 'Total_Item_Requests', '2026-01', 30, false), "
            "('Alpha Database', 'Total_Item_Requests', '2026-02', 20, false), "
            "('Alpha Database', 'Unique_Item_Requests', '2026-02', 7, false)) as t "
            "(usage_platform, metric_type, usage_month, usage_count, is_total)"
        )
        answer = connection.sql(cookbook.question("resource_costs").sql).pl()
    assert answer.select("数据库", "次", "有用量的月数", "每次").rows() == [
        ("甲库", 50, 2, 20.0),
        ("乙库", None, None, None),
    ]
