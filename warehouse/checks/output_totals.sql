-- severity: fail
-- 产出对不上：各学院全计数之和应 ≥ 全校，分数计数之和应等于全校；这是统计语句的错误，请联系维护者
with units as (
    select
        unit_id,
        bool_or(coalesce(unit_kind = 'university', false)) as is_university
    from marts.unit_year
    group by unit_id
),

totals as (
    select
        output.publication_year,
        output.counting,
        sum(output.works_count) filter (where units.is_university) as university_count,
        sum(output.works_count) filter (where not units.is_university) as units_count
    from indicators.output as output
    inner join units on output.unit_id = units.unit_id
    group by output.publication_year, output.counting
)

select *
from totals
where
    (counting = 'full' and units_count < university_count)
    or (counting = 'fractional' and abs(units_count - university_count) > 1e-6)
    or university_count is null
    or units_count is null
