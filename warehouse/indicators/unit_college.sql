-- 校内单位归到二级单位（学院、医院；直属的实验室等为其自身），并给出现行单位：更名与合并随后继走，拆分不按名称对应
-- grain: one row per unit_id
with recursive climb as (
    select
        unit_id as start_id,
        unit_id,
        parent_id,
        unit_kind,
        0 as depth
    from lake.units
    union all
    select
        climb.start_id,
        parents.unit_id,
        parents.parent_id,
        parents.unit_kind,
        climb.depth + 1 as depth
    from climb
    inner join lake.units as parents on climb.parent_id = parents.unit_id
    where climb.depth < 10
),

colleges as (
    select
        start_id as unit_id,
        coalesce(
            arg_min(unit_id, depth) filter (where unit_kind in ('college', 'hospital')),
            arg_max(unit_id, depth) filter (where unit_kind not in ('university', 'campus'))
        ) as college_id
    from climb
    group by start_id
),

succession as (
    select
        unit_id as start_id,
        unit_id,
        successor_id,
        0 as hops
    from lake.units
    union all
    select
        succession.start_id,
        successors.unit_id,
        successors.successor_id,
        succession.hops + 1 as hops
    from succession
    inner join lake.units as successors on succession.successor_id = successors.unit_id
    where succession.hops < 10
),

last_units as (
    select
        start_id as unit_id,
        arg_max(unit_id, hops) as last_id
    from succession
    group by start_id
),

-- 单位的后继 → 其学院 → 学院的后继
resolved as (
    select
        units.unit_id,
        colleges.college_id,
        college_last.last_id as current_college_id
    from lake.units as units
    inner join colleges on units.unit_id = colleges.unit_id
    inner join last_units as unit_last on units.unit_id = unit_last.unit_id
    inner join colleges as later on unit_last.last_id = later.unit_id
    left join last_units as college_last on later.college_id = college_last.unit_id
)

select
    resolved.unit_id,
    resolved.college_id,
    case when currents.change is null then resolved.current_college_id end as current_college_id,
    case
        when resolved.college_id is null then 'university'
        when currents.change is null then 'current'
        else currents.change
    end as current_status
from resolved
left join lake.units as currents on resolved.current_college_id = currents.unit_id
