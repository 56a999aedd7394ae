-- 作品宽表：一行一件作品，给人和报告直接读；被引按来源分列，空 = 没有数据，0 = 真的为零
-- grain: one row per work_id
with citations as (
    select
        work_id,
        max(value) filter (where metric = 'citations_wos_core') as citations_wos_count,
        max(as_of) filter (where metric = 'citations_wos_core') as citations_wos_as_of,
        max(value) filter (where metric = 'citations_cnki') as citations_cnki_count,
        max(as_of) filter (where metric = 'citations_cnki') as citations_cnki_as_of
    from indicators.citations
    group by work_id
),

colleges as (
    select
        work_college.work_id,
        string_agg(
            coalesce(units.name_zh, '未归属学院'), '、'
            order by work_college.is_primary desc, work_college.college_id asc
        ) as colleges,
        min(work_college.college_id) filter (where work_college.is_primary) as primary_college_id,
        bool_or(work_college.is_first_unit) as is_first_institution,
        bool_or(work_college.has_corresponding) as is_corresponding_institution
    from indicators.work_college as work_college
    left join lake.units as units on work_college.college_id = units.unit_id
    group by work_college.work_id
),

latest_lists as (
    select
        list_kind,
        max(period) as period
    from indicators.esi_release
    group by list_kind
),

esi as (
    select
        papers.work_id,
        bool_or(papers.list_kind = 'highly_cited') as is_highly_cited,
        bool_or(papers.list_kind = 'hot') as is_hot,
        max(papers.period) as esi_period
    from indicators.esi_own_paper as papers
    inner join latest_lists on papers.list_kind = latest_lists.list_kind and papers.period = latest_lists.period
    where papers.work_id is not null
    group by papers.work_id
)

select
    works.work_id,
    works.title,
    works.title_zh,
    works.title_en,
    works.publication_year,
    works.document_type,
    works.language,
    works.venue,
    works.volume,
    works.issue,
    works.first_page,
    works.last_page,
    works.article_number,
    works.doi,
    works.accession_wos,
    works.accession_ei,
    works.sources,
    works.records_count,
    works.author_count,
    works.is_early_access,
    works.is_retracted,
    colleges.work_id is not null as is_own,
    colleges.colleges,
    colleges.primary_college_id,
    colleges.is_first_institution,
    colleges.is_corresponding_institution,
    citations.citations_wos_count,
    citations.citations_wos_as_of,
    citations.citations_cnki_count,
    citations.citations_cnki_as_of,
    esi.is_highly_cited,
    esi.is_hot,
    esi.esi_period
from lake.works as works
left join colleges on works.work_id = colleges.work_id
left join citations on works.work_id = citations.work_id
left join esi on works.work_id = esi.work_id
