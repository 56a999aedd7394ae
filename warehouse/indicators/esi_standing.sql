-- 本校在各学科的位次：名单行数 n_f、百分位、机构阈值
-- grain: one row per period, esi_field
-- needs: own_name
-- position_percent = rank / n_f（单位 %）：名单只列前 1 % 机构，故 rank / (100·n_f)·100 % = rank / n_f 个百分点
-- 名单行数少于最大位次时名单不全：n_f 与 position_percent 为空，status = 'incomplete'
with lists as (
    select
        period,
        esi_field,
        count(*) as listed_count,
        max(rank) as last_rank,
        min(citations_count) as last_citations
    from lake.esi_institutions
    group by period, esi_field
),

own as (
    select
        institutions.period,
        institutions.esi_field,
        min(institutions.rank) as rank,
        arg_min(institutions.documents_count, institutions.rank) as documents_count,
        arg_min(institutions.citations_count, institutions.rank) as citations_count,
        arg_min(institutions.citations_per_paper, institutions.rank) as citations_per_paper,
        arg_min(institutions.top_papers_count, institutions.rank) as top_papers_count
    from lake.esi_institutions as institutions
    inner join indicators.own_name as own_name
        on trim(regexp_replace(upper(institutions.institution), '([^A-Z0-9]|\bAND\b)+', ' ', 'g')) = own_name.name_key
    group by institutions.period, institutions.esi_field
),

thresholds as (
    select
        period,
        esi_field,
        min(threshold_value) as threshold_value
    from lake.esi_thresholds
    where threshold_kind = 'institution'
    group by period, esi_field
)

select
    lists.period,
    lists.esi_field,
    own.rank,
    case when lists.last_rank <= lists.listed_count then lists.listed_count end as institutions_count,
    case
        when lists.esi_field != 'ALL' and lists.last_rank <= lists.listed_count then own.rank / lists.listed_count
    end as position_percent,
    own.documents_count,
    own.citations_count,
    own.citations_per_paper,
    own.top_papers_count,
    case
        when lists.esi_field = 'ALL' then null
        else coalesce(
            thresholds.threshold_value,
            case when lists.last_rank <= lists.listed_count then lists.last_citations end
        )
    end as institution_threshold,
    case
        when lists.esi_field = 'ALL' then null
        when thresholds.threshold_value is not null then 'stated'
        when lists.last_rank <= lists.listed_count then 'last_listed'
    end as threshold_basis,
    case
        when lists.last_rank > lists.listed_count then 'incomplete'
        when own.rank is null then 'not_listed'
        else 'listed'
    end as status
from lists
left join own on lists.period = own.period and lists.esi_field = own.esi_field
left join thresholds on lists.period = thresholds.period and lists.esi_field = thresholds.esi_field
