-- 现行二级单位（学院、医院）：报告的对象
-- grain: one row per unit_id
select
    units.unit_id,
    units.name_zh as unit_name_zh,
    units.name_en as unit_name_en,
    units.unit_kind
from lake.units as units
inner join indicators.unit_college as unit_college
    on
        units.unit_id = unit_college.unit_id
        and unit_college.unit_id = unit_college.current_college_id
where units.unit_kind in ('college', 'hospital')
