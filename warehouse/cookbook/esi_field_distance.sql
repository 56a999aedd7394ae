-- 各学科距 ESI 前 1 %（未入者）与前 1 ‰ 还差多少，预计几期进入
-- 读法：差距为阈值减本校被引；预计期数只在两侧都有去年同期、且追得上时才给，其余写明为什么不估
-- 参数：目标 institution 前 1 % | permille 前 1 ‰；期为空取最新一期
-- 数据库：library
with 参数 as (
    select
        'permille' as 目标,
        cast(null as varchar) as 期
),

latest as (
    select coalesce((select 期 from 参数), max(period)) as period from marts.esi_period
    where institution_fields_count > 0
)

select
    outlook.period as 期,
    outlook.esi_field_zh as 学科,
    outlook.target_zh as 目标,
    outlook.rank as 位次,
    outlook.citations_count as 被引,
    outlook.threshold_value as 阈值,
    outlook.gap as 差距,
    round(outlook.potential_percent, 1) as 潜力值,
    outlook.same_season_period as 去年同期,
    outlook.citations_growth as 本校年增,
    outlook.threshold_growth as 阈值年增,
    outlook.outlook_zh as 预计
from marts.esi_field_outlook as outlook
inner join latest on outlook.period = latest.period
inner join 参数 on outlook.target = 参数.目标
order by outlook.potential_percent desc nulls last, outlook.esi_field asc
