-- 一院一期的概要：名单未到的数为空，不是 0
with counted as (
    select
        count(*) filter (where list_kind = 'highly_cited' and is_member) as highly_cited_count,
        count(*) filter (where list_kind = 'highly_cited' and is_member and leads = 'yes') as led_count,
        count(*) filter (where list_kind = 'highly_cited' and change = 'new') as new_count,
        count(*) filter (where list_kind = 'highly_cited' and change = 're-entered') as reentered_count,
        count(*) filter (where list_kind = 'highly_cited' and change = 'dropped') as dropped_count,
        count(*) filter (where list_kind = 'highly_cited' and drop_reason = 'window') as dropped_window_count,
        count(*) filter (where list_kind = 'highly_cited' and change = 'steady') as steady_count,
        count(*) filter (where list_kind = 'hot' and is_member) as hot_count,
        count(*) filter (where list_kind = 'hot' and change in ('new', 're-entered')) as hot_new_count,
        count(*) filter (where list_kind = 'hot' and change = 'dropped') as hot_dropped_count
    from marts_personal.esi_paper_college
    where period = getvariable('period') and unit_id = getvariable('unit_id')
),

colleges as (
    select distinct paper_key
    from marts_personal.esi_paper_college
    where period = getvariable('period')
),

unresolved as (
    select count(*) as unresolved_count
    from marts.esi_paper as papers
    left join colleges on papers.paper_key = colleges.paper_key
    where
        papers.period = getvariable('period')
        and papers.list_kind = 'highly_cited'
        and papers.is_member
        and colleges.paper_key is null
),

near as (
    select
        count(*) filter (where papers.status = 'estimated') as near_count,
        count(*) filter (where papers.nearness = 'step') as near_step_count,
        count(*) filter (where papers.status = 'no_ratio') as unestimated_count,
        count(*) filter (where papers.status = 'no_field') as no_field_count
    from marts.esi_near_threshold as papers
    inner join marts_personal.work_college as colleges on papers.work_id = colleges.work_id
    where papers.period = getvariable('period') and colleges.unit_id = getvariable('unit_id')
)

select
    (select min(institution_name_zh) from marts.institution) as institution_name_zh,
    units.unit_name_zh,
    periods.period,
    periods.data_through,
    periods.window_from,
    periods.window_to,
    periods.previous_highly_cited_period as previous_period,
    periods.missing_periods,
    periods.first_highly_cited_period as first_period,
    periods.previous_highly_cited_period is null as is_first_period,
    periods.has_hot,
    counted.highly_cited_count,
    counted.led_count,
    case when periods.previous_highly_cited_period is not null then counted.new_count end as new_count,
    case when periods.previous_highly_cited_period is not null then counted.reentered_count end as reentered_count,
    case when periods.previous_highly_cited_period is not null then counted.dropped_count end as dropped_count,
    case when periods.previous_highly_cited_period is not null then counted.dropped_window_count end
        as dropped_window_count,
    case when periods.previous_highly_cited_period is not null then counted.steady_count end as steady_count,
    case when periods.has_hot then counted.hot_count end as hot_count,
    case when periods.has_hot and periods.previous_hot_period is not null then counted.hot_new_count end
        as hot_new_count,
    case when periods.has_hot and periods.previous_hot_period is not null then counted.hot_dropped_count end
        as hot_dropped_count,
    periods.highly_cited_count as university_highly_cited_count,
    unresolved.unresolved_count,
    periods.next_release_date,
    near.near_count,
    near.near_step_count,
    near.unestimated_count,
    near.no_field_count
from marts.esi_period as periods
inner join marts.unit as units on units.unit_id = getvariable('unit_id')
cross join counted
cross join unresolved
cross join near
where periods.period = getvariable('period')
