-- 归属学院：每件本校作品的归属学院与参与学院（现行结构），含凭名册归院的；原学部未分配与未归属的如实列出
-- grain: one row per work_id, unit_id
-- needs: author_unit
-- is_primary：本校为第一单位时取第一作者的学院，否则取首位本校通讯作者的学院；都定不下来的没有归属学院，primary_basis = 'review'
with units as (
    select
        author_units.*,
        roles.is_first,
        roles.is_corresponding,
        roles.is_lead,
        case author_units.unit_basis when 'byline' then 1 when 'hr' then 2 when 'hr_current' then 3 else 4 end
            as strength
    from marts.author_unit as author_units
    inner join library.indicators.author_role as roles
        on author_units.work_id = roles.work_id and author_units.author_position = roles.author_position
),

-- 没有一位作者与地址对应的作品：凭作品的地址，不知道是谁的
known_works as (
    select distinct work_id from units
),

loose as (
    select
        works.work_id,
        case
            when works.current_status = 'split' then works.unit_id
            else coalesce(works.current_unit_id, works.unit_id)
        end as unit_id,
        works.current_status,
        works.unit_kind
    from library.marts.work_unit as works
    left join known_works as known on works.work_id = known.work_id
    where known.work_id is null
),

members as (
    select
        work_id,
        unit_id,
        arg_min(unit_basis, strength) as unit_basis,
        bool_or(is_first) as has_first_author,
        bool_or(is_corresponding in ('yes', 'yes_weak')) as has_corresponding,
        case
            when bool_or(is_lead = 'yes') then 'yes' when bool_or(is_lead = 'unknown') then 'unknown' else 'no'
        end as leads,
        count(distinct author_position) as own_authors_count,
        sum(share) as share
    from units
    group by work_id, unit_id
    union all
    select
        work_id,
        unit_id,
        arg_min(
            case
                when current_status = 'split' then 'split_unassigned'
                when unit_kind in ('college', 'hospital') then 'byline'
                when unit_id = 'unresolved' then 'unresolved'
                else 'byline_other'
            end,
            unit_id
        ) as unit_basis,
        false as has_first_author,
        false as has_corresponding,
        'unknown' as leads,
        0 as own_authors_count,
        cast(null as double) as share
    from loose
    group by work_id, unit_id
),

ours_first as (
    select distinct roles.work_id
    from library.indicators.institution_role as roles
    inner join library.lake.institutions_dictionary as institutions
        on roles.institution_id = institutions.institution_id and institutions.kind = 'own'
    where roles.first_author = 'yes' or (roles.first_author = 'unknown' and roles.is_first_unit)
),

first_college as (
    select
        units.work_id,
        arg_min(units.unit_id, units.unit_order) as unit_id
    from units
    inner join ours_first on units.work_id = ours_first.work_id
    where units.author_position = 1 and units.strength <= 3
    group by units.work_id
),

corresponding_college as (
    select
        work_id,
        arg_min(unit_id, (author_position, unit_order)) as unit_id
    from units
    where is_corresponding in ('yes', 'yes_weak') and strength <= 3
    group by work_id
),

first_known as (
    select distinct work_id from units
    where author_position = 1
),

primaries as (
    select
        members.work_id,
        -- 本校为第一单位而第一作者的学院未定的，不拿通讯作者的学院顶替
        case
            when any_value(first_college.unit_id) is not null then any_value(first_college.unit_id)
            when any_value(ours_first.work_id) is not null and any_value(first_known.work_id) is not null then null
            else any_value(corresponding_college.unit_id)
        end as unit_id,
        case
            when any_value(first_college.unit_id) is not null then 'first_author'
            when any_value(ours_first.work_id) is not null and any_value(first_known.work_id) is not null then 'review'
            when any_value(corresponding_college.unit_id) is not null then 'corresponding_author'
            else 'review'
        end as basis
    from members
    left join ours_first on members.work_id = ours_first.work_id
    left join first_known on members.work_id = first_known.work_id
    left join first_college on members.work_id = first_college.work_id
    left join corresponding_college on members.work_id = corresponding_college.work_id
    group by members.work_id
)

select
    members.work_id,
    members.unit_id,
    case
        when members.unit_basis = 'split_unassigned' then units.name_zh || '（原学部，未分配）'
        else coalesce(units.name_zh, '未归属学院')
    end as unit_name_zh,
    members.unit_basis,
    members.has_first_author,
    members.has_corresponding,
    members.leads,
    coalesce(members.unit_id = primaries.unit_id, false) as is_primary,
    primaries.basis as primary_basis,
    members.own_authors_count,
    members.share
from members
inner join primaries on members.work_id = primaries.work_id
left join library.lake.units as units on members.unit_id = units.unit_id
