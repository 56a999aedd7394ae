-- severity: warn
-- 同一记录的被引在两次数据之间下降超过 20 %：可能混入了别的来源或数据库口径，请核对两份导出
with ordered as (
    select
        record_id,
        metric,
        as_of,
        value,
        lag(value) over (partition by record_id, metric order by as_of) as previous_value
    from lake.metrics
    where metric like 'citations\_%' escape '\'
)

select *
from ordered
where previous_value >= 10 and value < 0.8 * previous_value
