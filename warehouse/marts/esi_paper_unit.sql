-- ESI 论文归到二级单位：当时单位、现行单位、主导 / 参与 / 待定；合作论文各单位各一行
-- grain: one row per period, list_kind, paper_key, unit_id
-- needs: esi_paper, work_unit
-- 仅凭署名地址；只写到学校、或尚未与作品对上的论文归 unresolved（未归属学院）
select
    papers.period,
    papers.list_kind,
    papers.paper_key,
    coalesce(units.unit_id, 'unresolved') as unit_id,
    coalesce(units.unit_name_zh, '未归属学院') as unit_name_zh,
    units.current_unit_id,
    units.current_unit_name_zh,
    coalesce(units.current_status, 'unresolved') as current_status,
    coalesce(units.leads, 'unknown') as leads,
    coalesce(units.role, '待定') as role,
    coalesce(units.is_primary, false) as is_primary,
    'byline' as basis
from marts.esi_paper as papers
left join marts.work_unit as units on papers.work_id = units.work_id
