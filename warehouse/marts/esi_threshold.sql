-- ESI 阈值的历期序列：与上一归档期、与去年同期比较
-- grain: one row per period, esi_field, threshold_kind, threshold_year, threshold_months
-- 只有同期（去年同月）可直接比较：逐期相比时统计窗口长短不同；3 月期到 5 月期窗口少一年
with series as (
    select
        period,
        strftime(cast(period || '-01' as date) - interval 12 month, '%Y-%m') as same_season_period,
        lag(period) over (
            partition by esi_field, threshold_kind, threshold_year, threshold_months order by period
        ) as previous_period,
        esi_field,
        threshold_kind,
        threshold_year,
        threshold_months,
        threshold_value
    from lake.esi_thresholds
)

select
    series.period,
    series.esi_field,
    fields.name_zh as esi_field_zh,
    series.threshold_kind,
    case series.threshold_kind
        when 'highly_cited' then '高被引论文'
        when 'hot' then '热点论文'
        when 'institution' then '机构'
        when 'author' then '学者'
        when 'country' then '国家地区'
        when 'journal' then '期刊'
        else series.threshold_kind
    end as threshold_kind_zh,
    series.threshold_year,
    series.threshold_months,
    series.threshold_value,
    series.previous_period,
    previous.threshold_value as previous_threshold_value,
    case when season.period is not null then series.same_season_period end as same_season_period,
    season.threshold_value as same_season_threshold_value,
    series.threshold_value - season.threshold_value as same_season_change,
    (series.threshold_value - season.threshold_value) / nullif(season.threshold_value, 0) as same_season_growth
from series
left join lake.esi_fields_dictionary as fields on series.esi_field = fields.esi_field
left join series as previous
    on
        series.previous_period = previous.period
        and series.esi_field = previous.esi_field
        and series.threshold_kind = previous.threshold_kind
        and series.threshold_year is not distinct from previous.threshold_year
        and series.threshold_months is not distinct from previous.threshold_months
left join series as season
    on
        series.same_season_period = season.period
        and series.esi_field = season.esi_field
        and series.threshold_kind = season.threshold_kind
        and series.threshold_year is not distinct from season.threshold_year
        and series.threshold_months is not distinct from season.threshold_months
