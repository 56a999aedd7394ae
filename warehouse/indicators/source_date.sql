-- 各来源数据的日期，以及是否比作品数据旧过字典 counting_policy 的 max_skew_days 天
-- grain: one row per source_kind
-- needs: counting_policy, year_window
-- source_kind：records 作品 | wos scopus cnki incites 各家的引文指标 | esi 最近一期名单（数据截止日不在文件里，取期号的月份）
with dated as (
    select
        'records' as source_kind,
        as_of
    from indicators.year_window
    where window_id = 'all'
    union all
    select
        case
            when metric = 'citations_wos_core' then 'wos'
            when metric = 'citations_scopus' then 'scopus'
            when metric = 'citations_cnki' then 'cnki'
            when metric like 'incites\_%' escape '\' or metric = 'citations_incites' then 'incites'
        end as source_kind,
        max(left(as_of, 10)) as as_of
    from lake.metrics
    group by source_kind
    union all
    select
        'esi' as source_kind,
        max(period) || '-01' as as_of
    from lake.esi_deliveries
)

select
    dated.source_kind,
    dated.as_of,
    date_diff('day', cast(dated.as_of as date), cast(windows.as_of as date)) as days_behind,
    coalesce(
        date_diff('day', cast(dated.as_of as date), cast(windows.as_of as date))
        > (
            select try_cast(value as bigint) from indicators.counting_policy
            where policy = 'max_skew_days'
        ), false
    ) as is_stale
from dated
inner join indicators.year_window as windows on windows.window_id = 'all'
where dated.source_kind is not null and dated.as_of is not null
