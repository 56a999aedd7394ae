-- 本校作品的 ESI 学科：曾在 ESI 名单中的以名单为准；否则 ESI 期刊表、期刊字典（综合性期刊不凭期刊定学科）；再没有则待定
-- grain: one row per work_id
-- needs: esi_own_paper, work_venue
-- field_basis: esi_archive | esi_journals | journal_list | multidisciplinary（综合性期刊，逐篇待定）
with archived as (
    select
        work_id,
        arg_max(esi_field, period) as esi_field
    from indicators.esi_own_paper
    where work_id is not null
    group by work_id
),

latest as (
    select
        unnest([issn, eissn]) as issn,
        esi_field,
        period
    from lake.esi_journals
),

journals as (
    select
        issn,
        arg_max(esi_field, period) as esi_field
    from latest
    where issn is not null
    group by issn
),

dictionary as (
    select
        journal_id,
        min(esi_field) as esi_field
    from lake.journals_dictionary
    group by journal_id
),

fields as (
    select
        works.work_id,
        archived.esi_field as archived_field,
        coalesce(printed.esi_field, electronic.esi_field) as listed_field,
        dictionary.esi_field as dictionary_field
    from indicators.work_venue as works
    left join archived on works.work_id = archived.work_id
    left join journals as printed on works.issn = printed.issn
    left join journals as electronic on works.eissn = electronic.issn
    left join dictionary on works.journal_id = dictionary.journal_id
)

select
    work_id,
    coalesce(archived_field, nullif(coalesce(listed_field, dictionary_field), 'MUL')) as esi_field,
    case
        when archived_field is not null then 'esi_archive'
        when coalesce(listed_field, dictionary_field) = 'MUL' then 'multidisciplinary'
        when listed_field is not null then 'esi_journals'
        when dictionary_field is not null then 'journal_list'
    end as field_basis
from fields
