-- 按一项指标给学院排个次序（例如 CNCI、前 10 % 占比）
-- 读法：次序只排算得出的；篇数少的看区间，区间相交的两院不能说谁高；数据不够的列在最后并写明状态
-- 参数：指标号见 lake.indicators_dictionary；窗口 3y | 5y | 10y | all
-- 数据库：library
with 参数 as (
    select
        'imp.cnci' as 指标号,
        '5y' as 窗口
)

select
    case when found.value is not null then rank() over (order by found.value desc nulls last) end as 次序,
    found.entity_zh as 学院,
    found.indicator_zh as 指标,
    round(found.value, 3) as 值,
    found.unit as 单位,
    round(found.ci_low, 3) as 区间下限,
    round(found.ci_high, 3) as 区间上限,
    found.n_den as 篇数,
    found.status as 状态
from marts.indicator as found
inner join 参数 on found.indicator_id = 参数.指标号 and found.window_id = 参数.窗口
where found.entity_type = 'unit' and found.counting = 'full'
order by found.value desc nulls last, found.entity_id asc
