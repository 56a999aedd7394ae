-- 构建质量：每次发布的构建的行数、判定率、缺失、重复与待核，来自账本，旧构建删除后仍在；最后一次是本次构建
-- grain: one row per build_id, metric, part
-- part：来源，或空（全校）。与上一次发布的构建比（previous_value），也与此前十次中最好的比（reference_value），慢慢变差也看得出
-- is_worse：变差超过字典 quality_limits 的 step_limit（比上一次）或 slow_limit（比最好的一次），且两次的分母都不小于 n_min
with metrics as (
    select
        build_id,
        published_at,
        metric,
        coalesce(part, '') as part,
        cast(value as double) as value,
        cast(n_den as bigint) as n_den
    from lake.build_metrics
),

limits as (
    select
        metric,
        name_zh,
        unit,
        better,
        change_kind,
        try_cast(decimals as integer) as decimals,
        try_cast(step_limit as double) as step_limit,
        try_cast(slow_limit as double) as slow_limit,
        coalesce(try_cast(n_min as bigint), 0) as n_min
    from lake.quality_limits_dictionary
),

compared as (
    select
        metrics.*,
        limits.* exclude (metric),
        lag(metrics.value) over series as previous_value,
        lag(metrics.n_den) over series as previous_n_den,
        case limits.better
            when 'more' then max(metrics.value) filter (where metrics.n_den >= limits.n_min) over ten
            when 'less' then min(metrics.value) filter (where metrics.n_den >= limits.n_min) over ten
        end as reference_value
    from metrics
    inner join limits on metrics.metric = limits.metric
    window
        series as (partition by metrics.metric, metrics.part order by metrics.build_id),
        ten as (
            partition by metrics.metric, metrics.part
            order by metrics.build_id
            rows between 10 preceding and 1 preceding
        )
),

-- 变差为正
worsened as (
    select
        *,
        case when better = 'more' then 1 when better = 'less' then -1 end * (previous_value - value)
        / case when change_kind = 'relative' then nullif(previous_value, 0) else 1 end as worse_step,
        case when better = 'more' then 1 when better = 'less' then -1 end * (reference_value - value)
        / case when change_kind = 'relative' then nullif(reference_value, 0) else 1 end as worse_slow
    from compared
),

judged as (
    select
        *,
        coalesce(n_den >= n_min and previous_n_den >= n_min and worse_step > step_limit, false) as is_worse_step,
        coalesce(n_den >= n_min and worse_slow > slow_limit, false) as is_worse_slow
    from worsened
),

worded as (
    select
        *,
        is_worse_step or is_worse_slow as is_worse,
        case when is_worse_step then '上一次 ' else '近十次最好 ' end as reference_words,
        case when is_worse_step then previous_value else reference_value end as compared_value
    from judged
)

select
    build_id,
    published_at,
    metric,
    part,
    name_zh,
    unit,
    decimals,
    value,
    n_den,
    previous_value,
    reference_value,
    is_worse,
    build_id = max(build_id) over () as is_current,
    case
        when is_worse
            then
                name_zh || case when part = '' then '' else '（' || part || '）' end || '：' || reference_words
                || case
                    when unit = '份额' then printf('%.1f %%，这一次 %.1f %%', 100 * compared_value, 100 * value)
                    else printf('%.0f %s，这一次 %.0f %s', compared_value, unit, value, unit)
                end
    end as words
from worded
