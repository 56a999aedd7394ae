-- severity: warn
-- 某期高被引阈值不是恰好 22 个学科：请重新导出 Field Baselines → Percentiles（缺学科的论文没有阈值可比）
select
    period,
    count(distinct esi_field) as fields_count
from lake.esi_thresholds
where threshold_kind = 'highly_cited' and threshold_year is not null and esi_field != 'ALL'
group by period
having count(distinct esi_field) != 22
