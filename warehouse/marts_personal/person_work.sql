-- 认定为本校人员的作者与作品：份额为作者数分之一；主导 = 第一或通讯（是 / 否 / 未知）
-- grain: one row per entity_type, entity_id, work_id
-- entity_id 为工号；待核与未认定的署名不在其中
with counts as (
    select
        work_id,
        count(*) as authors_count
    from library.indicators.author_role
    where not is_group_author
    group by work_id
)

select
    'person' as entity_type,
    matches.person_id as entity_id,
    matches.work_id,
    case
        when bool_or(roles.is_lead = 'yes') then 'yes' when bool_or(roles.is_lead = 'unknown') then 'unknown' else 'no'
    end as leads,
    1.0 / any_value(counts.authors_count) as share_author,
    cast(null as double) as share_org
from lake.person_matches as matches
inner join library.indicators.author_role as roles
    on matches.work_id = roles.work_id and matches.author_position = roles.author_position
left join counts on matches.work_id = counts.work_id
where matches.decision = 'match' and matches.person_id is not null
group by matches.person_id, matches.work_id
