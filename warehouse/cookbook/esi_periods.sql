-- ESI 名单到了哪几期，缺哪几期，每期到齐没有
-- 读法：“缺期”点名上一次名单与本期之间没有收到的期；缺期的变化不推断；下期预计为单月第二个星期四
-- 参数：起始期
-- 数据库：library
with 参数 as (
    select '2000-01' as 起始期
)

select
    periods.period as 期,
    periods.window_from as 窗口起,
    periods.window_to as 窗口止,
    periods.is_complete as 到齐,
    periods.missing_periods as 缺期,
    periods.highly_cited_count as 高被引,
    periods.hot_count as 热点,
    periods.threshold_fields_count as 阈值学科数,
    periods.institution_fields_count as 位次学科数,
    periods.next_release_date as 下期预计
from marts.esi_period as periods
inner join 参数 on periods.period >= 参数.起始期
order by periods.period
