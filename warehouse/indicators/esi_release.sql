-- ESI 各期各名单：统计窗口、上一归档期、按双月规律应有而缺的期
-- grain: one row per period, list_kind
-- 窗口：5、7、9、11 月期从 (年-10)-01-01 起，1、3 月期从 (年-11)-01-01 起，止于期月前第 3 个月末
-- needs: own_name
-- 一期的名单：未按机构筛选的，或筛选为本校的；只下载了别校名单的期，不算本校有名单。交付了而没有论文的名单也算交付
with lists as (
    select distinct
        deliveries.period,
        deliveries.list_kind
    from lake.esi_deliveries as deliveries
    left join indicators.own_name as own_name
        on trim(regexp_replace(upper(deliveries.institution), '([^A-Z0-9]|\bAND\b)+', ' ', 'g')) = own_name.name_key
    where
        deliveries.esi_kind = 'documents'
        and deliveries.list_kind is not null
        and (deliveries.institution is null or own_name.name_key is not null)
),

dated as (
    select
        period,
        list_kind,
        cast(period || '-01' as date) as release_month,
        lag(period) over (partition by list_kind order by period) as previous_period,
        min(period) over (partition by list_kind) as first_period
    from lists
)

select
    period,
    list_kind,
    make_date(year(release_month) - case when month(release_month) >= 5 then 10 else 11 end, 1, 1) as window_from,
    last_day(cast(release_month - interval 3 month as date)) as window_to,
    first_period,
    previous_period,
    strftime(release_month - interval 2 month, '%Y-%m') as expected_previous_period,
    case
        when previous_period is null then null
        else array_to_string(
            list_transform(
                generate_series(
                    cast(previous_period || '-01' as date) + interval 2 month,
                    release_month - interval 2 month,
                    interval 2 month
                ),
                lambda missing: strftime(missing, '%Y-%m')
            ),
            '、'
        )
    end as missing_periods
from dated
