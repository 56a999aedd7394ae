-- 本校各学科位次：与上一归档期、与去年同期比较；名单未到为 missing，名单里没有本校为 not_listed
-- grain: one row per period, esi_field
-- 3 月期到 5 月期窗口少一年，不可直接相比（is_comparable_previous = false）；同期相比总可比
with periods as (
    select
        period,
        lag(period) over (order by period) as previous_period,
        strftime(cast(period || '-01' as date) - interval 12 month, '%Y-%m') as same_season_period
    from (select distinct period from lake.esi_institutions) as lists
),

-- 有名单或阈值的期与字典里的全部学科：缺的学科也有一行
grid as (
    select
        periods.period,
        fields.esi_field,
        fields.name_zh as esi_field_zh,
        fields.name_en as esi_field_en
    from (
        select period from lake.esi_deliveries
        union
        select period from lake.esi_thresholds
        union
        select period from lake.esi_institutions
    ) as periods
    cross join lake.esi_fields_dictionary as fields
),

standing as (
    select * from indicators.esi_standing
)

select
    grid.period,
    grid.esi_field,
    grid.esi_field_zh,
    grid.esi_field_en,
    coalesce(standing.status, 'missing') as status,
    standing.rank,
    standing.institutions_count,
    standing.position_percent,
    standing.documents_count,
    standing.citations_count,
    standing.citations_per_paper,
    standing.top_papers_count,
    standing.institution_threshold,
    standing.threshold_basis,
    standing.citations_count / nullif(standing.institution_threshold, 0) as threshold_ratio,
    periods.previous_period,
    previous.rank as previous_rank,
    standing.rank - previous.rank as rank_change,
    standing.citations_count - previous.citations_count as citations_change,
    previous.position_percent as previous_position_percent,
    -- 窗口起始年相同才可比
    year(cast(grid.period || '-01' as date)) - case when substr(grid.period, 6, 2) >= '05' then 10 else 11 end
    = year(cast(periods.previous_period || '-01' as date))
    - case when substr(periods.previous_period, 6, 2) >= '05' then 10 else 11 end as is_comparable_previous,
    case when season.period is not null then periods.same_season_period end as same_season_period,
    season.rank as same_season_rank,
    standing.rank - season.rank as same_season_rank_change,
    season.position_percent as same_season_position_percent
from grid
left join periods on grid.period = periods.period
left join standing on grid.period = standing.period and grid.esi_field = standing.esi_field
left join standing as previous
    on periods.previous_period = previous.period and grid.esi_field = previous.esi_field
left join standing as season
    on periods.same_season_period = season.period and grid.esi_field = season.esi_field
