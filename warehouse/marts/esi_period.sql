-- ESI 各期：窗口、数据截止、与上期的关系、到齐情况、本校篇数、下期预计日期（单月第二个星期四）
-- grain: one row per period
with periods as (
    select period from lake.esi_deliveries
    union
    select period from lake.esi_thresholds
    union
    select period from lake.esi_institutions
),

dated as (
    select
        period,
        cast(period || '-01' as date) as release_month,
        cast(cast(period || '-01' as date) + interval 2 month as date) as next_month,
        lag(period) over (order by period) as previous_period
    from periods
),

lists as (
    select
        period,
        bool_or(list_kind = 'highly_cited') as has_highly_cited,
        bool_or(list_kind = 'hot') as has_hot,
        max(missing_periods) filter (where list_kind = 'highly_cited') as missing_periods,
        max(previous_period) filter (where list_kind = 'highly_cited') as previous_highly_cited_period,
        max(previous_period) filter (where list_kind = 'hot') as previous_hot_period,
        min(first_period) filter (where list_kind = 'highly_cited') as first_period
    from indicators.esi_release
    group by period
),

papers as (
    select
        period,
        count(*) filter (where list_kind = 'highly_cited') as highly_cited_count,
        count(*) filter (where list_kind = 'hot') as hot_count
    from indicators.esi_own_paper
    group by period
),

thresholds as (
    select
        period,
        count(distinct esi_field) filter (
            where threshold_kind = 'highly_cited' and threshold_year is not null and esi_field != 'ALL'
        ) as threshold_fields_count
    from lake.esi_thresholds
    group by period
),

institutions as (
    select
        period,
        count(distinct esi_field) filter (where esi_field != 'ALL') as institution_fields_count
    from lake.esi_institutions
    group by period
)

select
    dated.period,
    month(dated.release_month) % 2 = 1 as is_release_month,
    make_date(
        year(dated.release_month) - case when month(dated.release_month) >= 5 then 10 else 11 end, 1, 1
    ) as window_from,
    last_day(cast(dated.release_month - interval 3 month as date)) as window_to,
    last_day(cast(dated.release_month - interval 3 month as date)) as data_through,
    dated.previous_period,
    lists.previous_highly_cited_period,
    lists.previous_hot_period,
    lists.first_period as first_highly_cited_period,
    nullif(lists.missing_periods, '') as missing_periods,
    coalesce(lists.has_highly_cited, false) as has_highly_cited,
    coalesce(lists.has_hot, false) as has_hot,
    case when lists.has_highly_cited then coalesce(papers.highly_cited_count, 0) end as highly_cited_count,
    case when lists.has_hot then coalesce(papers.hot_count, 0) end as hot_count,
    coalesce(thresholds.threshold_fields_count, 0) as threshold_fields_count,
    coalesce(institutions.institution_fields_count, 0) as institution_fields_count,
    coalesce(lists.has_highly_cited, false)
    and coalesce(thresholds.threshold_fields_count, 0) = 22
    and coalesce(institutions.institution_fields_count, 0) > 0 as is_complete,
    -- 第二个星期四：当月首个星期四加 7 天（ISO 星期四 = 4）
    cast(
        dated.next_month + to_days(cast((4 - isodow(dated.next_month) + 7) % 7 + 7 as integer)) as date
    ) as next_release_date
from dated
left join lists on dated.period = lists.period
left join papers on dated.period = papers.period
left join thresholds on dated.period = thresholds.period
left join institutions on dated.period = institutions.period
