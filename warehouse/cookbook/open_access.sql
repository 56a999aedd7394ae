-- 开放获取论文占多少
-- 读法：依据 InCites 导出的开放获取列；导出里没有这一列时状态为 missing，值为空，不是 0
-- 参数：窗口 3y | 5y | 10y | all
-- 数据库：library
with 参数 as (
    select '5y' as 窗口
)

select
    case found.entity_type when 'university' then '全校' else found.entity_zh end as 单位名,
    found.year_from as 起,
    found.year_to as 止,
    round(found.value, 1) as 占比,
    round(found.ci_low, 1) as 区间下限,
    round(found.ci_high, 1) as 区间上限,
    found.n_num as 开放获取,
    found.n_den as 有数据件数,
    found.n_missing as 缺,
    found.status as 状态
from marts.indicator as found
inner join 参数 on found.window_id = 参数.窗口
where found.indicator_id = 'oa.share' and found.entity_type in ('university', 'unit')
order by found.entity_type desc, found.value desc nulls last, found.entity_id asc
