-- 新兴主题的覆盖：宏观、中观、微观三级的广度（参与的节点 / 有新兴主题的节点，k = 1 与 3）与深度（本校论文 / 世界论文）
-- grain: one row per level
-- needs: emerging_topic
-- 分子分母都给；status：ok | missing（没有本校的一份）| not_applicable（没有引文主题的世界数据，words 说明要导出什么）
with levels as (
    select levels.level
    from (values ('macro'), ('meso'), ('micro')) as levels (level)
    inner join indicators.year_window as windows on windows.window_id = '5y'
),

state as (
    select
        count(*) filter (where is_emerging is not null) as known_count,
        count(own_last5) as own_count
    from marts.emerging_topic
),

nodes as (
    select
        levels.level,
        case levels.level when 'macro' then topics.macro_id when 'meso' then topics.meso_id else topics.topic end
            as node,
        sum(topics.own_last5) as own_works,
        sum(topics.world_last5) as world_works
    from levels
    cross join marts.emerging_topic as topics
    where topics.is_emerging
    group by levels.level, node
),

counted as (
    select
        level,
        count(*) as nodes_count,
        count(*) filter (where own_works >= 1) as joined_count,
        count(*) filter (where own_works >= 3) as joined_three_count,
        sum(own_works) as own_works,
        sum(world_works) as world_works
    from nodes
    group by level
)

select
    levels.level,
    'C' as mode,
    case
        when state.known_count = 0 then 'not_applicable' when state.own_count = 0 then 'missing' else 'ok'
    end as status,
    case
        when state.known_count = 0
            then '没有 InCites 引文主题（Citation Topics）逐年的世界数据：请导出研究领域，学科分类选 Citation Topics，按年，含论文数与前 1% 论文百分比，不限机构'
        when state.own_count = 0 then '没有本校的一份：同样的导出再限本校一次'
    end as words,
    case when state.known_count > 0 then coalesce(counted.nodes_count, 0) end as nodes_count,
    case when state.known_count > 0 and state.own_count > 0 then coalesce(counted.joined_count, 0) end as joined_count,
    case when state.known_count > 0 and state.own_count > 0 then coalesce(counted.joined_three_count, 0) end
        as joined_three_count,
    case when state.own_count > 0 then 100.0 * counted.joined_count / counted.nodes_count end as breadth_percent,
    counted.own_works,
    counted.world_works,
    case when state.own_count > 0 then 100.0 * counted.own_works / counted.world_works end as depth_percent
from levels
cross join state
left join counted on levels.level = counted.level
