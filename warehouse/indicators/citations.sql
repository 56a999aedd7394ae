-- 作品的被引频次：各来源分列，从不相加（一件作品有同源两条记录时取较大者）；值取各记录最新一次
-- grain: one row per work_id, metric
with latest as (
    select
        record_id,
        metric,
        value,
        as_of,
        row_number() over (partition by record_id, metric order by as_of desc) as place
    from lake.metrics
    where metric like 'citations\_%' escape '\'
)

select
    clusters.work_id,
    latest.metric,
    max(latest.value) as value,
    arg_max(latest.as_of, latest.value) as as_of,
    arg_max(latest.record_id, latest.value) as record_id
from latest
inner join lake.clusters as clusters on latest.record_id = clusters.record_id
where latest.place = 1
group by clusters.work_id, latest.metric
