-- 深度标引（作品一级）：收录与分库、各名单等级、ESI 学科、基金、本校份额
-- grain: one row per work_id
-- 等级按字典 rank_policy 声明的版次；“待公布”“没有该年版次”如实写出，不拿别年的顶替。份额：全计数一件计一次，分数计数见 indicators.counting
with indexing as (
    select
        work_id,
        string_agg(index_zh, '；' order by index_zh) as indexing,
        string_agg(index_zh, '；' order by index_zh) filter (where basis = 'record') as indexing_by_record,
        string_agg(
            index_zh || '（' || case basis when 'jcr_list' then 'JCR 名单' else list_edition || ' 版名单' end || '）',
            '；' order by index_zh
        ) filter (where basis != 'record') as indexing_by_list
    from indicators.work_indexing
    group by work_id
),

ranks as (
    select
        works.work_id,
        ranks.rank_scheme,
        ranks.scheme_zh,
        ranks.list_edition,
        ranks.status,
        ranks.is_top,
        case ranks.status
            when 'ranked' then ranks.rank_level || '（' || ranks.list_edition || '）'
            when 'listed' then '在列（' || ranks.list_edition || '）'
            when 'not_listed' then '不在列（' || ranks.list_edition || '）'
            when 'pending' then '待公布'
            when 'no_edition' then '无该年版次'
        end as shown,
        ranks.categories,
        ranks.minor_categories
    from indicators.work_venue as works
    inner join indicators.venue_rank_year as ranks
        on works.venue_number = ranks.venue_number and works.publication_year = ranks.publication_year
),

zone_lists as (
    select
        *,
        case status when 'ranked' then 10 when 'not_listed' then 5 when 'pending' then 4 else 0 end
        + case rank_scheme when 'cas_upgraded' then 3 when 'cas' then 2 else 1 end as preference
    from ranks
    where rank_scheme in ('cas_upgraded', 'cas', 'cas_basic')
),

zones as (
    select
        work_id,
        arg_max(shown, preference) as shown,
        arg_max(categories, preference) as categories,
        arg_max(minor_categories, preference) as minor_categories,
        arg_max(is_top, preference) as is_top
    from zone_lists
    group by work_id
),

listed as (
    select
        work_id,
        max(shown) filter (where rank_scheme = 'jcr') as jcr,
        max(categories) filter (where rank_scheme = 'jcr') as jcr_categories,
        max(shown) filter (where rank_scheme = 'warning') as warning,
        string_agg(scheme_zh || ' ' || shown, '；' order by scheme_zh) filter (
            where status in ('ranked', 'listed')
            and rank_scheme not in ('jcr', 'cas_upgraded', 'cas', 'cas_basic', 'warning')
        ) as other_lists
    from ranks
    group by work_id
),

grants as (
    select distinct
        clusters.work_id,
        funding.funder,
        funding.award_number
    from lake.funding as funding
    inner join lake.clusters as clusters on funding.record_id = clusters.record_id
    inner join indicators.work_venue as works on clusters.work_id = works.work_id
),

funders as (
    select
        work_id,
        funder,
        string_agg(award_number, ', ' order by award_number) as awards
    from grants
    where funder is not null or award_number is not null
    group by work_id, funder
),

funding as (
    select
        work_id,
        string_agg(coalesce(funder, '') || coalesce(' [' || awards || ']', ''), '；' order by funder, awards) as funding
    from funders
    group by work_id
),

-- WoS 类别 → 一级学科（字典 disciplines，多对多）；综合类与没有 WoS 类别的为空，不猜
classed as (
    select distinct
        works.work_id,
        lower(trim(word)) as category
    from lake.works as works
    inner join indicators.work_venue as venues on works.work_id = venues.work_id
    cross join unnest(string_split(works.categories, ';')) as said (word)
    where works.accession_wos is not null
),

disciplines as (
    select
        classed.work_id,
        string_agg(distinct listed.discipline_zh, '；' order by listed.discipline_zh) as disciplines
    from classed
    inner join lake.disciplines_dictionary as listed on classed.category = lower(listed.category)
    group by classed.work_id
),

shares as (
    select
        work_id,
        sum(frac_author) filter (where is_own) as own_frac_author,
        sum(frac_org) filter (where is_own) as own_frac_org,
        any_value(counting_basis) as counting_basis
    from indicators.counting
    group by work_id
),

own_roles as (
    select
        roles.work_id,
        arg_min(roles.first_author, roles.institution_id) as own_first_author,
        bool_or(roles.is_first_unit) as own_is_first_unit,
        max(roles.first_unit_basis) as own_first_unit_basis,
        case
            when bool_or(roles.corresponding = 'yes') then 'yes'
            when bool_or(roles.corresponding = 'unknown') then 'unknown' else 'no'
        end as own_corresponding
    from indicators.institution_role as roles
    inner join lake.institutions_dictionary as institutions
        on roles.institution_id = institutions.institution_id and institutions.kind = 'own'
    group by roles.work_id
)

select
    works.work_id,
    indexing.indexing,
    indexing.indexing_by_record,
    indexing.indexing_by_list,
    listed.jcr,
    listed.jcr_categories,
    zones.shown as cas,
    zones.categories as cas_major,
    zones.minor_categories as cas_minor,
    zones.is_top as cas_is_top,
    listed.warning,
    listed.other_lists,
    fields.esi_field,
    esi_fields.name_zh as esi_field_zh,
    fields.field_basis as esi_field_basis,
    works.categories,
    disciplines.disciplines,
    coalesce(funding.funding, works.funding) as funding,
    shares.own_frac_author,
    shares.own_frac_org,
    shares.counting_basis,
    own_roles.own_first_author,
    own_roles.own_is_first_unit,
    own_roles.own_first_unit_basis,
    own_roles.own_corresponding
from lake.works as works
inner join indicators.work_venue as venues on works.work_id = venues.work_id
left join indexing on works.work_id = indexing.work_id
left join listed on works.work_id = listed.work_id
left join zones on works.work_id = zones.work_id
left join indicators.work_esi_field as fields on works.work_id = fields.work_id
left join lake.esi_fields_dictionary as esi_fields on fields.esi_field = esi_fields.esi_field
left join funding on works.work_id = funding.work_id
left join disciplines on works.work_id = disciplines.work_id
left join shares on works.work_id = shares.work_id
left join own_roles on works.work_id = own_roles.work_id
