-- 象限图的界线：对象类别 × 范围 × 窗口 × 口径，发文界 x*、篇均被引界 y*、CNCI 界（对照用）
-- grain: one row per entity_type, scope, window_id, mode
-- needs: counting_policy, quadrant_point
-- mode：rank 取第几名的值 | percent 取前百分之几 | absolute 给定界限（CNCI 的界为世界平均 1）| median 中位数
-- 影响力只在篇数 ≥ n_min 的对象里排名；对象不足 k 个的 rank 退为中位数，mode_used 写明
with policy as (
    select
        max(try_cast(value as double)) filter (where policy = 'quadrant_top_output') as top_output,
        max(try_cast(value as double)) filter (where policy = 'quadrant_top_impact') as top_impact,
        max(try_cast(value as double)) filter (where policy = 'quadrant_output') as fixed_output,
        max(try_cast(value as double)) filter (where policy = 'quadrant_impact') as fixed_impact,
        max(try_cast(value as double)) filter (where policy = 'quadrant_n_min') as n_min
    from indicators.counting_policy
),

ordered as (
    select
        points.entity_type,
        points.scope,
        points.window_id,
        list_reverse_sort(list(points.output_count)) as outputs,
        list_reverse_sort(list(points.citations_per_paper) filter (where points.output_count >= policy.n_min))
            as impacts,
        list_reverse_sort(list(points.cnci_mean) filter (where points.output_count >= policy.n_min)) as cncis,
        median(points.output_count) as output_median,
        median(points.citations_per_paper) filter (where points.output_count >= policy.n_min) as impact_median,
        median(points.cnci_mean) filter (where points.output_count >= policy.n_min) as cnci_median
    from indicators.quadrant_point as points
    cross join policy
    group by points.entity_type, points.scope, points.window_id
),

known as (
    select
        ordered.* exclude (impacts, cncis),
        list_filter(impacts, lambda v: v is not null) as impacts,
        list_filter(cncis, lambda v: v is not null) as cncis,
        policy.*
    from ordered
    cross join policy
)

select
    known.entity_type,
    known.scope,
    known.window_id,
    modes.mode,
    len(known.outputs) as entities_count,
    len(known.impacts) as ranked_count,
    case
        when modes.mode = 'rank' and (len(known.outputs) < known.top_output or len(known.impacts) < known.top_impact)
            then 'median'
        else modes.mode
    end as mode_used,
    case modes.mode
        when 'absolute' then known.fixed_output
        when 'percent' then known.outputs[cast(ceil(len(known.outputs) * known.top_output / 100) as bigint)]
        when 'rank'
            then case
                when len(known.outputs) < known.top_output or len(known.impacts) < known.top_impact
                    then known.output_median
                else known.outputs[cast(known.top_output as bigint)]
            end
        else known.output_median
    end as output_mark,
    case modes.mode
        when 'absolute' then known.fixed_impact
        when 'percent' then known.impacts[cast(ceil(len(known.impacts) * known.top_impact / 100) as bigint)]
        when 'rank'
            then case
                when len(known.outputs) < known.top_output or len(known.impacts) < known.top_impact
                    then known.impact_median
                else known.impacts[cast(known.top_impact as bigint)]
            end
        else known.impact_median
    end as impact_mark,
    case modes.mode
        when 'absolute' then 1.0
        when 'percent' then known.cncis[cast(ceil(len(known.cncis) * known.top_impact / 100) as bigint)]
        when 'rank'
            then case
                when len(known.outputs) < known.top_output or len(known.cncis) < known.top_impact
                    then known.cnci_median
                else known.cncis[cast(known.top_impact as bigint)]
            end
        else known.cnci_median
    end as cnci_mark,
    known.n_min
from known
cross join (values ('rank'), ('percent'), ('absolute'), ('median')) as modes (mode)
