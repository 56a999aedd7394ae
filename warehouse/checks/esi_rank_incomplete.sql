-- severity: warn
-- 学科机构名单不全（最大位次大于行数）：该学科只给位次，不给百分位；请导出完整名单
select
    period,
    esi_field,
    rank
from indicators.esi_standing
where status = 'incomplete'
