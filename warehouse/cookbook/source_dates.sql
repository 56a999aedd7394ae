-- 各来源的数据截止到哪天，有没有缺口
-- 读法：交付、导出、截止是三个日期，空为文件没有说明；“疑缺检索”为命中多于实得且没有更新检索补上的
-- 参数：来源为空看全部
-- 数据库：library
with 参数 as (
    select cast(null as varchar) as 来源
),

lacking as (
    select
        source,
        count(*) filter (where is_lacking) as lacking_count,
        sum(missing_count) filter (where is_lacking) as missing_count
    from marts.search
    group by source
)

select
    sources.source as 来源,
    sources.records_count as 记录,
    sources.batches_count as 批次,
    sources.data_through_latest as 数据截止,
    sources.exported_at_latest as 最近导出,
    sources.delivered_at_latest as 最近交付,
    coalesce(lacking.lacking_count, 0) as 疑缺检索,
    lacking.missing_count as 疑缺记录
from marts.source as sources
cross join 参数
left join lacking on sources.source = lacking.source
where 参数.来源 is null or sources.source = 参数.来源
order by sources.source
