-- 每件本校作品的二级单位及其角色：第一单位、通讯、主导；只写到学校的作品归 unresolved（未归属学院）
-- grain: one row per work_id, college_id
-- needs: unit_college
-- leads = 第一作者或通讯作者的地址在该单位；链接或通讯地址缺失时为 unknown，不当作“否”
with own_addresses as (
    select
        matches.address_id,
        matches.match_position,
        matches.unit_id,
        coalesce(unit_college.college_id, 'unresolved') as college_id
    from lake.affiliation_matches as matches
    inner join lake.institutions_dictionary as institutions
        on matches.institution_id = institutions.institution_id and institutions.kind = 'own'
    left join indicators.unit_college as unit_college on matches.unit_id = unit_college.unit_id
    where matches.decision = 'match'
),

corresponding_authors as (
    select
        work_id,
        author_position
    from lake.work_authorships
    where is_corresponding = 'yes'
),

addresses as (
    select
        places.work_id,
        places.record_id,
        places.address_id,
        places.address_role,
        places.address_position,
        places.author_position,
        coalesce(places.author_position = 1 and places.address_role = 'author', false) as is_first_author,
        places.address_role = 'reprint' or corresponding_authors.work_id is not null as is_corresponding
    from lake.work_addresses as places
    left join corresponding_authors
        on
            places.work_id = corresponding_authors.work_id
            and places.author_position = corresponding_authors.author_position
),

known as (
    select
        work_id,
        bool_or(is_first_author) as is_first_known,
        bool_or(is_corresponding) as is_corresponding_known
    from addresses
    group by work_id
),

bylines as (
    select
        work_id,
        min(record_id) as record_id
    from lake.work_authorships
    group by work_id
),

-- 第一单位：署名记录中第一作者的首个地址；没有链接时取首个地址，写明 probable
ordered as (
    select
        addresses.work_id,
        addresses.address_id,
        addresses.is_first_author,
        count(*) filter (where addresses.is_first_author)
            over (partition by addresses.work_id, addresses.record_id) as first_author_addresses,
        row_number() over (
            partition by addresses.work_id
            order by
                coalesce(addresses.record_id = bylines.record_id, false) desc,
                addresses.is_first_author desc,
                addresses.address_position asc,
                addresses.record_id asc,
                addresses.author_position asc
        ) as place
    from addresses
    left join bylines on addresses.work_id = bylines.work_id
    where addresses.address_role = 'author'
),

first_units as (
    select
        ordered.work_id,
        arg_min(own_addresses.college_id, own_addresses.match_position) as college_id,
        any_value(
            case when ordered.is_first_author and ordered.first_author_addresses = 1 then 'stated' else 'probable' end
        ) as basis
    from ordered
    inner join own_addresses on ordered.address_id = own_addresses.address_id
    where ordered.place = 1
    group by ordered.work_id
),

owned as (
    select
        addresses.work_id,
        own_addresses.college_id,
        bool_or(addresses.is_first_author) as has_first_author,
        bool_or(addresses.is_corresponding) as has_corresponding,
        count(distinct addresses.author_position) as authors_count,
        min(addresses.address_position) filter (where addresses.address_role = 'reprint') as reprint_position
    from addresses
    inner join own_addresses on addresses.address_id = own_addresses.address_id
    group by addresses.work_id, own_addresses.college_id
),

colleges as (
    select
        *,
        count(*) filter (where college_id != 'unresolved') over (partition by work_id) as colleges_count,
        -- 第一或通讯作者只写到学校：可能就是本院的人，所以其余学院不能判为“参与”
        bool_or(college_id = 'unresolved' and (has_first_author or has_corresponding))
            over (partition by work_id) as is_lead_unresolved
    from owned
),

kept as (
    select * from colleges
    where college_id != 'unresolved' or colleges_count = 0
),

-- 归属学院：本校为第一单位时为第一作者的学院，否则为首个本校通讯地址的学院，再否则留给人工
primaries as (
    select
        kept.work_id,
        coalesce(any_value(first_units.college_id), arg_min(kept.college_id, kept.reprint_position)) as college_id
    from kept
    left join first_units on kept.work_id = first_units.work_id
    group by kept.work_id
)

select
    kept.work_id,
    kept.college_id,
    coalesce(first_units.college_id = kept.college_id, false) as is_first_unit,
    case when first_units.college_id = kept.college_id then first_units.basis end as first_unit_basis,
    kept.has_first_author,
    kept.has_corresponding,
    case
        when kept.has_first_author or kept.has_corresponding then 'yes'
        when known.is_first_known and known.is_corresponding_known and not kept.is_lead_unresolved then 'no'
        else 'unknown'
    end as leads,
    coalesce(primaries.college_id = kept.college_id, false) as is_primary,
    kept.authors_count as own_authors_count,
    greatest(kept.colleges_count, 1) as colleges_count
from kept
inner join known on kept.work_id = known.work_id
inner join primaries on kept.work_id = primaries.work_id
left join first_units on kept.work_id = first_units.work_id
