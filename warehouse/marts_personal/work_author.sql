-- 本校作品的本校作者：一作、通讯、学生；名册认定的给中文名，待核与未在名册的给署名原文
-- grain: one row per work_id, author_position
-- unit_id：署名地址能到学院的以署名为准；否则为名册中该人当时的单位（hr）；当时的单位已拆分的，为其人现在的单位（hr_current）；均为现行学院
with byline_units as (
    select
        places.work_id,
        places.author_position,
        min(unit_college.current_college_id) filter (where units.unit_kind in ('college', 'hospital')) as unit_id
    from library.lake.work_addresses as places
    inner join library.lake.affiliation_matches as matches
        on places.address_id = matches.address_id and matches.decision = 'match'
    inner join library.lake.institutions_dictionary as institutions
        on matches.institution_id = institutions.institution_id and institutions.kind = 'own'
    left join library.indicators.unit_college as unit_college on matches.unit_id = unit_college.unit_id
    left join library.lake.units as units on unit_college.current_college_id = units.unit_id
    where places.author_position is not null
    group by places.work_id, places.author_position
),

persons as (
    select
        person_id,
        unit_id,
        min(name_zh) as name_zh,
        min(person_type) as person_type
    from lake.people
    group by person_id, unit_id
),

-- 名册中最近一行：拆分的单位不按名称对应，跟着人走
latest as (
    select
        people.person_id,
        arg_max(unit_college.current_college_id, coalesce(people.valid_from, '')) as college_id
    from lake.people as people
    inner join library.indicators.unit_college as unit_college on people.unit_id = unit_college.unit_id
    group by people.person_id
),

names as (
    select
        person_id,
        min(name_zh) as name_zh,
        min(person_type) as person_type
    from persons
    group by person_id
),

matched as (
    select
        matches.work_id,
        matches.author_position,
        matches.person_id,
        matches.decision,
        names.name_zh,
        coalesce(persons.person_type, names.person_type) as person_type,
        coalesce(unit_college.current_college_id, latest.college_id) as hr_unit_id,
        case when unit_college.current_college_id is not null then 'hr' else 'hr_current' end as hr_basis
    from lake.person_matches as matches
    left join persons on matches.person_id = persons.person_id and matches.unit_id = persons.unit_id
    left join names on matches.person_id = names.person_id
    left join latest on matches.person_id = latest.person_id
    left join library.indicators.unit_college as unit_college on matches.unit_id = unit_college.unit_id
)

select
    authors.work_id,
    authors.author_position,
    case when matched.decision = 'match' then coalesce(matched.name_zh, authors.name) else authors.name end
        as author_name,
    authors.name as name_byline,
    case when matched.decision = 'match' then matched.person_id end as person_id,
    case when matched.decision = 'match' then matched.person_type end as person_type,
    coalesce(matched.decision, 'no_match') as decision,
    coalesce(byline_units.unit_id, case when matched.decision = 'match' then matched.hr_unit_id end) as unit_id,
    case
        when byline_units.unit_id is not null then 'byline'
        when matched.decision = 'match' and matched.hr_unit_id is not null then matched.hr_basis
    end as unit_basis,
    authors.is_first,
    authors.is_corresponding,
    coalesce(matched.decision = 'match' and matched.person_type in ('phd', 'master', 'undergraduate'), false)
        as is_student
from library.lake.work_authorships as authors
left join matched on authors.work_id = matched.work_id and authors.author_position = matched.author_position
left join byline_units
    on authors.work_id = byline_units.work_id and authors.author_position = byline_units.author_position
where matched.decision = 'match' or byline_units.work_id is not null
