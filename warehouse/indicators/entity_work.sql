-- 统计对象与作品：全校、二级单位（现行 unit 与当时 unit_then 两种结构）、期刊、ESI 学科各有哪些作品，份额与主导
-- grain: one row per entity_type, entity_id, work_id
-- needs: counting, unit_college, work_college, work_esi_field, work_measure, work_venue
-- 拆分而未按人分配的单位在现行结构里仍用原代码；unresolved = 只写到学校。期刊、学科的主导与份额取全校的
-- share_author 缺作者与地址对应时为空；share_org 总有
with own_shares as (
    select
        work_id,
        sum(frac_author) as share_author,
        sum(frac_org) as share_org
    from indicators.counting
    where is_own
    group by work_id
),

then_shares as (
    select
        work_id,
        college_id,
        sum(frac_author) as share_author,
        sum(frac_org) as share_org
    from indicators.counting
    where is_own
    group by work_id, college_id
),

universities as (
    select coalesce(
        (
            select min(unit_id) from lake.units
            where unit_kind = 'university'
        ),
        (
            select min(institution_id) from lake.institutions_dictionary
            where kind = 'own'
        )
    ) as unit_id
),

university as (
    select
        measures.work_id,
        measures.leads,
        own_shares.share_author,
        own_shares.share_org
    from indicators.work_measure as measures
    left join own_shares on measures.work_id = own_shares.work_id
),

colleges as (
    select
        work_college.work_id,
        work_college.college_id,
        coalesce(unit_college.current_college_id, work_college.college_id) as current_id,
        work_college.leads,
        then_shares.share_author,
        then_shares.share_org
    from indicators.work_college as work_college
    left join then_shares
        on work_college.work_id = then_shares.work_id and work_college.college_id = then_shares.college_id
    left join indicators.unit_college as unit_college on work_college.college_id = unit_college.unit_id
),

linked_serials as (
    select
        issn,
        min(issn_l) as issn_l
    from lake.issn_links
    group by issn
),

journals as (
    select
        venues.work_id,
        coalesce(venues.journal_id, 'issn:' || coalesce(printed.issn_l, electronic.issn_l, venues.issn, venues.eissn))
            as journal_key
    from indicators.work_venue as venues
    left join linked_serials as printed on venues.issn = printed.issn
    left join linked_serials as electronic on venues.eissn = electronic.issn
)

select
    'university' as entity_type,
    universities.unit_id as entity_id,
    university.work_id,
    university.leads,
    university.share_author,
    university.share_org
from university
cross join universities
where universities.unit_id is not null
union all
select
    'unit_then' as entity_type,
    college_id as entity_id,
    work_id,
    leads,
    share_author,
    share_org
from colleges
union all
select
    'unit' as entity_type,
    current_id as entity_id,
    work_id,
    case
        when bool_or(leads = 'yes') then 'yes' when bool_or(leads = 'unknown') then 'unknown' else 'no'
    end as leads,
    case when count(share_author) = count(*) then sum(share_author) end as share_author,
    sum(share_org) as share_org
from colleges
group by current_id, work_id
union all
select
    'journal' as entity_type,
    journals.journal_key as entity_id,
    university.work_id,
    university.leads,
    university.share_author,
    university.share_org
from journals
inner join university on journals.work_id = university.work_id
where journals.journal_key is not null
union all
select
    'field' as entity_type,
    fields.esi_field as entity_id,
    university.work_id,
    university.leads,
    university.share_author,
    university.share_org
from indicators.work_esi_field as fields
inner join university on fields.work_id = university.work_id
where fields.esi_field is not null
