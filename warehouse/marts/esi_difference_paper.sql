-- ESI 的数与本库的数为何不同：逐篇点名，每篇一个原因
-- grain: one row per period, esi_field, measure, paper_key
-- needs: esi_paper, work
-- measure: highly_cited 高被引名单 | documents 论文数。effect：vendor_only 只计入 ESI 的数 | ours_only 只计入本库的数 | unknown 说不准
-- 论文数一项 ESI 不给名单，只能点名本库这一侧可疑的论文；学科待定的论文记在 esi_field = '待定'
with releases as (
    select *
    from indicators.esi_release
    where list_kind = 'highly_cited'
),

listed as (
    select
        papers.period,
        papers.esi_field,
        'highly_cited' as measure,
        papers.paper_key,
        papers.accession_number,
        papers.work_id,
        papers.title,
        papers.publication_year,
        'vendor_only' as effect,
        case when papers.work_id is null then 'not_in_library' else 'address_not_ours' end as cause
    from marts.esi_paper as papers
    left join marts.work as works on papers.work_id = works.work_id
    where
        papers.list_kind = 'highly_cited'
        and papers.is_member
        and papers.attribution_basis = 'esi'
        and (papers.work_id is null or not works.is_own)
),

own_articles as (
    select
        releases.period,
        coalesce(fields.esi_field, '待定') as esi_field,
        fields.field_basis,
        works.work_id,
        works.accession_wos,
        works.title,
        works.publication_year,
        works.citations_wos_count,
        works.is_retracted,
        works.publication_year = year(releases.window_to) as is_late
    from releases
    inner join marts.work as works
        on works.publication_year between year(releases.window_from) and year(releases.window_to)
    left join indicators.work_esi_field as fields on works.work_id = fields.work_id
    where
        works.is_own
        and works.accession_wos is not null
        and works.document_type in ('article', 'review')
),

-- 被引已达阈值而不在名单：ESI 计数口径较窄，或 ESI 没有归给本校
reaching as (
    select
        own_articles.period,
        own_articles.esi_field,
        'highly_cited' as measure,
        own_articles.work_id as paper_key,
        own_articles.accession_wos as accession_number,
        own_articles.work_id,
        own_articles.title,
        own_articles.publication_year,
        'ours_only' as effect,
        case
            when elsewhere.accession_number is not null then 'credited_elsewhere'
            else 'reaches_threshold_unlisted'
        end as cause
    from own_articles
    inner join lake.esi_thresholds as thresholds
        on
            own_articles.period = thresholds.period
            and own_articles.esi_field = thresholds.esi_field
            and own_articles.publication_year = thresholds.threshold_year
            and thresholds.threshold_kind = 'highly_cited'
    left join indicators.esi_own_paper as listed_papers
        on
            own_articles.period = listed_papers.period
            and own_articles.work_id = listed_papers.work_id
            and listed_papers.list_kind = 'highly_cited'
    left join lake.esi_listed as elsewhere
        on
            own_articles.period = elsewhere.period
            and elsewhere.list_kind = 'highly_cited'
            and own_articles.accession_wos = elsewhere.accession_number
    where
        thresholds.threshold_value > 2
        and not coalesce(own_articles.is_retracted, false)
        and own_articles.citations_wos_count >= thresholds.threshold_value
        and listed_papers.work_id is null
),

doubtful as (
    select
        period,
        esi_field,
        'documents' as measure,
        work_id as paper_key,
        accession_wos as accession_number,
        work_id,
        title,
        publication_year,
        'unknown' as effect,
        case
            when esi_field = '待定' then 'field_unknown'
            when is_retracted then 'retracted'
            when is_late then 'late_in_window'
        end as cause
    from own_articles
)

select *
from listed
union all
select *
from reaching
union all
select *
from doubtful
where cause is not null
