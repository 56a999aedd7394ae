-- 哪些论文离高被引只有一步之遥
-- 读法：估算被引 = WoS 被引 × k；同学科同年不足 20 篇时没有 k，不估算，只并列 WoS 被引与阈值；学科为空是学科待定
-- 参数：期为空取最新一期；比例下限为 WoS（或估算）被引与阈值之比
-- 数据库：library
with 参数 as (
    select
        cast(null as varchar) as 期,
        0.8 as 比例下限
),

latest as (select coalesce((select 期 from 参数), max(period)) as period from marts.esi_period where has_highly_cited),

chosen as (
    select
        near.*,
        coalesce(near.estimated_ratio, near.citations_wos_count / near.threshold_value) as closeness
    from marts.esi_near_threshold as near
    inner join latest on near.period = latest.period
    cross join 参数
    where coalesce(near.citations_estimated, near.citations_wos_count) >= 参数.比例下限 * near.threshold_value
    order by closeness desc, near.work_id asc
    limit 1000
),

colleges as (
    select
        units.work_id,
        string_agg(distinct units.current_unit_name_zh, '、' order by units.current_unit_name_zh) as colleges
    from marts.work_unit as units
    inner join chosen on units.work_id = chosen.work_id
    group by units.work_id
)

select
    near.period as 期,
    near.esi_field_zh as 学科,
    near.publication_year as 发表年,
    near.citations_wos_count as wos被引,
    near.threshold_value as 阈值,
    round(near.citations_estimated, 1) as 估算被引,
    round(near.gap, 1) as 差距,
    near.citations_gained_six_months as 半年新增,
    case near.nearness when 'step' then '一步之遥' when 'near' then '近阈' when 'watch' then '关注' else '只并列' end as 档,
    colleges.colleges as 学院,
    near.title as 题名,
    near.doi
from chosen as near
left join colleges on near.work_id = colleges.work_id
order by near.closeness desc, near.work_id asc
