-- severity: warn
-- ESI 档案缺期：新增与掉出是跨缺期与上一归档期相比的，报告会写明两期；ESI 不保留旧期，如有当时的导出请补投收件箱
select
    period,
    list_kind,
    previous_period,
    missing_periods
from indicators.esi_release
where missing_periods != ''
