-- 本校作品与二级单位：当时单位（署名时）与现行单位并列；主导 / 参与 / 待定
-- grain: one row per work_id, unit_id
-- unit_id = 'unresolved'：只写到学校；current_unit_id 为空：该单位已拆分或撤销，不按名称对应
select
    work_college.work_id,
    work_college.college_id as unit_id,
    coalesce(units.name_zh, '未归属学院') as unit_name_zh,
    units.unit_kind,
    unit_college.current_college_id as current_unit_id,
    currents.name_zh as current_unit_name_zh,
    coalesce(unit_college.current_status, 'unresolved') as current_status,
    works.publication_year,
    works.document_type,
    work_college.is_first_unit,
    work_college.first_unit_basis,
    work_college.has_first_author,
    work_college.has_corresponding,
    work_college.leads,
    case work_college.leads when 'yes' then '主导' when 'no' then '参与' else '待定' end as role,
    work_college.is_primary,
    work_college.own_authors_count,
    work_college.colleges_count
from indicators.work_college as work_college
inner join lake.works as works on work_college.work_id = works.work_id
left join lake.units as units on work_college.college_id = units.unit_id
left join indicators.unit_college as unit_college on work_college.college_id = unit_college.unit_id
left join lake.units as currents on unit_college.current_college_id = currents.unit_id
