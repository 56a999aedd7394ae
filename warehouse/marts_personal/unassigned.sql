-- 没有归到现行学院的有多少：原学部未分配、只到直属实验室等、只到学校
-- grain: one row per unit_basis, unit_id
-- needs: work_credit
select
    unit_basis,
    unit_id,
    any_value(unit_name_zh) as unit_name_zh,
    count(*) as works_count,
    sum(own_authors_count) as authors_count
from marts.work_credit
where unit_basis in ('split_unassigned', 'byline_other', 'unresolved')
group by unit_basis, unit_id
