-- ESI 论文归到现行学院：先凭署名地址；署名只到学校或实验室的，凭名册中作者当时的学院（basis = 'hr'）
-- grain: one row per period, list_kind, paper_key, unit_id
-- needs: esi_paper_author
with byline as (
    select
        papers.period,
        papers.list_kind,
        papers.paper_key,
        papers.current_unit_id as unit_id,
        case
            when bool_or(papers.leads = 'yes') then 'yes'
            when bool_or(papers.leads = 'unknown') then 'unknown'
            else 'no'
        end as leads,
        bool_or(papers.is_primary) as is_primary
    from library.marts.esi_paper_unit as papers
    inner join library.marts.unit as units on papers.current_unit_id = units.unit_id
    group by papers.period, papers.list_kind, papers.paper_key, papers.current_unit_id
),

hr_authors as (
    select
        paper_key,
        unit_id,
        case
            when bool_or(is_first or is_corresponding = 'yes') then 'yes'
            when bool_or(is_corresponding = 'unknown') then 'unknown'
            else 'no'
        end as leads
    from marts.esi_paper_author
    where unit_basis = 'hr'
    group by paper_key, unit_id
),

hr as (
    select
        papers.period,
        papers.list_kind,
        papers.paper_key,
        hr_authors.unit_id,
        hr_authors.leads,
        false as is_primary
    from library.marts.esi_paper as papers
    inner join hr_authors on papers.paper_key = hr_authors.paper_key
    inner join library.marts.unit as units on hr_authors.unit_id = units.unit_id
    left join byline
        on
            papers.period = byline.period
            and papers.list_kind = byline.list_kind
            and papers.paper_key = byline.paper_key
            and hr_authors.unit_id = byline.unit_id
    where byline.unit_id is null
),

united as (
    select
        *,
        'byline' as basis
    from byline
    union all
    select
        *,
        'hr' as basis
    from hr
)

select
    period,
    list_kind,
    paper_key,
    unit_id,
    leads,
    case leads when 'yes' then '主导' when 'no' then '参与' else '待定' end as role,
    is_primary,
    basis
from united
