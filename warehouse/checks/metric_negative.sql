-- severity: fail
-- 次数与规范化影响力不可能是负数：导出的列可能错位，请核对该记录的来源文件
select
    record_id,
    metric,
    value,
    record_id || '：' || metric || ' = ' || value as words
from lake.metrics
where value < 0
order by record_id, metric
