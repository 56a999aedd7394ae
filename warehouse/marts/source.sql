-- 各来源的数据日期：交付、导出、截止三个日期从不混用；空 = 文件没有说明
-- grain: one row per source
select
    source,
    count(*) as records_count,
    count(distinct batch_id) as batches_count,
    min(data_through) as data_through_earliest,
    max(data_through) as data_through_latest,
    max(exported_at) as exported_at_latest,
    max(delivered_at) as delivered_at_latest
from lake.records
group by source
