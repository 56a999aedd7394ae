-- 与 ESI 对账：每期每学科 ESI 的数、本库的数、差额与点名的篇数
-- grain: one row per period, esi_field, measure
-- needs: esi_difference_paper, esi_field_position, esi_paper, work
-- measure: highly_cited 高被引论文 | top_papers 顶级论文（高被引 ∪ 热点）| documents 论文数 | citations 被引频次
-- 本库的被引为 WoS 核心合集被引（口径宽于 ESI），两数本不应相等，只并列
with releases as (
    select *
    from indicators.esi_release
    where list_kind = 'highly_cited'
),

own_articles as (
    select
        releases.period,
        fields.esi_field,
        count(*) as documents_count,
        sum(works.citations_wos_count) as citations_count
    from releases
    inner join marts.work as works
        on works.publication_year between year(releases.window_from) and year(releases.window_to)
    inner join indicators.work_esi_field as fields on works.work_id = fields.work_id
    where
        works.is_own
        and works.accession_wos is not null
        and works.document_type in ('article', 'review')
    group by releases.period, fields.esi_field
),

lists as (
    select
        papers.period,
        papers.esi_field,
        count(distinct papers.paper_key) filter (where papers.list_kind = 'highly_cited') as highly_cited_listed,
        count(distinct papers.paper_key) filter (
            where papers.list_kind = 'highly_cited' and works.is_own
        ) as highly_cited_ours,
        count(distinct papers.paper_key) as top_ours
    from marts.esi_paper as papers
    left join marts.work as works on papers.work_id = works.work_id
    where papers.is_member
    group by papers.period, papers.esi_field
),

measures as (
    select
        positions.period,
        positions.esi_field,
        positions.esi_field_zh,
        'highly_cited' as measure,
        case when releases.period is not null then coalesce(lists.highly_cited_listed, 0) end as vendor_count,
        case when releases.period is not null then coalesce(lists.highly_cited_ours, 0) end as own_count
    from marts.esi_field_position as positions
    left join releases on positions.period = releases.period
    left join lists on positions.period = lists.period and positions.esi_field = lists.esi_field
    where positions.esi_field != 'ALL'
    union all
    select
        positions.period,
        positions.esi_field,
        positions.esi_field_zh,
        'top_papers' as measure,
        positions.top_papers_count as vendor_count,
        case when releases.period is not null then coalesce(lists.top_ours, 0) end as own_count
    from marts.esi_field_position as positions
    left join releases on positions.period = releases.period
    left join lists on positions.period = lists.period and positions.esi_field = lists.esi_field
    where positions.esi_field != 'ALL'
    union all
    select
        positions.period,
        positions.esi_field,
        positions.esi_field_zh,
        'documents' as measure,
        positions.documents_count as vendor_count,
        case when releases.period is not null then coalesce(own_articles.documents_count, 0) end as own_count
    from marts.esi_field_position as positions
    left join releases on positions.period = releases.period
    left join own_articles on positions.period = own_articles.period and positions.esi_field = own_articles.esi_field
    where positions.esi_field != 'ALL'
    union all
    select
        positions.period,
        positions.esi_field,
        positions.esi_field_zh,
        'citations' as measure,
        positions.citations_count as vendor_count,
        own_articles.citations_count as own_count
    from marts.esi_field_position as positions
    left join own_articles on positions.period = own_articles.period and positions.esi_field = own_articles.esi_field
    where positions.esi_field != 'ALL'
),

named as (
    select
        period,
        esi_field,
        measure,
        count(*) as named_count
    from marts.esi_difference_paper
    group by period, esi_field, measure
)

select
    measures.period,
    measures.esi_field,
    measures.esi_field_zh,
    measures.measure,
    case measures.measure
        when 'highly_cited' then '高被引论文'
        when 'top_papers' then '顶级论文（高被引 ∪ 热点）'
        when 'documents' then '论文数'
        when 'citations' then '被引频次'
    end as measure_zh,
    cast(measures.vendor_count as bigint) as vendor_count,
    cast(measures.own_count as bigint) as own_count,
    cast(measures.own_count - measures.vendor_count as bigint) as difference,
    coalesce(named.named_count, 0) as named_count,
    case
        when measures.vendor_count is null then 'vendor_missing'
        when measures.own_count is null then 'own_missing'
        when measures.own_count = measures.vendor_count then 'equal'
        else 'different'
    end as status
from measures
left join named
    on
        measures.period = named.period
        and measures.esi_field = named.esi_field
        and measures.measure = named.measure
