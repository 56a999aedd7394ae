-- severity: fail
-- InCites 百分位不在 0 到 100 之间：导出的列可能错位，前 10 % 与前 1 % 会全部算错；请核对该文件的表头
select
    metric,
    entity_id,
    value,
    source_file,
    source_row,
    source_file || ' 第 ' || source_row || ' 行：' || metric || ' = ' || value as words
from lake.incites_metrics
where
    metric in ('percentile', 'average_percentile', 'percentile_top', 'average_percentile_top')
    and not value between 0 and 100
order by source_file, source_row
