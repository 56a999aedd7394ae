-- 统计窗口：最近 3、5、10 个完整年，以及全部年份；数据日期取导出文件自己写明的最新日期（都没写的取到达日期），当年不是完整年
-- grain: one row per window_id
-- 全部年份（all）含当年与出版年不详的作品，起止年为空
with dates as (
    select coalesce(max(left(coalesce(data_through, exported_at), 10)), max(left(delivered_at, 10))) as as_of
    from lake.records
),

complete as (
    select
        as_of,
        year(cast(as_of as date)) - 1 as last_year
    from dates
    where as_of is not null
)

select
    windows.window_id,
    complete.as_of,
    complete.last_year - windows.years_count + 1 as year_from,
    case when windows.years_count is not null then complete.last_year end as year_to
from complete
cross join (values ('3y', 3), ('5y', 5), ('10y', 10), ('all', null)) as windows (window_id, years_count)
