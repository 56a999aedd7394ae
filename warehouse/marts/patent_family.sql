-- 简单同族（按优先权自算）：代表成员、布局、状态、引证；一案双申的两件各为一族，计数时只算一件
-- grain: one row per simple_kin_id
-- needs: patent
-- 代表成员：中国授权 > 他国授权 > 最近公开；题名先取中文。family_status：有一件有效即 granted_active，否则在审、失效、未知
-- cited_by_most：成员中平台所说被引最多的一件（平台按文献计，不是按族计）；vendor_agrees 空 = 平台没有说
-- 转移、许可只看事件记录；没有事件记录的平台为空，不当作没有转移
with members as (
    select
        patents.*,
        kin.is_family_doubtful,
        row_number() over (
            partition by patents.simple_kin_id
            order by
                coalesce(patents.is_grant and patents.authority = 'CN', false) desc,
                coalesce(patents.is_grant, false) desc,
                patents.published_date desc nulls last,
                patents.patent_id asc
        ) as place
    from marts.patent as patents
    left join lake.patent_kin as kin on patents.application_id = kin.application_id
    where patents.simple_kin_id is not null
),

events as (
    select
        members.simple_kin_id,
        bool_or(events.event_kind in ('transfer', 'licence')) as is_transferred,
        bool_or(events.event_kind = 'litigation') as is_litigated
    from members
    inner join lake.patent_events as events on members.patent_id = events.patent_id
    group by members.simple_kin_id
),

stated as (
    select distinct
        members.simple_kin_id,
        families.family_id
    from members
    inner join lake.patent_families as families
        on members.patent_id = families.patent_id and families.family_kind = 'simple'
),

theirs as (
    select
        family_id,
        count(*) as kins_count
    from stated
    group by family_id
),

vendor as (
    select
        ours.simple_kin_id,
        count(distinct ours.family_id) = 1 and bool_and(theirs.kins_count = 1) as vendor_agrees
    from stated as ours
    inner join theirs on ours.family_id = theirs.family_id
    group by ours.simple_kin_id
),

subclasses as (
    select
        simple_kin_id,
        list_sort(list(distinct subclass)) as ipc_subclasses
    from (
        select
            simple_kin_id,
            unnest(ipc_subclasses) as subclass
        from members
    )
    group by simple_kin_id
)

select
    members.simple_kin_id,
    any_value(members.extended_kin_id) as extended_kin_id,
    any_value(members.patent_id) filter (where members.place = 1) as representative_id,
    coalesce(
        arg_min(members.title, members.place) filter (where regexp_matches(members.title, '[\x{4e00}-\x{9fff}]')),
        arg_min(members.title, members.place)
    ) as title,
    arg_min(members.applicants, members.place) as applicants,
    bool_or(members.is_own) as is_own,
    min(members.unit_id) as unit_id,
    min(members.application_date) as first_application_date,
    min(left(members.application_date, 4)) as first_application_year,
    any_value(members.patent_type) filter (where members.place = 1) as patent_type,
    count(distinct members.patent_id) as publications_count,
    count(distinct members.application_id) as applications_count,
    count(distinct members.authority) filter (where members.authority not in ('WO')) as jurisdictions_count,
    string_agg(distinct members.authority, ';' order by members.authority) as authorities,
    bool_or(coalesce(members.is_grant, false) or members.grant_date is not null) as is_granted,
    case
        when bool_or(members.legal_status = 'granted_active') then 'granted_active'
        when bool_or(members.legal_status = 'pending') then 'pending'
        when bool_and(members.legal_status = 'unknown') then 'unknown'
        else arg_min(members.legal_status, members.place) filter (where members.legal_status != 'unknown')
    end as family_status,
    max(members.remaining_years) as remaining_years,
    any_value(subclasses.ipc_subclasses) as ipc_subclasses,
    len(any_value(subclasses.ipc_subclasses)) as subclasses_count,
    max(members.cited_by_count) as cited_by_most,
    arg_min(members.claims_count, members.place) as claims_count,
    any_value(events.is_transferred) as is_transferred,
    any_value(events.is_litigated) as is_litigated,
    min(members.twin_application_id) as twin_application_id,
    coalesce(min(members.twin_application_id) < min(members.application_id), false) as is_twin_counted_elsewhere,
    any_value(vendor.vendor_agrees) as vendor_agrees,
    bool_or(coalesce(members.is_family_doubtful, false)) as is_family_doubtful
from members
left join events on members.simple_kin_id = events.simple_kin_id
left join vendor on members.simple_kin_id = vendor.simple_kin_id
left join subclasses on members.simple_kin_id = subclasses.simple_kin_id
group by members.simple_kin_id
