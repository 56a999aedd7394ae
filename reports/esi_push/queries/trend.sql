-- 本院历期高被引论文数：最近七期，缺档的期为空，不是 0
with releases as (
    select strftime(unnest(generate_series(
        greatest(
            cast(getvariable('period') || '-01' as date) - interval 12 month,
            (select cast(min(first_highly_cited_period) || '-01' as date) from marts.esi_period)
        ),
        cast(getvariable('period') || '-01' as date),
        interval 2 month
    )), '%Y-%m') as period
),

counted as (
    select
        period,
        count(*) filter (where is_member) as highly_cited_count
    from marts_personal.esi_paper_college
    where list_kind = 'highly_cited' and unit_id = getvariable('unit_id')
    group by period
)

select
    releases.period,
    case when periods.has_highly_cited then coalesce(counted.highly_cited_count, 0) end as highly_cited_count
from releases
left join marts.esi_period as periods on releases.period = periods.period
left join counted on releases.period = counted.period
order by releases.period
