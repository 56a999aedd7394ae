-- 本校 ESI 论文的当期数与历期累计数（曾在任一归档期名单中的不同论文）
-- grain: one row per period, list_kind, esi_field
-- needs: esi_paper
-- esi_field = 'ALL' 为各学科合计；从未归档的期不在累计之内，missing_periods 逐一列名
with firsts as (
    select
        list_kind,
        paper_key,
        min(period) as first_period,
        arg_min(esi_field, period) as first_field
    from marts.esi_paper
    where is_member
    group by list_kind, paper_key
),

current as (
    select
        period,
        list_kind,
        coalesce(esi_field, 'ALL') as esi_field,
        count(*) as current_count,
        count(*) filter (where change = 'new') as new_count,
        count(*) filter (where change = 're-entered') as reentered_count,
        count(*) filter (where change = 'steady') as steady_count
    from marts.esi_paper
    where is_member
    group by grouping sets ((period, list_kind, esi_field), (period, list_kind))
),

dropped as (
    select
        period,
        list_kind,
        coalesce(esi_field, 'ALL') as esi_field,
        count(*) as dropped_count
    from marts.esi_paper
    where not is_member
    group by grouping sets ((period, list_kind, esi_field), (period, list_kind))
),

grid as (
    select
        releases.period,
        releases.list_kind,
        releases.first_period,
        nullif(releases.missing_periods, '') as missing_periods,
        fields.esi_field,
        fields.name_zh as esi_field_zh
    from indicators.esi_release as releases
    cross join lake.esi_fields_dictionary as fields
)

select
    grid.period,
    grid.list_kind,
    grid.esi_field,
    grid.esi_field_zh,
    coalesce(current.current_count, 0) as current_count,
    coalesce(current.new_count, 0) as new_count,
    coalesce(current.reentered_count, 0) as reentered_count,
    coalesce(current.steady_count, 0) as steady_count,
    coalesce(dropped.dropped_count, 0) as dropped_count,
    count(firsts.paper_key) as cumulative_count,
    grid.first_period as cumulative_from,
    grid.missing_periods
from grid
left join current
    on grid.period = current.period and grid.list_kind = current.list_kind and grid.esi_field = current.esi_field
left join dropped
    on grid.period = dropped.period and grid.list_kind = dropped.list_kind and grid.esi_field = dropped.esi_field
left join firsts
    on
        grid.list_kind = firsts.list_kind
        and grid.period >= firsts.first_period
        and (grid.esi_field = 'ALL' or grid.esi_field = firsts.first_field)
group by all
