-- 合著网络逐年：合著对、新的对、与上一年都合著的对，跨院占比
-- grain: one row per publication_year
-- 新 = 本库中首次合著；出版年不详的不算
with homes as (
    select
        people.person_id,
        arg_max(unit_college.current_college_id, coalesce(people.valid_from, '')) as unit_id
    from lake.people as people
    left join library.indicators.unit_college as unit_college on people.unit_id = unit_college.unit_id
    group by people.person_id
),

yearly as (
    select
        links.*,
        min(links.publication_year) over pair = links.publication_year as is_new,
        lag(links.publication_year) over (pair order by links.publication_year)
        = links.publication_year - 1 as is_retained,
        left_homes.unit_id != right_homes.unit_id as is_cross
    from lake.coauthor_links as links
    left join homes as left_homes on links.left_person_id = left_homes.person_id
    left join homes as right_homes on links.right_person_id = right_homes.person_id
    where links.publication_year is not null
    window pair as (partition by links.left_person_id, links.right_person_id)
)

select
    publication_year,
    count(*) as pairs_count,
    count(*) filter (where is_new) as new_pairs_count,
    count(*) filter (where is_retained) as retained_pairs_count,
    count(*) filter (where is_cross) as cross_pairs_count,
    count(is_cross) as placed_pairs_count
from yearly
group by publication_year
