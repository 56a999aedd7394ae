-- 计数所用的署名：每件本校作品取作者与地址对应最全的一条记录，每位作者的每个地址是哪个机构、哪个二级单位
-- grain: one row per work_id, author_position, address_position, institution_key, college_id
-- needs: unit_college
-- institution_key：认出的机构号；认不出的为 text: 加地址中像机构的一段。一个地址写了学院又写实验室、校区或学校的，归学院
-- weight：该行占这位作者的份额，每位作者合计为 1；author_position 为空 = 记录没有说明地址属于谁
with own_works as (
    select distinct places.work_id
    from lake.work_addresses as places
    inner join lake.affiliation_matches as matches
        on places.address_id = matches.address_id and matches.decision = 'match'
    inner join lake.institutions_dictionary as institutions
        on matches.institution_id = institutions.institution_id and institutions.kind = 'own'
),

bylines as (
    select
        work_id,
        min(record_id) as record_id
    from lake.work_authorships
    group by work_id
),

counted as (
    select
        places.work_id,
        places.record_id,
        count(distinct places.author_position) as linked_count
    from lake.work_addresses as places
    inner join own_works on places.work_id = own_works.work_id
    where places.address_role = 'author'
    group by places.work_id, places.record_id
),

chosen as (
    select
        counted.work_id,
        arg_max(
            counted.record_id,
            (counted.linked_count, counted.record_id is not distinct from bylines.record_id, counted.record_id)
        ) as record_id
    from counted
    left join bylines on counted.work_id = bylines.work_id
    group by counted.work_id
),

-- 一个地址里的各个机构与单位：先学院与医院，再实验室等，最后只到学校的
units as (
    select
        matches.address_id,
        matches.institution_id,
        institutions.kind = 'own' as is_own,
        case when institutions.kind = 'own' then coalesce(unit_college.college_id, 'unresolved') end as college_id,
        case
            when colleges.unit_kind in ('college', 'hospital') then 1
            when unit_college.college_id is not null then 2
            else 3
        end as fineness
    from lake.affiliation_matches as matches
    inner join lake.institutions_dictionary as institutions on matches.institution_id = institutions.institution_id
    left join indicators.unit_college as unit_college on matches.unit_id = unit_college.unit_id
    left join lake.units as colleges on unit_college.college_id = colleges.unit_id
    where matches.decision = 'match'
),

resolved as (
    select distinct
        address_id,
        institution_id,
        is_own,
        college_id
    from units
    qualify fineness = min(fineness) over (partition by address_id, institution_id)
),

printed as (
    select
        address_id,
        any_value(address) as address
    from lake.affiliation_matches
    group by address_id
),

heads as (
    select
        address_id,
        list_transform(string_split(address, ','), lambda part: lower(trim(part))) as parts
    from printed
),

named as (
    select
        address_id,
        'text:' || coalesce(
            list_filter(
                parts,
                lambda part: regexp_matches(part, 'univ|大学|inst|acad|hosp|coll|学院|研究|公司|corp|\bltd\b|\binc\b|中心|医院')
            )[1],
            parts[1]
        ) as institution_key
    from heads
),

placed as (
    select
        places.work_id,
        places.record_id,
        places.author_position,
        places.address_position,
        places.address_id,
        resolved.institution_id,
        coalesce(resolved.institution_id, named.institution_key, 'text:') as institution_key,
        coalesce(resolved.is_own, false) as is_own,
        resolved.college_id
    from lake.work_addresses as places
    inner join chosen on places.work_id = chosen.work_id and places.record_id = chosen.record_id
    left join resolved on places.address_id = resolved.address_id
    left join named on places.address_id = named.address_id
    where places.address_role = 'author'
),

-- 同一地址里的机构各算一个地址；同一机构的几个学院平分
per_institution as (
    select
        *,
        count(*) over (
            partition by work_id, author_position, address_position, institution_key
        ) as colleges_count
    from placed
)

select
    work_id,
    author_position,
    address_position,
    institution_key,
    institution_id,
    is_own,
    college_id,
    address_id,
    record_id,
    1.0 / colleges_count / sum(1.0 / colleges_count) over (partition by work_id, author_position) as weight
from per_institution
