-- 二级单位的合著网络（按人汇总）：人数、合著对、跨院合著占比、E–I 指数、最大连通分支占比；说明结构，不用于个人评价
-- grain: one row per unit_id
-- 人归其名册中最近的二级单位（现行）；一对合著算在两人各自的单位。E–I = (跨院对 − 院内对) / 全部对，−1 全在院内，1 全跨院；没有合著为空
-- 作者超过 30 人的作品不算合著；中介中心性见 lake.coauthor_nodes
with homes as (
    select
        people.person_id,
        coalesce(
            arg_max(unit_college.current_college_id, coalesce(people.valid_from, '')), 'unresolved'
        ) as unit_id
    from lake.people as people
    left join library.indicators.unit_college as unit_college on people.unit_id = unit_college.unit_id
    group by people.person_id
),

pairs as (
    select
        left_person_id,
        right_person_id,
        sum(link_weight) as link_weight,
        min(publication_year) as first_year
    from lake.coauthor_links
    group by left_person_id, right_person_id
),

sided as (
    select
        left_homes.unit_id,
        right_homes.unit_id as other_id,
        pairs.link_weight
    from pairs
    inner join homes as left_homes on pairs.left_person_id = left_homes.person_id
    inner join homes as right_homes on pairs.right_person_id = right_homes.person_id
    union all
    select
        right_homes.unit_id,
        left_homes.unit_id as other_id,
        pairs.link_weight
    from pairs
    inner join homes as left_homes on pairs.left_person_id = left_homes.person_id
    inner join homes as right_homes on pairs.right_person_id = right_homes.person_id
    where left_homes.unit_id != right_homes.unit_id
),

links as (
    select
        unit_id,
        count(*) filter (where unit_id = other_id) as inside_count,
        count(*) filter (where unit_id != other_id) as outside_count,
        sum(link_weight) filter (where unit_id = other_id) as inside_weight,
        sum(link_weight) filter (where unit_id != other_id) as outside_weight
    from sided
    group by unit_id
),

largest as (
    select arg_max(component_id, component_size) as component_id
    from lake.coauthor_nodes
),

members as (
    select
        homes.unit_id,
        count(*) as persons_count,
        count(*) filter (where nodes.component_id = largest.component_id) as largest_count,
        median(nodes.partners_count) as partners_median
    from lake.coauthor_nodes as nodes
    inner join homes on nodes.person_id = homes.person_id
    cross join largest
    group by homes.unit_id
)

select
    members.unit_id,
    coalesce(units.name_zh, '未归属学院') as unit_name_zh,
    members.persons_count,
    coalesce(links.inside_count, 0) as inside_pairs_count,
    coalesce(links.outside_count, 0) as outside_pairs_count,
    links.inside_weight,
    links.outside_weight,
    links.inside_count / nullif(members.persons_count * (members.persons_count - 1) / 2, 0) as density,
    links.outside_count / nullif(links.inside_count + links.outside_count, 0) as cross_share,
    (links.outside_count - links.inside_count) / nullif(links.inside_count + links.outside_count, 0) as ei_index,
    members.largest_count / members.persons_count as largest_component_share,
    members.partners_median
from members
left join links on members.unit_id = links.unit_id
left join library.lake.units as units on members.unit_id = units.unit_id
