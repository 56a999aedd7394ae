-- 机构角色：每件本校作品的各机构是不是第一单位、通讯单位；yes | no | unknown
-- grain: one row per work_id, institution_id
-- needs: author_role, author_place, counting_policy
-- first_author_strict：第一作者的首个地址；first_author_any：第一作者的任一地址；第一作者有两个以上机构时，以署名为凭的第一单位只是 probable
-- corresponding_any / _first / _last：任一 / 首个 / 末个通讯地址；corresponding 按字典 counting_policy 取其一
-- is_corresponding_first：通讯作者的首个地址在该机构；没有说明地址属于谁时为 unknown，不当作“否”
with owned as (
    select distinct
        work_id,
        institution_id
    from indicators.author_place
    where institution_id is not null
),

first_places as (
    select
        work_id,
        institution_key,
        min(address_position) as address_position,
        min(min(address_position)) over (partition by work_id) as first_position,
        count(*) over (partition by work_id) as institutions_count
    from indicators.author_place
    where author_position = 1
    group by work_id, institution_key
),

first_listed as (
    select distinct
        work_id,
        institution_key
    from indicators.author_place
    qualify address_position = min(address_position) over (partition by work_id)
),

first_known as (
    select
        work_id,
        max(institutions_count) as institutions_count
    from first_places
    group by work_id
),

-- 通讯地址：注明的通讯地址，没有注明的取通讯作者自己的地址
owned_works as (
    select distinct work_id from owned
),

reprint as (
    select
        places.work_id,
        places.record_id,
        places.address_position,
        matches.institution_id
    from lake.work_addresses as places
    inner join owned_works as works on places.work_id = works.work_id
    left join lake.affiliation_matches as matches
        on places.address_id = matches.address_id and matches.decision = 'match'
    where places.address_role = 'reprint'
),

reprint_counts as (
    select
        work_id,
        record_id,
        count(distinct address_position) as addresses_count
    from reprint
    group by work_id, record_id
),

fullest as (
    select
        work_id,
        arg_max(record_id, (addresses_count, record_id)) as record_id
    from reprint_counts
    group by work_id
),

own_addresses as (
    select
        places.work_id,
        places.author_position * 1000 + places.address_position as address_position,
        places.institution_id,
        places.address_position = min(places.address_position) over (
            partition by places.work_id, places.author_position
        ) as is_first_address
    from indicators.author_place as places
    inner join indicators.author_role as roles
        on places.work_id = roles.work_id and places.author_position = roles.author_position
    where roles.is_corresponding in ('yes', 'yes_weak')
),

corresponding as (
    select
        reprint.work_id,
        reprint.institution_id,
        reprint.address_position
    from reprint
    inner join fullest on reprint.work_id = fullest.work_id and reprint.record_id = fullest.record_id
    union all
    select
        own_addresses.work_id,
        own_addresses.institution_id,
        own_addresses.address_position
    from own_addresses
    left join fullest on own_addresses.work_id = fullest.work_id
    where fullest.work_id is null
),

ordered as (
    select
        *,
        min(address_position) over (partition by work_id) as first_position,
        max(address_position) over (partition by work_id) as last_position
    from corresponding
),

corresponding_roles as (
    select
        work_id,
        institution_id,
        bool_or(address_position = first_position) as is_first,
        bool_or(address_position = last_position) as is_last
    from ordered
    where institution_id is not null
    group by work_id, institution_id
),

first_addresses as (
    select distinct
        work_id,
        institution_id
    from own_addresses
    where is_first_address and institution_id is not null
),

-- 通讯作者都说清楚了没有：没有“未知”的作者，且有通讯地址
certain as (
    select
        roles.work_id,
        bool_and(roles.is_corresponding != 'unknown') as is_certain,
        bool_or(roles.is_corresponding in ('yes', 'yes_weak')) as is_known
    from indicators.author_role as roles
    where not roles.is_group_author
    group by roles.work_id
),

located as (
    select distinct work_id from corresponding
),

roles as (
    select
        owned.work_id,
        owned.institution_id,
        case
            when first_known.work_id is null then 'unknown'
            when first_places.address_position = first_places.first_position then 'yes'
            else 'no'
        end as first_author_strict,
        case
            when first_known.work_id is null then 'unknown' when first_places.work_id is not null then 'yes' else 'no'
        end as first_author_any,
        first_listed.work_id is not null as is_first_listed,
        coalesce(first_known.institutions_count, 0) as first_author_institutions_count,
        located.work_id is not null as is_located,
        coalesce(certain.is_certain, false) and located.work_id is not null as is_certain,
        corresponding_roles.work_id is not null as is_corresponding,
        coalesce(corresponding_roles.is_first, false) as is_first_corresponding,
        coalesce(corresponding_roles.is_last, false) as is_last_corresponding,
        first_addresses.work_id is not null as has_corresponding_first
    from owned
    left join first_known on owned.work_id = first_known.work_id
    left join first_places
        on owned.work_id = first_places.work_id and owned.institution_id = first_places.institution_key
    left join first_listed
        on owned.work_id = first_listed.work_id and owned.institution_id = first_listed.institution_key
    left join certain on owned.work_id = certain.work_id
    left join located on owned.work_id = located.work_id
    left join corresponding_roles
        on owned.work_id = corresponding_roles.work_id and owned.institution_id = corresponding_roles.institution_id
    left join first_addresses
        on owned.work_id = first_addresses.work_id and owned.institution_id = first_addresses.institution_id
),

judged as (
    select
        *,
        case when is_corresponding then 'yes' when is_certain then 'no' else 'unknown' end as corresponding_any,
        case when is_first_corresponding then 'yes' when is_located then 'no' else 'unknown' end as corresponding_first,
        case when is_last_corresponding then 'yes' when is_located then 'no' else 'unknown' end as corresponding_last,
        case when has_corresponding_first then 'yes' when is_certain then 'no' else 'unknown' end
            as is_corresponding_first
    from roles
),

policies as (
    select
        max(value) filter (where policy = 'corresponding_institution') as corresponding,
        max(value) filter (where policy = 'first_institution') as first_institution
    from indicators.counting_policy
)

select
    judged.work_id,
    judged.institution_id,
    judged.first_author_strict,
    judged.first_author_any,
    case policies.first_institution
        when 'lenient' then judged.first_author_any else judged.first_author_strict
    end as first_author,
    judged.is_first_listed as is_first_unit,
    case
        when judged.is_first_listed
            then case when judged.first_author_institutions_count = 1 then 'stated' else 'probable' end
    end as first_unit_basis,
    judged.corresponding_any,
    judged.corresponding_first,
    judged.corresponding_last,
    case policies.corresponding
        when 'first_listed' then judged.corresponding_first
        when 'last_listed' then judged.corresponding_last
        else judged.corresponding_any
    end as corresponding,
    judged.is_corresponding_first
from judged
cross join policies
